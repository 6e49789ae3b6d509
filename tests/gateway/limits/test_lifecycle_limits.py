"""Every limit of the life cycle moves what the service does, and stands on the page of limits.

The names are read from the code, so a new limit fails here by name until it has an example.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest
from msgspec.structs import replace

from flows.cases.lifecycle_file import Life, Limits
from flows.cases.lifecycle_rules import Lifecycle
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from storage.connection.database import Database
from tests.gateway.limits.lifecycle_observations import (
    after,
    after_danger,
    alarmed,
    answered,
    appealed,
    asked_again,
    days_until_rechecked,
    days_waited,
    due_in_danger,
    due_without_days,
    known_problem,
    language_chosen,
    level_of_reopened,
    listed,
    looked_up,
    officers_list,
    reason_kept,
    reminded_after,
    reminded_again,
    reopened,
    shown_after_silence,
    silent,
    texted,
    transferred,
    withdrawn_twice,
    wrong_codes,
    wrong_proofs,
)
from tests.gateway.limits.town import DAY, HOUR, Example, Town, due
from tests.sessions.filing import SARA

ROOT = Path(__file__).parents[3]
LIFE = SHIPPED_POLICY.life

LIMITS: dict[str, Example] = {
    "words.least": Example(10, lambda town: town.resolved(words="It is mended")[1], "refused", "resolved_pending"),
    "words.most": Example(30, lambda town: town.resolved()[1], "resolved_pending", "refused"),
    "pauses.most": Example(1, asked_again, "waiting_citizen", "refused"),
    "pauses.days": Example(2, days_waited, 5, 2),
    "reopenings.most": Example(0, level_of_reopened, "assigned", "appealed"),
    "reopenings.days": Example(5, reopened, True, False),
    "appeal.days": Example(5, appealed, True, False),
    "silence.reminder": Example(1, silent("reminded_citizen"), 3, 1),
    "silence.over": Example(5, silent("undelivered"), 7, 5),
    "transfers.most": Example(0, transferred, "assigned", "screening"),
    "answers.days": Example(4, due_without_days, "2026-09-21", "2026-09-04"),
    "answers.danger": Example(3, due_in_danger, "2026-09-01", "2026-09-03"),
    "answers.most": Example(4, due(), "2026-09-09", "2026-09-04"),
    "escalation.nudge": Example(50, after("nudged"), 8.2, 4.0),
    "escalation.levels[0]": Example(90, after("late_1"), 9.3, 9.2),
    "escalation.levels[1]": Example(110, after("late_2"), 15.3, 10.3),
    "escalation.levels[2]": Example(160, after("late_3"), 21.3, 16.3),
    "escalation.acknowledge": Example(8, after("unacknowledged"), 3.2, 1.2),
    "recheck.days": Example(10, days_until_rechecked, 28, 10),
    "recheck.categories": Example(("edu",), days_until_rechecked, 28, None),
    "reminders.hours": Example(1, reminded_again, "too_soon", "ok"),
    "lookups.most": Example(2, looked_up, "missing", "too_many"),
    "lookups.hours": Example(6, looked_up, "missing", "too_many"),
    "known_problems.hours": Example(2, lambda town: known_problem(town, None, 3 * HOUR), "ok", "none"),
    "known_problems.days": Example(2, lambda town: known_problem(town, 10 * DAY, 5 * DAY), "ok", "none"),
    "unfinished.minutes": Example(30, reminded_after, 10, 30),
    "unfinished.answers": Example(3, reminded_after, 10, None),
    "questions.case": Example(3, answered, "closed_confirmed", "resolved_pending"),
    "questions.reason": Example(1, reason_kept, True, False),
    "questions.other": Example(3, language_chosen, None, "ur"),
    "robots.same": Example(1, lambda town: texted(town, "HELP", "HELP"), [True, True], [True, False]),
    "robots.unclear": Example(1, lambda town: texted(town, "xyzzy", "plugh"), [True, True], [True, False]),
    "robots.replies": Example(1, lambda town: texted(town, "HELP", "STATUS"), [True, True], [True, False]),
    "emergencies.hours": Example(2, after_danger, "emergency", "join_ask"),
    "emergencies.unheld": Example(20, alarmed, ["danger_unheld"], []),
    "guesses.codes": Example(2, wrong_codes, ["officer_code_wrong"] * 2, ["officer_code_wrong", "officer_code_new"]),
    "guesses.numbers": Example(1, withdrawn_twice, ["withdraw_ask"] * 2, ["withdraw_ask", "end_by_call"]),
    "strangers.days": Example(60, shown_after_silence, True, False),
    "strangers.tries": Example(3, wrong_proofs, "missing", "too_many"),
    "lists.citizen": Example(2, lambda town: listed(town, "SHIKAYAT KA NUMBER", SARA), 3, 2),
    "lists.officer": Example(2, officers_list, 3, 2),
}


def names_of_limits() -> Iterator[str]:
    """Every number and list of the sections of limits."""
    for section, kind in get_type_hints(Life).items():
        if isinstance(kind, type) and issubclass(kind, Limits):
            for name in kind.__struct_fields__:
                value = getattr(getattr(LIFE, section), name)
                several = isinstance(value, tuple) and isinstance(value[0], int)
                yield from (
                    (f"{section}.{name}[{at}]" for at in range(len(value))) if several else (f"{section}.{name}",)
                )


def with_limit(name: str, value: object) -> CasePolicy:
    """The policy that ships with one limit changed, as reading an operator's file would make it."""
    section, _, rest = name.partition(".")
    limit, _, place = rest.partition("[")
    old = getattr(LIFE, section)
    if place:
        levels = list(getattr(old, limit))
        levels[int(place[:-1])] = value
        value = tuple(levels)
    life = replace(LIFE, **{section: replace(old, **{limit: value})})
    return replace(SHIPPED_POLICY, lifecycle=Lifecycle(life))


def test_every_limit_of_the_life_cycle_has_an_example() -> None:
    assert set(LIMITS) == set(names_of_limits())


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_of_the_life_cycle_moves_what_the_service_does(database: Database, name: str) -> None:
    each = LIMITS[name]
    assert each.observe(Town(database, with_limit(name, each.changed))) == each.then


@pytest.mark.parametrize("name", LIMITS)
def test_and_as_shipped_it_does_something_else(database: Database, name: str) -> None:
    each = LIMITS[name]
    assert each.observe(Town(database)) == each.shipped
    assert each.shipped != each.then


def test_the_page_of_limits_has_every_one_with_what_ships() -> None:
    page = (ROOT / "docs" / "operators" / "limits.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for name in {each.partition("[")[0] for each in names_of_limits()}:
        (row,) = [line for line in rows if f"`{name}`" in line]
        at = [each.strip().strip("`") for each in row.split("|")[1].split(",")].index(name)
        value = getattr(getattr(LIFE, name.partition(".")[0]), name.partition(".")[2])
        shown = row.split("|")[2].strip()
        assert shown == ", ".join(map(str, value)) if isinstance(value, tuple) else shown.split(", ")[at] == str(value)
