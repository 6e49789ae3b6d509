"""What each file of a draft is for, and how it differs from the revision that the draft was made from."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from msgspec import Struct

from flows.editing.list_csv_rows import UnreadableList, table
from flows.editing.yaml_nodes import CannotEdit, Source, yaml_problems
from flows.menu.diagnostics import Problem
from flows.parsing.transcript_file import ENDS, FOLDER
from flows.preview.transcript_coverage import transcripts_for
from gateway.console.site import diff_view
from gateway.console.site.diff_view import FileChange
from gateway.console.site.i18n import _
from gateway.flow_folder.files import LARGEST, MOST_FILES, is_plain_name
from sessions.publishing import revision_history
from storage.connection.database import Database
from storage.schema.tables import Draft

Role = Literal["flow", "texts", "keywords", "translations", "list", "call", "nothing", "unknown"]
ORDER: tuple[Role, ...] = ("flow", "texts", "keywords", "list", "translations", "unknown", "call", "nothing")
NAMING: tuple[Role, ...] = ("texts", "keywords", "translations")
MOST_LINES = 20_000  # of a file that is laid beside another
LONGEST_NAME = 120
AROUND = 3  # lines shown around a change


class File(Struct, frozen=True):
    """A file: what it is for (`list` names the list), its bytes and lines, and what became of it; "" as it was."""

    name: str
    role: Role
    list: str
    size: int
    lines: int
    change: FileChange | None

    @property
    def may_go(self) -> bool:
        """True for a file that the flow does not name: it can be taken out."""
        return self.role in ("call", "nothing")


class DiffLine(Struct, frozen=True):
    """A line of a comparison: `new`, `gone`, `same`, or `place` where lines were left out. Its number, as it is now."""

    became: Literal["new", "gone", "same", "place"]
    words: str
    number: int = 0


def base_files(database: Database, draft: Draft) -> Mapping[str, str]:
    """The files of the revision that a draft was made from; none for a new flow."""
    found = revision_history.find_revision(database, draft.flow, draft.base) if draft.base else None
    return found.source if found else {}


def files(draft: Draft, before: Mapping[str, str]) -> list[File]:
    """Every file of a draft: the flow first, then what it names, then scripted calls, then what nothing names."""
    roles = roles_of(draft.files, draft.main, draft.flow)
    changed = {each.name: each for each in diff_view.files(before, draft.files)} if before else {}
    found = [
        File(name, *roles.get(name, ("nothing", "")), len(text.encode()), len(text.splitlines()), changed.get(name))
        for name, text in draft.files.items()
    ]
    return sorted(found, key=lambda each: (ORDER.index(each.role), each.name))


def roles_of(texts: Mapping[str, str], main: str, flow: str) -> dict[str, tuple[Role, str]]:
    """What each file is for, and the list it holds.

    Where the flow's own file cannot be read, only calls are known: what others are for is `unknown`.
    """
    found: dict[str, tuple[Role, str]] = {each.file: ("call", "") for each in transcripts_for(texts, flow)}
    try:
        source = Source(texts[main], main)
    except CannotEdit:
        return {name: ("unknown", "") for name in texts if not is_transcript(name)} | found | {main: ("flow", "")}
    found |= {name: (role, "") for role in NAMING if (name := source.words((role,))) is not None}
    for key in source.keys(("lists",)):
        if (name := source.words(("lists", key))) is not None:
            found[name] = ("list", key)
    return found | {main: ("flow", "")}


def is_transcript(name: str) -> bool:
    """True for the name of a scripted call."""
    return name.startswith(FOLDER) and name.endswith(ENDS)


def faults(name: str, text: str) -> tuple[Problem, ...]:
    """Why a text cannot be the content of a file of this name: at most one problem, with its line."""
    if len(text.encode()) > LARGEST:
        return (Problem("F000", "E", name, 1, _("more than %(n)s bytes: split it or make it shorter", n=LARGEST)),)
    if not name.lower().endswith(".csv"):
        return yaml_problems(text, name)
    strange = next((at for at, line in enumerate(text.split("\n"), 1) if "\0" in line), 0)
    if strange:
        return (Problem("F000", "E", name, strange, _("a sign that no text has: take it out")),)
    try:
        table(text)
    except UnreadableList as error:
        line, _colon, message = str(error).removeprefix("line ").partition(": ")
        return (Problem("F000", "E", name, int(line) if line.isdigit() else 1, message or str(error)),)
    return ()


def wrong_name(name: str, there: Mapping[str, str]) -> str:
    """Why a new file cannot have this name beside those that are there, in one sentence; "" where it can."""
    if not is_plain_name(name) or len(name) > LONGEST_NAME or name != name.strip():
        return _("A file is named such as extra.yaml, towns.csv or transcripts/one_call.yaml: letters, ending in .yaml "
                 "or .csv, inside the flow's folder.")  # fmt: skip
    known = {each.casefold() for each in there}
    if name.casefold() in known:
        return _("There is a file with this name already: open it, or choose another name.")
    above = {parent.as_posix().casefold() for parent in PurePosixPath(name).parents}
    if above & known or any(each.startswith(f"{name.casefold()}/") for each in known):
        return _("A file cannot have the name of a folder: choose another name.")
    if len(there) >= MOST_FILES:
        return _("A flow has at most %(n)s files: take one out first.", n=MOST_FILES)
    return ""


def difference(before: str, after: str) -> tuple[DiffLine, ...] | None:
    """Line by line what became of a file, with the lines around each change; None where it is too long to compare."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return None
    made: list[DiffLine] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=True).get_grouped_opcodes(AROUND):
        made.append(DiffLine("place", "", group[0][3] + 1))
        for tag, first, last, at, end in group:
            if tag == "equal":
                made += [DiffLine("same", new[n], n + 1) for n in range(at, end)]
                continue
            made += [DiffLine("gone", words) for words in old[first:last]]
            made += [DiffLine("new", new[n], n + 1) for n in range(at, end)]
    return tuple(made)
