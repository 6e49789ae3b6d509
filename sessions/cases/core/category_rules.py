"""What the flow's list of categories says of one: who has its complaints, by when, and what else follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from flows.cases.lifecycle_rules import Life
from flows.menu.model import Flow, Value
from flows.text.western_digits import whole_number
from flows.understanding.danger_detection import FoundDanger

TRIAGE = "triage"  # the office of what no category sends elsewhere


class CategoryRules(Struct, frozen=True):
    """The columns of a category. Without a category it is triage's."""

    days: int
    office: str = ""
    urgent: bool = False  # its clock runs by day and by night
    sensitive: bool = False  # its complaints are private
    against: str | None = None  # the kind of office it complains about

    def office_for(self, district: str | None) -> str:
        """Whose it is. What names no district is sorted by a person first, unless it is urgent."""
        return (self.office if district or self.urgent else "") or TRIAGE

    def in_danger(self, days: int) -> CategoryRules:
        """The rules for words that tell of danger: urgent, and due after so many days at most."""
        return replace(self, urgent=True, days=min(self.days, days))


def category_rules(flow: Flow, category: str | None, life: Life) -> CategoryRules:
    """What follows from a category of this flow, or from none."""
    row = flow.rows.get("category", {}).get(category or "")
    if row is None:
        return CategoryRules(life.answers.days)
    days = whole_number(row.columns.get("days", ""))
    return CategoryRules(
        days=life.answers.days if days is None else max(1, days),
        office=row.columns.get("office", ""),
        urgent=row.columns.get("emergency") == "yes",
        sensitive=row.columns.get("sensitive") == "yes",
        against=row.columns.get("against") or None,
    )


def given_in_danger(flow: Flow, life: Life, given: Mapping[str, Value], danger: FoundDanger) -> dict[str, Value]:
    """The arguments with which words of danger are filed.

    Words of suicide are sorted by a person, unless they are told as something urgent.
    """
    urgent = category_rules(flow, str(given.get("category") or ""), life).urgent
    category = given.get("category") if not danger.text or urgent else None
    private = danger.private or given.get("private") in (True, "yes")
    return {**given, "category": category, "private": private, "danger": True}
