"""The actions that a flow may use: their arguments, their outcomes and the records they return.

This is the contract between flow files (checked against it) and sessions/ussd/action_handlers.py (a test walks both).
"""

from msgspec import Struct, field

from flows.text import tracking_number

# The most that dangers name together on a screen, of the helplines that ship (a test measures it); and in Urdu script.
LONGEST_LINES = "0311-7786264 (Umang), 1122 (rescue), 15 (police)"
LONGEST_LINES_UCS2 = "0311-7786264 (امنگ), 1122 (ریسکیو)"
TEXTED_LINES = "15 (police), 1099 (helpline), 1122 (rescue)"  # in an SMS: the words for suicide have texts of their own


class ResultField(Struct, frozen=True):
    """A field of the record that an action returns.

    `longest` is in characters, for the room checks; `list` names the flow list whose codes it holds; `empty` says that
    it may be missing, `any_script` that people wrote it, so it may be in any script.
    """

    longest: int
    list: str | None = None
    empty: bool = False
    any_script: bool = False
    kind: str = "text"  # text, number, date, yes_no, lines (helplines with their names)
    sample: str = ""  # what previews show of it; "" for a usual one


class ActionSpec(Struct, frozen=True):
    """An action: argument -> required?, its outcomes besides failing, and the record it returns.

    `writes` actions are kept by (session, hop, step), so that a repeat finds the first outcome. `many` brings a list.
    """

    arguments: dict[str, bool]
    outcomes: tuple[str, ...]
    brings: dict[str, ResultField] = field(default_factory=dict)
    writes: bool = False
    many: bool = False


COMPLAINT = {
    "number": ResultField(tracking_number.FORMATTED_LENGTH),
    "status": ResultField(24, list="status"),
    "category": ResultField(24, list="category"),
    "district": ResultField(24, list="district"),
    "office": ResultField(24, list="office"),
    "due": ResultField(9, kind="date"),
    "filed": ResultField(9, kind="date"),
    "note": ResultField(90, empty=True, any_script=True),
    "open": ResultField(3, kind="yes_no"),
    "resolved": ResultField(3, kind="yes_no"),
    "waits": ResultField(8, empty=True),  # the answer that is waited for: solved, refused, answer
    "listed": ResultField(24, list="status"),  # what a list says of it: its status, or FOLLOWED
    "private": ResultField(3, kind="yes_no"),  # others who use the phone are shown its number, and open or closed
}

# What an action on words of danger brings besides: whom to call.
WARNED = {**COMPLAINT, "call": ResultField(len(LONGEST_LINES), empty=True, kind="lines")}

FOLLOWED = "followed"  # what a list says of another's complaint for which this phone was counted

# A problem that others reported too: the first open report, how many phones reported it, its hour and its day.
KNOWN = {
    "number": ResultField(tracking_number.FORMATTED_LENGTH),
    "status": ResultField(24, list="status"),
    "count": ResultField(4, kind="number"),
    "since": ResultField(5),
    "day": ResultField(9, kind="date"),
}

BRINGS_NOTHING = ("none", "missing", "too_many")  # outcomes that have no record to bring

ACTIONS: dict[str, ActionSpec] = {
    "remember": ActionSpec({}, ("ok",), writes=True),  # made by the engine for `save: contact.*`; not for flow files
    # Made by the engine for words that are typed where a number is expected, if the flow has a `danger_screen`.
    "find_danger": ActionSpec({}, ("ok", "danger"), {"call": ResultField(len(LONGEST_LINES), kind="lines")}),
    # `danger`: the details tell of one. Only where each such screen of the flow says what follows.
    "plan_complaint": ActionSpec(
        {"category": True, "district": True, "details": False, "language": False},
        ("ok", "danger"),
        {
            "office": ResultField(24, list="office"),
            "due": ResultField(9, kind="date"),
            "call": ResultField(len(LONGEST_LINES), empty=True, kind="lines"),
        },
    ),
    # `danger`: kept, and the words tell of one; `private_danger`: one that others who use the phone may not read of.
    # Only where each such screen of the flow says what follows.
    "file_complaint": ActionSpec(
        {"category": True, "district": True, "details": False, "private": False, "call_back": False},
        ("ok", "danger", "private_danger", "repeat"),
        WARNED,
        writes=True,
    ),
    # Words that came by SMS: filed even when nobody can tell what they are about or where. `private` and `danger` are
    # filed too: the answer names no subject, or says first whom to call.
    "file_by_text": ActionSpec(
        {"details": True, "category": False, "district": False, "private": False, "danger": False},
        ("ok", "private", "danger", "repeat"),
        COMPLAINT,
        writes=True,
    ),
    "file_suggestion": ActionSpec(
        {"details": True, "category": False, "district": False}, ("ok", "danger", "repeat"), WARNED, writes=True
    ),
    "my_complaints": ActionSpec({}, ("ok", "none"), COMPLAINT, many=True),
    # "joined": another's, for which this phone was counted. It can be followed, and nothing else.
    "find_complaint": ActionSpec({"number": True}, ("ok", "joined", "missing", "too_many"), COMPLAINT),
    "add_details": ActionSpec({"complaint": True, "details": True}, ("ok", "danger", "missing"), WARNED, writes=True),
    "remind": ActionSpec({"complaint": True}, ("ok", "too_soon", "missing"), COMPLAINT, writes=True),
    "save_feedback": ActionSpec({"complaint": True, "rating": True}, ("ok", "missing"), COMPLAINT, writes=True),
    "reopen_complaint": ActionSpec(
        {"complaint": True, "reason": True}, ("ok", "closed", "missing"), COMPLAINT, writes=True
    ),
    # "closed": it is not (or no longer) where that can be said of it.
    "confirm_complaint": ActionSpec({"complaint": True}, ("ok", "closed", "missing"), COMPLAINT, writes=True),
    "appeal_complaint": ActionSpec({"complaint": True}, ("ok", "closed", "missing"), COMPLAINT, writes=True),
    "withdraw_complaint": ActionSpec({"complaint": True}, ("ok", "closed", "missing"), COMPLAINT, writes=True),
    "note_pressure": ActionSpec({"complaint": True}, ("ok", "closed", "missing"), COMPLAINT, writes=True),
    "opt_out": ActionSpec({}, ("ok",), writes=True),
    # It only reads, but is kept: a replayed call must not get another menu because others have reported since.
    "known_problem": ActionSpec(
        {"category": True, "district": True, "days": False}, ("ok", "yours", "none"), KNOWN, writes=True
    ),
    "me_too": ActionSpec({"complaint": True}, ("ok", "already", "yours", "missing"), KNOWN, writes=True),
    "save_survey": ActionSpec({"service": True, "rating": True, "words": False}, ("ok", "repeat"), writes=True),
}

# What `begin` knows of the caller. `complaints` counts what this phone has filed.
CONTACT = {
    "language": ResultField(8, empty=True),
    "province": ResultField(24, list="province", empty=True),
    "district": ResultField(24, list="district", empty=True),
    "complaints": ResultField(4, kind="number"),
    "stopped": ResultField(3, empty=True, kind="yes_no"),
}
