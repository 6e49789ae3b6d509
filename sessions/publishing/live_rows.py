"""The rows of a flow's lists beside those of the live revision."""

import msgspec

from flows.menu.model import Flow


def loses_rows(before: Flow, flow: Flow) -> bool:
    """True if a list lacks a row that the live revision has: another flow may name it."""
    return any(not before.rows.get(name, {}).keys() <= rows.keys() for name, rows in flow.rows.items())


def reduce_to_used_rows(live: Flow, flow: Flow, used: frozenset[str]) -> Flow:
    """The live flow reduced to what complaints use: its list rows in use; everything else as in `flow`."""
    lists = {
        name: (
            *(row for row in rows if f"{name}:{row.code}" in used),
            *(row for row in flow.lists.get(name, ()) if f"{name}:{row.code}" not in used),
        )
        for name, rows in live.lists.items()
    }
    return msgspec.structs.replace(live, screens={}, keys={}, languages=flow.languages, lists=lists)
