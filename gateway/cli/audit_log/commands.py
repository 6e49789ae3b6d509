"""`flask audit`: who did and saw what, newest first."""

import datetime as dt

import click

from flows.menu.diagnostics import suggest_nearest
from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from gateway.terminal.errors import ROW_ID, CommandGroup, Usage, sunwai, when
from sessions.audit import audit_notes
from sessions.audit.audit_notes import NamedEntry
from storage.audit.audit_log import AuditFilter
from storage.audit.catalogue import EVENTS, SUBJECTS

audit = CommandGroup("audit", help="Who did and saw what. Entries cannot be changed or deleted.")
_DAY = click.DateTime(["%Y-%m-%d"])
_KINDS = [kind for kind in SUBJECTS if kind]


@audit.command("list")
@click.option("--event", default="", help=f"Only this event: {', '.join(EVENTS)}.")
@click.option("--who", default="", help="Only what this member of staff did, by name, or this user of the server.")
@click.option(
    "--about", default="", metavar="KIND[:ID]", help=f"Only about this: {', '.join(_KINDS)}; case:482-719-304."
)
@click.option("--since", type=_DAY, help="From this day on (2026-06-17), where the callers are.")
@click.option("--until", type=_DAY, help="Up to this day, included.")
@click.option("--before", type=ROW_ID, help="Only entries older than the one with this id: the next page.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_entries(
    event: str,
    who: str,
    about: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
    before: int | None,
    limit: int,
) -> None:
    """List entries, newest first: id, time, who, what, about what, details, network."""
    app = sunwai()
    if event and event not in EVENTS:
        raise Usage(f"There is no event {one_line(event)}. {suggest_nearest(event, EVENTS) or ', '.join(EVENTS)}")
    try:
        days = audit_notes.period_of_days(since and since.date(), until and until.date(), app.settings.timezone)
    except OverflowError:
        raise Usage("--since and --until are days such as 2026-06-17.") from None
    kind, actor = audit_notes.find_actor(app.database, who) if who else ("", "")
    wanted = AuditFilter(event, kind, actor, *_subject(about), *days)
    found = audit_notes.list_entries(app.database, wanted, limit, before)
    for each in found:
        click.echo(_line(each))
    more = f"; older ones: --before {found[-1].row.id}" if len(found) == limit else ""
    click.echo(f"{pluralize(len(found), 'row')}{more}.")


def _subject(about: str) -> tuple[str, str]:
    """The kind and the id that --about names."""
    kind, _, name = about.partition(":")
    if about and kind not in _KINDS:
        raise Usage(f"--about is one of {', '.join(_KINDS)}, and an id after a colon: case:482-719-304.")
    if kind == "case" and name:
        name = tracking_number.parse_tracking_number(name).number or name
    if kind == "staff" and name:
        name = audit_notes.find_actor(sunwai().database, name)[1]
    return kind, name


def _line(entry: NamedEntry) -> str:
    row = entry.row
    who = entry.who or row.actor_kind
    role = f" ({row.role})" if row.role else ""
    about = f"{row.subject_kind}:{entry.about}" if row.subject_kind else "-"
    detail = " ".join(f"{key}={value}" for key, value in sorted(row.detail.items()))
    said = (str(row.id), when(row.at), f"{one_line(who)}{role}", row.event, one_line(about), detail, row.network)
    return "  ".join(each for each in said if each)
