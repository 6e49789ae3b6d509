"""What the console shows in the sample data: its users, what they published, and open drafts."""

import datetime as dt
import os
from collections.abc import Mapping, Sequence

from flows.editing.yaml_edits import edit
from gateway.development.demodata.distributions import SAMPLE, Release, TextChange
from gateway.development.processes.prepare_database import LINE
from gateway.settings.local_run_url import run_url
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.drafts import draft_editing, flow_copy, review_requests
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import NewFlow
from sessions.offices.case_reassignment import StaffManager
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.staff import invitations, staff_and_their_cases
from sessions.staff.staff_and_their_cases import NewStaff
from storage.connection.database import Database
from storage.schema.tables import Draft

ADMIN, NADIA, OMAR, TAHIRA = SAMPLE.console_users
SCRIPTS = "transcripts/"


class StaleSample(Exception):
    """The shipped flow no longer takes what the sample data changes in it."""


def hire(database: Database, now: dt.datetime) -> None:
    """Add those who work in the console."""
    for name, role in SAMPLE.console_users.items():
        done = staff_and_their_cases.add(
            database, StaffManager(now, operator("demo"), SHIPPED_POLICY), NewStaff(name, role)
        )
        if isinstance(done, Refusal):
            raise StaleSample(done.message)


def publish_release(database: Database, now: dt.datetime, release: Release) -> None:
    """Publish the complaint line with other words."""
    live = revision_history.find_revision(database, LINE)
    main = main_of(live) if live is not None else None
    if live is None or main is None:
        raise StaleSample(f"{LINE} is not published")
    files = _reworded(live.source, main, SAMPLE.text_changes[release.words])
    note = publication.RevisionNote(NADIA, release.message, "As it is live now.")
    found = publication.publish(database, now, files, main, note, base=live.number)
    if not isinstance(found, publication.PublishedRevision):
        raise StaleSample(f"{release.message}: {found}")


def open_drafts(database: Database, now: dt.datetime) -> int:
    """Open three drafts: one with a text that is too long, one in review, and one of a new flow; the id of the last."""
    day = dt.timedelta(days=1)
    _reword(database, now - 2 * day, SAMPLE.text_changes["longer"], TAHIRA, "call_now: words in ur")
    ready = _reword(database, now - day, SAMPLE.text_changes["clearer"], OMAR, "none_yet: words in en, ur-Latn")
    why = "Plainer words where nothing was filed yet."
    review_requests.request_review(database, now - day / 3, ready, why, who=OMAR)
    copied = flow_copy.copy_revision(database, Edit(OMAR, now - day / 6), "survey", None, NewFlow("clinic_visit"))
    if not isinstance(copied, Draft):
        raise StaleSample(f"survey cannot be copied: {copied.why}")
    return copied.id


def invitation_hint(database: Database, now: dt.datetime) -> str:
    """How to get into the console: a one-time invitation for somebody of each role. For development only."""
    other = os.environ.get("DATABASE_URL", "")
    start = f"DATABASE_URL={other} make run" if other.startswith("sqlite:") else "make run"  # others hold a password
    lines = [f"Start it with {start}, then open one of these, each for one person of a role:"]
    for name, role in SAMPLE.console_users.items():
        made = invitations.invite(database, now, name)
        said = made.message if isinstance(made, Refusal) else f"{run_url()}/console/join/{made.token}"
        lines.append(f"  {role:<10} {name:<14} {said}")
    return "\n".join(lines)


def _reword(database: Database, now: dt.datetime, words: Sequence[TextChange], who: str, what: str) -> Draft:
    """A draft of the live revision with these words, in its scripted calls too."""
    draft = flow_copy.copy_revision(database, Edit(who, now), LINE, None)
    if not isinstance(draft, Draft):
        raise StaleSample(f"{LINE} cannot be copied: {draft.why}")
    files = _reworded(draft.files, draft.main, words)
    saved = draft_editing.save_draft(database, Edit(who, now, what), draft, files)
    if not isinstance(saved, Draft):
        raise StaleSample(f"{LINE}: the draft of the sample data was changed by somebody else")
    return saved


def _reworded(files: Mapping[str, str], main: str, words: Sequence[TextChange]) -> dict[str, str]:
    """The files with these words, in the scripted calls too."""
    changed = dict(files)
    for each in words:
        changed |= {
            name: text.replace(each.ships, each.becomes) for name, text in changed.items() if name.startswith(SCRIPTS)
        }
    changed[main] = edit(files[main], {tuple(each.path): each.becomes for each in words})
    return changed
