"""One YAML file as plain maps, lists and words, each with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarint import ScalarInt
from ruamel.yaml.scalarstring import ScalarString

from flows.menu.diagnostics import Path, Place, Problem, Severity, did_you_mean, near, suggest_nearest
from flows.menu.model import ANY_LANGUAGE, Template, Text, Variable
from flows.parsing.yaml_bounds import (
    MOST_FLOW_NODES,
    MOST_NODES,
    NodeAllowance,
    RefusedYaml,
    bounded_yaml,
    refuse_large,
)
from flows.parsing.yaml_errors import explain_yaml_error
from flows.text.western_digits import whole_number

MOST_PROBLEMS = 30_000  # of one flow, found while it is read
TOO_MANY_PROBLEMS = f"there are more than {MOST_PROBLEMS:,} findings: correct those above first"


class Notes:
    """What reading a flow gathers: problems, and the place of each thing read, and how much more may be read."""

    def __init__(self) -> None:
        self.allowance = NodeAllowance()
        self.cells = 0  # of all lists so far
        self.problems: list[Problem] = []
        self.places: dict[Path, Place] = {}
        self.unsure: set[str] = set()  # variables that something not understood may save
        self.broken: set[str] = set()  # lists of which not every row was read
        self.files: set[str] = set()  # those that the flow names and has
        self.left: frozenset[str] = frozenset()  # languages of texts that the flow does not name: told once

    def add(
        self,
        code: str,
        place: Place,
        message: str,
        *,
        severity: Severity = "E",
        screen: str = "",
        language: str = "",
        hint: str = "",
    ) -> None:
        self._keep(Problem(code, severity, *place, message, screen, language, hint))

    def _keep(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MOST_PROBLEMS:
            self.problems.append(Problem("F000", "E", problem.file, problem.line, TOO_MANY_PROBLEMS))

    def include(self, apart: Notes) -> bool:
        """Add what reading one file apart gathered. False, adding nothing, if that is more than may still be read."""
        if self.allowance.spent + apart.allowance.spent > MOST_FLOW_NODES:
            return False
        self.allowance.spent += apart.allowance.spent
        for each in apart.problems[: MOST_PROBLEMS + 1]:
            self._keep(each)
        self.places |= apart.places
        self.unsure |= apart.unsure
        self.broken |= apart.broken
        return True


class Node:
    """A YAML map with its file, for reading keys with their lines."""

    def __init__(self, data: CommentedMap, file: str, notes: Notes, path: Path = (), screen: str = "") -> None:
        self.data, self.file, self.notes, self.path, self.screen = data, file, notes, path, screen
        self.unused = {key for key in data if key is not None}

    def place(self, key: Any = None) -> Place:
        """File and line of a key of this map, or of the key that holds this map."""
        if key is None and self.path in self.notes.places:
            return self.notes.places[self.path]
        try:
            return self.file, (self.data.lc.key(key)[0] if key is not None else self.data.lc.line) + 1
        except (KeyError, AttributeError, TypeError):
            return self.file, (self.data.lc.line or 0) + 1

    def problem(self, code: str, key: Any, message: str, *, hint: str = "", language: str = "") -> None:
        self.notes.add(code, self.place(key), message, screen=self.screen, hint=hint, language=language)

    def take(self, key: str) -> Any:
        """The raw value of a key, marked as understood; None when absent."""
        self.unused.discard(key)
        if key in self.data:
            self.notes.places.setdefault((*self.path, key), self.place(key))
        return self.data.get(key)

    def word(self, key: str) -> str | None:
        """A value that must be a word or a number written as one."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, (dict, list)):
            self.problem("F001", key, f"{key} must be a word, not a list or a map")
            return None
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """yes/no (or true/false); YAML 1.2 reads yes and no as words."""
        value = self.take(key)
        if value is None:
            return default
        if str(value).lower() in ("yes", "true", "no", "false"):
            return str(value).lower() in ("yes", "true")
        self.problem("F001", key, f"{key} must be yes or no")
        return default

    def map(self, key: str) -> Node | None:
        """A map under a key; anything else is reported."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, CommentedMap):
            self.problem("F001", key, f"{key} must be a map of `name: value`")
            return None
        return Node(value, self.file, self.notes, (*self.path, key), self.screen)

    def maps(self) -> Iterator[tuple[str, Node]]:
        """Every entry of this map that is itself a map, reporting the others."""
        for key, value in self.data.items():
            self.unused.discard(key)
            name = str(key)
            self.notes.places[(*self.path, name)] = self.place(key)
            if isinstance(value, CommentedMap):
                yield name, Node(value, self.file, self.notes, (*self.path, name), self.screen)
            else:
                self.problem("F001", key, f"{name} must be a map of `name: value`")

    def amend(self, known: Collection[str]) -> None:
        """Tell a word that is misspelt and read it as the one it was meant to be, so that nothing more follows from it.

        Only a word of `known` that is not in this map can have been meant.
        """
        for key in [each for each in self.data if isinstance(each, str) and each not in {*known, *self.notes.left}]:
            free = [each for each in known if each not in self.data]
            head, mark, words = re.split(r"([: ]|$)", key, maxsplit=1)
            joined = head in free and mark and self.data[key] is None  # {en Write, …} and {en:Write, …}
            meant = head if joined else near(key, free)
            if meant:
                hint = f"write {f'{head}: {words.strip()}'!r}" if joined else did_you_mean(meant)
                self.problem("F001", key, f"unknown word {key!r}", hint=hint)
                line = self.data.lc.data.get(key)
                value = self.data.pop(key)
                self.data[meant] = words.strip() if joined else value
                self.data.lc.data[meant] = line
                self.unused = self.unused - {key} | {meant}

    def done(self, known: set[str]) -> None:
        """Report the words of this map that nothing understood."""
        for key in sorted(map(str, self.unused)):
            torn = self.data.get(key) is None and " " in key  # {en: Write, or skip it} reads as two entries
            hint = "put words that contain a comma in quotes" if torn else suggest_nearest(key, known)
            self.problem("F001", key, f"unknown word {key!r}", hint=hint)
            self.perhaps_saves(key)

    def perhaps_saves(self, key: str) -> None:
        """Note the word under a key that may have been meant to name a variable."""
        value = self.data.get(key)
        if value is not None and not isinstance(value, (dict, list)):
            self.notes.unsure.add(str(value))

    def translations(self, languages: dict[str, str]) -> Text:
        """The text of a map that holds translations and nothing else."""
        self.amend({*languages, "any_language"})
        text = self.text(languages)
        self.done({*languages, "any_language"})
        return text

    def text(self, languages: dict[str, str], key: str | None = None) -> Text:
        """The translations in this map, or under a key of it: one template a language."""
        if key is not None:
            value = self.take(key)
            if isinstance(value, CommentedMap):
                return Node(value, self.file, self.notes, (*self.path, key), self.screen).translations(languages)
            self.notes.places[(*self.path, key)] = self.place(key)
            if value is None:
                self.problem("F201", key, f"{key} has no words")
                return {}
            return {ANY_LANGUAGE: template(str(value), self, key)}
        self.notes.places[self.path] = (self.file, (self.data.lc.line or 0) + 1)  # where its words begin
        text: Text = {}
        for tag in languages:
            value = self.take(tag)
            if isinstance(value, (dict, list)):
                self.problem("F001", tag, f"the words in {tag} must be a single text", language=tag)
            elif value is not None and str(value).strip():
                self.notes.places[(*self.path, tag)] = self.place(tag)
                text[tag] = template(str(value), self, tag)
        self.unused = self.unused - self.notes.left
        if self.flag("any_language", False) and text:
            text = {ANY_LANGUAGE: next(iter(text.values()))}
        return text


def template(words: str, node: Node, key: str, *, code: str = "F203") -> Template:
    """`Dear {name|60}` as words and variables. Anything else in braces is reported (as `code`) and kept as it is.

    `key` is the tag of its language, or the argument of an action that has no language.
    """
    parts: list[str | Variable] = []
    rest = words.strip("\n")
    while "{" in rest:
        before, _, after = rest.partition("{")
        inside, closed, following = after.partition("}")
        name, bar, cut = inside.partition("|")
        known = name.replace(".", "a").replace("_", "a").isalnum() and name.isascii() and name == name.lower()
        if not closed or not known or (bar and not whole_number(cut)) or name[:1].isdigit():
            said = f"{{{inside[:20]}… is not a variable: write {{name}} or {{name|60}}"
            node.problem(code, key, said, language=key if code == "F203" else "")
            parts.append(before + "{")
            rest = after
            continue
        if before:
            parts.append(before)
        parts.append(Variable(name, whole_number(cut) if bar else None))
        rest = following
    if rest:
        parts.append(rest)
    return tuple(_joined(parts))


def _joined(parts: list[str | Variable]) -> Iterator[str | Variable]:
    words = ""
    for part in parts:
        if isinstance(part, str):
            words += part
            continue
        if words:
            yield words
        words = ""
        yield part
    if words:
        yield words


def load(text: str, file: str, notes: Notes, most_nodes: int = MOST_NODES) -> Any:
    """YAML 1.2 text as maps and lists; None with a problem F000 when it cannot be read safely."""
    try:
        refuse_large(text)
        yaml = bounded_yaml("rt", notes.allowance, most_nodes)
        yaml.preserve_quotes = True  # whether "000" stood in quotes matters
        return yaml.load(text)
    except RefusedYaml as error:
        notes.add("F000", (file, error.line), str(error))
    except (
        YAMLError,
        ValueError,
        RecursionError,
        OverflowError,
        AttributeError,
        TypeError,
        KeyError,
        NotImplementedError,
    ) as error:
        fault = explain_yaml_error(error, text)
        notes.add("F000", (file, fault.line), f"it cannot be read as YAML: {fault.message}", hint=fault.hint)
    return None


def is_quoted(value: Any) -> bool:
    """True when a scalar was written in quotes (or as a block), so that `"000"` stays `000`."""
    return isinstance(value, ScalarString)


def lost_zeros(value: Any) -> str | None:
    """A number without quotes as it is written, where YAML reads another one: the zeros before it, or _ in it."""
    if not isinstance(value, ScalarInt):
        return None
    width = getattr(value, "_width", None)
    return f"{value:0{width}d}" if width and width > len(str(value)) else None


__all__ = ["CommentedMap", "CommentedSeq", "Node", "Notes", "is_quoted", "load", "lost_zeros", "template"]
