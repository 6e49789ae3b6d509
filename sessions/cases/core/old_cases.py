"""Cases that are not on a phone any more: taken off it, and given back to whoever proves that they are theirs.

The proof is what only their citizen knows: the number of a case, the district and the month in which it was filed, and
what it is about. A wrong number, another's case and a wrong proof get one answer, and a phone has a few tries a day.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from flows.menu.model import Value
from flows.text import tracking_number
from flows.text.western_digits import whole_number
from sessions.cases.core import act_record, own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from storage.cases import contacts, failed_lookups, recycled_phones
from storage.messages import outbox, questions
from storage.schema.tables import Complaint, Contact

OFF, ON, PROVEN = "off_phone", "on_phone", "number_proven"  # what history calls it
GIVEN = "contact_changed"  # of what came with it and is told nothing: it is closed, or off the phone
DAY = dt.timedelta(days=1)
ASKS_AGAIN = {"resolved_pending": "reminder_confirm", "refused_pending": "reminder_refused"}  # status -> text

Refused = Literal["missing", "too_many"]


class CaseFacts(Struct, frozen=True):
    """What a caller says of a case: its nine digits, where and in which month it was filed, the group of its category.

    What was not understood is "" or 0, and fits no case.
    """

    number: str
    district: str
    month: int  # 1 to 12
    group: str


def read_facts(given: Mapping[str, Value]) -> CaseFacts:
    """The facts in the arguments of an action."""
    return CaseFacts(
        number=tracking_number.parse_tracking_number(str(given.get("number") or "")).number or "",
        district=str(given.get("district") or ""),
        month=whole_number(str(given.get("month") or "")) or 0,
        group=str(given.get("group") or ""),
    )


def take_off_phone(context: ActContext, complaint: Complaint) -> None:
    """No screen and no text tells of it any more. It stays open. The caller holds its contact and the complaint."""
    act_record.note_act(context, complaint, Step(OFF), off_phone_at=context.now)
    outbox.hold_back(context.db, complaint, tracking_number.format_number(complaint.number), context.now)
    questions.drop_of_case(context.db, complaint.id, context.now)


def claim(context: ActContext, contact: Contact, facts: CaseFacts, key: str) -> Complaint | Refused:
    """Give the phone its old case, and all that was filed with it, if the facts are right.

    `key` counts a wrong try once. Once a phone has had its tries of a day, nothing is looked up for it. A case that it
    shows needs no proof.
    """
    db = context.db
    if (shown := own_cases.find(db, contact, facts.number)) is not None:
        return shown
    contacts.lock(db, contact)  # tries from two calls count one after the other
    if failed_lookups.count_wrong_proofs(db, contact.id, context.now - DAY) >= context.policy.life.strangers.tries:
        return "too_many"
    found = own_cases.find_of_before(db, contact, facts.number)
    if found is None or not _fit(context, found, facts):
        failed_lookups.record_wrong_proof(db, contact.id, key, context.now)
        return "missing"
    _bring_back(context, contact, found)
    return found


def _fit(context: ActContext, complaint: Complaint, facts: CaseFacts) -> bool:
    filed = complaint.filed_at.astimezone(context.policy.zone)
    row = context.flow.rows.get("category", {}).get(complaint.category or "")
    about = row.columns.get("group") if row is not None else None
    return bool(about) and (complaint.district, filed.month, about) == (facts.district, facts.month, facts.group)


def _bring_back(context: ActContext, contact: Contact, complaint: Complaint) -> None:
    """Show a case on the phone of its citizen, with all that they filed before the number changed."""
    db = context.db
    if complaint.contact_id != contact.id:
        before = contacts.lock_by_id(db, complaint.contact_id)
        others = set(own_cases.give(db, before, contact)) - {complaint.id}
        recycled_phones.rejoin(db, before, contact, context.now)
        for each in own_cases.list_open(db, contact, context.policy.open_statuses):
            if each.id != complaint.id and each.off_phone_at is None:
                _record(context, each, PROVEN)
                others.discard(each.id)
        for case_id in sorted(others):
            given = db.get_one(Complaint, case_id, populate_existing=True, with_for_update={"key_share": True})
            act_record.note_act(context, given, Step(GIVEN))
    db.refresh(complaint, with_for_update={"key_share": True})
    _record(context, complaint, PROVEN if complaint.off_phone_at is None else ON)


def _record(context: ActContext, complaint: Complaint, act: str) -> None:
    """Note that the phone is told of a case again, and ask there what its citizen was asked meanwhile."""
    step = Step(act, event=ASKS_AGAIN.get(complaint.status))
    act_record.require_success(act_record.record_act(context, complaint, step, off_phone_at=None))
