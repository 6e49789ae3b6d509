"""The ids that a flow's screens had in earlier revisions, so that their counts are not lost when one is renamed."""

import functools
import itertools
from collections.abc import Iterable, Mapping

from flows.engine.render import RESUME
from flows.menu.model import Flow
from flows.versions.screen_renames import joined_renames, screen_renames
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import sunwai
from sessions.publishing import revision_history

MOST = 15  # revisions that are looked at, the newest


def earlier_ids(flow: Flow, counted: Iterable[str]) -> Mapping[str, str]:
    """Of ids that were counted and that the flow does not have, the ids that these screens have now.

    A screen whose words were changed with its id is another screen, and left out. Reads revisions only if there is an
    id that the flow does not have.
    """
    unknown = {name for name in counted if name not in flow.screens and name != RESUME}
    if not unknown:
        return {}
    database = sunwai().database
    revisions = revision_history.history(database, flow.name)[:MOST]
    found: list[Mapping[str, str]] = []
    for later, earlier in itertools.pairwise(revisions):
        found.insert(0, _renames(str(database.engine.url), flow.name, earlier.number, later.number))
        names = joined_renames(found)
        if unknown <= names.keys():
            break
    names = joined_renames(found)
    return {old: names[old] for old in unknown if names.get(old) in flow.screens}


@functools.lru_cache(maxsize=100)
def _renames(_database: str, flow: str, earlier: int, later: int) -> Mapping[str, str]:
    """What one publication renamed: revisions never change."""
    revisions = {each.number: each for each in revision_history.history(sunwai().database, flow)}
    before, after = flow_in(revisions.get(earlier)), flow_in(revisions.get(later))
    return screen_renames(before, after) if before is not None and after is not None else {}
