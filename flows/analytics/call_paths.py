"""The path of a call: its screens in order, how long each was shown, what was typed there, and how the call ended.

A path says nothing of whose call it was. A row chosen from a list may say what a complaint is about, and where: it is
shown only if several calls chose it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from flows.analytics.screen_events import ENDED, GAVE_UP, MISTYPED, TYPED
from flows.engine.render import RESUME
from flows.menu.model import Ask, Flow
from flows.menu.screen_kinds import question_of

COMMON = 5  # calls that must have chosen a row before anybody reads which one it was
HIDDEN = "#"  # stands for a row that fewer chose


class PathStep(Struct, frozen=True):
    """A screen of a path. `seconds` is how long it was shown, None for the last one.

    `typed` is the entry that followed: a key, TYPED, HIDDEN, or "" for none; `wrong` if it was not understood.
    """

    screen: str
    language: str
    seconds: int | None
    typed: str = ""
    wrong: bool = False


class CallPath(Struct, frozen=True):
    """The path of one call. `how` it ended: by the flow, after too many wrong entries, or because the caller left."""

    steps: tuple[PathStep, ...]
    how: Literal["ended", "gave_up", "left"]
    seconds: int

    @property
    def screens(self) -> int:
        """How many screens were shown, each as often as it was."""
        return len(self.steps)

    @property
    def continued(self) -> bool:
        """True for a call that went on with an earlier one: what came before is not known."""
        return bool(self.steps) and self.steps[0].screen == RESUME


class KeptHop(Struct, frozen=True):
    """A hop as it was kept: the screen that it showed, and the entry that led there."""

    screen: str
    language: str
    seconds: int  # since the call began
    entry: str
    events: str


def call_path(hops: Sequence[KeptHop]) -> CallPath:
    """The path of a call from its hops in order, of which there is at least one."""
    steps = []
    for at, hop in enumerate(hops):
        after = hops[at + 1] if at + 1 < len(hops) else None
        if after is None:
            steps.append(PathStep(hop.screen, hop.language, None))
        else:
            took, wrong = after.seconds - hop.seconds, MISTYPED in after.events
            steps.append(PathStep(hop.screen, hop.language, max(took, 0), after.entry, wrong))
    last = hops[-1].events
    how: Literal["ended", "gave_up", "left"] = "ended" if ENDED in last else "gave_up" if GAVE_UP in last else "left"
    return CallPath(tuple(steps), how, hops[-1].seconds)


def hide_rare_rows(flow: Flow, path: CallPath, counts: Mapping[tuple[str, str], int]) -> CallPath:
    """The same path without the rows that fewer than COMMON calls chose; `counts` by screen and entry."""
    steps = (
        replace(step, typed=HIDDEN)
        if _is_row(flow, step) and counts.get((step.screen, step.typed), 0) < COMMON
        else step
        for step in path.steps
    )
    return replace(path, steps=tuple(steps))


def _is_row(flow: Flow, step: PathStep) -> bool:
    """True if a row of a list may have been chosen: every number but the keys of options and of all screens."""
    ask = _question(flow, step.screen)
    if ask is None or ask.pick is None or step.typed in ("", TYPED):
        return False
    keys = {*(option.key for option in ask.options), *(key.key for key in flow.keys.values())}
    return step.typed not in keys


def _question(flow: Flow, screen: str) -> Ask | None:
    found = flow.screens.get(screen)
    return question_of(found) if found is not None else None
