"""Good and bad in the languages that flows are written in, by the first part of their tags.

A language that is not here has neither, and nothing is said of its scales.
"""

import re
from typing import Literal

from flows.checks.words.language_tags import language_of

Judgement = Literal["good", "bad"]

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
_WORDS = {
    tag: (
        re.compile(rf"(?<!\w)(?:{good})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{_BAD[tag]})(?!\w)", re.IGNORECASE),
    )
    for tag, good in _GOOD.items()
}
LONGEST = 40  # letters of a label that judges


def judgement(label: str, tag: str) -> Judgement | None:
    """Whether the words of a mark or an answer say good or bad in their language; None if they do neither, or both."""
    patterns = _WORDS.get(language_of(tag))
    if patterns is None or len(label) > LONGEST or _NEGATED.search(label):
        return None
    good, bad = (bool(each.search(label)) for each in patterns)
    if good == bad:
        return None
    return "good" if good else "bad"
