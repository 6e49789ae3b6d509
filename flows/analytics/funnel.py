"""Where callers give up: the counts of a flow's screens in the order in which callers reach them, and their sums.

Every call ends on one screen: the flow ends it there, or the caller leaves. So calls are not counted separately; their
number is the sum of those that ended and those that were left, in any language, on any network and on any day.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Literal, TypeVar

from msgspec import Struct

from flows.diagrams.graph import boxes
from flows.engine.render import RESUME
from flows.engine.variables import base_language
from flows.menu.model import Do, Flow
from flows.menu.screen_kinds import leads, skip_condition

Part = TypeVar("Part")

FEW = 20  # visits to a screen from which conclusions are drawn
SURE = 2.0  # standard errors by which two shares differ before anybody is told that one is higher
FILES = frozenset({"file_complaint", "file_suggestion", "save_survey"})  # the actions that are the purpose of a flow


class Stage(Struct, frozen=True):
    """What callers did on one screen. `timed_out` is how many of those who left waited too long, says the network.

    A caller who is on the line counts as having left until they continue.
    """

    screen: str
    saw: int = 0
    answered: int = 0
    mistyped: int = 0
    ended: int = 0
    timed_out: int = 0

    @property
    def left(self) -> int:
        """How many saw it and did nothing more; never below 0, because Redis may lose counts."""
        return max(self.saw - self.answered - self.ended, 0)

    @property
    def left_share(self) -> float:
        """The share of those who saw it that left, 0 to 1."""
        return min(self.left / self.saw, 1.0) if self.saw else 0.0


class Totals(Struct, frozen=True):
    """Calls, how they ended, and how many filed something."""

    calls: int = 0
    ended: int = 0  # on a final screen, or after too many wrong entries
    left: int = 0
    timed_out: int = 0
    mistyped: int = 0
    filed: int = 0

    def share(self, count: int) -> float:
        """The share of the calls, 0 to 1."""
        return min(count / self.calls, 1.0) if self.calls else 0.0


class Funnel(Struct, frozen=True):
    """The screens of a flow in the order in which callers reach them, and those that it no longer has."""

    stages: tuple[Stage, ...]
    gone: tuple[Stage, ...]
    totals: Totals
    files: bool  # callers can file something

    @property
    def most_lost(self) -> Stage | None:
        """The screen that loses the highest share of those who see it, among those that were seen often enough."""
        seen = (stage for stage in self.stages if stage.saw >= FEW)
        worst = max(seen, key=lambda stage: (stage.left_share, stage.left), default=None)
        return worst if worst is not None and worst.left else None

    @property
    def widest(self) -> int:
        """The highest count of any screen."""
        return max((stage.saw for stage in (*self.stages, *self.gone)), default=0)


class ShareChange(Struct, frozen=True):
    """A share of a screen or of all calls, now and in the period before: each of so many.

    `judged`: "few" where either is of too few to tell, "same" where chance explains the difference, "more" or "less".
    """

    now: float
    before: float
    of_now: int
    of_before: int

    @property
    def points(self) -> float:
        """The difference in percentage points: 2.1 is from 16 % to 18.1 %."""
        return 100 * (self.now - self.before)

    @property
    def judged(self) -> Literal["few", "same", "more", "less"]:
        """What the two shares allow to say."""
        if min(self.of_now, self.of_before) < FEW:
            return "few"
        both = (self.now * self.of_now + self.before * self.of_before) / (self.of_now + self.of_before)
        error = sqrt(both * (1 - both) * (1 / self.of_now + 1 / self.of_before))
        if abs(self.now - self.before) <= SURE * error:
            return "same"
        return "more" if self.now > self.before else "less"


def compare_stages(now: Stage, before: Stage) -> ShareChange:
    """The share of those who saw a screen that left it."""
    return ShareChange(now.left_share, before.left_share, now.saw, before.saw)


def sum_by_new_id(counted: Mapping[str, Stage], names: Mapping[str, str]) -> dict[str, Stage]:
    """The counts of screens that had another id before, with those of the id that they have now (`names`: old, new)."""
    found: dict[str, Stage] = {}
    for name, stage in counted.items():
        new = names.get(name, name)
        found[new] = add_stages(found.get(new, Stage(new)), stage)
    return found


def add_stages(one: Stage, other: Stage) -> Stage:
    """The counts of two, under the id of the first."""
    sums = {name: getattr(one, name) + getattr(other, name) for name in Stage.__struct_fields__ if name != "screen"}
    return Stage(one.screen, **sums)


def funnel(flow: Flow, counted: Mapping[str, Stage]) -> Funnel:
    """The counts on a flow, including screens that nobody saw, but not those that only perform an action."""
    order = [RESUME, *_met(flow)]
    stages = tuple(counted.get(name, Stage(name)) for name in order if name != RESUME or name in counted)
    gone = sorted((stage for name, stage in counted.items() if name not in order), key=lambda stage: -stage.saw)
    goals = goals_of(flow)
    return Funnel(stages, tuple(gone), totals(counted.values(), goals), bool(goals))


def _met(flow: Flow) -> list[str]:
    """Screens that are shown, branch by branch, each in the order of a call."""
    found = {box.id: box for box in boxes(flow, base_language(flow))}
    order: dict[str, None] = {}
    waiting = [*reversed(found), flow.start]
    while waiting:
        name = waiting.pop()
        if name in found and name not in order:
            order[name] = None
            waiting += [way.go for way in reversed(found[name].ways)]
    return [name for name in order if found[name].kind != "does"]


def goals_of(flow: Flow) -> frozenset[str]:
    """The screens that are shown after something was filed: each call that filed sees one of them, unless it broke off.

    Where a question follows that not every caller is asked, they are the ends behind it.
    """
    goals = set[str]()
    for screen in flow.actions:
        if screen.action in FILES and "ok" in screen.then:
            goals |= _shown_after(flow, screen.then["ok"])
    return frozenset(goals)


def _shown_after(flow: Flow, name: str) -> set[str]:
    """The screen that a chain of actions leads to if all succeed; the ends behind it if it may be skipped."""
    for _ in flow.screens:
        screen = flow.screens.get(name)
        if not isinstance(screen, Do):
            break
        name = screen.then.get("ok") or screen.then.get("else", name)
    screen = flow.screens.get(name)
    return {name} if screen is None or skip_condition(screen) is None else _ends_behind(flow, name) or {name}


def _ends_behind(flow: Flow, name: str) -> set[str]:
    """The ends that a call may reach from a screen without passing the menu."""
    ends, met, waiting = set[str](), {flow.home}, [name]
    while waiting:
        if (at := waiting.pop()) in met or at not in flow.screens:
            continue
        met.add(at)
        ways = [to for to, _ in leads(flow.screens[at])]
        waiting += ways
        if not ways:
            ends.add(at)
    return ends


def totals(stages: Iterable[Stage], goals: frozenset[str]) -> Totals:
    """Sums over screens."""
    ended = left = timed_out = mistyped = filed = 0
    for stage in stages:
        ended, left = ended + stage.ended, left + stage.left
        timed_out, mistyped = timed_out + stage.timed_out, mistyped + stage.mistyped
        if stage.screen in goals:
            filed += stage.saw
    return Totals(ended + left, ended, left, timed_out, mistyped, filed)


def by_part(counted: Iterable[tuple[Part, Stage]], goals: frozenset[str]) -> dict[Part, Totals]:
    """Sums for each day, language or network."""
    parts: dict[Part, list[Stage]] = {}
    for part, stage in counted:
        parts.setdefault(part, []).append(stage)
    return {part: totals(stages, goals) for part, stages in parts.items()}


def top(words: Sequence[tuple[str, int]], most: int = 10, least: int = 2) -> tuple[list[tuple[str, int]], int]:
    """The most frequent wrong entries, and how often something else was typed.

    What was typed fewer than `least` times is left out, because it may be somebody's own words.
    """
    shown = [(typed, times) for typed, times in words if times >= least][:most]
    return shown, sum(times for _, times in words) - sum(times for _, times in shown)
