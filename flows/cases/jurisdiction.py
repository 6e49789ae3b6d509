"""Which office has a case: by the most specific rule in force that day, and never the body it complains about.

Rules have dates. A rule for a category comes before one for a whole kind; then district, province, country.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct, field

Why = Literal["rule", "oversight", "no_rule", "conflict"]


class Office(Struct, frozen=True):
    """An office that takes cases. `oversight` is the office that supervises it."""

    code: str
    name: str
    kind: str  # a code of the flows' list of offices: disco, water, police
    oversight: str | None = None


class JurisdictionRule(Struct, frozen=True):
    """From `since` until `until` (exclusive; None: no end) an office has the cases of its kind from an area.

    Without `category` it has the whole kind; without `district` the province, without both the country.
    """

    office: str
    kind: str
    since: date
    category: str | None = None
    province: str | None = None
    district: str | None = None
    until: date | None = None

    @property
    def area(self) -> tuple[str | None, str | None]:
        """What it covers within its kind: two rules with the same area may not hold on the same day."""
        return self.category, self.district or self.province

    def holds(self, day: date) -> bool:
        """True on the days it is in force."""
        return self.since <= day and (self.until is None or day < self.until)


class Book(Struct, frozen=True):
    """Every office that takes cases, and what it is responsible for."""

    offices: Mapping[str, Office] = field(default_factory=dict)
    rules: tuple[JurisdictionRule, ...] = ()


class OfficeChoice(Struct, frozen=True):
    """The office of a case and the rule that chose it. Without one it goes to triage, and `why` gives the reason."""

    office: str | None
    why: Why
    rule: JurisdictionRule | None = None


def choose_office(
    book: Book,
    kind: str,
    category: str | None,
    province: str | None,
    district: str | None,
    day: date,
    against: str | None = None,
) -> OfficeChoice:
    """The office that a case of this kind, category and place goes to on this day.

    A complaint about a kind of office (`against`) skips every office of that kind and goes to the oversight above.
    """
    fitting = [
        rule
        for rule in book.rules
        if rule.kind == kind
        and rule.holds(day)
        and rule.office in book.offices
        and _covers(rule, category, province, district)
    ]
    if not fitting:
        return OfficeChoice(None, "no_rule")
    rule = max(fitting, key=_weight)
    office = clear_of(book.offices, rule.office, against)
    if office is None:
        return OfficeChoice(None, "conflict", rule)
    return OfficeChoice(office, "rule" if office == rule.office else "oversight", rule)


def clear_of(offices: Mapping[str, Office], code: str | None, against: str | None) -> str | None:
    """This office, or the first one above it that is not of the kind complained about; None if there is none."""
    passed: set[str] = set()
    while code is not None and code in offices and code not in passed:
        if against is None or offices[code].kind != against:
            return code
        passed.add(code)
        code = offices[code].oversight
    return None


def clashes(rules: Iterable[JurisdictionRule]) -> list[tuple[int, int, date]]:
    """The positions of two rules that cover the same cases on the same day, and the first such day."""
    alike: dict[tuple[str, str | None, str | None], list[tuple[int, JurisdictionRule]]] = {}
    for at, rule in enumerate(rules):
        alike.setdefault((rule.kind, *rule.area), []).append((at, rule))
    found = []
    for group in alike.values():
        group.sort(key=lambda pair: (pair[1].since, pair[0]))
        open_at, last = group[0]
        for at, rule in group[1:]:
            if last.until is None or rule.since < last.until:
                found.append((open_at, at, rule.since))
            if last.until is not None and (rule.until is None or rule.until > last.until):
                open_at, last = at, rule
    return found


def _covers(rule: JurisdictionRule, category: str | None, province: str | None, district: str | None) -> bool:
    if rule.category is not None and rule.category != category:
        return False
    if rule.district is not None:
        return rule.district == district
    return rule.province is None or rule.province == province


def _weight(rule: JurisdictionRule) -> tuple[bool, int, date, str]:
    """How specific a rule is. Of two equal ones, which an import would refuse, the later one: the choice is stable."""
    reach = 2 if rule.district is not None else 1 if rule.province is not None else 0
    return rule.category is not None, reach, rule.since, rule.office
