"""The one line about callers: what it says of counts, texts and parts that are away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import replace

from gateway.console.health.headline import Headline, headline
from gateway.console.health.lengths import length_words
from gateway.console.health.probes import RedisFacts
from sessions.operations.active_alarms import Alarm
from sessions.operations.service_status import RouteState, ServiceStatus, Texts

NONE = dt.timedelta()
TEXTS = Texts(by_state={}, due=0, oldest=NONE, this_hour=0, today=0, over_budget=0, held=0, without_route=0)
FOUND = ServiceStatus(
    alarms=(),
    texts=TEXTS,
    routes=(RouteState("africastalking", "works"),),
    faults=(),
    set_aside=(),
    processes=(),
    drafts={},
    quarantine={},
    unheard={},
    data_keys={},
    revisions={},
    bytes=0,
)
GOOD = {"database": "ok", "redis": "ok", "worker": "ok", "sweep": "ok"}
CALLS = {"hops": 300, "took:0.0025": 300, "hop_microseconds": 600_000}


def line(
    found: ServiceStatus | None = FOUND, said: dict[str, str] = GOOD, up: bool = True, **counts: int
) -> tuple[str, str]:
    shown: Headline = headline(said, found, RedisFacts(up=up, lately=CALLS | counts))
    return shown.kind, shown.words


def late(minutes: int) -> ServiceStatus:
    return replace(FOUND, texts=replace(TEXTS, due=3, oldest=dt.timedelta(minutes=minutes)))


def alarmed(name: str, count: int) -> ServiceStatus:
    return replace(FOUND, alarms=(Alarm(name, "", count=count),))


CASES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({}, "good", "Callers are fine."),
    ({"found": late(1)}, "good", "Callers are fine."),
    ({"found": late(12)}, "warn", "Callers are answered; texts are 12 minutes late."),
    ({"found": late(3 * 24 * 60)}, "bad", "Callers are answered; texts are 3 days late."),
    ({"said": GOOD | {"worker": "no"}}, "bad", "Callers are answered; no text is sent."),
    ({"said": GOOD | {"sweep": "no"}}, "warn", "Callers are answered; late cases are not passed on."),
    (
        {"found": replace(FOUND, routes=(RouteState("at", "stopped"),))},
        "bad",
        "Callers are answered; no text can be sent, because no route works.",
    ),
    ({"found": alarmed("budget_spent", 9)}, "warn", "Callers are answered; texts wait for the next hour."),
    (
        {"found": alarmed("danger_unheld", 2), "said": GOOD | {"sweep": "no"}},
        "bad",
        "Callers are answered; 2 people in danger wait for an officer; late cases are not passed on.",
    ),
    ({"hops_failed": 3}, "good", "Callers are fine."),
    ({"hops_failed": 12}, "bad", "12 of the last 300 key presses were answered only with “busy”."),
    (
        {"took:2.5": 20, "took:more": 1},
        "warn",
        "Callers wait: 21 of the last 300 screens took longer than a second.",
    ),
    ({"up": False}, "warn", "Callers are answered, but more slowly."),
    (
        {"found": None, "said": {"database": "locked", "redis": "ok"}},
        "bad",
        "Callers are asked to dial again, because nothing can be stored.",
    ),
)


@pytest.mark.parametrize(("given", "kind", "words"), CASES, ids=[words for _given, _kind, words in CASES])
def test_the_line_says_what_callers_meet(given: dict[str, Any], kind: str, words: str) -> None:
    with Flask("line").app_context():
        assert line(**given) == (kind, words)


def test_a_line_without_calls_says_so_and_one_with_calls_names_its_measures() -> None:
    with Flask("line").app_context():
        quiet = headline(GOOD, FOUND, RedisFacts(up=True))
        assert quiet.words == "Nobody is calling; all is ready for callers."
        assert quiet.figures == "no key press in the last ten minutes · 0 texts due"
        busy = headline(GOOD, late(2), RedisFacts(up=True, lately=CALLS))
        assert busy.figures == (
            "300 key presses answered in the last minutes, within 2 ms on average · 3 texts due · "
            "the oldest has waited 2 minutes"
        )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 seconds"), (119, "119 seconds"), (120, "2 minutes"), (7199, "119 minutes"), (7200, "2 hours"),
     (2 * 86400 - 1, "47 hours"), (111_283 * 60, "77 days")],
)  # fmt: skip
def test_a_length_is_in_the_unit_that_people_would_use(seconds: int, words: str) -> None:
    assert length_words(dt.timedelta(seconds=seconds)) == words
