"""The office that a citizen reads: the one that serves the place, where the flow's list of offices names one.

A row of the list `office` is a kind of office, such as `water`. With a `kind` of its own it is the office of that kind
in the districts and provinces of its `serves` (semicolons between): WASA Lahore. Cases keep the kind.
"""

from collections.abc import Iterable
from typing import cast

from flows.menu.model import Flow, Row

OFFICES, DISTRICTS = "office", "district"  # the lists
KIND, SERVES = "kind", "serves"  # columns of a row that is an office of a place


def kinds_of_office(flow: Flow) -> frozenset[str]:
    """The codes of the list of offices that are kinds: what a case may be sent to."""
    return frozenset(row.code for row in flow.lists.get(OFFICES, ()) if not row.columns.get(KIND))


def local_offices(flow: Flow) -> Iterable[Row]:
    """The rows that are the office of a place."""
    return (row for row in flow.lists.get(OFFICES, ()) if row.columns.get(KIND))


def areas_of(row: Row) -> list[str]:
    """The codes of districts and provinces that an office of a place serves."""
    return [area.strip() for area in row.columns.get(SERVES, "").split(";") if area.strip()]


def office_of_place(flow: Flow, kind: str, district: str | None) -> str:
    """The code of the office of this kind in a district, else in its province, else the kind itself."""
    place = flow.rows.get(DISTRICTS, {}).get(district or "")
    if place is None:
        return kind
    found = _by_area(flow).get(kind, {})
    return found.get(place.code) or found.get(place.columns.get("province", "")) or kind


def _by_area(flow: Flow) -> dict[str, dict[str, str]]:
    """Kind -> area -> the code of its office there."""
    known = flow.compiled.get("local offices")
    if known is None:
        known = found = dict[str, dict[str, str]]()
        for row in local_offices(flow):
            found.setdefault(row.columns[KIND], {}).update(dict.fromkeys(areas_of(row), row.code))
        flow.compiled["local offices"] = known
    return cast("dict[str, dict[str, str]]", known)
