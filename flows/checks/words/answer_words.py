"""Yes and no in the languages that flows are written in, by the first part of their tags.

A language that is not here has neither, and nothing is said of its answers.
"""

from collections.abc import Mapping
from typing import Literal

from flows.checks.words.language_tags import language_of
from flows.text.normalization import normalize_keyword, words

Polarity = Literal["yes", "no"]
MOST_LETTERS = 80  # of a label that are looked at
FEW_WORDS = 3  # of a label whose first word is meant as an answer
# Words that mean something else at the beginning of a sentence, as Spanish "if".
_DOUBTFUL = {"es": ("si",), "ms": ("ya",), "id": ("ya",), "de": ("ja",), "zu": ("cha",), "fr": ("pas",), "sw": ("la",)}

_YES = {
    "en": "yes y yeah yep ok okay agree accept correct",
    "ur": "haan han ji jee theek sahi manzoor bilkul ہاں جی ٹھیک منظور درست",
    "hi": "haan han ji theek हाँ हां जी ठीक",
    "ne": "ho hajur हो हजुर हुन्छ ठिक हो",
    "pa": "haan ji ਹਾਂ ਜੀ ہاں جی",
    "ps": "ho wo هو او",
    "sd": "ha haa ها هائو",
    "bal": "haan ہاں هو",
    "ar": "naam نعم أجل موافق",
    "fa": "bale بله آری",
    "fr": "oui ok accord accepte",
    "es": "sí si ok acepto acuerdo",
    "pt": "sim ok aceito",
    "sw": "ndiyo ndio naam sawa nakubali",
    "wo": "waaw waw",
    "so": "haa",
    "ha": "eh ee na'am",
    "am": "awo አዎ",
    "bn": "hya হ্যাঁ জি",
    "id": "ya iya",
    "ms": "ya",
    "tl": "oo opo sige",
    "tr": "evet",
    "ru": "да",
    "de": "ja",
    "yo": "beeni bẹẹni",
    "zu": "yebo",
    "rw": "yego",
    "lg": "ye yee",
}
_NO = {
    "en": "no n not nope never disagree refuse reject",
    "ur": "nahi nahin na mat نہیں نہ مت",
    "hi": "nahi nahin na नहीं ना मत गलत",
    "ne": "hoina chhaina nai होइन छैन नाइँ हुँदैन अहँ",
    "pa": "nahi ਨਹੀਂ نہیں",
    "ps": "na نه",
    "sd": "na نه",
    "bal": "na نہ",
    "ar": "la لا كلا",
    "fa": "na نه خیر",
    "fr": "non pas refuse",
    "es": "no rechazo",
    "pt": "não nao recuso",
    "sw": "hapana la siyo sio sikubali",
    "wo": "déedéet deedeet déedet deedet",
    "so": "maya",
    "ha": "a'a",
    "am": "ay አይ አይደለም",
    "bn": "na না",
    "id": "tidak bukan",
    "ms": "tidak",
    "tl": "hindi huwag ayaw wala",
    "tr": "hayır",
    "ru": "нет",
    "de": "nein nicht",
    "yo": "rara rárá",
    "zu": "cha qha",
    "rw": "oya",
    "lg": "nedda",
}
_POLITE = frozenset(word for each in ("ji", "jee", "جی", "जी") for word in normalize_keyword(each))


def _by_language(said: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {tag: frozenset(word.folded for word in words(each)) for tag, each in said.items()}


_WORDS = {tag: (yes, _by_language(_NO)[tag]) for tag, yes in _by_language(_YES).items()}


def polarity(label: str, tag: str) -> Polarity | None:
    """Whether the words of an answer begin with yes or with no, in their language; None if they do neither.

    "Ji nahi" is no. What is a word of both languages ("no") counts in the language of the tag alone.
    """
    yes, no = _WORDS.get(language_of(tag), (frozenset[str](), frozenset[str]()))
    found = words(label[:MOST_LETTERS])
    said = [word.folded for word in found[:2]]
    if len(said) > 1 and said[0] in _POLITE and said[1] in no:
        return "no"
    if not said or said[0] not in yes | no:
        return None
    if said[0] in _DOUBTFUL.get(language_of(tag), ()) and len(found) > FEW_WORDS and not _ends(label, found[0].end):
        return None  # "Si no funciona": if
    return "yes" if said[0] in yes else "no"


def _ends(label: str, end: int) -> bool:
    """True where a comma, a full stop or the like follows a word."""
    return label[end : end + 2].lstrip()[:1] in set(",.;:!،۔।-–(")
