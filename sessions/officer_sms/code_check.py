"""Whether an officer's SMS comes from the phone that was given the case: it has the code that was sent there.

Every answer goes to that phone, so it may name the code: who forged its number does not read it.
"""

from msgspec.structs import replace

from flows.cases import officer_code
from flows.cases.officer_code import CodeHolder
from sessions.cases.acts import assignee_selection
from sessions.cases.core.act_context import ActContext
from sessions.messages.sms_context import Reply, SmsContext
from storage.audit import audit_log
from storage.audit.entry import AuditEntry, stranger
from storage.people import officer_codes
from storage.schema.tables import Complaint, Staff

NAMING = frozenset({"officer_taken", "officer_took_over"})  # replies that tell what comes next, with the code


def tell_code(inbound: SmsContext, complaint: Complaint, event: str = "officer_code") -> Reply:
    """The code of this phone for this case, in the text of an event."""
    row = officer_codes.current(inbound.db, complaint.id, inbound.contact.id)
    return Reply(event, complaint, code=officer_code.places(row.renewals))


def with_code(inbound: SmsContext, reply: Reply) -> Reply:
    """A reply to what was done, with the code where it tells what comes next."""
    if reply.event not in NAMING or reply.complaint is None:
        return reply
    return replace(reply, code=tell_code(inbound, reply.complaint).code)


def check_code(
    inbound: SmsContext, context: ActContext, complaint: Complaint, worker: Staff, given: str
) -> Reply | None:
    """None for the right code; else what the phone is told, and nothing may be done.

    After a few wrong ones the code is renewed, which is told to the supervisor too. The new one is longer: guesses
    never come to an end, and nobody is locked out.
    """
    if not given:
        return tell_code(inbound, complaint, "officer_code_missing")
    row = officer_codes.current(inbound.db, complaint.id, inbound.contact.id)
    if inbound.environment.codes.proves(CodeHolder.of(row), given):
        return None
    wrong = officer_codes.count_wrong(inbound.db, row)
    inbound.environment.wrong_code(wrong)
    _record(inbound, complaint, worker)
    if wrong % context.policy.life.guesses.codes or not officer_code.may_grow(row.renewals):
        return tell_code(inbound, complaint, "officer_code_wrong")
    officer_codes.renew(inbound.db, row, longer=True)
    _tell_supervisor(context, complaint, worker)
    return replace(tell_code(inbound, complaint, "officer_code_new"), heard=True)


def _record(inbound: SmsContext, complaint: Complaint, worker: Staff) -> None:
    """In the audit it is a stranger's, in the name of this officer: nothing shows that it was they."""
    detail: dict[str, str | int] = {"how": "text", "reason": "wrong_code", "by": worker.id}
    audit_log.record(inbound.db, AuditEntry("refused", stranger(), inbound.now, "case", complaint.number, detail))


def _tell_supervisor(context: ActContext, complaint: Complaint, worker: Staff) -> None:
    """The next above who is not this officer hears of it."""
    lifecycle = context.policy.lifecycle
    for level in range(lifecycle.ranks.get(worker.role, 0) + 1, lifecycle.top + 1):
        above = assignee_selection.officer_for(context.db, context.policy, complaint, complaint.desk, level)
        if above is not None and above.id != worker.id:
            assignee_selection.notify_officer(context, complaint, "officer_forged", above, note=worker.name)
            return
