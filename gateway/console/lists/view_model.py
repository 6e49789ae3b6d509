"""A list as its page shows it: its columns, its rows, and what can be done with each."""

from flask import abort
from msgspec import Struct, field

from flows.editing.list_csv_rows import ListRow, UnreadableList, columns, entries
from flows.menu.model import PLACE_LIST, Ask, Flow
from flows.parsing.lists import KNOWN
from flows.translation.flow_texts import FlowTexts, load_flow_texts
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText
from gateway.console.lists.columns import chosen_by, missing_of_place, missing_values
from gateway.console.site.days import today
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from gateway.console.translations.rows import before_of
from gateway.console.translations.table import languages
from sessions.publishing.codes_in_use import codes_in_use
from storage.schema.tables import Draft

ROWS = 50  # rows on a page


class Use(Struct, frozen=True):
    """A screen that offers a list; `where` is the column by which it chooses rows, "" for all rows."""

    screen: str
    where: str = ""


class Row(Struct, frozen=True):
    """A row as it is on `day`: whether complaints use it, the live revision lacks it, and what it lacks."""

    entry: ListRow
    day: str
    used: bool
    added: bool
    lacks: tuple[str, ...] = ()
    gauges: dict[str, LengthMeter] = field(default_factory=dict)

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
    """A list of a draft. `languages` begin with the one translated from; `others` are neither words nor days.

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

    def row(self, code: str) -> Row | None:
        """The row with a code."""
        return next((row for row in self.rows if row.entry.code == code), None)

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


def parsed_or_409(draft: Draft) -> FlowTexts:
    """The texts of a draft; ends the request with 409 if its flow cannot be read."""
    now = load_flow_texts(draft.files, draft.main)
    if now.flow is None:
        abort(409, _("The files of this draft cannot be read. Correct them first. %(why)s", why=now.trouble))
    return now


def sheet_or_404(draft: Draft, name: str) -> ListView:
    """A list of a draft; ends the request with 404 if there is none with this name."""
    now = parsed_or_409(draft)
    if name not in now.lists or now.flow is None:
        abort(404, _("This draft has no list with this name."))
    return sheet_of(draft, name, now, now.flow)


def sheet_of(draft: Draft, name: str, now: FlowTexts, flow: Flow) -> ListView:
    """A list of a draft with its rows."""
    file, tags = now.lists[name], languages(flow)
    heads, found, trouble = _read(draft.files[file])
    used = codes_in_use(sunwai().database, flow.name).get(name, frozenset())
    live, day, ruler, by = _live_codes(draft, name), today(), Ruler(flow), chosen_by(flow, name)

    def row(entry: ListRow) -> Row:
        words = {tag: entry.cells[tag] for tag in tags if entry.cells.get(tag)}
        wording = TranslatableText("lists", (name, entry.code), file, (entry.code,), words)
        gauges = {tag: length_meter(ruler, wording, said, tag) for tag, said in words.items()}
        lacks = missing_of_place(flow, entry, heads) if name == PLACE_LIST else missing_values(flow, entry, heads, by)
        return Row(entry, day, entry.code in used, entry.code not in live, lacks, gauges)

    return ListView(
        name=name,
        file=file,
        text=draft.files[file],
        flow=flow,
        languages=tuple(tag for tag in tags if tag in heads),
        others=tuple(each for each in heads if each not in (*tags, *KNOWN)),
        heads=heads,
        rows=tuple(row(each) for each in found),
        uses=uses(flow, name),
        trouble=trouble,
    )


def _read(text: str) -> tuple[tuple[str, ...], list[ListRow], str]:
    """The columns and rows of a list, and why it cannot be read."""
    try:
        heads = columns(text)
        return heads, entries(text), "" if "code" in heads else _("it has no column named code")
    except UnreadableList as error:
        return (), [], str(error)


def _live_codes(draft: Draft, name: str) -> frozenset[str]:
    """The codes that the list had in the revision the draft was made from."""
    before = before_of(draft)
    file = load_flow_texts(*before).lists.get(name) if before else None
    return frozenset(each.code for each in _read(before[0][file])[1]) if before and file else frozenset()


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
