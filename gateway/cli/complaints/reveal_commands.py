"""`flask complaints reveal`: see a citizen's phone number, which takes a reason and two people."""

import click

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.officer_code import OfficerCodes
from gateway.cli.complaints.acting_person import actor
from gateway.cli.complaints.commands import complaints
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, accept, sunwai, when
from gateway.terminal.live_flows import live_flow
from sessions.cases.access import reveal
from sessions.cases.access.reveal import RevealRequest

_BY = click.option("--by", default=OPERATOR, help="Who does this: somebody of the staff, by name.")
_CODE = click.option("--code", default="", help="The code that was sent to the phone of --by.")

reveal_group = CommandGroup(
    "reveal", help="See the phone number of a citizen: one person asks, another agrees, the first looks."
)
complaints.add_command(reveal_group)


@reveal_group.command("ask")
@click.argument("number")
@click.option("--reason", default="", help="Why the number is needed. Oversight reads it.")
@click.option("--second", default="", metavar="NAME", help="Who shall agree: nobody who is below you.")
@_BY
def ask(number: str, reason: str, second: str, by: str) -> None:
    """Ask to see the phone number of the complaint NUMBER. The second person is texted a code."""
    done = accept(reveal.ask(_request(number, by), second.strip(), reason))
    sunwai().wake(list(done.outbox_ids))
    click.echo(f"Asked. {done.second} got a code by SMS, and can agree with flask complaints reveal agree.")


@reveal_group.command("agree")
@click.argument("number")
@_BY
@_CODE
@click.option("--asker", default="", metavar="NAME", help="Whose request is meant, if several people asked.")
@click.option("--decline", is_flag=True, help="Do not agree.")
def agree(number: str, by: str, code: str, asker: str, *, decline: bool) -> None:
    """Agree, as the second person, that the number of the complaint NUMBER is seen; or decline."""
    done = accept(reveal.agree(_request(number, by), code.strip(), asker=asker.strip(), decline=decline))
    sunwai().wake(list(done.outbox_ids))
    if done.until is None:
        click.echo("Declined. The number stays hidden.")
    else:
        click.echo(f"Agreed. Who asked can see the number until {when(done.until)}; their code comes by SMS.")


@reveal_group.command("show")
@click.argument("number")
@_BY
@_CODE
def show(number: str, by: str, code: str) -> None:
    """Show the phone number to who asked, after the second person agreed. The citizen is texted."""
    done = accept(reveal.show(_request(number, by), code.strip()))
    sunwai().wake(list(done.outbox_ids))
    until = f" You can look again until {when(done.until)}." if done.until else ""
    click.echo(f"{done.phone}  This was recorded.{until}")


def _request(number: str, by: str) -> RevealRequest:
    app = sunwai()
    codes = OfficerCodes(app.settings.signing_secrets)
    return RevealRequest(
        app.database, app.clock(), actor(by, None), number, command_actor(), live_flow, app.policy, codes
    )
