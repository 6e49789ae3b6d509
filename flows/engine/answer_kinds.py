"""The kinds of answers that callers type: how each is read, what can be wrong with it, and what it may hold.

A kind is one entry of KINDS. The flow file, the engine, the checks, previews and the editor take everything from it.
"""

from collections.abc import Callable

from msgspec import Struct

from flows.menu.actions import ResultField
from flows.menu.model import Answer, Scalar
from flows.text import tracking_number
from flows.text.western_digits import western

LONGEST_TEXT = 160  # characters of a typed text that checks count with: more than one screen holds in any case
MOST_DIGITS = 11  # of a number that is typed
ANY_NUMBER = (0, 10**9)


class ParsedAnswer(Struct, frozen=True):
    """The result of reading an entry: its value, or the key in `errors` of its `problem`."""

    value: Scalar = None
    problem: str = ""


class AnswerKind(Struct, frozen=True):
    """A kind of typed answer.

    `read` makes a value of an entry. `errors` are the problems it may find. `bounds` is the word of the flow file that
    limits it: `length`, `between` or none. `holds` says what a variable with such an answer contains, for checks and
    sample answers. A `free` answer may contain anything, including `*`. `about` says for operators what it is.
    """

    read: Callable[[Answer, str], ParsedAnswer]
    errors: tuple[str, ...]
    holds: Callable[[Answer], ResultField]
    bounds: str = ""
    free: bool = False
    about: str = ""


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
}
ERRORS = tuple(dict.fromkeys(("bad_choice", "bad_answer", *(name for kind in KINDS.values() for name in kind.errors))))


def kind_of(answer: Answer) -> AnswerKind:
    """The kind of an answer."""
    return KINDS[answer.kind]


def describe(answer: Answer) -> str:
    """What people may type, in words."""
    said = answer.kind.replace("_", " ")
    if kind_of(answer).bounds == "length":
        return f"{said} of {answer.shortest}-{answer.longest} characters"
    return f"{said} {answer.between[0]}-{answer.between[1]}" if answer.between else said


def is_free(answer: Answer | None) -> bool:
    """True if people may write anything."""
    return answer is not None and kind_of(answer).free
