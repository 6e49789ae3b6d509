"""The kinds of answers that callers type: how each is read, what can be wrong with it, and what it may hold.

A kind is one entry of KINDS. The flow file, the engine, the checks, previews and the editor take everything from it.
"""

import re
from collections.abc import Callable

import phonenumbers
from msgspec import Struct

from flows.engine.call_days import CallDay, day_of_call
from flows.menu.action_spec import ResultField
from flows.menu.model import DATE, PIN, Answer, Flow, Scalar
from flows.text import pin_digits, tracking_number
from flows.text.typed_date import read_date
from flows.text.western_digits import western

LONGEST_TEXT = 160  # characters of a typed text that checks count with: more than one screen holds in any case
LONGEST_PHONE = 16  # characters of a number as E.164
MOST_DIGITS = 11  # of a number that is typed
ANY_NUMBER = (0, 10**9)
COUNTRY = "PK"  # of a phone number without a country code, where the screen names no other; as the setting COUNTRY has
_ANY_ENTRY = "0300 1234567"
_PHONE = re.compile(r"\+?[0-9 ().-]{3,24}", re.ASCII)


class ParsedAnswer(Struct, frozen=True):
    """The result of reading an entry: its value, or the key in `errors` of its `problem`."""

    value: Scalar = None
    problem: str = ""


class AnswerKind(Struct, frozen=True):
    """A kind of typed answer.

    `read` makes a value of an entry; `read_on`, where it is given, does so with the day of the call. `errors` are the
    problems it may find. `bounds` is the word of the flow file that limits it, or none, and `more` are further words.
    `holds` says what a variable with such an answer contains, for checks and sample answers. A `free` answer may
    contain anything, including `*`. `about` says for operators what it is.
    """

    read: Callable[[Answer, str], ParsedAnswer]
    errors: tuple[str, ...]
    holds: Callable[[Answer], ResultField]
    bounds: str = ""
    free: bool = False
    about: str = ""
    read_on: Callable[[Answer, str, CallDay], ParsedAnswer] | None = None
    more: tuple[str, ...] = ()


def _read_text(answer: Answer, typed: str) -> ParsedAnswer:
    words = " ".join(typed.split())
    if len(words) < answer.shortest:
        return ParsedAnswer(problem="too_short")
    return ParsedAnswer(problem="too_long") if len(words) > answer.longest else ParsedAnswer(words)


def _read_number(answer: Answer, typed: str) -> ParsedAnswer:
    entry = western(typed).strip()
    low, high = answer.between or ANY_NUMBER
    if entry.isascii() and entry.isdigit() and len(entry) <= MOST_DIGITS and low <= int(entry) <= high:
        return ParsedAnswer(int(entry))
    return ParsedAnswer(problem="bad_answer")


def _read_tracking_number(answer: Answer, typed: str) -> ParsedAnswer:  # noqa: ARG001 - every kind is read alike
    found = tracking_number.parse_tracking_number(western(typed).strip())
    if found.number is None:
        return ParsedAnswer(problem="mistyped_number" if found.problem == "check" else "bad_answer")
    return ParsedAnswer(found.number)


def _read_date(answer: Answer, typed: str) -> ParsedAnswer:
    return _read_day(answer, typed, CallDay())


def _read_day(answer: Answer, typed: str, call: CallDay) -> ParsedAnswer:
    first, last = call.window(answer)
    day = read_date(typed, call.today, first, last, call.tags)
    if day is None:
        return ParsedAnswer(problem="bad_date")
    if not first <= day <= last:
        return ParsedAnswer(problem="too_early" if day < first else "too_late")
    return ParsedAnswer(day.isoformat()) if call.works(answer, day) else ParsedAnswer(problem="day_off")


def _read_phone(answer: Answer, typed: str) -> ParsedAnswer:
    """A phone number as E.164 (ITU-T): `+`, the country code, the rest."""
    entry = western(typed).strip()
    try:
        number = phonenumbers.parse(entry, answer.country or COUNTRY) if _PHONE.fullmatch(entry) else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        return ParsedAnswer(problem="bad_phone_number")
    return ParsedAnswer(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _read_pin(answer: Answer, typed: str) -> ParsedAnswer:  # noqa: ARG001 - as above
    digits = pin_digits.read_pin(typed)
    return ParsedAnswer(problem="bad_pin") if digits is None or pin_digits.is_easy(digits) else ParsedAnswer(digits)


KINDS = {
    "text": AnswerKind(
        _read_text,
        ("too_short", "too_long"),
        lambda answer: ResultField(min(answer.longest, LONGEST_TEXT), any_script=True),
        bounds="length",
        free=True,
        about="The caller's own words, as they are typed.",
    ),
    "number": AnswerKind(
        _read_number,
        ("bad_answer",),
        lambda answer: ResultField(len(str((answer.between or ANY_NUMBER)[1])), kind="number"),
        bounds="between",
        about="A whole number, in the digits of any script.",
    ),
    "tracking_number": AnswerKind(
        _read_tracking_number,
        ("bad_answer", "mistyped_number"),
        lambda answer: ResultField(tracking_number.LENGTH, sample=tracking_number.SAMPLE),  # noqa: ARG005 - as above
        about="A tracking number; one with a wrong digit is recognised as mistyped.",
    ),
    DATE: AnswerKind(
        _read_date,
        ("bad_date", "too_early", "too_late", "day_off"),
        lambda answer: ResultField(9, kind="date"),  # noqa: ARG005 - as above
        bounds="days",
        about="A day, as people type it: 3-12, 03122026, 3 dec, kal, Monday. It is stored as 2026-12-03.",
        read_on=_read_day,
        more=("working_days",),
    ),
    "phone": AnswerKind(
        _read_phone,
        ("bad_phone_number",),
        lambda answer: ResultField(LONGEST_PHONE, sample="+923001234567"),  # noqa: ARG005 - as above
        bounds="country",
        about="A phone number of any country, with or without its code. It is stored as +923001234567.",
    ),
    PIN: AnswerKind(
        _read_pin,
        ("bad_pin",),
        lambda answer: ResultField(pin_digits.LONGEST, sample="4826"),  # noqa: ARG005 - as above
        about="A PIN of 4 to 6 digits, in the digits of any script, but not 1234 or 1111. It is asked for last: only "
        "actions and a last screen may follow, no text shows it, and nothing keeps it.",
    ),
}
ERRORS = tuple(dict.fromkeys(("bad_choice", "bad_answer", *(name for kind in KINDS.values() for name in kind.errors))))


def kind_of(answer: Answer) -> AnswerKind:
    """The kind of an answer."""
    return KINDS[answer.kind]


def prepare_answers(flow: Flow) -> None:
    """Load what the typed answers of a flow need: names of days, and how numbers of a country are made.

    Without it, the first caller of a process who types one waits for the disk.
    """
    for ask in flow.asks:
        if ask.answer is None:
            continue
        kind = kind_of(ask.answer)
        if kind.read_on is not None:
            kind.read_on(ask.answer, _ANY_ENTRY, day_of_call(flow, {}))
        else:
            kind.read(ask.answer, _ANY_ENTRY)


def describe(answer: Answer) -> str:
    """What people may type, in words."""
    said = answer.kind.replace("_", " ")
    if answer.kind == DATE:
        return f"{'working day' if answer.working_days else said}{describe_days(answer.days)}"
    if answer.country:
        return f"{said} of {answer.country}"
    if kind_of(answer).bounds == "length":
        return f"{said} of {answer.shortest}-{answer.longest} characters"
    return f"{said} {answer.between[0]}-{answer.between[1]}" if answer.between else said


def describe_days(days: tuple[int, int] | None) -> str:
    """The days that a question takes, counted from that of the call; "" for any day."""
    return f" from today{days[0]:+} to today{days[1]:+}".replace("today+0", "today") if days else ""


def is_free(answer: Answer | None) -> bool:
    """True if people may write anything."""
    return answer is not None and kind_of(answer).free
