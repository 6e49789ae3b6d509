"""`flask complaints reset-pin`: begin to remove a PIN that its citizen forgot, after a visit to an office."""

import click

from flows.cases.lifecycle_rules import OPERATOR
from gateway.cli.complaints.acting_person import actor
from gateway.cli.complaints.commands import complaints
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import accept, sunwai
from gateway.terminal.live_flows import live_flow
from sessions.cases.access import pin_resets
from sessions.cases.access.pin_resets import PinResetRequest


@complaints.command("reset-pin")
@click.argument("number")
@click.option("--district", required=True, metavar="CODE", help="Where the case was filed, as the citizen says.")
@click.option("--category", required=True, metavar="CODE", help="What it is about, as the citizen says.")
@click.option("--month", required=True, metavar="YYYY-MM", help="When it was filed, as the citizen says.")
@click.option("--by", default=OPERATOR, help="Who does this: somebody of oversight, by name.")
def reset_pin(number: str, district: str, category: str, month: str, by: str) -> None:
    """Begin to remove the PIN of the phone that filed the complaint NUMBER. Its owner has 24 hours to stop it."""
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
