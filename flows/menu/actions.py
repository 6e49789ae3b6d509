"""The actions that a flow may use: their arguments, their outcomes and the records they return.

This is the contract between flow files (checked against it) and sessions/ussd/action_handlers.py (a test walks both).
"""

from msgspec.structs import replace

from flows.menu.action_spec import ActionSpec, Argument, ResultField
from flows.text import tracking_number
from flows.text.normalization import MOST_LETTERS

# The most that dangers name together on a screen, of the helplines that ship (a test measures it); and in Urdu script.
LONGEST_LINES = "0311-7786264 (Umang), 1122 (rescue), 15 (police)"
LONGEST_LINES_UCS2 = "0311-7786264 (امنگ), 1122 (ریسکیو)"
TEXTED_LINES = "15 (police), 1099 (helpline), 1122 (rescue)"  # in an SMS: the words for suicide have texts of their own
LONGEST_SERVICE = 64  # characters of what a survey is about (`storage/schema/tables.py`)

COMPLAINT = {
    "number": ResultField(tracking_number.FORMATTED_LENGTH, about="Its tracking number, such as 482-719-300."),
    "status": ResultField(24, list="status", about="Its status; open or closed if it is private."),
    "category": ResultField(24, list="category", about="Its category; empty if it is private."),
    "district": ResultField(24, list="district", about="Its district; empty if it is private."),
    "office": ResultField(24, list="office", about="The office that has it; empty if it is private."),
    "due": ResultField(9, kind="date", about="The day by which the office must reply."),
    "filed": ResultField(9, kind="date", about="The day on which it was filed."),
    "note": ResultField(
        90,
        empty=True,
        any_script=True,
        about="What the office last wrote; empty if there is nothing, or it is private.",
    ),
    "open": ResultField(3, kind="yes_no", about="Whether it is still being worked on."),
    "resolved": ResultField(3, kind="yes_no", about="Whether the office says that it is solved."),
    "waits": ResultField(
        8,
        empty=True,
        values=("solved", "refused", "answer"),
        about="The answer that is waited for: solved, refused or answer; empty if there is none.",
    ),
    "listed": ResultField(
        24,
        list="status",
        about="What a list says of it: its status, or followed for a problem that somebody else filed.",
    ),
    "private": ResultField(
        3, kind="yes_no", about="Whether others who use the phone are shown only its number, and open or closed."
    ),
    "guarded": ResultField(
        3, kind="yes_no", about="Whether it is private and this phone has a PIN: what reads or changes it needs that."
    ),
    "readable": ResultField(3, kind="yes_no", about="Whether the PIN opens it, which is not older than it."),
}
# What the PIN of the phone opens of a private complaint, for a last screen.
OPENED = {
    **COMPLAINT,
    "details": ResultField(160, empty=True, any_script=True, about="The caller's own words."),
}

CALL = "Whom to call in this danger: helplines with their names."
# What an action on words of danger brings besides: whom to call.
WARNED = {**COMPLAINT, "call": ResultField(len(LONGEST_LINES), empty=True, kind="lines", about=CALL)}

VERDICTS = ("nothing_done", "half_done", "wrong_answer", "asked_for_money", "rude")  # of the life cycle that ships
FOLLOWED = "followed"  # what a list says of another's complaint for which this phone was counted

# A problem that others reported too: the first open report, how many phones reported it, its hour and its day.
KNOWN = {
    "number": ResultField(tracking_number.FORMATTED_LENGTH, about="The tracking number of the first open report."),
    "status": ResultField(24, list="status", about="The status of that report."),
    "count": ResultField(4, kind="number", about="How many phones reported it."),
    "since": ResultField(5, about="The hour of that report, such as 14:05."),
    "day": ResultField(9, kind="date", about="The day of that report."),
}

BRINGS_NOTHING = ("none", "missing", "too_many")  # outcomes that have no record to bring

_MISSING = "The caller has no such complaint."
_CLOSED = "It is not, or no longer, where this can be done."
_REPEAT = (
    "This phone filed one of the same category and district today, and it is open: new words are added to that one, "
    "which it brings."
)
_COMPLAINT = Argument("Which of the caller's own complaints: its record or its number.", kind="complaint")
_PIN = Argument("What the caller typed as a PIN. Needed where the complaint is `guarded`.", required=False, kind="pin")
_WRONG_PIN = "The caller has no such complaint, or the PIN is wrong: one answer, so that nobody learns which."
_TRIED = "Five wrong PINs were typed within a day. Nothing is compared any more, until a day is over."
_DETAILS = Argument("The caller's own words.", joins=MOST_LETTERS)
_CATEGORY = Argument("What it is about. It decides the office and the number of days.", kind="code", list="category")
_DISTRICT = Argument("Where it is. It decides which local office has it.", kind="code", list="district")
_OPTIONAL_DETAILS, _OPTIONAL_CATEGORY, _OPTIONAL_DISTRICT = (
    replace(each, required=False) for each in (_DETAILS, _CATEGORY, _DISTRICT)
)
_PRIVATE = Argument(
    "yes hides the caller's name from the office, and the subject from others who use the phone.",
    required=False,
    kind="yes_no",
)

ACTIONS: dict[str, ActionSpec] = {
    # Made by the engine for `save: contact.*`.
    "remember": ActionSpec(
        "Stores what is remembered of a phone for its next calls.",
        {},
        {"ok": "It is stored."},
        writes=True,
        built_in=True,
    ),
    # Made by the engine for words that are typed where a number is expected, if the flow has a `danger_screen`.
    "find_danger": ActionSpec(
        "Looks for words of danger where a number is expected.",
        {},
        {"ok": "There are none.", "danger": "There are some."},
        {"call": ResultField(len(LONGEST_LINES), kind="lines", about=CALL)},
        built_in=True,
    ),
    "plan_complaint": ActionSpec(
        "Tells which office a complaint would go to and when it must reply. Stores nothing.",
        {
            "category": _CATEGORY,
            "district": _DISTRICT,
            "details": Argument(
                "The caller's own words, to be searched for words of danger.", required=False, joins=MOST_LETTERS
            ),
            "language": Argument("The language in which the helplines are named.", required=False, kind="language"),
        },
        {
            "ok": "The office and the day are known.",
            "danger": "The details tell of a danger. Only if every screen with this action says what follows.",
        },
        {
            "office": ResultField(24, list="office", about="The office that would have it."),
            "due": ResultField(9, kind="date", about="The day by which it would have to reply."),
            "call": ResultField(len(LONGEST_LINES), empty=True, kind="lines", about=CALL),
        },
    ),
    "file_complaint": ActionSpec(
        "Files a complaint: stores a case with these values and gives it to an office.",
        {
            "category": _CATEGORY,
            "district": _DISTRICT,
            "details": _OPTIONAL_DETAILS,
            "private": _PRIVATE,
            "call_back": Argument("yes asks the office to call the caller.", required=False, kind="yes_no"),
        },
        {
            "ok": "It is filed.",
            "danger": "It is filed as urgent, because the words tell of a danger. Only if every screen with this "
            "action says what follows.",
            "private_danger": "The same, and others who use the phone must not read of it.",
            "repeat": _REPEAT,
        },
        WARNED,
        writes=True,
    ),
    "file_by_text": ActionSpec(
        "Files words that came by SMS, even when nobody can tell what they are about or where.",
        {
            "details": _DETAILS,
            "category": _OPTIONAL_CATEGORY,
            "district": _OPTIONAL_DISTRICT,
            "private": _PRIVATE,
            "danger": Argument("yes files it as urgent.", required=False, kind="yes_no"),
        },
        {
            "ok": "It is filed.",
            "private": "It is filed, and the reply must not name the subject: the category is `sensitive`, or the "
            "argument `private` is yes.",
            "danger": "It is filed as urgent, because its category is an `emergency` or the argument `danger` is yes, "
            "and the reply must first say whom to call. It comes before `private`. The words are not searched here: "
            "they were, when the SMS came.",
            "repeat": _REPEAT,
        },
        COMPLAINT,
        writes=True,
    ),
    "file_suggestion": ActionSpec(
        "Files a suggestion: stores a case that no office has to solve.",
        {"details": _DETAILS, "category": _OPTIONAL_CATEGORY, "district": _OPTIONAL_DISTRICT},
        {
            "ok": "It is filed.",
            "danger": "It is filed as an urgent complaint, because the words tell of a danger. Only if every screen "
            "with this action says what follows.",
            "repeat": "This phone sent the same words today: they are stored once, and it brings that one.",
        },
        WARNED,
        writes=True,
    ),
    "my_complaints": ActionSpec(
        "Brings the caller's latest complaints and the problems that they follow. Stores nothing.",
        {},
        {"ok": "There are some.", "none": "There are none."},
        COMPLAINT,
        many=True,
    ),
    "find_complaint": ActionSpec(
        "Finds a complaint by its number. Stores nothing but that a wrong number was tried.",
        {"number": Argument("The tracking number.")},
        {
            "ok": "It is the caller's own.",
            "joined": "It is another's, and the caller was counted for it: they may follow it, and nothing else.",
            "missing": _MISSING,
            "too_many": "This phone has tried too many wrong numbers, and must wait.",
        },
        COMPLAINT,
    ),
    "add_details": ActionSpec(
        "Adds words to a complaint. An office that waited for them goes on.",
        {"complaint": _COMPLAINT, "details": _DETAILS, "pin": _PIN},
        {
            "ok": "They are added.",
            "danger": "They are kept, and tell of a danger. Only if every screen with this action says what follows.",
            "missing": _WRONG_PIN,
            "too_many": _TRIED,
        },
        WARNED,
        writes=True,
    ),
    # It only reads, but is kept: a wrong PIN counts once, and the same hop gets no second guess.
    "read_complaint": ActionSpec(
        "Brings all of a complaint, also of a private one, to whoever knows the PIN. Stores nothing but the try.",
        {"complaint": _COMPLAINT, "pin": Argument("What the caller typed as a PIN.", kind="pin")},
        {"ok": "The PIN is right.", "missing": _WRONG_PIN, "too_many": _TRIED},
        OPENED,
        writes=True,
    ),
    "set_pin": ActionSpec(
        "Gives this phone a PIN, if it has none. A PIN is changed by SMS, and removed at an office.",
        {"pin": Argument("What the caller typed as a PIN.", kind="pin")},
        {"ok": "It is set.", "exists": "This phone has a PIN: it stays as it is."},
        writes=True,
    ),
    "remind": ActionSpec(
        "Reminds the office of a complaint, and notes that in its history.",
        {"complaint": _COMPLAINT},
        {
            "ok": "The office is reminded.",
            "too_soon": "It was reminded a short time ago.",
            "missing": "The caller has no such open complaint.",
        },
        COMPLAINT,
        writes=True,
    ),
    "save_feedback": ActionSpec(
        "Stores with a complaint how satisfied the caller is.",
        {
            "complaint": _COMPLAINT,
            "rating": Argument("A number from 1 to 5.", kind="number", between=(1, 5)),
            "pin": _PIN,
        },
        {"ok": "It is stored.", "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "reopen_complaint": ActionSpec(
        "The problem is not solved: opens the complaint again, with a higher office and half the time.",
        {
            "complaint": _COMPLAINT,
            "reason": Argument(
                "Why it is not solved, in words or as one of these codes of the life cycle. Oversight alone reads "
                "`asked_for_money`, and `rude` of a private complaint.",
                joins=MOST_LETTERS,
                values=VERDICTS,
            ),
            "pin": _PIN,
        },
        {"ok": "It is open again.", "closed": _CLOSED, "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "confirm_complaint": ActionSpec(
        "The problem is solved, or the refusal is accepted: closes the complaint.",
        {"complaint": _COMPLAINT, "pin": _PIN},
        {"ok": "It is closed.", "closed": _CLOSED, "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "appeal_complaint": ActionSpec(
        "The caller does not accept a refusal: gives the complaint to oversight.",
        {"complaint": _COMPLAINT, "pin": _PIN},
        {"ok": "Oversight has it.", "closed": _CLOSED, "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "withdraw_complaint": ActionSpec(
        "The caller takes the complaint back: closes it, and no text about it is sent any more.",
        {"complaint": _COMPLAINT, "pin": _PIN},
        {"ok": "It is taken back.", "closed": _CLOSED, "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "note_pressure": ActionSpec(
        "Somebody forces the caller to take it back: the phone shows it as taken back, and oversight has it.",
        {"complaint": _COMPLAINT, "pin": _PIN},
        {"ok": "Oversight has it.", "closed": _CLOSED, "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "take_off_phone": ActionSpec(
        "Takes a complaint off this phone: no screen and no text tells of it any more. It stays open.",
        {"complaint": _COMPLAINT, "pin": _PIN},
        {"ok": "It is off the phone.", "missing": _WRONG_PIN, "too_many": _TRIED},
        COMPLAINT,
        writes=True,
    ),
    "new_holder": ActionSpec(
        "Whoever has the phone says that its number is new to them: nothing that was filed from it before is shown or "
        "texted there any more.",
        {"pin": _PIN, "unknown": Argument("yes from who does not know the PIN.", required=False, kind="yes_no")},
        {"ok": "Nothing is shown.", "guarded": "It needs the PIN.", "missing": _WRONG_PIN, "too_many": _TRIED},
        writes=True,
    ),
    "claim_complaint": ActionSpec(
        "Brings an old complaint back to this phone, with all that was filed with it, if what the caller says of it is "
        "right. Wrong answers are counted.",
        {
            "number": Argument("The tracking number."),
            "district": Argument("Where it was filed for.", kind="code", list="district"),
            "month": Argument("The month in which it was filed.", kind="number", between=(1, 12)),
            "group": Argument("What it is about.", kind="code", list="group"),
        },
        {
            "ok": "It is shown on this phone again.",
            "missing": "There is no such complaint, or something that was said of it is wrong.",
            "too_many": "Too many wrong answers came from this phone, and it must wait.",
        },
        COMPLAINT,
        writes=True,
    ),
    "opt_out": ActionSpec(
        "Stores that this phone gets no texts about its complaints any more, as STOP does.",
        {},
        {"ok": "It is stored."},
        writes=True,
    ),
    # It only reads, but is kept: a replayed call must not get another menu because others have reported since.
    "known_problem": ActionSpec(
        "Tells whether others have reported the same problem in the same place. Stores nothing.",
        {
            "category": _CATEGORY,
            "district": _DISTRICT,
            "days": Argument(
                "How many days old a report may be; a few hours without it.",
                required=False,
                kind="number",
                between=(1, 365),
                limit="known_problems.days",
            ),
        },
        {
            "ok": "Another phone has reported it lately, and it is not solved.",
            "yours": "This phone has reported it.",
            "none": "Nobody has.",
        },
        KNOWN,
        writes=True,
    ),
    "me_too": ActionSpec(
        "Counts the caller for a complaint that another phone has filed.",
        {"complaint": Argument("The record or the number that known_problem brought.", kind="complaint")},
        {
            "ok": "The caller is counted.",
            "already": "They were counted before.",
            "yours": "They filed it themselves.",
            "missing": "There is no such open complaint.",
        },
        KNOWN,
        writes=True,
    ),
    "save_survey": ActionSpec(
        "Stores how the caller rates a service.",
        {
            "service": Argument("Which service: the code of a row or an option.", joins=LONGEST_SERVICE),
            "rating": Argument("A number from 1 to 5.", kind="number", between=(1, 5)),
            "words": Argument("What the caller says of it.", required=False, joins=MOST_LETTERS),
        },
        {"ok": "It is stored.", "repeat": "This phone has rated this service today: the first rating stays."},
        writes=True,
    ),
    # Kept, so that a replayed call goes on in the revision that it went on in the first time.
    "open_flow": ActionSpec(
        "The call goes on at the start of another flow, in its live revision, and does not come back. Only what is "
        "known of the phone goes along.",
        {"flow": Argument("The name of the other flow, in quotes.", kind="flow")},
        {},
        writes=True,
    ),
}

OPEN_FLOW = "open_flow"  # the action with which a call goes on in another flow
DECLINED = "declined"  # asked for by the engine alone: the unfinished call that was offered is wanted no more

# What `begin` knows of the caller. `complaints` counts what this phone has filed.
CONTACT = {
    "language": ResultField(8, empty=True, about="The language that the caller chose."),
    "province": ResultField(24, list="province", empty=True, about="The province that the caller chose."),
    "district": ResultField(24, list="district", empty=True, about="The district that the caller chose."),
    "complaints": ResultField(4, kind="number", about="How many complaints this phone has filed."),
    "stopped": ResultField(3, empty=True, kind="yes_no", about="Set if this phone sent STOP, and so gets no texts."),
}
