"""What the columns of a list are for, and what a row lacks in them: shown beside the row, without blocking it."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from flows.cases.local_offices import KIND, OFFICES, SERVES
from flows.checks.analysis.possible_values import parents
from flows.checks.structure.references import DAYS, FLAG
from flows.editing.list_csv_rows import ListRow
from flows.engine.variables import row_words
from flows.menu.model import PLACE_LIST, Ask, Flow
from flows.text.western_digits import whole_number
from flows.understanding.category_and_district import CATEGORY, DISTRICT
from flows.understanding.name_lookup import COMMON, NOWHERE, VERIFIED, split_codes
from gateway.console.site.i18n import _, language, ngettext
from gateway.console.site.titles import column_title, column_words, list_title

YES = ("emergency", "sensitive", "shared", VERIFIED)  # "yes" or nothing
MOST_BESIDE = 3  # words of a cell that the page of a list shows
LONGEST_BESIDE = 120  # characters
_TOLD = ("", "yes", "no")


def meaning(name: str, column: str) -> str:
    """What a column of the list `name` is for, in a sentence; "" for an operator's own column."""
    if column == "active_from":
        return _("The first day on which it is offered. Leave empty to offer it now.")
    if column == "active_until":
        return _("The last day on which it is offered. Leave empty for no end.")
    if name in (DISTRICT, PLACE_LIST) and column == COMMON:
        return _(
            "Names that are everyday words too, with semicolons between, or yes for all of them. They count in a text"
            " only beside a word such as zila or mein."
        )
    if name == PLACE_LIST:
        return _place_meaning(column)
    if column == "sensitive":
        return _(
            "A sensitive matter. The citizen's name is not passed on, and no text says what the complaint is about."
        )
    if name == OFFICES and column == KIND:
        return _("For the office of a place: which kind of office it is there. Leave empty for a kind of office.")
    if name == OFFICES and column == SERVES:
        return _("The codes of the districts or provinces that this office serves. Separate them with semicolons.")
    if name != CATEGORY:
        return ""
    return {
        "office": _("The office that gets these complaints."),
        DAYS: _("Working days until an answer is due, as a whole number."),
        "emergency": _("A danger to life. Callers see at once whom to ring, and the case is urgent."),
        FLAG: _("May involve a danger: health, police or rescue. The caller is told whom to call."),
        "shared": _("It can affect a whole district at once. Callers may join a case that is already known."),
        "against": _(
            "The kind of office that the complaint is about, such as police. That office does not get or see the case."
        ),
        "keywords": _("Words that show that a text is about this. Separate them with semicolons."),
    }.get(column, "")


def _place_meaning(column: str) -> str:
    return {
        "kind": _("tehsil, town, area or post_office; province and phrase are words that are no place of a district."),
        DISTRICT: _("The code of its district. A name that is in several has them all, with semicolons between."),
        VERIFIED: _("yes if somebody has checked the district. Without it, people are asked whether they mean it."),
        "source": _("Where the row comes from."),
    }.get(column, "")


class OtherCell(Struct, frozen=True):
    """A column of a row in a few words: its `label` ("" if the words need none), and how many words `more` it has."""

    label: str
    words: str
    more: int = 0


def other_cells(flow: Flow, entry: ListRow, heads: Iterable[str]) -> list[OtherCell]:
    """What stands in the aliases and `heads` of a row, for reading: names for codes, and the first of many words."""
    return [_other_cell(flow, head, cell) for head in ("aliases", *heads) if (cell := entry.cells.get(head, ""))]


def _other_cell(flow: Flow, head: str, cell: str) -> OtherCell:
    days = whole_number(cell) if head == DAYS else None
    if days is not None:
        return OtherCell("", ngettext("%(num)d working day", "%(num)d working days", days))
    if cell == "yes" and head in YES:
        return OtherCell("", column_title(head))
    parts = split_codes(cell)
    if head in flow.lists:
        rows = (flow.rows[head].get(code) for code in parts)
        parts = [row_words(flow, row, language()) if row else code for row, code in zip(rows, parts, strict=True)]
    label = _("Other names") if head == "aliases" else column_title(head)
    return OtherCell(label, ", ".join(parts[:MOST_BESIDE])[:LONGEST_BESIDE], max(len(parts) - MOST_BESIDE, 0))


def chosen_by(flow: Flow, name: str) -> dict[str, tuple[str, ...]]:
    """The columns by which screens choose rows of a list, with the codes that are asked for."""
    found: dict[str, tuple[str, ...]] = {}
    for screen in flow.screens.values():
        pick = screen.pick if isinstance(screen, Ask) else None
        if pick is not None and pick.list == name and pick.where:
            codes = dict.fromkeys((*found.get(pick.where[0], ()), *parents(flow, pick)))
            found[pick.where[0]] = tuple(codes)
    return {column: codes for column, codes in found.items() if codes}


def is_yes(column: str, values: Collection[str]) -> bool:
    """True for a column that is "yes" or empty."""
    return column in YES and all(value in _TOLD for value in values)


def missing_values(
    flow: Flow, entry: ListRow, heads: Collection[str], by: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """What is missing or wrong in a row, in a few words each. `by`: see `chosen_by`."""
    cells = entry.cells
    missing = [own for tag, own in flow.languages.items() if tag in heads and not cells.get(tag)]
    said = [_("no words in %(languages)s", languages=", ".join(missing))] if missing else []
    return (*said, *(wrong_cells(flow, entry, heads, by).values()))


def wrong_cells(
    flow: Flow, entry: ListRow, heads: Collection[str], by: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """What is wrong with cells of a row that are no words, in a few words each, by column. `by`: see `chosen_by`."""
    return {column: wrong for column in heads if (wrong := _wrong(column, entry.cells, flow, by))}


def missing_of_place(flow: Flow, entry: ListRow, heads: Collection[str]) -> tuple[str, ...]:
    """What is missing or wrong in a place: it may lack words in a language, and have several codes in a cell."""
    said = [] if any(entry.cells.get(tag) for tag in flow.languages) else [_("no words in any language")]
    for column in (each for each in heads if each in flow.lists):
        codes = split_codes(entry.cells.get(column, ""))
        if not codes and entry.cells.get("kind") not in NOWHERE:
            said.append(_("no %(column)s", column=column_words(column)))
        said += [_wrong_code(column, code) for code in codes if code not in flow.rows[column]]
    return tuple(said)


def _wrong_code(column: str, code: str) -> str:
    return _(
        "%(column)s “%(value)s” is not in the list %(list)s",
        column=column_words(column),
        value=code,
        list=list_title(column),
    )


def needed_columns(flow: Flow, name: str, heads: Collection[str]) -> frozenset[str]:
    """The columns without which a row of the list `name` lacks something; the words in each language are among them."""
    if name == PLACE_LIST:
        return frozenset({DISTRICT} & {*heads})
    asked = {*chosen_by(flow, name), *flow.lists, DAYS, *flow.languages} - {FLAG}
    return frozenset({*heads} & asked)


def _wrong(column: str, cells: Mapping[str, str], flow: Flow, by: Mapping[str, tuple[str, ...]]) -> str:
    value = cells.get(column, "")
    if column in by and not value:
        return _("no %(column)s, so no caller is offered it", column=column_words(column))
    if column in by and value not in by[column]:
        return _("%(column)s “%(value)s” is not one that callers can choose", column=column_words(column), value=value)
    if column in (*flow.lists, DAYS) and column != FLAG and not value:  # most categories are no danger
        return _("no %(column)s", column=column_words(column))
    if column in flow.lists and value and value not in flow.rows[column]:
        return _wrong_code(column, value)
    if column == DAYS and whole_number(value) is None:
        return _("%(column)s “%(value)s” is not a whole number", column=column_words(column), value=value)
    if column in YES and value not in _TOLD:
        return _("%(column)s is “yes” or empty, not “%(value)s”", column=column_words(column), value=value)
    return ""
