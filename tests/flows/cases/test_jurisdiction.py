"""Which office has a case: the most specific rule of the day, and never the body it complains about."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.cases.jurisdiction import Book, JurisdictionRule, Office, OfficeChoice, choose_office, clashes, clear_of

DAY = dt.date(2026, 6, 17)
LONG_AGO = dt.date(2020, 1, 1)
KINDS, CATEGORIES = ("disco", "police"), ("nrg01", "nrg02")
PLACES = {"lahore": "punjab", "kasur": "punjab", "thatta": "sindh"}
OFFICES = {
    "lesco": Office("lesco", "LESCO", "disco", "nepra"),
    "fesco": Office("fesco", "FESCO", "disco", "nepra"),
    "police-lahore": Office("police-lahore", "Police, Lahore", "police", "police-hq"),
    "police-hq": Office("police-hq", "Police headquarters", "police", "desk"),
    "nepra": Office("nepra", "NEPRA", "oversight_desk", "desk"),
    "desk": Office("desk", "Our desk", "oversight_desk"),
}


def where(
    *rules: JurisdictionRule,
    category: str | None = "nrg01",
    district: str | None = "lahore",
    against: str | None = None,
) -> OfficeChoice:
    kind = rules[0].kind if rules else "disco"
    return choose_office(Book(OFFICES, rules), kind, category, PLACES.get(district or ""), district, DAY, against)


def rule(office: str, kind: str = "disco", **other: object) -> JurisdictionRule:
    return JurisdictionRule(office, kind, **({"since": LONG_AGO} | other))  # type: ignore[arg-type]


def test_a_district_goes_before_its_province_and_that_before_the_country() -> None:
    everywhere, punjab, lahore = rule("desk"), rule("fesco", province="punjab"), rule("lesco", district="lahore")
    assert where(everywhere, punjab, lahore).office == "lesco"
    assert where(everywhere, punjab, lahore, district="kasur").office == "fesco"
    assert where(everywhere, punjab, lahore, district="thatta").office == "desk"
    assert where(everywhere, punjab, lahore, district=None).office == "desk"


def test_a_rule_for_the_category_goes_before_any_place() -> None:
    wires, lahore = rule("fesco", category="nrg02"), rule("lesco", district="lahore")
    assert where(wires, lahore, category="nrg02").office == "fesco"
    assert where(wires, lahore).office == "lesco"


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (DAY, None, True),
        (DAY + dt.timedelta(1), None, False),
        (LONG_AGO, DAY, False),
        (DAY, DAY + dt.timedelta(1), True),
    ],
)
def test_a_rule_holds_from_its_first_day_until_the_day_it_ends(
    since: dt.date, until: dt.date | None, holds: bool
) -> None:
    assert (where(rule("lesco", since=since, until=until)).office is not None) is holds


def test_without_a_rule_it_is_nobodys_and_that_is_said() -> None:
    assert where() == OfficeChoice(None, "no_rule")
    assert where(rule("closed-office")) == OfficeChoice(None, "no_rule")


def test_a_complaint_about_a_body_goes_past_all_of_its_kind_to_the_oversight() -> None:
    police = rule("police-lahore", kind="police", district="lahore")
    assert where(police, against="police") == OfficeChoice("desk", "oversight", police)
    assert where(police, against="disco") == OfficeChoice("police-lahore", "rule", police)


def test_where_nobody_stands_above_the_body_complained_about_a_person_must_look() -> None:
    lonely = {"police-lahore": Office("police-lahore", "Police, Lahore", "police")}
    police = rule("police-lahore", kind="police")
    found = choose_office(Book(lonely, (police,)), "police", None, "punjab", "lahore", DAY, "police")
    assert found == OfficeChoice(None, "conflict", police)


def test_a_circle_of_oversight_ends_somewhere() -> None:
    round_and_round = {code: Office(code, code, "police", above) for code, above in (("one", "two"), ("two", "one"))}
    assert clear_of(round_and_round, "one", "police") is None


days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 6))
places = st.sampled_from([(None, None), ("punjab", None), ("sindh", None), *((p, d) for d, p in PLACES.items())])


@st.composite
def some_rule(draw: st.DrawFn) -> JurisdictionRule:
    province, district = draw(places)
    since = draw(days)
    until = draw(st.none() | days.map(lambda day: max(day, since + dt.timedelta(1))))
    category = draw(st.none() | st.sampled_from(CATEGORIES))
    office = draw(st.sampled_from([*OFFICES, "gone"]))
    return JurisdictionRule(office, draw(st.sampled_from(KINDS)), since, category, province, district, until)


@given(
    rules=st.lists(some_rule(), max_size=12),
    kind=st.sampled_from(KINDS),
    category=st.none() | st.sampled_from(CATEGORIES),
    district=st.none() | st.sampled_from(list(PLACES)),
    day=days,
    against=st.none() | st.sampled_from(KINDS),
)
def test_whatever_the_rules_the_choice_is_right(
    rules: list[JurisdictionRule],
    kind: str,
    category: str | None,
    district: str | None,
    day: dt.date,
    against: str | None,
) -> None:
    province = PLACES.get(district or "")
    found = choose_office(Book(OFFICES, tuple(rules)), kind, category, province, district, day, against)
    fits = [
        each
        for each in rules
        if each.office in OFFICES
        and each.kind == kind
        and each.since <= day
        and (each.until is None or day < each.until)
        and each.category in (None, category)
        and (each.district == district if each.district else each.province in (None, province))
    ]
    assert (found.rule is None) is (not fits) is (found.why == "no_rule")
    if found.office is not None:
        assert OFFICES[found.office].kind != against
    if found.rule is not None:
        assert found.rule in fits
        assert not [each for each in fits if each.category and not found.rule.category]
        alike = [each for each in fits if bool(each.category) == bool(found.rule.category)]
        assert not [each for each in alike if each.district and not found.rule.district]
        assert found.rule.province or not [each for each in alike if each.province]
    # The order in which rules are written says nothing.
    again = choose_office(Book(OFFICES, tuple(reversed(rules))), kind, category, province, district, day, against)
    assert again.office == found.office


@given(st.lists(some_rule(), max_size=8))
def test_two_rules_clash_exactly_when_some_day_has_both(rules: list[JurisdictionRule]) -> None:
    both = {
        (min(one, other), max(one, other))
        for one in range(len(rules))
        for other in range(one)
        if (rules[one].kind, rules[one].area) == (rules[other].kind, rules[other].area)
        and any(rules[one].holds(day) and rules[other].holds(day) for day in _around(rules))
    }
    found = {(min(one, other), max(one, other)) for one, other, _ in clashes(rules)}
    assert found <= both
    assert bool(found) is bool(both)
    assert all(rules[one].holds(day) and rules[other].holds(day) for one, other, day in clashes(rules))


def _around(rules: list[JurisdictionRule]) -> list[dt.date]:
    return sorted({each.since for each in rules})


@given(some_rule())
def test_a_rule_split_at_a_day_holds_on_each_day_once(whole: JurisdictionRule) -> None:
    cuts = [whole.since, whole.since + dt.timedelta(2), whole.since + dt.timedelta(4), None]
    parts = [JurisdictionRule(whole.office, whole.kind, first, until=last) for first, last in pairwise(cuts) if first]
    assert clashes(parts) == []
    for after in range(10):
        assert sum(part.holds(whole.since + dt.timedelta(after)) for part in parts) == 1
