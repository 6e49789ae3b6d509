"""D105 and D106: limits of the life cycle that contradict each other, or are beyond sense."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flows.cases.lifecycle_file import Escalation, Life, limit_of
from flows.checks.data_files.data_file import DataFile, Way
from flows.menu.diagnostics import Severity

ORDER, SENSE = "D105", "D106"

# The least and the most that a limit can sensibly be, in its own unit (docs/operators/limits.md).
SENSIBLE: dict[str, dict[str, tuple[int, int]]] = {
    "words": {"least": (5, 60), "most": (40, 130)},
    "pauses": {"most": (0, 5), "days": (1, 30)},
    "reopenings": {"most": (1, 10), "days": (3, 180)},
    "appeal": {"days": (3, 180)},
    "silence": {"reminder": (1, 30), "over": (2, 60)},
    "transfers": {"most": (0, 10)},
    "answers": {"days": (1, 90), "danger": (1, 3), "most": (5, 180)},
    "escalation": {"nudge": (20, 99), "acknowledge": (1, 120)},
    "recheck": {"days": (7, 180)},
    "reminders": {"hours": (1, 168)},
    "lookups": {"most": (1, 20), "hours": (1, 24)},
    "known_problems": {"hours": (1, 72), "days": (1, 60)},
    "unfinished": {"minutes": (2, 120), "answers": (1, 10)},
    "questions": {"case": (3, 180), "reason": (1, 60), "other": (1, 14)},
    "robots": {"same": (1, 20), "replies": (5, 200), "unclear": (1, 20)},
    "emergencies": {"hours": (1, 48), "unheld": (1, 120)},
    "strangers": {"days": (30, 730), "tries": (1, 10)},
    "guesses": {"codes": (1, 10), "numbers": (1, 20)},
    "lists": {"citizen": (1, 20), "officer": (1, 40)},
}
_UNITS = {
    **dict.fromkeys(("days", "reminder", "over", "danger", "case", "reason", "other"), "days"),
    **dict.fromkeys(("minutes", "unheld"), "minutes"),
    "hours": "hours",
    "acknowledge": "working hours",
    "least": "characters",
    "nudge": "percent",
}
LADDER = ("officer", "supervisor", "head", "oversight")
MOST_PERCENT = 500  # of the time until the due date, at a level
FAR = 3  # so many times the sensible most, it is a slip and no decision
TIMES = 5  # more than so many times the shipped limit, or less than that part of it, is thought to be a slip


def check_limits(given: DataFile, sections: dict[str, Any], usual: Life | None) -> None:
    """Report limits beyond sense, and pairs of them that cannot both be meant; `usual` are those that ship."""
    for name, fields in SENSIBLE.items():
        section = sections.get(name)
        for field, (least, most) in fields.items() if section is not None else ():
            shipped = limit_of(usual, f"{name}.{field}") if usual is not None else None
            _sensible(given, (name, field), getattr(section, field), (least, most), shipped)
    if (escalation := sections.get("escalation")) is not None:
        _levels(given, escalation)
    for way, said, hint in _contradictions(sections, usual):
        given.add(ORDER, way, said, hint=hint)
    ranks = sections.get("ranks")
    if ranks is not None and sorted(ranks.values()) != list(range(4)):
        said = "a case of each level needs somebody who may close it, and the ranks are not 0, 1, 2 and 3"
        given.add(ORDER, ("ranks",), said, hint="give each of 0, 1, 2 and 3 to one role")
    elif ranks is not None:
        held = [ranks[role] for role in LADDER if role in ranks]
        if held != sorted(held):
            said = f"the ranks do not rise from {LADDER[0]} to {LADDER[-1]}: a case is escalated to the wrong people"
            given.add(ORDER, ("ranks",), said, hint=f"the lowest first: {', '.join(LADDER)}")


def _sensible(
    given: DataFile, limit: tuple[str, str], value: int, between: tuple[int, int], shipped: int | None
) -> None:
    (name, field), (least, most) = limit, between
    severity: Severity = "E" if value > FAR * most or (value < 1 <= least) else "W"
    if shipped is not None:
        least, most = max(least, -(-shipped // TIMES)), min(most, shipped * TIMES)
    if least <= value <= most:
        return
    unit = _UNITS.get(field, "")
    if name == "answers" and field == "most":
        unit = "days"
    amount = f"{value} {unit}".strip()
    more = "more" if value > most else "less"
    said = f"{name}.{field} is {amount}, far {more} than anybody would expect"
    hint = f"between {least} and {most} is usual: docs/operators/limits.md says what it does"
    given.add(SENSE, _way(given, name, field), said, hint=hint, severity=severity)


def _way(given: DataFile, name: str, field: str) -> Way:
    section = given.data.get(name)
    return (name, field) if isinstance(section, dict) and field in section else (name,)


def _levels(given: DataFile, escalation: Escalation) -> None:
    """Each step of an escalation comes after the one before."""
    steps = [("the reminder (nudge)", escalation.nudge)]
    steps += [(f"level {at}", percent) for at, percent in enumerate(escalation.levels, 1)]
    for (first, before), (second, after) in pairwise(steps):
        if after <= before:
            said = f"{second} begins at {after} percent, and {first} before it at {before}: the order is turned round"
            hint = "each percentage must be higher than the one before: nudge, then the three levels"
            given.add(ORDER, ("escalation", "levels" if first != steps[0][0] else "nudge"), said, hint=hint)
            return
    if escalation.levels[0] < 100:
        said = f"level 1 begins at {escalation.levels[0]} percent: a case is taken from its office before it is late"
        given.add(SENSE, ("escalation", "levels"), said, hint="write 100 or more")
    if escalation.levels[-1] > MOST_PERCENT:
        said = f"level 3 begins at {escalation.levels[-1]} percent: oversight hears of it when nobody waits any more"
        given.add(SENSE, ("escalation", "levels"), said, hint=f"write at most {MOST_PERCENT}")


def _contradictions(sections: dict[str, Any], usual: Life | None) -> Iterator[tuple[Way, str, str]]:
    """Pairs of limits that exclude each other: where, what a citizen would meet, what to do."""
    limits = _Limits(sections)
    for lower, upper, said in _PAIRS:
        one, other = limits.value(lower), limits.value(upper)
        if one is not None and other is not None and one > other:
            shipped = {each: limit_of(usual, each) for each in (lower, upper)} if usual is not None else {}
            changed = upper if one == shipped.get(lower) and other != shipped.get(upper) else lower  # by the operator
            hint = f"write at most {other}" if changed == lower else f"write at least {one}"
            yield tuple(changed.split(".")), f"{lower} ({one}) is more than {upper} ({other}): {said}", hint
    least, most = limits.value("words.least"), limits.value("words.most")
    if least is not None and least == most:
        yield ("words",), "words.least is as much as words.most: no office could write so exactly", "lower least"
    reminder, over = limits.value("silence.reminder"), limits.value("silence.over")
    if reminder is not None and reminder == over:
        said = "silence.reminder is the day on which the case is closed: the citizen is reminded too late"
        yield ("silence",), said, "lower reminder"


_PAIRS = (
    ("words.least", "words.most", "no office could write a closing"),
    ("silence.reminder", "silence.over", "the case is closed before its citizen is reminded"),
    ("answers.days", "answers.most", "the due date would be later than the latest one"),
    ("answers.danger", "answers.days", "words of danger would wait longer than others"),
    ("silence.over", "questions.case", "the question is no longer open while its answer is still waited for"),
    ("silence.over", "reopenings.days", "who did not answer could never reopen"),
    ("appeal.days", "questions.case", "the key 2 of a refusal is no longer taken while an appeal is still possible"),
    ("reopenings.days", "questions.case", "the keys of its text are no longer taken while it can still be reopened"),
    ("pauses.days", "answers.most", "a pause would be longer than the time for the answer"),
)


class _Limits:
    def __init__(self, sections: dict[str, Any]) -> None:
        self.sections = sections

    def value(self, name: str) -> int | None:
        section, _, field = name.partition(".")
        found = self.sections.get(section)
        return None if found is None else int(getattr(found, field))
