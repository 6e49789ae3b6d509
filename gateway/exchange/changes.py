"""What a workbook that came back would change in a flow's files, and every row of it that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flows.cells import UnreadableList, edit_cells
from flows.edition import CannotEdit, edit
from flows.fitting import names, read
from flows.model import ANY_LANGUAGE, Flow
from flows.problems import Path, nearest
from flows.wordings import SHEETS, Wording
from flows.words import base_language
from gateway.exchange.xlsx import FORMULA_SIGNS, Page, Read, column_key
from gateway.flowfiles import FlowFileError


class Change(Struct, frozen=True):
    """New words for a text in a language, as the row of a sheet gives them."""

    wording: Wording
    language: str
    before: str
    after: str
    row: int


class Difference(Struct):
    """What was found: changes, problems with their rows, and texts the workbook does not speak of."""

    changes: list[Change]
    problems: list[str]
    absent: int = 0


def compare(found: Sequence[Wording], pages: Mapping[str, Page], flow: Flow) -> Difference:
    """Lay a workbook beside a flow's texts. With any problem nothing of it is to be taken."""
    difference = Difference([], [])
    if not pages:
        difference.problems.append(
            f"there is no sheet named {', '.join(SHEETS)}: is it the workbook that was exported?"
        )
    for sheet in SHEETS:
        texts = {each.names: each for each in found if each.sheet == sheet}
        page = pages.get(sheet)
        if page is None:
            difference.absent += len(texts)
        elif not page.columns or page.rows or texts:
            _Sheet(sheet, page, texts, flow, difference).read()
    return difference


class _Sheet:
    def __init__(
        self, sheet: str, page: Page, texts: dict[tuple[str, ...], Wording], flow: Flow, into: Difference
    ) -> None:
        self.sheet, self.page, self.texts, self.flow, self.into = sheet, page, texts, flow, into
        self.heads = next(heads for name, heads in SHEETS.items() if name == sheet)

    def problem(self, row: int, said: str) -> None:
        self.into.problems.append(f"sheet {self.sheet}, row {row}: {said}")

    def read(self) -> None:
        columns = self.page.columns
        wanted = [*self.heads, *self.flow.languages]
        missing = [column for column in wanted if column not in columns]
        twice = [column for column in wanted if columns.count(column) > 1]
        if missing or twice:
            said = f"the column {missing[0]} is missing" if missing else f"the column {twice[0]} stands twice"
            self.problem(1, f"{said}: row 1 names {', '.join(wanted)}")
            return
        seen: dict[tuple[str, ...], int] = {}
        for row, cells in self.page.rows:
            named = dict(zip(columns, cells, strict=False))
            key = tuple(named[head].words.strip() for head in self.heads)
            wording = self.texts.get(key)
            if wording is None:
                self._unknown(row, key, named)
            elif key in seen:
                self.problem(row, f"{' '.join(key)} stands in row {seen[key]} already: keep one of them")
            else:
                seen[key] = row
                self._row(row, wording, named)
        self.into.absent += len(self.texts) - len(seen)

    def _unknown(self, row: int, key: tuple[str, ...], named: Mapping[str, Read]) -> None:
        if not any(named[column].words for column in (*self.heads, *self.flow.languages)):
            return  # only numbers of ours or a remark: nothing is said
        firsts = {names[0] for names in self.texts}
        if key[0] not in firsts:
            what, word, known = self.heads[0], key[0], firsts
        else:
            what, word, known = self.heads[1], key[1], {names[1] for names in self.texts if names[0] == key[0]}
        of = f" of {key[0]}" if what != self.heads[0] else ""
        near = nearest(word, known)
        self.problem(row, f"the flow has no {what} {word!r}{of}{f' ({near})' if near else ''}: names are not to change")

    def _row(self, row: int, wording: Wording, named: Mapping[str, Read]) -> None:
        said = {tag: named[tag].words.replace("\r\n", "\n").replace("\r", "\n") for tag in self.flow.languages}
        spoken = self._variables(wording, said)
        for tag in self.flow.languages:
            key, cell, words = column_key(wording, tag, self.flow), named[tag], said[tag]
            before = (wording.words.get(key) if key else None) or ""
            if words == before.replace("\r\n", "\n").replace("\r", "\n") and cell.kind in ("words", "number"):
                continue
            wrong = self._wrong(wording, key, cell, words, before) or _misspelt(words, spoken)
            if wrong:
                self.problem(row, f"{tag}: {wrong}")
            else:
                self.into.changes.append(Change(wording, key or tag, before, words, row))

    def _variables(self, wording: Wording, said: Mapping[str, str]) -> frozenset[str]:
        """What words of this row may put in: variables of its texts as they are, and of the service."""
        if wording.sheet == "lists":
            return frozenset()
        now = frozenset[str]().union(*(names(words) for words in wording.words.values()), self.flow.service)
        base = said.get(base_language(self.flow), "")
        return now & (names(base) | frozenset(self.flow.service)) if base else now

    def _wrong(self, wording: Wording, key: str | None, cell: Read, words: str, before: str) -> str:
        """Why a changed cell is not taken; "" when it is."""
        if key is None:
            return "this text reads the same in every language: leave this cell empty"
        if cell.kind == "formula":
            return "a formula stands here: type the words themselves"
        if not words.strip():
            return f"the text was emptied and a caller would see a blank: it was {before!r}"
        if cell.kind == "number":
            return f"the number {words} stands here: format the cell as text and type it again"
        if cell.kind != "words":
            return f"{words!r} is no text: format the cell as text and type the words"
        if words.startswith(FORMULA_SIGNS) and not before.startswith(words[0]):
            return f"it begins with {words[0]!r} as a formula does: begin with a word"
        if wording.sheet == "lists" and (words != words.strip() or not words.isprintable()):
            return "words of a list are one line, without blanks around them"
        return ""


def _misspelt(words: str, known: frozenset[str]) -> str:
    broken = read(words)[1]
    if broken:
        return broken[0]
    for name in sorted(names(words) - known):
        near = nearest(name, known)
        return f"{{{name}}} is not a variable of this text{f' ({near})' if near else ''}: copy what stands in braces"
    return ""


def applied(files: Mapping[str, str], changes: Sequence[Change], flow: Flow) -> dict[str, str]:
    """The files that change, with their new text. Raises FlowFileError when words have no place; nothing is written."""
    by_file: dict[str, list[Change]] = {}
    for change in changes:
        by_file.setdefault(change.wording.file, []).append(change)
    made: dict[str, str] = {}
    for file, here in by_file.items():
        try:
            if here[0].wording.sheet == "lists":
                cells = {(change.wording.path[0], change.language): change.after for change in here}
                made[file] = edit_cells(files[file], cells)
            else:
                made[file] = edit(files[file], dict(_paths(here)), tuple(flow.languages))
        except (CannotEdit, UnreadableList) as error:
            raise FlowFileError(f"{file}: {error}. Nothing was changed.") from None
    return made


def _paths(changes: Sequence[Change]) -> Iterator[tuple[Path, str]]:
    for change in changes:
        path = change.wording.path
        yield (path if change.language == ANY_LANGUAGE else (*path, change.language)), change.after
