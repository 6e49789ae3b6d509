"""`flask sms`: which rule matches a text, and which questions wait for an answer. Phone numbers are never shown."""

from datetime import timedelta

import click

from flows.cases.lifecycle_rules import OPERATOR
from flows.cases.redaction import mask_every_number
from flows.engine.sms_channel import is_texted
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.preview.sms_prefill import prefill_answers
from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from flows.understanding import intents
from gateway.cli.complaints.acting_person import actor
from gateway.cli.unreadable_sms import unreadable
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import ROW_ID, CommandGroup, Usage, accept, sunwai, when
from sessions.cases.rules.danger_files import danger_in
from sessions.messages import open_questions
from sessions.officer_sms import officer_handlers
from sessions.operations import unheard_review
from sessions.operations.unheard_review import Review
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.published_cache import PublishedFlow
from sessions.sms import inbound_transaction
from sessions.staff import staff_and_their_cases

sms = CommandGroup("sms", help="Incoming texts: how they are understood, and which questions are open.")
sms.add_command(unreadable)
SHOWN = 60  # characters of a text in a list

_HOW = {
    "keyword": "it begins with a keyword",
    "always": "understood without a rule",
    "spelling": "it begins with a misspelt keyword",
    "number": "it begins with a number",
    "nothing": "no rule matches",
}


@sms.command("which")
@click.argument("text")
@click.option("--as-staff", "name", metavar="NAME", help="As if sent from the phone of this member of staff.")
def which(text: str, name: str | None) -> None:
    """Show which rule of keywords.yaml matches TEXT, and what it would do. Nothing is sent or stored."""
    published = _published()
    flow = published.flow
    if name is None:
        why = intents.explain_intent(text, flow.keywords, _places(flow))
    else:
        click.echo(f"from      {_worker(name)}")
        why = officer_handlers.match_officer_rule(text, flow.keywords, _places(flow))
    if name is None and (danger := danger_in(text, flow, _danger_probability(text))) is not None:
        found = "the model alone suspects it" if danger.doubtful else ", ".join(danger.codes) or "a keyword"
        click.echo(f"danger    {found}: told to call {', '.join(danger.call)}")
    click.echo(f"asks for  {why.intent.kind}  ({_HOW[why.how]})")
    if why.keyword:
        place = f"  {why.place[0]}:{why.place[1]}" if why.place else ""
        click.echo(f"keyword   {why.keyword}{place}")
    if why.intent.number:
        click.echo(f"number    {tracking_number.format_number(why.intent.number)}")
    if why.intent.rest:
        click.echo(f"left      {one_line(why.intent.rest)}")
    if why.intent.kind in ("new", "private") and why.intent.rest:
        _filed(why.intent.rest, flow)


def _danger_probability(text: str) -> float | None:
    """How likely the model in use finds danger in a text; None if none is in use."""
    app = sunwai()
    if not app.settings.text_model:
        return None
    model = app.models.current()
    return None if model is None else model.predict(text).danger


@sms.command("refused")
@click.option("--days", type=click.IntRange(1, 3650), default=7, show_default=True)
def count_refused_texts(days: int) -> None:
    """Count texts with officers' commands from phones that belong to no officer. They had no effect."""
    count = inbound_transaction.count_officer_refusals(sunwai().database, sunwai().clock() - timedelta(days=days))
    click.echo(f"{pluralize(count, 'text')} with officers' commands from other phones in {pluralize(days, 'day')}.")


@sms.command("questions")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def questions(limit: int) -> None:
    """List questions that were asked by text and wait for an answer, oldest first."""
    open_ones = open_questions.list_open_questions(sunwai().database, sunwai().clock(), limit, sunwai().policy)
    for each in open_ones:
        question = each.question
        about = tracking_number.format_number(each.complaint.number) if each.complaint else "-"
        waits = "was not sent" if each.unsent else "not sent yet"
        seen = f"sent {when(each.seen_at)}" if each.seen_at else waits
        said = mask_every_number(question.words or "", each.phone)
        words = f"  {one_line(said)[:SHOWN]}" if said else ""
        click.echo(f"{question.id}  {question.kind}  {about}  {seen}, until {when(question.expires_at)}{words}")
    click.echo(f"{pluralize(len(open_ones), 'open question')}.")


@sms.command("unheard")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--reason", "reasons", multiple=True, type=click.Choice(("once", "repeated", "failed")))
@click.option("--file", "file_id", type=ROW_ID, metavar="ID", help="File the texts ID as one case of triage.")
@click.option("--answer", type=(ROW_ID, str), metavar="ID WORDS", help="Text these words to the phone.")
@click.option("--discard", type=(ROW_ID, str), metavar="ID REASON", help="Do nothing about them; the reason is kept.")
@click.option("--by", default=OPERATOR, show_default=True, help="Who does this: an operator, or triage by name.")
def unheard(
    limit: int,
    reasons: tuple[str, ...],
    file_id: int | None,
    answer: tuple[int, str] | None,
    discard: tuple[int, str] | None,
    by: str,
) -> None:
    """List texts that nobody understood, oldest first, or settle those with an ID of the list."""
    if len([each for each in (file_id, answer, discard) if each is not None]) > 1:
        raise Usage("Use one of --file, --answer and --discard at a time.")
    if file_id is not None:
        filed = accept(unheard_review.file_unheard(_review(by), file_id))
        click.echo(f"Filed as {tracking_number.format_number(filed.number)}. The phone gets the number.")
    elif answer is not None:
        accept(unheard_review.answer_unheard(_review(by), *answer))
        click.echo("The answer is in the outbox.")
    elif discard is not None:
        accept(unheard_review.discard_unheard(_review(by), *discard))
        click.echo("Discarded.")
    else:
        _list_unheard(limit, reasons)


def _list_unheard(limit: int, reasons: tuple[str, ...]) -> None:
    waiting = unheard_review.list_unheard(sunwai().database, limit, reasons)
    for each in waiting:
        words = " / ".join(one_line(text)[:SHOWN] for text in each.texts)
        words = f"({each.earlier:,} before) {words}" if each.earlier else words
        words += f" ({pluralize(each.unopened, 'text')} cannot be opened)" if each.unopened else ""
        click.echo(f"{each.id}  {_age(sunwai().clock() - each.since)}  {each.phone}  {each.reason}  {words}")
    more = "; there may be more: --limit" if len(waiting) == limit else ""
    click.echo(f"{pluralize(len(waiting), 'phone')} {'waits' if len(waiting) == 1 else 'wait'}{more}.")


def _review(by: str) -> Review:
    app = sunwai()
    return Review(app.database, app.clock(), actor(by, None), _published(), app.policy, app.wake, command_actor())


def _age(since: timedelta) -> str:
    """How long ago, in the largest unit: "25 min", "3 h", "2 days"."""
    minutes = max(int(since.total_seconds() // 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def _published() -> PublishedFlow:
    app = sunwai()
    app.shelf.refresh()
    published = app.texting.published(app.settings.short_code)
    if published is None:
        code = app.settings.short_code
        raise click.ClickException(f"No flow answers texts to {code}: flask flows route {code} by_text")
    return published


def _worker(name: str) -> str:
    """An active member of staff, as they are shown."""
    found = next(
        (each for each, _ in staff_and_their_cases.list_staff(sunwai().database, sunwai().policy) if each.name == name),
        None,
    )
    if found is None or not found.active:
        raise click.ClickException(f"No active member of staff is called {name}: flask staff list shows everybody.")
    return f"{found.name}, {found.role}{f' of {found.office}' if found.office else ''}"


def _places(flow: Flow) -> dict[tuple[str, ...], tuple[str, int]]:
    """The file and line of every keyword in the live revision; {} when its files cannot be read."""
    live = revision_history.find_revision(sunwai().database, flow.name)
    main = main_of(live) if live is not None else None
    return dict(parse_flow(live.source, main).places) if live is not None and main is not None else {}


def _filed(words: str, flow: Flow) -> None:
    """What a complaint filed with this text would already know, and what it would ask."""
    if not is_texted(flow):
        click.echo(f"not filed: {flow.name} is not an SMS flow")
        return
    model = sunwai().models.current() if sunwai().settings.text_model else None
    for each in prefill_answers(words, flow, model):
        said = "asked" + (", offering " + ", ".join(each.others) if each.others else "")
        click.echo(f"{each.name:<9} {f'{each.words} ({each.code})' if each.code else said}")
