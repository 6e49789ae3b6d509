"""F401, F420 and F421: arguments that are joined of variables and words, as the action stores them."""

from flows.checks.analysis.findings import Findings, UnsavedVariable
from flows.checks.analysis.text_index import variables
from flows.checks.analysis.variables import longest_values
from flows.engine.variables import base_language, join_words
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path
from flows.menu.model import Do, Value, Variable


def check_joined_arguments(findings: Findings) -> None:
    """Report parts that nothing saves, and joined words that are longer than what the action keeps."""
    screens = [screen for screen in findings.flow.actions if screen.joined]
    if not screens:
        return
    longest = longest_values(findings.flow, findings.known, base_language(findings.flow))
    for screen in screens:
        for argument in screen.joined:
            path = (*findings.path(screen.id), "with", argument)
            _parts(findings, path, screen, argument)
            _length(findings, path, screen, argument, longest)


def _parts(findings: Findings, path: Path, screen: Do, argument: str) -> None:
    """Each variable in braces must have words of its own."""
    flow, known = findings.flow, findings.known
    for name in dict.fromkeys(variables(screen.joined[argument])):
        if known.known(name, flow):
            continue
        if name in known.records or name in known.lists:
            message = f"{{{name}}} is a whole record, so the joined {argument} would have a gap here"
            hint = f"use one of its fields, such as {{{name}.{next(iter((known.records | known.lists)[name]))}}}"
            findings.add("F401", path, message, hint=hint)
        else:
            message = f"nothing saves {{{name}}}, so the joined {argument} would have a gap here"
            hint = findings.suggest(name, known.names(flow)) or "save it on a screen before this one"
            findings.unsaved.append(UnsavedVariable(name, path, message, hint))


def _length(findings: Findings, path: Path, screen: Do, argument: str, longest: dict[str, Value]) -> None:
    """The joined words with every variable at its longest, against what the action keeps of them."""
    declared = ACTIONS.get(screen.action)
    takes = declared.arguments.get(argument) if declared else None
    if takes is None or not takes.joins:
        return
    flow, parts = findings.flow, screen.joined[argument]
    findings.spend(len(parts))
    most = len(join_words(flow, longest, parts))
    if most <= takes.joins:
        return
    room = {part.name: len(join_words(flow, longest, (part,))) for part in parts if isinstance(part, Variable)}
    name = max(room, key=lambda each: room[each], default="")
    cut = room.get(name, 0) - (most - takes.joins)
    hint = f"show only its beginning: {{{name}|{cut}}}" if cut > 0 else "join fewer parts"
    message = f"the joined {argument} may have {most:,} characters, and {screen.action} keeps {takes.joins:,} of it"
    findings.add("F421", path, message, hint=hint)
