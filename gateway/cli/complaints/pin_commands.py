"""`flask complaints reset-pin`: begin to remove a PIN that its citizen forgot, after a visit to an office."""

import datetime as dt

import click

from flows.cases.lifecycle_rules import OPERATOR
from gateway.cli.complaints.acting_person import actor
from gateway.cli.complaints.commands import complaints
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import accept, sunwai
from gateway.terminal.live_flows import live_flow
from sessions.cases.access import pin_resets
from sessions.cases.access.pin_resets import MONTH, PinResetRequest


def _month(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """A month as it is compared: what is none is refused before it counts as a wrong fact."""
    try:
        return dt.datetime.strptime(value, MONTH).strftime(MONTH)
    except ValueError:
        raise click.BadParameter("write the month as 2026-11") from None


@complaints.command("reset-pin")
@click.argument("number")
@click.option(
    "--district", required=True, metavar="CODE", help="Where the case was filed, as the citizen says: code or title."
)
@click.option("--category", required=True, metavar="CODE", help="What it is about, as the citizen says: code or title.")
@click.option(
    "--month", required=True, metavar="YYYY-MM", callback=_month, help="When it was filed, as the citizen says."
)
@click.option("--by", default=OPERATOR, help="Who does this: somebody of oversight, by name.")
def reset_pin(number: str, district: str, category: str, month: str, by: str) -> None:
    """Begin to remove the PIN of the phone that filed the complaint NUMBER. Its owner has 24 hours to stop it.

    Codes and titles are in lists/district.csv and lists/category.csv of the flow: `flask flows show live --to FOLDER`.
    """
    app = sunwai()
    request = PinResetRequest(
        app.database,
        app.clock(),
        actor(by, None),
        command_actor(),
        app.policy,
        live_flow,
        number,
        district,
        category,
        month,
    )
    app.wake(accept(pin_resets.start_reset(request)))
    click.echo("Begun. The phone is texted now; the PIN is removed in 24 hours, unless its owner answers PIN NO.")
