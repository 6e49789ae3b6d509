"""Follows a flow on every way: what callers may have answered, seen and done when they come to each screen."""

from collections import deque
from collections.abc import Callable, Iterator
from operator import or_

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.walks.value_classes import Classes, Sets
from flows.menu.actions import ACTIONS, BRINGS_NOTHING
from flows.menu.diagnostics import Path
from flows.menu.model import LANGUAGES_LIST, Ask, Do, Flow, NameLookup, Option, Pick, Screen
from flows.menu.screen_kinds import Way, conditions_of, skip_condition, ways_of

STEPS_OF_STATE = 12  # as Findings.spend counts them
MOST_AT_A_SCREEN = 48  # sets of values that are kept apart at one screen; more are taken together
FILING = frozenset({"file_complaint", "file_by_text", "file_suggestion", "save_survey", "add_details"})
UNTOLD = frozenset({"remember", "find_danger", "known_problem"})  # kept as if they wrote, but they store nothing
DONE = frozenset({"ok", "danger", "private_danger", "private"})  # outcomes with which an action did what it is for


class Act(Struct, frozen=True):
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


class Facts(Struct, frozen=True):
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


class Walk:
    """Every way through a flow. `arrivals` has those of each screen, `truths` what each condition can be."""

    def __init__(self, findings: Findings, marks: Marks) -> None:
        self.flow, self._spend, self._marks = findings.flow, findings.spend, marks
        self.classes = Classes(findings)
        self.arrivals: dict[str, list[Arrival]] = {}
        self.truths: dict[Path, set[bool]] = {}
        every = self.classes.everything
        self._unread = {
            name: tuple(0 if live >> at & 1 else each for at, each in enumerate(every))
            for name, live in live_variables(self.flow, self.classes).items()
        }
        self._met: set[tuple[str, Facts, Sets]] = set()
        self._widths = [each.all.bit_length() for each in self.classes.variables]
        self._ways = {name: list(ways_of(screen)) for name, screen in self.flow.screens.items()}
        self._covered: dict[tuple[str, Facts], list[tuple[int, Sets]]] = {}
        self._waiting: deque[Arrival] = deque()
        self._explore()

    def _explore(self) -> None:
        flow = self.flow
        self._come(Arrival(flow.start, Facts(), self.classes.at_dial()))
        self._come(Arrival(flow.home, Facts(), self.classes.at_menu()))
        self._come(Arrival(flow.danger_screen, Facts(), self.classes.everything))
        while self._waiting:
            arrival = self._waiting.popleft()
            for way, facts, sets in self.leave(arrival):
                self._come(Arrival(way.go or "", facts, sets, arrival.screen, way))

    def _come(self, arrival: Arrival) -> None:
        screen = self.flow.screens.get(arrival.screen)
        if screen is None:
            return
        sets = tuple(map(or_, arrival.sets, self._unread[arrival.screen]))
        met = (arrival.screen, arrival.facts, sets)
        if met in self._met:
            self._spend(1)
            return
        self._met.add(met)
        known = self._covered.setdefault((arrival.screen, arrival.facts), [])
        self._spend(STEPS_OF_STATE + len(known) // 4)
        packed = self._packed(sets)
        if any(not packed & ~each for each, _ in known):
            return
        if len(known) >= MOST_AT_A_SCREEN:
            sets = tuple(a | b for a, b in zip(sets, known.pop()[1], strict=True))
            packed = self._packed(sets)
        known.append((packed, sets))
        came = Arrival(arrival.screen, arrival.facts, sets, arrival.origin, arrival.way)
        self.arrivals.setdefault(arrival.screen, []).append(came)
        self._waiting.append(came)

    def _packed(self, sets: Sets) -> int:
        """All sets in one number, so that one operation compares them."""
        found = 0
        for part, width in zip(sets, self._widths, strict=True):
            found = found << width | part
        return found

    def leave(self, arrival: Arrival) -> Iterator[tuple[Way, Facts, Sets]]:
        """Every way on from a screen that a caller has come to, with what holds then."""
        screen = self.flow.screens[arrival.screen]
        skip = skip_condition(screen)
        ways = self._ways[arrival.screen]
        passing = next((way for way in ways if way.manner == "passed"), None)
        for holds, sets in self.classes.divide(skip, arrival.sets) if skip is not None else [(False, arrival.sets)]:
            if skip is not None:
                self.truths.setdefault(("screens", arrival.screen, "skip_if"), set()).add(holds)
            if holds and passing is not None:
                yield passing, arrival.facts, sets
            elif not holds:
                yield from self._onward(screen, arrival.facts, sets, ways)

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

    def _onward(self, screen: Screen, facts: Facts, sets: Sets, ways: list[Way]) -> Iterator[tuple[Way, Facts, Sets]]:
        marks = self._marks
        if isinstance(screen, Do):
            for way in ways:
                if way.manner != "passed":
                    outcome = str(way.of)
                    nothing = outcome == "else" or outcome in BRINGS_NOTHING
                    done = Act(screen.id, outcome) if nothing or stores(screen.action) else facts.act
                    empty = nothing or not screen.save
                    after = sets if empty else self.classes.brought(str(screen.save), sets, screen.action)
                    yield way, Facts(done, facts.warned, facts.confirmed), after
        elif isinstance(screen, Ask):
            seen = Facts(
                facts.act,
                facts.warned or screen.id in marks.warns,
                facts.confirmed | marks.confirms.get(screen.id, frozenset()),
            )
            for way in ways:
                if way.manner != "passed":
                    yield from self._answered(screen, way, seen, sets)

    def _answered(self, ask: Ask, way: Way, facts: Facts, sets: Sets) -> Iterator[tuple[Way, Facts, Sets]]:
        marks = self._marks
        lost = frozenset(act for act, shown in marks.shown.items() if shown & {*way.saves})
        warned = facts.warned and not marks.dangerous & {*way.saves}
        after = Facts(facts.act, warned, facts.confirmed - lost)
        for holds, each in self.classes.divide(way.when, sets):
            if way.when is not None and isinstance(way.of, Option):
                self.truths.setdefault(("screens", ask.id, "choose", way.of.code, "when"), set()).add(holds)
            if holds:
                yield way, after, self._saved(way, each)

    def _saved(self, way: Way, sets: Sets) -> Sets:
        for name in way.saves:
            match way.of:
                case Option(code=code):
                    return self.classes.saved(name, [code], sets)
                case Pick(list=listed, where=where) if where is not None and listed in self.flow.rows:
                    return self.classes.chosen(name, listed, sets, where)
                case Pick(list=listed) | NameLookup(list=listed):
                    if listed == LANGUAGES_LIST:
                        return self.classes.saved(name, [*self.flow.languages], sets)
                    if listed in self.flow.rows:
                        return self.classes.chosen(name, listed, sets)
                    return self.classes.picked(name, sets)
                case _:
                    return self.classes.saved(name, None, sets)
        return sets


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
