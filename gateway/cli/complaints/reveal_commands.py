"""`flask complaints reveal`: see a citizen's phone number, which takes a reason and two people."""

import datetime as dt
from collections.abc import Sequence

import click

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.officer_code import OfficerCodes
from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from gateway.cli.complaints.acting_person import actor
from gateway.cli.complaints.commands import complaints
from gateway.settings.local_time import in_zone
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, accept, sunwai, when
from gateway.terminal.live_flows import live_flow
from sessions.audit import audit_notes
from sessions.cases.access import reveal, reveal_list
from sessions.cases.access.reveal import RevealRequest
from sessions.cases.access.reveal_list import RevealLine

_BY = click.option("--by", default=OPERATOR, help="Who does this: somebody of the staff, by name.")
_CODE = click.option("--code", default="", help="The code that was sent to the phone of --by.")

_TRIED = {"ask": "asked", "agree": "was to agree", "show": "wanted to look"}
REFUSALS = {  # by the code of a RevealProblem
    "alone": "without a second person",
    "declined": "the second person declined",
    "expired": "too late",
    "many": "several people had asked, and none was named",
    "no_code": "without the code of their phone",
    "no_flow": "the flow of the case is not published here",
    "no_number": "the number was erased, or is somebody else's by now",
    "no_phone": "they have no phone here",
    "no_reason": "without a reason",
    "nobody": "without a name of the staff",
    "not_agreed": "the second person had not agreed",
    "not_asked": "nothing was asked",
    "not_theirs": "they may not see this case, or there is none",
    "own": "one of the two filed this case",
    "reason_length": "the reason was too short or too long",
    "role": "they are not of oversight",
    "second_body": "the second person works for an office that has cases",
    "second_self": "the second person was the asker",
    "second_sees_not": "the second person may not see this case",
    "second_subordinate": "the second person is below the asker",
    "second_unknown": "nobody works here by the name of the second person",
    "wrong_code": "with a wrong code",
}

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
    click.echo(f"Asked. {_on_its_way(done.second, done.outbox_ids)} With it they agree: flask complaints reveal agree.")


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
        sent = _on_its_way("who asked", done.outbox_ids)
        click.echo(f"Agreed. Who asked can see the number until {when(done.until)}. {sent}")


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


@complaints.command("reveals")
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Which month (2026-11); this one without it.")
@click.option("--as", "who", help="Only cases that this person of oversight may see, by name.")
def reveals(month: dt.datetime | None, who: str | None) -> None:
    """List each request for a phone number in a month, what came of it, and what was refused. For oversight."""
    app = sunwai()
    first = (month or in_zone(app.clock(), app.settings.timezone)).date().replace(day=1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    since, until = audit_notes.period_of_days(first, last, app.settings.timezone)
    found = accept(reveal_list.list_reveals(app.database, since, until, app.policy, who))
    for each in found:
        number = tracking_number.format_number(each.number) if each.number else "no such case"
        click.echo(f"{number}  {when(each.at)}  {one_line(_said(each))}")
    seen = sum(each.event == "revealed" for each in found)
    refused = sum(each.event == "reveal_refused" for each in found)
    click.echo(f"{first:%B %Y}: numbers were seen {pluralize(seen, 'time')}, with {pluralize(refused, 'refusal')}.")


def _on_its_way(who: str, outbox_ids: Sequence[int]) -> str:
    """Where the SMS with the code is: it was not sent yet, and may have to wait."""
    if not outbox_ids:
        return f"No SMS can be sent to {who}: have them send CODE and the number of the case by SMS."
    shown = ", ".join(map(str, outbox_ids))
    return f"The SMS with the code for {who} is on its way: text {shown} (flask texts show {shown} says where it is)."


def _said(line: RevealLine) -> str:
    """What happened, in a sentence with the names of both people and the reason."""
    reason = f'; reason: "{line.reason}"' if line.reason else ""
    if line.event == "reveal_asked":
        return f"{line.who} asked, {line.second} was to agree{reason}"
    if line.event == "reveal_agreed":
        return f"{line.who} agreed, as {line.asker} had asked{reason}"
    if line.event == "revealed":
        return f"{line.who} saw the number, as {line.second} had agreed{reason}"
    if not line.act:
        return f"{line.who} declined, as {line.asker} had asked{reason}"
    return f"{line.who} {_TRIED[line.act]} and was refused: {REFUSALS.get(line.code, line.code)}"


def _request(number: str, by: str) -> RevealRequest:
    app = sunwai()
    codes = OfficerCodes(app.settings.signing_secrets)
    return RevealRequest(
        app.database, app.clock(), actor(by, None), number, command_actor(), live_flow, app.policy, codes
    )
