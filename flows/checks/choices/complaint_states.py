"""F120: acts that are offered where a complaint is not so that they can be done, and questions that it never meets.

A complaint is followed through the flow in each status that the life cycle has, filed with the name or without it.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flows.cases.lifecycle_file import Life, Transition
from flows.cases.lifecycle_rules import WAITS
from flows.checks.analysis.findings import Findings
from flows.checks.choices.yes_and_no_targets import says
from flows.checks.protection.filing_ways import Known, truth, ways_on
from flows.checks.walks.exploration import stores
from flows.menu import conditions
from flows.menu.actions import FOLLOWED
from flows.menu.diagnostics import Path
from flows.menu.model import Ask, Condition, Do, Option, Screen
from flows.menu.screen_kinds import Way, conditions_of, skip_condition

# What the life cycle calls the act of an action by the citizen; None for one that every open complaint allows.
MOVES = {
    "confirm_complaint": "confirmed",
    "reopen_complaint": "reopened",
    "appeal_complaint": "appealed",
    "withdraw_complaint": "withdrawn",
    "note_pressure": "withdrawn",
    "remind": None,
}
WHILE_OPEN = (None, "withdrawn")
FINDS = "find_complaint"
LISTS = "my_complaints"
FIELDS = ("status", "listed", "waits", "open", "resolved")
YES, NO = "yes", ""


class _State(Struct, frozen=True):
    """A status as a record shows it, and the acts that can be done then."""

    name: str
    fields: Mapping[str, str]
    allows: frozenset[str]


class _Step(Struct, frozen=True):
    """The way by which a complaint came to a screen, and the screen before."""

    origin: str
    way: Way | None


class _Followed(Struct, frozen=True):
    """A complaint in a state: what is known of it, and the first way by which it comes to each screen."""

    state: _State
    known: Known
    steps: Mapping[str, _Step]


def check_complaint_states(findings: Findings) -> None:
    """Report acts that a complaint comes to in a status without them, and questions that no complaint is asked."""
    life = findings.around.life
    acts = [act for act in findings.flow.actions if act.action in MOVES and not findings.is_shorthand(act.id)]
    if life is None or not acts:
        return
    for record, starts in _found(findings).items():
        followed = [
            _follow(findings, starts["joined" if state.name == FOLLOWED else "own"], record, state)
            for state in _judged(findings, record, _states(life))
        ]
        own = [each for each in followed if each.state.name != FOLLOWED]  # another's is refused as if there were none
        told: set[Path] = set()
        for act in acts:
            for each in own if _is_of(act, record) else ():
                if act.id in each.steps and act.action not in each.state.allows:
                    _judge(findings, act, each, own, told)
        _unmet(findings, record, followed)


def _found(findings: Findings) -> dict[str, dict[str, set[str]]]:
    """The variables that hold a complaint of the caller, and the screens that follow: for their own, for another's."""
    flow, found = findings.flow, dict[str, dict[str, set[str]]]()
    lists = {act.save for act in flow.actions if act.action == LISTS and act.save}
    screens: tuple[Ask | Do, ...] = (*flow.asks, *flow.actions)
    for screen in screens:
        own, joined = set[str](), set[str]()
        if isinstance(screen, Do) and screen.action == FINDS:
            own, joined = {screen.then.get("ok", "")}, {screen.then.get("joined", "")}
        elif isinstance(screen, Ask) and screen.pick is not None and screen.pick.list in lists:
            own = joined = {screen.go or ""}
        if own and screen.save:
            kept = found.setdefault(screen.save, {"own": set(), "joined": set()})
            kept["own"] |= own
            kept["joined"] |= joined
    return found


def _states(life: Life) -> Iterator[_State]:
    for name, status in life.statuses.items():
        allows = {
            action
            for action, act in MOVES.items()
            if (status.open if act is None else any(_is_move(move, act, name) for move in life.moves))
        }
        shown = {"open": YES if status.open else NO, "resolved": YES if status.resolved else NO}
        waits = {"waits": WAITS.get(name, NO)}
        neutral = "open" if status.open else "closed"
        yield _State(name, {**shown, **waits, "status": name, "listed": name, "private": NO}, frozenset(allows))
        yield _State(name, {**shown, **waits, "status": neutral, "listed": neutral, "private": YES}, frozenset(allows))
    joined = {"open": NO, "resolved": NO, "waits": NO, "listed": FOLLOWED, "private": NO}
    yield _State(FOLLOWED, joined, frozenset())


def _is_move(move: Transition, act: str, source: str) -> bool:
    return move.act == act and source in move.sources and "citizen" in move.by


def _judged(findings: Findings, record: str, states: Iterator[_State]) -> list[_State]:
    """One state of those that all conditions treat alike and that allow the same acts."""
    read = {name for screen in findings.flow.screens.values() for name in _names(screen)}
    fields = [each for each in (*FIELDS, "private") if f"{record}.{each}" in read]
    conditions_read = [each for screen in findings.flow.screens.values() for each in _conditions(screen)]
    found: dict[object, _State] = {}
    for state in states:
        known = {f"{record}.{field}": value for field, value in state.fields.items()}
        findings.spend(len(conditions_read))
        truths = tuple(truth(findings.flow, each, known) for each in conditions_read) if fields else ()
        found.setdefault((truths, state.allows, state.name == FOLLOWED), state)
    return [*found.values()]


def _conditions(screen: Screen) -> Iterator[Condition]:
    yield from (condition for _, condition in conditions_of(screen))


def _names(screen: Screen) -> set[str]:
    return {name for each in _conditions(screen) for name in conditions.names(each)}


def _follow(findings: Findings, starts: set[str], record: str, state: _State) -> _Followed:
    flow = findings.flow
    known = {f"{record}.{field}": value for field, value in state.fields.items()}
    steps = {name: _Step("", None) for name in starts if name in flow.screens}
    waiting = [*steps]
    while waiting:
        name = waiting.pop(0)
        screen = flow.screens[name]
        findings.spend(4)
        if isinstance(screen, Do) and (stores(screen.action) or screen.action in (FINDS, LISTS)):
            continue
        for way, _ in ways_on(flow, screen, known):
            if way.go in flow.screens and way.go not in steps and way.go is not None:
                steps[way.go] = _Step(name, way)
                waiting.append(way.go)
    return _Followed(state, known, steps)


def _is_of(act: Do, record: str) -> bool:
    return act.arguments.get("complaint", "").partition(".")[0] == record


def _judge(findings: Findings, act: Do, each: _Followed, own: Sequence[_Followed], told: set[Path]) -> None:
    """Tell of an act that every open complaint allows; of the others, whose outcome `closed` says so, only if a

    condition keeps away just those complaints with which they can be done: it is turned round.
    """
    path, screen, condition = _where(findings, act, each.steps)
    if path in told or (MOVES[act.action] not in WHILE_OPEN and not _is_turned(findings, act, screen, condition, own)):
        return
    told.add(path)
    said = (
        f"{screen} leads to {act.id} ({act.action}) also where the complaint is {each.state.name.replace('_', ' ')}: "
        "it cannot be done then, and the caller learns it only afterwards"
    )
    findings.add("F120", path, said, hint="correct the condition, or add one, such as when: complaint.open")


def _is_turned(
    findings: Findings, act: Do, screen: str, condition: tuple[Condition, bool] | None, own: Sequence[_Followed]
) -> bool:
    if condition is None:  # other screens that ask the same ask it of the right complaints alone
        return any(
            ask.skip_if is not None and _reads(ask.skip_if, act.arguments["complaint"].partition(".")[0])
            for ask in findings.flow.asks
            if ask.id != screen and act.id in {option.go for option in ask.options}
        )
    read, offered = condition
    kept = [
        each.state for each in own if screen in each.steps and truth(findings.flow, read, each.known) is (not offered)
    ]
    return bool(kept) and all(act.action in state.allows for state in kept)


def _where(findings: Findings, act: Do, steps: Mapping[str, _Step]) -> tuple[Path, str, tuple[Condition, bool] | None]:
    """The nearest condition on the way to an act, and with which truth it lets callers through; or else the choice.

    That one leads to the act and asks no yes or no.
    """
    record = act.arguments["complaint"].partition(".")[0]
    nearest: tuple[Path, str] | None = None
    asked = ""  # the screen whose choice leads to the act
    step = steps[act.id]
    while step.origin and step.way is not None:
        path = findings.path(step.origin)
        option = step.way.of
        if isinstance(option, Option) and step.way.manner == "chosen":
            asked = asked or step.origin
            if option.when is not None and _reads(option.when, record):
                return (*path, "choose", option.code, "when"), step.origin, (option.when, True)
            if nearest is None and says(findings.flow, option) is None:
                nearest = (*path, "choose", option.code), step.origin
        skipped = skip_condition(findings.flow.screens[step.origin])
        free = nearest is None or MOVES[act.action] not in WHILE_OPEN
        if free and skipped is not None and step.way.manner != "passed" and _reads(skipped, record):
            return (*path, "skip_if"), step.origin, (skipped, False)
        step = steps[step.origin]
    if asked and MOVES[act.action] not in WHILE_OPEN:
        nearest = findings.path(asked), asked
    path, name = nearest or ((*findings.path(act.id), "do"), act.id)
    return path, name, None


def _reads(condition: Condition, record: str) -> bool:
    return any(name.startswith(f"{record}.") for name in conditions.names(condition))


def _unmet(findings: Findings, record: str, followed: Sequence[_Followed]) -> None:
    """Questions about a complaint that are passed over in every status."""
    for ask in findings.flow.asks:
        if ask.skip_if is None or not _reads(ask.skip_if, record):
            continue
        came = [each for each in followed if ask.id in each.steps]
        path = (*findings.path(ask.id), "skip_if")
        passed = all(truth(findings.flow, ask.skip_if, each.known) is True for each in came)
        if came and passed and not findings.tells(path, "F113"):
            said = f"no complaint comes to {ask.id}: whatever its status, this screen is passed over"
            findings.add("F120", path, said, hint="correct the condition")
