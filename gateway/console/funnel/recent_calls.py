"""The last calls that were at a screen, as its page shows them, and the fields of a phone that plays one again."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from flows.analytics.call_paths import CallPath, KeptHop, call_path, hide_rows
from flows.engine.variables import base_language
from flows.menu.model import Flow, Value
from gateway.console.funnel.call_replay import replay_entries
from gateway.console.phone.replay import PREFIX, replay_fields
from gateway.console.phone.view_model import known_caller
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import sunwai
from sessions.operations.screen_counts import PATHS_KEPT
from sessions.publishing import revision_history
from storage.menus import call_steps
from storage.schema.tables import CallStep, Revision

SHOWN = 10  # calls


class RecentCall(Struct, frozen=True):
    """A call that was at a screen: its day, the flow and the number of its revision, and its path in that flow.

    `ids` are those of the screen; `fields` make the phone play the call, () if it cannot.
    """

    day: dt.date
    flow: Flow
    number: int
    path: CallPath
    ids: frozenset[str]
    fields: tuple[tuple[str, str], ...]


def recent_calls(flow_name: str, ids: Iterable[str], today: dt.date) -> list[RecentCall]:
    """The last calls that were at a screen, which has or had these ids, the newest first; of any revision."""
    database, names = sunwai().database, frozenset(ids)
    with database.read() as db:
        found = dict(call_steps.recent_paths(db, flow_name, names, today - PATHS_KEPT, SHOWN))
        steps = call_steps.steps_of(db, found)
        typed = call_steps.typed_entries(db, flow_name, set(found.values())) if found else []
    revisions = _revisions(flow_name, set(found.values()))
    calls: dict[int, dict[tuple[str, str], set[str]]] = {number: {} for number in found.values()}
    for revision, path, screen, entry in typed:
        calls[revision].setdefault((screen, entry), set()).add(path)
    by_path: dict[str, list[CallStep]] = {path: [] for path in found}
    for step in steps:
        by_path[step.path].append(step)
    return [
        _recent_call(*revisions[found[path]], hops, calls[found[path]], names)
        for path, hops in by_path.items()
        if hops and found[path] in revisions  # its steps may have been deleted meanwhile
    ]


def _revisions(flow_name: str, ids: Collection[int]) -> dict[int, tuple[Flow, int]]:
    """The flow and the number of each revision that can be read."""
    if not ids:
        return {}
    wanted = [each for each in revision_history.history(sunwai().database, flow_name) if each.id in ids]
    read: list[tuple[Revision, Flow | None]] = [(each, flow_in(each)) for each in wanted]
    return {each.id: (flow, each.number) for each, flow in read if flow is not None}


def _recent_call(
    flow: Flow, number: int, steps: list[CallStep], calls: Mapping[tuple[str, str], set[str]], ids: frozenset[str]
) -> RecentCall:
    own = [step for step in steps if step.flow == flow.name]
    kept = [KeptHop(step.screen, step.language, step.seconds, step.entry, step.events) for step in own]
    path = hide_rows(flow, call_path(kept, opened=steps[-1].flow != flow.name), calls)
    whole = own[0] is steps[0] and own[0].number == 0 and not path.continued
    return RecentCall(
        own[0].day, flow, number, path, ids, _fields(flow, number, path, own[0].day, ids) if whole else ()
    )


def _fields(flow: Flow, number: int, path: CallPath, day: dt.date, ids: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The fields of the phone, which opens at the screen that was asked about.

    Who did not begin at the first screen is known, and so is their language.
    """
    first = path.steps[0]
    known = first.screen != flow.start
    language = first.language if known and first.language in flow.languages else ""
    caller: dict[str, Value] = known_caller(flow) | {"language": base_language(flow)} if known else {}
    played = replay_entries(flow, path, language, caller, sunwai().policy.statuses)
    at = next((place for place, step in enumerate(path.steps) if step.screen in ids), 0)
    fields = [(f"{PREFIX}input", entry) for entry in played.entries[:at]]
    fields += [(f"{PREFIX}caller", "known" if known else "new"), (f"{PREFIX}network", "usual")]
    return (*fields, (f"{PREFIX}language", language), *replay_fields(day, number, played.entries, played.samples))
