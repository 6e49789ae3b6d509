"""`flask sms unreadable`: requests of aggregators that could not be read, and what a person reads in them."""

from urllib.parse import unquote_to_bytes

import click

from flows.cases.lifecycle_rules import OPERATOR
from flows.text.printable import pluralize
from gateway.cli.complaints.acting_person import actor
from gateway.http.forms import MOST_FIELDS
from gateway.settings.values.phone_numbers import Phones
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import ROW_ID, CommandGroup, Usage, accept, sunwai, when
from sessions.delivery.outbox_admin import mask_phone
from sessions.operations import quarantine_review
from sessions.operations.quarantine_review import QuarantineReview
from storage.schema.tables import UnreadableForm

unreadable = CommandGroup("unreadable", help="Requests that could not be read, kept until a person settles each.")
_BY = click.option("--by", default=OPERATOR, show_default=True, help="Who does this: an operator, or triage by name.")


@unreadable.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--door", default="", metavar="DOOR", help="Only those to `sms`, `delivery` or `opt-out`.")
def list_requests(limit: int, door: str) -> None:
    """List requests that could not be read, oldest first. Phone numbers are masked and words are not shown."""
    waiting = quarantine_review.list_unreadable(sunwai().database, limit, door)
    for each in waiting:
        phone = mask_phone(each.phone) if each.phone else "-"
        size = pluralize(len(each.raw or b""), "byte")
        times = f"  came {each.times} times" if each.times > 1 else ""
        click.echo(f"{each.id}  {when(each.at)}  {each.aggregator}/{each.door}  {each.problem}  {phone}  {size}{times}")
    more = "; there may be more: --limit" if len(waiting) == limit else ""
    click.echo(f"{pluralize(len(waiting), 'request')} {'waits' if len(waiting) == 1 else 'wait'}{more}.")


@unreadable.command("show")
@click.argument("unreadable_id", metavar="ID", type=ROW_ID)
def show_request(unreadable_id: int) -> None:
    """Show a request whole, with the number and the words of its sender, in characters that are safe to print.

    Below it stand the fields of a form with their values decoded.
    """
    found = accept(quarantine_review.find_unreadable(sunwai().database, unreadable_id))
    for name, value in _facts(found):
        click.echo(f"{name:<10} {value}")
    click.echo("")
    click.echo(_printable(found.raw) if found.raw is not None else _gone(found))
    for field, said in _fields(found.raw or b""):
        click.echo(f"{field}:".ljust(10) + f" {_printable(said)}")


@unreadable.command("file")
@click.argument("unreadable_id", metavar="ID", type=ROW_ID)
@click.argument("words")
@click.option("--from", "phone", default="", metavar="NUMBER", help="The sender (+92…), if it could not be read.")
@click.option("--to", "code", default="", metavar="CODE", help="The short code it was sent to. Default: SHORT_CODE.")
@_BY
def file_request(unreadable_id: int, words: str, phone: str, code: str, by: str) -> None:
    """Store WORDS, which you read in request ID, as an SMS of its sender. It is answered like any other, once."""
    sender = phone and Phones(sunwai().settings.country_codes).read(phone)
    if sender is None:
        raise Usage("--from must be a phone number such as +923001234567.")
    sunwai().shelf.refresh()
    accept(
        quarantine_review.file_unreadable(
            _review(by), unreadable_id, words, code or sunwai().settings.short_code, sender
        )
    )
    click.echo("Stored as an SMS of its sender, and answered.")


@unreadable.command("discard")
@click.argument("unreadable_id", metavar="ID", type=ROW_ID)
@click.argument("reason")
@_BY
def discard_request(unreadable_id: int, reason: str, by: str) -> None:
    """Do nothing about request ID; REASON is kept."""
    accept(quarantine_review.discard_unreadable(_review(by), unreadable_id, reason))
    click.echo("Discarded.")


def _review(by: str) -> QuarantineReview:
    app = sunwai()
    return QuarantineReview(
        app.database, app.clock(), actor(by, None), app.settings.own_senders, app.texting.answer, command_actor()
    )


def _facts(found: UnreadableForm) -> list[tuple[str, str]]:
    settled = f"{found.state} by {found.settled_by}, {when(found.settled_at)}" if found.settled_at else found.state
    return [
        ("came", f"{when(found.since or found.at)}, {pluralize(found.times, 'time')}"),
        ("from", f"{found.aggregator}, to the endpoint {found.door}"),
        ("problem", found.problem),
        ("request", f"{found.method} {found.content_type}".strip()),
        ("sender", found.phone or "not recognised"),
        ("state", settled + (f": {found.note}" if found.note else "")),
    ]


def _gone(found: UnreadableForm) -> str:
    if found.settled_at is None:
        return "Only its shape was kept."
    days = pluralize(sunwai().settings.unreadable_days, "day")
    return f"Its words and its sender were removed {days} after it was settled (UNREADABLE_DAYS)."


def _fields(raw: bytes) -> list[tuple[str, bytes]]:
    """The fields of a form with their values decoded, if anything is encoded: nobody reads words as %DA%AF%D9%B9."""
    if b"%" not in raw and b"+" not in raw:
        return []
    pairs = [pair.partition(b"=") for pair in raw.split(b"&")[:MOST_FIELDS]]
    return [
        (_printable(unquote_to_bytes(name)), unquote_to_bytes(value.replace(b"+", b" ")))
        for name, equals, value in pairs
        if equals
    ]


def _printable(raw: bytes) -> str:
    """The request as text; what could disturb a terminal is escaped."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)
