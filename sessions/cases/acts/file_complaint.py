"""Filing a complaint or a suggestion: one use case for a call, an SMS, an officer at a counter, an API and an import.

It is filed once for its key, goes to the office and the officer that the rules of that day name, and its citizen is
owed a receipt, all in the caller's transaction. A caller with better words for the receipt than the flow's own, such as
the last screen of a call, replaces them in the same transaction (enqueue.reword_message).
"""

import secrets
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from flows.cases import escalation_clock
from flows.cases.lifecycle_rules import Kind
from flows.menu.model import Flow, Value
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection, citizen_acts, hide_case
from sessions.cases.acts.assignee_selection import Assignment
from sessions.cases.core import act_record, case_clock, own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.core.actors import SYSTEM
from sessions.cases.core.category_rules import category_rules
from sessions.cases.core.filing_plan import word_of
from sessions.messages import enqueue, render_text
from sessions.messages.enqueue import NewMessage
from storage.cases import complaints, contacts
from storage.cases.complaints import ComplaintChanges, NewComplaint, NextStep
from storage.schema.tables import Complaint, Contact

MOST_SESSION = 64  # characters (Contact.changed_in)
TRIES = 20  # numbers drawn before giving up; with 5 million complaints one in 10**26 filings would need more


class ComplaintDraft(Struct, frozen=True, kw_only=True):
    """What somebody wants to file. Days, office and urgency follow from the category, in the flow's lists.

    `revision` is the one of the flow that was used, and `office` overrules the category's. With `danger` it is urgent,
    whatever the category says. Its contact speaks the `language` from then on, where none is known.
    """

    contact: Contact
    revision: int
    kind: Kind = "complaint"
    category: str | None = None
    district: str | None = None
    details: str | None = None
    office: str | None = None
    private: bool = False
    call_back: bool = False
    danger: bool = False
    language: str | None = None


def draft_of(
    contact: Contact, revision: int, kind: Kind, given: Mapping[str, Value], language: str | None = None
) -> ComplaintDraft:
    """What a contact files with the arguments of an action, in this language."""
    return ComplaintDraft(
        contact=contact,
        revision=revision,
        kind=kind,
        category=word_of(given.get("category")),
        district=word_of(given.get("district")),
        details=word_of(given.get("details")),
        private=given.get("private") in (True, "yes"),
        call_back=given.get("call_back") in (True, "yes"),
        danger=given.get("danger") in (True, "yes"),
        language=language,
    )


class Receipt(Struct, frozen=True):
    """How the receipt is sent: as a text of its own, or as the answer to a call or an SMS, under the key of that.

    Who has better words for it only when all else is done lets it wait (`later`), and calls `owe_texts` then. The
    answer to an SMS waits for the words of its reply (enqueue.wait_for_reply).
    """

    dedupe: str = ""
    order_key: str = ""  # among the texts about the complaint, unless it is given
    to_own_message: bool = False
    later: bool = False


class FiledComplaint(Struct, frozen=True):
    """What was filed, or the open complaint of the same day that it repeats; and the texts to wake.

    `before`: it had been filed for this key before. `unfinished`: a text waits that says that a call of this phone was
    not finished. `texts` are not in the outbox yet; the receipt is the last of them.
    """

    complaint: Complaint
    repeat: bool = False
    outbox_ids: tuple[int, ...] = ()
    before: bool = False
    unfinished: bool = False
    texts: tuple[NewMessage, ...] = ()


def file_complaint(
    context: ActContext,
    draft: ComplaintDraft,
    key: str,
    receipt: Receipt = Receipt(),  # noqa: B008 - frozen
    random_below: Callable[[int], int] = secrets.randbelow,
) -> FiledComplaint:
    """File a draft once for `key`, in the caller's transaction, and owe its receipt. Done again it changes nothing.

    `key` names the filing, in at most 128 characters: "session:hop:step", and ":0:0" after a source without hops, such
    as an SMS or a request of an API. A key of another form is a session of its own.
    After the COMMIT the caller wakes the workers with `outbox_ids`; otherwise the sweep finds the receipt later.

    A complaint repeats an open one of the same contact, kind, category, district and day, unless another flow filed
    that one for another office: one code may mean two things on two lines. Where nobody knows what it is about, and for
    a suggestion, only the same words repeat it: they are all of it. Nothing is owed for a repetition,
    but a private one hides what it repeats. What is urgent, such as words of danger, repeats nothing that is not.
    """
    db, contact = context.db, draft.contact
    contacts.lock(db, contact)  # two calls from one phone, or one hop sent twice, file one after the other
    columns = columns_of(context, draft)
    words = draft.details if draft.kind == "suggestion" or draft.category is None else None
    same = own_cases.Repetition(draft.kind, draft.category, draft.district, context.flow.name, columns["office"], words)
    province = case_clock.province_of(draft.district, context.flow)
    done, earlier, unfinished = own_cases.find_filing(context, contact, key, same, province)
    if done is not None:
        return FiledComplaint(done, before=True, unfinished=unfinished)
    if earlier is not None and (earlier.urgent or not columns["urgent"]):
        if columns["private"] and (held := own_cases.lock_without_pin(db, contact, earlier.number)):
            hide_case.hide(context, held)
        return FiledComplaint(earlier, repeat=True, unfinished=unfinished)
    filed, to_officer = _add(context, key, columns, random_below)
    contacts.increment_complaints(db, contact, _session_of(key), draft.language)
    texts = (*([to_officer] if to_officer is not None else ()), _receipt(context, filed, contact, receipt))
    if receipt.later:
        return FiledComplaint(filed, texts=texts, unfinished=unfinished)
    return FiledComplaint(filed, outbox_ids=owe_texts(context, texts, receipt), unfinished=unfinished)


def owe_texts(context: ActContext, texts: Sequence[NewMessage], receipt: Receipt) -> tuple[int, ...]:
    """Put the texts of a new complaint into the outbox; the id of its receipt, which is the last of them."""
    db, now, text = context.db, context.now, texts[-1]
    if receipt.to_own_message and enqueue.wait_for_reply(db, now, texts[:-1], text):
        return ()
    if receipt.order_key or receipt.to_own_message:  # others of its order key may defer it
        enqueue.enqueue_first(db, now, texts[:-1])
        owed = enqueue.enqueue_message(db, now, text, to_own_message=receipt.to_own_message)
    else:
        owed = enqueue.enqueue_first(db, now, texts).get(text.dedupe)
    if owed is None and receipt.dedupe and text.complaint_id is not None:  # one hop files twice
        text = replace(text, dedupe=key_of_receipt(text.complaint_id))
        owed = enqueue.enqueue_message(db, now, text, to_own_message=receipt.to_own_message)
    return () if owed is None else (owed,)


def columns_of(context: ActContext, draft: ComplaintDraft) -> NewComplaint:
    """What a draft is filed with: whose it is, by when, and what else follows from its category. Asks no database."""
    life = context.policy.life
    rules = category_rules(context.flow, None if draft.kind == "suggestion" else draft.category, life)
    rules = rules.in_danger(life.answers.danger) if draft.danger else rules
    calendar = case_clock.calendar_for(context.policy, context.flow, draft.district, urgent=rules.urgent)
    return {
        "kind": draft.kind,
        "contact_id": draft.contact.id,
        "flow": context.flow.name,
        "revision": draft.revision,
        "category": draft.category,
        "district": draft.district,
        "office": draft.office or rules.office_for(draft.district),
        "details": draft.details,
        "private": draft.private or rules.sensitive,
        "call_back": draft.call_back,
        "urgent": rules.urgent,
        "against": rules.against,
        "limit_days": rules.days,
        "due_on": escalation_clock.first_due(life, calendar, context.now, rules.days),
    }


def receipt_text(flow: Flow, complaint: Complaint, language: str | None) -> str:
    """The receipt of what was filed, where no screen has better words. A flow without any sends the number alone."""
    spoken = "suggestion_received" if complaint.kind == "suggestion" else "received"
    return render_text.render_sms(flow, spoken, language, complaint) or tracking_number.format_number(complaint.number)


def complete_filing(context: ActContext, complaint: Complaint, draft: ComplaintDraft) -> FiledComplaint:
    """Complete a complaint that was filed before anybody knew all of it: what it is about, where, in which words.

    The caller holds its contact and the complaint. What follows from the category is set as if it had been filed so;
    the due date counts from when it was filed, what is hidden stays hidden, and what is urgent stays urgent. An office
    that has it already, or a person who moved it on, keeps it. One that repeats another open complaint of the same day
    is merged with that, which gets its words.
    """
    if not context.policy.is_open(complaint.status):
        return FiledComplaint(complaint)
    life = context.policy.life
    known = (draft.category or complaint.category, draft.district or complaint.district)
    rules = category_rules(context.flow, known[0], life)
    rules = rules.in_danger(life.answers.danger) if draft.danger else rules
    rules = rules.in_danger(complaint.limit_days) if complaint.urgent else rules
    private = complaint.private or draft.private or rules.sensitive
    earlier = _repeated(context, complaint, draft.contact, rules.office_for(known[1]), *known)
    if earlier is not None and (earlier.urgent or not rules.urgent):
        if (held := own_cases.lock_without_pin(context.db, draft.contact, earlier.number)) is not None:
            _hand_over(context, complaint, draft, held, private=private)
        merged = Step("merged", "merged", data={"into": earlier.number})
        act_record.require_success(act_record.record_act(context, complaint, merged, parent_id=earlier.id))
        return FiledComplaint(earlier, repeat=True)
    details = _with_words(complaint.details or "", draft.details or "")
    same = (*known, details) == (complaint.category, complaint.district, complaint.details or "")
    if same and (private, rules.urgent) == (complaint.private, complaint.urgent):
        return FiledComplaint(complaint)
    if private:
        hide_case.hide(context, complaint)
    calendar = case_clock.calendar_for(context.policy, context.flow, known[1], urgent=rules.urgent)
    changes: ComplaintChanges = {
        "category": known[0],
        "district": known[1],
        "details": details or None,
        "urgent": rules.urgent,
        "against": rules.against,
    }
    if complaint.paused == 0 and complaint.clock_from == complaint.filed_at:  # nobody moved its due date since
        changes["limit_days"] = rules.days
        changes["due_on"] = escalation_clock.first_due(life, calendar, complaint.filed_at, rules.days)
    if complaint.desk is None and complaint.status == "received":
        changes["office"] = rules.office_for(known[1])
    told = {name: changes[name] for name in ("category", "district") if changes[name]}
    step = Step("completed", data=told)
    act_record.require_success(act_record.record_act(context, complaint, step, **changes))
    if complaint.desk is None and complaint.status == "received":
        _route_again(context, complaint)
    return FiledComplaint(complaint)


def _hand_over(
    context: ActContext, complaint: Complaint, draft: ComplaintDraft, held: Complaint, *, private: bool
) -> None:
    """What a case that is merged has and the other lacks: its words, a call that is wanted, and that it is hidden."""
    if private:
        hide_case.hide(context, held)
    citizen_acts.add_new_lines(context, held, _with_words(complaint.details or "", draft.details or ""))
    if (complaint.call_back or draft.call_back) and not held.call_back:
        citizen_acts.want_call(context, held)


def _with_words(held: str, words: str) -> str:
    """The words of a case and those lines of others that it does not hold."""
    lines = held.splitlines()
    lines += [each for each in dict.fromkeys(words.splitlines()) if each.strip() and each not in lines]
    return "\n".join(lines)


def _repeated(
    context: ActContext,
    complaint: Complaint,
    contact: Contact,
    office: str | None,
    category: str | None,
    district: str | None,
) -> Complaint | None:
    """The other open complaint of the same day that this one repeats, now that it is known what it is about."""
    if category is None or complaint.status not in ("received", "assigned"):
        return None
    same = own_cases.Repetition("complaint", category, district, context.flow.name, office)
    found = own_cases.find_repetition(context, contact, same)
    return found if found is not None and found.id != complaint.id else None


def own_key(complaint: Complaint) -> str:
    """The key of the receipt of a complaint that has none of the call or the SMS that filed it."""
    return key_of_receipt(complaint.id)


def key_of_receipt(complaint_id: int) -> str:
    """The same, by the id of the complaint."""
    return f"received:{complaint_id}"


def _session_of(key: str) -> str:
    """The part of a key before hop and step; all of a key of another form, cut to what a contact remembers."""
    session, *step = key.rsplit(":", 2)
    return session if len(step) == 2 else key[:MOST_SESSION]


def _add(
    context: ActContext, key: str, columns: NewComplaint, random_below: Callable[[int], int]
) -> tuple[Complaint, NewMessage | None]:
    """What is filed goes to its office at once, where a rule names one; its clock is set either way.

    All is chosen before anything is written, so that the case is written once, as its last step leaves it. Returns it,
    and the text to its officer.
    """
    case = complaints.without_row({
        **columns, "number": tracking_number.make(random_below(tracking_number.COUNT)), "status": "received",
        "version": 1, "filed_at": context.now, "clock_from": context.now, "level": 0, "paused": 0, "transfers": 0,
        "coerced": False,
    })  # fmt: skip
    filed = act_record.entry_of(context.now, context.actor, case, Step("filed"))
    following, officer = list[NextStep](), None
    if case.kind == "complaint":
        found = assignee_selection.choose_assignment(context, case, frozenset())  # nobody has closed it
        officer = found.officer
        following = _route(context, case, found)
    columns["clock_at"] = case_clock.first_look(context, case, [filed, *(each.entry for each in following)])
    for _ in range(TRIES):
        if added := complaints.add(context.db, case.number, key, filed, columns, following):
            return added, assignee_selection.owe_of_new_case(context, case, added, officer)
        case.number = tracking_number.make(random_below(tracking_number.COUNT))
    raise RuntimeError("no free tracking number was found: look at the source of randomness")


def _route(context: ActContext, case: Complaint, found: Assignment) -> list[NextStep]:
    """The step that gives a new case to an office, or to a person in a conflict; none where no rule has it."""
    if found.desk is None and not found.conflict:
        return []
    changes: ComplaintChanges = {"against": found.against}
    step = assignee_selection.screening_step(found)
    if found.desk is not None:
        step = Step("assigned", "assigned", data={"to": found.desk, "officer": found.officer_id})
        changes |= {"desk": found.desk, "office": found.office, "officer_id": found.officer_id}
    return [NextStep(act_record.entry_of(context.now, SYSTEM, case, step), changes)]


def _route_again(context: ActContext, complaint: Complaint) -> None:
    """What is known better than when it was filed goes to its office, where a rule names one; its clock is set."""
    desk = assignee_selection.assign_office(context, complaint)
    if desk is None:
        case_clock.update_clock(context, complaint)
        return
    data = {"to": desk, "officer": complaint.officer_id}
    act_record.record_act(context.by(SYSTEM), complaint, Step("assigned", "assigned", data=data))


def _receipt(context: ActContext, complaint: Complaint, contact: Contact, receipt: Receipt) -> NewMessage:
    return NewMessage(
        contact_id=contact.id,
        complaint_id=complaint.id,
        event="received",
        dedupe=receipt.dedupe or own_key(complaint),
        order_key=receipt.order_key or act_record.order_key(complaint),
        body=receipt_text(context.flow, complaint, contact.language),
    )
