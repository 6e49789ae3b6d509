"""What the checks need to know of each list: computed once for as long as its rows are the same.

Versions of a flow share the lists that did not change, and comparing thousands of rows takes longer than they save:
rows are the same if they are the same object.
"""

from collections.abc import Mapping
from functools import lru_cache

from flows.engine.variables import fallbacks
from flows.menu.model import Flow
from flows.text import gsm
from flows.understanding.name_lookup import SameRows

KEPT = 64  # lists, and lists in a language


def longest_cells(flow: Flow, name: str) -> Mapping[str, str]:
    """The longest cell of each column of a list, by column."""
    return _longest_cells(SameRows(flow.lists[name]))


@lru_cache(maxsize=KEPT)
def _longest_cells(of: SameRows) -> dict[str, str]:
    columns = of.rows[0].columns if of.rows else ()
    return {column: max((row.columns.get(column, "") for row in of.rows), key=len) for column in columns}


def room_of_rows(flow: Flow, name: str, language: str) -> Mapping[str, int]:
    """How much room the words of each row of a list take in a language, by code: in units of `gsm.measure`."""
    return _room_of_rows(SameRows(flow.lists.get(name, ())), fallbacks(language, flow))


@lru_cache(maxsize=KEPT)
def _room_of_rows(of: SameRows, tags: tuple[str, ...]) -> dict[str, int]:
    return {
        row.code: gsm.measure(next((row.text[tag] for tag in tags if row.text.get(tag)), row.code)).units
        for row in of.rows
    }
