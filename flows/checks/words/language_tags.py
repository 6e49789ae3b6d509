"""Which language's words a tag asks for, the words of a text as lists are compared with them, and small words by which
a text is known to be in a language.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from flows.menu.model import ANY_LANGUAGE
from flows.text.normalization import folded_words

_SAME = {"fil": "tl", "nb": "no", "nn": "no", "prs": "fa", "pes": "fa", "arb": "ar", "swh": "sw", "pnb": "pa"}
# Scripts with vowel signs that stand for themselves: what people type is compared without them, words of a list whole.
_INDIC = re.compile("[\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]")
_WHOLE = re.compile("[^\\W\\d_][\\w\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u200c\u200d]*")


@lru_cache(maxsize=256)
def language_of(tag: str) -> str:
    """The first part of a tag, as lists of words are kept by it: `ur` for ur-Latn, `tl` for fil, and for words of no
    language (any_language) `en`, which says most of them.
    """
    first = "en" if tag == ANY_LANGUAGE else tag.partition("-")[0].lower()
    return _SAME.get(first, first)


def whole_words(said: str) -> list[str]:
    """The words of a text as they are compared, whole in scripts whose vowels are signs of their own; no digits."""
    if _INDIC.search(said):
        return [unicodedata.normalize("NFC", word).casefold() for word in _WHOLE.findall(said)]
    return [word for word in folded_words(said) if word[0].isalpha()]


def word_pattern(*words: str) -> re.Pattern[str]:
    """What finds some words, given as regular expressions, where they stand whole; letters may be large or small."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


# Small words that hardly a text of three words or more is without; what several languages share counts for each.
_SMALL = {
    "en": "the is are was of to and in for you your it we not this that with what why how on be please have has can"
    " our at by as but so all one will without any more here now when from there if who which no or at my do us they",
    "ur": "hai hain ka ki ke ko se mein aur par ne ya kya nahi aap yeh woh apna apni apne ho kar tha thi gaya gayi jo"
    " hum ab bhi hui hua likhein bhejein ہے ہیں کا کی کے کو سے میں اور پر نے یا کیا نہیں آپ یہ وہ اپنا اپنی ہو کر تھا"
    " گیا جو اب بھی ہوا ہوئی",
    "hi": "hai hain ka ki ke ko se mein aur par ne ya kya nahi aap yeh है हैं का की के को से में और पर ने या क्या नहीं आप"
    " यह वह अपना अपनी हो कर था गया जो अब भी",
    "ne": "छ छन् को का की ले मा र पनि हो छैन तपाईं तपाईंको यो त्यो गर्नुहोस् भयो हुन्छ के",
    "bn": "এবং না হয় আপনার আপনি জন্য করুন থেকে এই কি ও একটি হয়েছে করা",
    "pa": "ਹੈ ਹਨ ਦਾ ਦੀ ਦੇ ਨੂੰ ਤੋਂ ਵਿੱਚ ਅਤੇ ਤੇ ਨਹੀਂ ਤੁਸੀਂ ਇਹ دا دی دے نوں توں وچ تے نئیں",
    "ps": "دی ده په د او نه له دا تاسو شو کړئ چې",
    "sd": "آهي آهن ۾ جو جي جا کي ۽ تي نه اهو توهان",
    "fa": "است را به از در که این با برای می شما یا هست",
    "ar": "في من على إلى أن هذا هذه ما لا هل أو مع عن تم",
    "fr": "le la les des du de un une et est pour vous votre vos dans sur pas que qui ne au aux avec ce cette nous en"
    " il elle a ou se plus",
    "es": "el la los las un una de del que es en por para no se su sus con lo le y o esta este como mas al usted si a",
    "pt": "o os as um uma de do da dos das que é em por para não se seu sua com você e ou este esta mais já ao no na",
    "sw": "na ya wa kwa ni la za katika hii hiyo kama au si huu yako yetu sasa tu bila hapa nini gani je cha vya wako"
    " zako imefungwa tafadhali",
    "wo": "bi ci la ak yi nga ngi na gi mu am dina ba sa ku bu li ko nanu sama lan wala te",
    "ha": "da na ta a ba ne ce ku ka shi wannan don zuwa daga cikin kuma idan ko mu ya za an",
    "yo": "ni ti si fun o wa ko pe lati naa yi je awon ní tí fún kò",
    "so": "waa iyo oo ka ku la in waxaa uu ay soo si aad ma ee",
    "am": "ነው እና ላይ ውስጥ ይህ አይደለም ወደ ያለ",
    "rw": "na mu ku ni ya wa kandi cyangwa ubu iki cya kuri",
    "lg": "na mu ku ne nga era oba kino okuva",
    "zu": "futhi noma ukuthi ngoba lapha kanye uma ku",
    "id": "yang di dan ini itu untuk dengan tidak anda ke dari atau akan kami sudah ada",
    "ms": "yang di dan ini itu untuk dengan tidak anda ke dari atau akan kami sudah ada",
    "tl": "ang ng sa mga na ay at ka mo iyong po kung hindi para ito ba namin kayo ako ko may nang si",
    "tr": "bir ve bu için ile da de değil mi ne siz lütfen olarak var yok",
    "ru": "и в на не что это вы для с по как мы ваш ваша или от до",
    "de": "der die das und ist nicht sie ein eine zu mit für auf wir ihr ihre oder den dem im",
}
_SMALL_WORDS = {tag: frozenset(whole_words(said)) for tag, said in _SMALL.items()}


def has_small_words(tag: str) -> bool:
    """True for a language whose small words are known."""
    return language_of(tag) in _SMALL_WORDS


def small_words(said: Iterable[str], tag: str) -> frozenset[str]:
    """The small words of a language among some words of `whole_words`."""
    return _SMALL_WORDS.get(language_of(tag), frozenset()).intersection(said)


def small_word_language(said: Iterable[str], tag: str) -> str:
    """The language that the small words of a text are of, if none of them is of its own; "" for its own, or none."""
    found = {*said}
    if small_words(found, tag):
        return ""
    most = max(_SMALL_WORDS, key=lambda each: len(_SMALL_WORDS[each] & found))
    return most if len(_SMALL_WORDS[most] & found) > 1 else ""
