"""A map inside YAML text given another shape: keys come, go, move and change, and what is not touched keeps its bytes.

A comment stays with the line it stands on, or with the line it stands above; it goes when that goes. What was written
is read again and compared before it is given out; where that fails, the map is written anew, without its comments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from ruamel.yaml.nodes import MappingNode, ScalarNode

from flows.editing.yaml_scalars import CannotEdit, compose, double_quote, end_of, exchange, pairs, scalar

WIDTH = 118  # a map that is written anew stands in one line up to here
STEP = 2


class QuotedScalar(str):
    """A scalar that must stand in quotes, as `key: "9"` must."""

    __slots__ = ()


class Bare(str):
    """A scalar that must not: in quotes it would be these very letters, and no variable."""

    __slots__ = ()


class UnchangedNode(Struct, frozen=True):
    """What stands there stays as it is: no map and no scalar."""


Tree = str | UnchangedNode | Mapping[str, "Tree"]


class _Entry(Struct, frozen=True):
    """One `key: value` of a map in lines: where its comments, its line, its value and what follows it begin."""

    node: Any
    lead: int
    start: int
    value: int
    end: int


def tree_of(node: Any) -> Tree:
    """A composed node as words and maps."""
    if isinstance(node, ScalarNode):
        return QuotedScalar(node.value) if node.style else str(node.value)
    if isinstance(node, MappingNode):
        return {str(key.value): tree_of(value) for key, value in pairs(node)}
    return UnchangedNode()


def graft(text: str, wanted: Mapping[str, Tree]) -> str:
    """YAML text whose map reads as `wanted`: keys that both have keep their place in the text. Raises CannotEdit."""
    root = compose(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise CannotEdit("a screen begins with its name, a colon, and what it does in the lines below")
    full = text if text.endswith("\n") else text + _line_end(text)
    try:
        made = _Grafting(full).lines(root, 0, len(full), wanted)
        fits = _same(compose(made), wanted)
    except CannotEdit:
        fits = False
    if not fits:
        made = "".join(line_of(key, value, 0, _line_end(text)) for key, value in wanted.items())
        if not _same(compose(made), wanted):
            raise CannotEdit("this cannot be written so that it reads the same: change it in the YAML")
    return made if text.endswith("\n") else made.removesuffix(_line_end(text))


def end_of_entry(text: str, key: Any, value: Any) -> int:
    """Where the lines of `key: value` end, with the comments below that stand further in than the key."""
    at = _next_line(text, _last(text, key, value))
    while at < len(text):
        line = text[at : _next_line(text, at)]
        inner = line.lstrip(" ")
        if not inner.startswith("#") or len(line) - len(inner) <= key.start_mark.column:
            break
        at += len(line)
    return at


def _last(text: str, key: Any, value: Any) -> int:
    """The last letter of a value."""
    if isinstance(value, MappingNode) and not value.flow_style and value.value:
        return _last(text, *value.value[-1])
    if isinstance(value, (ScalarNode, MappingNode)):
        return max(end_of(text, value), int(key.end_mark.index))
    start = int(value.start_mark.index)
    return start + len(text[start : value.end_mark.index].rstrip())


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


class _Grafting:
    def __init__(self, text: str) -> None:
        self.text = text
        self.line_end = _line_end(text)

    def lines(self, node: Any, start: int, end: int, wanted: Mapping[str, Tree]) -> str:
        """A map with a line for each key, from `start` to `end` of the text."""
        column = int(node.start_mark.column)
        entries = self._entries(node, start)
        made = [
            self._entry(entries[key], value) if key in entries else line_of(key, value, column, self.line_end)
            for key, value in wanted.items()
        ]
        last = max((entry.end for entry in entries.values()), default=start)
        return "".join(made) + self.text[last:end]

    def _entries(self, node: Any, start: int) -> dict[str, _Entry]:
        found: dict[str, _Entry] = {}
        lead = start
        for key, value in pairs(node):
            line = self.text.rfind("\n", 0, key.start_mark.index) + 1
            in_lines = isinstance(value, MappingNode) and not value.flow_style
            at = _next_line(self.text, key.end_mark.index) if in_lines else int(value.start_mark.index)
            end = end_of_entry(self.text, key, value)
            found[str(key.value)] = _Entry((key, value), lead, line, at, end)
            lead = end
        return found

    def _entry(self, entry: _Entry, wanted: Tree) -> str:
        key, node = entry.node
        head = self.text[entry.lead : entry.value]
        if isinstance(node, MappingNode) and not node.flow_style and isinstance(wanted, Mapping):
            return head + self.lines(node, entry.value, entry.end, wanted)
        if _same(node, wanted):
            return self.text[entry.lead : entry.end]
        if isinstance(node, MappingNode) != isinstance(wanted, Mapping):
            named = str(key.value)
            return self.text[entry.lead : entry.start] + line_of(named, wanted, key.start_mark.column, self.line_end)
        piece, end = self._inline(node, wanted)
        return head + piece + self.text[end : entry.end]

    def _inline(self, node: Any, wanted: Tree) -> tuple[str, int]:
        """A scalar or a map in braces as it is from now on, and where it ended before."""
        if isinstance(node, MappingNode) and isinstance(wanted, Mapping):
            return self._braces(node, wanted), int(node.end_mark.index)
        if isinstance(node, ScalarNode) and isinstance(wanted, str):
            if isinstance(wanted, (QuotedScalar, Bare)):
                return (" " if node.start_mark.index == node.end_mark.index else "") + format_value(wanted), end_of(
                    self.text, node
                )
            _, end, piece = exchange(self.text, node, wanted)
            return piece, end
        return format_value(wanted), end_of(self.text, node)

    def _braces(self, node: Any, wanted: Mapping[str, Tree]) -> str:
        there = pairs(node)
        at = int(node.start_mark.index) + 1
        before: dict[str, str] = {}
        made: dict[str, str] = {}
        for key, value in there:
            name = str(key.value)
            before[name] = self.text[at : key.start_mark.index]
            at = max(end_of(self.text, value), int(key.end_mark.index))
            if name in wanted and _same(value, wanted[name]):
                made[name] = self.text[key.start_mark.index : at]
            elif name in wanted:
                piece, _ = self._inline(value, wanted[name])
                made[name] = self.text[key.start_mark.index : value.start_mark.index] + piece
        rest = self.text[at : int(node.end_mark.index) - 1]
        first = str(there[0][0].value) if there else ""
        said = []
        for number, (key, value) in enumerate(wanted.items()):
            new = f"{scalar(key, None)}: {format_value(value)}"
            if number == 0:
                said.append(before.get(first, "") + made.get(key, new))
            else:
                said.append((before[key] if key in before and key != first else ", ") + made.get(key, new))
        moved = not wanted or next(reversed(list(wanted))) != (str(there[-1][0].value) if there else "")
        return "{" + "".join(said) + (rest.replace(",", "") if moved else rest) + "}"


def _same(node: Any, wanted: Tree) -> bool:
    if isinstance(wanted, UnchangedNode):
        return not isinstance(node, (ScalarNode, MappingNode))
    if isinstance(wanted, Mapping):
        there = pairs(node)
        keys = [str(key.value) for key, _ in there]
        return (
            isinstance(node, MappingNode)
            and keys == list(wanted)
            and all(_same(value, wanted[str(key.value)]) for key, value in there)
        )
    if not isinstance(node, ScalarNode) or node.value != wanted:
        return False
    return not (isinstance(wanted, QuotedScalar) and not node.style) and not (isinstance(wanted, Bare) and node.style)


def format_value(value: Tree) -> str:
    """A value as it stands within braces, or behind a key."""
    if isinstance(value, UnchangedNode):
        raise CannotEdit("there is something here that only the YAML can hold")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key, None)}: {format_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, QuotedScalar):
        return double_quote(value)
    return str(value) if isinstance(value, Bare) or _is_plain(value) else scalar(value, None)


def _is_plain(words: str) -> bool:
    """True for what is written without quotes although it begins with a number: 3, 5-160."""
    low, dash, high = words.partition("-")
    return words.isascii() and low.isdigit() and not low.startswith("0") and (high.isdigit() if dash else True)


def line_of(key: str, value: Tree, column: int, line_end: str) -> str:
    """A key and its value as lines of their own."""
    head = " " * column + scalar(key, None) + ":"
    whole = f"{head} {format_value(value)}{line_end}"
    if not isinstance(value, Mapping) or not value or len(whole) <= WIDTH:
        return whole
    inner = "".join(line_of(name, each, column + STEP, line_end) for name, each in value.items())
    return f"{head}{line_end}{inner}"
