"""The screens of a flow file as blocks of lines: one taken out, put back, added, renamed; all other bytes stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from ruamel.yaml.nodes import MappingNode

from flows.editing.screen_form import ScreenForm, form_of, tree
from flows.editing.screen_form_writer import write_form
from flows.editing.yaml_maps import Tree, end_of_entry, tree_of
from flows.editing.yaml_scalars import CannotEdit, compose, compose_once, edit, pairs, scalar
from flows.menu.diagnostics import Path
from flows.parsing.yaml_document import BARE_SIGN

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SCREEN_TARGETS = {("go",), ("after_tries",), ("or_type", "go")}


class Span(Struct, frozen=True):
    """Where a screen stands in its file: letters from `start` to `end`, its name `column` letters in."""

    start: int
    end: int
    column: int
    line: int


class _Read(Struct, frozen=True):
    """What a flow file holds: where its screens stand, where it says that callers go, and all of it as maps."""

    spans: dict[str, Span]
    targets: dict[Path, str]
    rest: dict[str, Tree]
    screens: dict[str, Tree]


@lru_cache(maxsize=16)
def _read(text: str) -> _Read:
    root = compose_once(text)
    tree_of_all = _tree(root, set())
    if not isinstance(tree_of_all, dict):
        raise CannotEdit("a flow file is a map that begins with `flow:`")
    rest = dict(tree_of_all)
    screens = rest.pop("screens", {})
    targets = {path: said for path, said in _said(tree_of_all, ()) if _is_target(path)}
    node = next((value for key, value in pairs(root) if key.value == "screens"), None)
    return _Read(_spans(text, node), targets, rest, dict(screens) if isinstance(screens, Mapping) else {})


def _tree(node: Any, above: set[int]) -> Tree:
    """A composed file as words and maps. Raises CannotEdit for an alias: it stands for another node, without end."""
    if id(node) in above:
        raise CannotEdit(BARE_SIGN)
    above.add(id(node))
    if isinstance(node, MappingNode):
        return {str(key.value): _tree(value, above) for key, value in pairs(node)}
    return tree_of(node)


def _said(there: Tree, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(there, str):
        yield path, str(there)
    elif isinstance(there, Mapping):
        for key, value in there.items():
            yield from _said(value, (*path, key))


def spans(text: str) -> Mapping[str, Span]:
    """Every screen of a flow file with its place, in the order of the file. Raises CannotEdit."""
    return _read(text).spans


def _spans(text: str, screens: Any) -> dict[str, Span]:
    found: dict[str, Span] = {}
    for key, value in pairs(screens):
        start = text.rfind("\n", 0, key.start_mark.index) + 1
        if text[start : key.start_mark.index].strip():
            raise CannotEdit("the screens stand in one line: write each on lines of its own in the whole file")
        column, line = int(key.start_mark.column), int(key.start_mark.line) + 1
        found[str(key.value)] = Span(start, end_of_entry(text, key, value), column, line)
    return found


def _screens(text: str) -> Any:
    return next((value for key, value in pairs(compose_once(text)) if key.value == "screens"), None)


def block(text: str, screen: str) -> str:
    """The lines of one screen, as they are written, moved to the left edge, each ending in a line feed.

    Raises CannotEdit where there is none.
    """
    span = _span(text, screen)
    lines = _LINE.findall(text[span.start : span.end].replace("\r\n", "\n"))
    if any(line.strip() and line[: span.column].strip() for line in lines):
        raise CannotEdit("a line of this screen stands further left than its name: move it in the whole file")
    return "".join(line[span.column :] if line.strip() else line for line in lines)


def _span(text: str, screen: str) -> Span:
    found = spans(text).get(screen)
    if found is None:
        raise CannotEdit(f"there is no screen {screen!r} in this file")
    return found


def splice_screen(text: str, screen: str, lines: str) -> str:
    """The file with other lines for a screen, not looked at any further."""
    span = _span(text, screen)
    return text[: span.start] + _indented(lines, span.column, text) + text[span.end :]


def _indented(lines: str, column: int, text: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    whole = [line.rstrip("\r\n") for line in _LINE.findall(lines)]
    return "".join((" " * column + line if line.strip() else line) + end for line in whole)


def with_block(text: str, screen: str, lines: str) -> str:
    """The file with a screen as these lines say. Raises CannotEdit when they are not that one screen."""
    if lines == block(text, screen):
        return text
    named, inside = tree(lines)
    if named != screen:
        raise CannotEdit(f"the first line says {named!r}: it must stay {screen!r} (renaming a screen has its own form)")
    made = splice_screen(text, screen, lines)
    _all_but(text, made, {screen: inside})
    return made


def _all_but(text: str, made: str, changed: Mapping[str, Tree | None]) -> None:
    """Nothing reads otherwise than before, but for the screens `changed`. Raises CannotEdit."""
    before, after = _read(text), _read(made)
    screens = {name: each for name, each in (before.screens | dict(changed)).items() if each is not None}
    if (before.rest, screens) != (after.rest, after.screens) or list(before.rest) != list(after.rest):
        raise CannotEdit("this cannot be put into the file without changing something else: look at the indents")


def form(text: str, screen: str) -> ScreenForm:
    """The form of one screen of a file. Raises CannotEdit."""
    return form_of(block(text, screen))


def with_form(text: str, wanted: ScreenForm, languages: Sequence[str]) -> str:
    """The file with a screen as its form says; the same bytes when the form says nothing new. Raises CannotEdit."""
    return with_block(text, wanted.screen, write_form(block(text, wanted.screen), wanted, languages))


def add_screen(text: str, lines: str, after: str = "") -> str:
    """The file with a new screen, given as lines, behind the screen `after` or the last one. Raises CannotEdit."""
    there = spans(text)
    name, inside = tree(lines)
    if name in there:
        raise CannotEdit(f"there is a screen {name!r} already: give the new one another name")
    if not there:
        raise CannotEdit("this file has no screens yet: write the first one in the whole file")
    beside = there[after] if after in there else list(there.values())[-1]
    head = text[: beside.end]
    end = "\r\n" if "\r\n" in text else "\n"
    gap = end if head.endswith("\n") else end * 2
    rest = text[beside.end :]
    apart = "" if not rest or rest.startswith(("\r", "\n")) else end
    made = head + gap + _indented(lines, beside.column, text) + apart + rest
    _all_but(text, made, {name: inside})
    return made


def remove_screen(text: str, screen: str) -> str:
    """The file without a screen and the blank line before it. Raises CannotEdit."""
    span = _span(text, screen)
    if len(spans(text)) == 1:
        raise CannotEdit("this is the only screen: a flow has at least one")
    head = re.sub(r"(?:\r?\n)(\r?\n)\Z", r"\1", text[: span.start])
    made = head + text[span.end :]
    _all_but(text, made, {screen: None})
    return made


def links_to(text: str, screen: str) -> tuple[Path, ...]:
    """Where the file says that callers go to a screen: ("screens", "menu", "choose", "new", "go"), ("start",)."""
    return tuple(path for path, said in _read(text).targets.items() if said == screen)


def _is_target(path: Path) -> bool:
    match path:
        case ("start",) | ("keys", _, "go"):
            return True
        case ("screens", _, *inner):
            return tuple(inner) in _SCREEN_TARGETS or tuple(inner[:1]) == ("then",) or _of_option(inner)
        case _:
            return False


def _of_option(inner: Sequence[str]) -> bool:
    return len(inner) == 3 and inner[0] == "choose" and inner[2] == "go"


def rename_screen(text: str, screen: str, name: str) -> str:
    """The file with a screen under another name, and everything that led to it leading there. Raises CannotEdit."""
    if name in spans(text):
        raise CannotEdit(f"there is a screen {name!r} already: choose another name")
    _span(text, screen)
    made = edit(text, dict.fromkeys(links_to(text, screen), name))
    key = next(key for key, _ in pairs(_screens(made)) if key.value == screen)
    return made[: key.start_mark.index] + scalar(name, None) + made[key.end_mark.index :]


def rename_hashes(text: str, screen: str, name: str) -> str:
    """A file of hashes of translations with the texts of a screen under its new name."""
    return re.sub(rf"(?m)^(['\"]?screens\.){re.escape(screen)}(?=\.)", rf"\g<1>{name}", text)


def copy_screen(text: str, screen: str, name: str) -> str:
    """The file with a copy of a screen behind it. Raises CannotEdit."""
    lines = block(text, screen)
    key = pairs(compose(lines))[0][0]
    return add_screen(text, lines[: key.start_mark.index] + scalar(name, None) + lines[key.end_mark.index :], screen)
