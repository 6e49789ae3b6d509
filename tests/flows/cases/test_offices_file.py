"""The file of offices: read strictly, each fault one plain line, and the shipped one without any."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path

import pytest

from flows.cases.jurisdiction import JurisdictionRule, Office, choose_office
from flows.cases.office_changes import diff_offices, lines
from flows.cases.office_file import COLUMNS, CaseCodes, OfficeFile, case_codes_of, read_offices
from flows.menu.model import Flow
from tests.flows.library import shipped

HEAD = "office,name,kind,oversight,category,province,district,from,until\n"
LESCO = "lesco,LESCO,disco,nepra,,punjab,lahore,2026-01-01,\n"
NEPRA = "nepra,NEPRA,oversight_desk,,,,,,\n"
FILE = Path(__file__).parents[3] / "flows" / "library" / "offices.csv"
TODAY = dt.date(2026, 6, 17)


@cache
def flow() -> Flow:
    return shipped("complaints")


@cache
def known() -> CaseCodes:
    return case_codes_of([flow()])


def read(text: str) -> OfficeFile:
    return read_offices(text, "offices.csv", known())


def test_rows_are_rules_with_the_offices_own_columns_repeated() -> None:
    listed = read(HEAD + LESCO + LESCO.replace("lahore", "kasur") + NEPRA)
    assert listed.faults == ()
    assert listed.book.offices == {
        "lesco": Office("lesco", "LESCO", "disco", "nepra"),
        "nepra": Office("nepra", "NEPRA", "oversight_desk"),
    }
    assert [rule.district for rule in listed.book.rules] == ["lahore", "kasur"]  # and none for who is only sent cases
    assert listed.book.rules[0] == JurisdictionRule(
        "lesco", "disco", dt.date(2026, 1, 1), province="punjab", district="lahore"
    )


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        (LESCO.replace("lahore", "lahor"), 2, "no live flow has a district 'lahor' (did you mean 'lahore'?)"),
        (LESCO.replace("punjab", "panjab"), 2, "no live flow has a province 'panjab' (did you mean 'punjab'?)"),
        (LESCO.replace("disco", "dico"), 2, "no live flow has a kind 'dico' (did you mean 'disco'?)"),
        (LESCO.replace("nepra,,", "nepra,nrg99,"), 2, "no live flow has a category 'nrg99'"),
        (LESCO.replace("nepra,,", "nepra,mun01,"), 2, "cases of mun01 go to water, not to disco"),
        (LESCO.replace("punjab", "sindh"), 2, "lahore lies in punjab, not in sindh"),
        (LESCO + LESCO.replace("2026-01-01", "2026-05-01"), 3, "line 2 has the same cases (disco, all of it, lahore)"),
        (LESCO.replace("01,\n", "01,2025-12-31\n"), 2, "until 2025-12-31 (the first day it holds no more) is before"),
        (LESCO.replace("01,\n", "01,2026-01-01\n"), 2, "is the same day as from 2026-01-01"),
        (LESCO.replace("2026-01-01", "1.1.2026"), 2, "from takes a day such as 2026-07-01, not '1.1.2026'"),
        (LESCO.replace("2026-01-01", "2026-02-30"), 2, "from takes a day such as 2026-07-01, not '2026-02-30'"),
        (LESCO.replace("2026-01-01", ""), 2, "a rule needs the day it begins: the row has province and no from"),
        (LESCO.replace("nepra", "nepro"), 2, "the oversight 'nepro' of lesco is no office of this file (did you mean"),
        (LESCO.replace("LESCO", ""), 2, "the office needs a name"),
        (LESCO.replace("lesco,", "Lesco Lahore,"), 2, "the office 'Lesco Lahore' must be lower-case letters"),
        (LESCO.replace("lesco,", ","), 2, "the row names no office"),
        (LESCO.replace("disco", ""), 2, "the row has no kind"),
        (
            LESCO + LESCO.replace("LESCO", "Lesco").replace("lahore", "kasur"),
            3,
            "lesco has the name 'Lesco' here and 'LESCO' on",
        ),
        (LESCO.replace(",\n", "\n"), 2, "the row has 8 cells, but the first line names 9 columns"),
        ('"' + LESCO, 2, "quote"),
    ],
)
def test_a_fault_is_one_line_that_says_where_and_what_to_do(rows: str, line: int, said: str) -> None:
    listed = read(HEAD + rows + NEPRA)
    assert [(fault.line, said in fault.message) for fault in listed.faults] == [(line, True)], listed.faults
    assert (listed.book.offices, listed.book.rules) == ({}, ())  # a file with a fault says nothing


def test_every_fault_of_a_file_is_told_at_once_in_the_order_of_lines() -> None:
    listed = read(HEAD + LESCO.replace("lahore", "lahor") + LESCO.replace("punjab", "panjab") + NEPRA)
    assert [fault.line for fault in listed.faults] == [2, 3]


@pytest.mark.parametrize(
    ("above", "told"),
    [({"nepra": "lesco"}, "lesco -> nepra -> lesco"), ({"nepra": "nepra"}, "nepra -> nepra")],
)
def test_a_circle_of_oversight_is_told_once(above: dict[str, str], told: str) -> None:
    nepra = NEPRA.replace("oversight_desk,", f"oversight_desk,{above['nepra']}")
    [fault] = read(HEAD + LESCO + nepra).faults
    assert f"the oversight goes round in a circle: {told}" in fault.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (HEAD, "the file has no offices: with it everything would end"),
        (HEAD.replace(",until", "") + LESCO, "the file has no column 'until'"),
        (HEAD.replace("until", "until,until") + LESCO, "twice the column 'until'"),
        (HEAD.replace("until", "untill") + LESCO, "a column nobody knows: 'untill'"),
        (HEAD.replace(",", ";") + LESCO.replace(",", ";"), "the file has no column"),
    ],
)
def test_a_file_that_is_no_list_of_offices_is_refused(text: str, said: str) -> None:
    assert any(said in fault.message for fault in read(text).faults)


def test_two_rules_one_after_the_other_are_no_clash_and_a_note_is_passed_over() -> None:
    split = LESCO.replace(",\n", ",2026-07-01,old\n") + LESCO.replace("lesco,LESCO", "east,LESCO East").replace(
        "2026-01-01,\n", "2026-07-01,,new\n"
    )
    listed = read(HEAD.replace("until", "until,note") + split + NEPRA.replace("\n", ",\n"))
    assert listed.faults == ()
    offices = [
        choose_office(listed.book, "disco", "nrg01", "punjab", "lahore", day).office
        for day in (dt.date(2026, 6, 30), dt.date(2026, 7, 1))
    ]
    assert offices == ["lesco", "east"]


def test_codes_of_any_live_flow_are_known_whether_or_not_another_has_them() -> None:
    both = case_codes_of([shipped("power_cut"), flow()])
    assert both.districts["lahore"] == "punjab"  # the list of the power line does not say
    assert both.kinds == known().kinds


def test_the_shipped_file_has_an_owner_for_every_kind_in_every_district() -> None:
    listed = read(FILE.read_text(encoding="utf-8"))
    assert listed.faults == ()
    nobodys = {
        (row.columns["office"], place.code)
        for row in flow().lists["category"]
        for place in flow().lists["district"]
        if row.columns["office"] != "triage"
        and choose_office(
            listed.book,
            row.columns["office"],
            row.code,
            place.columns["province"],
            place.code,
            TODAY,
            row.columns["against"],
        ).office
        is None
    }
    assert nobodys == set()


def test_what_complains_about_a_body_never_goes_to_that_body() -> None:
    listed = read(FILE.read_text(encoding="utf-8"))
    about = [row for row in flow().lists["category"] if row.columns["against"]]
    assert {row.code for row in about} == {"pol01", "pol03", "hlt04"}
    for row in about:
        assert row.columns["against"] in flow().rows["office"]
        for kind in {row.columns["office"], row.columns["against"]}:
            found = choose_office(listed.book, kind, row.code, "punjab", "lahore", TODAY, row.columns["against"])
            assert found.office is not None
            assert listed.book.offices[found.office].kind != row.columns["against"]


def test_the_shipped_file_says_what_is_not_verified() -> None:
    rows = list(csv.DictReader(FILE.read_text(encoding="utf-8").splitlines()))
    assert set(rows[0]) == {*COLUMNS, "note"}
    assert sum(row["note"].startswith("unverified") for row in rows) > len(rows) / 4


def test_the_difference_of_two_books_is_told_in_words_and_nothing_is_lost() -> None:
    old, new = read(HEAD + LESCO + NEPRA).book, read(HEAD + LESCO.replace("LESCO", "Lahore Electric") + NEPRA).book
    there = {code: (office, True) for code, office in old.offices.items()}
    rules = list(enumerate(old.rules, 1))
    assert not diff_offices(there, rules, old, TODAY)
    assert lines(diff_offices(there, rules, new, TODAY)) == ["~ office lesco: name LESCO -> Lahore Electric"]
    moved = read(HEAD + LESCO.replace("01-01,\n", "01-01,2026-07-01\n") + NEPRA).book
    [ended] = lines(diff_offices(there, rules, moved, TODAY))
    assert ended == "~ lesco has disco of lahore (from 2026-01-01), until 2026-07-01 (before: further notice)"
    other = read(HEAD + LESCO.replace("lahore", "kasur") + NEPRA).book
    assert lines(diff_offices(there, rules, other, TODAY)) == [
        "+ lesco has disco of kasur from 2026-01-01",
        "- lesco has disco of lahore (from 2026-01-01), ends on 2026-06-17",
    ]
    only = read(HEAD + NEPRA).book
    assert lines(diff_offices(there, rules, only, dt.date(2025, 1, 1))) == [
        "- office lesco (LESCO) takes nothing new",
        "- lesco has disco of lahore (from 2026-01-01), never begins",
    ]
