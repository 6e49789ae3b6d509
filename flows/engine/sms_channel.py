"""What a flow by SMS has that a call has not: a larger room, fewer questions, and what its first text already said."""

from flows.engine.render import PREFIX
from flows.menu.action_spec import ResultField
from flows.menu.model import Flow, Room, State

PARTS = 2  # SMS that a question or an answer may be paid for
SMS_ROOM = Room(gsm_safe=306 + PREFIX, ucs2_safe=134 + PREFIX, gsm_hard=306, ucs2_hard=134)  # no `CON ` goes before it
MOST_QUESTIONS = 2  # that a citizen is asked by SMS: in one project 40 % answered the first, half of them the rest

# What `engine.begin(given=…)` may preset for a flow by SMS; `category.maybe` and `district.maybe` hold codes, with
# blanks between, that the first question about it offers.
GIVEN = {
    "words": ResultField(160, any_script=True, about="The SMS, and later answers that were not understood."),
    "category": ResultField(24, list="category", empty=True, about="Set if the words name one."),
    "district": ResultField(24, list="district", empty=True, about="Set if the words name one, or a place in one."),
    "private": ResultField(
        3,
        empty=True,
        kind="yes_no",
        about="yes if the sender asked for it (PRIVATE), or the danger is private.",
    ),
    "danger": ResultField(3, empty=True, kind="yes_no", about="yes if the words tell of danger, or perhaps do."),
}
MAYBE = ".maybe"


def is_texted(flow: Flow) -> bool:
    """True for a flow whose screens are SMS."""
    return flow.channel == "sms"


def usual_room(flow: Flow) -> Room:
    """What a screen of the flow holds where nothing more is known."""
    return SMS_ROOM if flow.channel == "sms" else Room()


def has_asked_enough(flow: Flow, state: State) -> bool:
    """True when a flow by SMS has had its questions: what is not known by then is filed without."""
    return flow.channel == "sms" and state.hops >= MOST_QUESTIONS


def maybe(state: State, save: str | None) -> tuple[str, ...]:
    """The codes that the words given may have meant, for the question that saves `save`."""
    codes = state.values.get(f"{save}{MAYBE}")
    return tuple(codes.split()) if isinstance(codes, str) else ()
