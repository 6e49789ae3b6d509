"""F409 and F507: conditions that compare unlike things or can only go one way, and screens that hide every choice.

Each variable of a condition is tried with the values it can hold (the codes of its list, the numbers around the one
compared with, nothing at all); a condition that is the same for all of them decides nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from flows.checks.analysis.condition_facts import atoms, values_of
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import Kind, PossibleValues
from flows.checks.dataflow.unset_variables import Analysis
from flows.checks.dataflow.unset_variables import holds as certainly
from flows.menu import conditions, notation
from flows.menu.diagnostics import Path
from flows.menu.model import CLOCK, TODAY, Ask, Compare, Condition, Either, Option, Value
from flows.menu.screen_kinds import conditions_of
from flows.text.typed_date import DAYS

MOST_TRIED = 4096  # combinations of values; a condition with more is taken at its word
TYPES: dict[Kind, str] = {
    "number": "a number",
    "yes_no": "yes or no",
    "date": "a date",
    "record": "a whole record",
    "records": "a list of records",
    "code": "a code of a list",
    "words": "words",
}


def check_conditions(findings: Findings) -> None:
    """Report conditions that decide nothing, and choices that can all be hidden at once."""
    held, analysis = findings.held, Analysis(findings.flow, findings.spend)
    for name, screen in findings.flow.screens.items():
        for place, condition in conditions_of(screen):
            _decides(findings, held, (*findings.path(name), *place), condition)
    for ask in findings.flow.asks:
        if ask.options and ask.pick is None and ask.answer is None:
            _hidden(findings, held, analysis, ask.id, ask)


def _decides(findings: Findings, held: PossibleValues, path: Path, condition: Condition) -> None:
    if findings.tells(path, "F728"):
        return  # told already
    for atom in atoms(condition):
        if isinstance(atom, Compare) and (fault := _unlike(held, atom)):
            message, hint = fault
            findings.add("F409", path, f"{path[-1]}: {message}", hint=hint)
            return
    outcomes = {conditions.holds(condition, values.get) for values in _tried(held, condition)}
    if len(outcomes) == 1:
        always = True in outcomes
        effect = _effect(path[-1], always)
        message = f"{notation.condition(condition)!r} is {'always' if always else 'never'} true: {effect}"
        findings.add("F409", path, message, hint="remove or correct it")


def _effect(word: str, always: bool) -> str:
    if word == "skip_if":
        return "no caller sees this screen" if always else "it is never skipped"
    return "it hides nothing" if always else "no caller sees this choice"


def _unlike(held: PossibleValues, atom: Compare) -> tuple[str, str] | None:
    """What is wrong with one comparison, and what to write; None when some value makes it true."""
    if atom.name == TODAY or (atom.operator == ">" and isinstance(atom.value, str)):
        return None  # any day can come, and what is compared with a variable is told by F728
    if atom.operator == "in" and " " in str(atom.value):
        single = (Compare(atom.name, "in", code) for code in str(atom.value).split())
        return next(filter(None, (_unlike(held, each) for each in single)), None)
    values = held.values(atom.name, [atom.value])
    if not values or any(conditions.holds(atom, {atom.name: value}.get) for value in values):
        return None
    kinds = held.kinds(atom.name)
    what = " or ".join(TYPES[kind] for kind in sorted(kinds))
    if atom.operator == ">" and not kinds & {"number", "records"}:
        return f"{atom.name} is {what}, so > is never true", f"write {atom.name}, or {atom.name} = value"
    if "code" in kinds and isinstance(atom.value, str):
        codes = held.codes(atom.name)
        hint = held.suggest(atom.value, codes) or f"it is one of {', '.join(list(codes)[:5])} …"
        return f"{atom.name} is never {atom.value!r}, so this is never true", hint
    if kinds & {"record", "records"}:
        return f"{atom.name} is {what}, which = cannot compare", f"use one of its fields, or write {atom.name} alone"
    if kinds == {"number"} and isinstance(atom.value, str):
        return f"{atom.name} is {what} and {atom.value!r} is not: they are never equal", "compare it with a number"
    message = f"{notation.condition(atom)!r} can never be true: {atom.name} is {what}"
    if kinds == {"date"}:
        named = (f"{atom.value}"[:3].lower(),)
        days = ", ".join(day for day in DAYS if day in named) or "fri, sat"
        return message, f"write {atom.name} in ({days}) for days of the week"
    return message, "compare it with a value that it can have"


def _tried(held: PossibleValues, condition: Condition, known: Sequence[str] = ()) -> Iterator[Mapping[str, Value]]:
    """Every combination of what the variables of a condition can hold; nothing when one of them is not known."""
    named: dict[str, list[str | int]] = {}
    for atom in atoms(condition):
        for name in conditions.names(atom):
            named.setdefault(name, [])
        if isinstance(atom, Compare):
            named[atom.name] += values_of(atom)
    choices: list[list[Value]] = []
    count = 1
    for name, compared in named.items():
        values = held.values(name, compared)
        choices.append([value for value in values if value is not None or name not in known])
        count *= len(choices[-1])
    if 0 < count <= MOST_TRIED:
        held.spend(count * (1 + len(atoms(condition))))
        yield from (dict(zip(named, values, strict=True)) for values in product(*choices))


def _hidden(findings: Findings, held: PossibleValues, analysis: Analysis, name: str, screen: Ask) -> None:
    shown_if = _any(screen.options)
    if shown_if is None:
        return
    both = Either(shown_if, screen.skip_if) if screen.skip_if is not None else shown_if
    entry = analysis.on_entry.get(name, frozenset())
    known = [each for each in conditions.names(both) if certainly(entry, each)]
    hiding = next((values for values in _tried(held, both, known) if not conditions.holds(both, values.get)), None)
    if hiding is not None:
        when = f" (at {hiding[CLOCK]})" if CLOCK in hiding else ""
        message = f"when can hide all choices at once{when}, so a caller would have nothing to choose"
        hint = "keep one choice without when"
        findings.add("F507", (*findings.path(name), "choose"), message, hint=hint)


def _any(options: Sequence[Option]) -> Condition | None:
    """True where one of the options is offered; None when one always is."""
    shown = [option.when for option in options if option.when is not None]
    return _either(shown) if len(shown) == len(options) else None


def _either(of: Sequence[Condition]) -> Condition:
    """True where one of the conditions is; a shallow tree, however many there are."""
    half = len(of) // 2
    return of[0] if len(of) == 1 else Either(_either(of[:half]), _either(of[half:]))
