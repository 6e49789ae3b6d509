"""What the console's phone shows is what a caller gets: the same keys rehearsed, and typed on a real line."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from itertools import takewhile

import pytest
from msgspec.structs import replace

from flows.preview.rehearsal import DIAL, TIMEOUT, Rehearsal, rehearse
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from tests.flows.library import shipped
from tests.sessions.calls import NOW, SERVICE, Line, Phone

KEYS = ("1", "1", "1", "2", "3", "0", "00", "99", "7", "۱", "lahor", "1*2", "1*1*1", "*1", "Gali * 4", TIMEOUT)
REDIALLED = ["1", "1", "1", "1", TIMEOUT, DIAL]


def real(line: Line, number: str, inputs: Sequence[str], dial: str) -> list[str]:
    """Every screen of a call on the line, dialled again where it timed out."""
    phone = Phone(line, number)
    screens = [phone.dial(dial)]
    for typed in inputs:
        if typed == TIMEOUT or (screens[-1].startswith("END") and typed != DIAL):
            continue
        phone.now += dt.timedelta(seconds=5)
        screens.append(phone.dial(dial) if typed == DIAL else phone.type(typed))
    return screens


def rehearsed(inputs: Sequence[str], dial: str) -> list[str]:
    """The same screens on the console's phone, as far as nothing is asked of the database, which has no samples."""
    flow = replace(shipped(), service={**shipped().service, **SERVICE})
    today = NOW.astimezone().date().isoformat()
    call = rehearse(
        flow,
        Rehearsal(caller={"today": today}, inputs=tuple(inputs), dial=dial and f"*8484*{dial}#"),
        SHIPPED_POLICY.statuses,
    )
    assert call.problem is None
    known = takewhile(lambda step: not step.did or all(did.action == "remember" for did in step.did), call.steps)
    return [("END " if step.ends else "CON ") + step.body for step in known if step.event not in ("timeout", "over")]


def keys(seed: int) -> list[str]:
    """Random keys of one call, dialled again wherever it times out."""
    some = random.Random(seed)
    typed = some.choices(KEYS, k=12)
    return [each for key in typed for each in ((TIMEOUT, DIAL) if key == TIMEOUT else (key,))]


@pytest.mark.parametrize("dial", ["", "1*1"])
def test_the_phone_of_the_console_shows_what_callers_get(line: Line, dial: str) -> None:
    calls = [[*REDIALLED, "1"], [*REDIALLED, "2"], ["1", "1*1*1", "1"], *(keys(seed) for seed in range(40))]
    for at, inputs in enumerate(calls):
        there = rehearsed(inputs, dial)
        assert real(line, f"+92300123{at:04}", inputs, dial)[: len(there)] == there, inputs
