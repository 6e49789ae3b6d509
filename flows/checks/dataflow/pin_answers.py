"""F424: a PIN that is asked for anywhere but last, shown, or handed to what keeps it.

An aggregator repeats all that was typed in a call on each of its hops: what is typed last stands in no later one.
"""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.engine.sms_channel import is_texted
from flows.menu.actions import ACTIONS, OPEN_FLOW
from flows.menu.model import PIN, Ask, Do, End, Flow, Variable
from flows.menu.screen_kinds import texts_of

CODE = "F424"


def check_pin_answers(findings: Findings) -> None:
    """Report questions for a PIN that are not the last of the call, and every other use of what was typed."""
    flow = findings.flow
    asked = [ask for ask in flow.asks if ask.answer is not None and ask.answer.kind == PIN]
    for ask in asked:
        path = findings.path(ask.id)
        if is_texted(flow):
            said = "a PIN is asked for by SMS, which stays on the phone and with its network"
            findings.add(CODE, (*path, "answer"), said, hint="ask for it in a call")
        if ask.save is None or ask.save.startswith("contact."):
            said = "what is typed as a PIN goes to no action" if ask.save is None else "a PIN would be remembered"
            findings.add(CODE, (*path, "answer"), said, hint="write save: pin, and hand it to an action")
        for screen_id in _questions_after(flow, ask):
            said = f"{screen_id} comes after the PIN, so the PIN stands in the text of the call from then on"
            hint = "ask for the PIN last: only actions and a last screen may follow it"
            findings.add(CODE, (*path, "go"), said, hint=hint)
    if asked:
        _uses(findings, {ask.save for ask in asked if ask.save})


def _questions_after(flow: Flow, ask: Ask) -> Iterator[str]:
    """What asks the caller something after a PIN was typed, or opens another flow, which may."""
    waiting, seen = [ask.go or ""], {ask.id}
    while waiting:
        screen_id = waiting.pop()
        screen = flow.screens.get(screen_id)
        if screen is None or screen_id in seen or isinstance(screen, End):
            continue
        seen.add(screen_id)
        if isinstance(screen, Do) and screen.action != OPEN_FLOW:
            waiting += screen.then.values()
        else:
            yield screen_id


def _uses(findings: Findings, pins: set[str]) -> None:
    """Texts that show a PIN, and actions that take it as something else."""
    flow = findings.flow
    for screen in flow.screens.values():
        path = findings.path(screen.id)
        for each in texts_of(screen):
            for name in sorted(pins & set(names_in(each.text))):
                said = f"it shows {{{name}}}, which is a PIN"
                findings.add(CODE, (*path, *each.path), said, hint="remove it: nobody may read a PIN from a screen")
        if not isinstance(screen, Do):
            continue
        known = ACTIONS[screen.action].arguments if screen.action in ACTIONS else {}
        joined = [
            (name, part.name) for name, parts in screen.joined.items() for part in parts if isinstance(part, Variable)
        ]
        for name, source in [*screen.arguments.items(), *joined]:
            if source in pins and (name not in known or known[name].kind != PIN):
                said = f"{screen.action} would keep the PIN as its {name}"
                findings.add(CODE, (*path, "with", name), said, hint="hand it to an argument that is a PIN")
