"""A list as its page shows it: its columns, its rows, and what may be done with each."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask import abort
from msgspec import Struct, field

from flows.editing.csv_cells import UnreadableList
from flows.editing.list_csv_rows import ListRow, columns, entries
from flows.menu.model import Ask, Flow
from flows.parsing.lists import KNOWN
from flows.translation.flow_texts import FlowTexts, load_flow_texts
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import TranslatableText
from gateway.console.lists.columns import chosen_by, missing_values
from gateway.console.site.days import today
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from gateway.console.translations.rows import before_of
from gateway.console.translations.table import languages
from sessions.drafts import draft_editing
from sessions.publishing.codes_in_use import codes_in_use
from storage.schema.tables import Draft

ROWS = 50  # rows on a page


class Use(Struct, frozen=True):
    """A screen that offers a list; `where` is the column by which it chooses rows, "" for all of them."""

    screen: str
    where: str = ""


class Row(Struct, frozen=True):
    """A row with what is known of it: complaints hold its code, what is live lacks it, it is offered no more."""

    entry: ListRow
    used: bool
    added: bool
    retired: bool
    later: bool  # it is to be offered from a day that has not come
    lacks: tuple[str, ...] = ()  # what is still to be mended in it, in words
    gauges: dict[str, LengthMeter] = field(default_factory=dict)

    @property
    def fixed(self) -> bool:
        """True where its code may not be changed: complaints or callers of what is live know it."""
        return self.used or not self.added


class ListView(Struct, frozen=True):
    """A list of a draft. `languages` begin with the one translated from; `others` are neither words nor days.

    `trouble` says why it cannot be read; then it has no rows.
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
        """The code before (-1) or behind (1) a row among those it is offered with; "" for none."""
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
    """What a draft's files say; ends the request with 409 where its flow cannot be read."""
    now = load_flow_texts(draft.files, draft.main)
    if now.flow is None:
        abort(409, _("The files of this draft cannot be read: mend them first. %(why)s", why=now.trouble))
    return now


def sheet_or_404(draft: Draft, name: str) -> ListView:
    """A list of a draft; ends the request with 404 where it has none of this name."""
    now = parsed_or_409(draft)
    if name not in now.lists or now.flow is None:
        abort(404, _("This draft has no list of this name."))
    return sheet_of(draft, name, now, now.flow)


def sheet_of(draft: Draft, name: str, now: FlowTexts, flow: Flow) -> ListView:
    """A list of a draft with its rows."""
    file = now.lists[name]
    text = draft.files[file]
    tags = languages(flow)
    try:
        heads, found = columns(text), entries(text)
    except UnreadableList as error:
        heads, found, trouble = (), [], str(error)
    else:
        trouble = "" if "code" in heads else _("it has no column named code")
    used = codes_in_use(sunwai().database, flow.name).get(name, frozenset())
    live, day, ruler, by = _live_codes(draft, name), today(), Ruler(flow), chosen_by(flow, name)
    return ListView(
        name=name,
        file=file,
        text=text,
        flow=flow,
        languages=tuple(tag for tag in tags if tag in heads),
        others=tuple(each for each in heads if each not in (*tags, *KNOWN)),
        heads=heads,
        rows=tuple(
            _row(name, file, each, used, live, day, tags, ruler, missing_values(flow, each, heads, by))
            for each in found
        ),
        uses=uses(flow, name),
        trouble=trouble,
    )


def _row(
    name: str,
    file: str,
    entry: ListRow,
    used: frozenset[str],
    live: frozenset[str],
    day: str,
    tags: tuple[str, ...],
    ruler: Ruler,
    lacks: tuple[str, ...],
) -> Row:
    words = {tag: entry.cells[tag] for tag in tags if entry.cells.get(tag)}
    wording = TranslatableText("lists", (name, entry.code), file, (entry.code,), words)
    until = entry.cells.get("active_until", "")
    return Row(
        entry,
        entry.code in used,
        entry.code not in live,
        bool(until) and until < day,
        entry.cells.get("active_from", "") > day,
        lacks,
        {tag: length_meter(ruler, wording, said, tag) for tag, said in words.items()},
    )


def _live_codes(draft: Draft, name: str) -> frozenset[str]:
    """The codes that the list had in the revision the draft was made from."""
    before = before_of(draft)
    old = load_flow_texts(*before) if before else None
    file = old.lists.get(name) if old else None
    if before is None or file is None:
        return frozenset()
    try:
        return frozenset(each.code for each in entries(before[0][file]))
    except UnreadableList:
        return frozenset()


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


def mark(cells: Mapping[str, str]) -> str:
    """The hash by which a form remembers the row it was made from."""
    return draft_editing.content_hash(json.dumps(dict(cells), sort_keys=True, ensure_ascii=False))
