"""What aggregators tell of the end of a call, through their doors: where a caller waited too long is counted there."""

from __future__ import annotations

import redis

from gateway.endpoints.application import Sunwai
from sessions.operations.timed_out_screen import PATIENCE
from storage.schema.tables import CallEnd, ScreenCount
from tests.gateway.aggregators.test_described_door import DIALLED, app, hubtel
from tests.gateway.aggregators.test_described_door import post as hooks
from tests.gateway.aggregators.test_vendors import hop, infobip, open_doors
from tests.gateway.operating import run
from tests.gateway.outside import HOP, PHONE, post, rows
from tests.servers import Valkey
from tests.sessions.calls import SESSION_KEYS

__all__ = ["app", "open_doors"]
END = {name: HOP[name] for name in ("sessionId", "phoneNumber", "serviceCode", "networkCode")}


def timed_out(app: Sunwai) -> list[tuple[str, str, int]]:
    """Screen, network, and how often."""
    return [(row.screen, row.network, row.timed_out) for row in rows(app, ScreenCount) if row.timed_out]


def test_africas_talking_has_one_word_and_how_long_the_screen_stood_tells_the_rest(doors: Sunwai) -> None:
    post(doors, "ussd", HOP)
    post(doors, "ussd", HOP | {"text": "1"})
    assert post(doors, "ussd-events", END | {"status": "Incomplete"}).status_code == 200
    assert timed_out(doors) == []  # they hung up at once
    post(doors, "ussd", HOP | {"sessionId": "ATUid_other"})
    key = SESSION_KEYS.name("africastalking", "ATUid_other", PHONE, HOP["serviceCode"]).key
    store = redis.Redis.from_url(doors.settings.redis_url)
    assert store.expire(key, doors.settings.session_seconds - PATIENCE)
    for _ in range(2):
        post(doors, "ussd-events", END | {"sessionId": "ATUid_other", "status": "Incomplete"})
    assert timed_out(doors) == [("menu", HOP["networkCode"], 1)]
    assert not any(PHONE in str(vars(row)) for row in rows(doors, CallEnd))


def test_infobip_tells_the_reason_and_the_number(open_doors: Sunwai) -> None:
    infobip(open_doors, "ussd/session/s1/start", hop("*8484#"))
    infobip(open_doors, "ussd/session/s1/end", hop("") | {"exitCode": 510, "reason": "timeout"})
    assert timed_out(open_doors) == [("language", "", 1)]


def test_a_described_gateway_says_so_with_its_own_word(app: Sunwai) -> None:
    hubtel(app, 1, DIALLED, "Initiation")
    hubtel(app, 2, "1")
    hubtel(app, 3, "", "Timeout")
    assert [(screen, times) for screen, _, times in timed_out(app)] == [("menu", 1)]


def test_a_notice_without_a_code_or_number_that_can_be_read_is_kept_and_counts_nothing(app: Sunwai) -> None:
    hubtel(app, 1, DIALLED, "Initiation")
    for told in ({"ServiceCode": "<no code>"}, {"Mobile": "x"}, {"Mobile": "923009999999"}):
        notice = {"SessionId": "a1", "Type": "Timeout", "Mobile": "923001234567", "ServiceCode": "8484"} | told
        hooks(app, "hubtel", notice)
    assert timed_out(app) == [] and len(rows(app, CallEnd)) == 1


def test_a_sweep_adds_what_hops_counted_also_without_redis_afterwards(doors: Sunwai, valkey: Valkey) -> None:
    post(doors, "ussd", HOP)
    post(doors, "ussd", HOP | {"text": "1"})
    with doors.app_context():
        assert run(doors, "sweep", "--once").exit_code == 0
    counted = {row.screen: (row.saw, row.answered) for row in rows(doors, ScreenCount)}
    assert counted == {"language": (1, 1), "menu": (1, 0)}
    with valkey.frozen(), doors.app_context():
        swept = run(doors, "sweep", "--once")
    # What else there is to sweep is swept; the two steps that need Redis are named.
    assert swept.exit_code == 1
    assert "These steps failed, and the log says why: unfinished_calls, screen_counts." in swept.output
