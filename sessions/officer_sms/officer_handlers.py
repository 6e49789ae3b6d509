"""SMS from officers' own phones: who they are, which cases are theirs, and what the reply is.

The same words from any other phone do nothing to a case: they are read as a citizen's. Another office's case and a
number that nobody has get the same answer. What changes a case needs the code that its text gave to this phone, as a
sender's number can be forged.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases.officer_code import split_code
from flows.menu.diagnostics import Path, Place
from flows.menu.keyword_rule import ANSWERS, Rule
from flows.understanding import intents
from flows.understanding.intents import Intent, IntentReason
from sessions.cases.access import visibility
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import context_of_sms
from sessions.cases.core.actors import of_staff
from sessions.messages import render_text
from sessions.messages.sms_context import NOTHING, Reply, SmsContext
from sessions.officer_sms import code_check, commands
from storage.audit import audit_log
from storage.audit.entry import AuditEntry, staff_actor
from storage.cases import complaints
from storage.people import staff
from storage.schema.tables import Complaint, Contact, Staff

REFUSED = "officer_refused"  # what an SMS with officers' words from any other phone is kept as
KINDS = frozenset({*commands.ACTS, "officer_cases", "officer_code", "officer_help", "officer_look"})

_SAID = frozenset({*commands.ACTS, "officer_cases", "officer_code", "help", "mistyped"})
_NAMED = frozenset({"status", "details"})


def hear(db: Session, contact: Contact, text: str, rules: Sequence[Rule]) -> tuple[Intent, bool]:
    """What a text asks, read as its sender's; and whether it holds officers' words that are not theirs to use."""
    said = intents.understand(text, rules, officer=True)
    plain = intents.understand(text, rules)
    read = match_officer_rule(text, rules).intent
    number = read.number if read.kind in _NAMED else None
    if read == plain and number is None and said.kind not in commands.ACTS:
        return plain, False  # the same from any phone: nobody has to look whose it is
    if _working(db, contact) is None:
        return plain, _not_theirs(db, contact, said, plain)
    if said.kind in commands.ACTS and said.number is None and plain.kind in ANSWERS and contact.complaints:
        return plain, False  # "DONE" alone, from somebody who complained: they answer as any citizen
    if number is not None and own_cases.find(db, contact, number) is None:
        read = Intent("officer_look", number, read.rest)
    return read, False


def match_officer_rule(text: str, rules: Sequence[Rule], places: Mapping[Path, Place] | None = None) -> IntentReason:
    """Which rule takes a text of somebody who works here: an officers' one, else the one that takes a citizen's."""
    why = intents.explain_intent(text, rules, places, officer=True)
    if why.intent.kind not in _SAID:
        return intents.explain_intent(text, rules, places)
    if why.intent.kind != "help":
        return why
    return IntentReason(Intent("officer_help"), why.how, why.rule, why.keyword, why.place)


def answer_officer_sms(inbound: SmsContext) -> Reply:
    """Do what an officer's text asks; the reply to it. An ACK from any other phone does nothing and gets none."""
    worker = _working(inbound.db, inbound.contact)
    if worker is None:
        return NOTHING
    kind, number = inbound.intent.kind, inbound.intent.number
    if kind == "officer_help":
        return Reply("officer_help")
    if kind == "officer_cases":
        return _cases(inbound, worker)
    if number is None:
        return Reply("officer_how")
    if kind == "officer_look":
        return _looked_at(inbound, worker, complaints.by_number(inbound.db, number))
    given, rest = split_code(inbound.intent.rest)
    inbound = replace(inbound, intent=replace(inbound.intent, rest=rest))
    if commands.names_two(inbound):
        return Reply("officer_one")
    return _worked_on(inbound, worker, complaints.lock(inbound.db, number), given)


def _working(db: Session, contact: Contact) -> Staff | None:
    """The member of staff who works with this phone."""
    found = staff.by_contact(db, contact.id)
    return found if found is not None and found.active else None


def _not_theirs(db: Session, contact: Contact, said: Intent, plain: Intent) -> bool:
    """True for officers' words about what is not this phone's own complaint: there they are a citizen's."""
    if said.kind not in commands.ACTS:
        return False
    if plain.kind == "officer_ack":
        return True
    return said.number is not None and own_cases.find(db, contact, said.number) is None


def _sees(inbound: SmsContext, worker: Staff, complaint: Complaint) -> bool:
    return visibility.is_in_scope(visibility.reach(inbound.db, of_staff(worker), inbound.environment.policy), complaint)


def _looked_at(inbound: SmsContext, worker: Staff, complaint: Complaint | None) -> Reply:
    if complaint is None or not _sees(inbound, worker, complaint):
        return _missing(inbound, worker)
    if inbound.intent.rest:
        return Reply("officer_how", complaint)
    _record_read(inbound, worker, "case_opened", complaint.number)
    return Reply("officer_case", complaint)


def _record_read(inbound: SmsContext, worker: Staff, event: str, number: str = "") -> None:
    """What an officer does is in the history of the case; what one only reads is in the audit log."""
    reader = staff_actor(worker.id, worker.role)
    entry = AuditEntry(event, reader, inbound.now, "case", number, {"how": "text"})
    if event in audit_log.VIEWS:
        audit_log.record_view(inbound.db, entry)
    else:
        audit_log.record(inbound.db, entry)


def _worked_on(inbound: SmsContext, worker: Staff, complaint: Complaint | None, given: str) -> Reply:
    """Do what is asked, if the code `given` is that of this phone for this case."""
    if complaint is None:
        return _missing(inbound, worker)
    if complaint.contact_id == inbound.contact.id:
        return Reply("officer_own", complaint)
    asks_code = inbound.intent.kind == "officer_code"
    order = None if asks_code else commands.parse_command(inbound)
    if order is not None and commands.was_done_before(inbound.db, complaint, worker, order):
        return Reply("officer_already", complaint)  # though it may be another office's by now
    if not _sees(inbound, worker, complaint):
        return _missing(inbound, worker)
    if order is None:
        return code_check.tell_code(inbound, complaint)
    context = context_of_sms(inbound, complaint, of_staff(worker))
    if (unproven := code_check.check_code(inbound, context, complaint, worker, given)) is not None:
        return unproven
    return code_check.with_code(inbound, commands.execute_command(context, complaint, order))


def _missing(inbound: SmsContext, worker: Staff) -> Reply:
    """The same for a number that nobody has and for another office's, and not as often as somebody likes to try.

    Each attempt is recorded as theirs.
    """
    detail = {"how": "text", "reason": "not_theirs"}
    reader, number = staff_actor(worker.id, worker.role), inbound.intent.number or ""
    audit_log.record(inbound.db, AuditEntry("refused", reader, inbound.now, "case", number, detail))
    too_many = own_cases.too_many_misses(context_of_sms(inbound), inbound.contact, inbound.key)
    return Reply("status_too_many" if too_many else "officer_missing")


def _cases(inbound: SmsContext, worker: Staff) -> Reply:
    """The cases an officer has to work on: as many as fit into one SMS, and how many more there are."""
    policy = inbound.environment.policy
    work = tuple(name for name, status in policy.statuses.items() if status.clock != "stopped")
    first, count = staff.due_first(inbound.db, worker.id, work, policy.life.lists.officer)
    if not first:
        return Reply("officer_none")
    _record_read(inbound, worker, "list_exported")
    flow, spoken = inbound.flow, inbound.contact.language or inbound.spoken
    title = render_text.render_sms(flow, "officer_cases", spoken) or ""
    lines = [render_text.render_sms(inbound.flow_of(each), "officer_case_line", spoken, each) or "" for each in first]
    return Reply("officer_cases", body=render_text.render_list(flow, spoken, title, lines, count))
