"""Words that promise a caller that nobody learns who they are, in the languages that lines are written in.

A text is looked at in its own language alone: "siri" is a secret in Swahili, and a name elsewhere. A word of secrecy
is no promise by itself: there are hidden charges and secret police. It is one beside the caller's name, in one clause.
"""

import re
from collections.abc import Iterator, Mapping

from flows.checks.analysis.text_index import plain
from flows.menu.model import ANY_LANGUAGE, Option, Text

_URDU = "گمنام|صیغہ راز|بغیر نام|نام نہیں بتا|نام ظاہر نہیں|نام چھپ|نام نہیں دکھ|(?:خفیہ|پوشیدہ) (?:رہ|رکھ)"
# What can be said of nobody but the caller, by the language, or by the language and its script.
_PROMISES = {
    "en": r"\banonym(?:ous|ously|ity)\b(?! (?:call|phone|letter|threat|message|sms|text|number|account|post)\w*)|"
    r"\bnameless\b|\bin confidence\b|\bconfidentially\b|"
    r"\b(?:kept|keep it|stays?|remains?|treated as) (?:\w+ ){0,2}?(?:hidden|secret|confidential)\b|"
    r"\b(?:complaint|report|call|it|you|everything|this) (?:is|are|will be) (?:\w+ )?"
    r"(?:hidden|secret|confidential)\b(?! \w)|"
    r"\bwithout (?:my|your|a|giving your|telling your) name\b|\bhides? (?:me|you|who)\b|"
    r"\bname (?:is |stays |will be |will stay )?(?:not|never) (?:be )?"
    r"(?:shown|told|given|passed|shared|revealed|disclosed|published|mentioned|public|visible|known)\b|"
    r"\b(?:name|identity) (?:is |stays |remains |will be |will stay )?private\b|"
    r"\b(?:do not|don't|never|not) (?:show|tell|pass on|give) (?:my|your|the) name\b",
    "ur": _URDU,
    "ur-Latn": r"\bgum ?naa?m\b|\b(?:bina|baghair|begair) naa?m\b|\braaz mein\b|\b(?:khuf\w+|posh?ida) ra[hk]\w+|"
    r"\bnaa?m (?:(?:zahir|kisi ko|chhup|chup)\w*|nahi (?:bata|dikh|zahir|di[ay]a ja|ja)\w*)",
    "pa": _URDU,
    "sd": f"{_URDU}|گمنام",
    "ps": f"{_URDU}|بې نومه|ناڅرګند",
    "skr": _URDU,
    "bal": _URDU,
    "fa": "ناشناس|بدون نام",
    "ar": "بدون اسم|دون (?:ذكر )?(?:ال)?اسم|بسرية تامة",
    "hi": "अनाम|गुमनाम|नाम छिप|बिना नाम|(?:गुप्त|गोपनीय) र[हख]",
    "ne": "बेनामी|गुमनाम|गोप्य र[हा]",
    "bn": "বেনামি|নাম ছাড়া|গোপন (?:থাক|রাখ)",
    "fr": r"(?<!appel )(?<!lettre )(?<!message )\banonyme\b|\banonymement\b|\bconfidentiellement\b|"
    r"\breste\w* (?:\w+ )?(?:confidentiel|secr[eè]t|cach[ée])|\bsans (?:mon|votre|ton) nom\b",
    "es": r"(?<!llamada )(?<!carta )(?<!mensaje )\ban[óo]nim[oa]\b|\ban[óo]nimamente\b|"
    r"\b(?:queda|permanece|se mantiene|ser[áa]) (?:\w+ )?(?:ocult|confidencial|secret)|\bsin (?:mi|su|tu) nombre\b",
    "pt": r"(?<!chamada )(?<!carta )(?<!mensagem )\ban[ôóo]nim[oa]\b|\bsem (?:o )?(?:meu|seu) nome\b|"
    r"\b(?:fica|permanece|ser[áa]) (?:\w+ )?(?:ocult|confidencia|em sigilo)",
    "sw": r"\bbila (?:kutaja )?jina\b|\bhalitatajwa\b|\b\w*(?:baki|kuwa) (?:\w+ )?siri\b",
    "id": r"\banonim\b|\bdirahasiakan\b|\btanpa nama\b",
    "ms": r"\bdirahsiakan\b|\btanpa nama\b",
    "fil": r"\bhindi (?:ibibigay|sasabihin|ipapakita|malalaman) ang (?:iyong |inyong )?pangalan\b|\bwalang pangalan\b",
    "tr": r"\banonim\b|\bisimsiz\b|\bgizli (?:tut|kal)\w*",
    "so": r"\bmagac la'?aan\b",
    "am": "ስም ሳይ",
}
_ARABIC = "خفیہ|پوشیدہ"
# Words of secrecy, which promise something if the caller's name is in the clause.
_SECRECY = {
    "en": r"\b(?:hide|hides|hidden|hid|confidential\w*|secret\w*|conceal\w*)\b",
    "ur": _ARABIC,
    "ur-Latn": r"\bkhuf(?:ia|iya|iyah|yia)\b|\bposhida\b",
    "pa": _ARABIC,
    "sd": f"{_ARABIC}|ڳجه|لڪل",
    "ps": f"{_ARABIC}|پټ",
    "skr": _ARABIC,
    "bal": _ARABIC,
    "fa": "محرمانه|پنهان|مخفی",
    "ar": "سري|سرّي|سرية|مجهول|مخفي",
    "hi": "गुप्त|गोपनीय|छिप",
    "ne": "गोप्य|लुक",
    "bn": "গোপন|প্রকাশ",
    "fr": r"\bconfidentiel\w*|\bcach(?:[ée]e?s?|er|ez|e)\b|\bmasqu[ée]\w*|\bsecr[eè]te?s?\b",
    "es": r"\bocult\w*|\bconfidencial\w*|\bsecret[oa]s?\b|\besconde\w*|\breservad[oa]\b",
    "pt": r"\bocult\w*|\besconde\w*|\bconfidencia\w*|\bsigil\w*",
    "sw": r"\bsiri\b|\b\w*fich(?:a|wa|ika)\b",
    "id": r"\brahasia\w*|\bdisembunyikan\b",
    "ms": r"\brahsia\w*|\bdisembunyikan\b",
    "fil": r"\b(?:nakatago|itago|tago|itatago|lihim|sikreto)\b",
    "tr": r"\bgizli\w*|\bgizle\w*|\bsakl[aı]\w*",
    "ha": r"\basir\w*|\b\w*[ɓb]oye\w*|\bsirri\w*",
    "so": r"\bqarsoon\w*|\bqarin\w*",
    "am": "ሚስጥር|ምስጢር",
    "yo": r"\b(?:asiri|aṣiri|pamọ|pamo)\b",
    "rw": r"\bibanga\b|\bhish\w+",
    "wo": r"\bsutura\b|\bnëbb?\w*|\bnebb\w*",
}
_NAMES = {
    "en": r"\b(?:name|names|identity|who (?:you are|i am))\b",
    "ur": "نام|شناخت",
    "ur-Latn": r"\b(?:naa?m|shanakht)\b",
    "pa": "نام|ناں|شناخت",
    "sd": "نالو|نام|سڃاڻپ",
    "ps": "نوم|پېژند",
    "skr": "ناں|نام",
    "bal": "نام",
    "fa": "نام|هویت",
    "ar": "اسم|هوي",
    "hi": "नाम|पहचान",
    "ne": "नाम|परिचय",
    "bn": "নাম|পরিচয়",
    "fr": r"\b(?:pr[ée])?noms?\b|\bidentit[ée]\b",
    "es": r"\bnombres?\b|\bidentidad\b",
    "pt": r"\bnomes?\b|\bidentidade\b",
    "sw": r"\b(?:ma)?jina\b|\butambulisho\b",
    "id": r"\bnama\w*|\bidentitas\b",
    "ms": r"\bnama\w*|\bidentiti\b",
    "fil": r"\bpangalan\b|\bpagkakakilanlan\b",
    "tr": r"\b(?:ad[ıi]n?[ıi]?\w*|isim\w*|ismi\w*|kimli\w+)\b",
    "ha": r"\bsuna\w*|\bsunan\w*",
    "so": r"\bmagac\w*",
    "am": "ስም",
    "yo": r"\b(?:orukọ|oruko)\b",
    "rw": r"\b(?:izina|amazina)\b",
    "wo": r"\btur\b|\bsa tur\b",
}
# Codes of choices that hide the caller, whatever the language of their words.
_CODES = frozenset(
    (
        *("hide", "hidden", "private", "privately", "anonymous", "anonymously"),
        *("anon", "nameless", "confidential", "secret", "gumnam", "khufia"),
        *("anonimo", "oculto", "anonyme", "cache", "masque", "siri"),
    )
)
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
_SENTENCE, _CLAUSE = re.compile(r"(?<=[.!?؟۔।՞፧።\n])"), re.compile(r"[,;:،؛\n]|\s[–—-]\s")
QUESTIONS = "?؟՞፧"


def _pattern_of(patterns: Mapping[str, str], tag: str) -> str:
    return patterns.get(tag) or patterns.get(tag.partition("-")[0], "")


def _has(patterns: Mapping[str, str], tag: str, words: str) -> bool:
    pattern = _pattern_of(patterns, tag)
    return bool(pattern) and re.search(pattern, words, re.IGNORECASE) is not None


def _read(text: Text) -> Iterator[tuple[str, str, str]]:
    """Each language of a text, English before the others, the one that its words are in, and its words."""
    for tag in sorted(text, key=lambda each: each != "en"):
        yield tag, "en" if tag == ANY_LANGUAGE else tag, plain(text[tag])


def _is_promise(tag: str, sentence: str) -> bool:
    """True for a sentence that says that the caller stays hidden, by itself or as a whole."""
    if sentence.rstrip().endswith(tuple(QUESTIONS)):
        return False  # it asks, and says of nothing yet that it is so
    if _has(_PROMISES, tag, sentence):
        return True
    clauses = [each.strip(" .!۔।") for each in _CLAUSE.split(sentence)]
    return any(_has(_SECRECY, tag, each) and _has(_NAMES, tag, each) for each in clauses)


def promises_to_hide(text: Text, *, told: bool = False) -> str:
    """The language in which a text says that the caller stays hidden; "" if it does not, or says the contrary.

    `told`: after the complaint was filed. "To hide your name, …" says then that it is not hidden yet.
    """
    if takes_back(text):
        return ""
    for tag, spoken, words in _read(text):
        found = [each for each in _SENTENCE.split(words) if _is_promise(spoken, each)]
        if found:
            return "" if told and any(_has(_OFFERS, spoken, each) for each in found) else tag
    return ""


def offers_to_hide(option: Option) -> str:
    """The same for a choice: its code may say it too, and then a word of secrecy is enough.

    A code of several words is none that says so: the secret of `secret_fee` may be what the complaint is about.
    """
    if language := promises_to_hide(option.text):
        return language
    if "_" in option.code or not is_word_of_hiding(option.code) or takes_back(option.text):
        return ""
    return next((tag for tag, spoken, words in _read(option.text) if _has(_SECRECY, spoken, words)), "")


def is_word_of_hiding(code: str) -> bool:
    """True for the code of a choice, or the id of a screen, that says that the caller stays hidden."""
    return not _CODES.isdisjoint(code.casefold().split("_"))


def takes_back(text: Text) -> bool:
    """True for a text that says that the name is shown."""
    return any(_has(_SHOWN, spoken, words) for _, spoken, words in _read(text))
