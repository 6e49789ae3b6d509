"""The words of an SMS -> what its sender wants, and why it was understood so.

Matching ignores differences of case, spaces, punctuation, digits and letters of several scripts, and the spelling of
small words. A long keyword may have one wrong letter, but not one that stops texts or withdraws something.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from flows.menu.diagnostics import Path, Place
from flows.menu.keyword_rule import FIRST, OFFICERS, POLITE, SPAM, Rule
from flows.text import tracking_number
from flows.text.normalization import Word, normalize_keyword, words
from flows.understanding import keyword_index, message_kinds
from flows.understanding.keyword_index import MOST_CHOICE, Index, IndexedKeyword

# To a refusal: it is not accepted.
_ACCEPT = frozenset(
    normalize_keyword(
        "manzoor manzur qabool qubool kabool accept accepted agree agreed manta manti mante maanta maanti razi"
        " منظور قبول مانتا مانتی مانتے راضی"
    )
)
_NOT_ACCEPT = frozenset(normalize_keyword("nahi na no not dont never don cannot cant نہیں نہ"))
_AGAINST = frozenset(
    normalize_keyword("appeal apeel appeals aitraz aitraaz etraz objection disagree challenge اپیل اعتراض")
)
_UNJUST = frozenset(
    normalize_keyword("zulm zulam ziadti zyadti nainsafi namanzoor unfair injustice unjust ظلم زیادتی ناانصافی نامنظور")
)
_CONSENTS = tuple(
    normalize_keyword(said)
    for said in (
        *("koi masla nahi", "koi aitraz nahi", "koi etraz nahi", "koi baat nahi", "no problem", "no issue"),
        *("no objection", "not appeal", "کوئی مسئلہ نہیں", "کوئی اعتراض نہیں", "کوئی بات نہیں"),
    )
)

# Every intent that can be acted on; `details`, `digits`, `mistyped` and `unknown` need no rule.
INTENTS = (
    *FIRST,
    *("new", "status", "numbers", "suggest", "reopen", "appeal", "withdraw", "yes", "no", "partly"),
    *("language", "language_name", "call_me", "private", "off_phone"),
    *("new_holder", "new_holder_yes", "new_holder_no_pin"),
    *("forget", "who", "viewers", "log"),
    *POLITE,
    SPAM,
    *OFFICERS,
)
# What may follow a tracking number; any other words there are added to the complaint.
AFTER_NUMBER = frozenset(
    (
        *(
            "status",
            "reopen",
            "appeal",
            "withdraw",
            "yes",
            "no",
            "partly",
            "call_me",
            "private",
            "off_phone",
            "viewers",
            "log",
        ),
        *OFFICERS,
    )
)
NEAR = 3  # words before or after a proof within which a "no" denies it
# Yes itself; other words of the intent `yes` say that the matter is over, and with a question mark ask whether it is.
_YES = frozenset(normalize_keyword("yes y yess yep yup yeah haan ji hanji haanji jihaan bilkul ہاں جی بالکل"))
# Numbers of rows in words, from 1 on, and what stands beside them. No native reader has checked them.
_ORDINALS = tuple(
    frozenset(normalize_keyword(words))
    for words in (
        "pehla pehli pehle pahla pahli first پہلا پہلی پہلے",
        "dusra dusri dusre doosra doosri doosre second دوسرا دوسری دوسرے",
        "teesra teesri teesre tisra tisri third تیسرا تیسری تیسرے",
        "chotha chothi chautha chauthi fourth چوتھا چوتھی",
        "panchwan panchwa panchwi paanchwan fifth پانچواں پانچویں",
    )
)
_BESIDE_NUMBER = frozenset(normalize_keyword("number nambar numbr option wala wali wale نمبر والا والی"))
_PUNCTUATION = " \t\r\n.,:;!?-–—_*#/\"'()“”‘’«»،۔؛؟\u200e\u200f"


How = Literal["keyword", "always", "spelling", "number", "nothing"]


class Intent(Struct, frozen=True):
    """What an SMS asks for: a rule's intent, or `details`, `digits`, `mistyped`, `unknown`.

    `number` is a tracking number whose check digit is right. `rest` is what follows the keyword and number, as
    typed. For `details` it holds the words after a number, for `digits` a short number as 0-9, for `mistyped` the nine
    digits, for `unknown` the whole text, and for `language` the word that names one.
    """

    kind: str
    number: str | None = None
    rest: str = ""


class IntentReason(Struct, frozen=True):
    """Why an SMS was understood so: the rule (by position) and its keyword, and how the keyword was found.

    "always": STOP, START and HELP need no rule. "number": the text begins with a tracking number. `place` is the line
    of the keyword, if known.
    """

    intent: Intent
    how: How
    rule: int | None = None
    keyword: str = ""
    place: Place | None = None


def understand(text: str, rules: Sequence[Rule], *, officer: bool = False) -> Intent:
    """Understand an SMS by its words; an `officer`'s only by the rules for officers.

    STOP, START and HELP words come first and need no rule; then a leading tracking number, followed by a keyword or
    words; then a keyword that is the whole SMS; then the longest keyword it begins with, the earlier rule first; then a
    misspelt keyword. Nine digits with a wrong check digit are `mistyped`.
    """
    return explain_intent(text, rules, officer=officer).intent


def explain_intent(
    text: str, rules: Sequence[Rule], places: Mapping[Path, Place] | None = None, *, officer: bool = False
) -> IntentReason:
    """The same with the rule that matched; `places` of a parsed flow give its line."""
    said = words(text)
    if not said:
        return _wordless(text)
    known = keyword_index.index(tuple(rules), officer=officer)
    entry, used = _first(text, said, 0, known)
    all_of_it = _whole(text, said, 0, known)
    if entry.intent in FIRST:
        return _because(_about(entry.intent, text, said, used), entry, places)
    in_front, _ = _number_digits(said, 0)
    # "482719300 band" is about a drain: after a number only STOP, START and HELP themselves switch texts.
    if all_of_it.intent in FIRST and (not in_front or normalize_keyword(all_of_it.keyword)[0] in FIRST):
        return _because(
            Intent(all_of_it.intent, tracking_number.parse_tracking_number(in_front).number), all_of_it, places
        )
    spam = None if officer or all_of_it.intent else message_kinds.spam_rule(text, rules)
    if in_front and (spam is None or tracking_number.parse_tracking_number(in_front).number):
        return _numbered(text, said, known, places)
    if all_of_it.intent:
        return _because(_all_said(all_of_it.intent, text, said), all_of_it, places)
    if spam is not None:
        return _because(Intent(SPAM, rest=text.strip()), IndexedKeyword(SPAM, *spam, alone=False), places)
    if used and not (used + 1 == len(said) and keyword_index.gainsays(said[used].folded, entry.intent, known)):
        return _because(_about(entry.intent, text, said, used), entry, places)
    if chosen := listed_number(text):
        return IntentReason(Intent("digits", rest=chosen), "number")
    entry = keyword_index.match_typo(said[0].folded, known)
    if entry.intent:
        return _because(_about(entry.intent, text, said, 1), entry, places, "spelling")
    return IntentReason(Intent("unknown", rest=text.strip()), "nothing")


def listed_number(text: str) -> str:
    """The number of a row of a list that a text is, 0-9: "2", "2)", "number 2", "pehla"; "" for other texts."""
    said = [word for word in normalize_keyword(text) if word not in _BESIDE_NUMBER]
    if len(said) != 1:
        return ""
    number = next((str(at) for at, words in enumerate(_ORDINALS, 1) if said[0] in words), said[0])
    return number if number.isdecimal() and len(number) <= MOST_CHOICE else ""


def officers_word(text: str, rules: Sequence[Rule], intent: str) -> tuple[bool, str]:
    """True if an officer's words begin with a keyword of this intent, and what follows it; otherwise all the words."""
    said = words(text)
    entry, used = keyword_index.first(said, 0, keyword_index.index(tuple(rules), officer=True))
    return (True, _rest(text, said, used)) if entry.intent == intent else (False, text)


def find_undenied_intent(text: str, rules: Sequence[Rule], among: Collection[str]) -> str:
    """The first of these intents that an officer's words mention and do not deny: "visit nahi kiya" is no visit."""
    said, known = words(text), keyword_index.index(tuple(rules), officer=True)
    found = [keyword_index.first(said, place, known) for place in range(len(said))]
    for place, (entry, used) in enumerate(found):
        near = found[max(place - NEAR, 0) : place + used + NEAR]
        if entry.intent in among and not any(each.intent == "officer_denied" for each, _ in near):
            return entry.intent
    return ""


def refuses(text: str) -> bool:
    """True for words that do not accept a refusal: "manzoor nahi", "main appeal karna chahta hun"."""
    said = normalize_keyword(text)
    if consents(text):
        return False
    no = not _NOT_ACCEPT.isdisjoint(said)
    if not _UNJUST.isdisjoint(said):
        return True
    return no if not _ACCEPT.isdisjoint(said) else not no and not _AGAINST.isdisjoint(said)


def consents(text: str) -> bool:
    """True for a no that is a yes: "koi aitraz nahi"."""
    said = f" {' '.join(normalize_keyword(text))} "
    return any(f" {' '.join(each)} " in said for each in _CONSENTS)


def behind(text: str, used: int) -> str:
    """What follows the first `used` words of a text, as typed."""
    return _rest(text, words(text), used) if used else text


def _wordless(text: str) -> IntentReason:
    """A text without words: a question mark asks for help, and a picture or a smile is a kindness."""
    if _asks(text):
        return IntentReason(Intent("help"), "always")
    drawn = any(unicodedata.category(each) in ("So", "Sk") for each in text)
    return IntentReason(Intent("thanks") if drawn else Intent("unknown", rest=text.strip()), "nothing")


def _asks(text: str) -> bool:
    return "?" in text or "؟" in text


def _whole(text: str, said: list[Word], start: int, known: Index) -> IndexedKeyword:
    """The keyword that is the whole SMS. "Hal ho gaya?" is a question, not a yes."""
    entry = keyword_index.whole([word.folded for word in said[start:]], known)
    return keyword_index.NOTHING if _asks_whether_over(text, said[start:], entry) else entry


def _first(text: str, said: list[Word], start: int, known: Index) -> tuple[IndexedKeyword, int]:
    """The keyword at `start`. "Ho gaya?" asks how it stands."""
    entry, used = keyword_index.first(said, start, known)
    over = used == len(said) - start and _asks_whether_over(text, said[start:], entry)
    return (replace(entry, intent="status") if over else entry), used


def _asks_whether_over(text: str, said: list[Word], entry: IndexedKeyword) -> bool:
    """True for a yes with a question mark; "haan?" and "1?" are taken for the answer that they are."""
    plain = len(said) == 1 and (said[0].folded in _YES or said[0].folded.isdecimal())
    return entry.intent == "yes" and not plain and _asks(text)


def _all_said(kind: str, text: str, said: list[Word]) -> Intent:
    """The intent of an SMS that is only a keyword, with a tracking number anywhere in it."""
    digits = next(filter(None, (_number_digits(said, place)[0] for place in range(len(said)))), "")
    number = tracking_number.parse_tracking_number(digits).number
    if digits and not number:
        return Intent("mistyped", rest=digits)
    return _as_wanted(Intent(kind, number, text.strip(_PUNCTUATION) if kind == "language_name" else ""))


def _because(
    intent: Intent, entry: IndexedKeyword, places: Mapping[Path, Place] | None, how: How = "keyword"
) -> IntentReason:
    place = (places or {}).get(("keywords", str(entry.rule), entry.keyword))
    return IntentReason(intent, how if entry.rule is not None else "always", entry.rule, entry.keyword, place)


def _numbered(text: str, said: list[Word], known: Index, places: Mapping[Path, Place] | None) -> IntentReason:
    """A leading tracking number: what is wanted follows it."""
    digits, after = _number_digits(said, 0)
    number = tracking_number.parse_tracking_number(digits).number
    if number is None:
        return IntentReason(Intent("mistyped", rest=digits), "number")
    all_of_it = _whole(text, said, after, known)
    if all_of_it.intent in AFTER_NUMBER:
        return _because(Intent(all_of_it.intent, number), all_of_it, places)
    entry, used = _first(text, said, after, known)
    if entry.intent in AFTER_NUMBER or (entry.intent in FIRST and said[after].folded in FIRST):
        return _because(_as_wanted(Intent(entry.intent, number, _rest(text, said, after + used))), entry, places)
    if after == len(said):
        return IntentReason(Intent("status", number, _rest(text, said, after)), "number")
    if after + 1 == len(said) and said[after].folded.isdecimal() and len(said[after].folded) <= MOST_CHOICE:
        return IntentReason(Intent("digits", number, said[after].folded), "number")
    return IntentReason(Intent("details", number, _rest(text, said, after)), "number")


def _rest(text: str, said: list[Word], used: int) -> str:
    return text[said[used - 1].end :].strip(_PUNCTUATION)


def _about(kind: str, text: str, said: list[Word], used: int) -> Intent:
    """The intent with the tracking number that follows its `used` words, if there is one."""
    digits, after = _number_digits(said, used)
    number = tracking_number.parse_tracking_number(digits).number
    if digits and not number and kind not in FIRST:
        return Intent("mistyped", rest=digits)
    named = text[: said[used - 1].end].strip(_PUNCTUATION) if kind == "language_name" else ""
    return _as_wanted(Intent(kind, number, named or _rest(text, said, after if number else used)))


def _as_wanted(intent: Intent) -> Intent:
    """The name of a language is enough to ask for it: "URDU" is "LANG URDU"."""
    return Intent("language", intent.number, intent.rest) if intent.kind == "language_name" else intent


def _number_digits(said: list[Word], start: int) -> tuple[str, int]:
    """The digits of a tracking number from `start` on, in one or more words, and the position after; or ("", start)."""
    digits = ""
    for place in range(start, len(said)):
        if not said[place].folded.isdecimal():
            break
        digits += said[place].folded
        if len(digits) >= tracking_number.LENGTH:
            return (digits, place + 1) if len(digits) == tracking_number.LENGTH else ("", start)
    return "", start
