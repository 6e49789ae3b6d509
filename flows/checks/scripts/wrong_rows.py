"""The argument, row or choice at fault, where something else is stored than a script expects."""

from collections.abc import Mapping

from flows.checks.scripts.played_scripts import Cause, PlayedScript, Witnesses
from flows.engine.variables import row_of
from flows.menu.model import Do, Flow, State
from flows.menu.screen_kinds import saves_of
from flows.preview.transcripts import FILES, Step, stored_unlike

PRIVATE = "private"
WORDS = ("details", "words")  # arguments that hold what a caller typed


def row_at_fault(flow: Flow, played: PlayedScript, known: Witnesses) -> Cause | None:
    """What made the stored row other than it should be; None if it cannot be told.

    The path begins with the id of a screen, or with `lists`.
    """
    step, expected = played.failing, played.expected.get("stored")
    if step is None or step.state is None:
        return None
    acts = [name for name in step.acts if isinstance(act := flow.screens.get(name), Do) and act.action in FILES]
    if not isinstance(expected, Mapping) or step.stored is None or not acts:
        return Cause((acts[-1],)) if acts else _last_turn(step, known)
    act = flow.screens[acts[-1]]
    assert isinstance(act, Do)  # noqa: S101 - chosen so above
    name = next(name for name, value in expected.items() if stored_unlike({name: value}, step.stored))
    if name in act.joined or (name in act.arguments and act.arguments[name].startswith("'")):
        return Cause((act.id, "with", name))
    if name in act.arguments:
        return _value(flow, step.state, act, name)
    return _derived(flow, step.state, act, (name, expected[name]), known)


def _last_turn(step: Step, known: Witnesses) -> Cause | None:
    turns = [each for each in step.way if not each.skipped]
    doubtful = [each for each in turns if not known.confirms(each)] or turns
    return Cause((doubtful[-1].screen, *doubtful[-1].path)) if doubtful else Cause((step.screen,))


def _value(flow: Flow, state: State, act: Do, name: str) -> Cause:
    """Where an argument has its value from: the row, or the choice that saved it, or else the argument."""
    source = act.arguments[name]
    value = state.values.get(source)
    if name in WORDS:
        return Cause((act.id, "with", name))
    if (row := row_of(flow, flow.kinds.get(source, ""), value)) is not None:
        return Cause(("lists", flow.kinds[source], row.code))
    for screen in flow.asks:
        if source in saves_of(screen):
            chosen = next((each.code for each in screen.options if each.code == value), None)
            if chosen is not None:
                return Cause((screen.id, "choose", chosen))
    return Cause((act.id, "with", name))


def _derived(flow: Flow, state: State, act: Do, wanted: tuple[str, object], known: Witnesses) -> Cause:
    """What is stored without an argument of its own: privacy and the office follow from the category."""
    name, value = wanted
    source = act.arguments.get("category", "")
    row = row_of(flow, flow.kinds.get(source, ""), state.values.get(source))
    elsewhere = (act.id, name, {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else value)
    if row is not None and (name != PRIVATE or elsewhere in known.stored):
        return Cause(("lists", flow.kinds[source], row.code))
    return Cause((act.id,))
