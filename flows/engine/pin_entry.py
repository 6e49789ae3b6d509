"""A PIN that is typed: asked last, handed to an action, and in no state that is kept."""

from msgspec.structs import replace

from flows.menu.model import PIN, Ask, Flow, State

FRESH: dict[str, object] = {"page": 0, "wrong": 0, "problem": "", "matches": ()}  # a screen that was just entered


def pins_of(flow: Flow) -> frozenset[str]:
    """The variables in which a PIN is saved."""
    known = flow.compiled.get("pins")
    if not isinstance(known, frozenset):
        known = frozenset(
            ask.save for ask in flow.asks if ask.save and ask.answer is not None and ask.answer.kind == PIN
        )
        flow.compiled["pins"] = known
    return known


def asks_pin(flow: Flow, state: State) -> bool:
    """True where the caller is asked for a PIN."""
    screen = flow.screens.get(state.screen)
    if not isinstance(screen, Ask) or screen.answer is None or screen.answer.kind != PIN:
        return False
    return bool(pins_of(flow))


def before_pin(state: State) -> State:
    """The state that is kept where a PIN was typed: the last one of the call, or as it was before the PIN."""
    if state.ended or not state.pin_entries:
        return state
    return replace(state, hops=state.hops - state.pin_entries, pin_entries=0, **FRESH)


def text_before_pin(text: str, entries: int) -> str:
    """A text without its last `entries`, which were typed where a PIN is asked for."""
    return "*".join(text.split("*")[:-entries]) if entries else text


def without_pin(flow: Flow, state: State) -> State:
    """The state without a PIN, as every screen is shown with: none that waits for the caller or is kept has one."""
    pins = pins_of(flow)
    if not pins or (not state.pin_entries and pins.isdisjoint(state.values)):
        return state
    values = {name: value for name, value in state.values.items() if name not in pins}
    entries = state.pin_entries if state.ended or asks_pin(flow, state) else 0
    return replace(state, values=values, pin_entries=entries)
