"""One complaint on a terminal: its details, what the citizen wrote, and its history. Never a phone number."""

from collections.abc import Iterable, Mapping

import click

from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from gateway.cli.complaints.labels import ComplaintLabels, act, day, local, state
from sessions.cases.access import acts_by_number
from sessions.cases.access.staff_listing import ComplaintDetail
from sessions.cases.access.visibility import ComplaintView
from storage.schema.tables import Complaint, History

UNKNOWN = "the citizen wants to stay anonymous, and gets neutral texts"


def print_for_operator(seen: acts_by_number.ComplaintHistory) -> None:
    """Print a complaint as the operator sees it."""
    notes = [(str(step.version), step, step.note or "") for step in seen.history]
    _page(seen.complaint, seen.complaint.details or "", seen.others, notes, {})


def print_for_staff(shown: ComplaintDetail) -> None:
    """Print a complaint as a member of staff sees it. Its steps are renumbered, so that no gap shows a hidden one."""
    view, actor = shown.view, shown.actor
    part = f"any {actor.role}" if actor.staff_id is None else f"{actor.name}, {actor.role}"
    at = f" at {actor.office}" if actor.office else ""
    more = {"seen as": f"{part}{at}", "name": "none is stored yet" if view.named else "hidden", "phone": _phone(view)}
    notes = [(str(at), step, note) for at, (step, note) in enumerate(shown.steps, start=1)]
    taken_out = " (numbers and names are removed)" if view.words == "redacted" else ""
    _page(shown.complaint, view.details and view.details + taken_out, shown.others, notes, more)


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
    names = ComplaintLabels()
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
