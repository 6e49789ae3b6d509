"""What is wrong with a flow file, where it is, and what to do about it."""

from collections.abc import Collection, Iterable
from typing import Literal

from msgspec import Struct, field

from flows.menu.model import Flow

Severity = Literal["E", "W", "I"]
MOST_COMPARED = 400_000  # names that misspelt words of one flow are compared with, some 2 µs each
LONGEST_NAME = 200  # letters of a misspelt word that is compared
Place = tuple[str, int]  # file, line (from 1)
Path = tuple[str, ...]  # e.g. ("screens", "menu", "ask", "ur")


class Problem(Struct, frozen=True):
    """One finding. An error (E) blocks publishing, a warning (W) requires a reason, and I is a note."""

    code: str
    severity: Severity
    file: str
    line: int
    message: str
    screen: str = ""
    language: str = ""
    hint: str = ""

    def __str__(self) -> str:
        where = f" {self.screen}" if self.screen else ""
        where += f"[{self.language}]" if self.language else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.file}:{self.line}: {self.code}{where}: {self.message}{hint}"


class ParsedFlow(Struct, frozen=True):
    """What reading a flow gave: the flow (None when it is not YAML), what was wrong, and the place of each thing.

    `translated` says of a text (its path with dots) and a language which base text it was translated from, as a hash.
    `unsure` are variables that something not understood may save, `broken` lists of which not every row was read: what
    follows from either is no fault of its own. `files` are those that the main file names, where they are there. `left`
    are languages that many texts have words in and the flow does not name.
    """

    flow: Flow | None
    problems: tuple[Problem, ...]
    places: dict[Path, Place]
    main: str = ""
    translated: dict[str, dict[str, str]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()

    def place(self, *path: str) -> Place:
        """The place of a thing in the files: its own line, or the line of the nearest thing around it."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path[:-1]
        return self.main, 1


def suggest_nearest(word: str, known: Iterable[str]) -> str:
    """`did you mean …` for a misspelt word or part of one; "" if no known word is similar."""
    from rapidfuzz import process

    names = list(known)
    found = process.extractOne(word, names, score_cutoff=60)
    return did_you_mean(near(word, names) or (found[0] if found else ""))


def near(word: str, known: Iterable[str], *, alike: int = 60) -> str:
    """The known word that a misspelt word most likely means, or ""."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=alike)
    return str(found[0]) if found else ""


class Suggestions:
    """`suggest_nearest` and `near` for one flow: once MOST_COMPARED names have been looked at, nothing is suggested."""

    def __init__(self) -> None:
        self._left = MOST_COMPARED

    def suggest(self, word: str, known: Collection[str]) -> str:
        """See `suggest_nearest`."""
        return suggest_nearest(word, known) if self._spend(word, known) else ""

    def near(self, word: str, known: Collection[str], *, alike: int = 60) -> str:
        """See `near`."""
        return near(word, known, alike=alike) if self._spend(word, known) else ""

    def _spend(self, word: str, known: Collection[str]) -> bool:
        self._left -= len(known)
        return self._left >= 0 and len(word) <= LONGEST_NAME


def did_you_mean(word: str) -> str:
    """The hint that names a word; "" for no word."""
    return f"did you mean {word!r}?" if word else ""


def by_place(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems in the order of their files and lines."""
    return tuple(sorted(set_of(problems), key=lambda p: (p.file, p.line, p.code, p.screen, p.language)))


def set_of(problems: Iterable[Problem]) -> list[Problem]:
    """The same problems, each once."""
    return list(dict.fromkeys(problems))
