"""What an action did the first time is what a replayed call is told, and nothing that another action did."""

from __future__ import annotations

import pytest
from msgspec import msgpack

from flows.menu.model import Outcome
from sessions.ussd.action_context import AstrayReplayError
from storage.menus import action_outcomes
from tests.sessions.calls import CODE, NEW_CALLER, NOW, SESSION_KEYS, Line, Phone, complaints

pytestmark = pytest.mark.both_databases


def test_an_outcome_of_another_action_is_not_believed(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:-1])
    published = line.shelf.for_code(CODE)
    assert published is not None
    key = SESSION_KEYS.name("africastalking", phone.session, phone.number, CODE).key
    outcome = msgpack.encode(Outcome("ok", {"number": "482-719-300"}))
    with line.database.write.begin() as db:
        action_outcomes.keep(
            db, key, len(NEW_CALLER), 0, action="remind", revision_id=published.id, outcome=outcome, now=NOW
        )
    ended = phone.type(NEW_CALLER[-1])
    assert phone.last is not None and phone.last.how == "busy" and "482-719-300" not in ended
    assert isinstance(phone.last.error, AstrayReplayError)
    assert not complaints(line.database)
