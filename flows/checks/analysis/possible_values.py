"""The values a variable can hold, as far as they matter to a condition."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Literal

from flows.checks.analysis.variables import MOST_RECORDS, Variables
from flows.engine.answer_kinds import ANY_NUMBER, kind_of
from flows.menu.action_spec import ResultField
from flows.menu.actions import CONTACT
from flows.menu.model import CLOCK, LANGUAGES_LIST, TODAY, Ask, Flow, Pick, Record, Value
from flows.menu.screen_kinds import option_saves, saves_of

Kind = Literal["number", "yes_no", "date", "record", "records", "code", "words"]
UNTRUE = ("no", "0", "false", "")  # how codes and columns spell a value that is not so
RECORD: Record = {"number": "1"}


class PossibleValues:
    """Looks up what the screens of a flow save. What cannot be known (an unknown action) has no values at all."""

    def __init__(
        self,
        flow: Flow,
        known: Variables,
        *,
        spend: Callable[[int], None],
        suggest: Callable[[str, Collection[str]], str],
    ) -> None:
        self.flow, self.spend, self.suggest, self._known = flow, spend, suggest, known
        self._asks: dict[str, list[Ask]] = {}
        self._codes: dict[str, list[str]] = {}
        for ask in self.flow.asks:
            for name in dict.fromkeys(saves_of(ask)):
                self._asks.setdefault(name, []).append(ask)

    def kinds(self, name: str) -> set[Kind]:
        """What sorts of value it holds."""
        return {kind for kind, _ in self._sources(name, ())}

    def codes(self, name: str) -> list[str]:
        """The codes of lists and choices it can hold, each once."""
        if name not in self._codes:
            found = [value for kind, values in self._sources(name, ()) if kind == "code" for value in values]
            self._codes[name] = list(dict.fromkeys(str(value) for value in found))
        return self._codes[name]

    def values(self, name: str, compared: Sequence[str | int]) -> list[Value]:
        """The values it can have that matter to a comparison with these, and None; [] if they are not known."""
        if name in (TODAY, CLOCK):
            return [*(_WEEK if name == TODAY else _times(compared))]
        sources = list(self._sources(name, compared))
        self.spend(sum(len(values) for _, values in sources))
        if not sources or self._known.is_unsure(name):
            return []
        found: list[Value] = [None]
        for kind, values in sources:
            kept = values
            if kind == "code":
                wanted = {*map(str, compared)}
                named = [value for value in values if str(value) in wanted]
                other = [value for value in values if str(value) not in wanted]
                untrue = [value for value in other if value in UNTRUE]
                kept = [*named, *untrue[:1], *[value for value in other if value not in UNTRUE][:1]]
            found += [value for value in kept if value not in found or isinstance(value, bool)]
        return found

    def _sources(self, name: str, compared: Sequence[str | int]) -> Iterable[tuple[Kind, list[Value]]]:
        known = self._known
        if name in known.lists:
            yield "records", [[RECORD] * count for count in range(MOST_RECORDS + 1)]
        elif name in known.records:
            yield "record", [RECORD]
        elif name in known.cells:
            yield "code", list(self._column(name))
        elif name in self._asks:
            for screen in self._asks[name]:
                yield from self._asked(name, screen, compared)
        if name.startswith("contact.") and name.removeprefix("contact.") in CONTACT:
            yield self._brought(CONTACT[name.removeprefix("contact.")], name, compared)
        elif name not in self._asks and name in known.held:
            yield self._brought(known.held[name], name, compared)

    def _column(self, name: str) -> list[str]:
        """The cells of a list's column, through the variable that holds a code of the list."""
        head, _, column = name.rpartition(".")
        rows = self.flow.lists.get(self.flow.kinds.get(head, ""), ())
        held = {*self.codes(head)}
        offered = [row for row in rows if row.code in held] or rows  # of rows that nobody can choose no cell is read
        cells = dict.fromkeys(row.columns.get(column, "") for row in offered)
        return list(cells) or [""]

    def _asked(self, name: str, screen: Ask, compared: Sequence[str | int]) -> Iterable[tuple[Kind, list[Value]]]:
        pick = screen.pick
        if option_saves(screen) == name and screen.options:
            yield "code", [option.code for option in screen.options]
        if pick is not None and pick.typed is not None and pick.typed.save == name:
            yield "code", self._rows(pick.typed.list)
        if pick is not None and screen.save == name and pick.list not in self._known.lists:
            yield "code", self._offered(pick)
        if screen.save == name and screen.answer is not None:
            holds = kind_of(screen.answer).holds(screen.answer).kind
            if holds == "number":
                yield "number", _numbers(compared, *(screen.answer.between or ANY_NUMBER))
            elif holds == "date":
                yield "date", _days(compared)
            else:
                yield "words", ["words", *(str(value) for value in compared)]

    def _offered(self, pick: Pick) -> list[Value]:
        """The codes of the rows that a pick offers to anybody, whatever its filter is asked with."""
        codes = self._rows(pick.list)
        if pick.where is None or pick.type_name or self._known.is_unsure(pick.where[1]):
            return codes
        wanted = {*parents(self.flow, pick)}
        rows = self.flow.rows.get(pick.list, {})
        self.spend(len(rows) // 8)
        return [code for code in codes if rows[str(code)].columns.get(pick.where[0]) in wanted] if wanted else codes

    def _rows(self, list_name: str) -> list[Value]:
        if list_name == LANGUAGES_LIST:
            return list(self.flow.languages)
        return list(self.flow.rows.get(list_name, {}))

    def _brought(self, brings: ResultField, name: str, compared: Sequence[str | int]) -> tuple[Kind, list[Value]]:
        list_name = self.flow.kinds.get(name) or brings.list or ""
        if list_name in self.flow.lists or list_name == LANGUAGES_LIST:
            return "code", self._rows(list_name)
        if brings.values:
            return "code", [*brings.values]
        if brings.kind == "number":
            return "number", _numbers(compared, *ANY_NUMBER)
        if brings.kind == "yes_no":
            return "yes_no", [True, False]
        if brings.kind == "date":
            return "date", _days(compared)
        return "words", ["words", "", *(str(value) for value in compared)]


def parents(flow: Flow, pick: Pick | None) -> list[str]:
    """The codes a filter may be asked with: those of the list, and of the choices, that its variable is saved from."""
    if pick is None or pick.where is None:
        return []
    variable = pick.where[1]
    head, _, column = variable.rpartition(".")
    rows = flow.lists.get(flow.kinds.get(head, ""), ())
    if rows and column in rows[0].columns:  # a column of the row that was chosen
        return [cell for cell in dict.fromkeys(row.columns[column] for row in rows) if cell]
    chosen = [option.code for ask in flow.asks if option_saves(ask) == variable for option in ask.options]
    return [*(row.code for row in flow.lists.get(flow.kinds.get(variable, ""), ())), *dict.fromkeys(chosen)]


_WEEK = tuple(f"2026-06-{day}" for day in range(15, 22))  # Monday to Sunday
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _days(compared: Sequence[str | int]) -> list[Value]:
    """A day of each name, and the days that are compared with: conditions ask for a day, or for days of the week."""
    return [*_WEEK, *(str(value) for value in compared if _DAY.fullmatch(str(value)))]


def _times(compared: Sequence[str | int]) -> list[str]:
    """Times of the day that matter to spans such as 09:00-17:00: their ends, and the last minute before each."""
    ends = {time for span in compared for time in str(span).split("-")} | {"00:00", "12:00"}
    minutes = {int(end[:2]) * 60 + int(end[3:]) for end in ends}
    near = sorted({each % (24 * 60) for minute in minutes for each in (minute - 1, minute)})
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in near]


def _numbers(compared: Sequence[str | int], low: int, high: int) -> list[Value]:
    near = [number + step for number in compared if isinstance(number, int) for step in (-1, 0, 1)]
    return [number for number in sorted({low, high, *near}) if low <= number <= high]
