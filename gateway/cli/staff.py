"""`flask staff`: who works on cases, and who in the console. Phone numbers are taken and never shown."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from flows.menu.model import Flow
from flows.text.printable import one_line, pluralize
from gateway.settings.local_run_url import run_url
from gateway.settings.values import phone_numbers
from gateway.terminal.errors import one_line_errors, sunwai, when
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.publishing import publication
from sessions.staff import invitations, rights, staff_and_their_cases
from sessions.staff.staff_and_their_cases import ALL_ROLES, NewStaff, StaffChange, StaffEdit, StaffManager

staff = AppGroup("staff", help="Take on those who work here, change what they do, see who has how much.")
_role = click.option("--role", type=click.Choice(ALL_ROLES), help="What they do.")
_office = click.option("--office", help="Where: a code of `flask offices show`.")
_phone = click.option("--phone", help="The phone they work from by SMS, such as 03017654321.")
_by = click.option("--by", default="operator", show_default=True, help="Who does this, for the cases' history.")


@staff.command("add")
@click.argument("name")
@_role
@_office
@_phone
@_by
@one_line_errors
def add(name: str, role: str | None, office: str | None, phone: str | None, by: str) -> None:
    """Take NAME on. Cases come to them from now on, and what lies open at their desk without anybody is theirs.

    admin, publisher, operator and translator have a part in the console: they get an invitation instead of cases.
    """
    app = sunwai()
    if rights.rights_of(role or ""):
        _console_is_there()
    done = _done(
        staff_and_their_cases.add(
            app.database,
            _manager(by),
            NewStaff(one_line(name), role or "officer", office, _number(phone)),
        )
    )
    someone = done.staff
    at = f" at {someone.office}" if someone.office else ""
    click.echo(f"{someone.name} is {_a(someone.role)}{at} now{_moved(done)}.")
    app.wake(done.outbox_ids)
    if rights.rights_of(someone.role):
        _invite(someone.name)
    elif someone.contact_id is None:
        click.echo("Without a phone they get no texts: flask staff change NAME --phone …")


@staff.command("invite")
@click.argument("name")
@one_line_errors
def invite(name: str) -> None:
    """Make a new invitation to the console for NAME. Their password and second factor end: for who lost them."""
    _invite(name)


@staff.command("list")
@click.option("--office", help="Only this office.")
@one_line_errors
def list_(office: str | None) -> None:
    """Show everybody, and how many open cases each has."""
    found = [
        (each, count)
        for each, count in staff_and_their_cases.list_staff(sunwai().database)
        if office in (None, each.office)
    ]
    if not found:
        click.echo("Nobody yet: flask staff add NAME --role officer --office CODE --phone …")
    for each, count in found:
        phone = "works by SMS" if each.contact_id else "no phone"
        does = "works in the console" if rights.rights_of(each.role) else f"{phone}, {pluralize(count, 'open case')}"
        rest = does if each.active else "no longer works here"
        click.echo(f"{each.name}  {each.role}  {each.office or '-'}  {rest}")


@staff.command("change")
@click.argument("name")
@_role
@_office
@_phone
@click.option("--back", is_flag=True, help="They work here again.")
@_by
@one_line_errors
def change(name: str, role: str | None, office: str | None, phone: str | None, back: bool, by: str) -> None:
    """Give NAME another role, office or phone. Cases that they can no longer have move on; the new desk's come."""
    if not (role or office or phone or back):
        raise click.UsageError("Say what is to change: --role, --office, --phone or --back.")
    app = sunwai()
    done = _done(
        staff_and_their_cases.change(
            app.database,
            _manager(by),
            name,
            StaffEdit(role, office, _number(phone), back),
        )
    )
    someone = done.staff
    at = f" at {someone.office}" if someone.office else ""
    click.echo(f"{someone.name} is {_a(someone.role)}{at} now{_moved(done)}.")
    app.wake(done.outbox_ids)
    if rights.rights_of(role or "") or (back and rights.rights_of(someone.role)):
        click.echo(f"Into the console by an invitation, which ends a password they have: flask staff invite {name!r}")


@staff.command("remove")
@click.argument("name")
@_by
@one_line_errors
def remove(name: str, by: str) -> None:
    """Remove NAME from the staff. Their open cases go to others of the office, or wait until somebody joins it."""
    app = sunwai()
    done = _done(staff_and_their_cases.remove(app.database, _manager(by), name))
    click.echo(f"{done.staff.name} no longer works here{_moved(done) or '; no case was open'}.")
    app.wake(done.outbox_ids)


def _done(done: StaffChange | Refusal) -> StaffChange:
    if isinstance(done, Refusal):
        raise click.ClickException(done.message)
    return done


def _invite(name: str) -> None:
    """Make and show an invitation, once."""
    app = sunwai()
    _console_is_there()
    made = invitations.invite(app.database, app.clock(), name)
    if isinstance(made, Refusal):
        raise click.ClickException(made.message)
    where = app.settings.public_url
    if app.settings.in_development and not where:
        where = run_url()
    click.echo(f"{made.name} gets into the console by this address, once, until {when(made.until)}:")
    click.echo(f"{where or 'https://<this server>'}/console/join/{made.token}")


def _console_is_there() -> None:
    if not sunwai().settings.console_key:
        raise click.ClickException(
            "There is no console here: set CONSOLE_KEY (docs/operators/settings.md) and try again."
        )


def _moved(done: StaffChange) -> str:
    said = []
    if done.taken:
        said.append(f"{pluralize(done.taken, 'open case')} went to others")
    if done.lying:
        said.append(f"{pluralize(done.lying, 'open case')} at the desk {'has' if done.lying == 1 else 'have'} nobody")
    if done.theirs:
        said.append(f"{pluralize(done.theirs, 'open case')} {'is' if done.theirs == 1 else 'are'} theirs now")
    return "; " + ", ".join(said) if said else ""


def _a(role: str) -> str:
    said = {"officer": "an officer", "triage": "at triage", "oversight": "oversight"}
    return said.get(role, f"{'an' if role[0] in 'ao' else 'a'} {role}")


def _manager(by: str) -> StaffManager:
    """Who does this, for the histories of cases, and the texts that tell officers of theirs."""
    return StaffManager(sunwai().clock(), operator(one_line(by)[:64] or "operator"), _flows(), sunwai().policy)


def _number(given: str | None) -> str | None:
    """The phone as it is kept; a plain error for what is none that we text."""
    if given is None:
        return None
    settings = sunwai().settings
    phone = phone_numbers.parse_national_number(given, settings.country)
    if phone is None or not phone_numbers.Phones(settings.country_codes).may_be_texted(phone):
        raise click.ClickException("That is no mobile number that this line texts: write it as 03017654321.")
    return phone


def _flows() -> dict[str, Flow]:
    """Live flow by name: what a text to an officer is made of."""
    app = sunwai()
    found = {}
    for each in publication.list_published_flows(app.database):
        live = publication.live_id(app.database, each.flow)
        published = app.shelf.revision(live) if live is not None else None
        if published is not None:
            found[each.flow] = published.flow
    return found
