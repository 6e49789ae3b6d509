"""Two people's changes to the same files laid together: whatever only one of them touched is taken as they have it.

Files come apart into pieces (screens, texts, rows), pieces into words and cells. What both changed in two ways is a
Conflict, and somebody chooses. What is laid together reads as YAML or CSV again, or the file is a conflict as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from flows.editing.csv_cells import UnreadableList, columns_of, edit_cells, table
from flows.editing.yaml_scalars import CannotEdit, Source, edit
from flows.parsing.transcript_file import FOLDER
from flows.versions.merge_sections import END, HEAD, NoPieces, Pieces, join_pieces, pieces

Side = Literal["mine", "theirs"]
Three = tuple[str, str, str]  # a piece as it was, as mine, as theirs
Choose = Callable[[str, str, str | None, str | None], str | None]  # where in it, and the three


class Conflict(Struct, frozen=True):
    """A piece that both changed, each in another way; None where it is not there. `piece` is "" for a whole file."""

    file: str
    piece: str
    base: str | None
    mine: str | None
    theirs: str | None

    @property
    def name(self) -> str:
        """What it is called where somebody chooses: `complaints.yaml screens/menu`."""
        return f"{self.file} {self.piece}".rstrip()


class MergeResult(Struct, frozen=True):
    """All files laid together. Where `conflicts` are left, they hold `theirs` meanwhile.

    `calls` are scripted calls that both changed: they are theirs, and are to be played again.
    """

    files: dict[str, str]
    conflicts: tuple[Conflict, ...] = ()
    calls: tuple[str, ...] = ()


def merge(
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    chosen: Mapping[str, Side] | None = None,
    *,
    noted: frozenset[str] = frozenset(),
) -> MergeResult:
    """`mine` and `theirs`, both made from `base`, as one. `chosen` says by name whose piece it is to be.

    `noted` are files that nobody chooses in: hashes of translations, of which theirs are right enough.
    """
    work = _Work(chosen or {}, noted)
    files: dict[str, str] = {}
    for name in dict.fromkeys([*theirs, *mine]):
        made = work.file(name, base.get(name), mine.get(name), theirs.get(name))
        if made is not None:
            files[name] = made
    return MergeResult(files, tuple(work.conflicts), tuple(work.calls))


class _Work:
    def __init__(self, chosen: Mapping[str, Side], noted: frozenset[str]) -> None:
        self.chosen, self.noted = chosen, noted
        self.conflicts: list[Conflict] = []
        self.calls: list[str] = []

    def file(self, name: str, base: str | None, mine: str | None, theirs: str | None) -> str | None:
        plain = _plainly(base, mine, theirs)
        if plain is not None:
            return plain[0]
        if name.startswith(FOLDER):
            self.calls.append(name)
            return theirs if theirs is not None else mine
        if base is None or mine is None or theirs is None:
            return self.choose(Conflict(name, "", base, mine, theirs))
        before = len(self.conflicts)
        try:
            made = self.together(name, *(pieces(name, text) for text in (base, mine, theirs)))
        except NoPieces:
            made = None
        if made is None or (_reads(name, mine) and _reads(name, theirs) and not _reads(name, made)):
            del self.conflicts[before:]
            return self.choose(Conflict(name, "", base, mine, theirs))
        return made

    def together(self, file: str, base: Pieces, mine: Pieces, theirs: Pieces) -> str:
        made: Pieces = {}
        for name in _order(list(base), list(mine), list(theirs)):
            was, one, two = base.get(name), mine.get(name), theirs.get(name)
            plain = _plainly(was, one, two)
            if plain is not None:
                piece = plain[0]
            else:
                piece = self.finely(file, name, base.get(HEAD, ""), (was, one, two)) if was and one and two else None
                piece = piece if piece is not None else self.choose(Conflict(file, name, was, one, two))
            if piece is not None:
                made[name] = piece
        return join_pieces(made)

    def finely(self, file: str, piece: str, head: str, three: Three) -> str | None:
        """A piece that both changed, word by word or cell by cell; None where more than these changed on both sides."""
        before = len(self.conflicts)

        def choose(where: str, was: str, mine: str | None, theirs: str | None) -> str | None:
            name = f"{piece} {where}".rstrip()
            return self.choose(Conflict(file, name, was, mine, theirs))

        try:
            return _row(head, three, choose) if file.endswith(".csv") else _texts(three, choose)
        except (CannotEdit, UnreadableList, LookupError):
            del self.conflicts[before:]
            return None

    def choose(self, conflict: Conflict) -> str | None:
        side = self.chosen.get(conflict.name)
        if side is None and conflict.file not in self.noted:
            self.conflicts.append(conflict)
        return conflict.mine if side == "mine" else conflict.theirs


def _plainly(base: str | None, mine: str | None, theirs: str | None) -> tuple[str | None] | None:
    """What it is where at most one of the two changed it, or both did the same; None where both changed it."""
    if mine in (base, theirs):
        return (theirs,)
    return (mine,) if theirs == base else None


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The names of all pieces, in their order, or in mine where only that is another. New ones follow what they did."""
    ours = set(base) & set(mine) & set(theirs)
    kept = [[name for name in names if name in ours] for names in (base, mine, theirs)]
    first, second = (mine, theirs) if kept[1] != kept[0] and kept[2] == kept[0] else (theirs, mine)
    made = list(first)
    for at, name in enumerate(second):
        if name not in made:
            after = next((made.index(each) for each in reversed(second[:at]) if each in made), -1)
            made.insert(after + 1, name)
    return sorted(made, key=lambda name: name == END)


def _row(head: str, three: Three, choose: Choose) -> str | None:
    """A row of a list, each cell as one of the two has it. None where they have other columns."""
    columns = columns_of(table(head))
    was, mine, theirs = ([cell.words for cell in table(text)[0]] for text in three)
    if not len(was) == len(mine) == len(theirs) == len(columns):
        return None
    code, changes = theirs[columns["code"]].strip(), {}
    for column, at in columns.items():
        plain = _plainly(was[at], mine[at], theirs[at])
        words = plain[0] if plain else choose(column, was[at], mine[at], theirs[at])
        if words is not None and words != theirs[at]:
            changes[code, column] = words
    return edit_cells(head + three[2], changes)[len(head) :]


def _texts(three: Three, choose: Choose) -> str | None:
    """Where one of the two changed nothing but words: these, put into what the other has. Raises CannotEdit."""
    base, mine, theirs = (_undented(text) for text in three)
    was, one, two = (Source(text).all_words() for text, _ in (base, mine, theirs))
    for words, other, (text, indent), ours in ((one, two, theirs, True), (two, one, mine, False)):
        if list(words) != list(was) or _other_comments(three[0], three[1 if ours else 2]):
            continue
        changes = {}
        for path, said in words.items():
            if said in (was[path], other.get(path)):
                continue
            meant: str | None = said
            if other.get(path) != was[path]:
                meant = choose(" ".join(path[1:]), was[path], one.get(path), two.get(path))
            if meant is not None and meant != other.get(path):
                changes[path] = meant
        return _dented(edit(text, changes), indent)
    return None


def _other_comments(one: str, other: str) -> bool:
    """True where comments differ, too: words alone would lose them."""
    before, after = ([line.strip() for line in text.split("\n") if "#" in line] for text in (one, other))
    return [line.partition("#")[2] for line in before] != [line.partition("#")[2] for line in after]


def _undented(text: str) -> tuple[str, int]:
    """A piece as a document of its own, and how far it was indented. Raises CannotEdit."""
    lines = text.split("\n")
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:] if line.strip() else line for line in lines), indent


def _dented(text: str, indent: int) -> str:
    return "\n".join(" " * indent + line if line.strip() else line for line in text.split("\n"))


def _reads(file: str, text: str) -> bool:
    try:
        if file.endswith(".csv"):
            table(text)
        else:
            Source(text, file)
    except (CannotEdit, UnreadableList):
        return False
    return True


def conflict_names(conflicts: Iterable[Conflict]) -> tuple[str, ...]:
    """The names of conflicts."""
    return tuple(conflict.name for conflict in conflicts)
