"""Two people's changes to the same files, merged: what only one of them changed is used.

Files are split into pieces (screens, texts, rows), and pieces into words and cells. What both changed differently is a
Conflict, and somebody chooses. The result is readable YAML or CSV again, or the whole file is a conflict.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from flows.editing.list_csv_rows import UnreadableList, edit_cells, table
from flows.editing.yaml_edits import double_quote, graft
from flows.editing.yaml_nodes import Bare, CannotEdit, QuotedScalar, Source, Tree, compose, tree_of
from flows.menu.diagnostics import Path
from flows.parsing.transcript_file import FOLDER
from flows.versions.merge_sections import END, HEAD, NoPieces, Pieces, join_pieces, pieces

Side = Literal["mine", "theirs"]
Three = tuple[str, str, str]  # a piece as it was, as mine, as theirs
Choose = Callable[[str, str | None, str | None, str | None], str | None]  # where in it, and the three


class Conflict(Struct, frozen=True):
    """A piece that both changed differently; None where it is absent. `piece` is "" for a whole file."""

    file: str
    piece: str
    base: str | None
    mine: str | None
    theirs: str | None

    @property
    def name(self) -> str:
        """Its name where somebody chooses: `complaints.yaml screens/menu`."""
        return f"{self.file} {self.piece}".rstrip()


class MergeResult(Struct, frozen=True):
    """All files, merged. Where `conflicts` are left, they hold `theirs`.

    `calls` are scripted calls that both changed: they are theirs, and must be played again.
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
    """`mine` and `theirs`, both made from `base`, as one. `chosen` has the side of a conflict by its name.

    `noted` are files without choices: theirs is used for the hashes of translations.
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
        """A piece that both changed, merged value by value; None if that is not possible."""
        before = len(self.conflicts)

        def choose(where: str, was: str | None, mine: str | None, theirs: str | None) -> str | None:
            name = f"{piece} {where}".rstrip()
            return self.choose(Conflict(file, name, was, mine, theirs))

        try:
            return _row(head, three, choose) if file.endswith(".csv") else _entry(three, choose)
        except (CannotEdit, UnreadableList, LookupError, ValueError, AttributeError):
            del self.conflicts[before:]
            return None

    def choose(self, conflict: Conflict) -> str | None:
        side = self.chosen.get(conflict.name)
        if side is None and conflict.file not in self.noted:
            self.conflicts.append(conflict)
        return conflict.mine if side == "mine" else conflict.theirs


def _plainly(base: str | None, mine: str | None, theirs: str | None) -> tuple[str | None] | None:
    """The result if at most one of the two changed it, or both in the same way; None if both changed it."""
    if mine in (base, theirs):
        return (theirs,)
    return (mine,) if theirs == base else None


def _order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """The names of all pieces in their order, or in mine if only mine changed. New ones follow their predecessors."""
    ours = set(base) & set(mine) & set(theirs)
    kept = [[name for name in names if name in ours] for names in (base, mine, theirs)]
    first, second = (mine, theirs) if kept[1] != kept[0] and kept[2] == kept[0] else (theirs, mine)
    made = list(first)
    for at, name in enumerate(second):
        if name not in made:
            after = next((made.index(each) for each in reversed(second[:at]) if each in made), -1)
            made.insert(after + 1, name)
    return sorted(made, key=lambda name: name == END)


def _row(head: str, three: Three, choose: Choose) -> str:
    """A row of a list, each cell as one of the two has it. Raises LookupError where they have other columns."""
    columns = [cell.strip() for cell in table(head)[0]]
    rows = [table(text)[0] for text in three]
    if any(len(row) != len(columns) for row in rows):
        raise LookupError("columns")
    was, mine, theirs = (dict(zip(columns, row, strict=True)) for row in rows)
    made = _together(was, mine, theirs, (), choose)
    assert isinstance(made, Mapping)  # noqa: S101 - all three are
    cells = {(theirs["code"].strip(), column): str(words) for column, words in made.items() if words != theirs[column]}
    return edit_cells(head + three[2], cells)[len(head) :]


def _entry(three: Three, choose: Choose) -> str:
    """An entry of a YAML file, each value as one of the two has it. Raises CannotEdit or LookupError."""
    texts = [_undented(text) for text in three]
    (name, was), (_, mine), (_, theirs) = (_only(text) for text, _indent in texts)
    remarks = [_comments(text) for text in three]
    if remarks[0] not in remarks[1:]:
        raise LookupError("both changed comments")
    text, indent = texts[2 if remarks[0] == remarks[1] else 1]
    made = _together(was, mine, theirs, (), choose)
    return _dented(graft(text, {name: made if made is not None else ""}), indent)


def _only(text: str) -> tuple[str, Tree]:
    ((name, inside),) = tree_of(compose(text)).items()  # type: ignore[union-attr]
    if isinstance(inside, Mapping) and "with" in inside:
        inside = {**inside, "with": _arguments(inside["with"])}
    return name, _arguments(inside) if name == "with" else inside


def _arguments(given: Tree) -> Tree:
    """The arguments of an action: a variable without quotes, and the same words in quotes, are not the same."""
    if not isinstance(given, Mapping):
        return given
    plain = {key: each for key, each in given.items() if isinstance(each, str) and not isinstance(each, QuotedScalar)}
    return {**given, **{key: Bare(each) for key, each in plain.items()}}


def _together(was: Tree | None, mine: Tree | None, theirs: Tree | None, path: Path, choose: Choose) -> Tree | None:
    """A value as one of the two has it; maps are merged key by key. Raises LookupError for what only people can."""
    if repr(mine) in (repr(was), repr(theirs)):  # the order of keys matters: it makes the numbers of options
        return theirs
    if repr(theirs) == repr(was):
        return mine
    if isinstance(was, Mapping) and isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        names = _order(list(was), list(mine), list(theirs))
        kept = [
            [name for name in each if name in was and name in mine and name in theirs] for each in (was, mine, theirs)
        ]
        if kept[0] not in kept[1:] and kept[1] != kept[2]:
            raise LookupError("both moved entries")
        made = {
            name: _together(was.get(name), mine.get(name), theirs.get(name), (*path, name), choose) for name in names
        }
        return {name: each for name, each in made.items() if each is not None}
    if any(not isinstance(each, str | None) for each in (was, mine, theirs)):
        raise LookupError(path)
    bare = any(isinstance(each, Bare) for each in (was, mine, theirs))
    words = [_shown(each, bare) for each in (was, mine, theirs)]
    return mine if choose(" ".join(path), *words) == words[1] else theirs


def _shown(words: Tree | None, quotes: bool) -> str | None:
    if words is None:
        return None
    return double_quote(str(words)) if quotes and isinstance(words, QuotedScalar) else str(words)


def _comments(text: str) -> list[str]:
    return [line.strip().partition("#")[2] for line in text.split("\n") if "#" in line]


def _undented(text: str) -> tuple[str, int]:
    """A piece as a document of its own, and how far it was indented."""
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
