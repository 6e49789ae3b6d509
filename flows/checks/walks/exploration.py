"""Follows a flow on every way: what callers may have answered, seen and done when they come to each screen."""

from collections import deque
from collections.abc import Callable, Iterator

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.walks.value_classes import NO_CHANGE, Change, Classes, Sets
from flows.menu.actions import ACTIONS, BRINGS_NOTHING
from flows.menu.diagnostics import Path
from flows.menu.model import LANGUAGES_LIST, Ask, Do, Flow, NameLookup, Option, Pick, Screen
from flows.menu.screen_kinds import Way, conditions_of, skip_condition, ways_of

STEPS_OF_STATE = 12  # as Findings.spend counts them
MOST_AT_A_SCREEN = 48  # sets of values that are kept apart at one screen; more are taken together
FILING = frozenset({"file_complaint", "file_by_text", "file_suggestion", "save_survey", "add_details"})
UNTOLD = frozenset({"remember", "find_danger", "known_problem"})  # kept as if they wrote, but they store nothing
DONE = frozenset({"ok", "danger", "private_danger", "private"})  # outcomes with which an action did what it is for


class Act(Struct, frozen=True, cache_hash=True):
    """The last act on a way that stored something, or that could not be done: its screen and outcome ("" for none)."""

    screen: str = ""
    outcome: str = ""

    @property
    def ended(self) -> str:
        """`done`, `failed`, `other` for an outcome of another sense, or "" for no act."""
        if not self.outcome:
            return ""
        return "failed" if self.outcome == "else" else "done" if self.outcome in DONE else "other"


NO_ACT = Act()


class Facts(Struct, frozen=True, cache_hash=True):
    """What a caller has seen and done: the last act, whether they read whom to call, and the acts they confirmed."""

    act: Act = NO_ACT
    warned: bool = False
    confirmed: frozenset[str] = frozenset()


class Arrival(Struct, frozen=True):
    """Coming to a screen from another one by a way of it ("" and None for the beginning of a call)."""

    screen: str
    facts: Facts
    sets: Sets
    origin: str = ""
    way: Way | None = None


def stores(action: str) -> bool:
    """True for an action that changes what the service has of the caller or their complaint."""
    declared = ACTIONS.get(action)
    return declared is not None and declared.writes and action not in UNTOLD


class Marks(Struct, frozen=True):
    """What a walk notes at screens: those that say whom to call, and the acts that an asking screen lets confirm.

    `shown` has, for each such act, the variables whose new value asks for a new confirmation.
    """

    warns: frozenset[str]
    confirms: dict[str, frozenset[str]]
    shown: dict[str, frozenset[str]]
    dangerous: frozenset[str]  # variables whose new value may be a danger that nobody has been warned of


class Step(Struct, frozen=True):
    """A way on from a screen: what its answer or action changes, and the last act if it is one.

    `lost` are the confirmed acts of which it changes what was shown, `alarms` is true where it may bring a danger.
    """

    way: Way
    change: Change = NO_CHANGE
    act: Act | None = None
    lost: frozenset[str] = frozenset()
    alarms: bool = False


class Walk:
    """Every way through a flow. `arrivals` has those of each screen, `truths` what each condition can be."""

    def __init__(self, findings: Findings, marks: Marks) -> None:
        self.flow, self._spend, self._marks = findings.flow, findings.spend, marks
        self.classes = Classes(findings)
        self.arrivals: dict[str, list[Arrival]] = {}
        self.truths: dict[Path, set[bool]] = {}
        live = live_variables(self.flow, self.classes)
        self._unread = {name: self.classes.all_but(numbers) for name, numbers in live.items()}
        self._met: set[tuple[str, Facts, Sets]] = set()
        self._passing: dict[str, Way | None] = {}
        self._steps: dict[str, list[Step]] = {}
        for name, screen in self.flow.screens.items():
            ways = [*ways_of(screen)]
            self._passing[name] = next((way for way in ways if way.manner == "passed"), None)
            self._steps[name] = [self._step(screen, way) for way in ways if way.manner != "passed"]
        self._covered: dict[tuple[str, Facts], list[Sets]] = {}
        self._waiting: deque[Arrival] = deque()
        self._explore()

    def _explore(self) -> None:
        flow = self.flow
        self._come(flow.start, Facts(), self.classes.at_dial())
        self._come(flow.home, Facts(), self.classes.at_menu())
        self._come(flow.danger_screen, Facts(), self.classes.everything)
        while self._waiting:
            arrival = self._waiting.popleft()
            for way, facts, sets in self.leave(arrival):
                self._come(way.go or "", facts, sets, arrival.screen, way)

    def _come(self, screen: str, facts: Facts, sets: Sets, origin: str = "", way: Way | None = None) -> None:
        unread = self._unread.get(screen)
        if unread is None:
            return
        sets |= unread
        met = (screen, facts, sets)
        if met in self._met:
            self._spend(1)
            return
        self._met.add(met)
        known = self._covered.setdefault((screen, facts), [])
        self._spend(STEPS_OF_STATE + len(known) // 4)
        for each in known:
            if not sets & ~each:
                return
        if len(known) >= MOST_AT_A_SCREEN:
            sets |= known.pop()
        known.append(sets)
        came = Arrival(screen, facts, sets, origin, way)
        self.arrivals.setdefault(screen, []).append(came)
        self._waiting.append(came)

    def leave(self, arrival: Arrival) -> Iterator[tuple[Way, Facts, Sets]]:
        """Every way on from a screen that a caller has come to, with what holds then."""
        screen = self.flow.screens[arrival.screen]
        skip = skip_condition(screen)
        if skip is None:
            yield from self._onward(screen, arrival.facts, arrival.sets)
            return
        passing = self._passing[arrival.screen]
        for holds, sets in self.classes.divide(skip, arrival.sets):
            self.truths.setdefault(("screens", arrival.screen, "skip_if"), set()).add(holds)
            if holds and passing is not None:
                yield passing, arrival.facts, sets
            elif not holds:
                yield from self._onward(screen, arrival.facts, sets)

    def is_followed(self, saved: tuple[str, str], target: str, stops: Callable[[str], bool]) -> bool:
        """True if a caller who answered a screen (`saved`: variable, screen) can come to a target and not skip it.

        No way is followed past a screen that `stops`, or where another answer is saved under the name.
        """
        name, first = saved
        waiting = [(each, True) for each in self.arrivals.get(first, ())]
        seen: set[tuple[str, Sets]] = set()
        while waiting:
            arrival, begins = waiting.pop()
            for way, facts, sets in self.leave(arrival):
                self._spend(STEPS_OF_STATE)
                if not begins and arrival.screen == target and way.manner != "passed":
                    return True
                goes = way.go or ""
                if begins != (name in way.saves) or (not begins and stops(arrival.screen)):
                    continue
                if goes in self.flow.screens and (goes, sets) not in seen:
                    seen.add((goes, sets))
                    waiting.append((Arrival(goes, facts, sets, arrival.screen, way), False))
        return False

    def _step(self, screen: Screen, way: Way) -> Step:
        """What a way changes, whoever takes it."""
        if isinstance(screen, Do):
            outcome = str(way.of)
            nothing = outcome == "else" or outcome in BRINGS_NOTHING
            act = Act(screen.id, outcome) if nothing or stores(screen.action) else None
            brings = not nothing and screen.save
            return Step(way, self.classes.brought(str(screen.save), screen.action) if brings else NO_CHANGE, act)
        lost = frozenset(act for act, shown in self._marks.shown.items() if not shown.isdisjoint(way.saves))
        alarms = not self._marks.dangerous.isdisjoint(way.saves)
        return Step(way, self._saved(way), None, lost, alarms)

    def _onward(self, screen: Screen, facts: Facts, sets: Sets) -> Iterator[tuple[Way, Facts, Sets]]:
        marks, steps = self._marks, self._steps[screen.id]
        if isinstance(screen, Do):
            for step in steps:
                after = Facts(step.act, facts.warned, facts.confirmed) if step.act is not None else facts
                yield step.way, after, step.change.after(sets)
        elif isinstance(screen, Ask):
            seen = facts
            if screen.id in marks.warns or screen.id in marks.confirms:
                confirmed = facts.confirmed | marks.confirms.get(screen.id, frozenset())
                seen = Facts(facts.act, facts.warned or screen.id in marks.warns, confirmed)
            for step in steps:
                after = seen
                if step.lost or step.alarms:
                    after = Facts(seen.act, seen.warned and not step.alarms, seen.confirmed - step.lost)
                if step.way.when is None:
                    yield step.way, after, step.change.after(sets)
                else:
                    yield from self._answered(screen, step, after, sets)

    def _answered(self, ask: Ask, step: Step, after: Facts, sets: Sets) -> Iterator[tuple[Way, Facts, Sets]]:
        """A way that is open to some: to those for whom its condition holds."""
        way = step.way
        for holds, each in self.classes.divide(way.when, sets):
            if isinstance(way.of, Option):
                self.truths.setdefault(("screens", ask.id, "choose", way.of.code, "when"), set()).add(holds)
            if holds:
                yield way, after, step.change.after(each)

    def _saved(self, way: Way) -> Change:
        if not way.saves:
            return NO_CHANGE
        name = way.saves[0]
        match way.of:
            case Option(code=code):
                return self.classes.saved(name, [code])
            case Pick(list=listed, where=where) if where is not None and listed in self.flow.rows:
                return self.classes.chosen(name, listed, where)
            case Pick(list=listed) | NameLookup(list=listed):
                if listed == LANGUAGES_LIST:
                    return self.classes.saved(name, [*self.flow.languages])
                if listed in self.flow.rows:
                    return self.classes.chosen(name, listed)
                return self.classes.picked(name)
            case _:
                return self.classes.saved(name, None)


def live_variables(flow: Flow, classes: Classes) -> dict[str, int]:
    """For each screen, the variables whose values still matter there, a bit for each."""
    own: dict[str, int] = {}
    before: dict[str, set[str]] = {}
    for name, screen in flow.screens.items():
        own[name] = 0
        for _, condition in conditions_of(screen):
            own[name] |= classes.read_by(condition)
        if isinstance(screen, Do) and screen.arguments.get("category", "") in classes.by_name:
            own[name] |= 1 << classes.by_name[screen.arguments["category"]].at
        for way in ways_of(screen):
            before.setdefault(way.go or "", set()).add(name)
    live = dict(own)
    waiting = list(flow.screens)
    while waiting:
        name = waiting.pop()
        for earlier in before.get(name, ()):
            if live[name] & ~live[earlier]:
                live[earlier] |= live[name]
                waiting.append(earlier)
    return live
