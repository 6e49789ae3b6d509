"""F112: last screens and texts that say something else than what happened on the way to them."""

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.checks.walks.acts_on_ways import way_path
from flows.checks.walks.exploration import Arrival, Walk, stores
from flows.checks.walks.word_cues import (
    is_judged,
    says_open,
    tells_closure,
    tells_failure,
    tells_plain_success,
    tells_storage,
    tells_success,
    tells_success_of_complaint,
)
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import RECEIPT, Do, End, Text

NOTHING_STORED = ("too_many", "too_many_kept", "busy", "bad_phone", "deleted")  # errors that end a call before an act
OPENS = ("reopen_complaint", "appeal_complaint")
CLOSES = ("confirm_complaint", "withdraw_complaint", "note_pressure")


def check_last_screens(findings: Findings, walk: Walk) -> None:
    """Report last screens that tell of success after a failure or without an act, and of failure after success."""
    for name, screen in findings.flow.screens.items():
        if isinstance(screen, End) and name in walk.arrivals:
            _truthful(findings, screen, walk.arrivals[name])


def ends_of(walk: Walk) -> dict[str, frozenset[str]]:
    """How acts ended on the ways to each last screen, "" for no act."""
    ends = (name for name, screen in walk.flow.screens.items() if isinstance(screen, End) and name in walk.arrivals)
    return {name: frozenset(each.facts.act.ended for each in walk.arrivals[name]) for name in ends}


def _truthful(findings: Findings, end: End, arrivals: list[Arrival]) -> None:
    came: dict[str, list[Arrival]] = {}
    for arrival in arrivals:
        came.setdefault(arrival.facts.act.ended, []).append(arrival)
    for part, text in (("end", end.text), ("sms", end.sms or {})):
        path = (*findings.path(end.id), part)
        text = {tag: parts for tag, parts in text.items() if is_judged(tag)}
        done = [tag for tag, parts in text.items() if tells_success(parts)]
        if "failed" in came and set(came) == {"failed"}:
            done = [tag for tag, parts in text.items() if tells_success(parts) or tells_plain_success(parts)]
        undone = [tag for tag, parts in text.items() if tells_failure(parts)]
        for ended in ("failed", ""):
            if ended in came and (done if ended else len(done) * 2 > len(text) and not _has_record(findings, text)):
                _done_without(findings, end, came, ended, path, {tag: text[tag] for tag in done})
        if "done" in came and undone and len(undone) * 2 >= len(text):
            _undone(findings, end, came, path, undone)
        elif undone and done and set(came) == {"done"}:
            said = "this language says that it was not done, and it was: other languages say so"
            findings.add("F112", path, said, hint="correct the words", language=undone[0])
    _receipt(findings, end, came)


def _has_record(findings: Findings, text: Text) -> bool:
    """True for a text about something that an action found or brought; one that is empty there is reported as F406."""
    return any(name.rpartition(".")[0] in findings.known.records for name in names_in(text))


def _done_without(
    findings: Findings, end: End, came: dict[str, list[Arrival]], ended: str, path: Path, done: Text
) -> None:
    """Success is told where the act failed, or where there was none."""
    arrival = came[ended][0]
    what = f"{arrival.facts.act.screen} could not be done" if ended else "nothing has been stored"
    said = f"{what}, and the caller ends with {end.id}, which says that it was"
    if "done" in came or "other" in came:
        if not ended and "done" not in came:
            return  # an earlier act is told of
        at = _act_path(findings, arrival) if ended else way_path(findings, arrival)
        hint = "lead to a screen that says that it could not be done" if ended else "lead to the act first"
        sure = any(map(tells_success_of_complaint, done.values()))
        findings.add("F112", at, said, hint=hint, severity="E" if sure else "W")
        return
    for tag, parts in done.items():
        hint = "say that nothing was stored, and what to do"
        # "Bring your registered card" tells of nothing that was stored
        severity: Severity = "E" if ended and tells_success_of_complaint(parts) else "W"
        findings.add("F112", path, said, hint=hint, language=tag, severity=severity)


def _undone(findings: Findings, end: End, came: dict[str, list[Arrival]], path: Path, undone: list[str]) -> None:
    arrival = came["done"][0]
    said = f"{arrival.facts.act.screen} was done, and the caller ends with {end.id}, which says that it was not"
    if len(came) > 1:
        findings.add("F112", _act_path(findings, arrival), said, hint="lead to a screen that says that it was done")
        return
    for tag in undone:
        findings.add("F112", path, said, hint="say that it was done", language=tag)


def _act_path(findings: Findings, arrival: Arrival) -> Path:
    """The outcome of the act that led here, or the way by which the caller came."""
    act = arrival.facts.act
    if arrival.origin == act.screen or not act.screen:
        return way_path(findings, arrival)
    return (*findings.path(act.screen), "then", act.outcome)


def _receipt(findings: Findings, end: End, came: dict[str, list[Arrival]]) -> None:
    """`{receipt}` promises a text: none follows a failed act, or no act, unless the last screen has its own."""
    names = names_in(end.text)
    acts = any(stores(screen.action) for screen in findings.flow.actions)
    for ended in ("failed", "") if acts else ():
        if RECEIPT in names and ended in came and end.sms is None:
            arrival = came[ended][0]
            both = len(came) > 1
            at = _act_path(findings, arrival) if both else (*findings.path(end.id), "end")
            what = f"{arrival.facts.act.screen} could not be done" if ended else "nothing has been stored"
            said = f"{end.id} promises a text ({{{RECEIPT}}}), but {what}, so none follows"
            findings.add("F112", at, said, hint="remove {receipt}, or add sms")
            return


def check_contrary_ends(findings: Findings) -> None:
    """Report acts that close or open a complaint and end with words of the opposite, and errors that tell success."""
    flow = findings.flow
    for screen in flow.actions:
        end = flow.screens.get(screen.then.get("ok", ""))
        if not isinstance(end, End):
            continue
        contrary = tells_closure if screen.action in OPENS else says_open if screen.action in CLOSES else None
        said_so = [tag for tag, parts in end.text.items() if contrary is not None and contrary(parts, tag)]
        word = "closed" if screen.action in OPENS else "open"
        said = f"{screen.id} does {screen.action}, and the caller ends with {end.id}, which says {word}"
        if len(said_so) * 2 > len(end.text):
            hint = "lead to the screen that says what happened"
            findings.add(
                "F112", (*findings.path(screen.id), "then", "ok"), said, hint=hint, severity="W"
            )  # an office may be open too
            continue
        for tag in said_so:
            path = (*findings.path(end.id), "end")
            findings.add("F112", path, said, hint="say what happened", language=tag, severity="W")
    for name in NOTHING_STORED:
        for tag, parts in flow.errors.get(name, {}).items():
            if not is_judged(tag):
                continue
            answers_kept = name == "too_many_kept" and tells_storage(parts)  # they are, until the caller dials again
            if not answers_kept and (tells_success(parts) or tells_plain_success(parts)):
                said = f"nothing is stored where errors: {name} ends a call, and it says that it was"
                severity: Severity = "E" if tells_success_of_complaint(parts) else "W"
                hint = "say that nothing was sent"
                findings.add("F112", ("errors", name), said, hint=hint, language=tag, severity=severity)


def check_same_ends(findings: Findings) -> None:
    """Report acts whose failure leads to the same last screen as their success."""
    flow = findings.flow
    for screen in flow.actions:
        declared = ACTIONS.get(screen.action)
        target = screen.then.get("ok", "")
        end = flow.screens.get(target)
        if declared is None or not declared.writes or not isinstance(end, End):
            continue
        if screen.then.get("else") == target and _shows(screen, end.text):
            said = f"if {screen.action} fails, the caller ends with {target}, which says that it was done"
            hint = "lead to a screen that says that it could not be done"
            findings.add("F112", (*findings.path(screen.id), "then", "else"), said, hint=hint)


def _shows(screen: Do, text: Text) -> bool:
    """True for a text with something that the act brought."""
    return bool(screen.save) and any(name.startswith(f"{screen.save}.") for name in names_in(text))
