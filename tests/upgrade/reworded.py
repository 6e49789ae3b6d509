"""Words of commands that were changed on purpose since the earlier commit, so that all else must be as it was."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

UTC_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")
REWORDED = (
    ("\noffice   ", "\nkind     "),
    ("\ndesk     ", "\noffice   "),
    ("with the office, not begun", "with the office, not started"),
    ("waits for its citizen's answer", "waiting for the citizen's answer"),
    ("not possible, says the office; its citizen was", "the office says that it is not possible; the citizen was"),
    ("solved, says the office; its citizen was", "the office says that it is solved; the citizen was"),
    ("opened again by its citizen", "reopened by the citizen"),
    ("opened again by", "reopened by"),
    ("in appeal", "under appeal"),
    ("closed: its citizen says it is solved", "closed: the citizen says that it is solved"),
    ("closed: its citizen did not answer", "closed: the citizen did not answer"),
    ("joined to another case", "merged with another case"),
    ("taken back by its citizen", "withdrawn by the citizen"),
    ("said to be pressed by", "pressure reported by"),
    ("call wanted by", "call requested by"),
    ("its citizen wants to stay unknown", "the citizen wants to stay anonymous"),
    ("kind not known", "category not known"),
    ("place not known", "district not known"),
    ("waits to be sent", "waiting to be sent"),
    (", owed ", ", created "),
    ("decide by hand", "decide manually"),
    ("failed: no rule leads to them (ROADS)", "failed: no route to their numbers (ROADS)"),
    ("no road leads to this number (ROADS)", "there is no route to this number (ROADS)"),
    ("Try again, once the reason is gone:", "Retry, once the cause is fixed:"),
    ("Or never send them:                 flask", "Or never send them:             flask"),
    ("has not left yet", "not sent yet"),
    ("  left 20", "  sent 20"),
    ("with officers' words", "with officers' commands"),
    ("doubts decided", "uncertain sends decided"),
    ("moved on by their clock", "moved on by the clock"),
    ("may have arrived: its report is awaited", "may have arrived: waiting for its delivery report"),
    ("taken by the aggregator, no report yet", "accepted by the aggregator, no delivery report yet"),
    ("not sent: a later text tells more", "not sent: a later text says more"),
    ("not sent: it came too late to be of use", "not sent: too late to be useful"),
    ("is being sent", "being sent"),
    ("the network has it, the phone is off", "the network has it, but the phone is off"),
)
HIDDEN_WORDS = re.compile(r"(?m)^(words    .*)(?=\nprivate)")


def in_new_words(said: str) -> str:
    """What a command said then, as it says it now."""
    for before, now in REWORDED:
        said = said.replace(before, now)
    said = HIDDEN_WORDS.sub(r"\1 (phone numbers are removed)", said)  # an operator sees none in a private complaint
    return UTC_TIME.sub(lambda found: in_karachi(found[1]), said)


def in_karachi(utc: str) -> str:
    """A time that a command said in UTC, as it says it now: in the time zone of people."""
    return f"{datetime.fromisoformat(utc) + timedelta(hours=5):%Y-%m-%d %H:%M} PKT"
