"""Every text of a draft by language: what is missing, stale or too long."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict

from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.translation.flow_texts import FlowTexts, load_flow_texts
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText
from flows.translation.translation_hashes import stale_translations
from gateway.console.site.titles import language_order
from gateway.exchange.xlsx import column_key

ROWS = 50  # texts on a page
SHOWS = ("all", "missing", "stale", "long")
KEPT = 6  # tables of drafts in a few versions

State = Literal["done", "missing", "stale", "none"]


class Cell(Struct, frozen=True):
    """A text in a language. "none": no text is needed. `gauge` is None if there are no words."""

    tag: str
    words: str
    state: State
    gauge: LengthMeter | None = None

    @property
    def long(self) -> bool:
        """True for words that cannot be sent as they are."""
        return self.gauge is not None and self.gauge.how == "over"


class TextRow(Struct, frozen=True):
    """A text with its place, in every language of the flow; a search looks in `found`.

    `was` are its base words in the revision that the draft is based on, "" if they are the same or there are none.
    """

    place: str
    wording: TranslatableText
    cells: dict[str, Cell]
    found: str
    was: str = ""

    @property
    def anchor(self) -> str:
        """The id of its row on the page."""
        return self.place.replace(".", "-")


class Progress(Struct, frozen=True):
    """The progress of a language: texts that are done, of those that are needed.

    The others are `missing`, or `stale`: their base text has changed since.
    """

    tag: str
    done: int
    needed: int
    missing: int = 0
    stale: int = 0

    @property
    def percent(self) -> int:
        """Whole percent; 100 only if nothing is left."""
        return 100 if self.done >= self.needed else min(99, 100 * self.done // self.needed)


class Table(Struct, frozen=True):
    """All texts of a flow that can be read, in the order of its files."""

    flow: Flow
    base: str
    lines: dict[str, TextRow]

    def progress(self) -> list[Progress]:
        """One for each language, the base language first."""
        found = []
        for tag in language_order(self.flow):
            states = [line.cells[tag].state for line in self.lines.values()]
            needed = len(states) - states.count("none")
            counts = (states.count(state) for state in ("missing", "stale"))
            found.append(Progress(tag, states.count("done"), needed, *counts))
        return found


class TableQuery(Struct, frozen=True):
    """Which texts are asked for. `sheet` is a kind of text, or one list: `lists.category`."""

    show: str = "all"
    language: str = ""
    sheet: str = ""
    search: str = ""
    page: int = 1

    def query(self, **other: str | int) -> dict[str, Any]:
        """The parameters of an address for this query, with `other` values; defaults are left out.

        Another filter starts at the first page.
        """
        usual = TableQuery()
        now = {name: getattr(self, name) for name in self.__struct_fields__} | ({"page": 1} if other else {}) | other
        return {name: str(value) for name, value in now.items() if value != getattr(usual, name)}


class TablePage(Struct, frozen=True):
    """A page of the table, and how many texts each filter would show."""

    lines: tuple[TextRow, ...]
    total: int
    page: int
    pages: int
    counts: dict[str, int]


def parse_table_query(args: MultiDict[str, str], flow: Flow) -> TableQuery:
    """The query of an address; unknown values are ignored."""
    show, tag = args.get("show", "all"), args.get("language", "")
    page = args.get("page", 1, type=int)
    return TableQuery(
        show if show in SHOWS else "all",
        tag if tag in flow.languages else "",
        args.get("sheet", "")[:80],
        args.get("search", "").strip()[:80],
        max(1, min(page, 10_000)),
    )


def table(files: Mapping[str, str], main: str, before: tuple[Mapping[str, str], str] | None = None) -> Table | None:
    """The table of a draft's files; `before` are those of the revision it is based on. None if unreadable."""
    then = None if before is None else (frozenset(_own(before[0]).items()), before[1])
    return _table(frozenset(_own(files).items()), main, then)


def _own(files: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in files.items() if not name.startswith("transcripts/")}


@lru_cache(maxsize=KEPT)
def _table(
    items: frozenset[tuple[str, str]], main: str, before: tuple[frozenset[tuple[str, str]], str] | None
) -> Table | None:
    now = load_flow_texts(dict(items), main)
    if now.flow is None or now.trouble:
        return None
    then = load_flow_texts(dict(before[0]), before[1]) if before else None
    stale, ruler = stale_translations(now, then), Ruler(now.flow)
    lines = {
        at: _line(at, wording, now.flow, stale, ruler, _was(then, at, now.base(wording)))
        for at, wording in now.texts.items()
    }
    return Table(now.flow, base_language(now.flow), lines)


def _was(then: FlowTexts | None, at: str, words: str) -> str:
    """The base words that a text had before, if they were different."""
    old = then.texts.get(at) if then else None
    said = then.base(old) if then and old else ""
    return said if said != words else ""


def _line(
    at: str, wording: TranslatableText, flow: Flow, stale: frozenset[tuple[str, str]], ruler: Ruler, was: str
) -> TextRow:
    cells: dict[str, Cell] = {}
    for tag in language_order(flow):
        key = column_key(wording, tag, flow)
        words = wording.words.get(key, "") if key else ""
        if words.strip():
            state: State = "stale" if (at, tag) in stale else "done"
            cells[tag] = Cell(tag, words, state, length_meter(ruler, wording, words, tag))
        else:
            cells[tag] = Cell(tag, "", "missing" if _needed(wording, tag, flow) else "none")
    found = " ".join([at.replace(".", " "), at, *wording.words.values()]).casefold()
    return TextRow(at, wording, cells, found, was)


def _needed(wording: TranslatableText, tag: str, flow: Flow) -> bool:
    """True if callers in this language need the text; see F201."""
    on_screen = wording.room != "sms"
    return not wording.same and (not on_screen or not flow.ussd_languages or tag in flow.ussd_languages)


def select_page(of: Table, wanted: TableQuery) -> TablePage:
    """A page of the texts that are asked for. A page after the last one is the last one."""
    by_show = {show: list_matches(of, replace(wanted, show=show)) for show in SHOWS}
    found = by_show[wanted.show]
    pages = max(1, -(-len(found) // ROWS))
    page = min(wanted.page, pages)
    counts = {show: len(lines) for show, lines in by_show.items()}
    return TablePage(tuple(found[(page - 1) * ROWS : page * ROWS]), len(found), page, pages, counts)


def page_with(of: Table, wanted: TableQuery, line: TextRow) -> TableQuery:
    """The same query with the page that shows a text, if it matches."""
    found = list_matches(of, wanted)
    return replace(wanted, page=found.index(line) // ROWS + 1) if line in found else wanted


def after(of: Table, wanted: TableQuery, place: str) -> str:
    """The place of the next text among those asked for; "" after the last one."""
    places = list(of.lines)
    later = set(places[places.index(place) + 1 :])
    return next((line.place for line in list_matches(of, wanted) if line.place in later), "")


def list_matches(of: Table, wanted: TableQuery) -> list[TextRow]:
    """The texts that are asked for, on all pages."""
    tags = (wanted.language,) if wanted.language else language_order(of.flow)
    words = wanted.search.casefold().split()
    return [
        line
        for line in of.lines.values()
        if wanted.sheet in ("", line.wording.sheet, f"{line.wording.sheet}.{line.wording.names[0]}")
        and all(word in line.found for word in words)
        and any(_shown(line.cells[tag], wanted.show) for tag in tags)
    ]


def _shown(cell: Cell, show: str) -> bool:
    return show == "all" or (cell.long if show == "long" else cell.state == show)
