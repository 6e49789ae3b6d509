"""What waits for a person, list by list, on each database."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations import attention_lists
from sessions.operations.attention_lists import NAMES
from storage.connection.database import Database
from storage.operations.attention import UnheldCase
from tests.gateway.limits.town import Town
from tests.sessions.filing import NOW
from tests.sessions.roster import DESK, WATER, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases


def test_nothing_waits_where_nothing_was_done(database: Database) -> None:
    assert attention_lists.read_attention_lists(database, NOW, SHIPPED_POLICY, 3) == []
    every = [attention_lists.read_list(database, NOW, SHIPPED_POLICY, name, 3) for name in NAMES]
    assert [(each.name, each.total, len(each.rows)) for each in every] == [(name, 0, 0) for name in NAMES]


def test_a_case_of_danger_that_nobody_has_waits(database: Database) -> None:
    Town(database)
    post = Post(database)
    import_(database, WATER, DESK)
    assert post.event("ghar mein aag lagi hai Lahore") == "emergency"
    later = post.now + dt.timedelta(hours=2)
    found = {each.name: each for each in attention_lists.read_attention_lists(database, later, SHIPPED_POLICY, 3)}
    assert found["danger"].total == 1
    assert [each.number for each in found["danger"].rows if isinstance(each, UnheldCase)] == [
        post.complaints()[0].number
    ]
    with pytest.raises(KeyError):
        attention_lists.read_list(database, later, SHIPPED_POLICY, "no_such_list", 3)
