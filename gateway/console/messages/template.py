"""A template of a message, such as `row {code!r} has no office`: it finds its values in a message, and puts them in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from string import Formatter
from typing import Self

from markupsafe import Markup, escape
from msgspec import Struct

LONGEST = 2_000  # characters of a message that is read back: nobody reads a longer one
MOST_READINGS = 12
_QUOTED = r"'(?:[^'\\]|\\.)*+(?:'|\Z)|\"(?:[^\"\\]|\\.)*+(?:\"|\Z)|\[[^\]]*+\]|[\w.:-]++"  # what `!r` writes
_FOREIGN = re.compile(r"([A-Za-z][\w.-]*(?: [A-Za-z][\w.-]*)*)")


class Value(Struct, frozen=True):
    """A value in a message, and whether it stood in quotes: it is a code or somebody's words then."""

    words: str
    quoted: bool


class Template(Struct, frozen=True):
    """How a message is built. `pattern` reads one back in linear time, `longest` stands in each of them."""

    words: str
    pattern: re.Pattern[str]
    longest: str
    weight: int  # letters that are the same in each message: of two templates that fit, the one with more is meant

    @property
    def joins(self) -> bool:
        """True for a template without words of its own: it joins messages, and each of its values must be known."""
        return not any(map(str.isalpha, re.sub(r"\{[^{}]*\}", "", self.words)))

    @classmethod
    def parse(cls, words: str) -> Self:
        """The template of these words. Raises ValueError for braces that do not fit."""
        parts = _parts(words)
        pattern, known = "", set[str]()
        for at, (literal, name, quoted) in enumerate(parts):
            pattern += re.escape(literal)
            if not name:
                continue
            following, other, _ = parts[at + 1] if at + 1 < len(parts) else ("", "", False)
            if re.fullmatch("count[0-9]*", name) and name not in known:
                pattern += f"(?P<{name}>[0-9]++)"
            elif name in known:
                pattern += f"(?P={name})"
            elif quoted:
                pattern += f"(?P<{name}>{_QUOTED})"
            elif other and not following:  # nothing is between the two: the first is a word
                pattern += f"(?P<{name}>[^;, (]*+)"
            elif following and other:  # another value comes: what was found first is not tried again
                pattern += f"(?>(?P<{name}>.*?)(?={re.escape(following)}))"
            else:
                pattern += f"(?P<{name}>.*)"
            known.add(name)
        literals = [literal for literal, *_ in parts]
        compiled = re.compile(pattern, re.DOTALL)
        return cls(words, compiled, max(literals, key=len, default=""), sum(map(len, literals)))

    def read(self, message: str) -> dict[str, Value] | None:
        """The values of a message that was made with this template; None if it was not."""
        return next(self.readings(message), None)

    def readings(self, message: str) -> Iterator[dict[str, Value]]:
        """The ways to read a message: more than one if only a blank stands before the last value."""
        if self.longest not in message or len(message) > LONGEST:
            return
        found = self.pattern.fullmatch(message)
        if found is None:
            return
        parts = _parts(self.words)
        quoted = {name for _, name, is_quoted in parts if is_quoted}
        values = {name: Value(words, name in quoted) for name, words in found.groupdict().items()}
        yield values
        if len(parts) > 1 and parts[-1][0] == " ":
            before, last = parts[-2][1], parts[-1][1]
            words = values[last].words.split(" ")
            for at in range(1, min(len(words), MOST_READINGS)):
                moved = " ".join((values[before].words, *words[:at]))
                rest = Value(" ".join(words[at:]), quoted=False)
                yield {**values, before: Value(moved, values[before].quoted), last: rest}


def fill(translation: str, values: Mapping[str, Value], shown: Callable[[Value], Markup]) -> Markup:
    """A translation with its values. What stands between backticks is to be typed, and is set as code.

    Raises KeyError for a value that the message does not have.
    """
    made = Markup()
    for at, piece in enumerate(translation.split("`")):
        typed = at % 2 == 1
        inner = Markup()
        for literal, name, _ in _parts(piece):
            inner += escape(literal) if typed else _isolate_foreign(literal)
            if name:
                inner += escape(values[name].words) if typed else shown(values[name])
        made += Markup('<code dir="ltr">{}</code>').format(inner) if typed else inner
    return made


def _isolate_foreign(words: str) -> Markup:
    """Words with isolates around what is written in Latin letters, such as SMS."""
    pieces = _FOREIGN.split(words)
    return Markup("").join(
        Markup("<bdi>{}</bdi>").format(each) if at % 2 else escape(each) for at, each in enumerate(pieces)
    )


def names_of(words: str) -> set[str]:
    """The names of the values in a template or a translation."""
    return {name for piece in words.split("`") for _, name, _ in _parts(piece) if name}


def _parts(words: str) -> list[tuple[str, str, bool]]:
    """Literal words, the name of the value that follows ("" for none), and whether it is quoted."""
    return [(literal, name or "", kind == "r") for literal, name, _, kind in Formatter().parse(words)]
