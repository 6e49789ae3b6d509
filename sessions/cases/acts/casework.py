"""Everything that can be done to a complaint, one function for each act: console, SMS, command line and API use these.

Each act runs in the caller's transaction: the life cycle allows it or says what is legal, history gets one row, the
complaint its next version, its citizen the text that is owed, and its clock is wound. The daily work of an office is in
working.py, who gets a case in sending.py, how it ends in closing.py, what its citizen does in citizens.py and
verdicts.py, and what time does in timely.py.
"""

from __future__ import annotations

from sessions.cases.acts.assignment import assign, hand_back, reassign, screen, transfer
from sessions.cases.acts.citizen_verdicts import (
    appeal,
    confirm,
    give_reason,
    pressed,
    reopen,
    still_solved,
    want_call,
    withdraw,
)
from sessions.cases.acts.office_work import acknowledge, ask, go_on, interim
from sessions.cases.acts.resolution import adopt, decide, decline, drop, merge, note, refuse, resolve
from sessions.cases.acts.timed_acts import (
    escalate,
    lapse,
    nudge,
    recheck,
    remind_confirm,
    unacknowledged,
    undelivered,
    wait_over,
)
from sessions.cases.core.transition import Done, Refused

__all__ = [
    "Done",
    "Refused",
    "acknowledge",
    "adopt",
    "appeal",
    "ask",
    "assign",
    "confirm",
    "decide",
    "decline",
    "drop",
    "escalate",
    "give_reason",
    "go_on",
    "hand_back",
    "interim",
    "lapse",
    "merge",
    "note",
    "nudge",
    "pressed",
    "reassign",
    "recheck",
    "refuse",
    "remind_confirm",
    "reopen",
    "resolve",
    "screen",
    "still_solved",
    "transfer",
    "unacknowledged",
    "undelivered",
    "wait_over",
    "want_call",
    "withdraw",
]
