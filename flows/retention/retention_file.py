"""The retention file, read and checked: how long each kind of row is kept, and what remains of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from flows.parsing.typed_yaml import read_typed_yaml

Remains = Literal["nothing", "shape", "everything"]
NOTHING: Final = "nothing"
SHAPE: Final = "shape"
EVERYTHING: Final = "everything"
MOST_DAYS = 36_500  # a hundred years
LARGEST = 100_000  # characters of a file
STRICTNESS = {EVERYTHING: 0, SHAPE: 1, NOTHING: 2}  # the more is removed, the higher

# Every rule, and what may remain under it, beside everything. Of what others refer to, the row stays.
RULES: dict[tuple[str, str], tuple[Remains, ...]] = {
    ("complaints", "closed"): (SHAPE,),
    ("complaints", "private"): (SHAPE,),
    ("outbox", "rows"): (NOTHING,),
    ("outbox", ""): (SHAPE,),
    ("inbound", "rows"): (NOTHING,),
    ("inbound", ""): (SHAPE,),
    ("inbound_parts", ""): (NOTHING,),
    ("questions", ""): (NOTHING,),
    ("unheard", ""): (SHAPE,),
    ("unreadable", ""): (SHAPE, NOTHING),
    ("survey_answers", ""): (SHAPE, NOTHING),
    ("missed_lookups", ""): (NOTHING,),
    ("pin_attempts", ""): (NOTHING,),
    ("reports", ""): (NOTHING,),
    ("effects", ""): (NOTHING,),
    ("call_ends", ""): (NOTHING,),
    ("spending", ""): (NOTHING,),
}
# A file from before these were there is read as if it said `remains: everything` of them.
LATER: frozenset[tuple[str, str]] = frozenset({("outbox", "rows"), ("inbound", "rows")})
# Fewer days would take away what the service still works with: repeats of hops and reports, limits, reopened cases.
LEAST_DAYS = {
    ("complaints", "closed"): 60,
    ("complaints", "private"): 60,
    ("outbox", ""): 7,
    ("outbox", "rows"): 31,
    ("inbound", ""): 7,
    ("inbound", "rows"): 31,
    ("questions", ""): 2,
    ("pin_attempts", ""): 2,
    ("reports", ""): 7,
    ("effects", ""): 2,
    ("call_ends", ""): 2,
    ("inbound_parts", ""): 2,
    ("spending", ""): 2,
}


class BadRetention(ValueError):
    """The retention file cannot be used; the message says where and what to write."""


class RetentionRule(Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of a table (of a kind) are kept so many days, and then `remains` says what is left. None: for ever."""

    table: str
    remains: Remains
    kind: str = ""
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS)] | None = None

    @property
    def name(self) -> str:
        """What commands and audit entries call it: `complaints_private`."""
        return f"{self.table}_{self.kind}" if self.kind else self.table

    def removes_more_than(self, other: "RetentionRule | None") -> bool:
        """True if it removes something that the other keeps, or earlier. Without another, if it removes anything."""
        if self.remains == EVERYTHING or self.days is None:
            return False
        if other is None or other.days is None or other.remains == EVERYTHING:
            return True
        return self.days < other.days or STRICTNESS[self.remains] > STRICTNESS[other.remains]

    def due_before(self, now: dt.datetime) -> dt.datetime | None:
        """What is older is due; None if nothing ever is."""
        if self.days is None:
            return None
        try:
            return now - dt.timedelta(days=self.days)
        except OverflowError:
            return None


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """Every rule, in the order of the file."""

    rules: tuple[RetentionRule, ...]


def parse_retention(text: str) -> Retention:
    """The rules in a file's text. BadRetention if it cannot be used."""
    if len(text) > LARGEST:
        raise BadRetention(f"retention.yaml: it has more than {LARGEST:,} characters")
    try:
        retention = read_typed_yaml(text, Retention)
    except ValueError as error:
        raise BadRetention(f"retention.yaml cannot be read: {error}") from None
    for problem in _problems(retention):
        raise BadRetention(f"retention.yaml: {problem}")
    return retention


def _problems(retention: Retention) -> Iterator[str]:
    """A rule that nobody knows, that is missing or stands twice, or that keeps too little."""
    seen: set[tuple[str, str]] = set()
    known = ", ".join(RetentionRule(table, EVERYTHING, kind).name for table, kind in RULES)
    for rule in retention.rules:
        key = (rule.table, rule.kind)
        if key not in RULES:
            yield f"there is no rule for {rule.name!r}; the rules are {known}"
            return
        if key in seen:
            yield f"{rule.name} stands twice: keep one"
        seen.add(key)
        if rule.remains == EVERYTHING:
            if rule.days is not None:
                yield f"{rule.name}: leave out the days, or say what remains after them"
            continue
        if rule.remains not in RULES[key]:
            yield f"{rule.name}: what remains may be {' or '.join((*RULES[key], EVERYTHING))}"
        if rule.days is None:
            yield f"{rule.name}: say how many days, or write remains: everything"
        elif rule.days < (least := LEAST_DAYS.get(key, 1)):
            yield f"{rule.name}: the service needs it for {least} days; write at least that"
    for table, kind in RULES.keys() - seen - LATER:
        yield f"the rule {RetentionRule(table, EVERYTHING, kind).name} is missing; remains: everything keeps all of it"
