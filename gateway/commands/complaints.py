"""`flask complaints`: look at a complaint and move it, as an officer would. Phone numbers are never shown."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import AppGroup

from flows import reference
from gateway.commands.plainly import one_line, plainly, sunwai
from sessions import moves, publishing

complaints = AppGroup("complaints", help="Look at a complaint and move it on.")


@complaints.command("show")
@click.argument("number")
@plainly
def show(number: str) -> None:
    """Show the complaint NUMBER and every step of its life."""
    seen = _seen(number)
    complaint = seen.complaint
    click.echo(f"{reference.show(complaint.number)}  {complaint.kind}  {complaint.status}  version {complaint.version}")
    click.echo(f"category {complaint.category or '-'}, district {complaint.district or '-'}, office {complaint.office}")
    click.echo(f"filed {complaint.filed_at:%Y-%m-%d %H:%M} UTC, due {complaint.due_on:%Y-%m-%d}")
    click.echo(f"words: {one_line(complaint.details or 'none')}")
    if seen.others:
        click.echo(f"me too: {seen.others} other phone{'s' if seen.others > 1 else ''}")
    if complaint.private:
        click.echo("private: its citizen wants to stay unknown, and gets neutral texts")
    if complaint.rating is not None:
        click.echo(f"rating: {complaint.rating}")
    for step in seen.history:
        note = f": {one_line(step.note)}" if step.note else ""
        click.echo(f"  {step.version}  {step.at:%Y-%m-%d %H:%M}  {step.act} by {step.actor} -> {step.status}{note}")


@complaints.command("move")
@click.argument("number")
@click.argument("status")
@click.option("--note", default="", help="Plain words for the citizen; they go into the SMS.")
@click.option("--by", default="officer", show_default=True, help="Who moves it, for its history.")
@click.option("--office", help="Where a transfer goes: a code of the flow's list of offices.")
@plainly
def move(number: str, status: str, note: str, by: str, office: str | None) -> None:
    """Move the complaint NUMBER to STATUS and text its citizen.

    STATUS is assigned (with --office: a transfer), in_progress, waiting_citizen, resolved_pending (or resolved),
    refused_pending, dropped, merged; for a suggestion noted, adopted, declined. Only legal moves are made.
    """
    app, seen = sunwai(), _seen(number)
    live = publishing.live_id(app.database, seen.complaint.flow)
    published = app.shelf.revision(live) if live is not None else None
    if published is None:
        raise click.ClickException(f"The flow {seen.complaint.flow} is not published here: its texts are needed.")
    done = moves.move(
        app.database,
        datetime.now(UTC),
        number,
        status,
        actor=by.strip()[:64] or "officer",
        note=note,
        texts=published.flow,
        office=office,
        version=seen.complaint.version,
    )
    if isinstance(done, moves.Refused):
        raise click.ClickException(done.message)
    app.wake(done.outbox_ids)
    told = "its citizen will be texted" if done.outbox_ids else "no text is owed"
    click.echo(f"{reference.show(done.complaint.number)} is {done.complaint.status} now; {told}.")


def _seen(number: str) -> moves.Seen:
    seen = moves.look(sunwai().database, number)
    if isinstance(seen, moves.Refused):
        raise click.ClickException(seen.message)
    return seen
