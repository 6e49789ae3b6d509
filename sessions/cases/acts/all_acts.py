"""Everything that can be done to a complaint, one function for each act: console, SMS, command line and API use these.

Each act runs in the caller's transaction: the life cycle allows it or says what is legal, history gets one row, the
complaint its next version, its citizen the text that is owed, and its clock is set. The daily work of an office is in
office_work.py, who gets a case in assignment.py, how it ends in resolution.py, what its citizen does in
citizen_acts.py and citizen_verdicts.py, and what time does in timed_acts.py.
"""

from __future__ import annotations

from sessions.cases.acts.assignment import assign, hand_back, reassign, screen, transfer
from sessions.cases.acts.citizen_verdicts import (
    appeal,
    confirm,
    confirm_recheck,
    give_reason,
    note_pressure,
    reopen,
    want_call,
    withdraw,
)
from sessions.cases.acts.office_work import acknowledge, ask_citizen, resume_work, send_interim_reply
from sessions.cases.acts.resolution import adopt, decide, decline, drop, merge, note, refuse, resolve
from sessions.cases.acts.timed_acts import (
    end_wait,
    escalate,
    flag_unacknowledged_complaint,
    flag_undelivered_question,
    lapse,
    nudge,
    recheck,
    remind_confirm,
)
from sessions.cases.core.act_record import ActResult, Refusal

__all__ = [
    "ActResult",
    "Refusal",
    "acknowledge",
    "adopt",
    "appeal",
    "ask_citizen",
    "assign",
    "confirm",
    "confirm_recheck",
    "decide",
    "decline",
    "drop",
    "end_wait",
    "escalate",
    "flag_unacknowledged_complaint",
    "flag_undelivered_question",
    "give_reason",
    "hand_back",
    "lapse",
    "merge",
    "note",
    "note_pressure",
    "nudge",
    "reassign",
    "recheck",
    "refuse",
    "remind_confirm",
    "reopen",
    "resolve",
    "resume_work",
    "screen",
    "send_interim_reply",
    "transfer",
    "want_call",
    "withdraw",
]
