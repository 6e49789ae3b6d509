"""Other live flows that have a list with the same name, which changes here do not affect."""

from collections.abc import Mapping

from msgspec import Struct

from flows.menu.model import Row as Listed
from gateway.console.lists.view_model import ListView
from gateway.console.site.flow_status import flow_in, live_flows_with_codes, live_of
from storage.schema.tables import Draft


class OtherFlowList(Struct, frozen=True):
    """A live flow whose list with this name differs: rows that it lacks, has alone, or has with other words."""

    flow: str
    title: str
    lacking: tuple[str, ...]
    alone: tuple[str, ...]
    unlike: tuple[str, ...]


def other_flow_lists(draft: Draft, sheet: ListView) -> list[OtherFlowList]:
    """Every other live flow whose list with the same name shares most rows but differs."""
    here = {row.entry.code: row.entry.cells for row in sheet.rows}
    found = []
    for each in live_flows_with_codes():
        revision = live_of(each.flow) if each.flow != draft.flow else None
        flow = flow_in(revision) if revision is not None else None
        theirs = flow.rows.get(sheet.name, {}) if flow is not None else {}
        if flow is None or 2 * len(here.keys() & theirs.keys()) < max(len(here), len(theirs), 1):
            continue
        lacking = tuple(code for code in here if code not in theirs)
        alone = tuple(code for code in theirs if code not in here)
        unlike = tuple(code for code, row in theirs.items() if code in here and _unlike(row, here[code]))
        if lacking or alone or unlike:
            found.append(OtherFlowList(each.flow, flow.title or each.flow, lacking, alone, unlike))
    return found


def _unlike(row: Listed, cells: Mapping[str, str]) -> bool:
    """True if words that both have differ."""
    return any(cells[tag] != words for tag, words in row.text.items() if cells.get(tag) and words)
