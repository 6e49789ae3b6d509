"""The last calls that were at a screen, as its page shows them, and the fields of a phone that plays one again."""

import datetime as dt

from msgspec import Struct

from flows.analytics.call_paths import CallPath, KeptHop, call_path, hide_rare_rows
from flows.engine.variables import base_language
from flows.menu.model import Flow, Value
from gateway.console.funnel.call_replay import replay_entries
from gateway.console.phone.view_model import PREFIX, known_caller
from gateway.console.site.guard import sunwai
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.menus import call_steps
from storage.schema.tables import CallStep

SHOWN = 10  # calls


class RecentCall(Struct, frozen=True):
    """A call that was at the screen: its day, its path, and the fields that make the phone play it, () if it cannot."""

    day: dt.date
    path: CallPath
    fields: tuple[tuple[str, str], ...]


def recent_calls(flow: Flow, revision_id: int, screen: str) -> list[RecentCall]:
    """The last calls that were at a screen of the live revision, the newest first."""
    with sunwai().database.read() as db:
        paths = call_steps.paths_at(db, flow.name, screen, revision_id, SHOWN)
        steps = call_steps.steps_of(db, paths)
        counts = call_steps.entry_counts(db, flow.name, revision_id) if paths else {}
    by_path: dict[str, list[CallStep]] = {path: [] for path in paths}
    for step in steps:
        by_path[step.path].append(step)
    found = []
    for hops in by_path.values():
        path = call_path([KeptHop(hop.screen, hop.language, hop.seconds, hop.entry, hop.events) for hop in hops])
        path = hide_rare_rows(flow, path, counts)
        found.append(RecentCall(hops[0].day, path, _fields(flow, path)))
    return found


def _fields(flow: Flow, path: CallPath) -> tuple[tuple[str, str], ...]:
    """The fields of the phone: who did not begin at the first screen is known, and so is their language."""
    if path.continued:
        return ()
    first = path.steps[0]
    known = first.screen != flow.start
    language = first.language if known and first.language in flow.languages else ""
    caller: dict[str, Value] = known_caller(flow) | {"language": base_language(flow)} if known else {}
    entries = replay_entries(flow, path, language, caller, SHIPPED_POLICY.statuses)
    fields = [(f"{PREFIX}input", entry) for entry in entries]
    fields += [(f"{PREFIX}caller", "known" if known else "new"), (f"{PREFIX}network", "usual")]
    return (*fields, (f"{PREFIX}language", language))
