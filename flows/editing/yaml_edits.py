"""YAML text edited: entries of its maps are added, moved, removed and changed. Comments and order stay.

An entry that nobody changes keeps its text. A comment belongs to the line that it is on or above, and goes with it.
The result is read again and compared before it is returned.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from flows.editing.yaml_nodes import (
    Bare,
    CannotEdit,
    QuotedScalar,
    Source,
    Tree,
    UnchangedNode,
    compose,
    compose_once,
    pairs,
    tree_of,
)
from flows.menu.diagnostics import Path

WIDTH = 118  # a new map is written on one line up to this length
STEP = 2
MOST_PLAIN = 2_000  # letters of words without quotes: whether they need any is found out by reading them as YAML

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_NEVER_RAW = re.compile('[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\\\\"]')
_COMMENT = re.compile(r"(?<!\S)#[^\r\n]*")
_SIGNS = re.compile("[:#,&*!|>'%@`{}\\[\\]]")


def edit(text: str, changes: Mapping[Path, str], languages: Sequence[str] = ()) -> str:
    """The text with new words at the given paths, e.g. ("screens", "menu", "ask", "ur").

    A missing translation is added after the last of `languages` in its map. Raises CannotEdit.
    """
    wanted = tree_of(Source(text).root)
    for path, words in changes.items():
        inside: Any = wanted
        for step in path[:-1]:
            inside = inside.get(step) if isinstance(inside, dict) else None
        old = inside.get(path[-1]) if isinstance(inside, dict) else {}
        if not isinstance(old, str | None):
            raise CannotEdit(f"there is no text at {' '.join(path)}")
        quoted = old is None or isinstance(old, QuotedScalar) or not words[:1].isalpha()
        new = QuotedScalar(words) if quoted else words
        insert(inside, path[-1], new, [tag for tag in languages if tag in inside] or list(inside))
    return graft(text, wanted) if isinstance(wanted, Mapping) else text


def insert(there: dict[str, Tree], key: str, value: Tree, before: Sequence[str]) -> None:
    """Set a key of a map; a new key comes after the last of the keys `before`."""
    later = [] if key in there else list(there)
    while later and any(name in before for name in later):
        later.pop(0)
    moved = {name: there.pop(name) for name in later}
    there[key] = value
    there.update(moved)


def rename_keys(text: str, path: Path, names: Mapping[str, str]) -> str:
    """The text with other names for keys of the map at a path. Raises CannotEdit."""
    for key, _ in reversed(pairs(Source(text).at(path))):
        new = names.get(key.value, key.value)
        if new != key.value:
            text = text[: key.start_mark.index] + scalar(new) + text[key.end_mark.index :]
    return text


def graft(text: str, wanted: Mapping[str, Tree]) -> str:
    """The text of a map as the text of the `wanted` map. Raises CannotEdit."""
    root = compose_once(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise CannotEdit("a screen begins with its name, a colon, and what it does on the lines below")
    end = line_end(text)
    full = text if text.endswith("\n") else text + end
    made = _Grafting(full).lines(root, 0, len(full), wanted)
    if not _same(compose(made), wanted):
        raise CannotEdit("these words cannot be put into the file without changing something else")
    return made if text.endswith("\n") else made.removesuffix(end)


def line_end(text: str) -> str:
    """How the lines of a text end."""
    return "\r\n" if "\r\n" in text else "\n"


def end_of_entry(text: str, key: Any, value: Any) -> int:
    """Where the lines of `key: value` end, including comments below that are indented further than the key."""
    end = _next_line(text, _last(text, key, value))
    while end < len(text):
        line = text[end : _next_line(text, end)]
        inner = line.lstrip(" ")
        if not inner.startswith("#") or len(line) - len(inner) <= key.start_mark.column:
            break
        end += len(line)
    return end


def _last(text: str, key: Any, value: Any) -> int:
    """The last character of a value."""
    if _in_lines(value) and value.value:
        return _last(text, *value.value[-1])
    return max(_end_of(text, value), int(key.end_mark.index))


def _in_lines(node: Any) -> bool:
    return isinstance(node, MappingNode) and not node.flow_style


def _leaves(node: Any) -> Iterator[Any]:
    if not isinstance(node, MappingNode):
        yield node
    for key, value in pairs(node):
        yield key
        yield from _leaves(value)


def _end_of(text: str, node: Any) -> int:
    """Where a value ends; blank lines after a block belong to what follows."""
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    in_block = node.style in ("|", ">") if isinstance(node, ScalarNode) else not node.flow_style
    return start + len(text[start:end].rstrip()) if in_block else end


def _next_line(text: str, start: int) -> int:
    found = text.find("\n", start)
    return len(text) if found < 0 else found + 1


class _Entry(Struct, frozen=True):
    """One `key: value` on lines of its own: where its comments, its line and its value begin, and where it ends."""

    key: Any
    value: Any
    lead: int
    line: int
    inner: int
    end: int


class _Grafting:
    def __init__(self, text: str) -> None:
        self.text, self.line_end = text, line_end(text)

    def lines(self, node: Any, start: int, end: int, wanted: Mapping[str, Tree]) -> str:
        """The lines from `start` to `end`, which hold a map, as those of the `wanted` map."""
        entries = {str(each.key.value): each for each in self._entries(node, start)}
        made = [
            self._entry(entries[key], value)
            if key in entries
            else line_of(key, value, int(node.start_mark.column), self.line_end)
            for key, value in wanted.items()
        ]
        return "".join(made) + self.text[max((each.end for each in entries.values()), default=start) : end]

    def _entries(self, node: Any, lead: int) -> Iterator[_Entry]:
        for key, value in pairs(node):
            line = self.text.rfind("\n", 0, key.start_mark.index) + 1
            inner = _next_line(self.text, key.end_mark.index) if _in_lines(value) else int(value.start_mark.index)
            end = end_of_entry(self.text, key, value)
            yield _Entry(key, value, lead, line, inner, end)
            lead = end

    def _entry(self, entry: _Entry, wanted: Tree) -> str:
        """An entry as it is wanted; comments of its value that find no place there are on lines above it."""
        made, at = self._rewritten(entry, wanted), entry.line - entry.lead
        lost = [each for each in self._remarks_of(entry) if each not in made]
        above = "".join(" " * entry.key.start_mark.column + each + self.line_end for each in lost)
        return made[:at] + above + made[at:]

    def _remarks_of(self, entry: _Entry) -> list[str]:
        """The comments in and beside a value, except those of entries on lines of their own."""
        if _in_lines(entry.value) or "#" not in self.text[entry.line : entry.end]:
            return []
        between, start = "", int(entry.key.end_mark.index)
        for leaf in _leaves(entry.value):
            between += self.text[start : leaf.start_mark.index] + "\n"
            start = _end_of(self.text, leaf)
        return [each.rstrip() for each in _COMMENT.findall(between + self.text[start : entry.end])]

    def _rewritten(self, entry: _Entry, wanted: Tree) -> str:
        node = entry.value
        head = self.text[entry.lead : entry.inner]
        if _in_lines(node) and isinstance(wanted, Mapping):
            return head + self.lines(node, entry.inner, entry.end, wanted)
        if _same(node, wanted):
            return self.text[entry.lead : entry.end]
        if isinstance(node, MappingNode) != isinstance(wanted, Mapping):
            lines = line_of(str(entry.key.value), wanted, entry.key.start_mark.column, self.line_end)
            return self.text[entry.lead : entry.line] + lines
        gap = " " if node.start_mark.index == node.end_mark.index else ""
        end = max(_end_of(self.text, node), entry.inner)
        return head + gap + self._value(node, wanted) + self._remark(node) + self.text[end : entry.end]

    def _value(self, node: Any, wanted: Tree) -> str:
        """A value on one line; where a map keeps its keys, what is between them stays."""
        if not isinstance(wanted, Mapping) or [str(key.value) for key, _ in pairs(node)] != list(wanted):
            return self._written(node, wanted)
        made, start = "", int(node.start_mark.index)
        for key, value in pairs(node):
            first, end = int(value.start_mark.index), _end_of(self.text, value)
            new = wanted[str(key.value)]
            gap = " " if first == end and new else ""
            made += self.text[start:first] + (
                self.text[first:end] if _same(value, new) else gap + self._value(value, new)
            )
            start = max(end, first)
        return made + self.text[start : int(node.end_mark.index)]

    def _written(self, node: Any, wanted: Tree) -> str:
        quoted = (
            isinstance(node, ScalarNode) and node.style and isinstance(wanted, str) and not isinstance(wanted, Bare)
        )
        return double_quote(str(wanted)) if quoted else format_value(wanted)

    def _remark(self, node: Any) -> str:
        """The comment beside the `|` or `>` of a block, which becomes words on one line."""
        if not isinstance(node, ScalarNode) or node.style not in ("|", ">"):
            return ""
        first = self.text[node.start_mark.index : node.end_mark.index].partition("\n")[0]
        return f" #{first.partition('#')[2]}".rstrip() if "#" in first else ""


def _same(node: Any, wanted: Tree) -> bool:
    if isinstance(wanted, UnchangedNode):
        return tree_of(node) == wanted
    if isinstance(wanted, Mapping):
        there = pairs(node)
        named = isinstance(node, MappingNode) and [str(key.value) for key, _ in there] == list(wanted)
        return named and all(_same(value, wanted[str(key.value)]) for key, value in there)
    if not isinstance(node, ScalarNode) or node.value != wanted:
        return False
    return not (isinstance(wanted, QuotedScalar) and not node.style) and not (isinstance(wanted, Bare) and node.style)


def line_of(key: str, value: Tree, column: int, end: str) -> str:
    """A key and its value as new lines."""
    head = " " * column + scalar(key) + ":"
    whole = f"{head} {format_value(value)}{end}"
    if not isinstance(value, Mapping) or not value or len(whole) <= WIDTH:
        return whole
    return f"{head}{end}" + "".join(line_of(name, each, column + STEP, end) for name, each in value.items())


def format_value(value: Tree) -> str:
    """A value as it is written on one line."""
    if isinstance(value, UnchangedNode):
        raise CannotEdit("there is something here that only the YAML can hold")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {format_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, QuotedScalar):
        return double_quote(value)
    return str(value) if isinstance(value, Bare) or _is_number(value) else scalar(value)


def _is_number(words: str) -> bool:
    """True for numbers and ranges that need no quotes: 3, 5-160."""
    low, dash, high = words.partition("-")
    return words.isascii() and low.isdigit() and not low.startswith("0") and (high.isdigit() if dash else True)


def scalar(words: str) -> str:
    """Words as YAML, in double quotes where they need quotes."""
    plain = len(words) <= MOST_PLAIN and words == words.strip() and words[:1].isalpha()
    plain = plain and not _SIGNS.search(words) and not _NEVER_RAW.search(words)
    try:
        plain = plain and YAML(typ="safe", pure=True).load(f"[{words}]") == [words]
    except (YAMLError, ValueError):
        plain = False
    return words if plain else double_quote(words)


def double_quote(words: str) -> str:
    """Words as YAML in double quotes."""

    def escaped(character: re.Match[str]) -> str:
        return _ESCAPES.get(character[0]) or f"\\u{ord(character[0]):04x}"

    return '"' + _NEVER_RAW.sub(escaped, words) + '"'
