"""What a flow's files may name besides screens: the columns of its lists, the words of the line, and of the service.

Reading, checks, the reference page and the schema for editors take these names from here, and nowhere else. The fields
of `contact` and `complaint` are in flows/menu/actions.py, with what they hold.
"""

from typing import Literal

from msgspec import Struct

EVERY_LIST = "*"
Cells = Literal["words", "code", "codes", "number", "yes_no", "day", "free"]


class ListColumn(Struct, frozen=True):
    """A column that something reads, in the list of this name (or in every list: `*`).

    `cells` says what stands in it: the words of a language, a code or codes (of the list `of`, semicolons between), a
    whole number, yes or nothing, an ISO date, or anything. `needed_by` are the actions that do the wrong thing without
    it, and `without` says what they do then. One that is `required` has to be in every such list.
    """

    list: str
    name: str
    cells: Cells
    about: str
    of: str = ""
    needed_by: tuple[str, ...] = ()
    without: str = ""
    required: bool = False


FILING = ("file_complaint", "file_by_text")
COLUMNS = (
    ListColumn(EVERY_LIST, "code", "code", "what is stored; it never changes", required=True),
    ListColumn(EVERY_LIST, "aliases", "free", "other words that people type for the row, with semicolons between"),
    ListColumn(EVERY_LIST, "active_from", "day", "the first day on which the row is offered"),
    ListColumn(EVERY_LIST, "active_until", "day", "the last day on which the row is offered"),
    ListColumn(EVERY_LIST, "part_of", "code", "the row of the same list that this one is a part of"),
    ListColumn(EVERY_LIST, "sensitive", "yes_no", "others who use the phone may not read that the row was chosen"),
    ListColumn(EVERY_LIST, "common_word", "free", "names of the row that are everyday words too, or yes for all"),
    ListColumn(
        "category",
        "office",
        "code",
        "the kind of office that gets the complaint",
        of="office",
        needed_by=FILING,
        without="every complaint goes to triage, where a person has to sort it",
    ),
    ListColumn(
        "category",
        "days",
        "number",
        "whole days until a reply is due",
        needed_by=(*FILING, "plan_complaint"),
        without="every complaint is due after the usual number of days",
    ),
    ListColumn("category", "emergency", "yes_no", "life is in danger: due by day and night, and sent at once"),
    ListColumn("category", "emergency_check", "code", "asked first whether there is danger", of="emergency_check"),
    ListColumn("category", "keywords", "free", "words of an SMS that mean this category, with semicolons between"),
    ListColumn("category", "against", "code", "the kind of office that the complaint is about", of="office"),
    ListColumn(
        "district",
        "province",
        "code",
        "the province, whose offices and holidays count",
        of="province",
        needed_by=FILING,
        without="the offices of a province get none of its complaints",
    ),
    ListColumn("place", "district", "codes", "the rows of the list district that the place is in", of="district"),
    ListColumn("place", "kind", "free", "tehsil, town, area, post_office; or province and phrase, which are no place"),
    ListColumn("place", "verified", "yes_no", "the district has been checked; without it, people are asked"),
    ListColumn("office", "kind", "code", "a row that is the office of a place: the kind of office it is", of="office"),
    ListColumn("office", "serves", "codes", "the districts and provinces that the office of a place serves"),
)
# Argument of an action -> the list that its code must be in: the office and the due date come from the row.
ARGUMENT_LISTS = {"category": "category", "district": "district"}

# `errors` of a flow, or of a screen where an answer may be wrong: when each is shown.
ANSWER_WORDS = {
    "bad_choice": "a number or a name that the screen does not offer",
    "bad_answer": "an answer that is not understood, where nothing closer fits",
    "too_short": "a text with fewer characters than `length` allows",
    "too_long": "a text with more characters than `length` allows",
    "mistyped_number": "a complaint number in which a digit is wrong",
    "bad_date": "what is no day of the calendar, where a day is asked for",
    "too_early": "a day before the first that `days` allows; `{first_day}` and `{last_day}` are those it allows",
    "too_late": "a day after the last that `days` allows",
    "day_off": "a day on which offices are closed, with `working_days: yes`",
    "bad_phone_number": "what is no phone number, where one is asked for",
    "bad_pin": "what is no PIN of 4 to 6 digits, or one that is easy to guess, where a PIN is asked for",
}
LINE_WORDS = {
    "too_many": "the call ends after the last wrong answer",
    "too_many_kept": "the same, where the answers are kept and offered at the next dial",
    "busy": "the service cannot answer now",
    "expired": "the call took too long",
    "changed": "the menu was published anew during the call",
    "bad_phone": "the phone number of the caller cannot be read",
    "deleted": "the caller chose to delete an unfinished call",
}
ERROR_WORDS = ANSWER_WORDS | LINE_WORDS

# `service` of a flow: words that every text may use. The settings of the installation come before the flow's own.
SERVICE_WORDS = {
    "line": "the code that the caller dialled; in a text about a case, the code of the flow that filed it",
    "ussd": "the same, unless the flow has a `line` of its own: then the code of the service's main line",
    "sms": "the number that people send SMS to",
    "help": "the number of the helpline",
}


def columns_of(list_name: str) -> tuple[ListColumn, ...]:
    """The columns that something reads in a list of this name, those of every list included."""
    return tuple(column for column in COLUMNS if column.list in (EVERY_LIST, list_name))
