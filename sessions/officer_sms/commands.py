"""An officer's SMS as an act on a case: the same acts as everywhere, and the reply to them."""

from msgspec import Struct
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import TransitionInput
from flows.text.normalization import normalize_keyword
from flows.understanding import intents
from flows.understanding.tracking_number_extraction import extract_number
from sessions.cases.acts import assignment, office_coverage, office_work, resolution
from sessions.cases.acts.all_acts import StaffAct
from sessions.cases.acts.office_work import BEGUN
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.messages.sms_context import Reply, SmsContext
from sessions.officer_sms import refusal_text_choice
from storage.cases import complaints
from storage.people import offices_and_jurisdictions
from storage.schema.tables import Complaint, Staff


class OfficerAct(Struct, frozen=True):
    """What an officer's word means: the status it leads to, what history calls it, the reply, and the act.

    LATE leads to no status: it is a reply in between. PASS has no act of its own: where it goes decides.
    """

    target: str | None
    history: str
    reply: str = ""
    act: StaffAct | None = None
    outcome: str = ""
    says: bool = False  # it needs words


ACTS = {
    "officer_ack": OfficerAct("in_progress", "acknowledged", "officer_taken", office_work.acknowledge),
    "officer_done": OfficerAct("resolved_pending", "resolved", "officer_done", resolution.resolve, "relief_granted"),
    "officer_part": OfficerAct("resolved_pending", "resolved", "officer_done", resolution.resolve, "partial_relief"),
    "officer_ask": OfficerAct("waiting_citizen", "asked", "officer_asked", office_work.ask_citizen, says=True),
    "officer_late": OfficerAct(None, "interim", "officer_replied", office_work.send_interim_reply, says=True),
    "officer_pass": OfficerAct("assigned", "transferred", says=True),
}
_PROOFS = {"officer_visit": "visit: by SMS", "officer_call": "call: by SMS"}
_WITH_AN_OFFICE = frozenset({"assigned", "in_progress"})
TRIAGE = "officer_triage"  # in place of an office


class OfficerCommand(Struct, frozen=True):
    """What a text orders: its `kind`, what its citizen shall read, and what else the act needs."""

    kind: str
    words: str
    office: str = ""  # the code of an office, or TRIAGE
    outcome: str = ""
    proof: str = ""

    @property
    def given(self) -> TransitionInput:
        """The same as the life cycle knows it."""
        return TransitionInput(words=self.words, outcome=self.outcome, proof=self.proof, office=self.office)


def parse_command(inbound: SmsContext) -> OfficerCommand:
    """Read the words after keyword and number."""
    kind, words, rules = inbound.intent.kind, _words(inbound), inbound.flow.keywords
    if kind == "officer_pass":
        to_triage, rest = intents.officers_word(words, rules, TRIAGE)
        office, why = (TRIAGE, rest) if to_triage else _office(inbound.db, words)
        return OfficerCommand(kind, why, office)
    if outcome := ACTS[kind].outcome:
        said = intents.find_undenied_intent(words, rules, _PROOFS)
        return OfficerCommand(kind, words, outcome=outcome, proof=_PROOFS.get(said, ""))
    return OfficerCommand(kind, words)


def names_two(inbound: SmsContext) -> bool:
    """True for a text with a second tracking number: nobody guesses which of the two is meant."""
    found = extract_number(inbound.intent.rest)
    return found is not None and found.problem in ("", "many")


def was_done_before(db: Session, complaint: Complaint, worker: Staff, order: OfficerCommand) -> bool:
    """True when the last that any person did to it was this very act by this very officer, in the same words."""
    if order.kind == "officer_ack" and complaint.officer_id == worker.id:
        return complaint.status in ("in_progress", "waiting_citizen")
    people = (row for row in reversed(complaints.history(db, complaint.id)) if row.role != "system")
    last = next(people, None)
    if last is None or last.staff_id != worker.id or last.act != ACTS[order.kind].history:
        return False
    return normalize_keyword(last.note or "") == normalize_keyword(order.words)


def execute_command(context: ActContext, complaint: Complaint, order: OfficerCommand) -> Reply:
    """Do it, or say why not and what to do."""
    most = context.policy.life.words.most
    if order.kind == "officer_pass" and order.office in ("", complaint.desk):
        return Reply("officer_office", complaint)
    if not order.outcome and (len(order.words) > most or (ACTS[order.kind].says and not order.words)):
        return Reply("officer_say", complaint)
    begun = complaint.status in BEGUN
    done = _do(context, complaint, order)
    if isinstance(done, Refusal):
        return Reply(_why_not(context, complaint, order), complaint)
    return Reply(_told(order, done.complaint, begun=begun), done.complaint, heard=True)


def _why_not(context: ActContext, complaint: Complaint, order: OfficerCommand) -> str:
    why = refusal_text_choice.refusal_text_key(context, complaint, ACTS[order.kind].target, order.given)
    if why == "officer_refused" and office_coverage.coverage_problem(context, complaint, order.office):
        return "officer_place"
    return why


def _told(order: OfficerCommand, complaint: Complaint, *, begun: bool) -> str:
    if order.kind == "officer_ack" and begun:
        return "officer_took_over"
    if order.kind == "officer_pass":
        return "officer_triage" if complaint.desk is None else "officer_passed"
    return ACTS[order.kind].reply


def _do(context: ActContext, complaint: Complaint, order: OfficerCommand) -> ActResult | Refusal:
    act = ACTS[order.kind].act
    if act is None and order.office == TRIAGE:
        act = assignment.hand_back
    elif act is None:  # by triage, from screening, it is assigned
        act = assignment.transfer if complaint.status in _WITH_AN_OFFICE else assignment.assign
    return act(context, complaint, order.given)


def _words(inbound: SmsContext) -> str:
    """The words after keyword and number, with the question mark or full stop at the end."""
    rest, text = inbound.intent.rest, inbound.sms.text
    return " ".join(text[text.rindex(rest) :].split()) if rest else ""


def _office(db: Session, words: str) -> tuple[str, str]:
    """The office whose code or name the words begin with, the longest, and what follows; "" for none or two."""
    said = normalize_keyword(words)
    longest, found = 0, set[str]()
    for office in offices_and_jurisdictions.every(db):
        for name in {normalize_keyword(office.code), normalize_keyword(office.name)} if office.active else ():
            if name and said[: len(name)] == name and len(name) >= longest:
                found = {office.code} | (found if len(name) == longest else set())
                longest = len(name)
    if len(found) != 1:
        return "", words
    return found.pop(), intents.behind(words, longest)
