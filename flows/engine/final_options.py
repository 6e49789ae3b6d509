"""Options that end the flow: what they lead to files, sends or says goodbye, and asks for a PIN at most."""

from flows.menu.model import PIN, Ask, Do, End, Flow, Option, Screen

_LONGEST_CHAIN = 20  # actions one after the other


def ends_flow(flow: Flow, option: Option) -> bool:
    """True if the last screen follows this option, where its actions succeed, or a PIN: nothing is asked behind it."""
    screen = flow.screens.get(option.go)
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(screen, Do):
            break
        screen = flow.screens.get(screen.then.get("ok") or screen.then.get("else", ""))
    return isinstance(screen, End) or _asks_pin(screen)


def _asks_pin(screen: Screen | None) -> bool:
    return isinstance(screen, Ask) and screen.answer is not None and screen.answer.kind == PIN


def has_final_option(flow: Flow, screen: Ask) -> bool:
    """True if an option of the screen ends the flow. Worked out once for each screen of a flow."""
    key = f"final:{screen.id}"
    if key not in flow.compiled:
        flow.compiled[key] = any(ends_flow(flow, option) for option in screen.options)
    return bool(flow.compiled[key])
