"""`flask texts`: what became of the texts we owe, and what a person does about it; docs/texts.md is its page.

Phone numbers are masked, and the words of a text are told by `show` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from gateway.aggregators import catalogue
from gateway.commands.plainly import Usage, counted, one_line, plainly, sunwai
from sessions import alarms as watching
from sessions import byhand
from sessions.byhand import Line, RoadLine

texts = AppGroup("texts", help="Texts going out: see what became of them, try again, let go, hold back.")
LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
ID = click.IntRange(1, 2**31 - 1)
IDS = click.argument("ids", type=ID, nargs=-1, required=True)

STATES = {
    "ready": "waits to be sent",
    "sending": "is being sent",
    "unknown": "may have arrived: its report is awaited",
    "sent": "taken by the aggregator, no report yet",
    "buffered": "the network has it, the phone is off",
    "delivered": "delivered",
    "failed": "did not arrive",
    "unconfirmed": "may or may not have arrived: decide by hand",
    "cancelled": "will not be sent",
    "skipped": "not sent: a later text tells more",
    "expired": "not sent: it came too late to be of use",
}
HELD = "held since a restore: decide by hand"
REASONS = {
    "by_hand": "by hand",
    "released": "let go by hand",
    "quiet_hours": "quiet hours",
    "number_budget": "this phone had enough texts today (TEXTS_PER_NUMBER_DAY)",
    "complaint_budget": "its complaint had enough texts (TEXTS_PER_COMPLAINT)",
    "country_not_served": "a number abroad (COUNTRY_CODES)",
    "road_rests": "its road rests (flask texts roads)",
    "no_road": "no road leads to this number (ROADS)",
    "road_gone": "the road that may have taken it is not in the settings any more",
    "opted_out": "its phone wants no texts (STOP)",
    "superseded": "a later move of the case",
    "lease_expired": "its worker ended while sending",
}


@texts.command("list")
@click.argument("number", required=False)
@click.option("--state", "states", multiple=True, type=click.Choice(list(STATES)), help="Only these.")
@click.option("--held", is_flag=True, help="Only those from before a restore.")
@LIMIT
@plainly
def list_texts(number: str | None, states: Sequence[str], held: bool, limit: int) -> None:
    """List texts, the latest first: all, or those about the complaint NUMBER."""
    found = byhand.listed(sunwai().database, states=states, number=number, held=held, limit=limit)
    _tell(found, limit)
    if held and found:
        click.echo("Let all go: flask texts release --all")


@texts.command("show")
@click.argument("text", type=ID)
@plainly
def show(text: int) -> None:
    """Show all about one TEXT (its number in a list), with its words."""
    whole = byhand.whole(sunwai().database, text)
    if whole is None:
        raise click.ClickException(f"There is no text {text}: flask texts list")
    line = whole.line
    click.echo(f"{line.id}  {line.event}  {_state(line)}")
    click.echo(f"to        {whole.phone}{'' if whole.wanted else '  (wants no texts)'}")
    click.echo(f"complaint {line.number or '-'}")
    tries = f"{counted(line.attempts, 'send')}, {line.ambiguous} of them in doubt"
    click.echo(f"tried     {tries}{f', last by {line.road}' if line.road else ''}")
    parts = counted(whole.parts, "part") if whole.parts else None
    taken = ", ".join(filter(None, [whole.provider_id, parts, whole.cost]))
    click.echo(f"taken as  {one_line(taken) or '-'}")
    times = {"owed": line.created_at, "sent": whole.claimed_at, "settled": line.settled_at, "expires": whole.expires_at}
    if line.state in ("ready", "unknown"):
        times["next look"] = line.next_at
    for name, at in times.items():
        if at is not None:
            click.echo(f"{name:<9} {_local(at)} ({_ago(at)})")
    click.echo(f"words     {one_line(whole.body)}")
    _advise([line])


@texts.command("stuck")
@LIMIT
@plainly
def stuck(limit: int) -> None:
    """List texts that wait for a person, or that should have gone ten minutes ago, and what to type."""
    found = byhand.stuck(sunwai().database, _now(), limit)
    _tell(found, limit)
    _advise(found)


@texts.command("alarms")
@plainly
def alarms() -> None:
    """Tell what a person must look at now; /readyz tells the same."""
    app = sunwai()
    standing = watching.standing(app.database, _now(), app.settings.texts_per_hour)
    for alarm in standing:
        click.echo(f"{alarm.name}  {one_line(alarm.words)}")
    click.echo(f"{counted(len(standing), 'alarm')}.")


@texts.command("retry")
@IDS
@plainly
def retry(ids: Sequence[int]) -> None:
    """Send texts again that were given up. One that may have arrived may arrive twice."""
    app = sunwai()
    done = byhand.retry(app.database, _now(), ids)
    app.wake(done)
    _done(ids, done, "will be sent again", "can be tried again: only what was given up can")


@texts.command("cancel")
@IDS
@plainly
def cancel(ids: Sequence[int]) -> None:
    """Never send these texts, or send them no more."""
    done = byhand.cancel(sunwai().database, _now(), ids)
    _done(ids, done, "will not be sent", "can be cancelled: only what waits, is in doubt or has no road can")


@texts.command("release")
@click.argument("ids", type=ID, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that are held.")
@plainly
def release(ids: Sequence[int], every: bool) -> None:
    """Let texts go that are held since a restore. Some may have been sent before it: those arrive twice."""
    if bool(ids) == every:
        raise Usage("Say which: flask texts release --all, or their numbers from: flask texts list --held")
    app = sunwai()
    done = byhand.release(app.database, None if every else ids)
    app.wake(done)
    _done(ids, done, "will be sent", "is held")


@texts.command("restored")
@click.confirmation_option(prompt="Hold every text that is owed now until it is released by hand?")
@plainly
def restored() -> None:
    """Say that the database came back from a backup: what it owes may have been sent, and is held."""
    byhand.restore_noticed(sunwai().database, _now())
    click.echo("What was owed is held. See it: flask texts list --held")


@texts.command("roads")
@click.option("--open", "opened", metavar="NAME", help="It was put right: use it at once.")
@plainly
def roads(opened: str | None) -> None:
    """Tell how every way out is doing."""
    app = sunwai()
    troubled = {road.name: road for road in byhand.troubled(app.database)}
    names = sorted({*catalogue.roads(app.settings).named(), *troubled})
    if opened is not None:
        if opened not in names:
            raise Usage(f"There is no road {one_line(opened)}: {', '.join(names) or 'none is set (AGGREGATORS)'}.")
        had = byhand.reopen(app.database, _now(), opened)
        app.wake((0,))
        click.echo(f"{opened} {'is used again' if had else 'had no failures'}.")
        return
    for name in names:
        click.echo(f"{name}  {_road(troubled.get(name))}")
    if not names:
        click.echo("No road can send: set AGGREGATORS and its account (docs/settings.md).")
    for name in names:
        if name in troubled and troubled[name].stopped_at is not None:
            click.echo(f"Once it is put right: flask texts roads --open {name}")


def _road(road: RoadLine | None) -> str:
    if road is None:
        return "works"
    why = f"{counted(road.failures, 'failure')} in a row: {one_line(road.reason or '-')}"
    if road.stopped_at is not None:
        return f"stopped {_ago(road.stopped_at)}, a person must act ({why})"
    if road.rests_until is not None and road.rests_until > _now():
        return f"rests, tried again {_ago(road.rests_until)} ({why})"
    return f"used, but not well ({why})"


def _tell(lines: Sequence[Line], limit: int) -> None:
    for line in lines:
        next_at = f", next look {_ago(line.next_at)}" if line.state in ("ready", "unknown") and not line.held else ""
        tries = f", {counted(line.attempts, 'send')} by {line.road}" if line.attempts else ""
        about = f"{line.id}  {line.number or '-'}  {line.event}"
        click.echo(f"{about}  {_state(line)}  [{line.state}, owed {_ago(line.created_at)}{tries}{next_at}]")
    more = "; there may be more: --limit" if len(lines) == limit else ""
    click.echo(f"{counted(len(lines), 'text')}{more}.")


def _state(line: Line) -> str:
    words = HELD if line.held else STATES[line.state]
    return f"{words} ({_reason(line.reason)})" if line.reason else words


def _reason(reason: str) -> str:
    head, _, rest = reason.partition(": ")
    if head in ("expired", "gave_up") and rest:
        return f"{'no time left' if head == 'expired' else 'tried too often'}, last: {one_line(rest)}"
    return REASONS.get(reason, one_line(reason))


def _advise(lines: Sequence[Line]) -> None:
    """What to type about texts that wait for a person."""
    doubtful = [line.id for line in lines if line.state == "unconfirmed"]
    held = [line.id for line in lines if line.held]
    failed = [line.id for line in lines if line.state == "failed"]
    roadless = [line.id for line in lines if line.state == "failed" and line.reason == "no_road"]
    late = [line for line in lines if line.state == "ready" and not line.held and line.next_at <= _now() - byhand.LATE]
    for ids, again in ((doubtful, "retry"), (held, "release")):
        if ids:
            click.echo(f"Send them (they may arrive twice): flask texts {again} {_typed(ids)}")
            click.echo(f"Or never send them:                flask texts cancel {_typed(ids)}")
    if failed:
        click.echo(f"Try again, once the reason is gone: flask texts retry {_typed(failed)}")
    if roadless:
        click.echo(f"Or never send them:                 flask texts cancel {_typed(roadless)}")
    if late:
        click.echo("Late: is a worker running (flask worker), and do the roads work? flask texts roads")


def _done(ids: Sequence[int], done: Sequence[int], did: str, otherwise: str) -> None:
    """Tell what was done, and of every other text why not; exit code 1 when nothing was."""
    click.echo(f"{counted(len(done), 'text')} {did}{': ' + _typed(done) if 0 < len(done) <= 50 else ''}.")
    left = sorted(set(ids) - set(done))
    if left:
        known = {line.id: line for line in byhand.listed(sunwai().database, ids=left, limit=len(left))}
        for each in left:
            click.echo(f"{each}: {_state(known[each]) if each in known else 'there is no such text'}")
        click.echo(f"None of these {otherwise}.", err=True)
        click.get_current_context().exit(0 if done else 1)


def _typed(ids: Sequence[int]) -> str:
    return " ".join(map(str, ids))


def _now() -> datetime:
    return sunwai().clock()


def _local(at: datetime) -> str:
    """A time as it stands on the wall where the service is."""
    return f"{at.astimezone(ZoneInfo(sunwai().settings.timezone)):%a %d %b %H:%M}"


def _ago(at: datetime) -> str:
    """`5 min ago`, `in 3 h`."""
    away = at - _now()
    length = abs(away)
    for unit, name in ((timedelta(days=2), "days"), (timedelta(hours=2), "h"), (timedelta(minutes=2), "min")):
        if length >= unit:
            amount = f"{length // (unit / 2)} {name}"
            break
    else:
        amount = f"{length // timedelta(seconds=1)} s"
    return f"in {amount}" if away > timedelta() else f"{amount} ago"
