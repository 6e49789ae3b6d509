"""Words that say that a complaint is over (closed, solved, withdrawn), and sentences that say "if", "when" or "until".

What stands under a condition has not happened yet, and may never: "We text you when it is solved". By the first part of
a language's tag; a language that is not here has none.
"""

import re
from collections.abc import Iterator, Mapping

from flows.checks.words.language_tags import language_of, word_pattern
from flows.menu.model import ANY_LANGUAGE
from flows.text.normalization import LETTERS

_IF = {
    "en": "if when whenever once until till unless case soon after before",
    "ur": "agar jab jabtak tak jaise hone اگر جب تک جیسے ہونے",
    "hi": "agar jab jaise अगर यदि जब जैसे तक होने",
    "ne": "yadi jaba यदि जब भने भएपछि सम्म",
    "bn": "jodi jokhon যদি যখন হলে পর্যন্ত",
    "pa": "je jadon ਜੇ ਜੇਕਰ ਜਦੋਂ ਤੱਕ جے جدوں",
    "ps": "که کله چې تر",
    "sd": "جيڪڏهن جڏهن تائين",
    "fa": "اگر وقتی هنگامی تا زمانی",
    "ar": "إذا اذا إن عندما حين لما حتى بمجرد بعد",
    "fr": "si s'il s'ils quand lorsque lorsqu dès jusqu'à jusqu'au jusque fois après avant",
    "es": "si cuando hasta cuanto vez luego tras después antes",
    "pt": "se quando até assim caso depois antes",
    "sw": "kama ikiwa iwapo wakati hadi mpaka endapo baada kabla",
    "wo": "su suñu bu ba",
    "ha": "idan in har sai lokacin bayan kafin",
    "yo": "bí tí nígbà títí",
    "so": "haddii marka ilaa",
    "am": "ከሆነ ከሆኑ ሲሆን ጊዜ እስከ በኋላ",
    "rw": "niba iyo nimba kugeza",
    "lg": "singa bwe okutuusa",
    "zu": "uma lapho kuze",
    "id": "jika kalau bila ketika saat sampai setelah sebelum",
    "ms": "jika kalau bila apabila sehingga selepas sebelum",
    "tl": "kung kapag pag hanggang kapagka sakaling",
    "tr": "eğer ise zaman kadar",
    "ru": "если когда пока после",
    "de": "wenn falls sobald bis nachdem bevor",
}
_SENTENCE = re.compile(r"[.?!۔؟।\n]+")
_WORD = re.compile(rf"{LETTERS}(?:['’]{LETTERS})*")
_KNOWN = {tag: frozenset(words.casefold().split()) for tag, words in _IF.items()}
# Suffixes of Turkish verbs: "solved-when", "solved-if".
_SUFFIX = re.compile(r"\w+(?:ınca|ince|unca|ünce|dığında|diğinde|duğunda|düğünde|rsa|rse|ırsa|irse|ursa|ürse)$")


def sentences_of(said: str) -> Iterator[str]:
    """The sentences of a text."""
    return (each for each in _SENTENCE.split(said) if each.strip())


def says_if(sentence: str, tag: str) -> bool:
    """True for a sentence that says under what condition, or until when, something holds."""
    own = language_of(tag)
    known = _KNOWN.get(own)
    if known is None:
        return False
    words = [word.replace("’", "'").casefold() for word in _WORD.findall(sentence)]
    return any(word in known for word in words) or (own == "tr" and any(map(_SUFFIX.match, words)))


_OVER = {
    "en": r"closed|solved|settled|cancelled|canceled|finished|withdrawn",
    "ur": r"band|masla hal|hal ho ga[iy]i?|wapis|بند|مسئلہ حل|حل ہو گیا|واپس",
    "hi": r"हल हो ग\w+|बंद (?:कर|हो)\w* \w+|वापस ले\w*",
    "ne": r"समाधान भयो|बन्द (?:भयो|गरियो)|फिर्ता लिइयो",
    "bn": r"সমাধান হয়েছে|বন্ধ (?:করা )?হয়েছে|মিটে গেছে",
    "pa": r"ਹੱਲ ਹੋ ਗ\w+|ਬੰਦ (?:ਹੋ|ਕਰ)\w*",
    "sd": r"حل ٿي ويو|بند ڪ\w+",
    "ps": r"حل شو\w*|وتړل شو\w*|بند شو\w*",
    "fa": r"حل شد|بسته شد|لغو شد",
    "ar": r"(?:تم|جرى) (?:حل|إغلاق|اغلاق|إلغاء)\w*|أُ?غلقت|حُ?لّ?ت",
    "fr": r"fermée?|clôturée?|close|résolue?|réglée?|annulée?|retirée?",
    "es": r"cerrad[oa]|resuelt[oa]|solucionad[oa]|cancelad[oa]|retirad[oa]|anulad[oa]",
    "pt": r"encerrad[oa]|fechad[oa]|resolvid[oa]|solucionad[oa]|cancelad[oa]|retirad[oa]",
    "sw": r"\w{0,3}mefungwa|\w{0,3}metatuliwa|\w{0,3}meghairiwa|\w{0,3}meondolewa",
    "wo": r"tëj nañu|saafara nañu ko|jeex na",
    "ha": r"an rufe|an warware|an gyara|an soke",
    "yo": r"a ti (?:pa|yanjú|parí)\w*",
    "so": r"waa la (?:xiray|xaliyay|joojiyay)",
    "am": r"ተዘግቷል|ተፈቷል|ተሰርዟል",
    "rw": r"\w{0,3}cyakemutse|\w{0,3}yafunzwe|byakemutse",
    "tl": r"isinara na|sarado na|nalutas na|naayos na|kinansela",
    "id": r"ditutup|diselesaikan|selesai|dibatalkan",
    "ms": r"ditutup|diselesaikan|selesai|dibatalkan",
    "tr": r"kapatıldı|çözüldü|iptal edildi|geri alındı",
    "ru": r"закрыт[аоы]?|решен[аоы]?|решён|отозван[аоы]?|отменен[аоы]?",
    "de": r"geschlossen|gelöst|erledigt|abgeschlossen|zurückgezogen",
}
_NOT = {
    "en": r"not|no longer|never|isn['’]t|un",
    "ur": r"nahi|nahin|na|نہیں|نہ",
    "hi": r"नहीं|न",
    "ne": r"\w*एको छैन|छैन",
    "bn": r"হয়নি|না|নি",
    "ar": r"لم|لا|ليست?|غير|لن",
    "fa": r"ن\w+|نیست",
    "fr": r"pas|ne|n['’]\w+|non|jamais",
    "es": r"no|sin|nunca|aún",
    "pt": r"não|sem|nunca|ainda",
    "sw": r"ha\w+|bado|si",
    "ha": r"ba|bai|ba'a",
    "tl": r"hindi|di|wala",
    "id": r"belum|tidak|bukan",
    "ms": r"belum|tidak|bukan",
    "tr": r"değil|henüz",
    "ru": r"не|нет",
    "de": r"nicht|noch|kein\w*",
}


_OVER_WORDS = {tag: word_pattern(words) for tag, words in _OVER.items()}
_NOT_WORDS = {tag: word_pattern(words) for tag, words in _NOT.items()}


def says_over(said: str, tag: str) -> str:
    """The words of a text that say that a complaint is over, or "".

    A sentence that says "not", or "when", "until" or "if", says nothing of the kind: "We text you when it is solved".
    """
    own = language_of(tag)
    over, negated = _OVER_WORDS.get(own), _NOT_WORDS.get(own)
    if over is None or not over.search(said):
        return ""
    for sentence in sentences_of(said):
        found = over.search(sentence)
        if found and not says_if(sentence, tag) and not (negated is not None and negated.search(sentence)):
            return found[0]
    return ""


# That a complaint is closed, that it is open, and what it is called; by the first part of a language's tag.
_CLOSED = {
    "en": word_pattern("closed", "cancelled", "withdrawn"),
    "ur": word_pattern("band", "wapis", "بند", "واپس"),
    "es": word_pattern("cerrad[oa]", "cancelad[oa]"),
    "fr": word_pattern("fermée?", "clôturée?", "cloturee?", "annulée?", "annulee?"),
    "pt": word_pattern("fechad[oa]", "encerrad[oa]", "cancelad[oa]"),
    "sw": word_pattern(r"\w*mefungwa", r"\w*meghairiwa"),
    "ha": word_pattern("an rufe"),
    "id": word_pattern("ditutup", "dibatalkan"),
    "tl": word_pattern("sarado", "isinara", "kinansela"),
}
_OPEN = {
    "en": word_pattern("open", "reopened"),
    "ur": word_pattern("khuli", "khul gayi", "khul gai", "کھلی", "کھل گئی", "کھلا"),
    "es": word_pattern("abiert[oa]", "reabiert[oa]", "se (?:re)?abri[oó]"),
    "fr": word_pattern("(?:r|ré)?ouverte?"),
    "pt": word_pattern("(?:re)?abert[oa]"),
    "sw": word_pattern(r"\w*mefunguliwa", "wazi"),
    "ha": word_pattern("bude"),
    "id": word_pattern("dibuka", "terbuka"),
    "tl": word_pattern("bukas", "binuksan"),
}
_COMPLAINT = word_pattern(
    *("complaint", "report", "case", "request", "it", "shikayat", "darkhwast", "شکایت", "درخواست", "queja", "reporte"),
    *("caso", "solicitud", "reclamo", "plainte", "signalement", "dossier", "demande", "queixa", "pedido", "reclamação"),
    *(
        "malalamiko",
        "lalamiko",
        "ripoti",
        "ombi",
        "korafi",
        "korafin\\w*",
        "laporan",
        "pengaduan",
        "reklamo",
        "sumbong",
    ),
    *("suggestion", "tajweez", "تجویز", "sugerencia", "sugestão", "pendekezo"),
)
_CLAUSES = re.compile(r"[.!?;,\n۔؟،।]")
SHOWN = "\u2026"  # stands for a variable


def says_closed_of_it(said: str, tag: str) -> bool:
    """True if a clause of a text says of the complaint, in its language, that it is closed. SHOWN is a variable."""
    return _says_of_it(_CLOSED, said, tag)


def says_open_of_it(said: str, tag: str) -> bool:
    """The same for open."""
    return _says_of_it(_OPEN, said, tag)


def _says_of_it(known: Mapping[str, re.Pattern[str]], said: str, tag: str) -> bool:
    pattern = known.get(language_of(tag)) if tag != ANY_LANGUAGE else None
    return pattern is not None and says_of_complaint(pattern, said)


def says_of_complaint(pattern: re.Pattern[str], said: str) -> bool:
    """True if a clause says so of the complaint: it shows its number or names it, or has no other subject."""
    for clause in _CLAUSES.split(said):
        found = pattern.search(clause)
        if found and (SHOWN in clause or _COMPLAINT.search(clause) or not clause[: found.start()].strip()):
            return True
    return False
