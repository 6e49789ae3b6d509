"""F401 to F405: variables nothing saves, and actions that are not asked or answered as they should be."""

from flows.checks.analysis.findings import Findings, UnsavedVariable
from flows.checks.analysis.text_index import base_text, variables
from flows.checks.analysis.variables import SERVICE, Variables
from flows.checks.dataflow.unused_answers import saves, used_variables
from flows.engine.variables import EVENT_FIELDS
from flows.menu import conditions
from flows.menu.action_spec import ActionSpec
from flows.menu.actions import ACTIONS, CONTACT
from flows.menu.diagnostics import Path, did_you_mean
from flows.menu.model import Do, Screen
from flows.menu.screen_kinds import FILTER, FlowText, conditions_of, inputs_of

ALIKE = 80  # of 100: a name so similar to another is misspelt
REMEMBER = "remember"  # made by the engine when a screen saves contact.*


def check_variables_and_actions(findings: Findings) -> None:
    """Report what texts, conditions and actions take from nowhere, and outcomes that do not match the action."""
    known = findings.known
    for each in findings.texts:
        _text(findings, known, each)
    for name, screen in findings.flow.screens.items():
        _conditions(findings, known, findings.path(name), screen)
        declared = ACTIONS.get(screen.action) if isinstance(screen, Do) else None
        if declared is not None and isinstance(screen, Do):
            _arguments(findings, known, name, screen, declared)
            _outcomes(findings, findings.path(name), screen, declared)
    _contact(findings)
    _tell_unsaved(findings)


def _text(findings: Findings, known: Variables, each: FlowText) -> None:
    """Names in the base text; what a translation has beyond it is F203's to tell."""
    flow = findings.flow
    base = base_text(flow, each.text)
    names = dict.fromkeys(variables(base) if base is not None else _all_names(each))
    language = "" if base is not None else next(iter(each.text), "")
    for name in names:
        able, choices = _may_use(findings, known, each, name)
        if able:
            continue
        if name in known.records or name in known.lists:
            message = f"{{{name}}} is a whole record, so the caller would read nothing here"
            hint = f"use one of its fields, such as {{{name}.{next(iter((known.records | known.lists)[name]))}}}"
            findings.add("F401", each.path, message, hint=hint, language=language)
        else:
            message = f"nothing saves {{{name}}}, so the caller would read nothing here"
            right = [other for other in _all_names(each) if other not in names and may_use(findings, each, other)]
            hint = (
                findings.suggest(name, right)
                or findings.suggest(name, choices)
                or "save it on a screen before this one"
            )
            findings.unsaved.append(UnsavedVariable(name, each.path, message, hint, language))


def _all_names(each: FlowText) -> list[str]:
    return [name for parts in each.text.values() for name in variables(parts)]


def may_use(findings: Findings, each: FlowText, name: str) -> bool:
    """True for a variable that has something to show in a text."""
    return _may_use(findings, findings.known, each, name)[0]


def _may_use(findings: Findings, known: Variables, each: FlowText, name: str) -> tuple[bool, list[str]]:
    """Whether a text may use a variable, and the names it may use."""
    flow = findings.flow
    service = [*flow.service, *SERVICE]
    if each.role == "key":
        choices: list[str] = []
    elif each.role == "closing":
        choices = service
    elif each.role == "event":
        choices = [*EVENT_FIELDS, *service]
    elif each.role == "show":
        if each.records not in known.lists:
            return True, []  # an unknown list is F603's to tell, and the rows of a list show their own words
        choices = list(known.lists[each.records])
    else:
        return known.known(name, flow), known.names(flow)
    return name in choices, choices


def _conditions(findings: Findings, known: Variables, path: Path, screen: Screen) -> None:
    for place, condition in conditions_of(screen):
        for name in sorted(conditions.names(condition)):
            if not _tells(findings, known, name):
                message = f"nothing saves {name}, so it is always empty for {place[-1]}"
                of_call = "write today in (sat, sun) for the day of the call" if name == "day" else ""
                _unsaved(findings, known, (*path, *place), name, message, of_call)
    for name, place in inputs_of(screen):
        if place == FILTER and not _tells(findings, known, name):
            message = f"nothing saves {name}, so a caller would have nothing to choose"
            _unsaved(findings, known, (*path, *place), name, message)


def _tells(findings: Findings, known: Variables, name: str) -> bool:
    """True when a condition or an argument may name it: a variable, or a record as a whole."""
    return known.known(name, findings.flow) or name in known.records or name in known.lists


def _unsaved(findings: Findings, known: Variables, path: Path, name: str, message: str, said: str = "") -> None:
    names = [*known.names(findings.flow), *known.records, *known.lists]
    hint = said or findings.suggest(name, names) or "save it on a screen before this one"
    findings.unsaved.append(UnsavedVariable(name, path, message, hint))


def _contact(findings: Findings) -> None:
    """What is saved of the contact under a name that nobody asks for, and nearly one that is remembered."""
    read = used_variables(findings)
    for name, screen in saves(findings.flow):
        meant = findings.near(name.removeprefix("contact."), CONTACT, alike=ALIKE)
        if name.startswith("contact.") and name not in read and meant and name != f"contact.{meant}":
            meant = f"contact.{meant}"
            message = f"nothing uses {name}, and a caller who comes this way has no {meant}"
            findings.add("F401", (*findings.path(screen.id), "save"), message, hint=did_you_mean(meant))
            findings.known.unsure.add(meant)


def _tell_unsaved(findings: Findings) -> None:
    """If several places use a variable, and an unused one has a similar name, the unused one is misspelt."""
    read = used_variables(findings)
    idle = {name: screen for name, screen in saves(findings.flow) if name not in read}
    by_name: dict[str, list[UnsavedVariable]] = {}
    for each in findings.unsaved:
        head = each.name if each.name.startswith("contact.") else each.name.partition(".")[0]
        by_name.setdefault(head, []).append(each)
    for name, uses in by_name.items():
        saved = findings.near(name, idle)
        if len(uses) > 1 and saved:
            message = f"{len(uses)} places use {name}, but this screen saves {saved}: they would find nothing"
            path = (*findings.path(idle[saved].id), "save")
            findings.add("F401", path, message, hint=f"write {name!r} instead of {saved!r}")
        else:
            # Where a screen is missing, what several others use is most likely what it saved.
            misspelt = len(uses) == 1 and uses[0].hint.startswith("did you mean")
            for each in uses if misspelt or not findings.gone else ():
                findings.add("F401", each.path, each.message, hint=each.hint, language=each.language)


def _arguments(findings: Findings, known: Variables, name: str, screen: Do, declared: ActionSpec) -> None:
    path = findings.path(name)
    if screen.action == REMEMBER:
        hint = "remove this screen, and write save: contact.… on the screen that asks"
        findings.add("F402", (*path, "do"), "a flow file cannot use remember; save: contact.… does the same", hint=hint)
        return
    for argument in screen.given:
        source = screen.arguments.get(argument, "'")
        # Shorthand hands over every argument there is; those that may be missing may be empty too.
        needed = declared.needs(argument) or not findings.is_shorthand(name)
        if argument not in declared.arguments:
            hint = (
                findings.suggest(argument, declared.arguments)
                or f"its arguments are {', '.join(declared.arguments) or 'none'}"
            )
            message = f"{screen.action} has no argument {argument!r}, so its value would be lost"
            findings.add("F402", (*path, "with", argument), message, hint=hint)
        elif needed and not source.startswith("'") and not _tells(findings, known, source):
            message = f"nothing saves {source}, so {screen.action} would get no {argument}"
            _unsaved(findings, known, (*path, "with", argument), source, message)
    for argument in declared.arguments:
        wrong = [each for each in screen.given if each not in declared.arguments]
        if (
            declared.needs(argument)
            and argument not in screen.given
            and not findings.near(argument, wrong)
            and not findings.knows("F001", screen=path[1])
        ):
            hint = f"add with: {{{argument}: …}}"
            findings.add("F402", (*path, "with"), f"{screen.action} needs the argument {argument!r}", hint=hint)


def _outcomes(findings: Findings, path: Path, screen: Do, declared: ActionSpec) -> None:
    for outcome in screen.then:
        if outcome not in (*declared.outcomes, "else"):
            meant = findings.near(outcome, [each for each in declared.outcomes if each not in screen.then])
            hint = did_you_mean(meant) or f"its outcomes are {', '.join(declared.outcomes)}"
            message = f"{screen.action} never has the outcome {outcome!r}: no caller takes this path"
            # Misspelt, it sends those who should go this way to else.
            findings.add("F404", (*path, "then", outcome), message, hint=hint, severity="E" if meant else None)
    if findings.near("ok", screen.then):
        return  # reported as a misspelt one
    if "ok" in declared.outcomes and "ok" not in screen.then and not findings.knows("F403", screen=path[1]):
        message = f"when {screen.action} succeeds, the caller is sent to else"
        findings.add("F405", (*path, "then"), message, hint="add ok: … under then")
