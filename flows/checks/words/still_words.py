"""Words that turn a question round: whether a problem is there still, or again. "Yes" is then no good news.

By the first part of a language's tag; a language that is not here has none.
"""

from collections.abc import Mapping

from flows.text.normalization import normalize_keyword

_STILL = {
    "en": "still, again, back, yet, persists, continues, remains, not solved, unsolved",
    "ur": "ab bhi, abhi bhi, abhi tak, ab tak, dobara, phir, baqi, اب بھی, ابھی بھی, ابھی تک, دوبارہ, پھر, باقی",
    "hi": "ab bhi, abhi bhi, abhi tak, phir, अब भी, अभी भी, अभी तक, फिर, दोबारा, बाकी",
    "pa": "ਅਜੇ, ਹਾਲੇ, ਫਿਰ, ਦੁਬਾਰਾ, اجے, فیر",
    "ne": "ajhai, pheri, अझै, अझ, फेरि, बाँकी",
    "bn": "এখনও, এখনো, আবার, বাকি",
    "sd": "اڃا, وري",
    "ps": "لا هم, بیا",
    "fa": "هنوز, دوباره, باز",
    "ar": "لا يزال, ما زال, لا تزال, ما زالت, مازال, مازالت, مرة أخرى, بعد, عاد",
    "fr": "encore, toujours, à nouveau, de nouveau, persiste, continue, revenu",
    "es": "todavía, aún, sigue, siguen, otra vez, de nuevo, continúa, persiste, volvió",
    "pt": "ainda, continua, de novo, outra vez, novamente, persiste, voltou",
    "sw": "bado, tena, inaendelea, limerudi, imerudi",
    "wo": "ba leegi, ba tey, waat",
    "ha": "har yanzu, har yau, kuma, sake",
    "yo": "sibe, tun, si wa",
    "so": "weli, mar kale",
    "am": "አሁንም, እንደገና, ገና",
    "rw": "na n'ubu, nanubu, haracyari, biracyari, kiracyariho, nanone, ongera, kandi",
    "lg": "n'okutuusa, nate, era",
    "zu": "namanje, futhi, sisekhona",
    "id": "masih, lagi, kembali",
    "ms": "masih, lagi",
    "tr": "hâlâ, hala, yine, tekrar",
    "ru": "ещё, еще, снова, опять, всё ещё, осталась, остаётся",
    "de": "noch, wieder, weiterhin",
}


def _by_language(said: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {tag: tuple(normalize_keyword(each) for each in words.split(",")) for tag, words in said.items()}


_WORDS = _by_language(_STILL)


def says_still(said: str, tag: str) -> bool:
    """True for words that say, in their language, that something is so still, or again."""
    folded = normalize_keyword(said)
    return any(
        folded[at : at + len(phrase)] == phrase
        for phrase in _WORDS.get(tag.partition("-")[0].lower(), ())
        for at in range(len(folded) - len(phrase) + 1)
    )
