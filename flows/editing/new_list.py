"""A list more in a flow: its line under `lists:`, and a CSV file that names its columns and has no rows yet."""

from __future__ import annotations

from collections.abc import Sequence

from ruamel.yaml.nodes import MappingNode

from flows.editing.csv_cells import format_cell
from flows.editing.yaml_maps import end_of_entry, line_of
from flows.editing.yaml_scalars import CannotEdit, Source, compose_once, pairs
from flows.parsing.lists import KNOWN, is_code

FOLDER = "lists/"


def header(languages: Sequence[str], others: Sequence[str] = ()) -> str:
    """The first line of a list: code, the languages of the flow, other names people type, and columns of its own."""
    named = dict.fromkeys(("code", *languages, "aliases", *others))
    return ",".join(format_cell(each) for each in named) + "\n"


def own_columns(words: str, languages: Sequence[str]) -> tuple[str, ...]:
    """The columns that somebody named, commas or blanks between. Raises ValueError with one that is none."""
    names = tuple(dict.fromkeys(words.replace(",", " ").replace("،", " ").split()))
    for each in names:
        if not is_code(each) or each in (*KNOWN, *languages):
            raise ValueError(each)
    return names


def with_list(text: str, name: str, file: str) -> str:
    """The flow's own file with `name: file` as the last of its lists; other bytes stay. Raises CannotEdit."""
    entries = {str(key.value): (key, value) for key, value in pairs(compose_once(text))}
    end = "\r\n" if "\r\n" in text else "\n"
    key, lists = entries.get("lists", (None, None))
    if isinstance(lists, MappingNode) and lists.value and not lists.flow_style:
        last = pairs(lists)[-1]
        at, line = end_of_entry(text, *last), line_of(name, file, int(last[0].start_mark.column), end)
    elif key is None and "languages" in entries:
        at = end_of_entry(text, *entries["languages"])
        line = f"lists:{end}{line_of(name, file, 2, end)}"
    else:
        raise CannotEdit("write the list under `lists:` in the flow's own file")
    before = text[:at] if text[:at].endswith("\n") else text[:at] + end
    made = before + line + text[at:]
    if Source(made).words(("lists", name)) != file:
        raise CannotEdit("write the list under `lists:` in the flow's own file")
    return made
