"""Who acts on a complaint at the command line: a member of staff, or an operator in a role."""

import click

from flows.cases.lifecycle_rules import OPERATOR
from flows.menu.diagnostics import did_you_mean, near
from flows.text.printable import one_line
from gateway.terminal.errors import sunwai
from sessions.cases.access import visibility
from sessions.cases.core.actors import Actor, of_staff, operator
from sessions.staff import staff_and_their_cases
from sessions.staff.rights import CONSOLE_ROLES
from storage.schema.tables import Staff


def actor(by: str, as_: str | None) -> Actor:
    """The actor that --by and --as name together. The name of a member of staff means that person, with their role.

    Any other name, and one that only has a role in the console, is an operator, in the role that --as says or in
    every role of an office.
    """
    name, part = _name(by) or OPERATOR, None if as_ is None else _name(as_)
    everybody = [
        each
        for each, _ in staff_and_their_cases.list_staff(sunwai().database, sunwai().policy)
        if each.role not in CONSOLE_ROLES
    ]
    them = _called(everybody, name)
    if part is not None and part not in visibility.PARTS:
        them = _meant(everybody, part, name)
    elif them is not None and part not in (None, them.role):
        raise click.ClickException(f"{them.name} is {them.role}, not {part}: leave out --as.")
    if them is None:
        return operator(name, part or OPERATOR)
    if not them.active:
        raise click.ClickException(f"{them.name} no longer works here.")
    return of_staff(them)


def _meant(everybody: list[Staff], part: str, name: str) -> Staff:
    """The member of staff that --as names; --by may give the same name but no other."""
    them = _called(everybody, part)
    if them is None:
        meant = did_you_mean(near(part, [each.name for each in everybody]))
        others = f"flask staff list shows everybody; the roles are {', '.join(visibility.PARTS)}."
        raise click.ClickException(f"Nobody here is called {part!r}: {meant or others}")
    if name != OPERATOR and _called(everybody, name) is not them:
        raise click.ClickException(f"--by says {name} and --as says {them.name}: give one of them.")
    return them


def _called(everybody: list[Staff], name: str) -> Staff | None:
    """Whoever has this name, with the same capitals or else with others."""
    alike = [each for each in everybody if each.name.casefold() == name.casefold()]
    return next((each for each in alike if each.name == name), alike[0] if alike else None)


def _name(said: str) -> str:
    return " ".join(one_line(said).split())[: staff_and_their_cases.LONGEST_NAME]
