"""A data file as plain maps, lists and words, with the line of each, and what is found in it."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from flows.cases.lifecycle_file import Life
from flows.cases.office_file import CaseCodes
from flows.checks.analysis.catalogue import CHECKS
from flows.menu.danger_rules import DangerLexicon
from flows.menu.diagnostics import Problem, Severity, Suggestions
from flows.menu.model import Flow
from flows.parsing.lists import is_day
from flows.parsing.yaml_document import Notes, load

Way = tuple[str | int, ...]  # the names and positions that lead to a thing: ("moves", 3, "by")

_AT = re.compile(r" - at `(?:key in )?\$(.*?)`$")
_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\[\.\.\.\]")
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_EXPECTED = re.compile(r"Expected `(.+?)`, got `(.+?)`")
_CHOICE = re.compile(r"Invalid enum value '(.*?)'")
_LEAST = re.compile(r"Expected `int` >= (\d+)")
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b", re.ASCII)
_KINDS = {
    "int": "a whole number",
    "str": "a word",
    "bool": "true or false",
    "array": "a list: [...]",
    "object": "a map of names and values",
    "date": "a day such as 2026-03-21",
}


class DataContext(Struct, frozen=True):
    """What data files are compared with. What is not known (no codes, no day) is not checked."""

    codes: CaseCodes | None = None  # of the flows that are beside the file
    today: date | None = None
    flows: tuple[Flow, ...] = ()
    files: Mapping[str, str] = {}  # what is beside it
    danger: DangerLexicon | None = None  # the words of danger that ship
    usual: Life | None = None  # the life cycle that ships


NOTHING = DataContext()


class DataFile:
    """Gathers what is found in one file. `data` is None where it is no YAML; that is found already."""

    def __init__(self, text: str, file: str, unreadable: str) -> None:
        notes = Notes()
        self.file, self.text, self.unreadable = file, text, unreadable
        self.lines = text.split("\n")
        self.data: Any = load(text, file, notes)
        self.found = [self._unread(each) for each in notes.problems]
        self._suggestions = Suggestions()
        if not self.found and not isinstance(self.data, CommentedMap):
            self.add(unreadable, (), "the file is empty, or not a map of names and values")
            self.data = None

    def _unread(self, each: Problem) -> Problem:
        """What the parser found. A day that does not exist has no line there: it is looked for."""
        for line, words in enumerate(self.lines, 1) if self.data is None else ():
            for day in _DAY.findall(words.partition("#")[0]):
                if not is_day(day):
                    said = f"{day} is not a day of the calendar"
                    return Problem(self.unreadable, "E", self.file, line, said, hint="a day is written like 2026-03-21")
        return Problem(self.unreadable, "E", self.file, each.line, each.message, hint=each.hint)

    @property
    def whole(self) -> bool:
        """True while nothing was found that keeps the file from being read."""
        return not any(each.code == self.unreadable for each in self.found)

    def add(
        self, code: str, way: Way, message: str, *, hint: str = "", severity: Severity | None = None, line: int = 0
    ) -> None:
        """Note a problem with the thing at `way`: its line is that of the nearest thing around it, or `line`."""
        kind = severity or CHECKS[code].severity
        self.found.append(Problem(code, kind, self.file, line or self.line(*way), message, hint=hint))

    def line(self, *way: str | int) -> int:
        """The line (from 1) of the thing at a way, or of the nearest thing around it."""
        here, line = self.data, 0
        for step in way:
            try:
                if isinstance(here, CommentedMap):
                    line, here = here.lc.key(step)[0], here[step]
                elif isinstance(here, CommentedSeq):
                    line, here = here.lc.item(step)[0], here[step]
                else:
                    break
            except (KeyError, IndexError, TypeError, AttributeError):
                break
        return line + 1

    def suggest(self, word: str, known: Collection[str]) -> str:
        """`did you mean …` for a misspelt word; "" if none is similar."""
        return self._suggestions.suggest(word, known)

    def convert(self, way: Way, value: Any, into: Any) -> Any:
        """A value as a type; None, with a finding at its line, where it is none."""
        try:
            return msgspec.convert(plain(value), into)
        except msgspec.ValidationError as error:
            self._explain(way, str(error))
        return None

    def _explain(self, way: Way, error: str) -> None:
        inner = _AT.search(error)
        steps = [step[1] or int(step[2]) for step in _STEP.finditer(inner[1] if inner else "") if step[1] or step[2]]
        said, hint = _in_words(_AT.sub("", error), _short(_named((*way, *steps))))
        self.add(self.unreadable, (*way, *steps), said, hint=hint)


def _in_words(error: str, what: str) -> tuple[str, str]:
    """What msgspec says of a value, in words of the file, and what to do."""
    if found := _MISSING.search(error):
        return f"{what} has no {found[1]}", f"add {found[1]}: …"
    if found := _UNKNOWN.search(error):
        return f"{what} has the word {_short(found[1])!r}, which nothing reads", "correct or remove it"
    if found := _CHOICE.search(error):
        return f"{what} cannot be {_short(found[1])!r}", "the shipped file shows the words that are possible"
    if found := _LEAST.search(error):
        return f"{what} must be {found[1]} or more", ""
    if found := _EXPECTED.search(error):
        wanted = [_KINDS[each] for each in found[1].split(" | ") if each in _KINDS]
        if wanted:
            return f"{what} must be {wanted[0]}, and is {_KINDS.get(found[2], 'empty').partition(':')[0]}", ""
    if "RFC3339" in error or "date" in error:
        return f"{what} is not a day of the calendar", "a day is written like 2026-03-21"
    return f"{what} has a value of the wrong kind", "the shipped file shows what can stand there"


def _named(way: Way) -> str:
    """`moves, entry 4, by` for ("moves", 3, "by")."""
    return ", ".join(f"entry {step + 1}" if isinstance(step, int) else str(step) for step in way) or "the file"


def _short(words: str) -> str:
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    return words if len(words) <= 60 else words[:60] + "…"


def plain(value: Any) -> Any:
    """What YAML read, without what it remembers of quotes, signs and lines."""
    if isinstance(value, dict):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    for kind, make in _PLAIN:
        if isinstance(value, kind):
            return make(value)
    return value


def _key(key: Any) -> Any:
    return tuple(map(str, key)) if isinstance(key, (list, tuple)) else str(key) if isinstance(key, str) else key


_PLAIN: tuple[tuple[type, Callable[[Any], Any]], ...] = ((bool, bool), (int, int), (float, float), (str, str))
