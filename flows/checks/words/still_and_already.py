"""Still and already: words that turn a question round, and those that say that nothing new was done.

"Yes" to whether a problem is there still, or again, is no good news. By the first part of a language's tag; a language
that is not here has none.
"""

from collections.abc import Mapping

from flows.checks.words.language_tags import language_of
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
    "tl": "pa rin, ulit, muli, hindi pa",
    "tr": "hâlâ, hala, yine, tekrar",
    "ru": "ещё, еще, снова, опять, всё ещё, осталась, остаётся",
    "de": "noch, wieder, weiterhin",
}


_ALREADY = {
    "en": "already, too soon, not long ago, recently, before, earlier, wait, a short time ago, just now, once a day",
    "ur": "pehle hi, pehle se, pehle bhi, thori der pehle, abhi abhi, aaj pehle, intezar, "
    "پہلے ہی, پہلے سے, پہلے بھی, تھوڑی دیر پہلے, ابھی ابھی, آج پہلے, انتظار",
    "hi": "pehle hi, pehle se, पहले ही, पहले से, अभी अभी, थोड़ी देर पहले, इंतज़ार",
    "pa": "ਪਹਿਲਾਂ, پہلاں",
    "ne": "pahile nai, aghi, पहिले नै, अघि, भर्खर, पर्खनुहोस्",
    "bn": "আগেই, ইতিমধ্যে, একটু আগে, অপেক্ষা",
    "sd": "اڳ ۾, پهريان",
    "ps": "مخکې, لا دمخه",
    "fa": "قبلا, قبلاً, پیش از این, به تازگی, صبر",
    "ar": "بالفعل, من قبل, سابقا, مسبقا, قبل قليل, مؤخرا, انتظر, مبكر",
    "fr": "déjà, trop tôt, récemment, il y a peu, attendez, patientez, vient d",
    "es": "ya, hace poco, muy pronto, recientemente, espere, demasiado pronto",
    "pt": "já, há pouco, muito cedo, recentemente, aguarde, espere",
    "sw": "tayari, hivi karibuni, mapema, subiri, muda mfupi, ulikwisha, ilikwisha",
    "wo": "ba noppi, bu gaaw, muñal, xaaral",
    "ha": "riga, tuni, dadewa, kwanan nan, jira, dazu",
    "yo": "tẹlẹ, tele, ṣẹṣẹ, dúró",
    "so": "hore, mar hore, dhawaan, sug",
    "am": "ቀድሞ, አስቀድሞ, ቀደም, ይጠብቁ, በቅርቡ",
    "rw": "kera, mbere, vuba aha, tegereza, wamaze",
    "lg": "edda, dda, emabega, linda",
    "zu": "kakade, ngaphambili, linda, muva",
    "id": "sudah, barusan, baru saja, terlalu cepat, tunggu",
    "ms": "sudah, telah pun, baru sahaja, terlalu awal, tunggu",
    "fil": "na ngayong, kapapa, kanina, maghintay, hindi pa matagal, kailan lang",
    "tl": "na ngayong, kapapa, kanina, maghintay, hindi pa matagal, kailan lang",
    "tr": "zaten, daha önce, az önce, kısa süre önce, bekleyin, erken",
    "ru": "уже, недавно, ранее, подождите, слишком рано",
    "de": "schon, bereits, vor kurzem, kürzlich, zu früh, warten",
}


def _by_language(said: Mapping[str, str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {tag: tuple(normalize_keyword(each) for each in words.split(",")) for tag, words in said.items()}


_STILL_WORDS, _ALREADY_WORDS = _by_language(_STILL), _by_language(_ALREADY)


def says_still(said: str, tag: str) -> bool:
    """True for words that say, in their language, that something is so still, or again."""
    return _says(_STILL_WORDS, said, tag)


def says_already(said: str, tag: str) -> bool:
    """True for words that say, in their language, that something was done before, or a short time ago."""
    return _says(_ALREADY_WORDS, said, tag)


def _says(known: Mapping[str, tuple[tuple[str, ...], ...]], said: str, tag: str) -> bool:
    folded = normalize_keyword(said)
    return any(
        folded[at : at + len(phrase)] == phrase
        for phrase in known.get(language_of(tag), ())
        for at in range(len(folded) - len(phrase) + 1)
    )
