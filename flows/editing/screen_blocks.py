"""The screens of a flow file as blocks of lines: read, changed, added, renamed and removed. Other lines stay."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from flows.editing.screen_form import ScreenForm, form_of, tree
from flows.editing.yaml_edits import edit, end_of_entry, line_end, rename_keys
from flows.editing.yaml_nodes import CannotEdit, Tree, compose_once, pairs, tree_of
from flows.menu.diagnostics import Path

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SCREEN_TARGETS = {("go",), ("after_tries",), ("or_type", "go")}


class Span(Struct, frozen=True):
    """The place of a screen in its file: characters from `start` to `end`, and the line and column of its name."""

    start: int
    end: int
    column: int
    line: int


@lru_cache(maxsize=16)
def _read(text: str) -> dict[str, Tree]:
    read = tree_of(compose_once(text))
    if not isinstance(read, dict):
        raise CannotEdit("a flow file is a map that begins with `flow:`")
    return read


@lru_cache(maxsize=16)
def spans(text: str) -> Mapping[str, Span]:
    """Every screen of a flow file with its place, in the order of the file. Raises CannotEdit."""
    _read(text)
    screens = next((value for key, value in pairs(compose_once(text)) if key.value == "screens"), None)
    found: dict[str, Span] = {}
    for key, value in pairs(screens):
        start = text.rfind("\n", 0, key.start_mark.index) + 1
        if text[start : key.start_mark.index].strip():
            raise CannotEdit("the screens are on one line: write each on lines of its own in the whole file")
        column, line = int(key.start_mark.column), int(key.start_mark.line) + 1
        found[str(key.value)] = Span(start, end_of_entry(text, key, value), column, line)
    return found


def block(text: str, screen: str) -> str:
    """The lines of one screen, moved to the left edge, each ending in a line feed.

    Raises CannotEdit where there is none.
    """
    return lines_at(text, _span(text, screen))


def lines_at(text: str, span: Span) -> str:
    """The same for the screen at a place."""
    lines = _LINE.findall(text[span.start : span.end].replace("\r\n", "\n"))
    if any(line.strip() and line[: span.column].strip() for line in lines):
        raise CannotEdit("a line of this screen is further left than its name: move it in the whole file")
    return "".join(line[span.column :] if line.strip() else line for line in lines)


def block_or_none(text: str, screen: str) -> str:
    """The same; "" where the file has no such screen."""
    return block(text, screen) if screen in spans(text) else ""


def _span(text: str, screen: str) -> Span:
    found = spans(text).get(screen)
    if found is None:
        raise CannotEdit(f"there is no screen {screen!r} in this file")
    return found


def splice_screen(text: str, screen: str, lines: str) -> str:
    """The file with other lines for a screen, not checked any further."""
    span = _span(text, screen)
    return text[: span.start] + _indented(lines, span.column, text) + text[span.end :]


def _indented(lines: str, column: int, text: str) -> str:
    whole = [line.rstrip("\r\n") for line in _LINE.findall(lines)]
    return "".join((" " * column + line if line.strip() else line) + line_end(text) for line in whole)


def with_block(text: str, screen: str, lines: str) -> str:
    """The file with a screen as these lines say. Raises CannotEdit when they are not that one screen."""
    if lines == block(text, screen):
        return text
    named, inside = tree(lines)
    if named != screen:
        raise CannotEdit(f"the first line says {named!r}: it must stay {screen!r} (renaming a screen has its own form)")
    return _checked(text, splice_screen(text, screen, lines), screen, inside)


def _checked(text: str, made: str, screen: str, inside: Tree | None) -> str:
    """The file as it was `made`, where nothing but one screen reads differently. Raises CannotEdit."""
    before, after = dict(_read(text)), _read(made)
    old = before.get("screens")
    screens = {**(old if isinstance(old, Mapping) else {}), screen: inside}
    before["screens"] = {name: each for name, each in screens.items() if each is not None}
    if before != after or list(before) != list(after):
        raise CannotEdit("this cannot be put into the file without changing something else: check the indents")
    return made


def form(text: str, screen: str) -> ScreenForm:
    """The form of one screen of a file. Raises CannotEdit."""
    return form_of(block(text, screen))


def add_screen(text: str, lines: str, after: str = "") -> str:
    """The file with a new screen, given as lines, after the screen `after` or the last one. Raises CannotEdit."""
    there = spans(text)
    name, inside = tree(lines)
    if name in there:
        raise CannotEdit(f"there is a screen {name!r} already: give the new one another name")
    if not there:
        raise CannotEdit("this file has no screens yet: write the first one in the whole file")
    beside = there[after] if after in there else list(there.values())[-1]
    head, rest, end = text[: beside.end], text[beside.end :], line_end(text)
    gap = end if head.endswith("\n") else end * 2
    apart = "" if not rest or rest.startswith(("\r", "\n")) else end
    return _checked(text, head + gap + _indented(lines, beside.column, text) + apart + rest, name, inside)


def remove_screen(text: str, screen: str) -> str:
    """The file without a screen and the blank line before it. Raises CannotEdit."""
    span = _span(text, screen)
    if len(spans(text)) == 1:
        raise CannotEdit("this is the only screen: a flow has at least one")
    head = re.sub(r"(?:\r?\n)(\r?\n)\Z", r"\1", text[: span.start])
    return _checked(text, head + text[span.end :], screen, None)


def links_to(text: str, screen: str) -> tuple[Path, ...]:
    """Where the file leads callers to a screen: ("screens", "menu", "choose", "new", "go"), ("start",)."""
    return tuple(path for path, said in _words(_read(text), ()) if said == screen and _is_target(path))


def _words(there: Tree, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(there, str):
        yield path, str(there)
    elif isinstance(there, Mapping):
        for key, value in there.items():
            yield from _words(value, (*path, key))


def _is_target(path: Path) -> bool:
    match path:
        case (
            ("start",)
            | ("danger_screen",)
            | ("keys", _, "go")
            | ("screens", _, "choose", _, "go")
            | ("screens", _, "then", *_)
        ):
            return True
        case ("screens", _, *inner):
            return tuple(inner) in _SCREEN_TARGETS
        case _:
            return False


def rename_screen(text: str, screen: str, name: str) -> str:
    """The file with a screen under another name, and everything that led to it leading there. Raises CannotEdit."""
    if name in spans(text):
        raise CannotEdit(f"there is a screen {name!r} already: choose another name")
    _span(text, screen)
    return rename_keys(edit(text, dict.fromkeys(links_to(text, screen), name)), ("screens",), {screen: name})


def rename_hashes(text: str, screen: str, name: str) -> str:
    """A file of hashes of translations with the texts of a screen under its new name."""
    return re.sub(rf"(?m)^(['\"]?screens\.){re.escape(screen)}(?=\.)", rf"\g<1>{name}", text)


def copy_screen(text: str, screen: str, name: str) -> str:
    """The file with a copy of a screen after it. Raises CannotEdit."""
    return add_screen(text, rename_keys(block(text, screen), (), {screen: name}), screen)
