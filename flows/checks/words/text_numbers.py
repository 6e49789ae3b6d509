"""The numbers that a text says, in the digits of any script, and what they are for."""

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from flows.checks.words.language_tags import language_of, whole_words
from flows.checks.words.number_words import hours_of
from flows.menu.model import Template, Variable
from flows.text.western_digits import western

# A code to dial, a number with a dash or a plus in it, an amount with commas, or digits.
_NUMBER = re.compile(
    r"(?<![\w*#])[*#]+\d[\d*#]{0,20}#"
    r"|(?<![\w-])(?:\+\d{1,3}[ -]?)?\d{3,4}[ -]\d{6,8}(?![\w-])"
    r"|(?<![\w.:])\d{1,2}[:h]\d{2}(?![\w:])"
    r"|(?<![\w.])(?:[A-Z]{1,3}\.?)?\d{1,3}(?:,\d{2,3})+(?![\d,])"
    r"|(?<![\w.])(?:[A-Z]|Rs|RS|KSh|Ksh|KES|PKR|NGN|PHP)\.?\d{2,}(?:\.\d+)?(?![A-Za-z_\d])"  # P300, Rs.50
    r"|(?<![A-Za-z\d_])\+?\d+(?:\.\d+)?(?![A-Z_\d])"
)
DIGIT = re.compile(r"\d")  # of any script
FULL = 7  # digits from which a number is a telephone number, and no amount
MOST_SAID = 4000  # letters of a text that are looked at
_LETTERS = "[^\\W\\d_][\\w\u0900-\u0dff\u0e00-\u109f]*"
_WORD_AFTER = re.compile(rf"[\s\u00a0-]*({_LETTERS})")
_WORD_BEFORE = re.compile(rf"({_LETTERS})[\s\u00a0-]*$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")  # "1.500" in Spanish and many others
_HOUR_AFTER = re.compile(
    r"\s*(?:[ap]\.?\s?m\b|o.?clock|h\b|hrs?\b|heures?\b|horas?\b|uhr\b|baj[ae]y?|بجے|बजे|টা|ng (?:umaga|hapon|gabi))",
    re.IGNORECASE,
)
_HOUR_BEFORE = re.compile(r"(?:\bsaa|\bssaawa|\ba las?|\balas|\bsaat|\bpukul|\bjam|ሰዓት|الساعة|ساعت)\s+$", re.IGNORECASE)
_FROM_SIX = frozenset({"sw", "am", "lg", "ti", "om"})  # the day is counted from six in the morning
_CLAUSE = re.compile(r"[.?!:;\n۔؟،।]")
_CALL = (
    "call dial phone ring telephone helpline hotline contact milayein milaye milao milain milaen ملائیں ملاؤ کال فون"
    " ہیلپ لائن رابطہ rabta piga pigia simu appelez appeler appel composez téléphonez llame llamar llama marque marcar"
    " ligue disque फोन कल कॉल डायल सम्पर्क संपर्क woote woo wóol اتصل ملایو wac"
)


class SaidNumber(Struct, frozen=True):
    """A number in a text: `digits` as they are compared, `hours` if it is a time, whether it is one to call or dial.

    `shown` is what stands in the text, in Western digits, `clock` the minutes on a clock of 12 hours if it is an hour
    of the day, else -1: 9 in the morning is "9 am", "9:00", "9h" and in Swahili "saa 3".
    """

    digits: str
    shown: str
    hours: float = 0
    called: bool = False
    clock: int = -1


def words_of(parts: Template, service: Mapping[str, str]) -> str:
    """A template as it is compared: with the service's own words in it, and a blank mark for every other variable."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return parts[0][:MOST_SAID]
    return "".join(
        part if isinstance(part, str) else service.get(part.name, "\u2026")[:80]
        for part in parts
        if isinstance(part, str | Variable)
    )[:MOST_SAID]


def numbers_in(said: str, tag: str) -> list[SaidNumber]:
    """The numbers of a text in a language; an amount without its commas, a telephone number without its dashes."""
    if not DIGIT.search(said):
        return []
    plain = western(said)
    return [_number(plain, match, tag) for match in _NUMBER.finditer(plain)]


def counts_time(plain: str, at: int, tag: str) -> bool:
    """True if the number that begins at a place of a text is one of hours, days or longer times."""
    found = numbers_in(plain[at : at + 20], tag)
    return bool(found and found[0].hours)


def _number(plain: str, match: re.Match[str], tag: str) -> SaidNumber:
    shown = match[0]
    digits = "".join(letter for letter in shown.replace("h", ":") if letter.isdecimal() or letter in "*#.:").lstrip(".")
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(".", "")
    if after := _WORD_AFTER.match(plain, match.end()):
        unit = hours_of(_folded(after), tag)
    else:
        unit = hours_of(_folded(_WORD_BEFORE.search(plain, max(0, match.start() - 30), match.start())), tag)
    called = "#" in shown or sum(map(str.isdecimal, shown)) >= FULL
    if not called and not unit and len(digits) > 1 and ":" not in digits:
        called = _is_called(plain, match)
    if not called and digits.isdecimal():
        digits = digits.lstrip("0") or "0"
    hours = unit * float(digits) if unit and digits.count(".") < 2 and not {*"#:"} & {*digits} else 0
    return SaidNumber(digits, shown, hours, called, -1 if called else _clock(plain, match, tag))


def _clock(plain: str, match: re.Match[str], tag: str) -> int:
    """The minutes on a clock of 12 hours that a number means; -1 if it is no hour of the day."""
    hour, _, minute = match[0].replace("h", ":").partition(":")
    if not hour.isdecimal() or len(hour) > 2 or int(hour) > 24:  # the hours of a day
        return -1
    counted = bool(_HOUR_BEFORE.search(plain, max(0, match.start() - 12), match.start()))
    if not (minute or counted or _HOUR_AFTER.match(plain, match.end())):
        return -1
    from_six = language_of(tag) in _FROM_SIX and not _HOUR_AFTER.match(plain, match.end())
    return (int(hour) + 6 * from_six) % 12 * 60 + int(minute or 0)


def _is_called(plain: str, match: re.Match[str]) -> bool:
    """True for a number in a clause that says to call."""
    before, after = plain[max(0, match.start() - 60) : match.start()], plain[match.end() : match.end() + 60]
    clause = f"{_CLAUSE.split(before)[-1]} {_CLAUSE.split(after)[0]}"
    if not _ANY_CALL.search(clause):  # most clauses: without folding each of their words
        return False
    return not _CALLED.isdisjoint(whole_words(clause))


def _folded(match: re.Match[str] | None) -> str:
    return _folded_word(match[1]) if match else ""


@lru_cache(maxsize=2048)
def _folded_word(word: str) -> str:
    """A word beside a number: in thousands of rows it is one of a few, such as Ward."""
    return next(iter(whole_words(word)), "")


_CALLED = frozenset(whole_words(_CALL))
_ANY_CALL = re.compile("|".join({*_CALL.split(), *_CALLED}), re.IGNORECASE)
