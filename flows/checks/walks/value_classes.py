"""The values of each variable as far as the conditions of a flow tell them apart: sets of classes, one bit for each.

A walk knows of a variable only which of these classes its value may be in. `category` of 78 rows has four of them if
conditions read its columns `emergency` and `sensitive`. The sets of all variables stand beside each other in one
number, so that one operation compares or joins them.
"""

from collections.abc import Iterable, Iterator, Sequence

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
Sets = int  # the classes that the value of each variable may be in, those of a variable `shift` bits from the right


class Change(Struct, frozen=True):
    """What an answer or action makes of values: the classes of `gone` variables become `new` ones, others stay."""

    gone: Sets = 0
    new: Sets = 0

    def after(self, sets: Sets) -> Sets:
        """Values as they are then."""
        return sets & ~self.gone | self.new


NO_CHANGE = Change()


class ClassedVariable(Struct, frozen=True):
    """A variable that conditions read. `empty` is the class of no value, `by_code` has the class of each code.

    `true` has the classes for which an atom holds, `all` every class; in `Sets` all of them are moved by `shift`.
    """

    name: str
    at: int
    shift: int
    all: int
    empty: int
    true: dict[IsSet | Compare, int]
    by_code: dict[str, int]

    @property
    def place(self) -> Sets:
        """Every class, as they stand in the sets of all variables."""
        return self.all << self.shift

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
        read: dict[str, list[IsSet | Compare]] = {}
        for atom in self._atoms():
            root = self._root(atom.name)
            alone = conditions.names(atom) == {atom.name} and atom.name not in (TODAY, CLOCK)
            if root and alone:  # what depends on two variables, or on the time, is not followed
                read.setdefault(root, []).append(atom)
        self.variables: list[ClassedVariable] = []
        self._places: dict[IsSet | Compare, tuple[ClassedVariable, Sets]] = {}
        for name, found in read.items():
            made = self._classed(name, list(dict.fromkeys(found)))
            if made is not None:
                self.variables.append(made)
                for atom, true in made.true.items():
                    self._places[atom] = (made, true << made.shift)
        self.everything = self._together(self.variables)
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
        before = self.variables[-1] if self.variables else None
        shift = before.shift + before.all.bit_length() if before else 0
        return ClassedVariable(name, len(self.variables), shift, every, empty, true, by_code)

    def _together(self, known: Iterable[ClassedVariable]) -> Sets:
        """Every class of some variables."""
        return sum(each.place for each in known)

    def all_but(self, numbers: int) -> Sets:
        """Every class of the variables that are not among these, a bit for each."""
        return self._together(each for each in self.variables if not numbers >> each.at & 1)

    def at_dial(self) -> Sets:
        """What a caller may bring who has just dialled: what is known of the phone, and nothing else."""
        given = {f"contact.{name}" for name in CONTACT} | (set(GIVEN) if is_texted(self.flow) else set())
        return sum(each.place if each.name in given else each.empty << each.shift for each in self.variables)

    def at_menu(self) -> Sets:
        """The same for a caller who comes back to the menu."""
        kept = (each.name.startswith("contact.") for each in self.variables)
        return sum(
            each.place if known else each.empty << each.shift for each, known in zip(self.variables, kept, strict=True)
        )

    def read_by(self, condition: Condition) -> int:
        """The variables that a condition reads, a bit for each."""
        found = 0
        for atom in atoms(condition):
            if atom in self._places:
                found |= 1 << self._places[atom][0].at
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
        each, true = place
        here = sets & each.place
        rest, yes, no = sets ^ here, here & true, here & ~true
        return [(holds, rest | part) for holds, part in ((True, yes), (False, no)) if part]

    def brought(self, save: str, action: str) -> Change:
        """What it changes that an action brings its record as `save`."""
        brought = [*self._values_brought(save, action)]
        return Change(self._together(each for each, _ in brought), sum(new << each.shift for each, new in brought))

    def _values_brought(self, save: str, action: str) -> Iterator[tuple[ClassedVariable, int]]:
        """The variables that a record brings, each with what it may hold then."""
        declared = ACTIONS.get(action)
        fields = declared.brings if declared is not None else {}
        for each in self.variables:
            name = each.name.removeprefix(f"{save}.")
            if each.name == save:
                yield each, self._field(each, False)
            elif each.name != name and name in fields:
                yield each, self._field(each, fields[name].empty)

    def picked(self, save: str) -> Change:
        """What it changes that one of several records was chosen and saved."""
        own = [each for each in self.variables if each.name == save or each.name.startswith(f"{save}.")]
        return Change(self._together(own), self._together(own))

    def _field(self, each: ClassedVariable, may_be_empty: bool) -> int:
        return each.all if may_be_empty else (each.all & ~each.empty) or each.all

    def saved(self, name: str, codes: Sequence[str] | None) -> Change:
        """What a saved answer changes: one of some codes, or (None) anything that can be typed."""
        each = self.by_name.get(name)
        if each is None:
            return NO_CHANGE
        new = self._field(each, False) if codes is None else each.among(codes)
        return Change(each.place, new << each.shift)

    def chosen(self, name: str, listed: str, where: tuple[str, str] | None = None) -> Change:
        """What it changes that a row of a list was chosen and its code saved: any, or one that the filter may offer."""
        each = self.by_name.get(name)
        if each is None:
            return NO_CHANGE
        key = (name, listed, where)
        if key not in self._of_rows:
            self._of_rows[key] = each.among(self._offered(listed, where))
        return Change(each.place, self._of_rows[key] << each.shift)

    def _offered(self, listed: str, where: tuple[str, str] | None) -> list[str]:
        rows = self.flow.rows[listed]
        codes = {*self._held.codes(where[1])} if where is not None else set()
        if where is None or not codes or self._known.is_unsure(where[1]):
            return [*rows]
        return [code for code, row in rows.items() if row.columns.get(where[0], "") in codes] or [*rows]
