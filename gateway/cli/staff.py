"""`flask staff`: who works on cases and who uses the console. Phone numbers are accepted but never shown."""

import click

from flows.text.printable import one_line, pluralize
from gateway.settings.local_run_url import run_url
from gateway.settings.values import phone_numbers
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, accept, sunwai, when
from gateway.terminal.live_flows import live_flows
from sessions.cases.core.actors import operator
from sessions.offices import case_reassignment
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import invitations, rights, staff_and_their_cases
from sessions.staff.staff_and_their_cases import ALL_ROLES, NewStaff, StaffChange, StaffEdit

staff = CommandGroup("staff", help="Add and change staff, and see how many cases each has.")
_role = click.option("--role", type=click.Choice(ALL_ROLES), help="Their role.")
_office = click.option("--office", help="Their office: a code from `flask offices show`.")
_phone = click.option("--phone", help="The phone from which they work by SMS, such as 03017654321.")
_by = click.option("--by", default="operator", show_default=True, help="Who does this, for the history of the cases.")


@staff.command("add")
@click.argument("name")
@_role
@_office
@_phone
@_by
def add(name: str, role: str | None, office: str | None, phone: str | None, by: str) -> None:
    """Add NAME. They get cases from now on, and the open cases of their office that nobody has.

    admin, publisher, operator and translator are roles in the console: they get an invitation instead of cases.
    """
    app = sunwai()
    if rights.rights_of(role or ""):
        _console_is_there()
    done = accept(
        staff_and_their_cases.add(
            app.database,
            _manager(by),
            NewStaff(one_line(name), role or "officer", office, _number(phone)),
        )
    )
    _tell(done)
    someone = done.staff
    if rights.rights_of(someone.role):
        _invite(someone.name)
    elif someone.contact_id is None:
        click.echo("Without a phone they get no texts: flask staff change NAME --phone …")


@staff.command("invite")
@click.argument("name")
def invite(name: str) -> None:
    """Make a new console invitation for NAME, who lost a password or second factor. It cancels both."""
    _invite(name)


@staff.command("list")
@click.option("--office", help="Only this office.")
def list_(office: str | None) -> None:
    """List all staff, and how many open cases each has."""
    everybody = staff_and_their_cases.list_staff(sunwai().database, sunwai().policy)
    left = case_reassignment.cases_to_move(sunwai().database, sunwai().policy)
    found = [(each, count) for each, count in everybody if office in (None, each.office)]
    if not found:
        click.echo("No staff yet: flask staff add NAME --role officer --office CODE --phone …")
    for each, count in found:
        phone = "works by SMS" if each.contact_id else "no phone"
        does = "works in the console" if rights.rights_of(each.role) else f"{phone}, {pluralize(count, 'open case')}"
        rest = does if each.active else "no longer works here"
        if each.id in left:
            rest += f"; {left[each.id]:,} cases are still to change hands"
        click.echo(f"{each.name}  {each.role}  {each.office or '-'}  {rest}")


@staff.command("change")
@click.argument("name")
@_role
@_office
@_phone
@click.option("--back", is_flag=True, help="They work here again.")
@_by
def change(name: str, role: str | None, office: str | None, phone: str | None, back: bool, by: str) -> None:
    """Give NAME another role, office or phone. Cases they can no longer have go to others."""
    if not (role or office or phone or back):
        raise click.UsageError("Say what to change: --role, --office, --phone or --back.")
    app = sunwai()
    done = accept(
        staff_and_their_cases.change(
            app.database,
            _manager(by),
            name,
            StaffEdit(role, office, _number(phone), back),
        )
    )
    _tell(done)
    someone = done.staff
    if rights.rights_of(role or "") or (back and rights.rights_of(someone.role)):
        click.echo(
            f"To use the console they need an invitation, which cancels any password: flask staff invite {name!r}"
        )


@staff.command("remove")
@click.argument("name")
@_by
def remove(name: str, by: str) -> None:
    """Remove NAME. Their open cases go to somebody else at the office, or wait there until somebody joins it."""
    app = sunwai()
    done = accept(staff_and_their_cases.remove(app.database, _manager(by), name))
    click.echo(f"{done.staff.name} no longer works here{_moved(done) or '; no case was open'}.")
    app.wake(done.outbox_ids)


def _tell(done: StaffChange) -> None:
    """Print what somebody does from now on, and what happened to cases."""
    someone = done.staff
    at = f" at {someone.office}" if someone.office else ""
    click.echo(f"{someone.name} is {_a(someone.role)}{at} now{_moved(done)}.")
    sunwai().wake(done.outbox_ids)


def _invite(name: str) -> None:
    """Make an invitation and show it once."""
    app = sunwai()
    _console_is_there()
    made = accept(invitations.invite(app.database, app.clock(), name, command_actor()))
    where = app.settings.public_url
    if app.settings.in_development and not where:
        where = run_url()
    click.echo(f"{made.name} can use this address once to get into the console, until {when(made.until)}:")
    click.echo(f"{where or 'https://<this server>'}/console/join/{made.token}")


def _console_is_there() -> None:
    if not sunwai().settings.console_key:
        raise click.ClickException(
            "There is no console here: set CONSOLE_KEY (docs/operators/settings.md) and try again."
        )


def _moved(done: StaffChange) -> str:
    counts = (
        (done.taken, "went to others", "went to others"),
        (done.lying, "at the office has nobody", "at the office have nobody"),
        (done.theirs, "is theirs now", "are theirs now"),
    )
    said = [f"{pluralize(n, 'open case')} {one if n == 1 else many}" for n, one, many in counts if n]
    if done.left:
        said.append(f"{done.left:,} more follow within minutes: `flask staff list` says how many are left")
    return "; " + ", ".join(said) if said else ""


def _a(role: str) -> str:
    said = {"officer": "an officer", "triage": "at triage", "oversight": "oversight"}
    return said.get(role, f"{'an' if role[0] in 'ao' else 'a'} {role}")


def _manager(by: str) -> StaffManager:
    """Who does this, for the histories of cases, and the texts that tell officers of theirs."""
    who = operator(one_line(by)[:64] or "operator")
    return StaffManager(sunwai().clock(), who, sunwai().policy, live_flows(), auditor=command_actor())


def _number(given: str | None) -> str | None:
    """The phone number as it is stored; an error for one that we do not text."""
    if given is None:
        return None
    settings = sunwai().settings
    phone = phone_numbers.parse_national_number(given, settings.country)
    if phone is None or not phone_numbers.Phones(settings.country_codes).may_be_texted(phone):
        raise click.ClickException("That is not a mobile number that this service texts: write it as 03017654321.")
    return phone
