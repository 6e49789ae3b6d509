"""Which language's words a tag asks for: lists of words are kept once for all scripts and countries of a language."""

from flows.menu.model import ANY_LANGUAGE

_SAME = {"fil": "tl", "nb": "no", "nn": "no", "prs": "fa", "pes": "fa", "arb": "ar", "swh": "sw", "pnb": "pa"}


def language_of(tag: str) -> str:
    """The first part of a tag, as lists of words are kept by it: `ur` for ur-Latn, `tl` for fil, and for words of no
    language (any_language) `en`, which says most of them.
    """
    first = "en" if tag == ANY_LANGUAGE else tag.partition("-")[0].lower()
    return _SAME.get(first, first)
