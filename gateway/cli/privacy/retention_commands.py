"""`sunwai retention`: what the rules of the retention file would remove, and the word that they may."""

import click

from flows.retention.retention_file import EVERYTHING, SHAPE
from flows.text.printable import pluralize
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, sunwai, when
from sessions.retention import retention_plan
from sessions.retention.retention_plan import MOST_COUNTED, PlannedRule

retention = CommandGroup("retention", help="How long what citizens said is kept (docs/privacy.md).")


@retention.command("plan")
def show_plan() -> None:
    """Show for each rule how many rows it would remove now, and since when. Nothing is changed."""
    app = sunwai()
    found = retention_plan.plan(
        app.database, retention_plan.load_retention(app.settings.retention), app.clock(), app.policy
    )
    click.echo("A rule removes nothing until it is confirmed: this is only what it would remove.")
    for each in found:
        click.echo(_line(each))
    if not all(each.runs for each in found):
        click.echo("What is not confirmed removes nothing. Confirm all of it as it stands: sunwai retention apply")


@retention.command("apply")
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(yes: bool) -> None:
    """Let the sweep carry out the rules as they stand. What it removes cannot be brought back.

    With TWO_PEOPLE=yes the first person who types this only asks for it, and another one confirms it.
    """
    app = sunwai()
    rules = retention_plan.load_retention(app.settings.retention)
    planned = retention_plan.plan(app.database, rules, app.clock(), app.policy)
    due = sum(each.due for each in planned if not each.runs)
    if not yes:
        click.confirm(f"{pluralize(due, 'row')} would be removed or emptied first. Go on?", abort=True)
    done = retention_plan.confirm(app.database, rules, app.clock(), command_actor(), two_people=app.settings.two_people)
    if done.confirmed:
        click.echo(f"Confirmed: {', '.join(done.confirmed)}. The sweep begins within minutes.")
    if done.waiting:
        click.echo(f"Asked for: {', '.join(done.waiting)}. Another person is to type: sunwai retention apply")
    if not (done.confirmed or done.waiting):
        click.echo("Every rule was confirmed as it stands. Nothing was changed.")


def _line(planned: PlannedRule) -> str:
    rule = planned.rule
    if rule.remains == EVERYTHING:
        return f"{rule.name:<18}  kept for ever"
    left = "its shape remains" if rule.remains == SHAPE else "nothing remains"
    many = f"{planned.due:,}{' or more' if planned.due >= MOST_COUNTED else ''}"
    due = f"{many} due, the oldest from {when(planned.oldest)}" if planned.oldest else "none due"
    runs = "confirmed" if planned.runs else "not confirmed"
    if planned.asked_by:
        runs = f"asked for by {planned.asked_by}: another person is to confirm it"
    return f"{rule.name:<18}  after {pluralize(rule.days or 0, 'day')}, {left}: {due}; {runs}"
