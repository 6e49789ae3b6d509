"""What a returned workbook would change in the files of a flow, and every row that cannot be imported."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field

from flows.editing.list_csv_rows import UnreadableList, edit_cells
from flows.editing.yaml_edits import edit
from flows.editing.yaml_nodes import CannotEdit
from flows.engine.variables import base_language
from flows.menu.diagnostics import Path, suggest_nearest
from flows.menu.model import ANY_LANGUAGE, Flow
from flows.translation.text_fit import names, parse_template
from flows.translation.text_inventory import SHEETS, Sheet, TranslatableText
from gateway.exchange import row_hashes
from gateway.exchange.row_hashes import Stamp
from gateway.exchange.xlsx import FORMULA_SIGNS, CellValue, Page, column_key, words_of
from gateway.flow_folder.files import FlowFileError

WITHOUT = "Export it again, or import all words of this workbook with --overwrite"


class Change(Struct, frozen=True):
    """New words for a text in a language, from a row of a sheet or a line of a PO file.

    `why` says why they are not simply taken, if that is not because the text was changed after the export.
    """

    wording: TranslatableText
    language: str
    before: str
    after: str
    row: int
    why: str = ""


class Difference(Struct):
    """What was found: changes, problems with their rows, and the number of texts that the workbook lacks.

    `stale` are changes that are not made: their texts were changed in the file after the export. `gone` are rows of
    texts that are no longer in the file.
    """

    changes: list[Change] = field(default_factory=list)
    stale: list[Change] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    absent: int = 0


def compare(
    found: Sequence[TranslatableText],
    pages: Mapping[str, Page],
    flow: Flow,
    *,
    overwrite: bool = False,
    without: str = WITHOUT,
) -> Difference:
    """Compare a workbook with the texts of a flow. If there is any problem, nothing of it may be imported.

    `overwrite` also uses the words of the workbook for texts that were changed in the file after its export; `without`
    says what to do with a workbook that does not show which these are.
    """
    difference = Difference()
    for name in sorted(pages.keys() - SHEETS.keys()):
        head = pages[name].columns
        was = next((sheet for sheet, heads in SHEETS.items() if head[: len(heads)] == heads), "what it was")
        difference.problems.append(f"the sheet {name} has another name than in the export: rename it to {was}")
    if not SHEETS.keys() & pages.keys():
        difference.problems.append(f"there is no sheet named {', '.join(SHEETS)}: is this the exported workbook?")
    for sheet in SHEETS:
        texts = {each.names: each for each in found if each.sheet == sheet}
        page = pages.get(sheet)
        if page is None:
            difference.absent += len(texts)
        elif not page.columns or page.rows or texts:
            _Sheet(sheet, page, texts, flow, difference, overwrite, without).read()
    return difference


class _Sheet(Struct):
    sheet: Sheet
    page: Page
    texts: dict[tuple[str, ...], TranslatableText]
    flow: Flow
    into: Difference
    overwrite: bool
    without: str

    @property
    def heads(self) -> tuple[str, ...]:
        return SHEETS[self.sheet]

    def problem(self, row: int, said: str) -> None:
        self.into.problems.append(f"sheet {self.sheet}, row {row}: {said}")

    def read(self) -> None:
        columns = self.page.columns
        if unfit := self._unfit(columns):
            self.problem(1, unfit)
            return
        seen: dict[tuple[str, ...], int] = {}
        for row, cells in self.page.rows:
            named = dict(zip(columns, cells, strict=False))
            key = tuple(named[head].words.strip() for head in self.heads)
            wording = self.texts.get(key)
            stamp = row_hashes.parse_stamp(named[row_hashes.COLUMN].words if row_hashes.COLUMN in named else "")
            if wording is None and stamp.names == row_hashes.hash_words("\n".join(key)):
                self.into.gone.append(f"{self.sheet} row {row}: {' '.join(key)}")
            elif wording is None:
                self._unknown(row, key, named)
            elif key in seen:
                self.problem(row, f"{' '.join(key)} is in row {seen[key]} already: keep one of them")
            else:
                seen[key] = row
                self._row(row, wording, named, stamp)
        self.into.absent += len(self.texts) - len(seen)

    def _unfit(self, columns: Sequence[str]) -> str:
        """What is wrong with the names of the columns; "" for nothing."""
        wanted = [*self.heads, *self.flow.languages]
        told = f"row 1 must contain {', '.join(wanted)}"
        for column in wanted:
            if columns.count(column) != 1:
                return f"the column {column} {'is there twice' if column in columns else 'is missing'}: {told}"
        if row_hashes.COLUMN in columns or self.overwrite:
            return ""
        missing = f"the hidden column {row_hashes.COLUMN} is missing"
        return f"{missing}: it shows which texts have changed in the file. {self.without}"

    def _unknown(self, row: int, key: tuple[str, ...], named: Mapping[str, CellValue]) -> None:
        if not any(named[column].words for column in (*self.heads, *self.flow.languages)):
            return  # only our numbers or a remark: ignored
        firsts = {names[0] for names in self.texts}
        if key[0] not in firsts:
            what, word, known = self.heads[0], key[0], firsts
        else:
            what, word, known = self.heads[1], key[1], {names[1] for names in self.texts if names[0] == key[0]}
        of = f" of {key[0]}" if what != self.heads[0] else ""
        near = suggest_nearest(word, known)
        self.problem(row, f"the flow has no {what} {word!r}{of}{f' ({near})' if near else ''}: names must not change")

    def _row(self, row: int, wording: TranslatableText, named: Mapping[str, CellValue], stamp: Stamp) -> None:
        said = {tag: row_hashes.unix(named[tag].words) for tag in self.flow.languages}
        spoken = variables_in(wording, said.get(base_language(self.flow), ""), self.flow)
        for tag, before in words_of(wording, self.flow).items():
            key, cell, words = column_key(wording, tag, self.flow), named[tag], said[tag]
            change = Change(wording, key or tag, before, words, row)
            if words == row_hashes.unix(before) and cell.kind in ("words", "number"):
                continue
            if self.overwrite or stamp.words.get(tag) == row_hashes.hash_words(before):
                wrong = self._wrong(wording, key, cell, words, before) or brace_error(words, spoken)
            elif tag in stamp.words:
                self.into.stale.append(change)
                continue
            else:
                wrong = f"the exported words are not known, so it is unclear which words are newer. {self.without}"
            if wrong:
                self.problem(row, f"{tag}: {wrong}")
            else:
                self.into.changes.append(change)

    def _wrong(self, wording: TranslatableText, key: str | None, cell: CellValue, words: str, before: str) -> str:
        """Why a changed cell is not imported; "" if it is."""
        if key is None:
            return "this text reads the same in every language: leave this cell empty"
        if cell.kind == "formula":
            return "this is a formula: type the words themselves"
        if not words.strip():
            return f"the text is empty and callers would see nothing: it was {before!r}"
        if cell.kind == "number":
            return f"this is the number {words}: format the cell as text and type it again"
        if cell.kind != "words":
            return f"{words!r} is not text: format the cell as text and type the words"
        if words.startswith(FORMULA_SIGNS) and not before.startswith(words[0]):
            return f"it starts with {words[0]!r} like a formula: start with a word"
        if wording.sheet == "lists" and (words != words.strip() or not words.isprintable()):
            return "words of a list must be one line, without spaces around them"
        return ""


def variables_in(wording: TranslatableText, base: str, flow: Flow) -> frozenset[str]:
    """The variables that a text may use: those of its present words, and those of the service.

    If a `base` text is given, only those that it uses too.
    """
    if wording.sheet == "lists":
        return frozenset()
    now = frozenset[str]().union(*(names(words) for words in wording.words.values()), flow.service)
    return now & (names(base) | frozenset(flow.service)) if base else now


def brace_error(words: str, known: frozenset[str]) -> str:
    """What is wrong with the braces of words that may use `known` variables; "" for nothing."""
    broken = parse_template(words)[1]
    if broken:
        return broken[0]
    for name in sorted(names(words) - known):
        near = suggest_nearest(name, known)
        return f"{{{name}}} is not a variable of this text{f' ({near})' if near else ''}: copy the name in braces"
    return ""


def apply_changes(files: Mapping[str, str], changes: Sequence[Change], flow: Flow) -> dict[str, str]:
    """The files that change, with their new text. Raises FlowFileError if words have no place; writes nothing."""
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
