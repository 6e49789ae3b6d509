"""The priority of a text, by its event: may it come at night, until when has it sense, what makes it needless.

A table, so that every event was thought about once; a test walks all of flows/library/texts.yaml through it.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from flows.menu.sms_reply_text_keys import TO_OFFICERS

# answer: to a person's own SMS. question: what we ask in a dialogue by SMS. receipt: that a case was filed.
# status: what an office did.
Kind = Literal["answer", "question", "receipt", "status"]
# Which limit of a day a text to a phone counts for. own: what it has just asked for or filed, and what is urgent.
# told: what offices and time bring. staff: what people who work by text get.
Quota = Literal["own", "told", "staff"]


class MessagePolicy(Struct, frozen=True):
    """How a text is sent. `hours` is how long it has sense (None: as long as it can be sent at all).

    `urgent` goes in quiet hours too. `superseded`: needless once a later move of the same case is told.
    """

    kind: Kind
    urgent: bool = False
    hours: int | None = None
    superseded: bool = False

    @property
    def to_own_message(self) -> bool:
        """It answers what this person has just written: it is sent even after STOP."""
        return self.kind in TO_OWN_MESSAGE


TO_OWN_MESSAGE: frozenset[str] = frozenset({"answer", "question"})

# Who has just written or dialled is awake and waits: an answer comes at once or, hours later, only confuses.
_ANSWER = MessagePolicy("answer", urgent=True, hours=6)
_SETTING = MessagePolicy("answer", urgent=True, hours=24)  # what was switched on or off holds until it is changed
_REPLY = MessagePolicy("answer", urgent=True, hours=24)
_QUESTION = MessagePolicy("question", urgent=True, hours=6)
_RECEIPT = MessagePolicy("receipt", urgent=True)  # it carries the number: never needless, never too late
_STATUS = MessagePolicy("status", hours=72, superseded=True)
_LAST = MessagePolicy("status", superseded=True)  # how it ended is news for as long as it can be sent
_STAFF = MessagePolicy("status", hours=72)  # about a case of theirs: what its citizen is told makes it no less so
_NEWS = MessagePolicy("status", hours=72)  # of an event nobody thought about: nothing makes it needless

NUMBER_BUDGET = "number_budget"  # why a text waits whose phone had enough of its kind within a day
QUIET_HOURS = "quiet_hours"
ROAD_RESTS = "road_rests"  # why a text waits that no road takes just now
PUT_OFF = (NUMBER_BUDGET, QUIET_HOURS, ROAD_RESTS)  # these texts wait; they are not lost

DISCREET = "private_"

IN_TIME = ("delayed", "escalated", "reminder_confirm", "reminder_refused", "recheck")  # what time brings a citizen
TO_STAFF = (
    "officer_new",
    "officer_answer",
    "officer_due",
    "unacknowledged",
    "supervisor_escalation",
)  # to those who work on a case

TABLE: dict[str, MessagePolicy] = {
    "received": _RECEIPT,
    "suggestion_received": _RECEIPT,
    "sensitive_received": _RECEIPT,
    "draft_saved": MessagePolicy("receipt", urgent=True, hours=6),
    "emergency": _ANSWER,
    # an office moved the case
    "assigned": _STATUS,
    "in_progress": _STATUS,
    "waiting_citizen": _STATUS,
    "resolved_pending": _STATUS,
    "refused_pending": _STATUS,
    "transferred": _STATUS,
    "reopened": _STATUS,
    "appealed": _STATUS,
    "closed_final": _LAST,
    "closed_confirmed": _LAST,
    "closed_unanswered": _LAST,
    "dropped": _LAST,
    "merged": _LAST,
    "withdrawn": _LAST,
    "noted": _LAST,
    "adopted": _LAST,
    "declined": _LAST,
    "update": _STATUS,  # private_update: stands in for any of them
    **dict.fromkeys(IN_TIME, _STATUS),
    **dict.fromkeys(TO_STAFF, _STAFF),
    # answers to an SMS
    "status": _ANSWER,  # private_status
    "status_is": _ANSWER,
    "status_missing": _ANSWER,
    **dict.fromkeys(("status_none", "status_nearly", "status_added", "numbers", "number_line"), _ANSWER),
    "status_mistyped": _ANSWER,
    "help": _ANSWER,
    "unknown": MessagePolicy("answer", urgent=True, hours=1),
    "stop_ok": _SETTING,
    "start_ok": _SETTING,
    "language_ok": _SETTING,
    "private_ok": _SETTING,
    "forgotten": _SETTING,
    "filing_ask": _QUESTION,
    "language_ask": _QUESTION,
    "reason_ask": _QUESTION,
    "withdraw_ask": _QUESTION,
    "which_number": _QUESTION,
    "choose_again": _QUESTION,
    "new_how": _REPLY,
    "new_dial": _REPLY,
    "suggest_how": _REPLY,
    "details_added": _REPLY,
    "reason_kept": _REPLY,
    "reopen_closed": _REPLY,
    "appeal_closed": _REPLY,
    "withdraw_kept": _REPLY,
    "withdraw_closed": _REPLY,
    "call_ok": _REPLY,
    "nothing_asked": _ANSWER,
    "status_too_many": _ANSWER,
    **dict.fromkeys(TO_OFFICERS, _REPLY),
}


STAFF = frozenset((*TO_STAFF, *TO_OFFICERS))


def quota_for(event: str, kind: str, *, urgent: bool) -> Quota:
    """Which limit of a day a text counts for: a flood of one kind keeps back no text of another."""
    if event in STAFF:
        return "staff"
    return "own" if urgent or kind == "receipt" or kind in TO_OWN_MESSAGE else "told"


def message_policy(event: str) -> MessagePolicy:
    """How the text of an event is sent; a discreet text in its place is sent like it."""
    return TABLE.get(event) or TABLE.get(event.removeprefix(DISCREET), _NEWS)
