"""Who sees a phone number: everybody who might ask, with everybody who might agree, in every state of the case."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from flows.cases.officer_code import CodeHolder, OfficerCodes
from flows.cases.private_texts import revealing_variables
from sessions.cases.access import reveal, staff_listing
from sessions.cases.access.reveal import LEAST_REASON, MOST_REASON, SHOWN_FOR, RevealRequest, RevealStep
from sessions.cases.access.staff_listing import ComplaintDetail
from sessions.cases.acts import citizen_verdicts
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import of_staff, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.audit.entry import AuditActor
from storage.cases import contacts
from storage.connection.database import Database
from storage.people import officer_codes, staff
from storage.schema.tables import AuditRow, Complaint, Contact, OutboxMessage, Staff
from tests.sessions.cases.access import dying_reveal
from tests.sessions.filing import NOW, SARA, context, file_one, shipped
from tests.sessions.roster import DESK, POLICE, POLICE_HQ, WATER, WATER_PUNJAB, hire, import_

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[4]
REASON = "The address is missing and she asked for a visit"
CODES = OfficerCodes(())
ME = AuditActor("command", "root")
# name -> role and office
PEOPLE = {
    "Rehana": ("oversight", "desk"),
    "Ayla": ("oversight", "desk"),  # her colleague
    "Nadia": ("oversight", None),
    "General": ("oversight", "police-hq"),
    "Tariq": ("triage", None),
    "Inspector": ("officer", "police-lahore"),
    "Chief": ("head", "police-lahore"),
    "Bilal": ("officer", "water-lahore"),
    "Farzana": ("supervisor", "water-lahore"),
    "Dawood": ("head", "water-punjab"),
}


class Found(NamedTuple):
    event: str
    by: str
    reason: str


def staffed(database: Database) -> None:
    import_(database, WATER, WATER_PUNJAB, POLICE, POLICE_HQ, DESK)
    for at, (name, (role, office)) in enumerate(PEOPLE.items()):
        hire(database, name, office=office, role=role, phone=f"+92333222{at:04}")


def request(database: Database, who: str, case: Complaint, now: dt.datetime = NOW) -> RevealRequest:
    with database.read.begin() as db:
        known = staff.by_name(db, who)
        actor = of_staff(known) if known is not None else operator(who)
    return RevealRequest(database, now, actor, case.number, ME, lambda _: shipped(), SHIPPED_POLICY, CODES)


def code(database: Database, who: str, case: Complaint) -> str:
    """What the phone of somebody was sent last about the case."""
    with database.write.begin() as db:
        known = staff.by_name(db, who)
        if known is None or known.contact_id is None:
            return "0000"
        return CODES.code(CodeHolder.of(officer_codes.current(db, case.id, known.contact_id)))


def asked(
    database: Database, case: Complaint, asker: str = "Rehana", second: str = "Ayla", now: dt.datetime = NOW
) -> None:
    done = reveal.ask(request(database, asker, case, now), second, REASON)
    assert isinstance(done, RevealStep), done


def agreed(database: Database, case: Complaint, asker: str = "Rehana", second: str = "Ayla") -> None:
    asked(database, case, asker, second)
    done = reveal.agree(request(database, second, case), code(database, second, case))
    assert isinstance(done, RevealStep), done


def audit(database: Database) -> list[Found]:
    """Event, name and reason of what was recorded of reveals, in order."""
    with database.read.begin() as db:
        names = {str(each.id): each.name for each in db.scalars(select(Staff))}
        rows = db.scalars(select(AuditRow).where(AuditRow.event.like("reveal%")).order_by(AuditRow.id)).all()
    return [Found(row.event, names.get(row.detail.get("by", ""), ""), row.detail.get("reason", "")) for row in rows]


def texts(database: Database, event: str) -> Sequence[OutboxMessage]:
    with database.read.begin() as db:
        return db.scalars(select(OutboxMessage).where(OutboxMessage.event == event)).all()


def about_police(database: Database, status: str = "assigned", phone: str = SARA) -> Complaint:
    case, _ = file_one(
        database,
        phone,
        category="pol03",
        office="police",
        columns={"against": "police"},
        private=True,
        language="ur-Latn",
    )
    with database.write.begin() as db:
        db.get_one(Complaint, case.id).status = status
    return case


def test_over_all_roles_offices_and_states_only_oversight_with_an_equal_sees_the_number(database: Database) -> None:
    """The model: who may see the case by the rules of visibility, and is of oversight; with whom is no subordinate."""
    staffed(database)
    may_ask = {"Rehana": {"Ayla"}, "Ayla": {"Rehana"}, "Nadia": {"Rehana", "Ayla"}}
    outside = {"Rehana": {"Nadia"}, "Ayla": {"Nadia"}, "Nadia": set[str]()}
    triage = {"assigned": set[str](), "screening": {"Tariq"}}
    states = ["screening", "in_progress", "closed_final"]
    phones = {status: f"+92300111{at:04}" for at, status in enumerate(states)}
    cases = {status: about_police(database, status, phones[status]) for status in states}
    for status, (asker, second) in itertools.product(states, itertools.product(PEOPLE, PEOPLE)):
        case, before = cases[status], len(audit(database))
        done = reveal.ask(request(database, asker, case), second, REASON)
        fit = may_ask.get(asker, set()) | outside.get(asker, set()) | triage.get(status, set())
        if asker not in may_ask or second not in fit:
            assert isinstance(done, Refusal), (status, asker, second)
            [last] = audit(database)[before:]
            assert (last.event, last.by) == ("reveal_refused", asker), last
            continue
        assert isinstance(done, RevealStep), (status, asker, second, done)
        assert isinstance(reveal.show(request(database, asker, case), code(database, asker, case)), Refusal)
        others = list(PEOPLE) if (asker, second) == ("Rehana", "Ayla") else [asker, second]
        for other in others:
            if other != second:
                assert isinstance(reveal.agree(request(database, other, case), code(database, other, case)), Refusal)
        assert isinstance(reveal.agree(request(database, second, case), code(database, second, case)), RevealStep)
        for other in others:
            seen = reveal.show(request(database, other, case), code(database, other, case))
            assert (isinstance(seen, RevealStep) and seen.phone == phones[status]) is (other == asker), (other, seen)
        late = replace(request(database, asker, case), now=NOW + SHOWN_FOR)
        assert isinstance(reveal.show(late, code(database, asker, case)), Refusal)
        assert {each.event for each in audit(database)[before:]} == {
            *("reveal_asked", "reveal_refused", "reveal_agreed", "revealed")
        }
        # so that a next pair begins from nothing
        assert isinstance(reveal.ask(request(database, asker, case), second, REASON), RevealStep)
        given = code(database, second, case)
        assert isinstance(reveal.agree(request(database, second, case), given, decline=True), RevealStep)


@pytest.mark.parametrize(
    ("asker", "second", "reason", "why"),
    [
        ("Rehana", "", REASON, "alone"),
        ("Rehana", "Rehana", REASON, "second_self"),
        ("Rehana", "Dawood", REASON, "second_subordinate"),  # the head of an office under hers
        ("Nadia", "Chief", REASON, "second_subordinate"),  # a lower rank, and she is above all
        ("Rehana", "Nobody", REASON, "second_unknown"),
        ("Rehana", "Ayla", "  ", "no_reason"),
        ("Rehana", "Ayla", "x" * (LEAST_REASON - 1), "reason_length"),
        ("Rehana", "Ayla", "x" * (MOST_REASON + 1), "reason_length"),
        ("General", "Nadia", REASON, "not_theirs"),  # of the body complained about
        ("Inspector", "Chief", REASON, "not_theirs"),
        ("Bilal", "Farzana", REASON, "not_theirs"),  # another office
        ("somebody", "Ayla", REASON, "nobody"),
    ],
)
def test_what_is_refused_is_on_record(database: Database, asker: str, second: str, reason: str, why: str) -> None:
    staffed(database)
    case = about_police(database)
    refused = reveal.ask(request(database, asker, case), second, reason)
    assert isinstance(refused, Refusal)
    assert audit(database) == [Found("reveal_refused", asker if asker in PEOPLE else "", why)]
    if why == "not_theirs":
        assert "There is no complaint" in refused.message
    assert texts(database, "officer_reveal_ask") == []


def test_the_office_that_has_the_case_never_sees_the_number_and_cannot_agree(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    assert case.desk == "water-lahore"
    refused = reveal.ask(request(database, "Farzana", case), "Bilal", REASON)
    assert isinstance(refused, Refusal)
    reveal.ask(request(database, "Rehana", case), "Bilal", REASON)
    assert [each.reason for each in audit(database)] == ["role", "second_subordinate"]


def test_who_lost_their_role_or_office_since_then_neither_agrees_nor_sees(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    asked(database, case)
    _change(database, "Ayla", role="officer", office="water-lahore")
    assert isinstance(reveal.agree(request(database, "Ayla", case), code(database, "Ayla", case)), Refusal)
    _change(database, "Ayla", role="oversight", office="desk")
    agreed(database, case)
    _change(database, "Rehana", role="oversight", office="police-hq")
    assert isinstance(reveal.show(request(database, "Rehana", case), code(database, "Rehana", case)), Refusal)
    _change(database, "Rehana", role="oversight", office="desk", active=False)
    assert isinstance(reveal.show(request(database, "Rehana", case), code(database, "Rehana", case)), Refusal)
    assert [each.reason for each in audit(database) if each.event == "reveal_refused"] == [
        *("not_theirs", "not_theirs", "nobody")
    ]


def _change(database: Database, name: str, **columns: object) -> None:
    with database.write.begin() as db:
        held = staff.by_name(db, name)
        assert held is not None
        for column, value in columns.items():
            setattr(held, column, value)


def test_an_answer_after_a_day_and_a_look_after_a_quarter_of_an_hour_are_too_late(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    asked(database, case)
    next_day = request(database, "Ayla", case, NOW + reveal.ASKED_FOR)
    assert isinstance(reveal.agree(next_day, code(database, "Ayla", case)), Refusal)
    agreed(database, case)
    in_time = request(database, "Rehana", case, NOW + SHOWN_FOR - dt.timedelta(seconds=1))
    assert isinstance(reveal.show(in_time, code(database, "Rehana", case)), RevealStep)
    too_late = request(database, "Rehana", case, NOW + SHOWN_FOR)
    assert isinstance(reveal.show(too_late, code(database, "Rehana", case)), Refusal)
    assert [each.reason for each in audit(database) if each.event == "reveal_refused"] == ["expired", "expired"]


def test_a_name_without_the_code_of_its_phone_does_nothing(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    asked(database, case)
    for given in ("", "1", code(database, "Rehana", case), code(database, "Ayla", case) + "0"):
        assert isinstance(reveal.agree(request(database, "Ayla", case), given), Refusal)
    agreed(database, case)
    assert isinstance(reveal.show(request(database, "Rehana", case), code(database, "Ayla", case)), Refusal)
    assert {each.reason for each in audit(database) if each.event == "reveal_refused"} == {"no_code", "wrong_code"}


def test_a_code_that_is_guessed_at_becomes_another_and_longer_one(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    asked(database, case)
    before = code(database, "Ayla", case)
    for _ in range(SHIPPED_POLICY.life.guesses.codes):
        wrong = f"{(int(code(database, 'Ayla', case)) + 1) % 10_000:04}"
        assert isinstance(reveal.agree(request(database, "Ayla", case), wrong), Refusal)
    assert len(code(database, "Ayla", case)) > len(before)
    assert isinstance(reveal.agree(request(database, "Ayla", case), before), Refusal)


@pytest.mark.parametrize("private", [True, False])
def test_the_citizen_is_texted_once_in_their_language_and_neutrally(database: Database, private: bool) -> None:
    staffed(database)
    case = about_police(database)
    with database.write.begin() as db:
        db.get_one(Complaint, case.id).private = private
    agreed(database, case)
    assert texts(database, reveal.EVENT) == []
    for _ in range(3):
        reveal.show(request(database, "Rehana", case), code(database, "Rehana", case))
    [told] = texts(database, reveal.EVENT)
    assert told.contact_id == case.contact_id
    assert "dekh" in told.body  # Roman Urdu
    assert not {"police", "Police", "shikayat", "complaint", "Rehana", "Ayla", REASON} & set(told.body.split())
    assert [each.event for each in audit(database)].count("revealed") == 3


@pytest.mark.parametrize("event", ["number_revealed", "private_number_revealed"])
def test_its_text_has_no_place_for_the_subject_the_office_or_words(event: str) -> None:
    assert revealing_variables(shipped().texts[event]) == ()


def test_who_was_made_to_take_it_back_is_not_texted_as_their_phone_shows_it_as_over(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    with database.write.begin() as db:
        assert citizen_verdicts.note_pressure(context(db, NOW), db.get_one(Complaint, case.id))
        db.get_one(Complaint, case.id).desk = "desk"
    agreed(database, case)
    assert isinstance(reveal.show(request(database, "Rehana", case), code(database, "Rehana", case)), RevealStep)
    assert texts(database, reveal.EVENT) == []


def test_the_history_says_it_to_oversight_and_to_nobody_else(database: Database) -> None:
    staffed(database)
    case, _ = file_one(database)
    agreed(database, case)
    reveal.show(request(database, "Rehana", case), code(database, "Rehana", case))
    read = {}
    for who in ("Ayla", "Bilal", "Farzana"):
        found = staff_listing.show_complaint(database, case.number, who, SHIPPED_POLICY)
        assert isinstance(found, ComplaintDetail)
        read[who] = [(step.act, note) for step, note in found.steps if step.act.startswith("reveal")]
        assert SARA not in str(found.view)
    assert read == {
        "Ayla": [("reveal_asked", REASON), ("reveal_agreed", ""), ("revealed", "")],
        "Bilal": [],
        "Farzana": [],
    }


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_a_process_that_dies_shows_no_number_whose_entry_is_not_stored(database: Database, moment: str) -> None:
    """It dies just before or just after the commit: nothing is on the screen yet, and after it the entry is there."""
    staffed(database)
    case = about_police(database)
    agreed(database, case)
    url = database.engine.url.render_as_string(hide_password=False)
    words = (url, "Rehana", case.number, code(database, "Rehana", case), moment)
    dying = [sys.executable, "-m", dying_reveal.__name__, *words]
    done = subprocess.run(dying, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (dying_reveal.DIED, b""), done.stderr
    stored = [each.event for each in audit(database)].count("revealed")
    assert stored == (1 if moment == "after_commit" else 0)
    assert len(texts(database, reveal.EVENT)) == stored


def test_several_who_ask_the_same_person_are_told_apart_by_name(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    asked(database, case, "Rehana", "Nadia")
    asked(database, case, "Ayla", "Nadia")
    given = code(database, "Nadia", case)
    refused = reveal.agree(request(database, "Nadia", case), given)
    assert isinstance(refused, Refusal)
    assert "Rehana" in refused.message
    assert isinstance(reveal.agree(request(database, "Nadia", case), given, asker="ayla"), RevealStep)
    assert isinstance(reveal.show(request(database, "Rehana", case), code(database, "Rehana", case)), Refusal)
    assert isinstance(reveal.show(request(database, "Ayla", case), code(database, "Ayla", case)), RevealStep)


def test_a_number_that_the_contact_lost_is_not_shown(database: Database) -> None:
    staffed(database)
    case = about_police(database)
    agreed(database, case)
    with database.write.begin() as db:
        db.get_one(Contact, case.contact_id).phone = f"{contacts.NO_NUMBER}{case.contact_id}"
    refused = reveal.show(request(database, "Rehana", case), code(database, "Rehana", case))
    assert isinstance(refused, Refusal)
    assert audit(database)[-1] == Found("reveal_refused", "Rehana", "no_number")
    assert texts(database, reveal.EVENT) == []
