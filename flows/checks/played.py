"""F901: scripted calls that go otherwise than written, and screens that no script comes to."""

from __future__ import annotations

from flows.checks.findings import Findings
from flows.checks.scripts import Script
from flows.model import Do
from flows.transcripts import UNPLAYABLE, difference, play

LONGEST = 200  # letters of a message: a whole screen is too much for a line


def played(findings: Findings) -> None:
    """Play the scripts of this flow, written as they are for the usual room.

    Nothing is played while an error stands: the flow itself must be sound first.
    """
    name = findings.flow.name
    mine = [script for script in findings.around.scripts if script.said.get("flow", name) == name]
    if not mine or findings.blocked():
        return
    seen: set[str] = set()
    for script in mine:
        seen |= _played(findings, script)
    for name, screen in findings.flow.screens.items():
        if name not in seen and not isinstance(screen, Do):
            hint = "write one that goes there, or record it: flask simulate --record NAME"
            findings.add("F901", findings.path(name), "no scripted call comes to this screen", hint=hint, severity="W")


def _played(findings: Findings, script: Script) -> set[str]:
    """The screens a script came to; what it did otherwise than written is told."""
    if script.problem:
        _tell(findings, script, script.line, f"the script cannot be played: {script.problem}")
        return set()
    try:
        steps = list(play(findings.flow, script.said))
        wrong = difference(findings.flow, script.said)
    except UNPLAYABLE as error:
        _tell(findings, script, 1, f"the script cannot be played: {type(error).__name__}")
        return set()
    if wrong is not None:
        line = script.lines[wrong.step - 1] if 0 < wrong.step <= len(script.lines) else script.line
        _tell(findings, script, line, f"step {wrong.step} ({wrong.screen}): {wrong.said}")
    return {step.screen for step in steps}


def _tell(findings: Findings, script: Script, line: int, message: str) -> None:
    message = " ".join(message.split())
    short = message if len(message) <= LONGEST else message[: LONGEST - 1] + "…"
    hint = "mend the flow or, if the words were meant to change, flask flows test --update"
    findings.add("F901", ("transcripts",), short, hint=hint, at=(script.file, line))
