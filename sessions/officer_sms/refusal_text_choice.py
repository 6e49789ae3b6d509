"""Why an act on a case was refused, as the key of the text that tells an officer in their own language.

The acts say it in English, for consoles. This looks at the same rules in the order in which a person wants to know.
"""

from flows.cases.lifecycle_rules import IllegalMove, TransitionInput
from sessions.cases.core import permissions
from sessions.cases.core.act_context import ActContext
from storage.cases import complaints
from storage.schema.tables import Complaint

UNTAKEN = frozenset({"received", "assigned"})
AFTER_ACK = frozenset({"resolved_pending", "waiting_citizen"})


def refusal_text_key(context: ActContext, complaint: Complaint, target: str | None, given: TransitionInput) -> str:
    """The text for a move to `target` that was refused; without one, for a reply in between."""
    late, clock = True, context.policy.statuses[complaint.status].clock
    if target is None:
        if clock != "runs":
            return "officer_cannot"
    else:
        move = context.find_transition(complaint, target)
        if isinstance(move, IllegalMove):
            if clock != "stopped" and permissions.permission_problem(context, complaint):
                return _hindered(context, complaint)
            return "officer_ack_first" if target in AFTER_ACK and complaint.status in UNTAKEN else "officer_cannot"
        late = move.late
    if permissions.permission_problem(context, complaint):
        return _hindered(context, complaint)
    if target is None and permissions.lateness_problem(context, complaint):
        return "officer_in_time"
    if not late and permissions.interim_reply_problem(context, complaint):
        return "officer_late_first"
    if target == "waiting_citizen":
        asked = complaints.count_acts(context.db, complaint, "asked")
        return "officer_asked_enough" if asked >= context.policy.life.pauses.most else "officer_refused"
    return _closing(context, complaint, given) if target == "resolved_pending" else "officer_refused"


def _hindered(context: ActContext, complaint: Complaint) -> str:
    if permissions.is_filer(context, complaint):
        return "officer_own"
    if permissions.has_closed_before(context, complaint):
        return "officer_closed_before"
    return "officer_colleague" if complaint.desk == context.actor.office else "officer_elsewhere"


def _closing(context: ActContext, complaint: Complaint, given: TransitionInput) -> str:
    if permissions.level_problem(context, complaint):
        return "officer_raised"
    length = context.policy.life.words
    if not length.least <= len(given.words) <= length.most:
        return "officer_words"
    return "officer_not_ours" if given.proof else "officer_proof"
