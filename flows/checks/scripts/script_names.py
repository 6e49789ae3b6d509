"""F906 and F907: what a scripted call names and nothing has, so that it would be ignored; and flows without scripts."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from flows.checks.analysis.findings import Findings
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS, CONTACT
from flows.menu.diagnostics import Place, did_you_mean
from flows.menu.model import Flow
from flows.parsing.transcript_file import Transcript
from flows.preview.transcripts import line_of

KEYS = ("test", "flow", "dial", "caller", "act", "text", "steps")
STEP_KEYS = ("see", "enter", "ends", "sms", "stored")
FAILS = ("failed", "else")  # the words for an action that could not be done
WHEN = ("today", "clock")  # when the call begins: they stand beside what is known of the caller
BY_ENGINE = ("find_danger", "remember")  # actions that no screen names
WHOLE = 0.75  # of the screens: scripts that reach so many are meant to reach all
NAMED = 5
MANY = 3  # calls that dial a code
ALIKE = 80  # of 100: a name so similar to this flow's is misspelt, whatever other flows there are
WRITE = "write a first set: flask flows test FILE --write"


def check_script_names(findings: Findings, mine: Sequence[Transcript]) -> None:
    """Report scripts of a flow that does not exist, and words in this flow's scripts that nothing understands."""
    _of_no_flow(findings)
    told = {script.file for script in _dialled_elsewhere(findings, mine)}
    alike: dict[tuple[str, str], list[Place]] = {}
    for script in mine:
        findings.spend(1 + len(script.lines))
        for key, said, hint in _ignored(findings, script):
            if key != "dial" or script.file not in told:
                alike.setdefault((said, hint), []).append((script.file, script.places.get(key, script.line)))
    for (said, hint), places in alike.items():
        whole = f"{said} (and in {len(places) - 1} more scripts)" if len(places) > 1 else said
        findings.add("F906", ("transcripts",), whole, hint=hint, at=places[0])


def _dialled_elsewhere(findings: Findings, mine: Sequence[Transcript]) -> Sequence[Transcript]:
    """Where all calls dial a code that is not the flow's, its own code is the one that is wrong: told there."""
    code = next((name for name in ("line", "ussd") if findings.flow.service.get(name)), "")
    dialling = [each for each in mine if each.said.get("dial")]
    strange = [each for each in dialling if any(key == "dial" for key, _, _ in _beginning(findings.flow, each.said))]
    if not code or len(strange) < MANY or len(strange) != len(dialling):
        return ()
    dialled = line_of(str(strange[0].said["dial"])).get("line", "")
    said = f"{len(strange)} scripted calls dial another code than {findings.flow.service[code]}, such as {dialled}"
    findings.add("F906", ("service", code), said, hint=f'write {code}: "{dialled}", or correct the calls')
    return strange


def tell_no_script(findings: Findings) -> None:
    """Note once that nothing is known of how the flow should go."""
    said = "no scripted call says what callers of this flow must see: a change for the worse is not noticed"
    findings.add("F907", ("flow",), said, hint=WRITE)


def tell_unseen(findings: Findings, screens: Sequence[str], seen: Collection[str]) -> None:
    """Report the screens that no script reaches: each where the scripts reach nearly all, else a note of how many."""
    unseen = [name for name in screens if name not in seen]
    if not unseen:
        return
    if len(unseen) <= (1 - WHOLE) * len(screens):
        hint = "write one that reaches it, or record one: flask simulate --record NAME --beside FILE"
        for name in unseen:
            findings.add("F901", findings.path(name), "no scripted call reaches this screen", hint=hint, severity="W")
        return
    more = " …" if len(unseen) > NAMED else ""
    said = f"no scripted call reaches {len(unseen)} of {len(screens)} screens: {', '.join(unseen[:NAMED])}{more}"
    findings.add("F907", ("flow",), said, hint=WRITE)


def _of_no_flow(findings: Findings) -> None:
    """Scripts whose flow is none of those that are known, once for each name."""
    own, others = findings.flow.name, findings.around.flows
    unknown: dict[str, list[Transcript]] = {}
    for script in findings.around.scripts or ():
        name = str(script.said.get("flow", own))
        if name != own and name not in (others or {}):
            unknown.setdefault(name, []).append(script)
    for name, scripts in unknown.items():
        meant = findings.near(name, [own, *(others or {})], alike=ALIKE)
        if others is None and meant != own:
            continue  # it may be of a flow that is not here
        more = f", and of {len(scripts) - 1} more scripts" if len(scripts) > 1 else ""
        said = f"this call is of the flow {name!r}{more}, which does not exist: nobody ever plays it"
        at = (scripts[0].file, scripts[0].places.get("flow", 1))
        findings.add("F906", ("transcripts",), said, hint=f"write flow: {meant or own}, or remove it", at=at)


def _ignored(findings: Findings, script: Transcript) -> Iterator[tuple[str, str, str]]:
    """What would be passed over in silence: the key at whose line it stands, what, and what to do."""
    flow, said = findings.flow, script.said
    for key in said:
        if str(key) not in KEYS:
            yield str(key), f"{key} means nothing in a scripted call", _instead(findings, str(key), KEYS)
    caller, acts = said.get("caller") or {}, said.get("act") or {}
    if isinstance(caller, dict):
        yield from _caller(findings, flow, caller)
    if isinstance(acts, dict):
        yield from _acts(findings, flow, acts)
    yield from _beginning(flow, said)
    for step in said.get("steps") or () if not script.problem else ():
        for key in step:
            if str(key) not in STEP_KEYS:
                yield "steps", f"{key} means nothing in a step", _instead(findings, str(key), STEP_KEYS)


def _instead(findings: Findings, word: str, known: Collection[str]) -> str:
    return findings.suggest(word, known) or f"use one of {', '.join(known)}"


def _caller(findings: Findings, flow: Flow, caller: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    language = caller.get("language")
    if language is not None and language not in flow.languages:
        said = f"the caller's language {str(language)!r} is none of this flow: the call is played in another one"
        yield "caller", said, _instead(findings, str(language), [*flow.languages])
    for name in caller:
        if str(name) not in (*CONTACT, *WHEN):
            said = f"{name} is nothing that is known of a caller, so the call is played without it"
            yield "caller", said, _instead(findings, str(name), [*CONTACT])
        rows = flow.rows.get(flow.kinds.get(f"contact.{name}", ""), {})
        value = str(caller[name] or "")
        meant = findings.near(value, rows, alike=ALIKE) if value and value not in rows else ""
        if meant:  # others may be of people from elsewhere
            said = f"the caller's {name} {value!r} is in no row, so the call is not one that somebody makes"
            yield "caller", said, did_you_mean(meant)


def _acts(findings: Findings, flow: Flow, acts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    done = {screen.action for screen in flow.actions} | {*BY_ENGINE}
    for action, given in acts.items():
        result = given.get("result", "ok") if isinstance(given, dict) else given
        if str(action) not in done:
            said = f"no screen does {action}, so this outcome is never met"
            yield "act", said, _instead(findings, str(action), sorted(done - {*BY_ENGINE}))
        elif action == "find_danger" and result != "danger":
            said = f"find_danger has no outcome {str(result)!r} that changes anything: the call goes on as without it"
            yield "act", said, "write find_danger: danger, or remove it"
        elif str(action) in ACTIONS and str(result) not in (*ACTIONS[str(action)].outcomes, *FAILS):
            outcomes = [*ACTIONS[str(action)].outcomes, FAILS[0]]
            yield "act", f"{action} never has the outcome {str(result)!r}", _instead(findings, str(result), outcomes)


def _beginning(flow: Flow, said: Any) -> Iterator[tuple[str, str, str]]:
    """The code that is dialled, or the text that a flow by SMS begins with."""
    if is_texted(flow):
        if "dial" in said and "text" not in said:
            yield "dial", "nobody dials a flow by SMS", "write text: with the words of the first SMS"
        return
    if "text" in said:
        yield "text", "a call does not begin with a text", 'write dial: with the code, such as "*8484#"'
    codes = {flow.service[name].strip("*#") for name in ("line", "ussd") if flow.service.get(name)}
    dialled = str(said.get("dial") or "").strip("*#").split("*")[0]
    if dialled and codes and dialled not in codes:
        shown = " or ".join(f"*{code}#" for code in sorted(codes))
        yield "dial", f"no caller of this flow dials {said['dial']}", f'write dial: "{shown}"'
