"""Which language an SMS is written in, where its sender never chose one."""

from __future__ import annotations

import unicodedata

from flows.engine.variables import needs_ucs2
from flows.menu.model import Flow
from flows.text.normalization import words

ENGLISH = "en"
# Small words of one language and not of the other. Not here: what is both, such as "me" (in), "to" (then), "do" (two).
_ENGLISH = frozenset(
    word.folded
    for word in words(
        "a an the is are was were am be been has have had my our your their his her this that these there it i we you"
        " they of for from with and at by not no since what when where how why who which can will did does please"
    )
)
_URDU = frozenset(
    word.folded
    for word in words(
        "hai hain hun ka ki ke ko kay se say mein main mai me men par pe ne nay aur ya bhi nahi kya koi kab kahan kaise"
        " yeh ye woh wo mera meri mere hamara hamari hamare aap apna apni hum ho hua hui gaya gayi gai rahi raha rahe"
        " ab abhi tak din wala wali"
    )
)


def detect_language(text: str, flow: Flow) -> str | None:
    """The language to answer in: of another script than Latin by its letters, else English where it is plainly that.

    Everything else is the first language of the flow; None where the flow has none.
    """
    if any(sign.isalpha() and not unicodedata.name(sign, "").startswith("LATIN") for sign in text):
        foreign = next((tag for tag in flow.languages if needs_ucs2(flow, tag)), None)
        return foreign or next(iter(flow.languages), None)
    if ENGLISH in flow.languages and is_english(text):
        return ENGLISH
    return next(iter(flow.languages), None)


def is_english(text: str) -> bool:
    """True for words in Latin letters with more small words of English than of Roman Urdu."""
    said = [word.folded for word in words(text)]
    return sum(word in _ENGLISH for word in said) > sum(word in _URDU for word in said)
