"""Words that promise a caller that nobody learns who they are, in the languages that lines are written in.

A text is looked at in its own language alone: "siri" is a secret in Swahili, and a name elsewhere.
"""

import re
from collections.abc import Mapping

from flows.checks.analysis.text_index import plain
from flows.menu.model import ANY_LANGUAGE, Text

_SCRIPTED = "خفیہ|گمنام|پوشیدہ|صیغہ راز|بغیر نام|نام نہیں بتا|نام ظاہر نہیں|نام چھپ|نام نہیں دکھ"
_ROMAN = (
    r"\bkhuf(?:ia|iya|iyah|yia)\b|\bgum ?naa?m\b|\bposhida\b|\b(?:bina|baghair|begair) naa?m\b|\braaz mein\b|"
    r"\bnaa?m (?:zahir|kisi ko|nahi|chhup|chup)\w*"
)
# By the language, or by the language and its script.
_PROMISES = {
    "en": r"\b(?:hide|hides|hidden|anonymous\w*|anonymity|confidential\w*|secret|secretly|nameless)\b|"
    r"\bwithout (?:my|your|a|giving your|telling your) name\b|"
    r"\bname (?:is |stays |will be |will stay )?(?:not|never) \w+|"
    r"\b(?:do not|don't|never|not) (?:show|tell|pass on|give) (?:my|your|the) name\b",
    "ur": _SCRIPTED,
    "ur-Latn": _ROMAN,
    "pa": _SCRIPTED,
    "sd": f"{_SCRIPTED}|ڳجه|لڪل|گمنام",
    "ps": f"{_SCRIPTED}|پټ|بې نومه|ناڅرګند",
    "skr": _SCRIPTED,
    "bal": _SCRIPTED,
    "fa": "محرمانه|ناشناس|پنهان|بدون نام",
    "ar": "سري|سرّي|سرية|مجهول|مخفي|بدون اسم|دون ذكر",
    "hi": "गुप्त|गोपनीय|अनाम|गुमनाम|नाम छिप|बिना नाम",
    "ne": "गोप्य|बेनामी|गुमनाम",
    "bn": "গোপন|বেনামি|নাম ছাড়া|নাম প্রকাশ",
    "fr": r"\banonym\w*|\bconfidentiel\w*|\bcach(?:[ée]e?s?|er|ez)\b|\bmasqu[ée]\w*|\bsecr[eè]te?s?\b|"
    r"\bsans (?:mon|votre) nom\b",
    "es": r"\ban[óo]nim\w*|\bocult\w*|\bconfidencial\w*|\bsecret[oa]s?\b|\bsin (?:mi|su|tu) nombre\b",
    "pt": r"\ban[ôóo]nim\w*|\bocult\w*|\bconfidencia\w*|\bsigil\w*|\bsem (?:o )?(?:meu|seu) nome\b",
    "sw": r"\bsiri\b|\bkwa siri\b|\bbila (?:kutaja )?jina\b|\b\w*fich(?:a|wa|ika)\b|\bhalitatajwa\b",
    "id": r"\brahasia\w*|\banonim\w*|\bdisembunyikan\b|\btanpa nama\b",
    "tr": r"\bgizli\w*|\banonim\w*|\bisimsiz\b",
    "ha": r"\basir\w*|\b\w*[ɓb]oye\w*|\bsirri\w*",
    "so": r"\bqarsoon\w*|\bqarin\w*|\bmagac la'?aan\b",
    "am": "ሚስጥር|ምስጢር|ስም ሳይ",
}
# What an option says of the other choice, or of a promise that is taken back.
_SHOWN = {
    "en": r"(?<!not )(?<!n't )(?<!never )\b(?:show|give|tell|use|with) (?:my|your) name\b|"
    r"\bnot (?:be )?(?:hidden|anonymous|secret)\b|\bname is shown\b",
    "ur": "نام کے ساتھ|نام بتا(?!.*نہیں)|نام ظاہر کر|خفیہ نہیں",
    "ur-Latn": r"\bnaa?m ke saa?th\b|\bnaa?m (?:batayein|bataein|dikhayein)\b|\bkhuf\w+ nahi\b",
    "fr": r"\bavec mon nom\b|\bpas (?:anonyme|cach)",
    "es": r"\bcon mi nombre\b|\bno (?:an[óo]nim|ocult)",
    "sw": r"\b(?:kwa|na) jina langu\b|\bsi (?:siri|kwa siri)\b",
}
_OFFERS = {"en": r"\bhide\b|\bto (?:stay|be|remain)\b", "ur": "کے لیے|کے لئے", "ur-Latn": r"\bke liy?e\b|\bKHUFI?Y?A\b"}
QUESTIONS = "?؟՞፧"


def _pattern_of(patterns: Mapping[str, str], tag: str) -> str:
    return patterns.get(tag) or patterns.get(tag.partition("-")[0], "")


def _says(patterns: Mapping[str, str], text: Text) -> str:
    """The first language of a text in which it has one of these words, English before the others; or ""."""
    for tag in sorted(text, key=lambda each: each != "en"):
        pattern = _pattern_of(patterns, "en" if tag == ANY_LANGUAGE else tag)
        if pattern and re.search(pattern, plain(text[tag]), re.IGNORECASE):
            return tag
    return ""


def promises_to_hide(text: Text, *, told: bool = False) -> str:
    """The language in which a text says that the caller stays hidden; "" if it does not, or says the contrary.

    `told`: after the complaint was filed. "To hide your name, …" says then that it is not hidden yet.
    """
    language = "" if takes_back(text) else _says(_PROMISES, text)
    return "" if told and language and _says(_OFFERS, text) else language


def takes_back(text: Text) -> bool:
    """True for a text that says that the name is shown."""
    return bool(_says(_SHOWN, text))


def is_question(text: Text) -> bool:
    """True for a text that asks: it says of nothing yet that it is so."""
    return any(mark in plain(parts) for parts in text.values() for mark in QUESTIONS)
