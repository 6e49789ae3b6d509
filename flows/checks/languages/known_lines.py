"""The numbers that callers of a flow are told to call: those of its service, its helplines and the installation."""

from collections.abc import Mapping

from msgspec import Struct

from flows.menu.danger_rules import Helpline

_SHORTEST = 2  # digits of a number to call


class KnownLines(Struct, frozen=True):
    """`names` has each number, in digits, with the names that stand behind it, in any language."""

    names: dict[str, frozenset[str]]

    def is_line(self, digits: str) -> bool:
        """True for the number of a known line."""
        return len(digits) >= _SHORTEST and digits in self.names


def known_lines(service: Mapping[str, str], helplines: Mapping[str, Helpline]) -> KnownLines:
    """What a flow's texts may tell people to call or dial."""
    names: dict[str, set[str]] = {}
    for words in service.values():
        digits = plain(words)
        if digits and sum(map(str.isdecimal, words)) * 2 > len(words):
            names.setdefault(digits, set())
    for line in helplines.values():
        names.setdefault(plain(line.number), set()).update(name.casefold() for name in line.name.values())
    return KnownLines({number: frozenset(said) for number, said in names.items() if number})


def plain(number: str) -> str:
    """The digits of a number and its * and #, without dashes and spaces."""
    return "".join(letter for letter in number if letter.isdecimal() or letter in "*#")
