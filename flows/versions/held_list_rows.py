"""Rows that complaints use and an earlier revision lacks: restored in its lists from the live revision.

What a restored row refers to is restored with it: the group of a category, the province of a district.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from flows.checks.behaviour.breaking_changes import row_unlike
from flows.editing.list_csv_rows import UnreadableList, columns, edit_cells, end_rows, entries, with_rows
from flows.menu.declared_names import columns_of
from flows.menu.model import Flow, Row
from flows.preview.transcripts import difference
from flows.translation.flow_texts import load_flow_texts
from flows.understanding.name_lookup import split_codes
from flows.versions.call_updates import CallSources, CallUpdate, apply_updates, call_updates


class RowToRestore(Struct, frozen=True):
    """A row of the live revision that complaints use and the earlier revision lacks, with its words by language.

    `renamed`: the earlier revision has the row with another meaning. `named_by` is the row (`category mun01`) that
    refers to this one, where no complaint uses it itself.
    """

    list: str
    code: str
    words: dict[str, str]
    renamed: bool = False
    named_by: str = ""


def rows_to_restore(earlier: Flow, live: Flow, used: Collection[str]) -> tuple[RowToRestore, ...]:
    """The rows of live lists that complaints use (`used`: `category:mun01`) and `earlier` lacks or misnames.

    Each is followed by the rows that it refers to and `earlier` lacks, whether complaints use those or not.
    """
    found: dict[tuple[str, str], RowToRestore] = {}
    for name, rows in live.rows.items():
        there = earlier.rows.get(name, {})
        for code, row in rows.items():
            if f"{name}:{code}" not in used:
                continue
            if code not in there:
                found[name, code] = RowToRestore(name, code, dict(row.text))
            elif row_unlike(there[code], row):
                found[name, code] = RowToRestore(name, code, dict(row.text), renamed=True)
    waiting = [each for each in found.values() if not each.renamed]
    while waiting:
        each = waiting.pop(0)
        for name, code in _named(live, each.list, live.rows[each.list][each.code]):
            if (name, code) in found or name not in earlier.rows or code in earlier.rows[name]:
                continue
            words = dict(live.rows[name][code].text)
            found[name, code] = RowToRestore(name, code, words, named_by=f"{each.list} {each.code}")
            waiting.append(found[name, code])
    return tuple(found.values())


def _named(flow: Flow, name: str, row: Row) -> Iterator[tuple[str, str]]:
    """The rows of the flow's lists, as (list, code), that the cells of a row refer to."""
    declared = {column.name: column for column in columns_of(name) if column.cells in ("code", "codes")}
    for head, cell in row.columns.items():
        lists = [head] if head in flow.rows else []
        if head in declared:
            lists += [declared[head].of or name] if declared[head].of else list(flow.rows)
        for code in dict.fromkeys([cell, *split_codes(cell)]):
            yield from ((each, code) for each in dict.fromkeys(lists) if code in flow.rows.get(each, {}))


def put_back(
    files: Mapping[str, str], main: str, live: tuple[Mapping[str, str], str], held: Iterable[RowToRestore], last: str
) -> dict[str, str]:
    """Earlier files with these rows as in the `live` files (and their first one), at the ends of their lists.

    A row that would be offered again is retired with `last` as its last day; one that means something else gets its
    words back. A list that one side lacks or that cannot be read stays as it is: the checks report it.
    """
    made, ours, theirs = dict(files), load_flow_texts(files, main).lists, load_flow_texts(live[0], live[1]).lists
    for each in held:
        if each.list not in ours or each.list not in theirs:
            continue
        file = ours[each.list]
        try:
            made[file] = _with(made[file], live[0][theirs[each.list]], each, last)
        except UnreadableList:
            continue
    return made


def _with(text: str, live: str, held: RowToRestore, last: str) -> str:
    row = next((each for each in entries(live) if each.code == held.code), None)
    if row is None:
        return text
    heads = columns(text)
    if held.renamed:
        return edit_cells(text, {(held.code, tag): words for tag, words in held.words.items() if tag in heads})
    text = with_rows(text, [{head: words for head, words in row.cells.items() if head in heads}])
    until = row.cells.get("active_until", "")
    return end_rows(text, [held.code], until if until and until <= last else last)


def update_transcripts(files: Mapping[str, str], flow: Flow, before: Flow) -> dict[str, str]:
    """The files with those scripted calls updated that played as written in the flow `before`, and keep doing what they
    did. The others stay as they are: the checks report them.
    """
    played = [each for each in call_updates(files, flow, CallSources(before, files)) if _plays(before, each)]
    return apply_updates(files, flow, played)


def _plays(flow: Flow, update: CallUpdate) -> bool:
    return difference(flow, update.call.said) is None
