"""What a walk has to note: the screens that say whom to call, and those where callers confirm what is filed."""

from collections.abc import Iterator

from flows.checks.analysis.text_index import names_in
from flows.checks.walks.exploration import FILING, Marks, stores
from flows.checks.walks.value_classes import EMERGENCY
from flows.checks.walks.word_cues import CalledLines
from flows.menu.model import Ask, Do, End, Flow
from flows.menu.screen_kinds import inputs_of, saves_of

DANGER_OUTCOMES = ("danger", "private_danger")
_LONGEST_CHAIN = 20  # acts one after the other


def marks_of(flow: Flow, lines: CalledLines) -> Marks:
    """The marks of a flow whose callers are told to call these lines."""
    warns = frozenset(
        name for name, screen in flow.screens.items() if isinstance(screen, Ask | End) and lines.are_named(screen.text)
    )
    confirms: dict[str, frozenset[str]] = {}
    shown: dict[str, frozenset[str]] = {}
    given = given_to(flow)
    for ask in flow.asks:
        told = {root_of(name) for name in names_in(ask.text)}
        for action in {action for action in _led_to(flow, ask) if told & given.get(action, set())}:
            confirms[ask.id] = confirms.get(ask.id, frozenset()) | {action}
            shown[action] = shown.get(action, frozenset()) | (frozenset(names_in(ask.text)) & _saved(flow))
    return Marks(warns, confirms, shown, frozenset(emergency_lists(flow)))


def given_to(flow: Flow) -> dict[str, set[str]]:
    """For each action that stores something, the variables and records that a flow gives it, or shows a plan of."""
    found: dict[str, set[str]] = {}
    plans = {screen.save for screen in flow.actions if screen.action == "plan_complaint" and screen.save}
    for screen in flow.actions:
        if stores(screen.action):
            roots = {root_of(name) for name, _ in inputs_of(screen)}
            found.setdefault(screen.action, set()).update(roots | (plans if screen.action in FILING else set()))
    return found


def emergency_lists(flow: Flow) -> dict[str, frozenset[str]]:
    """The variables that hold a code of a list with emergencies, each with the codes of those."""
    found: dict[str, frozenset[str]] = {}
    for name, listed in flow.kinds.items():
        codes = frozenset(row.code for row in flow.lists.get(listed, ()) if row.columns.get(EMERGENCY) == "yes")
        if codes and "." not in name.removeprefix("contact."):
            found[name] = codes
    return found


def root_of(name: str) -> str:
    """The variable that a name is of: `complaint` for `complaint.number`; what is known of the contact stays whole."""
    head, _, rest = name.partition(".")
    return f"contact.{rest.partition('.')[0]}" if head == "contact" else head


def _saved(flow: Flow) -> frozenset[str]:
    """The variables that answers are saved in."""
    return frozenset(name for ask in flow.asks for name in saves_of(ask))


def _led_to(flow: Flow, ask: Ask) -> Iterator[str]:
    """The acts that follow a choice of a screen at once."""
    if ask.pick is not None or ask.answer is not None or len(ask.options) < 2:
        return
    for option in ask.options:
        screen = flow.screens.get(option.go)
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(screen, Do):
                break
            if stores(screen.action):
                yield screen.action
            screen = flow.screens.get(screen.then.get("ok") or screen.then.get("else", ""))
