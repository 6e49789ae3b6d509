"""F118: the choice for somebody who is forced: whoever forces them reads along."""

from flows.checks.analysis.findings import Findings
from flows.menu.model import Do

PRESSURE = "note_pressure"


def check_forced_callers(findings: Findings) -> None:
    """Report choices that tell that the caller is forced and that are shown."""
    for ask in findings.flow.asks:
        for option in ask.options:
            act = findings.flow.screens.get(option.go)
            if option.shown and isinstance(act, Do) and act.action == PRESSURE:
                said = f"the choice {option.code} tells that the caller is forced, and whoever forces them reads it"
                hint = "write show: no, and tell people of its number elsewhere"
                findings.add("F118", (*findings.path(ask.id), "choose", option.code), said, hint=hint)
