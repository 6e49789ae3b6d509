"""Whoever may not see the number writes to the citizen all the same: each text reaches their phone, none tells it."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from flows.cases.officer_code import PLACE
from sessions.cases.access import staff_listing
from sessions.cases.access.staff_listing import ComplaintDetail
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, OutboxMessage
from tests.sessions.filing import SARA, file_one
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, hire, import_
from tests.sessions.texter import Post

pytestmark = pytest.mark.both_databases

BILAL = "+923331110001"
DONE = "The pipe in the street was repaired today. VISIT"


def texts_to(database: Database, phone: str) -> list[str]:
    with database.read.begin() as db:
        rows = db.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        return [row.body for row in rows if db.get_one(Contact, row.contact_id).phone == phone]


@pytest.mark.parametrize(("private", "sensitive"), [(False, "no"), (True, "no"), (False, "yes")])
def test_an_office_asks_explains_and_closes_and_never_reads_a_number(
    database: Database, private: bool, sensitive: str
) -> None:
    import_(database, WATER, POLICE, POLICE_HQ, DESK)
    hire(database, "Bilal", phone=BILAL)
    case, _ = file_one(database, private=private, columns={"sensitive": sensitive})
    found = staff_listing.show_complaint(database, case.number, "Bilal", SHIPPED_POLICY)
    assert isinstance(found, ComplaintDetail)
    assert (found.view.relay, found.view.reveal) == (True, False)
    post = Post(database)
    reached = [len(texts_to(database, SARA))]
    for words in (f"ACK {case.number} {PLACE}", f"ASK {case.number} {PLACE} Which street is it?"):
        assert post.event(words, BILAL) in ("officer_taken", "officer_asked")
        reached.append(len(texts_to(database, SARA)))
    assert post.event(f"{case.number} It is street 4, my number is {SARA}") == "details_added"
    assert post.event(f"DONE {case.number} {PLACE} {DONE}", BILAL) == "officer_done"
    reached.append(len(texts_to(database, SARA)))
    assert all(later > earlier for earlier, later in itertools.pairwise(reached))
    number = SARA.removeprefix("+92")
    assert not any(number in body for body in texts_to(database, BILAL))
    asked = next(body for body in texts_to(database, SARA) if "?" in body or "question" in body)
    hidden = private or sensitive == "yes"
    assert ("Which street" in asked) is not hidden
    assert post.event("1") in ("closed_confirmed", "resolved_sure")
    with database.read.begin() as db:
        assert db.get_one(Complaint, case.id).status in ("closed_confirmed", "resolved_pending")
