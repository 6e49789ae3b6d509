"""F901: scripted calls that differ from their scripts, at the line at fault; and screens that no script reaches."""

from collections import Counter
from collections.abc import Sequence

from flows.checks.analysis.findings import Findings
from flows.checks.scripts.changed_parts import changed_on_way, differed_before
from flows.checks.scripts.differing_words import words_at_fault, wrong_language
from flows.checks.scripts.played_scripts import Cause, PlayedScript, Witnesses, witnesses
from flows.checks.scripts.script_names import check_script_names, tell_no_script, tell_unseen
from flows.checks.scripts.wrong_rows import row_at_fault
from flows.checks.scripts.wrong_turns import other_act, wrong_turn
from flows.menu.diagnostics import Path, Place
from flows.menu.screen_kinds import is_seen
from flows.parsing.transcript_file import Transcript
from flows.preview.transcripts import UNPLAYABLE, difference, play
from flows.text.western_digits import western

STEPS_OF_HOP = 200  # as Findings.spend counts them
STEPS_OF_ROW = 2  # of the longest list: a name that is typed is compared with each
STEPS_OF_SCREEN = 20  # that is drawn to see whether it has the words that were expected
MOVED = 3  # choices
LONGEST = 240  # letters of a message: a whole screen is too much for a line
IN_FLOW = "correct the flow, or record the call anew if this is how it should go"
IN_WORDS = "correct the flow; if you meant to change the words, run flask flows test FILE --update and check the result"
IN_SCRIPT = "correct the script"


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
    played = [_played(findings, script) for script in mine]
    wrong = [each for each in played if each.problem or each.wrong is not None]
    if not wrong:
        seen = {step.screen for each in played for step in each.steps}
        tell_unseen(findings, [name for name, screen in findings.flow.screens.items() if is_seen(screen)], seen)
        return  # corrected scripts may reach more screens
    known = witnesses(findings.flow, played)
    found = [(each, _cause(findings, each, known)) for each in wrong]
    lines: dict[Place, tuple[Cause | None, list[PlayedScript]]] = {}
    for cause, alike in _of_one_cause(found):
        at = _place(findings, cause, alike[0])
        lines.setdefault(at, (cause, []))[1].extend(alike)
    for at, (cause, alike) in lines.items():
        _tell(findings, cause, alike, at)


def _of_one_cause(found: Sequence[tuple[PlayedScript, Cause | None]]) -> list[tuple[Cause | None, list[PlayedScript]]]:
    """The scripts of each cause, and of each screen where it is not known.

    A script that passes by the cause of more scripts than its own cause explains is counted there.
    """
    most = Counter(cause for _, cause in found if cause is not None and cause.is_turn)
    groups: dict[Cause | str, list[PlayedScript]] = {}
    for each, cause in found:
        own = most[cause] if cause is not None else 0
        passed = [turn for turn, count in most.most_common() if count > max(own, 1) and each.passes(turn)]
        key = passed[0] if passed else cause or (each.script.file if each.wrong is None else each.wrong.screen)
        groups.setdefault(key, []).append(each)
    _join_choices(groups)
    return [(key if isinstance(key, Cause) else None, alike) for key, alike in groups.items()]


def _join_choices(groups: dict[Cause | str, list[PlayedScript]]) -> None:
    """Where many choices of one screen lead elsewhere, the numbers have moved: that is one cause, at the first."""
    choices: dict[str, list[Cause]] = {}
    for key in groups:
        if isinstance(key, Cause) and key.path[1:2] == ("choose",):
            choices.setdefault(key.path[0], []).append(key)
    for moved in choices.values():
        if len(moved) >= MOVED:
            first = max(moved, key=lambda key: len(groups[key]))
            groups[first] = [script for key in moved for script in groups.pop(key)]


def _played(findings: Findings, script: Transcript) -> PlayedScript:
    """What a script reached, and where it differed."""
    if script.problem:
        return PlayedScript(script, problem=script.problem)
    longest = max(map(len, findings.flow.lists.values()), default=0)
    typed = [str(step.get("enter", "")) for step in script.said["steps"]]
    names = sum(bool(entry) and not western(entry).isdecimal() for entry in typed)
    findings.spend(STEPS_OF_HOP * len(typed) + STEPS_OF_ROW * longest * names)
    try:
        steps = tuple(play(findings.flow, script.said))
        return PlayedScript(script, steps, difference(findings.flow, script.said, steps=steps))
    except UNPLAYABLE as error:
        return PlayedScript(script, problem=type(error).__name__)


def _cause(findings: Findings, played: PlayedScript, known: Witnesses) -> Cause | None:
    """What of the flow is at fault; None if it is the script."""
    flow, before = findings.flow, findings.around.before
    if played.wrong is None or not played.wrong.sort or played.failing is None:
        return None
    if before is not None and differed_before(before, played):
        return None
    findings.spend(STEPS_OF_SCREEN * len(flow.screens))
    cause = _inferred(findings, played, known)
    if before is None:
        return cause
    changed = changed_on_way(before, flow, played)
    near = [each for each in changed if cause is not None and each.path[0] == cause.path[0]]
    same = [each for each in near if cause is not None and _is_part(each, cause)]
    return next(iter((*same, *near, *changed)), cause)


def _inferred(findings: Findings, played: PlayedScript, known: Witnesses) -> Cause | None:
    flow = findings.flow
    assert played.wrong is not None  # noqa: S101 - the caller has asked
    if (act := other_act(flow, played)) is not None:
        return act
    if played.wrong.sort == "words" and (spoken := wrong_language(flow, played, known)) is not None:
        return spoken
    match played.wrong.sort:
        case "stored":
            return row_at_fault(flow, played, known)
        case "room":
            return Cause((played.wrong.screen,))
        case "end":
            return wrong_turn(flow, played, known) or Cause((played.wrong.screen,))
        case sort:
            return wrong_turn(flow, played, known) or words_at_fault(flow, played, known, sms=sort == "sms")


def _is_part(one: Cause, other: Cause) -> bool:
    """True if one of two causes lies in the other."""
    length = min(len(one.path), len(other.path))
    return one.path[:length] == other.path[:length] and "" in (one.language, other.language, *_same(one, other))


def _same(one: Cause, other: Cause) -> tuple[str, ...]:
    return ("",) if one.language == other.language else ()


def _place(findings: Findings, cause: Cause | None, first: PlayedScript) -> Place:
    """The line of a cause in the flow; of the first step that differs where the script is wrong itself."""
    if cause is not None:
        return findings.place((*_path(findings, cause), *([cause.language] if cause.language else [])))
    step = first.wrong.step if first.wrong is not None else 0
    lines = first.script.lines
    return first.script.file, lines[step - 1] if 0 < step <= len(lines) else first.script.line


def _tell(findings: Findings, cause: Cause | None, alike: Sequence[PlayedScript], at: Place) -> None:
    """Scripts that differ for one cause are one finding: report the first, and how many there are."""
    first = alike[0]
    said = f"the script cannot be played: {first.problem}"
    if first.wrong is not None:
        said = " ".join(f"step {first.wrong.step} ({first.wrong.screen}): {first.wrong.said}".split())
    if cause is None:
        told = f"{len(alike)} scripts differ; the first is {said}" if len(alike) > 1 else said
        findings.add("F901", ("transcripts",), _short(told), hint=IN_SCRIPT, at=at)
        return
    place = ":".join(map(str, _place(findings, None, first)))
    told = f"a scripted call differs because of this: {place}, {said}"
    if len(alike) > 1:
        told = f"{len(alike)} scripted calls differ because of this; the first is {place}, {said}"
    hint = IN_WORDS if first.wrong is not None and first.wrong.sort in ("words", "sms") else IN_FLOW
    findings.add("F901", _path(findings, cause), _short(told), hint=hint, language=cause.language, at=at)


def _path(findings: Findings, cause: Cause) -> Path:
    """The path in the files of a cause that begins with the id of a screen."""
    head, *rest = cause.path
    return (*findings.path(head), *rest) if head in findings.flow.screens else cause.path


def _short(said: str) -> str:
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"
