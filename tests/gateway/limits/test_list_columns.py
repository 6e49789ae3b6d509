"""Every column of a list that means something moves what becomes of a complaint.

The columns are read from the code, so a new one fails here by name until it has an example.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from flows.cases.local_offices import office_of_place
from flows.understanding import category_and_district
from sessions.cases.core import old_cases, phone_holder
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from storage.cases import contacts
from storage.connection.database import Database
from tests.gateway.limits.town import FILED, Observe, Town, due, replace_flow
from tests.sessions.filing import KARACHI, SARA

ROOT = Path(__file__).parents[3]


def _claimed(town: Town) -> str:
    """What becomes of a proof that an old case about water is the phone's."""
    filed = town.file("mun01")
    with town.database.write.begin() as db:
        context = ActContext(db, FILED, CITIZEN, town.flow, town.policy)
        contact = phone_holder.give_to_new_holder(context, contacts.find_or_add(db, SARA, FILED))
        facts = old_cases.CaseFacts(filed.number, "lahore", FILED.astimezone(town.policy.zone).month, "mun")
        found = old_cases.claim(context, contact, facts, "key")
    return found if isinstance(found, str) else found.number


def _with_district(town: Town, **columns: str) -> Town:
    return _with_row(town, "district", "lahore", **columns)


def _with_row(town: Town, name: str, code: str, **columns: str) -> Town:
    rows = tuple(
        replace(row, columns={**row.columns, **columns}) if row.code == code else row for row in town.flow.lists[name]
    )
    return Town(town.database, town.policy, replace(town.flow, lists=town.flow.lists | {name: rows}))


def _desk(town: Town) -> str | None:
    town.staff()
    return town.file().desk


COLUMNS: dict[str, tuple[Callable[[Town], Town], Observe, object]] = {  # column -> changed, what is looked at, then
    "days": (lambda town: replace_flow(town, "mun01", days="3"), due(), "2026-09-03"),
    "office": (lambda town: replace_flow(town, "mun01", office="lg"), lambda town: town.file().office, "lg"),
    "emergency": (lambda town: replace_flow(town, "mun01", emergency="yes"), due(), "2026-09-07"),
    "sensitive": (lambda town: replace_flow(town, "mun01", sensitive="yes"), lambda town: town.file().private, True),
    "against": (lambda town: replace_flow(town, "mun01", against="water"), _desk, "desk"),
    "province": (
        lambda town: _with_district(town, province="sindh"),
        due(now=dt.datetime(2026, 7, 24, 10, tzinfo=KARACHI)),  # Sindh has a holiday on 30 July
        "2026-08-05",
    ),
    "keywords": (
        lambda town: replace_flow(town, "mun01", keywords="zzyzx"),
        lambda town: category_and_district.category("zzyzx hai", town.flow).code,
        "mun01",
    ),
    "common_word": (
        lambda town: _with_district(town, common_word="yes"),
        lambda town: category_and_district.district("Lahore", town.flow).code,
        None,
    ),
    "part_of": (  # a district named with the city that it is a part of is meant, and not the city
        lambda town: _with_row(town, "district", "lahore", part_of="multan"),
        lambda town: category_and_district.district("Multan Lahore", town.flow).code,
        "lahore",
    ),
    "group": (  # what a citizen must know of an old case
        lambda town: replace_flow(town, "mun01", group="nrg"),
        _claimed,
        "missing",
    ),
    "kind": (  # what citizens read as their office for water
        lambda town: _with_row(town, "office", "wasa_lahore", kind="gas"),
        lambda town: office_of_place(town.flow, "water", "lahore"),
        "water",
    ),
}


def columns_with_meaning() -> set[str]:
    """Every column that the code asks rows for by name."""
    found: set[str] = set()
    for file in sorted([*ROOT.glob("flows/**/*.py"), *ROOT.glob("sessions/**/*.py")]):
        tree = ast.parse(file.read_text("utf-8"))
        known = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("].columns.get", "row.columns.get")):
                name = known.get(node.args[0].id) if isinstance(node.args[0], ast.Name) else node.args[0]
                found |= {name.value} if isinstance(name, ast.Constant) else set()
    return found


def test_every_column_that_means_something_has_an_example() -> None:
    assert set(COLUMNS) == columns_with_meaning() - {"name"}  # that one only checks read, beside the words of a row


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_moves_what_becomes_of_a_complaint(database: Database, name: str) -> None:
    change, observe, then = COLUMNS[name]
    assert observe(change(Town(database))) == then


@pytest.mark.parametrize("name", COLUMNS)
def test_and_without_the_change_it_becomes_something_else(database: Database, name: str) -> None:
    _, observe, then = COLUMNS[name]
    assert observe(Town(database)) != then
