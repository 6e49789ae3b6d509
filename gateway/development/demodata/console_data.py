"""The console's side of demo data: who works in it, what they published meanwhile, and drafts that are open."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping

from flows.editing.yaml_scalars import edit
from flows.menu.diagnostics import Path
from gateway.development.processes.prepare_database import LINE
from gateway.settings.local_run_url import run_url
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.drafts import draft_editing, flow_copy, review_requests
from sessions.publishing import publication
from sessions.staff import invitations, staff_and_their_cases
from storage.connection.database import Database
from storage.schema.tables import Draft

ADMIN = "Demo Admin"
PEOPLE = {
    ADMIN: "admin",
    "Nadia Publisher": "publisher",
    "Omar Operator": "operator",
    "Tahira Translator": "translator",
}
SCRIPTS = "transcripts/"
OMAR, TAHIRA, NADIA = "Omar Operator", "Tahira Translator", "Nadia Publisher"

Words = Mapping[Path, tuple[str, str]]  # path in the flow's file: the words as they ship, and others
EASIER: Words = {
    ("screens", "place", "bad_answer", "en"): (
        "Not found, try again.",
        "Not found. Type it again or choose a province.",
    ),
    ("screens", "place", "bad_answer", "ur-Latn"): (
        "Nahi mila, dobara likhein.",
        "Nahi mila. Dobara likhein ya sooba chunein.",
    ),
}
WARMER: Words = {
    ("screens", "bye", "end", "en"): ("Thank you. 8484", "Thank you for telling us. 8484"),
    ("screens", "bye", "end", "ur-Latn"): ("Shukriya. 8484", "Batane ka shukriya. 8484"),
}
CLEARER: Words = {
    ("screens", "none_yet", "ask", "en"): (
        "No complaints from this phone",
        "You have filed nothing from this phone.",
    ),
    ("screens", "none_yet", "ask", "ur-Latn"): (
        "Is phone se abhi koi",
        "Is phone se abhi kuch darj nahi hua.",
    ),
}
LONGER: Words = {  # more Urdu than a last screen holds: the checks say so
    ("screens", "call_now", "end", "ur"): (
        "ابھی {help} یا 1122 ملائیں۔ کچھ نہیں بھیجا گیا",
        "ابھی {help} یا 1122 ملائیں۔ کچھ نہیں بھیجا گیا۔ محفوظ جگہ پر جائیں، پھر یہی نمبر ملا کر شکایت درج کریں",
    )
}
RELEASES = (  # when, in parts of the time; the words; why
    (0.4, EASIER, "Whoever mistypes a district is told that a province can be chosen"),
    (0.75, WARMER, "A warmer last screen"),
)


class Unfit(Exception):
    """The shipped flow does not take what demo data changes in it any more."""


def hire(database: Database, now: dt.datetime) -> None:
    """Take on those who work in the console."""
    for name, role in PEOPLE.items():
        done = staff_and_their_cases.add(
            database, now, operator("demo"), {}, name=name, role=role, office=None, phone=None
        )
        if isinstance(done, Refusal):
            raise Unfit(done.message)


def release(database: Database, now: dt.datetime, words: Words, message: str) -> None:
    """Publish the complaint line with other words, by way of a draft."""
    draft = _worded(database, now, words, OMAR, "words in place")
    found = review_requests.publish_draft(database, now, draft, message, who=NADIA, reason="As it is live now.")
    if not isinstance(found, publication.PublishedRevision):
        raise Unfit(f"{message}: {found}")


def furnish(database: Database, now: dt.datetime) -> None:
    """Open drafts: one with a text that is too long, one that waits to be looked at, one of a new flow."""
    day = dt.timedelta(days=1)
    _worded(database, now - 2 * day, LONGER, TAHIRA, "call_now: words in ur")
    ready = _worded(database, now - day, CLEARER, OMAR, "none_yet: words in en, ur-Latn")
    review_requests.request_review(
        database, now - day / 3, ready, "Plainer words where nothing was filed yet.", who=OMAR
    )
    copied = flow_copy.copy_revision(database, now - day / 6, "survey", None, who=OMAR, name="clinic_visit")
    if not isinstance(copied, Draft):
        raise Unfit(f"survey cannot be copied: {copied.why}")


def invitation_hint(database: Database, now: dt.datetime) -> str:
    """How to get into the console: an invitation for its admin, once. Development only."""
    other = os.environ.get("DATABASE_URL", "")
    start = f"DATABASE_URL={other} make run" if other.startswith("sqlite:") else "make run"  # others hold a password
    made = invitations.invite(database, now, ADMIN)
    if isinstance(made, Refusal):
        return made.message
    return f"Start it with {start}, and get into the console as {ADMIN}: {run_url()}/console/join/{made.token}"


def _replayed(script: str, words: Words) -> str:
    """A scripted call whose screens show the other words."""
    for before, after in words.values():
        script = script.replace(before, after)
    return script


def _worded(database: Database, now: dt.datetime, words: Words, who: str, what: str) -> Draft:
    """A draft of what is live with these words in it."""
    draft = flow_copy.copy_revision(database, now, LINE, None, who=who)
    if not isinstance(draft, Draft):
        raise Unfit(f"{LINE} cannot be copied: {draft.why}")
    files = {name: _replayed(text, words) for name, text in draft.files.items() if name.startswith(SCRIPTS)}
    edited = edit(draft.files[draft.main], {path: after for path, (_, after) in words.items()})
    files = dict(draft.files) | files | {draft.main: edited}
    saved = draft_editing.save_draft(database, now, draft, files, who=who, what=what)
    if not isinstance(saved, Draft):
        raise Unfit(f"{LINE}: somebody else works on the draft of demo data")
    return saved
