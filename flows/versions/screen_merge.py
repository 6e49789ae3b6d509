"""One screen that two windows changed, laid together text by text: only what both changed in two ways is asked."""

from __future__ import annotations

from collections.abc import Mapping

from flows.editing.screen_blocks import block
from flows.editing.yaml_scalars import CannotEdit
from flows.versions.three_way_merge import Conflict, Side, merge

_FILE, _KEY = "screen.yaml", "screens"


def merge_screen(
    screen: str, base: str, mine: str, theirs: str, chosen: Mapping[str, Side] | None = None
) -> tuple[str, tuple[Conflict, ...]]:
    """The lines of a screen with what both made of `base`, and what is still to be chosen (there it has `theirs`).

    `chosen` says by the name of a conflict whose it is to be. A conflict of more than words is one of the whole screen.
    """
    was, one, two = ({_FILE: f"{_KEY}:\n{_indented(lines)}"} for lines in (base, mine, theirs))
    made = merge(was, one, two, chosen)
    try:
        return block(made.files[_FILE], screen), made.conflicts
    except CannotEdit:
        return theirs, (Conflict(_FILE, f"{_KEY}/{screen}", base, mine, theirs),)


def _indented(lines: str) -> str:
    return "".join(f"  {line}" if line.strip() else line for line in lines.splitlines(keepends=True))


def where(conflict: Conflict) -> tuple[str, ...]:
    """The text that a conflict is about: ("ask", "en"), ("choose", "new", "ur"); () for the whole screen."""
    return tuple(conflict.piece.split(" ")[1:])
