"""A list as its page shows it: its columns, its rows, and what can be done with each."""

from collections.abc import Iterable, Mapping

from flask import abort
from msgspec import Struct, field

from flows.editing.list_csv_rows import ListRow, UnreadableList, read_list_file
from flows.menu.model import PLACE_LIST, Ask, Flow
from flows.parsing.lists import KNOWN
from flows.translation.flow_texts import parse_once
from gateway.console.lists.columns import chosen_by, missing_of_place, missing_values
from gateway.console.lists.row_length import RowLength, RowRuler, length_words
from gateway.console.site.days import today
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import base_of
from gateway.console.site.titles import language_order
from sessions.publishing.codes_in_use import codes_in_use
from storage.schema.tables import Draft

ROWS = 50  # rows on a page


class Use(Struct, frozen=True):
    """A screen that offers a list; `where` is the column by which it chooses rows, "" for all rows."""

    screen: str
    where: str = ""


class RowDetails(Struct, frozen=True):
    """What the page says beside a row: what it lacks, and how much room its words take by language."""

    lacks: tuple[str, ...] = ()
    lengths: dict[str, RowLength] = field(default_factory=dict)


class Row(Struct, frozen=True):
    """A row as it is on `day`: whether complaints use it, the live revision lacks it, or has it otherwise."""

    entry: ListRow
    day: str
    used: bool
    added: bool
    changed: bool = False

    @property
    def retired(self) -> bool:
        """True if it is no longer offered."""
        return "" < self.entry.cells.get("active_until", "") < self.day

    @property
    def later(self) -> bool:
        """True if it will be offered from a later day."""
        return self.entry.cells.get("active_from", "") > self.day

    @property
    def fixed(self) -> bool:
        """True if its code must not change: complaints or callers of the live revision use it."""
        return self.used or not self.added


class ListView(Struct, frozen=True):
    """A list of a draft. `languages` are in the order of the flow; `others` are neither words nor days.

    `trouble` says why it cannot be read; it then has no rows.
    """

    name: str
    file: str
    text: str
    flow: Flow
    languages: tuple[str, ...]
    others: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    uses: tuple[Use, ...]
    trouble: str = ""

    @property
    def retired(self) -> int:
        """How many rows are no longer offered."""
        return sum(row.retired for row in self.rows)

    @property
    def missing(self) -> int:
        """How many words there are not, in all languages of the flow together; names of towns are of no language."""
        if self.name == PLACE_LIST:
            return 0
        return sum(not row.entry.cells.get(tag) for row in self.rows for tag in self.flow.languages)

    def row(self, code: str) -> Row | None:
        """The row with a code."""
        return next((row for row in self.rows if row.entry.code == code), None)

    def retired_twin(self, entry: ListRow) -> str:
        """The code of a retired row with the same words in a language; "" for none."""
        said = {(tag, words.casefold().strip()) for tag in self.languages if (words := entry.cells.get(tag))}
        for row in self.rows if said else ():
            own = {(tag, row.entry.cells.get(tag, "").casefold().strip()) for tag in self.languages}
            if row.retired and row.entry.code != entry.code and said & own:
                return row.entry.code
        return ""

    def details(self, rows: Iterable[Row], ruler: RowRuler | None = None) -> list[RowDetails]:
        """What the page says beside each of some rows. It takes long to find out: ask for those on a page."""
        ruler, by = ruler or RowRuler(self.flow, self.name), chosen_by(self.flow, self.name)
        return [self._details(row.entry, ruler, by) for row in rows]

    def _details(self, entry: ListRow, ruler: RowRuler, by: Mapping[str, tuple[str, ...]]) -> RowDetails:
        if self.name == PLACE_LIST:
            return RowDetails(missing_of_place(self.flow, entry, self.heads))
        measured = {tag: ruler.length(entry.cells[tag], tag) for tag in self.languages if entry.cells.get(tag)}
        lengths = {tag: length for tag, length in measured.items() if length is not None}
        tongues = self.flow.languages
        long = (length_words(length, tongues.get(tag, tag)) for tag, length in lengths.items())
        lacks = (*missing_values(self.flow, entry, self.heads, by), *filter(None, long))
        return RowDetails(lacks, lengths)

    def neighbour(self, code: str, way: int) -> str:
        """The code before (-1) or after (1) a row among those it is offered with; "" for none."""
        of = self.row(code)
        if of is None:
            return ""
        by = [use.where for use in self.uses if use.where]
        alike = [
            row.entry.code
            for row in self.rows
            if all(row.entry.cells.get(column) == of.entry.cells.get(column) for column in by)
        ]
        at = alike.index(code) + way
        return alike[at] if 0 <= at < len(alike) else ""


class DraftLists(Struct, frozen=True):
    """The flow of a draft, and the files of its lists by their names."""

    flow: Flow
    files: dict[str, str]


def lists_or_409(draft: Draft) -> DraftLists:
    """The lists of a draft; ends the request with 409 if its flow cannot be read."""
    now = parse_once(draft.files, draft.main)
    if now.flow is None:
        abort(409, _("The files of this draft cannot be read. Correct them first. %(why)s", why=str(now.problems[0])))
    return DraftLists(now.flow, {name: now.places["lists", name][0] for name in now.flow.lists})


def sheet_or_404(draft: Draft, name: str) -> ListView:
    """A list of a draft; ends the request with 404 if there is none with this name."""
    now = lists_or_409(draft)
    if name not in now.files:
        abort(404, _("This draft has no list with this name."))
    return sheet_of(draft, name, now)


def sheet_of(draft: Draft, name: str, now: DraftLists) -> ListView:
    """A list of a draft with its rows."""
    file, flow = now.files[name], now.flow
    tags = language_order(flow)
    heads, found, trouble = _read(draft.files[file])
    used = codes_in_use(sunwai().database, flow.name).get(name, frozenset())
    before = flow_in(base_of(draft))
    live, day = before.rows.get(name, {}) if before else {}, today()
    mine = flow.rows[name]
    return ListView(
        name=name,
        file=file,
        text=draft.files[file],
        flow=flow,
        languages=tuple(tag for tag in tags if tag in heads),
        others=tuple(each for each in heads if each not in (*tags, *KNOWN)),
        heads=heads,
        rows=tuple(
            Row(each, day, each.code in used, each.code not in live, mine.get(each.code) != live.get(each.code))
            for each in found
        ),
        uses=uses(flow, name),
        trouble=trouble,
    )


def _read(text: str) -> tuple[tuple[str, ...], list[ListRow], str]:
    """The columns and rows of a list, and why it cannot be read."""
    try:
        heads, rows = read_list_file(text)
        return heads, rows, "" if "code" in heads else _("it has no column named code")
    except UnreadableList as error:
        return (), [], str(error)


def uses(flow: Flow, name: str) -> tuple[Use, ...]:
    """The screens that offer a list, or look typed names up in it."""
    found: list[Use] = []
    for screen in flow.screens.values():
        if not isinstance(screen, Ask) or screen.pick is None:
            continue
        if screen.pick.list == name:
            found.append(Use(screen.id, screen.pick.where[0] if screen.pick.where else ""))
        elif screen.pick.typed is not None and screen.pick.typed.list == name:
            found.append(Use(screen.id))
    return tuple(found)
