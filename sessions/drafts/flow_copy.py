"""A draft starts as a copy: of the live revision, an earlier one, or shipped files, to change or make a flow."""

import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from flows.editing.yaml_edits import edit
from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.diagnostics import Path
from flows.preview.transcript_coverage import transcripts_for
from sessions.drafts.draft_editing import Edit, NewDraft, start_draft, start_in
from sessions.publishing.flow_files_and_hash import main_of, select_flow_files
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft

LONGEST_NAME = 40
_SAYS_FLOW = re.compile(r"^flow: *(\S+)$", re.MULTILINE)
_NAME = re.compile(rf"[a-z][a-z0-9_]{{1,{LONGEST_NAME - 1}}}", re.ASCII)

Why = Literal["missing", "damaged", "name", "live", "drafted", "unreadable"]


class CopyFailure(Struct, frozen=True):
    """Why there is no copy: the revision is missing or damaged, or the `name` is invalid or taken."""

    why: Why
    draft: int = 0  # the draft that has this name already


def is_name(name: str) -> bool:
    """True for a valid name of a flow: lower-case letters, digits and _, starting with a letter."""
    return _NAME.fullmatch(name) is not None


class NewFlow(Struct, frozen=True):
    """The name of a new flow, and its title; "" leaves the title as it is."""

    name: str
    title: str = ""


def copy_revision(
    database: Database, edit: Edit, flow: str, number: int | None, new: NewFlow | None = None
) -> Draft | CopyFailure:
    """A draft with the files of a revision (None: the live one), to change the flow or to make a `new` one.

    A draft that changes the flow is based on what is live: an earlier revision's files are then what it changes.
    """
    with database.read.begin() as db:
        live = revisions.live_of(db, flow)
        found = live if number is None else revisions.find_by_number(db, flow, number)
    if found is None or live is None:
        return CopyFailure("missing")
    main = main_of(found)
    if main is None:
        return CopyFailure("damaged")
    if new is not None and new.name != flow:
        return copy_files(database, edit, found.source, main, new)
    copied = Edit(edit.who, edit.now, f"copied from revision {found.number}")
    return start_draft(database, copied, NewDraft(flow, live.number, main, found.source))


def copy_files(
    database: Database, edit: Edit, files: Mapping[str, str], main: str, new: NewFlow
) -> Draft | CopyFailure:
    """A draft of a new flow with the files of another flow: its first file and its calls have the new name."""
    if not is_name(new.name):
        return CopyFailure("name")
    try:
        made = rename_flow(files, main, new.name, new.title)
    except CannotEdit:
        return CopyFailure("unreadable")
    return start_new_flow(database, Edit(edit.who, edit.now, "copied as a new flow"), NewDraft(new.name, 0, main, made))


def start_new_flow(database: Database, edit: Edit, new: NewDraft) -> Draft | CopyFailure:
    """A draft of a flow that is neither published nor drafted yet."""
    with database.write.begin() as db:
        if revisions.live_of(db, new.flow):
            return CopyFailure("live")
        if not is_name(new.flow):
            return CopyFailure("name")
        if going := drafts.list_open_drafts(db, new.flow):
            return CopyFailure("drafted", going[0].id)
        return start_in(db, edit, new)


def rename_flow(files: Mapping[str, str], main: str, name: str, title: str = "") -> dict[str, str]:
    """A flow's files with another name in `flow:` and in its scripted calls, and a new `title` if given.

    Comments stay. Raises CannotEdit.
    """
    before = Source(files[main], main).words(("flow",))
    if before is None:
        raise CannotEdit("the file does not say `flow:`")
    made = dict(select_flow_files(files, main, before))
    said: dict[Path, str] = {("flow",): name}
    if title:
        said[("title",)] = title
    made[main] = edit(made[main], said)
    for script in transcripts_for(made, before):
        if script.said.get("flow") == before:
            made[script.file] = _of_flow(made[script.file], before, name)
    return made


def _of_flow(text: str, before: str, name: str) -> str:
    """A scripted call of another flow. If only one line has `flow:`, the call need not be parsed."""
    if _SAYS_FLOW.findall(text) == [before]:
        return _SAYS_FLOW.sub(f"flow: {name}", text)
    return edit(text, {("flow",): name})
