"""The priority of a text, by its event: is it sent in quiet hours, for how long is it useful, what supersedes it.

The table has every event; a test checks it against flows/library/texts.yaml.
"""

from typing import Literal

from msgspec import Struct

from flows.menu.sms_reply_text_keys import TO_OFFICERS

# answer: to a person's own SMS. question: what we ask in a dialogue by SMS. receipt: that a case was filed.
# status: what an office did.
Kind = Literal["answer", "question", "receipt", "status"]
# Which daily quota of a phone a text counts for. own: what it has just asked for or filed, and what is urgent.
# told: what offices and time bring. staff: what people who work by SMS get.
Quota = Literal["own", "told", "staff"]


class MessagePolicy(Struct, frozen=True):
    """How a text is sent. `hours` is for how long it is useful (None: always).

    `urgent`: it is sent in quiet hours too. `superseded`: a text about a later move of the same case replaces it.
    """

    kind: Kind
    urgent: bool = False
    hours: int | None = None
    superseded: bool = False

    @property
    def to_own_message(self) -> bool:
        """True for a reply to what this person has just written: it is sent even after STOP."""
        return self.kind in TO_OWN_MESSAGE


TO_OWN_MESSAGE: frozenset[str] = frozenset({"answer", "question"})

# Somebody who has just written or dialled is waiting: a reply is sent at once, and hours later it only confuses.
_ANSWER = MessagePolicy("answer", urgent=True, hours=6)
_REPLY = MessagePolicy("answer", urgent=True, hours=24)  # for settings, too
_QUESTION = MessagePolicy("question", urgent=True, hours=6)
_RECEIPT = MessagePolicy("receipt", urgent=True)  # it has the tracking number, so it is always useful
_STATUS = MessagePolicy("status", hours=72, superseded=True)
_LAST = MessagePolicy("status", superseded=True)  # how a case ended is always useful
_STAFF = MessagePolicy("status", hours=72)  # about their case, or an event not in the table

NUMBER_BUDGET = "number_budget"  # the reason if a phone has used up its daily quota
QUIET_HOURS = "quiet_hours"
ROAD_RESTS = "road_rests"  # the reason if no route takes the text now
PUT_OFF = (NUMBER_BUDGET, QUIET_HOURS, ROAD_RESTS)  # texts with these reasons wait; they are not lost

DISCREET = "private_"

IN_TIME = (
    "delayed",
    "escalated",
    "reminder_confirm",
    "reminder_refused",
    "recheck",
    "old_case",
)  # texts to a citizen that time brings
TO_STAFF = (
    *("officer_new", "officer_answer", "officer_due", "unacknowledged", "supervisor_escalation"),
    "officer_forged",
    *("officer_reveal_ask", "officer_reveal_agreed", "officer_reveals"),
)

_EVENTS: dict[MessagePolicy, tuple[str, ...]] = {
    _RECEIPT: ("received", "suggestion_received", "sensitive_received"),
    MessagePolicy("status", hours=20): ("draft_saved",),  # the answers are kept for a day
    MessagePolicy("status", hours=120): ("log_code",),
    _STATUS: (  # an office moved the case; `update`: private_update, in place of any of these
        *("assigned", "in_progress", "waiting_citizen", "resolved_pending", "refused_pending", "transferred"),
        *("reopened", "appealed", "update", *IN_TIME),
    ),
    _LAST: (
        *("closed_final", "closed_confirmed", "closed_unanswered", "dropped", "merged", "withdrawn"),
        *("noted", "adopted", "declined"),
    ),
    _STAFF: tuple(event for event in TO_STAFF if not event.startswith("officer_reveal_")),
    # codes that prove who agrees that a phone number is seen, and who sees it: the one waits a day, the other minutes
    MessagePolicy("status", urgent=True, hours=24): ("officer_reveal_ask",),
    MessagePolicy("status", urgent=True, hours=1): ("officer_reveal_agreed",),
    MessagePolicy("status"): ("number_revealed",),  # somebody saw the citizen's number: always useful
    MessagePolicy("receipt"): ("pin_reset_started", "pin_reset"),  # whose PIN it is must be able to stop it
    # answers to an SMS; `status`: private_status
    _ANSWER: (
        *(
            "emergency",
            "emergency_place",
            "emergency_first",
            "emergency_suicide",
            "emergency_suicide_again",
            "status",
            "status_is",
            "status_missing",
            "status_none",
            "status_nearly",
            "status_added",
            "status_joined",
        ),
        *("thanks", "greeting", "who_we_are", "viewers", "viewers_number", "viewers_line"),
        *("numbers", "number_line", "status_mistyped", "help", "nothing_asked", "status_too_many"),
    ),
    MessagePolicy("answer", urgent=True, hours=1): ("unknown", "unknown_again"),
    _QUESTION: (
        "join_ask",
        "filing_ask",
        "language_ask",
        "reason_ask",
        "withdraw_ask",
        "done_ask",
        "resolved_sure",
        "refused_sure",
        "which_number",
        "choose_again",
    ),
    _REPLY: (
        "unheard_answer",
        *("new_how", "new_dial", "suggest_how", "details_added", "reason_kept", "reopen_closed", "appeal_closed"),
        *("withdraw_kept", "withdraw_closed", "end_by_call", "refusal_accepted", "call_ok", *TO_OFFICERS),
        *("log_is", "log_later"),
        *("stop_ok", "start_ok", "language_ok", "private_ok", "forgotten"),
        *("pin_set", "pin_exists", "pin_how", "pin_missing", "pin_needed", "pin_too_many", "pin_reset_stopped"),
        "pin_reset_none",
        *("off_phone_ok", "off_phone_which", "new_holder_ask", "new_holder_pin", "new_holder_ok"),
    ),
}
TABLE = {event: policy for policy, events in _EVENTS.items() for event in events}


STAFF = frozenset((*TO_STAFF, *TO_OFFICERS))


def quota_for(event: str, kind: str, *, urgent: bool) -> Quota:
    """Which daily quota a text counts for, so that a flood of one kind holds back no other."""
    if event in STAFF:
        return "staff"
    return "own" if urgent or kind == "receipt" or kind in TO_OWN_MESSAGE else "told"


def message_policy(event: str) -> MessagePolicy:
    """How the text of an event is sent; its private version is sent in the same way."""
    return TABLE.get(event) or TABLE.get(event.removeprefix(DISCREET), _STAFF)
