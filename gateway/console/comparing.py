"""What callers notice between two forms of a flow, as pages show it: by screen, each text with its words marked."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct

from flows.comparison import Change, compare
from flows.model import Flow
from flows.rewording import Piece, reworded

Kind = Literal["screen", "list", "text", "call"]
Became = Literal["new", "gone", "changed"]

_NEW, _GONE = "a new screen", "this screen is gone"


class Told(Struct, frozen=True):
    """One change: what it is about, what is said of it, and the words that changed. `code` is F506 for numbers.

    `tongue` is the language as people call it.
    """

    about: str
    said: str
    language: str
    tongue: str
    pieces: tuple[Piece, ...]
    code: str


class Group(Struct, frozen=True):
    """Everything that changed on one screen, in one list, among the SMS texts, or in the call as a whole."""

    kind: Kind
    name: str
    became: Became
    changes: tuple[Told, ...]


def shortened(pieces: tuple[Piece, ...], around: int = 2) -> tuple[Piece, ...]:
    """The same pieces; of long ones that stayed only the lines next to a change are kept."""
    made = []
    for at, piece in enumerate(pieces):
        lines = piece.words.split("\n")
        first, last = at == 0, at == len(pieces) - 1
        if piece.became == "same" and len(lines) > 2 * around + 3 and len(pieces) > 1:
            head = [] if first else lines[: around + 1]
            tail = [] if last else lines[-around - 1 :]
            lines = [*head, "⋯", *tail]
        made.append(Piece(piece.became, "\n".join(lines)))
    return tuple(made)


class FileChange(Struct, frozen=True):
    """A file that is another one now: how many lines came and went. `new` and `gone` are for whole files."""

    name: str
    added: int
    removed: int
    became: Became


def groups(before: Flow | None, after: Flow | None) -> tuple[Group, ...]:
    """What callers notice, in the order of the flow: the call, screens, lists, texts. Nothing for what is not there."""
    if before is None or after is None:
        return ()
    tongues = {**before.languages, **after.languages}
    found: dict[tuple[Kind, str], list[Change]] = {}
    for change in compare(before, after):
        found.setdefault(_place(change), []).append(change)
    return tuple(
        Group(kind, name, _became(changes), _told(changes, tongues)) for (kind, name), changes in found.items()
    )


def _place(change: Change) -> tuple[Kind, str]:
    match change.path:
        case ("screens", screen, *_):
            return "screen", screen.partition(".")[0]
        case ("lists", name, *_):
            return "list", name
        case ("texts", *_):
            return "text", ""
    return "call", ""


def _became(changes: Iterable[Change]) -> Became:
    said = {change.said for change in changes}
    return "new" if said == {_NEW} else "gone" if said == {_GONE} else "changed"


def _told(changes: Iterable[Change], tongues: Mapping[str, str]) -> tuple[Told, ...]:
    return tuple(
        Told(
            _about(each),
            each.said,
            each.language,
            tongues.get(each.language, each.language),
            reworded(each.before, each.after),
            each.code,
        )
        for each in changes
    )


def _about(change: Change) -> str:
    """What it is about within its group: an option, a row, a word."""
    match change.path:
        case ("screens", _, "choose", option):
            return f"option {option}"
        case ("screens", _, "ask" | "end"):
            return ""
        case ("screens", _, "sms"):
            return "SMS"
        case ("screens", _, *rest):
            return " ".join(rest)
        case ("lists", _, code):
            return f"row {code}"
        case ("lists", _):
            return ""
        case ("texts", event):
            return event
    return change.where


def numbers_moved(found: Iterable[Group]) -> int:
    """How many of the changes are in numbers that people may know by heart."""
    return sum(bool(change.code) for group in found for change in group.changes)


def counted(found: Iterable[Group]) -> int:
    """How many changes there are in all."""
    return sum(len(group.changes) for group in found)


def files(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileChange, ...]:
    """The files that are otherwise, by name, with the lines that came and went."""
    made = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        became: Became = "new" if old is None else "gone" if new is None else "changed"
        lines = list(difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), n=0, lineterm=""))[2:]
        added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
        made.append(FileChange(name, added, removed, became))
    return tuple(made)
