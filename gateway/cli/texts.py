"""`flask texts`: the state of outbound texts, and what a person can do (docs/operators/troubleshooting-texts.md).

Phone numbers are masked, and only `show` prints the content of a text.
"""

from collections.abc import Sequence

import click

from flows.text.printable import one_line, pluralize
from gateway.aggregators import registry
from gateway.cli.outgoing_text_labels import STATES, ago, delay_reasons, hindrance, local, now, route_label, state
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import ROW_ID, CommandGroup, Usage, accept, sunwai
from sessions.cases.access import acts_by_number
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import MessageFilter, MessageSummary
from sessions.operations import active_alarms as watching

texts = CommandGroup("texts", help="Outbound texts: see their state, retry, release or cancel them.")
LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
IDS = click.argument("ids", type=ROW_ID, nargs=-1, required=True)


@texts.command("list")
@click.argument("number", required=False)
@click.option("--state", "states", multiple=True, type=click.Choice(list(STATES)), help="Only those in this state.")
@click.option("--held", is_flag=True, help="Only those held since a restore.")
@LIMIT
def list_texts(number: str | None, states: Sequence[str], held: bool, limit: int) -> None:
    """List texts, newest first: all, or those about the complaint NUMBER."""
    found = outbox_admin.list_messages(sunwai().database, MessageFilter(states=states, number=number, held=held), limit)
    if number is not None and not found:
        accept(acts_by_number.find_complaint(sunwai().database, number))
    _tell(found, limit)
    if held and found:
        click.echo("Release all: flask texts release --all")


@texts.command("show")
@click.argument("text", type=ROW_ID)
def show(text: int) -> None:
    """Show everything about one TEXT (its number in a list), with its content."""
    whole = outbox_admin.find_message(sunwai().database, text)
    if whole is None:
        raise click.ClickException(f"There is no text {text}: flask texts list")
    line = whole.line
    click.echo(f"{line.id}  {line.event}  {state(line)}")
    click.echo(f"to        {whole.phone}{'' if whole.wanted else '  (opted out of texts)'}")
    click.echo(f"complaint {line.number or '-'}")
    tries = f"{pluralize(line.attempts, 'send')}, {line.ambiguous} of them uncertain"
    click.echo(f"tried     {tries}{f', last by {line.route}' if line.route else ''}")
    parts = pluralize(whole.parts, "part") if whole.parts else None
    taken = ", ".join(filter(None, [whole.provider_id, parts, whole.cost]))
    click.echo(f"accepted  {one_line(taken) or '-'}")
    times = {
        "created": line.created_at,
        "sent": whole.claimed_at,
        "settled": line.settled_at,
        "expires": whole.expires_at,
    }
    if line.state in ("ready", "unknown"):
        times["next look"] = line.next_at
    for name, at in times.items():
        if at is not None:
            click.echo(f"{name:<9} {local(at)} ({ago(at)})")
    click.echo(f"words     {one_line(whole.body)}")
    _advise([line])


@texts.command("stuck")
@LIMIT
def list_stuck_texts(limit: int) -> None:
    """List texts that wait for a person or are ten minutes late, and what to type."""
    found = outbox_admin.list_stuck_messages(sunwai().database, now(), limit)
    _tell(found, limit)
    _advise(found)


@texts.command("alarms")
def alarms() -> None:
    """Show what needs a person now; /readyz shows the same."""
    app = sunwai()
    standing = watching.find_active_alarms(app.database, now(), app.settings.texts_per_hour, app.policy)
    for alarm in standing:
        click.echo(f"{alarm.name}  {one_line(alarm.words)}")
    click.echo(f"{pluralize(len(standing), 'alarm')}.")


@texts.command("retry")
@IDS
def retry(ids: Sequence[int]) -> None:
    """Retry texts that were given up, and send waiting ones at once. One that may have arrived may arrive twice."""
    app, by = sunwai(), command_actor()
    again = outbox_admin.retry(app.database, now(), ids, by)
    due = outbox_admin.skip_backoff(app.database, now(), ids, by)
    app.wake([*again, *due])
    if again or not due:
        _did(again, "will be sent again")
    if due:
        _did(due, "waited and will be sent at once")
    _hold_ups([*again, *due])
    _left(ids, [*again, *due], "can be retried: only texts that were given up or wait for their next try can")


@texts.command("cancel")
@IDS
def cancel(ids: Sequence[int]) -> None:
    """Cancel these texts: they are not sent, or not sent again."""
    done = outbox_admin.cancel(sunwai().database, now(), ids, command_actor())
    _did(done, "will not be sent")
    _left(ids, done, "can be cancelled: only texts that wait, are uncertain or have no route can")


@texts.command("settle")
@IDS
@click.option("--sent/--not-sent", "sent", required=True, help="What the aggregator says became of them.")
def settle(ids: Sequence[int], sent: bool) -> None:
    """Settle texts that may have arrived, once the aggregator has said whether it sent them."""
    done = outbox_admin.settle(sunwai().database, now(), ids, sent=sent, by=command_actor())
    _did(done, f"{'counts' if len(done) == 1 else 'count'} as {'sent' if sent else 'not sent'}")
    _left(ids, done, "is in doubt")


@texts.command("release")
@click.argument("ids", type=ROW_ID, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that are held.")
def release(ids: Sequence[int], every: bool) -> None:
    """Release texts that are held since a restore. Some may have been sent before it: those arrive twice."""
    if bool(ids) == every:
        raise Usage("Say which: flask texts release --all, or their numbers from flask texts list --held")
    app = sunwai()
    done = outbox_admin.release(app.database, now(), None if every else ids, command_actor())
    app.wake(done)
    _did(done, "will be sent")
    _hold_ups(done)
    _left(ids, done, "is held")


@texts.command("restored")
@click.confirmation_option(prompt="Hold every unsent text until somebody releases it?")
def mark_restore() -> None:
    """Declare that the database was restored from a backup. Unsent texts are held: they may have been sent."""
    outbox_admin.declare_restore(sunwai().database, now())
    click.echo("Unsent texts are held. See them: flask texts list --held")


@texts.command("roads")
@click.option("--open", "opened", metavar="NAME", help="The problem is fixed: use this route at once.")
@click.option("--off", "closed", metavar="NAME", help="Send nothing by this route until it is opened again.")
def show_routes(opened: str | None, closed: str | None) -> None:
    """Show the state of every outbound route, or switch one on or off."""
    app = sunwai()
    troubled = {route.name: route for route in outbox_admin.list_failing_routes(app.database)}
    names = sorted({*registry.configured_routes(app.settings).named(), *troubled})
    named = opened or closed
    if named is not None and named not in names:
        raise Usage(f"There is no route {one_line(named)}: {', '.join(names) or 'none is set (AGGREGATORS)'}.")
    if closed is not None:
        new = outbox_admin.switch_route_off(app.database, now(), closed, command_actor())
        click.echo(f"{closed} is off. On again: flask texts roads --open {closed}" if new else f"{closed} was off.")
        return
    if opened is not None:
        had = outbox_admin.reset_route(app.database, now(), opened, command_actor())
        app.wake((0,))
        if had is None:
            click.echo(f"{opened} had no failures.")
            return
        waiting = f"the {pluralize(had, 'text')} that {'waits' if had == 1 else 'wait'}" if had else "the next text"
        click.echo(f"{opened} is tried again with {waiting}; `flask texts roads` shows whether it works.")
        return
    opened_by_hand = outbox_admin.list_reopened_routes(app.database)
    for name in names:
        click.echo(f"{name}  {route_label(troubled.get(name), name in opened_by_hand)}")
    if not names:
        click.echo("No route can send: set AGGREGATORS and its account (docs/operators/settings.md).")
    for alarm in watching.find_active_alarms(app.database, now(), app.settings.texts_per_hour, app.policy):
        if alarm.name == "no_road":
            click.echo(alarm.words)
    for name in names:
        if name in troubled and troubled[name].stopped_at is not None:
            click.echo(f"Once the problem is fixed: flask texts roads --open {name}")


def _tell(lines: Sequence[MessageSummary], limit: int) -> None:
    kept = hindrance() if any(_due(line) for line in lines) else ""
    for line in lines:
        tries = f", {pluralize(line.attempts, 'send')} by {line.route}" if line.attempts else ""
        about = f"{line.id}  {line.number or '-'}  {line.event}"
        click.echo(f"{about}  {state(line)}  [{line.state}, created {ago(line.created_at)}{tries}{_next(line, kept)}]")
    more = "; there may be more: --limit" if len(lines) == limit else ""
    click.echo(f"{pluralize(len(lines), 'text')}{more}.")


def _due(line: MessageSummary) -> bool:
    return line.state == "ready" and not line.held and line.next_at <= now()


def _next(line: MessageSummary, kept: str) -> str:
    """When it is looked at again; for a due text, what keeps it."""
    if _due(line):
        return f", due {ago(line.next_at)}{f', waits: {kept}' if kept else ''}"
    return f", next look {ago(line.next_at)}" if line.state in ("ready", "unknown") and not line.held else ""


def _advise(lines: Sequence[MessageSummary]) -> None:
    """What to type for texts that wait for a person."""
    doubtful = [line.id for line in lines if line.state == "unconfirmed"]
    held = [line.id for line in lines if line.held]
    failed = [line.id for line in lines if line.state == "failed"]
    routeless = [line.id for line in lines if line.state == "failed" and line.reason == "no_road"]
    late = [
        line for line in lines if line.state == "ready" and not line.held and line.next_at <= now() - outbox_admin.LATE
    ]
    for ids, again in ((doubtful, "retry"), (held, "release")):
        if ids:
            click.echo(f"Send them (they may arrive twice): flask texts {again} {_typed(ids)}")
            click.echo(f"Or never send them:                flask texts cancel {_typed(ids)}")
    if failed:
        click.echo(f"Retry, once the cause is fixed: flask texts retry {_typed(failed)}")
    if routeless:
        click.echo(f"Or never send them:             flask texts cancel {_typed(routeless)}")
    if late:
        click.echo("Late: is a worker running (flask worker), and do the routes work? flask texts roads")


def _did(done: Sequence[int], did: str) -> None:
    """Print what was done."""
    click.echo(f"{pluralize(len(done), 'text')} {did}{': ' + _typed(done) if 0 < len(done) <= 50 else ''}.")


def _hold_ups(done: Sequence[int]) -> None:
    """Tell what keeps texts all the same that a person let go."""
    let_go = outbox_admin.list_messages(sunwai().database, MessageFilter(ids=done), len(done)) if done else []
    for line in let_go:
        if line.next_at > now():
            click.echo(f"{line.id}: {state(line)}, until {local(line.next_at)}")
    for words in delay_reasons() if done else ():
        click.echo(words)


def _left(ids: Sequence[int], done: Sequence[int], otherwise: str) -> None:
    """Print why not for every other text; exit code 1 when nothing was done."""
    left = sorted(set(ids) - set(done))
    if left:
        known = {
            line.id: line for line in outbox_admin.list_messages(sunwai().database, MessageFilter(ids=left), len(left))
        }
        for each in left:
            click.echo(f"{each}: {state(known[each]) if each in known else 'there is no such text'}")
        click.echo(f"None of these {otherwise}.", err=True)
        click.get_current_context().exit(0 if done else 1)


def _typed(ids: Sequence[int]) -> str:
    return " ".join(map(str, ids))
