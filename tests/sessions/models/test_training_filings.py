"""Which filings a model may learn from."""

from __future__ import annotations

import pytest

from sessions.models.training_filings import list_training_filings
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact
from tests.flows.library import shipped
from tests.sessions.filing import NOW

pytestmark = pytest.mark.both_databases


def file(database: Database, at: int, **columns: object) -> None:
    """A filing by call about water, with these columns instead of the usual ones."""
    usual = {
        "number": f"{at:09}",
        "kind": "complaint",
        "flow": "complaints",
        "revision": 1,
        "category": "mun01",
        "office": "water",
        "details": f"words {at}",
        "status": "received",
        "filed_at": NOW,
        "due_on": NOW.date(),
        "filed_in": f"call-{at}:7:0",
        "clock_from": NOW,
    }
    with database.write.begin() as db:
        contact = db.query(Contact).first()
        assert contact is not None
        db.add(Complaint(**(usual | {"contact_id": contact.id} | columns)))


def test_calls_with_a_chosen_category_and_words_are_learned_from_and_nothing_private(database: Database) -> None:
    with database.write.begin() as db:
        db.add(Contact(phone="+923001234567", created_at=NOW))
    file(database, 1)
    file(database, 2, category="trn01")
    for at, left_out in enumerate(
        (
            {"private": True},
            {"category": "rgt01"},  # sensitive
            {"category": "hlt04", "against": "health"},
            {"against": "police"},
            {"category": None},
            {"category": "gone"},
            {"details": None},
            {"details": ""},
            {"kind": "suggestion"},
            {"filed_in": "sms:12:0:0"},
            {"filed_in": "api:12:0:0"},
        ),
        10,
    ):
        file(database, at, **left_out)
    found = list_training_filings(database, shipped("complaints"))
    assert [(words, category) for words, category, _ in found] == [("words 1", "mun01"), ("words 2", "trn01")]
    assert all(at == NOW for _, _, at in found)
    assert not list_training_filings(database, shipped("survey"))


def test_of_many_filings_the_latest_are_learned_from_and_read_in_parts(database: Database) -> None:
    with database.write.begin() as db:
        db.add(Contact(phone="+923001234567", created_at=NOW))
    for at in range(1, 8):
        file(database, at, **({"private": True} if at == 5 else {}))
    for at_a_time in (1, 2, 3, 100):
        read = list_training_filings(database, shipped("complaints"), most=3, at_a_time=at_a_time)
        assert [words for words, _, _ in read] == ["words 4", "words 6", "words 7"]
    assert len(list_training_filings(database, shipped("complaints"), at_a_time=4)) == 6
