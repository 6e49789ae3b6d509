"""The values that callers cannot do without, known by what they hold, and the screens that are read in danger."""

from collections.abc import Iterator
from typing import Literal

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import base_text, variables
from flows.delivery.message_policy import DISCREET
from flows.menu import conditions
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Do
from flows.menu.screen_kinds import FlowText, leads, skip_condition, texts_of
from flows.menu.sms_reply_text_keys import DANGER, EMERGENCY

Need = Literal["", "call", "number", "due", "office"]  # "": callers can do without it

HELP = "help"  # the number of the helpline, also where only the installation's settings give it
_OF_THE_LINE = frozenset({"line", "ussd", "sms"})  # words of the service that a caller has reached already
_OF_A_RECORD: dict[str, Need] = {"call": "call", "number": "number", "due": "due", "office": "office"}
_OF_A_TEXT: dict[str, Need] = {"call": "call", "ref": "number", "due": "due", "office": "office"}
_FLAGS = frozenset({"emergency", "emergency_check"})  # columns of rows whose screen asks about a danger
_OUTCOMES = ("danger", "private_danger")
_KEPT = "screens of danger"  # in `Flow.compiled`


def need_of(findings: Findings, each: FlowText, name: str) -> Need:
    """What callers need of the value that a variable shows in a text: whom to call, a number, a day or an office."""
    flow = findings.flow
    if each.role == "event" and name in _OF_A_TEXT:
        return _OF_A_TEXT[name]
    if name == HELP or (name in flow.service and name not in _OF_THE_LINE and _is_phone(flow.service[name])):
        return "call"
    if each.role == "show" and each.records in findings.known.lists:
        return _OF_A_RECORD.get(name, "")
    holder, _, field = name.rpartition(".")
    if holder in findings.known.records and field in findings.known.records[holder]:
        return _OF_A_RECORD.get(field, "")
    return ""


def _is_phone(value: str) -> bool:
    digits = value.replace("-", "").replace(" ", "").removeprefix("+")
    return len(digits) > 1 and digits.isdecimal()


def is_of_danger(findings: Findings, path: Path) -> bool:
    """True for a text that people in danger read: of a screen of danger, or the reply to words of danger."""
    if path[0] == "texts":
        return path[1].removeprefix(DISCREET) in (EMERGENCY, *DANGER)
    return path[0] == "screens" and path[1].partition(".")[0] in danger_screens(findings)


def danger_screens(findings: Findings) -> frozenset[str]:
    """The ids of screens that callers come to because of a danger, and of those behind them that say whom to call."""
    kept = findings.flow.compiled.get(_KEPT)
    if not isinstance(kept, frozenset):
        kept = findings.flow.compiled[_KEPT] = frozenset(_danger_screens(findings))
    return kept


def _danger_screens(findings: Findings) -> Iterator[str]:
    flow = findings.flow
    first = {flow.danger_screen}
    for name, screen in flow.screens.items():
        if isinstance(screen, Do):
            first |= {screen.then[outcome] for outcome in _OUTCOMES if outcome in screen.then}
        condition = skip_condition(screen)
        asked = conditions.names(condition) if condition is not None else ()
        if isinstance(screen, Ask) and any(each.rpartition(".")[2] in _FLAGS for each in asked):
            first.add(name)
    for name in first & flow.screens.keys():
        yield name
        yield from (go for go, _ in leads(flow.screens[name]) if _says_whom_to_call(findings, go))


def _says_whom_to_call(findings: Findings, screen: str) -> bool:
    texts = texts_of(findings.flow.screens[screen]) if screen in findings.flow.screens else ()
    return any(
        need_of(findings, each, name) == "call"
        for each in texts
        if each.role in ("ask", "end")
        for name in variables(base_text(findings.flow, each.text) or ())
    )
