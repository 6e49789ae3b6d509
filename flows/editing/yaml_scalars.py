"""Words changed inside the YAML text of a flow, as an operator with a careful pen would: nothing else moves.

ruamel reads the text and says where each scalar stands; new words go exactly there, in the quotes of the old ones.
Writing the whole document back would keep comments and order but not columns, blank lines and the choice of quotes.
What was written is read again and compared before it is given out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from flows.menu.diagnostics import Path, Problem
from flows.parsing.yaml_document import MOST_DEEP, Notes, load, too_deep

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_NEVER_RAW = re.compile('[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\\\\"]')

KEPT = 12  # texts of files

_SIGNS = re.compile("[:#,&*!|>'%@`{}\\[\\]]")


class CannotEdit(Exception):
    """Words that have no place in the text, or a text that is not readable; the message is one line."""


class Source:
    """A YAML text that is read for editing. Raises CannotEdit when it is not YAML a flow may be written in.

    `sound`: parsing it found nothing to say against it, so that need not be looked for again.
    """

    def __init__(self, text: str, file: str = "", *, sound: bool = False) -> None:
        self.text = text
        if not sound and (problems := yaml_problems(text, file)):
            raise CannotEdit(str(problems[0]))
        self._root = compose_once(text)

    def at(self, path: Path) -> Any:
        """The node at a path, or None."""
        node = self._root
        for step in path:
            node = next((value for key, value in pairs(node) if key.value == step), None)
        return node

    def keys(self, path: Path) -> tuple[str, ...]:
        """The keys of the map at a path, in their order; none when there is no map."""
        return tuple(key.value for key, _ in pairs(self.at(path)))

    def words(self, path: Path) -> str | None:
        """The scalar at a path as it reads; None when there is none."""
        node = self.at(path)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def all_words(self) -> dict[Path, str]:
        """Every scalar of the text by its path, in order; list entries are numbered."""
        return dict(_scalars(self._root, ()))


def edit(text: str, changes: Mapping[Path, str], languages: Sequence[str] = ()) -> str:
    """The text with new words at the given paths, e.g. ("screens", "menu", "ask", "ur"): comments and order stay.

    A translation that is not there yet is put after the last of `languages` in its map. Raises CannotEdit.
    """
    source = Source(text)
    cuts = [_cut(source, path, words, languages) for path, words in changes.items()]
    made = text
    # From the end; of two at the same place, the first stays first.
    for _, (start, end, piece) in sorted(enumerate(cuts), key=lambda cut: (cut[1][0], cut[0]), reverse=True):
        made = made[:start] + piece + made[end:]
    _same_but_for(source, made, changes)
    return made


def _same_but_for(source: Source, made: str, changes: Mapping[Path, str]) -> None:
    before, after = source.all_words(), Source(made).all_words()
    if after != before | dict(changes) or [path for path in after if path in before] != list(before):
        raise CannotEdit("these words cannot be put into the file without changing something else")


def _cut(source: Source, path: Path, words: str, languages: Sequence[str]) -> tuple[int, int, str]:
    """(start, end, what stands there from now on)."""
    node = source.at(path)
    if isinstance(node, ScalarNode):
        return exchange(source.text, node, words)
    around = source.at(path[:-1])
    if node is not None or not isinstance(around, MappingNode):
        raise CannotEdit(f"there is no text at {' '.join(path)}")
    return _addition(source.text, around, path[-1], words, languages)


def exchange(text: str, node: ScalarNode, words: str) -> tuple[int, int, str]:
    """Other words for a scalar: (start, end, what stands there from now on)."""
    start, end = node.start_mark.index, end_of(text, node)
    if node.style in ("|", ">"):
        _, sign, comment = text[start:end].partition("\n")[0].partition("#")
        return start, end, double_quote(words) + (f" {sign}{comment}".rstrip() if sign else "")
    return start, end, (" " if start == end else "") + scalar(words, node.style)


def _addition(text: str, around: MappingNode, tag: str, words: str, languages: Sequence[str]) -> tuple[int, int, str]:
    there = pairs(around)
    spoken = [pair for pair in there if pair[0].value in languages] or there
    entry = f"{scalar(tag, None)}: {double_quote(words)}"
    if not spoken:
        at = around.start_mark.index + 1
        return at, at, entry
    key, value = spoken[-1]
    at = end_of(text, value)
    if around.flow_style:
        return at, at, f", {entry}"
    line_end = re.compile(r"\r\n|\r|\n|$").search(text, at)
    assert line_end is not None  # noqa: S101 - `$` always matches
    at = line_end.start()
    return at, at, f"{line_end.group() or chr(10)}{' ' * key.start_mark.column}{entry}"


def end_of(text: str, node: Any) -> int:
    """Where a value ends; a block's blank lines are left to what follows."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        return start + len(text[start:end].rstrip())
    return end


def scalar(words: str, style: str | None) -> str:
    """Words as YAML, in the quotes they had where these can hold them."""
    if style == "'" and not _NEVER_RAW.search(words.replace("\\", "").replace('"', "")):
        return "'" + words.replace("'", "''") + "'"
    if style is None and words == words.strip() and not _NEVER_RAW.search(words) and _reads_plainly(words):
        return words
    return double_quote(words)


def double_quote(words: str) -> str:
    """Words as YAML in double quotes."""

    def escaped(letter: re.Match[str]) -> str:
        return _ESCAPES.get(letter[0]) or f"\\u{ord(letter[0]):04x}"

    return '"' + _NEVER_RAW.sub(escaped, words) + '"'


def _reads_plainly(words: str) -> bool:
    """True when words without quotes read as the same text wherever they stand: nothing in them is a sign of YAML."""
    if not words[:1].isalpha() or _SIGNS.search(words):
        return False
    try:
        return bool(YAML(typ="safe", pure=True).load(f"[{words}]") == [words])
    except (YAMLError, ValueError):
        return False


def compose(text: str) -> Any:
    """YAML text as nodes that know where they stand. Raises CannotEdit."""
    if too_deep(text):
        raise CannotEdit(f"not readable as YAML: more than {MOST_DEEP} brackets are opened before one is closed")
    try:
        return YAML(typ="safe", pure=True).compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise CannotEdit(f"not readable as YAML: {str(error).splitlines()[0]}") from None


@lru_cache(maxsize=KEPT)
def compose_once(text: str) -> Any:
    """The same of a whole file, which is asked for again and again: nobody changes what it gives."""
    return compose(text)


def pairs(node: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a map, in their order; none of anything else."""
    return list(node.value) if isinstance(node, MappingNode) else []


def _scalars(node: Any, path: Path) -> list[tuple[Path, str]]:
    if isinstance(node, ScalarNode):
        return [(path, str(node.value))]
    if isinstance(node, MappingNode):
        return [pair for key, value in node.value for pair in _scalars(value, (*path, str(key.value)))]
    entries = node.value if node is not None else []
    return [pair for at, entry in enumerate(entries) for pair in _scalars(entry, (*path, str(at)))]


@lru_cache(maxsize=KEPT * 4)
def yaml_problems(text: str, file: str) -> tuple[Problem, ...]:
    """Why a YAML text is none that a flow may be written in: at most one problem, with its line."""
    notes = Notes()
    load(text, file, notes)
    return tuple(notes.problems[:1])
