"""F901: scripted calls that differ from their scripts, and screens that no script reaches."""

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.behaviour.script_names import check_script_names, tell_no_script, tell_unseen
from flows.menu.screen_kinds import is_seen
from flows.parsing.transcript_file import Transcript
from flows.preview.transcripts import UNPLAYABLE, difference, play
from flows.text.western_digits import western

STEPS_OF_HOP = 200  # as Findings.spend counts them
STEPS_OF_ROW = 2  # of the longest list: a name that is typed is compared with each
NAMED = 3
LONGEST = 200  # letters of a message: a whole screen is too much for a line


class TranscriptFailure(Struct, frozen=True):
    """A script that differs from the call: its line, the screen, and why ("" if it cannot be played)."""

    file: str
    line: int
    said: str
    screen: str
    why: str = ""
    before: str = ""  # the screen where the step before was answered


def check_transcripts(findings: Findings) -> None:
    """Play the scripts of this flow, which are written for the usual network.

    Nothing is played while the flow has errors.
    """
    scripts = findings.around.scripts
    if scripts is None:
        return
    mine = [script for script in scripts if script.said.get("flow", findings.flow.name) == findings.flow.name]
    check_script_names(findings, mine)
    if not mine:
        tell_no_script(findings)
    if not mine or findings.blocked():
        return
    seen: set[str] = set()
    wrongs: list[TranscriptFailure] = []
    for script in mine:
        came, wrong = _played(findings, script)
        seen |= came
        if wrong is not None:
            wrongs.append(wrong)
    for alike in _of_one_cause(wrongs):
        _tell(findings, alike)
    if wrongs:
        return  # the corrected scripts may reach more screens
    tell_unseen(findings, [name for name, screen in findings.flow.screens.items() if is_seen(screen)], seen)


def _played(findings: Findings, script: Transcript) -> tuple[set[str], TranscriptFailure | None]:
    """The screens that a script reached, and where it differed."""
    if script.problem:
        return set(), TranscriptFailure(
            script.file, script.line, f"the script cannot be played: {script.problem}", script.file
        )
    longest = max(map(len, findings.flow.lists.values()), default=0)
    typed = [str(step.get("enter", "")) for step in script.said["steps"]]
    names = sum(bool(entry) and not western(entry).isdecimal() for entry in typed)
    findings.spend(STEPS_OF_HOP * len(typed) + STEPS_OF_ROW * longest * names)
    try:
        steps = list(play(findings.flow, script.said))
        found = difference(findings.flow, script.said, steps=steps)
    except UNPLAYABLE as error:
        return set(), TranscriptFailure(
            script.file, 1, f"the script cannot be played: {type(error).__name__}", script.file
        )
    if found is None:
        return {step.screen for step in steps}, None
    line = script.lines[found.step - 1] if 0 < found.step <= len(script.lines) else script.line
    told = f"step {found.step} ({found.screen}): {found.said}"
    before = steps[found.step - 2].screen if 1 < found.step <= len(steps) + 1 else ""
    return {step.screen for step in steps}, TranscriptFailure(
        script.file, line, told, found.screen, _why(found.said), before
    )


def _of_one_cause(wrongs: list[TranscriptFailure]) -> list[list[TranscriptFailure]]:
    """Scripts that differ at one screen, or at several after one whose choices lead elsewhere now."""
    behind: dict[tuple[str, str], set[str]] = {}
    for wrong in wrongs:
        behind.setdefault((wrong.before, wrong.why), set()).add(wrong.screen)
    causes: dict[tuple[str, str, str], list[TranscriptFailure]] = {}
    for wrong in wrongs:
        several = bool(wrong.before) and len(behind[wrong.before, wrong.why]) > 1
        cause = (wrong.before, "", wrong.why) if several else ("", wrong.screen, wrong.why)
        causes.setdefault(cause, []).append(wrong)
    return list(causes.values())


def _why(said: str) -> str:
    """The sort of a difference: its first words, without what was expected and what was seen."""
    return " ".join(said.split()[:2]) if not said.startswith("expected") else said.split()[0]


def _tell(findings: Findings, alike: list[TranscriptFailure]) -> None:
    """Scripts that differ at one screen for one reason have one cause: report the first, and how many there are."""
    first = alike[0]
    message = " ".join(first.said.split())
    if len(alike) > 1:
        screens = list(dict.fromkeys(wrong.screen for wrong in alike))
        where = f"at screen {first.screen}"
        if len(screens) > 1:
            where = (
                f"after screen {first.before}, at {', '.join(screens[:NAMED])}{' …' if len(screens) > NAMED else ''}"
            )
        message = f"{len(alike)} scripts differ {where}; the first is {message}"
    short = message if len(message) <= LONGEST else message[: LONGEST - 1] + "…"
    if first.screen in findings.flow.screens:
        file, line = findings.place(findings.path(first.screen))
        short = f"{short} (in the flow: {file}:{line})"
    hint = "correct the script" if not first.why else "correct the flow"
    if first.why == "expected":
        hint = (
            "correct the flow; if you meant to change the words, run flask flows test FILE --update and "
            "check the result"
        )
    findings.add("F901", ("transcripts",), short, hint=hint, at=(first.file, first.line))
