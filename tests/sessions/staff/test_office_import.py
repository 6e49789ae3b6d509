"""The book of offices: exchanged whole or not at all, nothing deleted, and what if."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from flows.cases.office_file import case_codes_of
from sessions.staff import office_import
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Jurisdiction, Office
from tests.sessions.filing import file_one, shipped
from tests.sessions.patience import patiently
from tests.sessions.roster import DESK, TODAY, WATER, WATER_PUNJAB, book, import_

pytestmark = pytest.mark.both_databases

KASUR = WATER.replace("water-lahore,WASA Lahore", "water-kasur,WASA Kasur").replace("lahore", "kasur")
DAY = dt.timedelta(days=1)


def rules(database: Database) -> list[tuple[str, str | None, dt.date, dt.date | None]]:
    with database.read.begin() as db:
        return [(row.office, row.district, row.since, row.until) for row in offices_and_jurisdictions.rules(db)]


def active(database: Database) -> dict[str, bool]:
    with database.read.begin() as db:
        return {row.code: row.active for row in db.scalars(select(Office))}


def test_what_the_file_does_not_name_any_more_ends_today_and_stays_in_the_table(database: Database) -> None:
    import_(database, WATER, WATER_PUNJAB, DESK)
    import_(database, WATER_PUNJAB, DESK, today=TODAY)
    began = dt.date(2026, 1, 1)
    assert rules(database) == [("water-lahore", "lahore", began, TODAY), ("water-punjab", None, began, None)]
    assert active(database) == {"water-lahore": False, "water-punjab": True, "desk": True}
    assert list(office_import.load_office_book(database, TODAY).offices) == ["desk", "water-punjab"]


def test_the_same_file_again_changes_nothing_and_an_ended_rule_may_come_back(database: Database) -> None:
    import_(database, WATER, DESK)
    assert not office_import.preview_office_import(database, book(WATER, DESK), TODAY)
    import_(database, WATER_PUNJAB, DESK)
    assert not office_import.preview_office_import(
        database, book(WATER_PUNJAB, DESK), TODAY + DAY
    )  # what ended is told once
    import_(database, WATER, DESK, today=TODAY + DAY)
    assert [row[3] for row in rules(database) if row[0] == "water-lahore"] == [None]
    assert active(database)["water-lahore"]


def test_a_rule_that_never_began_never_holds(database: Database) -> None:
    later = WATER.replace("2026-01-01", "2026-09-01")
    import_(database, later, DESK)
    import_(database, DESK, WATER_PUNJAB)
    assert rules(database)[0] == ("water-lahore", "lahore", dt.date(2026, 9, 1), dt.date(2026, 9, 1))
    assert not office_import.preview_office_import(database, book(DESK, WATER_PUNJAB), TODAY)


def test_what_is_not_what_was_shown_is_not_done(database: Database) -> None:
    shown = office_import.preview_office_import(database, book(WATER, DESK), TODAY)
    import_(database, WATER_PUNJAB, DESK)
    before = rules(database)
    assert not office_import.apply_office_import(database, book(WATER, DESK), TODAY, shown)
    assert rules(database) == before


def test_an_import_that_breaks_off_leaves_nothing_behind(database: Database) -> None:
    import_(database, WATER_PUNJAB, DESK)
    new = book(WATER, DESK)
    shown = office_import.preview_office_import(database, new, TODAY)
    with database.write.begin() as db:  # somebody else makes the office just before it is made
        offices_and_jurisdictions.add(db, [{"code": "water-lahore", "name": "x", "kind": "water", "oversight": None}])
    assert not office_import.apply_office_import(database, new, TODAY, shown)
    with database.read.begin() as db:
        assert [row.office for row in db.scalars(select(Jurisdiction))] == ["water-punjab"]


def test_what_if_a_district_is_split_shows_who_would_get_what_and_what_has_no_owner(database: Database) -> None:
    import_(database, WATER, KASUR, DESK)
    lahore, _ = file_one(database)
    kasur, _ = file_one(database, district="kasur")
    file_one(database, district="multan")
    file_one(database, kind="suggestion", category=None)
    known = case_codes_of([shipped()])
    ends = WATER.replace(",\n", ",2026-07-01\n")
    east = WATER.replace("water-lahore,WASA Lahore", "water-east,WASA East").replace("2026-01-01", "2026-07-01")
    new = book(ends, east, DESK)

    def led(day: dt.date) -> dict[str, tuple[str | None, str | None]]:
        found = office_import.simulate_office_import(database, new, known, day, 100)
        return {each.number: (each.now.office, each.then.office) for each in found}

    today = led(TODAY)
    assert len(today) == 3  # the suggestion goes nowhere
    assert today[lahore.number] == ("water-lahore", "water-lahore")
    assert today[kasur.number] == ("water-kasur", None)
    assert led(dt.date(2026, 7, 1))[lahore.number] == ("water-lahore", "water-east")
    assert len(office_import.simulate_office_import(database, new, known, TODAY, 1)) == 1
    assert rules(database) == [
        ("water-lahore", "lahore", dt.date(2026, 1, 1), None),
        ("water-kasur", "kasur", dt.date(2026, 1, 1), None),
    ]


def test_a_conflict_shows_in_what_if(database: Database) -> None:
    import_(database, WATER, DESK)
    complaint, _ = file_one(database)
    with database.write.begin() as db:
        db.merge(complaint).against = "water"
    [each] = office_import.simulate_office_import(
        database, book(WATER.replace(",desk,", ",,")), case_codes_of([shipped()]), TODAY, 100
    )
    assert (each.now.office, each.then.office, each.then.why) == ("desk", None, "conflict")


def test_of_two_imports_at_once_one_is_done_and_the_other_says_so(database: Database) -> None:
    import_(database, WATER_PUNJAB, DESK)
    new = book(WATER, DESK)
    shown = office_import.preview_office_import(database, new, TODAY)
    with ThreadPoolExecutor(2) as threads:
        done = list(
            threads.map(
                lambda _: patiently(lambda: office_import.apply_office_import(database, new, TODAY, shown)), range(2)
            )
        )
    assert sorted(done) == [False, True]
    assert [row[0] for row in rules(database)] == ["water-punjab", "water-lahore"]
