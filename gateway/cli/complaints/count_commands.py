"""`sunwai counts`: whether the small tables of counts say what the large tables say."""

from collections.abc import Sequence

import click

from flows.text.printable import pluralize
from gateway.terminal.errors import CommandGroup, sunwai
from sessions.counts import case_counts, screen_sums
from sessions.counts.case_counts import CountDifference
from storage.menus.screen_counts import WrongSum
from storage.operations.case_counts import OFFICER

counts = CommandGroup(
    "counts", help="Counts that are kept beside large tables: of cases by code and officer, of screens."
)


@counts.command("check")
def check() -> None:
    """Compare every count with the rows that it counts, while the service runs. Exit status 1 if one is wrong."""
    database = sunwai().database
    found, sums = case_counts.find_differences(database), screen_sums.find_wrong_sums(database)
    _show(found, sums)
    if found or sums:
        raise click.ClickException(f"{pluralize(len(found) + len(sums), 'count')} wrong: sunwai counts repair")
    click.echo("Every count is right.")


@counts.command("repair")
def repair() -> None:
    """Correct the counts that are wrong, while the service runs."""
    database = sunwai().database
    found, sums = case_counts.repair(database), screen_sums.repair(database)
    _show(found, sums)
    corrected = f"{pluralize(len(found) + len(sums), 'count')} corrected."
    click.echo(corrected if found or sums else "Every count is right.")


def _show(found: Sequence[CountDifference], sums: Sequence[WrongSum]) -> None:
    for each in found:
        list_, owner, code = each.key
        about = f"officer {owner}, {code}" if list_ == OFFICER else f"{owner}, {list_} {code}"
        click.echo(f"{about}: {each.counted:,} counted, {pluralize(each.cases, 'case')}")
    for wrong in sums:
        day, flow, screen, *part = wrong.key
        lacks = ", ".join(f"{name} {count:+,}" for name, count in wrong.lacks.items() if count)
        click.echo(f"{flow}, screen {screen}, {' '.join([f'{day}', *filter(None, part)])}: to be corrected by {lacks}")
