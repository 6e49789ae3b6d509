"""Words where a number or a name is expected are looked at for danger before they are read as an answer."""

from msgspec.structs import replace

from flows.engine.answer_kinds import is_free
from flows.engine.label_lookup import find_label
from flows.engine.language_detection import detect_language
from flows.engine.render import RESUME, resume_screen
from flows.engine.sms_channel import is_texted
from flows.engine.variables import shown_language
from flows.menu.model import Action, Ask, Flow, State, Turn, Value


def look_for_danger(flow: Flow, state: State, typed: str) -> Turn | None:
    """The turn that has words looked at, where the flow says what follows; None for numbers, labels and free text."""
    if typed.isdigit() or not flow.danger_screen or is_texted(flow) or state.ended:
        return None
    screen = resume_screen(flow) if state.screen == RESUME else flow.screens[state.screen]
    if not isinstance(screen, Ask) or is_free(screen.answer) or not any(letter.isalpha() for letter in typed):
        return None
    if find_label(flow, state, screen, typed):
        return None
    looked: dict[str, Value] = {"words": typed, "language": shown_language(flow, in_language_of(flow, state, typed))}
    return Turn(replace(state, typed=typed, hops=state.hops + 1), action=Action("find_danger", looked))


def in_language_of(flow: Flow, state: State, typed: str) -> State:
    """The state in the language of what was typed, if the caller has not chosen one yet."""
    spoken = None if state.values.get("contact.language") else detect_language(typed, flow)
    return replace(state, language=spoken or state.language)
