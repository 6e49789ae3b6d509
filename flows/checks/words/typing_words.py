"""How a text says what to type: verbs of typing and sending, and ranges of keys, by the first part of a language's tag.

"Press 1 to 3" names keys, and "school meals for class 1 to 8" does not: a range counts as keys beside such a verb, or
where its clause says nothing else. A language that is not here has no verbs, and ranges with a dash alone.
"""

import re
from functools import lru_cache

from flows.checks.words.language_tags import language_of

# The beginnings of verbs that say to press or type a key, and behind the semicolon of those that say to choose, send
# or write something, which a number may stand beside that is no key.
_VERBS = {
    "en": "press type enter reply; send choos select pick answer text write dial",
    "ur": "dab likh bhej دبا لکھ بھیج; chun jawab type press چن جواب ٹائپ منتخب",
    "hi": "dab likh bhej दबा लिख भेज; chun jawab चुन जवाब टाइप",
    "ne": "थिच लेख दबा thich; पठा छान टाइप lekh patha chhan",
    "bn": "চাপ টিপ chap; লিখ পাঠা বাছ বেছে likh pathan",
    "pa": "ਦਬਾ ਲਿਖ دبا لکھ dab likh; ਭੇਜ ਚੁਣ بھیج چݨ چن bhej chun",
    "ps": "کیکاږ کېکاږ ولیک; لیک ولېږ وټاک ځواب",
    "sd": "دٻاي لکو; لک موڪل چونڊ",
    "fa": "بزن فشار; بنویس بفرست وارد انتخاب",
    "ar": "اضغط أدخل ادخل; اكتب أرسل ارسل اختر رد",
    "fr": "tapez appuy; compos entrez saisi répond repond envoy choisi écri ecri",
    "es": "puls presion oprim tecle digite digitar; marqu marc escrib respond envi elij mande mand contest selec",
    "pt": "digite digitar pression aperte tecl; respond envi escolh escrev mande selec",
    "sw": "bonyez andik; tum chagu jibu piga weka",
    "wo": "bës bes; bind tann yonne tontu dugal",
    "ha": "danna rubut; aika zaɓ zab amsa",
    "yo": "tẹ te; kọ ko fi yan dáhùn",
    "so": "riix qor; dir dooro geli jawaab",
    "am": "ይጫኑ ያስገቡ; ይጻፉ ይላኩ ይምረጡ",
    "rw": "kanda andika; ohereza hitamo subiza",
    "lg": "nyiga wandiika; sindika londa ddamu",
    "zu": "cindezela bhala; thumela khetha phendula",
    "id": "tekan ketik; kirim balas pilih masukkan",
    "ms": "tekan taip; hantar balas pilih masukkan",
    "tl": "pindut itype magtype; mag-type i-text isulat piliin ipadala sagot pumili",
    "tr": "bas tuşla yaz; gönder seç gir",
    "ru": "нажм введ; отправ напиш выбер ответ",
    "de": "drück tipp; send antwort wähl gib schreib",
}
# What stands between the first and the last of a range.
_TO = {
    "en": "to through until till",
    "ur": "se ta tak سے تا تک",
    "hi": "se tak से तक",
    "ne": "dekhi देखि",
    "bn": "theke থেকে",
    "pa": "ton se ਤੋਂ توں سے",
    "ps": "تر نه څخه",
    "sd": "کان تائين",
    "fa": "تا",
    "ar": "إلى الى حتى",
    "fr": "à a",
    "es": "a al hasta",
    "pt": "a até ate",
    "sw": "hadi mpaka",
    "wo": "ba",
    "ha": "zuwa",
    "yo": "sí si dé de",
    "so": "ilaa ila illaa",
    "am": "እስከ",
    "rw": "kugeza kugera",
    "lg": "okutuuka ku",
    "zu": "kuya",
    "id": "sampai hingga",
    "ms": "hingga sampai",
    "tl": "hanggang",
    "tr": "ile ila",
    "ru": "до по",
    "de": "bis",
}
# Whole forms that say to type, and nothing else. Other words begin like a verb: "Basın 5 kişi aldı" presses no key.
_FORMS = {
    "en": "press type enter reply",
    "ur": "dabayein dabaein dabaen dabao likhein likhen likho bhejein bhejen bhejo دبائیں لکھیں بھیجیں",
    "hi": "dabayein dabaen dabaye likhein likhen bhejein दबाएं दबाएँ दबायें लिखें भेजें",
    "ne": "थिच्नुहोस् थिच्नुस् लेख्नुहोस् thichnuhos lekhnuhos",
    "bn": "চাপুন টিপুন",
    "pa": "ਦਬਾਓ ਲਿਖੋ ਭੇਜੋ دباؤ لکھو",
    "fa": "بزنید بنویسید بفرستید",
    "ar": "اضغط أدخل ادخل",
    "fr": "tapez appuyez",
    "es": "pulse presione oprima teclee digite",
    "pt": "digite pressione aperte tecle",
    "sw": "bonyeza andika",
    "wo": "bësal besal bës bes",
    "ha": "danna rubuta",
    "yo": "tẹ te",
    "so": "riix qor",
    "am": "ይጫኑ ያስገቡ",
    "id": "tekan ketik",
    "ms": "tekan taip",
    "tl": "pindutin itype i-type magtype mag-type",
    "tr": "tuşlayın tuşlayınız basınız",
    "ru": "нажмите введите",
    "de": "drücken tippen",
}
_UNINFLECTED = frozenset({"yo", "wo"})  # "te" presses, and "tela" is another word
_VERB_LAST = frozenset({"ur", "hi", "ne", "bn", "pa", "ps", "sd", "fa", "am", "tr"})  # "4 dabayein"
_CLAUSE = re.compile(r"[.?!:;()\n۔؟،।,]")


def _any(words: str) -> str:
    return "|".join(map(re.escape, words.split()))


@lru_cache(maxsize=128)
def range_pattern(tag: str) -> re.Pattern[str]:
    """Two numbers with a dash or the language's "to" between them: the first and the last of a range."""
    to = _any(_TO.get(language_of(tag), ""))
    joined = rf"\s*[-–]\s*|\s+(?:{to})\s+" if to else r"\s*[-–]\s*"
    return re.compile(rf"(?<![\w.,*#-])(\d{{1,9}})(?:{joined})(\d{{1,9}})(?![\w*#-]|[.,]\d)", re.IGNORECASE)


@lru_cache(maxsize=128)
def _verbs(tag: str) -> re.Pattern[str]:
    verbs = _any(_VERBS.get(language_of(tag), "").replace(";", ""))
    return re.compile(rf"(?<!\w)(?:{verbs})" if verbs else r"(?!)", re.IGNORECASE)


@lru_cache(maxsize=128)
def _typed(tag: str) -> re.Pattern[str]:
    """A number of one or two digits directly beside a verb of typing."""
    verbs = _any(_VERBS.get(language_of(tag), "").partition(";")[0])
    if not verbs:
        return re.compile(r"(?!)")
    after = r"(\d{1,2})(?![\w*#-]|[.,]\d)"
    ending = "" if language_of(tag) in _UNINFLECTED else r"\w*"
    beside = rf"(?<![\w.,*#-]){after}\s+(?:{verbs})" if language_of(tag) in _VERB_LAST else r"(?!)"
    return re.compile(rf"(?<!\w)(?:{verbs}){ending}\s+(?:\w{{2,3}}\s+)?{after}|{beside}", re.IGNORECASE)


def says_to_type(said: str, tag: str) -> bool:
    """True for words that say to press, type, choose or send something, in their language."""
    return bool(_verbs(tag).search(said))


def clause_around(said: str, start: int, end: int) -> str:
    """The clause that a part of a text stands in."""
    return f"{_CLAUSE.split(said[:start])[-1]}{said[start:end]}{_CLAUSE.split(said[end:])[0]}"


_ORDINAL = re.compile(r"\.\s+[^\W\d_A-ZÀ-ÖØ-ÞĀĂĄİŞĞ]")  # "1 ile 8. sınıflar": the dot makes "eighth" of it


def typed_ranges(plain: str, tag: str) -> list[re.Match[str]]:
    """The ranges of a text that say what may be typed: those beside a verb of typing, or alone in their clause."""
    found: list[re.Match[str]] = []
    for each in range_pattern(tag).finditer(plain):
        clause = clause_around(plain, each.start(), each.end())
        alone = clause.strip(" \u00a0-–") == each[0] and not _ORDINAL.match(plain, each.end())
        if alone or says_to_type(clause, tag):
            found.append(each)
    return found


def typed_keys(plain: str, tag: str) -> list[tuple[str, int]]:
    """The numbers of one or two digits that a text says to press or type, and where they end: "press 4"."""
    return [(each[each.lastindex or 0], each.end(each.lastindex or 0)) for each in _typed(tag).finditer(plain)]


def surely_typed_keys(plain: str, tag: str) -> frozenset[str]:
    """Those beside a whole form of a verb, and not beside a word that begins like one."""
    forms = frozenset(_FORMS.get(language_of(tag), "").split())
    return frozenset(
        each[each.lastindex or 0]
        for each in _typed(tag).finditer(plain)
        if not forms.isdisjoint(_whole(plain, each).casefold().split())
    )


def _whole(plain: str, found: re.Match[str]) -> str:
    """What was found, with the rest of its last word."""
    return found[0] + re.match(r"[^\s.?!,;:۔،।]*", plain[found.end() :])[0]  # type: ignore[index]  # it matches nothing too
