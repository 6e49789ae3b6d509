"""Every text the line may send was thought about: when it may come, until when, and what makes it needless."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flows.delivery.message_policy import DISCREET, TABLE, message_policy
from flows.menu import sms_reply_text_keys
from tests.flows.library import MOVES

EVENTS = sorted(
    yaml.safe_load(
        (Path(sms_reply_text_keys.__file__).parents[1] / "library" / "texts.yaml").read_text(encoding="utf-8")
    )
)


@pytest.mark.parametrize("event", EVENTS)
def test_every_text_of_the_library_has_its_postage(event: str) -> None:
    assert event in TABLE or event.removeprefix(DISCREET) in TABLE


@pytest.mark.parametrize("event", sorted({move.event for move in MOVES if move.event}))
def test_every_move_an_office_makes_is_told_as_a_status_that_a_later_one_makes_needless(event: str) -> None:
    assert (message_policy(event).kind, message_policy(event).superseded, message_policy(event).urgent) == (
        "status",
        True,
        False,
    )


@pytest.mark.parametrize("event", sorted(set(sms_reply_text_keys.ALL) - {move.event for move in MOVES}))
def test_every_answer_to_an_sms_goes_at_any_hour_and_is_never_needless(event: str) -> None:
    stamp = message_policy(event)
    assert stamp.urgent
    assert not stamp.superseded


def test_a_receipt_is_never_needless_never_too_late_and_comes_at_once() -> None:
    for event in ("received", "suggestion_received"):
        stamp = message_policy(event)
        assert (stamp.kind, stamp.urgent, stamp.hours, stamp.superseded) == ("receipt", True, None, False)
        assert not stamp.to_own_message


def test_a_discreet_text_is_sent_like_the_one_it_stands_for() -> None:
    assert message_policy("private_resolved_pending") == message_policy("resolved_pending")


def test_an_event_of_an_operators_own_is_news_that_nothing_makes_needless() -> None:
    stamp = message_policy("road_closed_today")
    assert (stamp.kind, stamp.urgent, stamp.superseded) == ("status", False, False)
