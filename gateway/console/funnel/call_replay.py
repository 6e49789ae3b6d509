"""A call path played again: the same keys, and a sample for whatever the path does not say."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from flows.analytics.call_paths import HIDDEN, CallPath, PathStep
from flows.analytics.screen_events import TYPED
from flows.cases.lifecycle_rules import Status
from flows.engine.answer_kinds import KINDS
from flows.engine.variables import base_language, row_words
from flows.menu.model import LANGUAGES_LIST, Ask, Flow, Pick, Value
from flows.menu.screen_kinds import question_of
from flows.preview.rehearsal import Rehearsal, rehearse

ROWS = 6  # of a list that are tried for a hidden one
_WORDS = "Gali 4, 3 din se"  # what somebody types who is asked for words
_UNKNOWN = "?"  # an entry that no screen takes


class ReplayEntries(Struct, frozen=True):
    """What to type so that a call comes to the same screens; `samples` are the positions of what the path hides."""

    entries: tuple[str, ...]
    samples: tuple[int, ...]


def replay_entries(
    flow: Flow, path: CallPath, language: str, caller: Mapping[str, Value], statuses: Mapping[str, Status]
) -> ReplayEntries:
    """What to type so that a call comes to the same screens in the same languages, as far as a rehearsal can.

    For a hidden row the first one that leads where the path went, for other words a sample. `language` and `caller` are
    those of the rehearsal.
    """
    entries: list[str] = []
    for step, after in zip(path.steps, path.steps[1:], strict=False):
        tried = _entries(flow, step, after)
        found = (each for each in tried if _shown(flow, (*entries, each), language, caller, statuses) == after.screen)
        entries.append(tried[0] if len(tried) == 1 else next(found, tried[0]))
    hidden = tuple(at for at, step in enumerate(path.steps[:-1]) if step.typed in (HIDDEN, TYPED))
    return ReplayEntries(tuple(entries), hidden)


def _shown(
    flow: Flow,
    entries: Sequence[str],
    language: str,
    caller: Mapping[str, Value],
    statuses: Mapping[str, Status],
) -> str:
    """The screen that a call shows after these entries; "" if it broke off."""
    call = Rehearsal(language=language, caller=dict(caller), inputs=tuple(entries))
    steps = rehearse(flow, call, statuses).steps
    return steps[-1].screen if len(steps) == len(entries) + 1 else ""


def _entries(flow: Flow, step: PathStep, after: PathStep) -> list[str]:
    """What may have been typed, the likeliest first; at least one."""
    screen = flow.screens.get(step.screen)
    ask = question_of(screen) if screen is not None else None
    if step.typed not in (HIDDEN, TYPED):
        return [step.typed]
    if ask is None or step.wrong:
        return [_UNKNOWN]
    first = len(ask.options) + 1
    if ask.pick is not None and ask.pick.list == LANGUAGES_LIST and after.language in flow.languages:
        return [str(first + list(flow.languages).index(after.language))]
    if step.typed == HIDDEN:
        return [str(first + row) for row in range(ROWS)]
    return [_sample(flow, ask, step.language, after.screen)]


def _sample(flow: Flow, ask: Ask, language: str, after: str) -> str:
    if ask.answer is not None:
        kind = KINDS[ask.answer.kind]
        low = (ask.answer.between or (1, 1))[0]
        return _WORDS if kind.free else str(kind.holds(ask.answer).sample or low)
    if ask.pick is not None and (name := _name(flow, ask.pick, language)):
        return name
    return next((option.key for option in ask.options if option.go == after), _UNKNOWN)


def _name(flow: Flow, pick: Pick, language: str) -> str:
    """The first name that a screen takes instead of a number; "" if it takes none."""
    rows = flow.lists.get(pick.typed.list if pick.typed is not None else pick.list, ())
    if not rows or not (pick.typed is not None or pick.type_name):
        return ""
    return row_words(flow, rows[0], language if language in flow.languages else base_language(flow))
