"""Sentences that say "if", "when" or "until": what stands in them has not happened yet, and may never.

By the first part of a language's tag; a language that is not here has none.
"""

import re
from collections.abc import Iterator

from flows.checks.words.language_tags import language_of

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
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
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
