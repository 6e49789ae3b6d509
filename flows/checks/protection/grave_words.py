"""Words for what others may not read of and for what is urgent, in the words of a row, by language.

They are few, and mean hardly anything else in the two or three words of a choice.
"""

import re
from collections.abc import Mapping

from flows.checks.words.language_tags import word_pattern

_HIDDEN = {
    "en": r"brib\w+|asked? for (?:a )?money|harass\w*|rape\w*|molest\w*|sexual\w*|violence|beaten|beating|blackmail\w*|"
    r"torture\w*|trafficking|threats?",
    "ur": "رشوت|ہراسانی|ہراساں|تشدد|مار پیٹ|زیادتی|دھمکی",
    "ur-Latn": r"rishwat|rishvat|haras\w+|tashadd?ud|maar? ?peet|ziyadti|ziadti|dhamki",
    "hi": "रिश्वत|उत्पीड़न|हिंसा|मारपीट|धमकी",
    "ne": "घुस|हिंसा|दुर्व्यवहार|धम्की",
    "bn": "ঘুষ|নির্যাতন|হয়রানি|হুমকি",
    "ar": "رشوة|تحرش|عنف|اغتصاب|تهديد",
    "fa": "رشوه|آزار|خشونت|تهدید",
    "es": r"mordida|soborno\w*|coima|acoso\w*|violencia|violaci[óo]n|abuso\w*|maltrato\w*|amenaza\w*|golpe\w*",
    "pt": r"propina|suborno\w*|ass[ée]dio|viol[êe]ncia|abuso\w*|amea[çc]a\w*",
    "fr": r"pots?[ -]de[ -]vin|corruption|argent demand[ée]|harc[èe]l\w*|violences?|viol|abus|frapp[ée]e?s?|menaces?|"
    r"maltrait\w*|battue?s?",
    "sw": r"hongo|rushwa|unyanyas\w+|ukatili|ubakaji|dhuluma|vitisho|kupigwa",
    "ha": r"cin hanci|cin zarafi|fyade|duka|barazana",
    "fil": r"suhol|lagay|pang-?aabuso|bugbog|panggagahasa|karahasan|pananakot|binubugbog",
    "id": r"suap|pungli|pelecehan|kekerasan|ancaman",
    "tr": r"r[üu][şs]vet|taciz|[şs]iddet|tehdit",
    "so": r"laaluush|kufsi|xadgudub|hanjabaad",
    "yo": r"riba|abẹtẹlẹ|abetele|ifipabanilopo",
    "rw": r"ruswa|ihohoterwa|gusambanya",
    "wo": r"laaj nanu xaalis|ger|door nanu",
    "am": "ጉቦ|ጥቃት|ማስፈራራት",
}
_URGENT = {
    "en": r"gas leak\w*|leaking gas|(?:fallen|live|bare) wires?|wires? down|electric shock|collapse\w*|drown\w*|"
    r"explo\w+|poison\w*|unconscious|house fire|on fire|in labour",
    "ur-Latn": r"taar giri|gas leak\w*|aag lagi|zeher\w*|doob\w*",
    "ur": "تار گر|گیس لیک|آگ لگ|زہر",
    "es": r"fuga de gas|incendio|derrumbe|hundimiento|socav[óo]n|cable ca[íi]do|envenena\w*|explosi[óo]n",
    "pt": r"vazamento de g[áa]s|inc[êe]ndio|desabamento|fio ca[íi]do|envenena\w*|explos[ãa]o",
    "fr": r"fuite de gaz|incendie|effondrement|c[âa]bles? tomb[ée]s?|empoisonn\w*|noyade|explosion",
    "sw": r"waya uliokatika|gesi inavuja|moto|sumu|kuzama|mlipuko",
    "ha": r"waya ta fadi|gobara|guba|fashewa",
    "fil": r"sunog|tagas ng gas|nalunod|gumuho|lason\w*",
    "id": r"kebocoran gas|kebakaran|kabel putus|keracunan|runtuh",
}


_HIDING = {tag: word_pattern(words) for tag, words in _HIDDEN.items()}
_PRESSING = {tag: word_pattern(words) for tag, words in _URGENT.items()}


def _says(patterns: Mapping[str, re.Pattern[str]], text: Mapping[str, str]) -> str:
    """The language in which words are among these; "" for none."""
    for tag, words in text.items():
        pattern = patterns.get(tag) or patterns.get(tag.partition("-")[0])
        if pattern is not None and pattern.search(words):
            return tag
    return ""


def tells_secrecy(text: Mapping[str, str]) -> str:
    """The language in which the words of a row name what others who use the phone may not read of; "" if none does."""
    return _says(_HIDING, text)


def says_urgent(text: Mapping[str, str]) -> str:
    """The language in which the words of a row name a danger to life; "" if none does."""
    return _says(_PRESSING, text)
