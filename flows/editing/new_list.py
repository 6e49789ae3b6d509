"""A new list of a flow: its line under `lists:`, and a CSV file that names its columns and has no rows yet."""

from collections.abc import Sequence

from flows.editing.list_csv_rows import format_row
from flows.editing.yaml_edits import graft, insert
from flows.editing.yaml_nodes import CannotEdit, Source, tree_of
from flows.parsing.lists import KNOWN, is_code

FOLDER = "lists/"


def header(languages: Sequence[str], others: Sequence[str] = ()) -> str:
    """The first line of a list: code, the languages of the flow, other names people type, and columns of its own."""
    return format_row(list(dict.fromkeys(("code", *languages, "aliases", *others)))) + "\n"


def own_columns(words: str, languages: Sequence[str]) -> tuple[str, ...]:
    """The columns that somebody named, separated by commas or spaces. Raises ValueError with a wrong one."""
    names = tuple(dict.fromkeys(words.replace(",", " ").replace("،", " ").split()))
    for each in names:
        if not is_code(each) or each in (*KNOWN, *languages):
            raise ValueError(each)
    return names


def with_list(text: str, name: str, file: str) -> str:
    """The flow's own file with `name: file` as the last of its lists. Raises CannotEdit."""
    wanted = tree_of(Source(text).root)
    lists = wanted.get("lists", {}) if isinstance(wanted, dict) else None
    if not isinstance(wanted, dict) or not isinstance(lists, dict):
        raise CannotEdit("write the list under `lists:` in the flow's own file")
    insert(wanted, "lists", {**lists, name: file}, ("flow", "title", "languages"))
    return graft(text, wanted)
