"""Publishing a flow: checked source becomes an immutable numbered revision, and new calls are answered by it.

A flow is checked and its scripted calls are played before it is published. A revision that was not made from the live
one is rejected, so that nobody's changes are lost unnoticed. A rollback publishes old files with a new number.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from flows.checks.analysis.findings import is_blocking
from flows.checks.runner import check
from flows.checks.structure.other_flows import opens_flows
from flows.engine.sms_channel import is_texted
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow
from flows.preview.transcript_coverage import ownerless_transcripts, transcripts_for
from flows.translation.flow_texts import parse_once
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.cases.rules.danger_files import shipped_helplines, shipped_lexicon
from sessions.cases.rules.first_words import shipped_first_words
from sessions.cases.rules.shipped_keywords import shipped_keywords
from sessions.publishing.base_revision import NONE_LIVE, BaseRevision, find_base_number
from sessions.publishing.check_summary import check_summary
from sessions.publishing.flow_files_and_hash import digest_of, flow_of, select_flow_files
from sessions.publishing.installation import AS_SHIPPED, Installation
from sessions.publishing.live_rows import loses_rows, reduce_to_used_rows
from sessions.publishing.restored_rows import RestoredFiles, restore_rows
from sessions.publishing.short_codes import dialled_codes
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import revisions
from storage.menus.revisions import LiveFlowSummary

And = Callable[[Session, int], None]  # called with the new number in the transaction that makes a revision live

Why = Literal["errors", "warnings", "lost", "stale", "dialled", "missing", "damaged"]


class RevisionNote(Struct, frozen=True):
    """The author and message of a revision, and the `reason` for accepting its warnings.

    Warnings need a reason: "" means that none was given, None that none is needed (for the shipped flows).
    """

    author: str
    message: str
    reason: str | None = None
    auditor: AuditActor = SERVICE  # the author as the audit log names them
    how: str = ""  # for the audit log: "alone" if nobody else looked at it where two people are required
    second: bool = False  # published by somebody who did not write it, or who said why nobody else can look at it

    @property
    def agrees(self) -> bool:
        """True if a second person agreed, with a reason, to what protects people being lost; or if nobody is asked."""
        return self.reason is None or (self.second and bool(self.reason))


class FromFiles(Struct, frozen=True):
    """As a base: the revision that the files were made from, found by the note that they were `taken` with, if any."""

    taken: BaseRevision | None = None


@dataclass(frozen=True, slots=True)
class PublishedRevision:
    """The live revision; `changed` is False if exactly this was already live. `problems` are its findings."""

    flow: str
    number: int
    changed: bool
    digest: str = field(default="", compare=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PublishFailure:
    """A flow that was not published, and `why`: findings that block it, or warnings without a reason.

    "lost": it loses what protects people (F903 to F905), and no second person agreed to that with a reason.

    `live` is the number of the live revision, 0 for none. "stale": it was made from another one, `base`. "dialled":
    it is for SMS, but `codes` that people dial lead to it. For a rollback: "missing", or "damaged" if the files do not
    match the hash.
    """

    problems: tuple[Problem, ...] = ()
    why: Why = "errors"
    live: int = NONE_LIVE
    base: int = NONE_LIVE
    codes: tuple[str, ...] = ()


class StaleBaseError(Exception):
    """Another revision than the base is live; the transaction is rolled back."""

    def __init__(self, live: int, base: int) -> None:
        super().__init__(live, base)
        self.live, self.base = live, base


@dataclass(frozen=True, slots=True)
class _Fit:
    """A flow that may be published, with the content of its revision; it was checked against `live`."""

    flow: Flow
    live: int
    digest: str
    source: dict[str, str]
    compiled: bytes
    scripts: int
    problems: tuple[Problem, ...]
    base: int | None = None  # the revision that must still be live; None does not check
    rolls_back: int | None = None


def publish(
    database: Database,
    now: dt.datetime,
    files: Mapping[str, str],
    main: str,
    note: RevisionNote,
    *,
    base: int | FromFiles | None = None,
    also: And | None = None,
    policy: CasePolicy = SHIPPED_POLICY,
) -> PublishedRevision | PublishFailure:
    """Check the flow in `main`, play its scripted calls, and make it live. An unchanged source changes nothing.

    `base` is the number of the revision it was made from, NONE_LIVE for the first one, or FromFiles to find it. If
    another one is live, the flow is stale and rejected; None does not check. `policy` is the one that complaints are
    handled by, whose life cycle the texts of the flow must fit. `also` runs in the same transaction: if it
    raises, nothing is published. A release that compiles the same source differently publishes it again.
    """
    fit = _fit(database, files, main, note, policy)
    if isinstance(fit, PublishFailure):
        return fit
    if isinstance(base, FromFiles):
        with database.read.begin() as db:
            base = find_base_number(db, fit.source, fit.flow.name, base.taken)
    return _go_live(database, now, dataclasses.replace(fit, base=base), note, also)


def roll_back(
    database: Database,
    now: dt.datetime,
    flow: str,
    number: int,
    note: RevisionNote,
    *,
    last: str = "",
    policy: CasePolicy = SHIPPED_POLICY,
) -> PublishedRevision | PublishFailure:
    """Publish the files of an earlier revision again, as a new one. They are checked like any others.

    With `last` (2026-07-01), rows that complaints use and the revision lacks are restored in them, and offered until
    that day at most: see `restored_rows.restore_rows`. Without it such a revision is refused.

    Losing what the live revision added is the purpose of a rollback: only codes that complaints use are compared, which
    must stay and keep their meaning. But what protects people goes only if a second person agrees, as in a publication;
    the message says why.

    Stale when somebody else publishes in the meantime: the revision before has been looked at, and not this one.
    """
    found = _earlier_files(database, flow, number, last)
    if isinstance(found, PublishFailure):
        return found
    fit = _fit(database, found.files, found.main, note, policy, goes_back=True)
    if isinstance(fit, PublishFailure):
        return fit
    return _go_live(database, now, dataclasses.replace(fit, base=fit.live, rolls_back=number), note)


def _earlier_files(database: Database, flow: str, number: int, last: str) -> RestoredFiles | PublishFailure:
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
        used = complaints.codes_in_use(db, flow) if last else frozenset()
    if earlier is None:
        return PublishFailure(why="missing")
    return restore_rows(earlier, live, used, last) or PublishFailure(why="damaged")


def _fit(
    database: Database,
    files: Mapping[str, str],
    main: str,
    note: RevisionNote,
    policy: CasePolicy,
    *,
    goes_back: bool = False,
) -> _Fit | PublishFailure:
    parsed = parse_once(files, main)
    if parsed.flow is None:
        return PublishFailure(parsed.problems)
    flow = parsed.flow
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow.name), complaints.codes_in_use(db, flow.name)
        before = flow_of(live) if live else None
        known = opens_flows(flow) or (before is not None and loses_rows(before, flow))
        others = _live_flows(db, flow) if known else None
    whole = before
    if goes_back and before:
        before = reduce_to_used_rows(before, flow, used)
    problems = findings(parsed, files, before, used, Installation(policy=policy), others)
    if whole is not before:
        lost = _lost_by(parsed, whole, used, policy)
        problems = (*(each for each in problems if each not in lost), *lost)
    number = live.number if live else NONE_LIVE
    if any(map(is_blocking, problems)):
        return PublishFailure(problems, live=number)
    if _blocked(problems) and not (note.second if goes_back else note.agrees):
        return PublishFailure(problems, "lost", live=number)
    source = select_flow_files(files, main, flow.name, parsed.files)
    digest, compiled = digest_of(source, main), msgspec.msgpack.encode(flow)
    same = live is not None and (live.digest, live.compiled) == (digest, compiled)
    if note.reason == "" and not same and any(problem.severity == "W" for problem in problems):
        return PublishFailure(problems, "warnings")
    return _Fit(flow, number, digest, source, compiled, len(transcripts_for(source, flow.name)), problems)


def _live_flows(db: Session, flow: Flow) -> dict[str, Flow]:
    """The other flows that are live, by name."""
    lives = (revisions.live_of(db, each.flow) for each in revisions.list_live_flows(db) if each.flow != flow.name)
    return {live.flow: other for live in lives if live is not None and (other := flow_of(live)) is not None}


def find_failure(
    database: Database, files: Mapping[str, str], main: str, policy: CasePolicy = SHIPPED_POLICY
) -> PublishFailure | None:
    """Why these files would not be published by one person without a reason; None if they would be.

    "lost" if all that is in the way is that they lose what protects people, which takes a second person.
    """
    fit = _fit(database, files, main, RevisionNote("", "", ""), policy)
    return fit if isinstance(fit, PublishFailure) else None


def find_rollback_failure(
    database: Database, flow: str, number: int, last: str = "", policy: CasePolicy = SHIPPED_POLICY
) -> PublishFailure | None:
    """Why even two people could not roll back to a revision; None if they could. `last` as in `roll_back`."""
    found = _earlier_files(database, flow, number, last)
    if isinstance(found, PublishFailure):
        return found
    fit = _fit(database, found.files, found.main, RevisionNote("", "", second=True), policy, goes_back=True)
    return fit if isinstance(fit, PublishFailure) else None


def protections_lost_by_rollback(
    database: Database, flow: str, number: int, last: str = "", policy: CasePolicy = SHIPPED_POLICY
) -> tuple[Problem, ...]:
    """What protects people in the live revision and would be lost by going back to this one; () if it cannot be.

    `last` as in `roll_back`.
    """
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    found = _earlier_files(database, flow, number, last)
    if live is None or isinstance(found, PublishFailure):
        return ()
    return _lost_by(parse_once(found.files, found.main), flow_of(live), used, policy)


def _lost_by(parsed: ParsedFlow, before: Flow | None, used: frozenset[str], policy: CasePolicy) -> tuple[Problem, ...]:
    """The protections of the live flow that another one lacks. Its scripted calls are not played."""
    return lost_protections(findings(parsed, {}, before, used, Installation(policy=policy)))


def lost_protections(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those of some findings to which a second person must agree."""
    return tuple(each for each in problems if each.severity == "E" and not is_blocking(each))


def _go_live(
    database: Database, now: dt.datetime, fit: _Fit, note: RevisionNote, also: And | None = None
) -> PublishedRevision | PublishFailure:
    name, base = fit.flow.name, fit.base
    try:
        with database.write.begin() as db:
            live = revisions.lock_live(db, name)
            if live and (live.digest, live.compiled) == (fit.digest, fit.compiled):
                if also:
                    also(db, live.number)
                return PublishedRevision(name, live.number, changed=False, digest=fit.digest)
            before = live.number if live else NONE_LIVE
            if is_texted(fit.flow) and (codes := dialled_codes(db, name)):
                return PublishFailure(why="dialled", live=before, codes=codes)
            _still(base, before)
            _still(None if base is None else fit.live, before)  # the base may be newer
            number = revisions.publish(
                db,
                flow=name,
                digest=fit.digest,
                source=fit.source,
                compiled=fit.compiled,
                author=note.author,
                message=note.message,
                now=now,
                reason=note.reason or "",
                checks=check_summary(fit.problems, lost_protections(fit.problems), fit.scripts),
                base=before or None,
                rolls_back=fit.rolls_back,
            )
            if not live:  # two first revisions at once: there was no row to lock
                _still(base, number - 1)
            event = "published" if fit.rolls_back is None else "rolled_back"
            detail: dict[str, str | int] = {"revision": number, "base": before}
            detail |= {"restored": fit.rolls_back} if fit.rolls_back else {}
            detail |= {"how": note.how} if note.how else {}
            lost = sorted({each.code for each in lost_protections(fit.problems)})
            detail |= {"lost": " ".join(lost)} if lost else {}
            audit_log.record(db, AuditEntry(event, note.auditor, now, "flow", name, detail))
            if also:
                also(db, number)
    except StaleBaseError as overtaken:
        return PublishFailure(why="stale", live=overtaken.live, base=overtaken.base)
    return PublishedRevision(name, number, changed=True, digest=fit.digest, problems=fit.problems)


def _still(base: int | None, live: int) -> None:
    if base not in (None, live):
        raise StaleBaseError(live, base or NONE_LIVE)


def check_flow(
    files: Mapping[str, str],
    main: str,
    *,
    before: Flow | None = None,
    used: frozenset[str] | None = None,
    policy: CasePolicy = SHIPPED_POLICY,
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow in `main`, or None when findings block it; and every finding, in order of file and line.

    `before` is the live flow and `used` the list codes that complaints use (`category:mun01`; None: not known).
    """
    parsed = parse_once(files, main)
    problems = findings(parsed, files, before, used, Installation(policy=policy))
    return (None if _blocked(problems) else parsed.flow), problems


def findings(
    parsed: ParsedFlow,
    files: Mapping[str, str],
    before: Flow | None,
    used: frozenset[str] | None,
    installation: Installation = AS_SHIPPED,
    others: Mapping[str, Flow] | None = None,
) -> tuple[Problem, ...]:
    """The findings for parsed files, with their scripted calls played; `before` and `used` as in `check_flow`.

    `installation` says what the settings give: without words of the service they are not compared.
    `others` are the other live flows, by name; None where they are not known.
    """
    scripts = (*transcripts_for(files, parsed.flow.name), *ownerless_transcripts(files)) if parsed.flow else ()
    return check(
        parsed,
        events=installation.policy.lifecycle.events,
        life=installation.policy.life,
        before=before,
        used=used,
        scripts=scripts,
        service=installation.service,
        helplines=shipped_helplines(),
        danger=shipped_lexicon(),
        flows=others,
        first_words=shipped_first_words(),
        keywords=shipped_keywords(),
    )


def _blocked(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "E" for problem in problems)


def live_id(database: Database, flow: str) -> int | None:
    """The id of the live revision of a flow."""
    with database.read.begin() as db:
        revision = revisions.live_of(db, flow)
        return revision.id if revision else None


def list_published_flows(database: Database) -> list[LiveFlowSummary]:
    """Every live flow with the codes that lead to it."""
    with database.read.begin() as db:
        return list(revisions.list_live_flows(db))
