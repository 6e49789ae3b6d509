"""One complaint on a terminal: its details, what the citizen wrote, and its history. Never a phone number."""

from collections.abc import Iterable, Mapping

import click

from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from gateway.cli.complaints.labels import ComplaintLabels, act, day, local, state
from sessions.cases.access.staff_listing import ComplaintDetail
from sessions.cases.access.visibility import ComplaintView
from storage.schema.tables import Complaint, History

TAKEN_OUT = {
    "whole": "",
    "masked": " (phone numbers are removed)",
    "redacted": " (phone numbers are removed; a name that the citizen wrote may stand here: do not use it to find out "
    "who they are)",
}
NO_NAME = {True: "none is stored yet", False: "none is stored; one may stand in the words"}
UNKNOWN = "the citizen wants to stay anonymous, and gets neutral texts"


def print_for_operator(shown: ComplaintDetail) -> None:
    """Print a complaint as the operator sees it: its steps have their versions."""
    notes = [(str(step.version), step, note) for step, note in shown.steps]
    _page(shown.complaint, _words(shown.view), shown.others, notes, {})


def print_for_staff(shown: ComplaintDetail) -> None:
    """Print a complaint as a member of staff sees it. Its steps are renumbered, so that no gap shows a hidden one."""
    view, actor = shown.view, shown.actor
    part = f"any {actor.role}" if actor.staff_id is None else f"{actor.name}, {actor.role}"
    at = f" at {actor.office}" if actor.office else ""
    more = {"seen as": f"{part}{at}", "name": NO_NAME[view.named], "phone": _phone(view)}
    notes = [(str(at), step, note) for at, (step, note) in enumerate(shown.steps, start=1)]
    _page(shown.complaint, _words(view), shown.others, notes, more)


def _words(view: ComplaintView) -> str:
    return view.details and view.details + TAKEN_OUT[view.words]


def _phone(view: ComplaintView) -> str:
    if view.relay:
        return "hidden: messages from the office reach it through this service"
    if view.reveal:
        return "hidden: two people can reveal it, see flask complaints reveal --help"
    return "hidden"


def _page(
    complaint: Complaint,
    words: str,
    others: int,
    steps: Iterable[tuple[str, History, str]],
    more: Mapping[str, str],
) -> None:
    names = ComplaintLabels([complaint])
    lines = {
        "about": names.about(complaint),
        "kind": names.office_kind(complaint),
        "office": names.office(complaint),
        "officer": names.officer(complaint),
        "filed": f"{local(complaint.filed_at)}, due {day(complaint.due_on)}",
        "asked": f"{names.waits(complaint)}: its citizen was asked by SMS" if names.waits(complaint) else "",
        "words": one_line(words or "none"),
        "me too": f"{pluralize(others, 'other phone')}" if others else "",
        "private": UNKNOWN if complaint.private else "",
        "rating": "" if complaint.rating is None else str(complaint.rating),
        **more,
    }
    click.echo(f"{tracking_number.format_number(complaint.number)}  {complaint.kind}, {state(complaint.status)}")
    for name, said in lines.items():
        if said:
            click.echo(f"{name:<8} {said}")
    before = ""
    for count, step, said in steps:
        became = f": {state(step.status)} ({step.status})" if before not in ("", step.status) else ""
        note = f": {one_line(said)}" if said else ""
        click.echo(f"  {count}  {local(step.at)}  {one_line(act(step))}{became}{note}")
        before = step.status
