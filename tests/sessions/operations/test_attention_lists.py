"""What waits for a person, list by list, on each database."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.operations import attention_lists
from sessions.operations.attention_lists import NAMES
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import unheard_texts
from storage.operations.attention import UnheldCase
from storage.schema.tables import Unheard
from tests.gateway.limits.town import Town
from tests.sessions import posting
from tests.sessions.filing import NOW
from tests.sessions.roster import DESK, WATER, import_
from tests.sessions.texter import Post
from tests.work import measured

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


def test_pages_of_late_texts_follow_each_other_in_the_order_of_their_ids(database: Database) -> None:
    for number in range(9, 0, -1):
        posting.owe(database, NOW - number % 3 * dt.timedelta(minutes=1), to=posting.phone(number))
    later = NOW + dt.timedelta(hours=2)

    def ids(limit: int, offset: int) -> list[int]:
        found = attention_lists.read_list(database, later, SHIPPED_POLICY, "late", limit, offset)
        assert found.total == 9
        return [each.id for each in found.rows]  # type: ignore[union-attr]  # they are texts, and have one

    every = ids(20, 0)
    assert every == sorted(every)
    assert [*ids(4, 0), *ids(4, 4), *ids(4, 8)] == every


def test_what_was_settled_costs_those_nothing_that_count_what_waits(database: Database) -> None:
    with database.write.begin() as db:
        contact = contacts.find_or_add(db, "+923001234567", NOW).id

    def store(state: str, many: int) -> None:
        with database.write.begin() as db:
            for each in range(many):
                at = NOW - each * dt.timedelta(seconds=1)
                reason = ("once", "repeated")[each % 5 == 0]
                db.add(Unheard(contact_id=contact, reason=reason, texts=1, since=at, last_at=at, state=state))

    def cost() -> int:
        with measured(database) as work, database.read() as db:
            assert unheard_texts.count_open(db) == {"once": 16, "repeated": 4}
            assert [each.row.since for each in unheard_texts.list_open(db, 3, ("repeated",))] == [
                NOW - each * dt.timedelta(seconds=1) for each in (15, 10, 5)
            ]
        return work.cost

    store("open", 20)
    store("answered", 200)
    few = cost()
    store("answered", 1000)
    assert cost() <= few + 50  # though a thousand more were settled
