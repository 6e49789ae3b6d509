"""Publishing a flow: checked source becomes an immutable numbered revision, and new calls are answered by it.

What is published is checked, its scripted calls are played, and nobody's work is undone unseen: a revision made from
another one than the live one is refused. Rolling back is publishing too: old files, new number.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from flows.checks.runner import check
from flows.engine.sms_channel import is_texted
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import Flow
from flows.preview.transcript_coverage import transcripts_for
from flows.translation.flow_texts import parse_once
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.base_revision import NONE_LIVE, BaseRevision, find_base_number
from sessions.publishing.flow_files_and_hash import digest_of, flow_of, main_of, select_flow_files
from sessions.publishing.short_codes import dialled_codes
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import revisions
from storage.menus.revisions import LiveFlowSummary

And = Callable[[Session, int], None]  # what is done in the transaction that makes a revision live, with its number

Why = Literal["errors", "warnings", "stale", "dialled", "missing", "damaged"]


class RevisionNote(Struct, frozen=True):
    """Who publishes, what they say it changes, and the `reason` why its warnings are accepted.

    Warnings need a reason when one is asked for: "" is none given, None does not ask (what ships publishes itself).
    """

    author: str
    message: str
    reason: str | None = None


class FromFiles(Struct, frozen=True):
    """As a base: the revision that the files were made from, found out by what they were `taken` from where known."""

    taken: BaseRevision | None = None


@dataclass(frozen=True, slots=True)
class PublishedRevision:
    """The flow's live revision; `changed` is False when exactly this was live already. `problems` are its findings."""

    flow: str
    number: int
    changed: bool
    digest: str = field(default="", compare=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PublishFailure:
    """A flow that was not published, and `why`: findings that block it, or warnings that nobody gave a reason for.

    `live` is the number of the live revision, 0 for none. Stale is what was made from another one, `base`. Dialled is a
    flow made for texts to which `codes` lead that people dial. A revision to go back to may be missing, or damaged: its
    files do not match its hash.
    """

    problems: tuple[Problem, ...] = ()
    why: Why = "errors"
    live: int = NONE_LIVE
    base: int = NONE_LIVE
    codes: tuple[str, ...] = ()


class StaleBaseError(Exception):
    """Another revision is live than the base; what was written is taken back."""

    def __init__(self, live: int, base: int) -> None:
        super().__init__(live, base)
        self.live, self.base = live, base


@dataclass(frozen=True, slots=True)
class _Fit:
    """A flow that may be published, with all that its revision will hold; `live` is what it was checked against."""

    flow: Flow
    live: int
    digest: str
    source: dict[str, str]
    compiled: bytes
    scripts: int
    problems: tuple[Problem, ...]
    base: int | None = None  # the revision that must be live still; None does not look
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
) -> PublishedRevision | PublishFailure:
    """Check the flow in `main`, play its scripted calls, and make it live. The same source as the live changes nothing.

    `base` is the number of the revision it was made from, NONE_LIVE for a first one, FromFiles to find it out: when
    another is live, it is stale and refused; None does not look. `also` happens with it or, where it raises, nothing
    does. A release that compiles the same source to something else publishes it again, so that no old form stays live.
    """
    fit = _fit(database, files, main, note.reason)
    if isinstance(fit, PublishFailure):
        return fit
    if isinstance(base, FromFiles):
        with database.read.begin() as db:
            base = find_base_number(db, fit.source, fit.flow.name, base.taken)
    return _go_live(database, now, dataclasses.replace(fit, base=base), note, also)


def roll_back(
    database: Database, now: dt.datetime, flow: str, number: int, note: RevisionNote
) -> PublishedRevision | PublishFailure:
    """Publish the files of an earlier revision again, as a new one. They are checked as any others are.

    What new calls lose against the live revision is what going back is for: only codes that complaints hold are looked
    at, which must stay and mean what they mean now.

    Stale when somebody else publishes in the meantime: the revision before has been looked at, and not this one.
    """
    with database.read.begin() as db:
        earlier = revisions.find_by_number(db, flow, number)
    if earlier is None:
        return PublishFailure(why="missing")
    main = main_of(earlier)
    if main is None:
        return PublishFailure(why="damaged")
    fit = _fit(database, earlier.source, main, note.reason, goes_back=True)
    if isinstance(fit, PublishFailure):
        return fit
    return _go_live(database, now, dataclasses.replace(fit, base=fit.live, rolls_back=number), note)


def _fit(
    database: Database, files: Mapping[str, str], main: str, reason: str | None, *, goes_back: bool = False
) -> _Fit | PublishFailure:
    parsed = parse_once(files, main)
    if parsed.flow is None:
        return PublishFailure(parsed.problems)
    flow = parsed.flow
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow.name), complaints.codes_in_use(db, flow.name)
    before = flow_of(live) if live else None
    if goes_back and before:
        before = _held(before, flow, used)
    problems = findings(parsed, files, before, used)
    number = live.number if live else NONE_LIVE
    if _blocked(problems):
        return PublishFailure(problems, live=number)
    source = select_flow_files(files, main, flow.name)
    digest, compiled = digest_of(source, main), msgspec.msgpack.encode(flow)
    same = live is not None and (live.digest, live.compiled) == (digest, compiled)
    if reason == "" and not same and any(problem.severity == "W" for problem in problems):
        return PublishFailure(problems, "warnings")
    return _Fit(flow, number, digest, source, compiled, len(transcripts_for(source, flow.name)), problems)


def _held(live: Flow, flow: Flow, used: frozenset[str]) -> Flow:
    """The live flow as far as complaints hold it: its list rows that they use, and else nothing unlike `flow`."""
    lists = {
        name: (
            *(row for row in rows if f"{name}:{row.code}" in used),
            *(row for row in flow.lists.get(name, ()) if f"{name}:{row.code}" not in used),
        )
        for name, rows in live.lists.items()
    }
    return msgspec.structs.replace(live, screens={}, keys={}, languages=flow.languages, lists=lists)


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
            _still(None if base is None else fit.live, before)  # the base that was found or said may be newer
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
                checks=_summary(fit.problems, fit.scripts),
                base=before or None,
                rolls_back=fit.rolls_back,
            )
            if not live:  # two first ones at once: no pointer was there to be held
                _still(base, number - 1)
            if also:
                also(db, number)
    except StaleBaseError as overtaken:
        return PublishFailure(why="stale", live=overtaken.live, base=overtaken.base)
    return PublishedRevision(name, number, changed=True, digest=fit.digest, problems=fit.problems)


def _still(base: int | None, live: int) -> None:
    if base not in (None, live):
        raise StaleBaseError(live, base or NONE_LIVE)


def check_flow(
    files: Mapping[str, str], main: str, *, before: Flow | None = None, used: frozenset[str] = frozenset()
) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow in `main`, or None when findings block it; and every finding, in order of file and line.

    `before` is the live flow and `used` the list codes complaints hold (`category:mun01`): what must not go unseen.
    """
    parsed = parse_once(files, main)
    problems = findings(parsed, files, before, used)
    return (None if _blocked(problems) else parsed.flow), problems


def findings(
    parsed: ParsedFlow, files: Mapping[str, str], before: Flow | None, used: frozenset[str]
) -> tuple[Problem, ...]:
    """What the checks say of files that were read, their scripted calls played; `before` and `used` as in examined."""
    scripts = transcripts_for(files, parsed.flow.name) if parsed.flow else ()
    return check(parsed, events=SHIPPED_POLICY.lifecycle.events, before=before, used=used, scripts=scripts)


def _blocked(problems: Iterable[Problem]) -> bool:
    return any(problem.severity == "E" for problem in problems)


def _summary(problems: tuple[Problem, ...], scripts: int) -> dict[str, Any]:
    """What the checks said, as a revision keeps it: how many, the warnings in full, the calls played."""
    counts = {letter: sum(each.severity == letter for each in problems) for letter in ("E", "W", "I")}
    return {**counts, "warnings": [str(each) for each in problems if each.severity == "W"], "scripts": scripts}


def live_id(database: Database, flow: str) -> int | None:
    """The id of the live revision of a flow."""
    with database.read.begin() as db:
        revision = revisions.live_of(db, flow)
        return revision.id if revision else None


def list_published_flows(database: Database) -> list[LiveFlowSummary]:
    """Every live flow with the codes that lead to it."""
    with database.read.begin() as db:
        return list(revisions.list_live_flows(db))
