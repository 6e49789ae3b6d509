"""The office that citizens of each district read for each matter is one that is there, by tables of who serves it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from flows.cases.local_offices import kinds_of_office, office_of_place
from flows.engine.variables import row_words
from flows.menu.model import Flow
from flows.text import gsm
from tests.flows.library import shipped

LIBRARY = Path(__file__).parents[3] / "flows" / "library"
LONGEST = 24  # letters of an office, as the screens are measured
KARACHI = {"karachi", "karachi_central", "karachi_east", "karachi_south", "karachi_west", "keamari", "korangi", "malir"}
# Where there is an agency of this name. Punjab announced more of them in 2025; which of those work is not known to us.
WASA = {"lahore", "faisalabad", "rawalpindi", "multan", "gujranwala", "quetta"}
COMPANIES = {
    "LESCO": {"punjab"},
    "GEPCO": {"punjab"},
    "FESCO": {"punjab"},
    "IESCO": {"punjab", "islamabad"},
    "MEPCO": {"punjab"},
    "PESCO": {"kp"},
    "HAZECO": {"kp"},
    "TESCO": {"kp"},
    "HESCO": {"sindh"},
    "SEPCO": {"sindh"},
    "QESCO": {"balochistan"},
    "K-Electric": {"sindh", "balochistan"},
    "AJK Electricity Dept": {"ajk"},
    "GB Water & Power Dept": {"gb"},
}
# Words of a name that belong to one part of the country, in the three languages.
HOME = {
    "Punjab": "punjab",
    "Sindh": "sindh",
    "KP": "kp",
    "Balochistan": "balochistan",
    "Islamabad": "islamabad",
    "ICT": "islamabad",
    "CDA": "islamabad",
    "MCI": "islamabad",
    "FDE": "islamabad",
    "FIA": "islamabad",
    "AJK": "ajk",
    "GB": "gb",
    "Gilgit-Baltistan": "gb",
    "GBDMA": "gb",
    "سندھ": "sindh",
    "پنجاب": "punjab",
    "کشمیر": "ajk",
}


@cache
def flow() -> Flow:
    return shipped("complaints")


def every() -> list[tuple[str, str, str, dict[str, str]]]:
    """Each district, province and category with the words of the office that is shown there."""
    offices = flow().rows["office"]
    return [
        (place.code, place.columns["province"], row.code, offices[office_of_place(flow(), kind, place.code)].text)
        for place in flow().lists["district"]
        for row in flow().lists["category"]
        for kind in [row.columns["office"]]
    ]


def read(kind: str, district: str | None, language: str = "en") -> str:
    return row_words(flow(), flow().rows["office"][office_of_place(flow(), kind, district)], language)


def test_every_matter_of_every_district_shows_an_office_that_is_there() -> None:
    seen = every()
    assert len(seen) == 174 * 78
    for district, province, category, text in seen:
        for words in text.values():
            assert ("WASA" in words or "واسا" in words) <= (district in WASA), (district, category, words)
            assert ("KWSC" in words) <= (district in KARACHI), (district, category, words)
            named = set(words.replace("(", " ").replace(")", " ").replace(",", " ").split())
            assert {HOME[word] for word in named & HOME.keys()} <= {province}, (district, category, words)


def test_the_electricity_company_is_the_one_of_the_district() -> None:
    rows = list(csv.DictReader((LIBRARY / "offices.csv").read_text(encoding="utf-8").splitlines()))
    desks = {row["district"]: row["name"] for row in rows if row["kind"] == "disco" and row["district"]}
    names = {
        "AJK Electricity Department": "AJK Electricity Dept",
        "GB Water and Power Department": "GB Water & Power Dept",
    }
    for place in flow().lists["district"]:
        shown = read("disco", place.code)
        assert place.columns["province"] in COMPANIES[shown], (place.code, shown)
        assert shown == names.get(desks[place.code], desks[place.code]), place.code  # where the case goes, too


@pytest.mark.parametrize(
    ("kind", "district", "shown"),
    [
        ("disco", "hub", "K-Electric"),
        ("disco", "lasbela", "K-Electric"),
        ("disco", "dadu", "SEPCO"),
        ("disco", "abbottabad", "HAZECO"),
        ("disco", "khyber", "TESCO"),
        ("water", "lahore", "WASA Lahore"),
        ("water", "kasur", "Water office"),
        ("water", "peshawar", "WSSP Peshawar (water)"),
        ("water", "malir", "KWSC Karachi (water)"),
        ("water", "hyderabad", "HWSC Hyderabad (water)"),
        ("water", "islamabad", "CDA (water)"),
        ("water", "gilgit", "Water office"),
        ("lg", "islamabad", "MCI Islamabad"),
        ("revenue", "islamabad", "ICT administration"),
        ("gasco", "quetta", "SSGC (Sui gas)"),
        ("gasco", "swat", "SNGPL (Sui gas)"),
        ("gasco", "hunza", "District administration"),
        ("pdma", "muzaffarabad", "SDMA AJK"),
        ("food", "skardu", "Food office"),
        ("nadra", "muzaffarabad", "NADRA"),
        ("water", None, "Water office"),
    ],
)
def test_a_place_has_its_own_office_or_the_kind_of_office(kind: str, district: str | None, shown: str) -> None:
    assert read(kind, district) == shown


def test_the_district_comes_before_its_province_and_other_lists_need_no_provinces() -> None:
    assert office_of_place(flow(), "disco", "karachi_east") == "k_electric"
    assert office_of_place(shipped("power_cut"), "disco", "okara") == "lesco"
    assert office_of_place(shipped("survey"), "disco", "okara") == "disco"  # a flow without such a list


def test_each_office_fits_the_room_that_screens_are_measured_with_and_says_where_it_comes_from() -> None:
    kinds = kinds_of_office(flow())
    for row in flow().lists["office"]:
        assert all(len(words) <= LONGEST for words in row.text.values()), row.code
        assert not any(gsm.flips(row.text[tag]) for tag in ("en", "ur-Latn")), row.code
        assert row.columns["verified"] == "yes" or "unverified" in row.columns["note"] or "check" in row.columns["note"]
        if row.code not in kinds:
            assert row.columns["note"] and row.columns["serves"], row.code
