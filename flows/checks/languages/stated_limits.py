"""F211: keys, ranges, lengths and days that a text names and its screen or row does not have."""

import re
from collections.abc import Iterable, Iterator

from flows.cases import officer_code
from flows.checks.analysis.findings import Findings
from flows.checks.languages.said_texts import SaidText
from flows.checks.structure.lists import row_groups
from flows.checks.words.closing_words import sentences_of
from flows.checks.words.key_labels import UNKNOWN, key_labels
from flows.checks.words.text_numbers import DIGIT, counts_time, numbers_in
from flows.checks.words.typing_words import range_pattern, surely_typed_keys, typed_keys, typed_ranges
from flows.menu.model import LANGUAGES_LIST, Answer, Ask, End, Flow
from flows.text import tracking_number
from flows.text.western_digits import western

_MEANING = re.compile(r"(?<![\w.,])(\d{1,9})\s*=")  # "5 = very good"
_LETTERS = re.compile(
    r"(?<![\w.,-])(\d{1,3})[ -]?(?:letters?|characters?|harf|huroof|haroof|حروف|حرف|caract[eè]res|lettres|letras|herufi"
    r"|अक्षर|haruffa|titik|huruf|буквы?|Zeichen)(?!\w)",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?<![\w.,-])(\d{1,2})[ -]?(?:digits?|figures|hindse|hindson|hindsay|ہندسے|ہندسوں|chiffres|d[ií]gitos"
    r"|tarakimu|अङ्क|अंक|lambobi|angka|цифр\w*|Ziffern|أرقام|رقم)(?!\w)",
    re.IGNORECASE,
)
_IN_SMS = re.compile(
    r"sms|text|message|mensaje|mensagem|ujumbe|ایس ایم ایس|میسج|پیغام|संदेश|رسالة|\{sms\}", re.IGNORECASE
)
NAMED = 12  # keys that a finding names


def check_stated_limits(findings: Findings, texts: Iterable[SaidText]) -> None:
    """Report numbers in texts that contradict what the flow itself takes or promises."""
    flow = findings.flow
    for each in texts:
        if each.role == "row":
            _days(findings, each)
            continue
        screen = flow.screens.get(_screen_of(findings, each))
        for tag, words in each.said.items():
            if not DIGIT.search(words):
                continue
            plain = western(words)
            if each.role == "event":
                told = _digits(plain, {tracking_number.LENGTH, *officer_code.DIGITS})
            elif isinstance(screen, End) and each.role == "end":
                told = _pressed_after_all(plain, tag)
            elif isinstance(screen, Ask) and each.role in ("ask", "retry"):
                told = _wrong(flow, screen, plain, tag, of_length=each.path[-1] in ("too_short", "too_long"))
            else:
                continue
            for severe, said, hint in told:
                findings.add("F211", each.path, said, language=tag, hint=hint, severity="E" if severe else "W")


def _screen_of(findings: Findings, each: SaidText) -> str:
    if each.path[0] != "screens":
        return ""
    name = each.path[1]
    return name if name in findings.flow.screens else ""


def _wrong(flow: Flow, screen: Ask, plain: str, tag: str, *, of_length: bool) -> Iterator[tuple[bool, str, str]]:
    """What a text of a screen says that the screen does not take: whether it is an error, the message, and the fix."""
    if screen.answer is not None and screen.answer.kind == "number" and screen.answer.between is not None:
        yield from _ranges(plain, tag, screen.answer.between)
    elif screen.answer is not None and screen.answer.kind == "text":
        yield from _lengths(plain, tag, screen.answer, of_length=of_length)
    elif screen.answer is not None and screen.answer.kind == "tracking_number":
        yield from _digits(plain, {tracking_number.LENGTH})
    elif screen.answer is None:
        yield from _keys(flow, screen, plain, tag)


def _pressed_after_all(plain: str, tag: str) -> Iterator[tuple[bool, str, str]]:
    """A key that the last words of a call name, unless they speak of an SMS."""
    for sentence in sentences_of(plain):
        named = [key for key, end in typed_keys(sentence, tag) if not _counted(sentence, end - len(key), tag)]
        if named and not _IN_SMS.search(sentence):
            said = f"it names the key {named[0]}, and the call is over here: nothing can be pressed any more"
            yield False, said, "ask on a screen with choices, or say what to dial"


def _lengths(plain: str, tag: str, answer: Answer, *, of_length: bool) -> Iterator[tuple[bool, str, str]]:
    """Letters or digits that a text asks for and its screen refuses. What says that a text is too short names them."""
    limits = {answer.shortest, answer.longest}
    said = {int(number) for number in (*_LETTERS.findall(plain), *_DIGITS.findall(plain))}
    for each in range_pattern(tag).finditer(plain):
        counted = of_length or _LETTERS.match(plain, each.start(2)) or _DIGITS.match(plain, each.start(2))
        said |= {int(end) for end in each.groups()} if counted else set()
    if of_length and not said:
        said = {int(each.digits) for each in numbers_in(plain, tag) if each.digits.isdigit() and not each.hours}
    if wrong := sorted(said - limits):
        taken = f"the screen takes {answer.shortest} to {answer.longest}"
        both = not said & limits and len(said) > 1
        named = f"{wrong[0]} to {wrong[-1]}" if both else str(wrong[0])
        message = f"it says {named} letters or digits, but {taken}: who types as many as that is told that it is wrong"
        refused = any(not answer.shortest <= number <= answer.longest for number in wrong)
        yield refused and both, message, "change the words, or `length`"


def _ranges(plain: str, tag: str, between: tuple[int, int]) -> Iterator[tuple[bool, str, str]]:
    low, high = between
    ranges = [(int(first), int(last)) for first, last in range_pattern(tag).findall(plain)]
    taken = f"the screen takes {low} to {high}"
    typed = {(int(each[1]), int(each[2])) for each in typed_ranges(plain, tag)}
    if ranges and between not in ranges:
        first, last = ranges[0]
        yield (
            (first, last) in typed,
            f"it says {first} to {last}, but {taken}: callers would be told that their answer is wrong",
            _FIX,
        )
    meant = [int(number) for number in _MEANING.findall(plain)]
    if beyond := [number for number in meant if not low <= number <= high]:
        yield True, f"it says what {beyond[0]} means, but {taken}: callers would be told that it is wrong", _FIX


_FIX = "change the words, or `between`"


def _digits(plain: str, lengths: set[int]) -> Iterator[tuple[bool, str, str]]:
    for number in _DIGITS.findall(plain):
        if int(number) not in lengths:
            said = f"it says {number} digits, but a complaint's number has {tracking_number.LENGTH}"
            yield False, f"{said}: callers would look for another one", "write how many digits it has"


def _keys(flow: Flow, screen: Ask, plain: str, tag: str) -> Iterator[tuple[bool, str, str]]:
    keys = _known_keys(flow, screen)
    named = [key for key, end in typed_keys(plain, tag) if not _counted(plain, end - len(key), tag)]
    of_verbs = len(named)
    for each in typed_ranges(plain, tag):
        if each[1] == "1" and not _counted(plain, each.start(2), tag):
            named += [str(int(end)) for end in each.groups()]
    sure = surely_typed_keys(plain, tag) | {*named[of_verbs:]}
    listed = [key for key in key_labels(plain, tag) if key != UNKNOWN]  # "Bring 1 photo 2 copies 3 forms" lists no keys
    if listed[:2] == ["1", "2"] and all(int(key) == at for at, key in enumerate(listed, 1)):
        named += listed
    if missing := [key for key in dict.fromkeys(named) if key not in keys and str(int(key)) not in keys]:
        said = (
            f"it names the key {missing[0]}, which this screen does not have: who presses it is told that it is wrong"
        )
        own = sorted(keys - {key.key for key in flow.keys.values()}, key=int)
        yield missing[0] in sure, said, f"the keys here are {', '.join(own[:NAMED])}"


def _counted(plain: str, at: int, tag: str) -> bool:
    """True for a number that counts days, letters or digits, and names no key."""
    return bool(_LETTERS.match(plain, at) or _DIGITS.match(plain, at) or counts_time(plain, at, tag))


def _known_keys(flow: Flow, screen: Ask) -> set[str]:
    keys = {option.key for option in screen.options} | {key.key for key in flow.keys.values()}
    if screen.pick is None:
        return keys
    if screen.pick.list == LANGUAGES_LIST:
        rows = len(flow.languages)
    elif screen.pick.list in flow.lists:
        rows = max((len(group) for group in row_groups(flow, screen.pick)), default=0)
    else:
        rows = 99  # records that an action brings
    return keys | {str(number) for number in range(1, rows + len(screen.options) + 1)}


def _days(findings: Findings, each: SaidText) -> None:
    """A row that promises other days than its column `days` counts."""
    row = findings.flow.rows[each.path[1]].get(each.path[2]) if len(each.path) > 2 else None
    days = row.columns.get("days", "") if row else ""
    if not days.isdecimal():
        return
    for tag, words in each.said.items():
        for number in numbers_in(words, tag):
            if number.hours and number.hours != int(days) * 24:
                said = f"it says {number.shown}, but days is {days}: callers are promised another time than is counted"
                hint = "write the same in the words and in the column days"
                findings.add("F211", each.path, said, language=tag, hint=hint, severity="W")
