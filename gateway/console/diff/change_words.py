"""What a comparison says of an option or a row, in words that an operator knows: titles for codes, days with a unit."""

from collections.abc import Iterator

from flows.menu.declared_names import columns_of
from flows.menu.model import Ask, Flow, Row
from flows.text.western_digits import whole_number
from flows.understanding.name_lookup import split_codes
from flows.versions.change import Change
from flows.versions.record_diff import NOTHING, RECORDED
from gateway.console.site.days import today
from gateway.console.site.i18n import _, day_words, ngettext
from gateway.console.site.titles import Title, column_words, option_title, row_title, screen_title

DAYS = "days"
_COLUMNS = {said: name for name, said in RECORDED.items() if said}  # the column that a sentence is about
_TO_SCREENS = ("next screen changed", "leads to", "after the last try goes to", "first screen changed")


def title_of(change: Change, before: Flow, after: Flow) -> Title | None:
    """What callers read of the option or row that a change is about; None if it is about neither."""
    match (*change.path, *change.inside):
        case ("screens", str(screen), "choose", str(code)):
            flow = after if _has_option(after, screen, code) else before
            return option_title(flow, screen, code)
        case ("lists", str(name), str(code)):
            return row_title(after if code in after.rows.get(name, {}) else before, name, code)
    return None


def _has_option(flow: Flow, screen: str, code: str) -> bool:
    ask = flow.screens.get(screen)
    return isinstance(ask, Ask) and any(each.code == code for each in ask.options)


def plain_words(change: Change, after: Flow) -> str:
    """What a change of an option or a row is, in the reader's language; "" for any other."""
    match change.path:
        case ("screens", str(screen)) if change.inside:
            return _option_words(change, after, screen)
        case ("screens", _screen, "choose", _code) if change.said == "number changed":
            return _("has another number")
        case ("screens", str(screen)) if " have new numbers, " in change.said:
            count, first = change.said.partition(" ")[0], change.said.rpartition(", ")[2].partition(" ")[0]
            listed = change.said.partition(" rows of ")[2].partition(" ")[0]
            title = str(row_title(after, listed, first))
            return ngettext(
                "%(num)d row has another number: %(first)s",
                "%(num)d rows have other numbers, among them %(first)s",
                int(count),
                first=title,
            )
        case ("lists", _name) if change.inside:
            return _("row removed") if change.before else _("new row")
        case ("lists", _name, _code):
            return _row_words(change)
    return ""


def _option_words(change: Change, after: Flow, screen: str) -> str:
    if change.after:
        return _("new option")
    key, ask = change.before.partition(" ")[0], after.screens.get(screen)
    other = next((each for each in ask.options if each.key == key), None) if isinstance(ask, Ask) else None
    if other is None:
        return _("option removed")
    title = str(option_title(after, screen, other.code))
    return _("option removed; its number %(key)s now chooses %(choice)s", key=key, choice=title)


def _row_words(change: Change) -> str:
    ends = change.after not in ("", NOTHING)
    if change.said == "is offered until":
        if not ends:
            return _("new calls offer it without an end")
        if change.after < today():
            return _("new calls no longer offer it")
        return _("new calls offer it until %(day)s", day=day_words(change.after))
    if change.said == "is offered from":
        return _("new calls offer it from %(day)s", day=day_words(change.after)) if ends else _("new calls offer it")
    if change.said.startswith("column "):
        column = change.said.removeprefix("column ").removesuffix(" changed")
        if column == "group":
            return _("belongs to another group")
        return _("%(column)s changed", column=column_words(column))
    return {
        RECORDED["office"]: _("goes to another office"),
        RECORDED["days"]: _("is due after another number of days"),
        RECORDED["against"]: _("is about another office"),
        RECORDED["emergency_check"]: _("is asked another question first"),
        RECORDED["province"]: _("belongs to another province"),
        RECORDED["district"]: _("belongs to another district"),
    }.get(change.said, "")


def values_of(change: Change, before: Flow, after: Flow) -> tuple[str, str]:
    """What stood there and what stands there now, with titles for the codes of screens and rows."""
    match change.path:
        case ("lists", _name, _code) if change.said in ("is offered until", "is offered from"):
            return "", ""  # the sentence has the day
        case ("lists", str(name), _code):
            column = _COLUMNS.get(change.said) or change.said.removeprefix("column ").removesuffix(" changed")
            return _cell_words(before, name, column, change.before), _cell_words(after, name, column, change.after)
    if change.path[0] == "screens" and (change.said in _TO_SCREENS or change.said.endswith(" goes to")):
        return _screen_words(before, change.before), _screen_words(after, change.after)
    return change.before, change.after


def _screen_words(flow: Flow, screen: str) -> str:
    return str(screen_title(flow, screen)) if screen in flow.screens else screen


def details_of(change: Change, before: Flow, after: Flow) -> tuple[str, ...]:
    """What matters of a row that came or went, beside its words: its group, office, days, flags and last day."""
    match (change.path, change.inside):
        case (("lists", str(name)), (str(code),)):
            flow = before if change.before else after
            row = flow.rows.get(name, {}).get(code)
            return tuple(_details(flow, name, row)) if row is not None else ()
    return ()


def _details(flow: Flow, name: str, row: Row) -> Iterator[str]:
    for column, cell in row.columns.items():
        if cell and column == "against":
            yield _("about: %(office)s", office=_cell_words(flow, name, column, cell))
        elif cell and column == "emergency_check":
            yield _("asked first: %(question)s", question=_cell_words(flow, name, column, cell))
        elif cell and (column == DAYS or _list_of(name, column) or column in flow.rows):
            yield _cell_words(flow, name, column, cell)
        elif cell == "yes":
            yield column_words(column)
    if row.active_from:
        yield _("offered from %(day)s", day=day_words(row.active_from))
    if row.active_until:
        yield _("offered until %(day)s", day=day_words(row.active_until))


def _list_of(name: str, column: str) -> str:
    """The list whose codes stand in a column; "" if it has none of a declared list."""
    found = next((each for each in columns_of(name) if each.name == column and each.cells in ("code", "codes")), None)
    return (found.of or name) if found is not None and column != "code" else "group" if column == "group" else ""


def _cell_words(flow: Flow, name: str, column: str, cell: str) -> str:
    if cell in ("", NOTHING):
        return "" if not cell else _("nothing")
    days = whole_number(cell) if column == DAYS else None
    if days is not None:
        return ngettext("%(num)d working day", "%(num)d working days", days)
    listed = _list_of(name, column) or column
    if listed not in flow.rows:
        return cell
    return _("; ").join(str(row_title(flow, listed, code)) for code in split_codes(cell))
