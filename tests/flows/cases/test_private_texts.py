"""What may be texted about a complaint whose filer's name is hidden."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flows.cases.private_texts import UPDATE, private_event, private_text_key, revealing_variables
from flows.delivery.message_policy import TABLE, TO_STAFF
from flows.menu import sms_reply_text_keys
from tests.flows.library import MOVES, shipped

FLOW = shipped("by_text")
EVENTS = sorted({move.event for move in MOVES if move.event} | sms_reply_text_keys.ALL | set(TABLE) | set(FLOW.texts))
ABOUT_NO_CASE = {"officer_reveals"}  # counts of a month
STAFF = sorted(({event for event in FLOW.texts if event.startswith("officer_")} | set(TO_STAFF)) - ABOUT_NO_CASE)


@pytest.mark.parametrize("event", EVENTS)
def test_no_text_about_a_private_complaint_tells_what_it_is_about(event: str) -> None:
    assert revealing_variables(FLOW.texts[private_event(FLOW, event)]) == ()


@pytest.mark.parametrize(
    ("event", "sent"),
    [
        ("resolved_pending", "private_resolved_pending"),  # a question keeps its choices
        ("status_is", "private_status"),
        ("in_progress", "private_update"),
        ("received", "private_received"),
        ("withdraw_ask", "withdraw_ask"),  # it tells nothing
    ],
)
def test_a_text_that_tells_nothing_is_sent_as_it_is_and_another_stands_in_for_the_rest(event: str, sent: str) -> None:
    assert private_event(FLOW, event) == sent


@pytest.mark.parametrize("event", STAFF)
def test_who_works_on_a_private_case_is_told_of_it_in_words_for_staff(event: str) -> None:
    """What stands in for a citizen's texts would send an officer to dial the citizens' line."""
    assert private_event(FLOW, event) != UPDATE
    assert private_text_key(event) in FLOW.texts or not revealing_variables(FLOW.texts[event])


def test_a_flow_without_private_texts_sends_what_it_has() -> None:
    bare = replace(FLOW, texts={"received": FLOW.texts["received"]})
    assert private_event(bare, "received") == "received"
    assert private_event(bare, "gone") == "gone"


@pytest.mark.parametrize("event", ["resolved_pending", "refused_pending", "private_resolved_pending"])
def test_a_question_by_sms_says_which_numbers_answer_it(event: str) -> None:
    for words in FLOW.texts[event].values():
        said = "".join(part for part in words if isinstance(part, str))
        assert "1 " in said
        assert "2 " in said


def test_every_answer_has_its_text() -> None:
    assert sms_reply_text_keys.ALL - set(FLOW.texts) == set()
