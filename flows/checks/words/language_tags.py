"""Which language's words a tag asks for, and the words of a text as lists of words are compared with them."""

import re
import unicodedata

from flows.menu.model import ANY_LANGUAGE
from flows.text.normalization import words

_SAME = {"fil": "tl", "nb": "no", "nn": "no", "prs": "fa", "pes": "fa", "arb": "ar", "swh": "sw", "pnb": "pa"}
# Scripts with vowel signs that stand for themselves: what people type is compared without them, words of a list whole.
_INDIC = re.compile("[\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]")
_WHOLE = re.compile("[^\\W\\d_][\\w\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff\u200c\u200d]*")


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
    return [word.folded for word in words(said) if word.folded[0].isalpha()]
