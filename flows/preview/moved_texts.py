"""Which SMS of the past other keyword rules would understand differently."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from flows.menu.keyword_rule import Rule
from flows.text.western_digits import western
from flows.understanding.intents import understand

LONGEST = 300  # characters of an SMS that are shown
# As in wrong entries: four digits and more may be the number of a person, a case or a card.
_NUMBER = re.compile(r"\+?\d(?:[ .\-/()]*\d){3,}")


class PastText(Struct, frozen=True):
    """An SMS that came in; `officer`: from the phone of somebody who works on cases."""

    text: str
    officer: bool = False


class MovedText(Struct, frozen=True):
    """An SMS that other rules understand differently: the intent `before` and `after`, and its position among all."""

    at: int
    before: str
    after: str


def find_moved_texts(texts: Iterable[PastText], before: Sequence[Rule], after: Sequence[Rule]) -> list[MovedText]:
    """The SMS that mean something else by the rules `after` than by those `before`, in the same order."""
    found = []
    for at, each in enumerate(texts):
        was, now = (understand(each.text, rules, officer=each.officer) for rules in (before, after))
        if (was.kind, was.rest) != (now.kind, now.rest):
            found.append(MovedText(at, was.kind, now.kind))
    return found


def mask_numbers(text: str) -> str:
    """The words of an SMS without numbers that may belong to somebody; what is very long is cut."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    plain = western(shown)
    return _NUMBER.sub("####", plain) if _NUMBER.search(plain) else shown
