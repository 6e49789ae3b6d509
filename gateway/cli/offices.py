"""`flask offices`: which office is responsible for which cases, as one CSV file that can be compared and imported."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from flows.cases.jurisdiction import Book, OfficeChoice, choose_office
from flows.cases.office_changes import OfficeChanges, describe_rule, lines
from flows.cases.office_file import CaseCodes, case_codes_of, read_offices
from flows.menu.diagnostics import did_you_mean, near
from flows.text import tracking_number
from flows.text.printable import pluralize
from gateway.flow_folder.files import read_text
from gateway.terminal.errors import CommandGroup, sunwai
from sessions.staff import office_import, staff_and_their_cases
from sessions.staff.office_import import JurisdictionChange

offices = CommandGroup("offices", help="Which office has which cases: show, import, and try out a file of offices.")
SHOWN = 40  # lines of a long difference
NAMED = 10  # complaints without an office that are listed

_file = click.argument("file", type=click.Path(path_type=Path))


@offices.command("import")
@_file
@click.option("--dry-run", is_flag=True, help="Show every change without making any.")
def import_(file: Path, dry_run: bool) -> None:
    """Import FILE, a CSV of offices and what each is responsible for. Offices and rules that it no longer names end."""
    database, today = sunwai().database, _today()
    new = _read(file, _known())
    change = office_import.preview_office_import(database, new, today)
    said = lines(change)
    shown = said if dry_run or len(said) <= SHOWN else [*said[:SHOWN], f"… {len(said) - SHOWN} more (--dry-run: all)"]
    click.echo("\n".join(shown) or f"{file}: the same as the current offices. Nothing to change.")
    if not change:
        return
    if dry_run:
        click.echo(f"{_counts(change)}. Nothing was changed (--dry-run).")
        return
    if not office_import.apply_office_import(database, new, today, change):
        raise click.ClickException("Somebody else has just imported offices. Nothing was changed: try again.")
    click.echo(f"Done: {_counts(change)}.")


@offices.command("show")
@click.argument("office", required=False)
def show(office: str | None) -> None:
    """Show every office. With OFFICE, show its rules and staff; with a district, show the offices that serve it."""
    database = sunwai().database
    book = office_import.load_office_book(database, _today())
    if not book.offices:
        click.echo("There are no offices yet: flask offices import FILE.csv")
        return
    people = [
        (each, count) for each, count in staff_and_their_cases.list_staff(database, sunwai().policy) if each.active
    ]
    if office is None:
        rules = Counter(rule.office for rule in book.rules)
        click.echo("office  kind  has  name")
        for each in book.offices.values():
            here = sum(person.office == each.code for person, _ in people)
            click.echo(f"{each.code}  {each.kind}  {pluralize(rules[each.code], 'rule')}, {here} staff  {each.name}")
        return
    if office not in book.offices:
        districts = case_codes_of(office_import.live_flows(database)).districts
        if office in districts:
            _serving(book, office, districts[office] or None)
            return
        meant = did_you_mean(near(office, [*book.offices, *districts]))
        said = f"There is no office and no district {office!r}"
        raise click.ClickException(f"{said}: {meant or 'flask offices show lists the offices.'}")
    one = book.offices[office]
    click.echo(f"{one.code}  {one.kind}  {one.name}; over it: {one.oversight or 'nobody'}")
    _section(
        "has",
        [describe_rule(rule) for rule in book.rules if rule.office == office],
        "only cases that are transferred to it",
    )
    staffed = [
        f"{each.name}, {each.role}, {pluralize(count, 'open case')}" for each, count in people if each.office == office
    ]
    _section("staff", staffed, "nobody yet: flask staff add NAME --office " + office)


def _section(heading: str, lines: list[str], empty: str) -> None:
    click.echo(f"{heading}:")
    for line in lines or [empty]:
        click.echo(f"  {line}")


def _serving(book: Book, district: str, province: str | None) -> None:
    """Every office that gets cases from a district today, with their kind."""
    click.echo(f"Offices that serve the district {district}:\noffice  kind  name")
    for kind, category in sorted({(rule.kind, rule.category or "") for rule in book.rules}):
        rule = choose_office(book, kind, category or None, province, district, _today()).rule
        if rule is not None and (rule.category or "") == category:
            only = f", {category} only" if category else ""
            click.echo(f"{rule.office}  {kind}{only}  {book.offices[rule.office].name}")


@offices.command("whatif")
@_file
@click.option("--last", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many complaints.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Use the rules of this day.  [default: today]")
def whatif(file: Path, last: int, on: datetime | None) -> None:
    """Show where the latest complaints would go under FILE, compared with now. Nothing is changed."""
    known = _known()
    new = _read(file, known)
    day = on.date() if on else _today()
    led = office_import.simulate_office_import(sunwai().database, new, known, day, last)
    moved = Counter(_way(each) for each in led if each.now.office != each.then.office)
    for way, count in moved.most_common():
        click.echo(f"{count:4}  {way}")
    click.echo(f"{pluralize(len(led), 'complaint')} on {day}: {sum(moved.values())} would go elsewhere.")
    _ownerless(led)
    later = sorted({rule.since for rule in new.rules if rule.since > day})
    if later:
        click.echo(f"Some rules of the file start later: --on {later[0]} shows them.")


def _ownerless(led: list[JurisdictionChange]) -> None:
    """Print which complaints would have no office, and why."""
    without = [each for each in led if each.then.office is None]
    click.echo(f"{len(without) or 'None'} would have no office{': triage handles them' if without else ''}.")
    for each in without[:NAMED]:
        click.echo(f"      {tracking_number.format_number(each.number)}  {_matter(each)}: {_reason(each.then)}")
    if len(without) > NAMED:
        click.echo(f"      and {len(without) - NAMED} more")


def _way(each: JurisdictionChange) -> str:
    return f"{_matter(each)}: {each.now.office or 'nobody'} -> {each.then.office or 'nobody'}"


def _matter(each: JurisdictionChange) -> str:
    return ", ".join((each.kind, each.category or "no category", each.district or "no district"))


def _reason(choice: OfficeChoice) -> str:
    if choice.why == "conflict" and choice.rule is not None:
        return f"it is about {choice.rule.office}, which has no oversight office"
    return "no rule covers it"


def _read(file: Path, known: CaseCodes) -> Book:
    text = read_text(file.parent, file.name)
    listed = read_offices(text, file.name, known)
    for fault in listed.faults:
        click.echo(f"{file}:{fault.line}: {fault.message}")
    if listed.faults:
        raise click.ClickException(f"{pluralize(len(listed.faults), 'error')} to fix. Nothing was changed.")
    return listed.book


def _known() -> CaseCodes:
    """What cases can be about: the lists of the live flows."""
    flows = office_import.live_flows(sunwai().database)
    if not flows:
        raise click.ClickException(
            "No flow is published yet, so no district or category is known: flask flows publish FILE"
        )
    return case_codes_of(flows)


def _today() -> date:
    return sunwai().clock().astimezone(ZoneInfo(sunwai().settings.timezone)).date()


def _counts(change: OfficeChanges) -> str:
    said = [
        (len(change.added), "new office"),
        (len(change.changed) + len(change.opened), "changed office"),
        (len(change.closed), "closed office"),
        (len(change.begun), "new rule"),
        (len(change.ended), "ended rule"),
        (len(change.moved), "redated rule"),
    ]
    return ", ".join(pluralize(count, name) for count, name in said if count)
