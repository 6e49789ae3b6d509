"""Found by the citizens of a run: Redis is flushed while a caller looks at the offer to go on with a call."""

from __future__ import annotations

import pytest

from storage.database import Database
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, Line, Phone


@pytest.mark.xfail(
    strict=True,
    reason="the offer is known to Redis alone: without it '2 Start again' is taken for the menu's '2 My complaints'",
)
def test_a_caller_who_starts_again_is_not_led_astray_when_redis_forgot_the_offer(
    database: Database, valkey: Valkey
) -> None:
    line = Line(database, valkey.url)
    phone = Phone(line)
    phone.walk(NEW_CALLER[:6])
    phone.dial()
    assert phone.last is not None and phone.last.screen == "@resume"
    valkey.client().flushall()
    line.hops = line.process()
    phone.type("2")
    assert phone.last.screen in ("menu", "@resume"), phone.last.body
