"""The numbers that callers of a flow are told to call: those of its service and its helplines."""

from collections.abc import Mapping

from msgspec import Struct

from flows.menu.danger_rules import Helpline
from flows.menu.model import Flow
from flows.text.normalization import normalize_keyword

_SHORTEST = 2  # digits of a number to call
_COMMON = frozenset(word for name in ("helpline", "ہیلپ", "line", "لائن") for word in normalize_keyword(name))


class KnownLines(Struct, frozen=True):
    """`names` has each number, in digits, with the words that stand behind it; `official` are those of helplines."""

    names: dict[str, frozenset[str]]
    official: tuple[str, ...] = ()

    def is_line(self, digits: str) -> bool:
        """True for the number of a known line."""
        return len(digits) >= _SHORTEST and digits in self.names


def known_lines(flow: Flow, service: Mapping[str, str], shipped: Mapping[str, Helpline]) -> KnownLines:
    """What a flow's texts may tell people to call or dial.

    The helplines that ship are those of one country, so they count for a flow that names one of them or has one of
    its languages.
    """
    names: dict[str, set[str]] = {}
    for words in service.values():
        digits = plain(words)
        if digits and sum(map(str.isdecimal, words)) * 2 > len(words):
            names.setdefault(digits, set())
    helplines = flow.helplines or (shipped if _is_theirs(flow, shipped) else {})
    for line in helplines.values():
        said = {word for name in line.name.values() for word in normalize_keyword(name)} - _COMMON
        names.setdefault(plain(line.number), set()).update(said)
    official = tuple(plain(line.number) for line in helplines.values())
    return KnownLines({number: frozenset(said) for number, said in names.items() if number}, official)


def _is_theirs(flow: Flow, shipped: Mapping[str, Helpline]) -> bool:
    numbers = {line.number for line in shipped.values()}
    tags = {tag.partition("-")[0] for line in shipped.values() for tag in line.name} - {"en"}
    return flow.service.get("help") in numbers or bool(tags & {tag.partition("-")[0] for tag in flow.languages})


def plain(number: str) -> str:
    """The digits of a number and its * and #, without dashes and spaces."""
    return "".join(letter for letter in number if letter.isdecimal() or letter in "*#")
