"""Yes and no, good and bad, in the languages that flows are written in, by the first part of their tags.

A language that is not here has neither, and nothing is said of its answers and scales.
"""

import re
from collections.abc import Mapping
from typing import Literal

from flows.checks.words.language_tags import language_of, word_pattern
from flows.text.normalization import normalize_keyword, words

Polarity = Literal["yes", "no"]
Judgement = Literal["good", "bad"]
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
    "qu": "ari arí",
    "ay": "jisa",
    "gn": "heẽ hee",
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
    "qu": "mana manam manan amam ama",
    "ay": "janiwa",
    "gn": "nahániri nahaniri",
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


def is_whole_answer(label: str) -> bool:
    """True for a label of one word, with its politeness ("ji nahi"), and for one whose first word stands apart.

    "No, keep it" answers; "No bridge" may name what is missing.
    """
    found = words(label[:MOST_LETTERS])
    at = 1 if len(found) > 1 and found[0].folded in _POLITE else 0
    return len(found) <= at + 1 or (bool(found) and _ends(label, found[at].end))


def _ends(label: str, end: int) -> bool:
    """True where a comma, a full stop or the like follows a word."""
    return label[end : end + 2].lstrip()[:1] in set(",.;:!،۔।-–(")


_GOOD = {
    "en": r"good|great|excellent|best|happy|satisfied|nice|fast|clean|polite",
    "ur": r"ach+[aie]y?|behtar|behtareen|umda|khush|mutmai?n|اچھ[ایے]|بہتر|بہترین|عمدہ|خوش|مطمئن",
    "hi": r"ach+h?[aie]|behtar|khush|अच्छ[ाीे]|बेहतर|बढ़िया|संतुष्ट",
    "ne": r"ramro|राम्रो|राम्री|सन्तुष्ट|उत्कृष्ट",
    "pa": r"change?a|changi|vadhia|ਚੰਗ[ਾੀੇ]|ਵਧੀਆ|چنگ[ایے]",
    "ps": r"ښه|ښۀ",
    "sd": r"سٺ[وي]|سٺا",
    "ar": r"جيدة?|ممتازة?|راض|حسن",
    "fa": r"خوب|عالی|راضی",
    "fr": r"bon(?:ne)?s?|bien|excellente?|satisfaite?|contente?",
    "es": r"buen[oa]?s?|bien|excelente|satisfech[oa]|content[oa]",
    "pt": r"bom|boa|bem|[óo]tim[oa]|excelente|satisfeit[oa]",
    "sw": r"\w*zuri|bora|vizuri|nimeridhika",
    "bn": r"ভালো|ভাল|চমৎকার|সন্তুষ্ট",
    "id": r"baik|bagus|puas",
    "tl": r"mabuti|maganda|maayos|mahusay",
    "ha": r"kyau|mai kyau|da kyau",
    "tr": r"iyi|mükemmel|memnun",
    "wo": r"baax",
    "so": r"fiican",
}
_BAD = {
    "en": r"bad|poor|worst|worse|terrible|awful|unhappy|unsatisfied|dissatisfied|slow|dirty|rude",
    "ur": r"bur[aie]y?|kharab|naqis|ghair mutmai?n|bekaar|بر[ایے]|بُر[ایے]|خراب|ناقص|غیر مطمئن|بیکار",
    "hi": r"bur[aie]|kharab|बुर[ाीे]|खराब|ख़राब|असंतुष्ट",
    "ne": r"naramro|नराम्रो|खराब|असन्तुष्ट",
    "pa": r"mar[aie]|kharab|ਮਾੜ[ਾੀੇ]|ਖਰਾਬ|ماڑ[ایے]|خراب",
    "ps": r"بد|خراب",
    "sd": r"خراب|بڇڙو",
    "ar": r"سيئة?|رديئة?|غير راض",
    "fa": r"بد|خراب|ناراضی",
    "fr": r"mauvaise?s?|mal|insatisfaite?|nulle?",
    "es": r"mal[oa]?s?|p[ée]sim[oa]|insatisfech[oa]",
    "pt": r"mau|m[áa]|mal|ruim|p[ée]ssim[oa]|insatisfeit[oa]",
    "sw": r"\w*baya|vibaya|sijaridhika",
    "bn": r"খারাপ|মন্দ|অসন্তুষ্ট",
    "id": r"buruk|jelek|tidak puas",
    "tl": r"masama|pangit|hindi maganda|panget",
    "ha": r"muni|mara kyau",
    "tr": r"kötü|memnun değil",
    "wo": r"bon",
    "so": r"xun",
}
_NEGATED = re.compile(
    r"(?<!\w)(?:no|not|never|nahi|nahin|na|non|pas|não|nao|si|sio|tidak|bukan|değil|نہیں|نہ|नहीं|होइन|না|لا|غير|نه)(?!\w)",
    re.IGNORECASE,
)
_JUDGED = {tag: (word_pattern(good), word_pattern(_BAD[tag])) for tag, good in _GOOD.items()}
LONGEST_JUDGEMENT = 40  # letters of a label that judges


def judgement(label: str, tag: str) -> Judgement | None:
    """Whether the words of a mark or an answer say good or bad in their language; None if they do neither, or both."""
    patterns = _JUDGED.get(language_of(tag))
    if patterns is None or len(label) > LONGEST_JUDGEMENT or _NEGATED.search(label):
        return None
    good, bad = (bool(each.search(label)) for each in patterns)
    if good == bad:
        return None
    return "good" if good else "bad"
