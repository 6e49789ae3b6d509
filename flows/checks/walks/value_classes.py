"""The values of each variable as far as the conditions of a flow tell them apart: sets of classes, one bit for each.

A walk knows of a variable only which of these classes its value may be in. `category` of 78 rows has four of them if
conditions read its columns `emergency` and `sensitive`.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from flows.checks.analysis.condition_facts import atoms, values_of
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import UNTRUE
from flows.engine.sms_channel import GIVEN, is_texted
from flows.menu import conditions
from flows.menu.actions import ACTIONS, CONTACT
from flows.menu.model import CLOCK, TODAY, Both, Compare, Condition, Do, Either, IsSet, Not, Value
from flows.menu.screen_kinds import conditions_of

EMERGENCY = "emergency"  # the column of rows that tell of a danger to life
Sets = tuple[int, ...]  # for each variable, in the order of `Classes.variables`, the classes that its value may be in


class ClassedVariable(Struct, frozen=True):
    """A variable that conditions read. `empty` is the class of no value, `by_code` has the class of each code.

    `true` has the classes for which an atom holds, `all` every class.
    """

    name: str
    at: int
    all: int
    empty: int
    true: dict[IsSet | Compare, int]
    by_code: dict[str, int]

    def among(self, codes: Iterator[str] | Sequence[str]) -> int:
        """The classes that codes are in; every class but no value for codes that are not known."""
        found = 0
        for code in codes:
            found |= self.by_code.get(code, 0)
        return found or (self.all & ~self.empty) or self.all


class Classes:
    """The variables of a flow that its conditions read, and what conditions say of their values."""

    def __init__(self, findings: Findings) -> None:
        self.flow, self._spend = findings.flow, findings.spend
        self._held = findings.held
        self._known = findings.known
        self._of_rows: dict[tuple[str, str, tuple[str, str] | None], int] = {}
        self._brought: dict[tuple[str, str], tuple[tuple[int, int], ...]] = {}
        read: dict[str, list[IsSet | Compare]] = {}
        for atom in self._atoms():
            root = self._root(atom.name)
            alone = conditions.names(atom) == {atom.name} and atom.name not in (TODAY, CLOCK)
            if root and alone:  # what depends on two variables, or on the time, is not followed
                read.setdefault(root, []).append(atom)
        self.variables: list[ClassedVariable] = []
        self._places: dict[IsSet | Compare, tuple[int, int]] = {}
        for name, found in read.items():
            made = self._classed(name, list(dict.fromkeys(found)))
            if made is not None:
                self.variables.append(made)
                for atom, true in made.true.items():
                    self._places[atom] = (made.at, true)
        self.everything: Sets = tuple(each.all for each in self.variables)
        self.by_name = {each.name: each for each in self.variables}

    def _atoms(self) -> Iterator[IsSet | Compare]:
        for screen in self.flow.screens.values():
            for _, condition in conditions_of(screen):
                yield from atoms(condition)
            if isinstance(screen, Do) and "category" in screen.arguments:
                name = screen.arguments["category"]
                if self._has_column(name, EMERGENCY):
                    yield IsSet(f"{name}.{EMERGENCY}")

    def _has_column(self, name: str, column: str) -> bool:
        rows = self.flow.lists.get(self.flow.kinds.get(name, ""), ())
        return bool(rows) and column in rows[0].columns

    def _root(self, name: str) -> str:
        """The variable whose value decides an atom about `name`; "" for words that never change."""
        if name in self.flow.service or self._known.is_unsure(name):
            return ""
        head, _, column = name.rpartition(".")
        return head if head and name not in self._known.held and self._has_column(head, column) else name

    def _classed(self, name: str, read: list[IsSet | Compare]) -> ClassedVariable | None:
        compared = [
            value for atom in read if isinstance(atom, Compare) and atom.name == name for value in values_of(atom)
        ]
        columns = sorted({atom.name.removeprefix(f"{name}.") for atom in read} - {name})
        numbers: dict[tuple[bool, ...], int] = {}
        by_code: dict[str, int] = {}
        kept: dict[tuple[str, ...], int] = {}
        rows = self.flow.rows.get(self.flow.kinds.get(name, ""), {})
        codes = self._held.codes(name)
        values: list[Value] = [None, *self._held.values(name, compared)]
        if len(values) == 1 and not codes:
            return None

        def put(value: Value, cells: dict[str, str]) -> int:
            def lookup(asked: str) -> Value:
                return value if asked == name else cells.get(asked.removeprefix(f"{name}."))

            truths = (value is None, *(conditions.holds(atom, lookup) for atom in read))
            return 1 << numbers.setdefault(truths, len(numbers))

        empty = put(None, {})
        named = {str(value) for value in compared} | {*UNTRUE}
        self._spend(len(codes))
        for code in codes:
            cells = rows[code].columns if code in rows else {}
            key = (code if code in named else "*", *(cells.get(column, "") for column in columns))
            if key not in kept:
                kept[key] = put(code, cells)
            by_code[code] = kept[key]
        every = empty
        for value in values[1:]:
            every |= 0 if value is None or (isinstance(value, str) and value in by_code) else put(value, {})
        for bit in by_code.values():
            every |= bit
        true = {
            atom: sum(1 << at for truths, at in numbers.items() if truths[place]) for place, atom in enumerate(read, 1)
        }
        return ClassedVariable(name, len(self.variables), every, empty, true, by_code)

    def at_dial(self) -> Sets:
        """What a caller may bring who has just dialled: what is known of the phone, and nothing else."""
        given = {f"contact.{name}" for name in CONTACT} | (set(GIVEN) if is_texted(self.flow) else set())
        return tuple(each.all if each.name in given else each.empty for each in self.variables)

    def at_menu(self) -> Sets:
        """The same for a caller who comes back to the menu."""
        return tuple(each.all if each.name.startswith("contact.") else each.empty for each in self.variables)

    def read_by(self, condition: Condition) -> int:
        """The variables that a condition reads, a bit for each."""
        found = 0
        for atom in atoms(condition):
            if atom in self._places:
                found |= 1 << self._places[atom][0]
        return found

    def is_known(self, condition: Condition) -> bool:
        """True for a condition of which every variable is followed."""
        return all(atom in self._places for atom in atoms(condition))

    def divide(self, condition: Condition | None, sets: Sets) -> list[tuple[bool, Sets]]:
        """What a condition makes of callers with these values: whether it holds, and for which of them."""
        if condition is None:
            return [(True, sets)]
        match condition:
            case Not(of):
                return [(not holds, each) for holds, each in self.divide(of, sets)]
            case Both(left, right) | Either(left, right):
                decided = isinstance(condition, Either)  # what one side alone decides
                found: list[tuple[bool, Sets]] = []
                for holds, each in self.divide(left, sets):
                    found += [(holds, each)] if holds == decided else self.divide(right, each)
                return found
            case IsSet() | Compare():
                return self._divided(condition, sets)

    def _divided(self, atom: IsSet | Compare, sets: Sets) -> list[tuple[bool, Sets]]:
        place = self._places.get(atom)
        if place is None:
            return [(True, sets), (False, sets)]
        at, true = place
        yes, no = sets[at] & true, sets[at] & ~true
        return [(holds, (*sets[:at], part, *sets[at + 1 :])) for holds, part in ((True, yes), (False, no)) if part]

    def brought(self, save: str, sets: Sets, action: str) -> Sets:
        """Values after an action brought its record as `save`."""
        if (save, action) not in self._brought:
            self._brought[save, action] = tuple(self._values_brought(save, action))
        after = list(sets)
        for at, value in self._brought[save, action]:
            after[at] = value
        return tuple(after)

    def _values_brought(self, save: str, action: str) -> Iterator[tuple[int, int]]:
        """The variables that a record brings, by their number, each with what it may hold then."""
        declared = ACTIONS.get(action)
        fields = declared.brings if declared is not None else {}
        for each in self.variables:
            name = each.name.removeprefix(f"{save}.")
            if each.name == save:
                yield each.at, self._field(each, False)
            elif each.name != name and name in fields:
                yield each.at, self._field(each, fields[name].empty)

    def picked(self, save: str, sets: Sets) -> Sets:
        """Values after one of several records was chosen and saved."""
        return tuple(
            each.all if each.name == save or each.name.startswith(f"{save}.") else old
            for each, old in zip(self.variables, sets, strict=True)
        )

    def _field(self, each: ClassedVariable, may_be_empty: bool) -> int:
        return each.all if may_be_empty else (each.all & ~each.empty) or each.all

    def saved(self, name: str, codes: Sequence[str] | None, sets: Sets) -> Sets:
        """Values after an answer was saved: one of some codes, or (None) anything that can be typed."""
        each = self.by_name.get(name)
        if each is None:
            return sets
        new = self._field(each, False) if codes is None else each.among(codes)
        return (*sets[: each.at], new, *sets[each.at + 1 :])

    def chosen(self, name: str, listed: str, sets: Sets, where: tuple[str, str] | None = None) -> Sets:
        """Values after a row of a list was chosen and its code saved: any row, or one that the filter may offer."""
        each = self.by_name.get(name)
        if each is None:
            return sets
        key = (name, listed, where)
        if key not in self._of_rows:
            self._of_rows[key] = each.among(self._offered(listed, where))
        return (*sets[: each.at], self._of_rows[key], *sets[each.at + 1 :])

    def _offered(self, listed: str, where: tuple[str, str] | None) -> list[str]:
        rows = self.flow.rows[listed]
        codes = {*self._held.codes(where[1])} if where is not None else set()
        if where is None or not codes or self._known.is_unsure(where[1]):
            return [*rows]
        return [code for code, row in rows.items() if row.columns.get(where[0], "") in codes] or [*rows]
