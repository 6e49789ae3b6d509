"""What each variable of a flow may hold, and how long its words can be."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from flows.cases.officer_code import DIGITS
from flows.checks.analysis.list_facts import longest_cells, room_of_rows
from flows.engine.answer_kinds import kind_of
from flows.engine.call_days import depends_on_time
from flows.engine.sms_channel import GIVEN, is_texted
from flows.engine.variables import DATE, EVENT_FIELDS, longest_call_words, needs_ucs2, row_of, row_words
from flows.menu.action_spec import ResultField
from flows.menu.actions import ACTIONS, COMPLAINT, CONTACT, LONGEST_LINES, LONGEST_LINES_UCS2, TEXTED_LINES
from flows.menu.model import (
    CLOCK,
    DANGER,
    FIRST_DAY,
    HOLIDAY,
    LANGUAGES_LIST,
    LAST_DAY,
    RECEIPT,
    TODAY,
    Ask,
    Flow,
    Record,
    Scalar,
    Value,
)
from flows.menu.screen_kinds import option_saves
from flows.text import date_format

MOST_RECORDS = 5  # an action brings at most this many complaints: three of the caller's and two of others
CALL = "call"  # the placeholder for helplines
DRAWN = {"code": "8" * DIGITS[-1]}  # digits, at their longest
COUNTED = {"steps": "888", "offices": "88", "reveals": "88", "record": "8KQM-8X9D-PT4V"}  # of a case, at their longest
SERVICE = {
    "line": "*123456#",
    "ussd": "*123456#",
    "sms": "123456",
    "help": "1234",
}  # given by the installation where not in the flow


class Variables(Struct):
    """`held` are variables with what they may hold, `cells` list columns with their longest cell.

    `records` are variables that hold one record or, in `lists`, several; `unsure` are saved by an unknown action or
    by something else that could not be read.
    """

    held: dict[str, ResultField] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    records: dict[str, Mapping[str, ResultField]] = field(default_factory=dict)
    lists: dict[str, Mapping[str, ResultField]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def known(self, name: str, flow: Flow) -> bool:
        """True when something saves `name` or the service gives it."""
        given = (
            (name == RECEIPT and bool(flow.receipt))
            or name in self.held
            or name in self.cells
            or name in flow.service
            or name in SERVICE
        )
        return given or self.is_unsure(name)

    def is_unsure(self, name: str) -> bool:
        """True for what may be saved, or hold more than is known, by something that could not be read."""
        return any(name == each or name.startswith(f"{each}.") for each in self.unsure)

    def names(self, flow: Flow) -> list[str]:
        """Every name a text may use."""
        return [*self.held, *self.cells, *flow.service, *SERVICE]


def variables_of(flow: Flow) -> Variables:
    """Gather what the screens of a flow save."""
    given = GIVEN if is_texted(flow) else {}
    found = Variables(held={**given, **{f"contact.{name}": brings for name, brings in CONTACT.items()}})
    for screen in flow.actions:
        if screen.save:
            _brought(found, screen.save, screen.action)
    if flow.danger_screen:
        _brought(found, DANGER, "find_danger")
    for ask in flow.asks:
        _answered(found, ask)
    if depends_on_time(flow):
        found.held |= {TODAY: ResultField(9, kind="date"), CLOCK: ResultField(5, sample="13:30")}
        found.held[HOLIDAY] = ResultField(3, kind="yes_no")
    if flow.days:
        found.held |= dict.fromkeys((FIRST_DAY, LAST_DAY), ResultField(9, kind="date"))
    for name, brings in list(found.held.items()):
        if name.startswith("contact.") or "." not in name:
            for column, cell in (longest_cells(flow, brings.list) if brings.list in flow.lists else {}).items():
                found.cells[f"{name}.{column}"] = cell
    return found


def _brought(found: Variables, save: str, action: str) -> None:
    declared = ACTIONS.get(action)
    if declared is None:
        found.unsure.add(save)
    elif declared.many:
        found.lists[save] = declared.brings
    elif declared.brings:
        _record(found, save, declared.brings)


def _record(found: Variables, save: str, fields: Mapping[str, ResultField]) -> None:
    found.records[save] = fields
    for name, brings in fields.items():
        _hold(found, f"{save}.{name}", brings)


def _answered(found: Variables, screen: Ask) -> None:
    pick = screen.pick
    if pick is not None and pick.typed is not None:
        _hold(found, pick.typed.save, ResultField(24, list=pick.typed.list))
    if screen.save is None:
        return
    if pick is not None and pick.list in found.lists:
        _record(found, screen.save, found.lists[pick.list])
    elif pick is not None:
        _hold(found, screen.save, ResultField(24, list=pick.list))
    if screen.options and option_saves(screen):
        _hold(found, screen.save, ResultField(max(len(option.code) for option in screen.options)))
    if screen.answer is not None:
        _hold(found, screen.save, kind_of(screen.answer).holds(screen.answer))


def _hold(found: Variables, name: str, brings: ResultField) -> None:
    """For a variable that two screens save, the longer value counts; the codes of a list are kept."""
    before = found.held.get(name)
    if before is None or (brings.list is not None, brings.longest) > (before.list is not None, before.longest):
        found.held[name] = brings
    if before is not None:
        typed = max((each.longest for each in (before, brings) if each.any_script), default=0)
        if typed:
            kept = found.held[name]
            found.held[name] = replace(kept, longest=max(typed, kept.longest), any_script=True)


def longest_values(flow: Flow, known: Variables, language: str, *, foreign: bool = False) -> dict[str, Value]:
    """Every variable of a flow with the value whose words take the most room in a language.

    `foreign`: what people wrote is in letters that the language itself does not need.
    """
    values: dict[str, Value] = {name: words for name, words in SERVICE.items() if name not in flow.service}
    for name, cell in known.cells.items():
        list_name = flow.kinds.get(name, "")
        values[name] = longest_code(flow, list_name, language) or cell
    for name, brings in known.held.items():
        values[name] = _longest(flow, flow.kinds.get(name) or brings.list, brings, language, foreign)
    for name, fields in known.lists.items():
        record: Record = {
            each: _longest(flow, flow.kinds.get(f"{name}.{each}"), brings, language, foreign)
            for each, brings in fields.items()
        }
        values[name] = [record] * MOST_RECORDS
    return values


def longest_fields(flow: Flow, language: str, *, foreign: bool = False) -> dict[str, Value]:
    """The longest values of what an event's SMS is filled with."""
    same = {"ref": "number", "cat": "category"}
    fields: dict[str, Value] = {
        name: _longest(flow, kind, COMPLAINT[same.get(name, name)], language, foreign)
        for name, kind in EVENT_FIELDS.items()
        if name != CALL and name not in DRAWN | COUNTED
    }
    fields[CALL] = longest_call_words(flow, language) or TEXTED_LINES
    return fields | DRAWN | COUNTED | {name: flow.service.get(name, words) for name, words in SERVICE.items()}


def longest_code(flow: Flow, list_name: str, language: str) -> str | None:
    """The code of the row whose words take the most room; None when there is no such list or it is empty."""
    rows = flow.lists.get(list_name, ())
    key = ("longest", list_name, language)
    if rows and key not in flow.memo:
        room = room_of_rows(flow, list_name, language)
        flow.memo[key] = [max(room, key=room.__getitem__)]
    return flow.memo[key][0] if rows else None


def _longest(flow: Flow, kind: str | None, brings: ResultField, language: str, foreign: bool) -> Scalar:
    if kind == DATE or brings.kind == "date":
        days = [date(2026, month, 28) for month in range(1, 13)]
        return max(days, key=lambda day: len(date_format.show_date(day, language))).isoformat()
    if kind == LANGUAGES_LIST:
        return max(flow.languages, key=lambda tag: len(flow.languages[tag]))
    if brings.kind == "yes_no":
        return True
    if brings.kind == "lines":
        shipped = LONGEST_LINES_UCS2 if needs_ucs2(flow, language) else LONGEST_LINES
        return longest_call_words(flow, language) or shipped
    letter = "8"
    if brings.any_script:
        letter = "ن" if foreign or needs_ucs2(flow, language) else "n"
    code = longest_code(flow, kind or "", language)
    row = row_of(flow, kind or "", code)
    chosen = len(row_words(flow, row, language)) if row else 0
    typed = brings.longest if code is None or brings.any_script else 0  # a name on no list is shown as it was typed
    return code if code is not None and chosen >= typed else letter * brings.longest
