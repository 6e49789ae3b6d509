"""The path of a call: its screens in order, how long each was shown, what was typed there, and how the call ended.

A path says nothing of whose call it was. Rows chosen from lists may say what a complaint is about, and where: they are
shown only if several calls chose all of them.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from flows.analytics.screen_events import ENDED, GAVE_UP, MISTYPED, TYPED
from flows.engine.render import RESUME
from flows.menu.model import LANGUAGES_LIST, Ask, Do, Flow, Pick, Row
from flows.menu.screen_kinds import question_of

COMMON = 5  # calls that must have chosen the same rows before anybody reads which ones they were
PRIVATE = "private"  # the argument of a filing that hides the name
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
    """The path of one call in one flow.

    `how` it ended: by the flow, after too many wrong entries, because the caller left, or in another flow (`opened`).
    """

    steps: tuple[PathStep, ...]
    how: Literal["ended", "gave_up", "left", "opened"]
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


def call_path(hops: Sequence[KeptHop], *, opened: bool = False) -> CallPath:
    """The path of a call from its hops in order, at least one; `opened` if it went to another flow."""
    steps = []
    for at, hop in enumerate(hops):
        after = hops[at + 1] if at + 1 < len(hops) else None
        if after is None:
            steps.append(PathStep(hop.screen, hop.language, None))
        else:
            took, wrong = after.seconds - hop.seconds, MISTYPED in after.events
            steps.append(PathStep(hop.screen, hop.language, max(took, 0), after.entry, wrong))
    last = hops[-1].events
    how: Literal["ended", "gave_up", "left", "opened"] = "opened" if opened else "left"
    if ENDED in last or GAVE_UP in last:
        how = "ended" if ENDED in last else "gave_up"
    return CallPath(tuple(steps), how, hops[-1].seconds)


def hide_rows(flow: Flow, path: CallPath, calls: Mapping[tuple[str, str], Set[str]]) -> CallPath:
    """The same path without the rows that would tell whose call it was: `calls` are ids of paths by screen and entry.

    A row is shown if at least COMMON calls chose it and also every row that is shown before it. None is shown of a call
    that chose a sensitive one.
    """
    if _is_sensitive(flow, path):
        steps = (replace(step, typed=HIDDEN) if _is_row(flow, step) else step for step in path.steps)
        return replace(path, steps=tuple(steps))
    found: list[PathStep] = []
    same: Set[str] | None = None  # the calls that chose every row that is shown so far
    for step in path.steps:
        if not _is_row(flow, step):
            found.append(step)
            continue
        chose = calls.get((step.screen, step.typed), frozenset())
        both = chose if same is None else same & chose
        if len(both) < COMMON:
            found.append(replace(step, typed=HIDDEN))
        else:
            found.append(step)
            same = both
    return replace(path, steps=tuple(found))


def _is_row(flow: Flow, step: PathStep) -> bool:
    """True if a row of a list may have been chosen: every number but the keys of options and of all screens.

    A language is none: the next screen is in it.
    """
    ask = _question(flow, step.screen)
    if ask is None or ask.pick is None or ask.pick.list == LANGUAGES_LIST or step.typed in ("", TYPED):
        return False
    return step.typed not in _keys(flow, ask)


def _is_sensitive(flow: Flow, path: CallPath) -> bool:
    """True for a call that chose to hide, or a sensitive row, or that may have chosen one.

    It may have in its own words, and where nobody knows which rows were offered.
    """
    chosen: dict[str, str] = {}  # the codes that the call saved, by variable
    for step in path.steps:
        ask = _question(flow, step.screen)
        if ask is None or step.wrong:
            continue
        if _hides(flow, ask, step.typed):
            return True
        pick = ask.pick
        if pick is None:
            continue
        if step.typed == TYPED:
            if flow.sensitive.get(pick.typed.list if pick.typed is not None else pick.list):
                return True
        elif step.typed not in ("", *_keys(flow, ask)):
            row, known = _chosen_row(flow, ask, pick, step.typed, chosen)
            codes = flow.sensitive.get(pick.list, frozenset())
            if (codes and not known) or (row is not None and row.code in codes):
                return True
            chosen |= {ask.save: row.code} if row is not None and ask.save else {}
    return False


def _hides(flow: Flow, ask: Ask, typed: str) -> bool:
    """True for the key of an option that leads to filing a complaint whose office does not see the name."""
    leads = (flow.screens.get(option.go) for option in ask.options if option.key == typed)
    return any(isinstance(each, Do) and PRIVATE in each.arguments for each in leads)


def _chosen_row(flow: Flow, ask: Ask, pick: Pick, typed: str, chosen: Mapping[str, str]) -> tuple[Row | None, bool]:
    """The row of a list that has this number on a screen, and whether it is known which rows were offered there."""
    rows = flow.lists.get(pick.list, ())
    if pick.where is not None:
        column, variable = pick.where
        if variable not in chosen:
            return None, False
        rows = tuple(row for row in rows if row.columns.get(column) == chosen[variable])
    at = int(typed) - len(ask.options) - 1 if typed.isdigit() else -1
    return (rows[at] if 0 <= at < len(rows) else None), True


def _keys(flow: Flow, ask: Ask) -> set[str]:
    """The keys of the options of a screen, and those that every screen has."""
    return {*(option.key for option in ask.options), *(key.key for key in flow.keys.values())}


def _question(flow: Flow, screen: str) -> Ask | None:
    found = flow.screens.get(screen)
    return question_of(found) if found is not None else None
