"""A citizen's words as staff may read them: without what identifies the writer, or without phone numbers alone.

Phone numbers, identity card numbers, e-mail addresses and names that people give as their own are replaced by a mark.
Everything else stays, including a tracking number and numbers of the flow's own lists, such as a clinic's. Other forms
(a number spelt out, a name in the middle of a story) are not found: nobody may be told that no name is left.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from flows.menu.model import Flow
from flows.text import tracking_number
from flows.text.normalization import MARKS
from flows.text.western_digits import western

LISTED = "listed numbers"  # in `Flow.compiled`
NUMBER, NAME, MAIL = "[number]", "[name]", "[e-mail]"
FEWEST = 7  # digits in a row that may be somebody's number: a landline without its area code has seven

# What may separate the digits of one number: spaces, dashes, dots, slashes, brackets, direction marks.
_BETWEEN = r"[\s\-._/*()\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\u2212\ufe58\ufe63\uff0d\ufeff]"
_SIGN = r"(?<=[0-9]{3})[:;'’|~=](?=[0-9]{3})"  # 0300:123:4567, but 14:30-16:30
_RUN = re.compile(rf"(?:\+\s?|\((?=[0-9]{{2,6}}\)))?[0-9](?:(?:{_BETWEEN}{{0,4}}|[,،]|{_SIGN})[0-9])*")
_DIGITS = re.compile(r"[0-9]")
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)[0-9]{2}"
_HOUR = r"(?:\s{1,2}[0-9]{1,2})?"  # the minutes follow a colon
_DATE = re.compile(rf"(?:{_DAY}([-/.]){_MONTH}\1{_YEAR}|{_YEAR}([-/.]){_MONTH}\2{_DAY}){_HOUR}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{2,3})+")  # 15,00,000
MOST_OF_AMOUNT = 9  # digits
_LETTER = r"[^\W\d_]"
_NOUGHT = re.compile(rf"(?<!{_LETTER})[oO]+(?=[0-9])|(?<=[0-9])[oO]+(?!{_LETTER})")  # O300-1234567

_MAIL = re.compile(
    rf"[\w.+-]{{1,64}}\s?(?:[@＠]|\(at\)|\[at\])\s?{_LETTER}[\w-]{{0,62}}(?:\.[\w-]{{1,63}}){{0,5}}", re.IGNORECASE
)

_GAP = r"[\s\u200b-\u200f]{1,3}"
_MARK = r"[\s:,=،\u200b-\u200f-]"
_SAID = re.compile(
    r"(?:"
    rf"\bmy{_GAP}(?:full{_GAP}|real{_GAP})?name(?:{_GAP}is\b|['’]?s\b)?"
    rf"|\bm[ei]*ra+{_GAP}(?:p[uo]+ra{_GAP}|asal{_GAP}|asli{_GAP})?na+me?\b"
    rf"|\bم[یيى]را{_GAP}(?:پورا{_GAP}|اصل{_GAP}|اصلی{_GAP})?نام\b"
    r"|(?:^|(?<=[\n.,;!؟?۔،؛]))\s{0,3}(?:name|na+m|نام)(?=\s?[:=-])"
    rf"){_MARK}{{0,4}}(?:(?:hai|ہے){_MARK}{{1,4}})?",
    re.IGNORECASE,
)
_WORD = re.compile(rf"{_LETTER}(?:[^\W_]|['’{MARKS}\u200c\u200d]|-(?={_LETTER}))*")
_NEXT = re.compile(r"(?:(?<=\b[^\W\d_])\.)?[ \t\u00a0]{1,3}|(?<=\b[^\W\d_])\.")  # Sara Khan, M. Ali, M.Ali
MOST_WORDS = 4  # of a name

# "I am Amina", "main Amina hoon": a name only where it is written with a capital, as "I am sick" is none.
_AM = re.compile(rf"\b(?:I{_GAP}(?:am|AM)|i{_GAP}am|[Ii]['’]?m){_GAP}(?=[^\W\d_])")
_MAIN = re.compile(rf"\b[Mm](?:ai|ei|e|a)n?{_GAP}(?=[^\W\d_])")
_HOON = re.compile(rf"{_GAP}h(?:oo|u|o)n?\b", re.IGNORECASE)

# A name ends before any of these, and there is no name if one comes first: "mera naam list mein nahi".
_NO_NAMES = """
is not in on no was were has have had and or but from of at to for the a an i my me we with who because please missing
wrong list list's lists record card voter survey bisp nadra ecl merit removed cut spelled spelt written given also been
never there should would can could will did does do
hai hain he hay h tha thi ha hy aur or magar lekin main mein mai mn men may mei se sy ka ki ke ko k pe per par ne na
nahi nahin nai nhi mera meri mere mujhe mjhe hum ham ap aap yeh ye wo woh jo kay bhi hi hoon hun hu ho kya ji
ghalat galat kaat kat kata kaata kaati nikal nikala likha darj shamil fehrist shikayat naam nam name
ہے ہیں تھا تھی اور یا مگر لیکن میں سے کا کی کے کو پر نے نہ نہیں میرا میری میرے مجھے ہم آپ یہ وہ جو بھی ہی ہوں ہو کیا
جی غلط کاٹ کٹ نکال نکالا لکھا درج شامل فہرست لسٹ شکایت نام ووٹر سروے
"""
_NO_NAME = frozenset(_NO_NAMES.split())


def redact(words: str, listed: Iterable[str] = ()) -> str:
    """These words without numbers, addresses and names that identify the writer. `listed` numbers identify nobody."""
    return mask_numbers(_MAIL.sub(MAIL, _without_names(words)), listed)


def mask_numbers(words: str, listed: Iterable[str] = ()) -> str:
    """These words without anybody's number: names stay. `listed` numbers identify nobody, and stay too."""
    kept, at = [], 0
    for start, end in sorted(each for number in listed if number in words for each in _places(words, number)):
        if start >= at:
            kept += [_without_numbers(words[at:start]), words[start:end]]
            at = end
    return "".join([*kept, _without_numbers(words[at:])])


def mask_own_number(words: str, phone: str) -> str:
    """These words without one number, however it is spelt. `phone` is in E.164; "" or less than a number masks nothing.

    Its last digits tell it: it may be written with its country, with its area, or with neither.
    """
    last = phone[-FEWEST:]
    if len(_DIGITS.findall(last)) < FEWEST:
        return words
    return _without_numbers(words, lambda run: last in "".join(_DIGITS.findall(run)))


def mask_every_number(words: str, phone: str) -> str:
    """These words without the number of the phone that they came from, however short, and without anybody else's."""
    return mask_numbers(mask_own_number(words, phone))


def _places(words: str, number: str) -> Iterator[tuple[int, int]]:
    """Where a number begins and ends in some words, and is no part of a longer one."""
    for run in _RUN.finditer(_plain(words)):
        at = words.find(number, run.start(), run.end())
        while at >= 0:
            end = at + len(number)
            if not (_lengthens(words[run.start() : at], 1) or _lengthens(words[end : run.end()][::-1], 2)):
                yield at, end
            at = words.find(number, end, run.end())


def _lengthens(beside: str, most: int) -> bool:
    """True if what ends where a number begins belongs to it: a digit, or more than `most` of them and no whole number.

    0300 and 1234567 are one number, also where a clinic has 1234567. But the 3 of "0300-1234567 3 Dec" is a day.
    """
    return beside[-1:].isdigit() or most < len(_DIGITS.findall(_plain(beside))) < FEWEST


def listed_numbers(flow: Flow) -> tuple[str, ...]:
    """The numbers in the lists of a flow that might be taken for somebody's, as they are written there."""
    if LISTED not in flow.compiled:
        cells = {cell for rows in flow.lists.values() for row in rows for cell in row.columns.values()}
        found = {run[0].strip() for cell in cells for run in _RUN.finditer(cell) if _tells(run[0])}
        flow.compiled[LISTED] = tuple(sorted(found))
    listed = flow.compiled[LISTED]
    assert isinstance(listed, tuple)  # noqa: S101 - as it was put there
    return listed


def _without_numbers(words: str, is_one: Callable[[str], bool] | None = None) -> str:
    is_one = is_one or _tells
    kept, at = [], 0
    for run in _RUN.finditer(_plain(words)):
        if is_one(run[0]):
            kept += [words[at : run.start()], NUMBER]
            at = run.end()
    return "".join([*kept, words[at:]])


def _plain(words: str) -> str:
    """The same words with western digits, and 0 for an O among them: of the same length, so that positions match."""
    return _NOUGHT.sub(lambda found: "0" * len(found[0]), western(words))


def _tells(run: str) -> bool:
    """True for digits that may be somebody's number: not too few, and no tracking number, date or amount."""
    digits = len(_DIGITS.findall(run))
    if digits < FEWEST or (digits <= MOST_OF_AMOUNT and _AMOUNT.fullmatch(run)):
        return False
    return tracking_number.parse_tracking_number(run).number is None and not _DATE.fullmatch(run)


def _without_names(words: str) -> str:
    """Names that people give as their own are removed everywhere in the text."""
    names = {_name_at(words, said.end()) for said in _SAID.finditer(words)}
    names |= {_name_at(words, am.end(), capitals=True) for am in _AM.finditer(words)}
    mine = ((main.end(), _name_at(words, main.end(), capitals=True)) for main in _MAIN.finditer(words))
    names |= {name for at, name in mine if _HOON.match(words, at + len(name))}
    names -= {""}
    for name in sorted(names, key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, words, flags=re.IGNORECASE)
    return words


def _name_at(words: str, at: int, *, capitals: bool = False) -> str:
    """The name that begins at this position, or "". With `capitals` each of its words is written like Amina."""
    ends = beyond = at
    for _ in range(MOST_WORDS):
        word = _WORD.match(words, beyond)
        if word is None or word[0].casefold() in _NO_NAME:
            break
        if capitals and not (word[0][0].isupper() and word[0][1:2].islower()):
            break
        ends = word.end()
        gap = _NEXT.match(words, ends)
        if gap is None:
            break
        beyond = gap.end()
    return words[at:ends] if ends - at > 1 else ""
