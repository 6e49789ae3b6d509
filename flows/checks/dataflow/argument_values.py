"""F413, F415, F416 and F606: what actions are given against what they take: a value, or what a variable can hold."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from flows.cases.lifecycle_file import limit_of
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.possible_values import Kind, PossibleValues
from flows.engine.answer_kinds import is_free
from flows.menu.action_spec import Argument
from flows.menu.actions import ACTIONS, KNOWN
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do, Flow
from flows.text.western_digits import whole_number

NAMED = 5  # codes that a finding names
TRACKING_NUMBER = "tracking_number"  # the kind of answer that knows a mistyped digit
WORDS = ("details", "words")  # arguments for what callers write
JOINS, NUMBER = "me_too", "number"  # the act for a problem of others, and the field that all records have
FINDS = ("find_complaint", "number")  # the argument that a number is looked up by
YES_NO = ("yes", "no")
NO_CODES: dict[Kind, str] = {  # what is never a code, for people
    "number": "a number",
    "yes_no": "yes or no",
    "date": "a date",
    "record": "a whole record",
    "records": "a list of records",
}


class _Use(Struct, frozen=True):
    """An argument that a screen gives to its action: where it is written, what the action takes, and what is given."""

    findings: Findings
    held: PossibleValues
    screen: Do
    path: Path
    expected: Argument
    given: str  # a variable, or a value

    @property
    def argument(self) -> str:
        return self.path[-1]

    @property
    def flow(self) -> Flow:
        return self.findings.flow


def check_argument_values(findings: Findings) -> None:
    """Report values that no action of this kind can use, and variables that hold something else than it takes."""
    held, told = findings.held, set[tuple[str, str]]()
    for screen in findings.flow.actions:
        declared = ACTIONS.get(screen.action)
        for argument, source in screen.arguments.items() if declared is not None else ():
            expected = declared.arguments.get(argument) if declared is not None else None
            if expected is None or expected.list in findings.broken:
                continue  # reported already
            path = (*findings.path(screen.id), "with", argument)
            use = _Use(findings, held, screen, path, expected, source.removeprefix("'"))
            if source.startswith("'"):
                _value(use)
            elif not findings.known.is_unsure(source) and held.kinds(source):
                _variable(use, told)


def _value(use: _Use) -> None:
    """A value that is the same for every caller."""
    known = use.findings.known
    in_quotes = use.given in known.held or use.given in known.records or use.given in known.cells
    fault, hint = _VALUES.get(use.expected.kind, _word)(use)
    if in_quotes and (fault or use.expected.kind == "text"):
        said = f"{use.given!r} in quotes is the word itself: every caller would have it as {use.argument}"
        use.findings.add("F416", use.path, said, hint=f"write {use.given} without quotes")
    elif fault:
        use.findings.add("F413", use.path, fault, hint=hint)
    else:
        _beyond(use)


def _code(use: _Use) -> tuple[str, str]:
    name = use.expected.list or ""
    rows, before = use.flow.rows.get(name), use.findings.around.before
    if rows is None:
        _no_list(use)
    if rows is None or use.given in rows:
        return "", ""
    hint = use.findings.suggest(use.given, rows) or f"write a code of the list {name}"
    if before is not None and use.given in before.rows.get(name, {}):
        hint = "the live revision has it: put the row back"
    return f"list {name} has no {use.given!r}, so {_without(use)}", hint


def _yes_or_no(use: _Use) -> tuple[str, str]:
    if use.given in YES_NO:
        return "", ""
    said = f"{use.argument} is {use.given!r}, which is neither yes nor no: it counts as no"
    return said, f"write {use.argument}: yes, or {use.argument}: no"


def _number(use: _Use) -> tuple[str, str]:
    number, between = whole_number(use.given), use.expected.between
    if number is not None and (between is None or between[0] <= number <= between[1]):
        return "", ""
    wanted = f"a number from {between[0]} to {between[1]}" if between else "a whole number"
    return f"{use.argument} is {use.given!r}, which is not {wanted}", f"write {wanted}"


def _beyond(use: _Use) -> None:
    """A number above the limit of the life cycle that the argument names: it counts as the limit."""
    life, name, number = use.findings.around.life, use.expected.limit, whole_number(use.given)
    if life is not None and name and number is not None and number > (most := limit_of(life, name)):
        said = f"{use.argument} is {number}, but {name} of the life cycle is {most}, which counts instead"
        hint = f"write {most} or less, or change the limit in lifecycle.yaml"
        use.findings.add("F413", use.path, said, hint=hint, severity="W")


def _language(use: _Use) -> tuple[str, str]:
    if use.given in use.flow.languages:
        return "", ""
    said = f"{use.given!r} is no language of the flow, so callers would read another one"
    return said, use.findings.suggest(use.given, use.flow.languages) or f"write one of {', '.join(use.flow.languages)}"


def _complaint(use: _Use) -> tuple[str, str]:
    said = f"{use.given!r} would be the complaint of every caller"
    return said, "write the variable that holds the record, without quotes"


def _word(use: _Use) -> tuple[str, str]:
    if use.given.strip() or not use.expected.required:
        return "", ""
    return f"{use.argument} is empty for every caller", f"write a variable with the {use.argument}"


_VALUES: dict[str, Callable[[_Use], tuple[str, str]]] = {
    "code": _code,
    "yes_no": _yes_or_no,
    "number": _number,
    "language": _language,
    "complaint": _complaint,
}


def _without(use: _Use) -> str:
    """What follows where a code is not in its list."""
    if use.screen.action in ("plan_complaint", "known_problem"):
        return "every caller would be told that it could not be done"
    return "nobody would know which office it is for"


def _no_list(use: _Use) -> None:
    """The flow has no list of which the action takes a code."""
    name = use.expected.list
    if name == "category" and use.expected.required:
        hint = f"name the list {name} under lists: {name}: lists/….csv"
        said = f"the flow has no list {name}, so {_without(use)}"
        graver = use.screen.action == "plan_complaint"
        use.findings.add("F415", use.path, said, hint=hint, severity="E" if graver else "W")


def _variable(use: _Use, told: set[tuple[str, str]]) -> None:
    """A variable, whatever it can hold."""
    if use.expected.kind == "code":
        _codes(use, told)
        return
    kinds, codes = use.held.kinds(use.given), use.held.codes(use.given)
    if use.expected.kind == "complaint" or (use.screen.action, use.argument) == FINDS:
        _typed_number(use)
        _others_record(use)
    if use.expected.values:
        _known_words(use, codes)
    unlike = bool(kinds & {*NO_CODES} - {"number"})
    fault = ""
    if use.argument in WORDS and kinds == {"code"} and any(is_free(ask.answer) for ask in use.flow.asks):
        said = f"{use.argument} is given {use.given}, which is a choice, and not what the caller wrote"
        use.findings.add("F415", use.path, said, hint=f"{use.argument}: {use.expected.about}", severity="W")
    match use.expected.kind:
        case "yes_no" if "yes_no" not in kinds and "yes" not in codes:
            fault = "is never yes, so it would always count as no"
        case "number" if kinds == {"number"}:
            _bounds(use)
        case "number" if unlike or not codes or any(whole_number(code) is None for code in codes):
            fault = "is no number"
        case "complaint" if kinds <= {"code", "date", "yes_no", "records"}:
            fault = "is no complaint"
        case "language" if unlike or not {*codes} <= {*use.flow.languages}:
            fault = "is no language"
        case "text" if kinds & {"record", "records"}:
            fault = "is a whole record, so people would read all of it, or nothing"
    if fault:
        said = f"{use.argument} is given {use.given}, which {fault}"
        use.findings.add("F415", use.path, said, hint=f"{use.argument}: {use.expected.about}")


def _typed_number(use: _Use) -> None:
    """The number of a complaint that is typed as any number or text, so that its check digit is not looked at."""
    for ask in use.flow.asks:
        kind = ask.answer.kind if ask.answer is not None and ask.save == use.given else TRACKING_NUMBER
        if kind != TRACKING_NUMBER:
            said = f"{use.given} is the number of a complaint, and a mistyped digit in an answer: {kind} is not noticed"
            path = (*use.findings.path(ask.id), "answer")
            use.findings.add("F415", path, said, hint=f"write answer: {TRACKING_NUMBER}", severity="W")


def _others_record(use: _Use) -> None:
    """A problem of others given to an act on the caller's own complaint, or the other way round."""
    head, _, field = use.given.rpartition(".")
    if field != NUMBER or not head or use.screen.action == "find_complaint":
        return
    found = {
        ACTIONS[screen.action].brings is KNOWN
        for screen in use.flow.actions
        if screen.save == head and screen.action in ACTIONS
    }
    joins = use.screen.action == JOINS
    if found and joins not in found:
        whose = "the caller's own complaint" if joins else "a problem that others reported"
        said = f"{use.given} is {whose}, so {use.screen.action} finds nothing of the kind for any caller"
        use.findings.add("F415", use.path, said, hint=f"{use.argument}: {use.expected.about}")


def _known_words(use: _Use, codes: list[str]) -> None:
    """Choices of which most have a meaning of their own, and one has none."""
    known = use.expected.values
    odd = [code for code in codes if code not in known]
    if len(odd) == len(codes):
        return
    for at, code in _origins(use.flow, use.given, odd):
        said = f"{code!r} is no {use.argument} that {use.screen.action} knows, as the other choices are"
        hint = use.findings.suggest(code, [each for each in known if each not in codes]) or f"one of {', '.join(known)}"
        place = (*use.findings.path(at[1]), *at[2:]) if at[0] == "screens" else at
        use.findings.add("F415", place, said, hint=hint, severity="W")


def _codes(use: _Use, told: set[tuple[str, str]]) -> None:
    name, source, kinds = use.expected.list or "", use.given, use.held.kinds(use.given)
    codes = [code for code in use.held.codes(source) if code]
    rows = use.flow.rows.get(name)
    if rows is None and codes:
        _no_list(use)
    if rows is None:
        return
    use.findings.spend(len(codes))
    missing = [code for code in codes if code not in rows]
    wrong = next((words for kind, words in NO_CODES.items() if kind in kinds), "")
    if wrong or kinds == {"words"} or 2 * len(missing) > len(codes):
        what = wrong or (f"{', '.join(missing[:NAMED])} …" if missing else "what a caller typed")
        said = f"{source} is {what}, which is no code of the list {name}: {_without(use)}"
        use.findings.add("F415", use.path, said, hint=f"{use.argument}: {use.expected.about}")
    elif missing and (source, name) not in told:
        told.add((source, name))
        for at, code in _origins(use.flow, source, missing):
            said = f"{code!r} can be chosen as {source}, but list {name} has no {code!r}: {_without(use)}"
            hint = use.findings.suggest(code, rows) or f"add {code} to the list {name}, or remove it here"
            place = (*use.findings.path(at[1]), *at[2:]) if at[0] == "screens" else at
            use.findings.add("F606", place, said, hint=hint)


def _origins(flow: Flow, source: str, missing: list[str]) -> Iterable[tuple[Path, str]]:
    """Where each of these codes comes from: a row of a list that is offered, an option, or a cell."""
    for ask in flow.asks:
        yield from _offered(flow, ask, source, missing)
    head, _, column = source.rpartition(".")
    for row in flow.lists.get(flow.kinds.get(head, ""), ()):
        if row.columns.get(column) in missing:
            yield ("lists", flow.kinds[head], row.code), row.columns[column]


def _offered(flow: Flow, ask: Ask, source: str, missing: list[str]) -> Iterable[tuple[Path, str]]:
    if ask.save == source and ask.answer is None:
        for option in ask.options:
            if option.code in missing:
                yield ("screens", ask.id, "choose", option.code), option.code
    pick = ask.pick
    names = [pick.list] if pick is not None and ask.save == source else []
    names += [pick.typed.list] if pick is not None and pick.typed is not None and pick.typed.save == source else []
    for name in names:
        yield from ((("lists", name, code), code) for code in missing if code in flow.rows.get(name, {}))


def _bounds(use: _Use) -> None:
    """A number that a screen takes and the action does not."""
    if use.expected.between is None:
        return
    low, high = use.expected.between
    for ask in use.flow.asks:
        if ask.save != use.given or ask.answer is None:
            continue
        taken = ask.answer.between
        if taken is None or taken[0] < low or taken[1] > high:
            numbers = f"{taken[0]} to {taken[1]}" if taken else "any number"
            said = f"the screen takes {numbers}, but {use.screen.action} only {low} to {high}: other answers fail"
            use.findings.add("F415", (*use.findings.path(ask.id), "between"), said, hint=f"write between: {low}-{high}")
