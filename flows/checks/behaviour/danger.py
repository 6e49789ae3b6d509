"""F708 and F709: words of danger without a line to call, and rows that may be a danger of which nothing warns."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.structure.references import FLAG
from flows.menu import conditions
from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.danger_rules import names_in as groups_in
from flows.menu.diagnostics import suggest_nearest

POLICE, SUICIDE = "police", "suicide"


def check_danger(findings: Findings) -> None:
    """Report what is wrong with the flow's own words of danger and helplines, and flags that nothing reads."""
    flow = findings.flow
    if flow.danger is not None and flow.helplines:
        for path, said in danger_problems(flow.danger, flow.helplines):
            findings.add("F708", path, said)
    _flags(findings)


def danger_problems(lexicon: DangerLexicon, lines: dict[str, Helpline]) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with words of danger and the lines that they name: where, and what."""
    for code, line in lines.items():
        if not line.number.replace("-", "").isdecimal():
            yield ("helplines", code), f"{line.number!r} is not a number that a phone can call"
    for danger in lexicon.dangers:
        path = ("danger", "dangers", danger.code)
        known = [lines[code] for code in danger.call if code in lines]
        for code in danger.call:
            if code not in lines:
                yield path, f"there is no helpline {code!r}: {suggest_nearest(code, lines) or 'add it'}"
        if not any(line.verified for line in known):
            yield path, "no line that it names is verified: name one that is beside it"
        if SUICIDE in danger.code and danger.call == (POLICE,):
            yield path, "who thinks of suicide is not sent to the police alone"
        if not danger.when and not danger.perhaps:
            yield path, "no words tell of it"
    for name in sorted(_missing_groups(lexicon)):
        yield ("danger",), f"there is no group {name}"


def _missing_groups(lexicon: DangerLexicon) -> set[str]:
    named = {name for pattern in lexicon.patterns.values() for name in groups_in(pattern)}
    return {name for name in named if name.isascii() and name.isupper() and name not in lexicon.groups}


def _flags(findings: Findings) -> None:
    """A flag is honoured where a text or a condition of a screen reads it."""
    flow = findings.flow
    shown = {name for each in findings.texts for name in names_in(each.text)}
    read = [screen.skip_if for screen in flow.asks] + [screen.skip_if for screen in flow.actions]
    read += [option.when for screen in flow.asks for option in screen.options]
    asked = {name for condition in read if condition for name in conditions.names(condition)}
    for list_name, rows in flow.lists.items():
        variables = [name for name, kind in flow.kinds.items() if kind == list_name and "." not in name]
        code = next((row.code for row in rows if row.columns.get(FLAG)), "")
        if code and variables and not any(f"{name}.{FLAG}" in shown | asked for name in variables):
            said = f"it may be a danger ({FLAG}), and no screen says whom to call"
            hint = f"show {{{variables[0]}.{FLAG}}} on a screen before it is filed"
            findings.add("F709", ("lists", list_name, code), said, hint=hint)
