"""A draft begins as a copy: of the live revision, an earlier one, or files that ship; to change a flow or make one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from flows.editing.yaml_scalars import CannotEdit, Source, edit
from flows.menu.diagnostics import Path
from flows.preview.transcript_coverage import transcripts_for
from sessions.publishing.flow_files_and_hash import main_of, select_flow_files
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft

LONGEST_NAME = 40
_SAYS_FLOW = re.compile(r"^flow: *(\S+)$", re.MULTILINE)
_NAME = re.compile(rf"[a-z][a-z0-9_]{{1,{LONGEST_NAME - 1}}}", re.ASCII)

Why = Literal["missing", "damaged", "name", "live", "drafted", "unreadable"]


class CopyFailure(Struct, frozen=True):
    """Why there is no copy: no such revision, or a damaged one; a `name` no flow can have, or that one has already."""

    why: Why
    draft: int = 0  # the one that has this name already


def is_name(name: str) -> bool:
    """True for what a flow may be called: small letters, digits and _, a letter first."""
    return _NAME.fullmatch(name) is not None


def copy_revision(
    database: Database,
    now: dt.datetime,
    flow: str,
    number: int | None,
    *,
    who: str,
    name: str | None = None,
    title: str = "",
) -> Draft | CopyFailure:
    """A draft with the files of a revision (None: the live one), to change the flow or, with a `name`, to make another.

    The other one may have a `title` of its own.

    To change a flow it is made on top of what is live: an earlier revision's files are then what the draft changes.
    """
    with database.read.begin() as db:
        live = revisions.live_of(db, flow)
        found = live if number is None else revisions.find_by_number(db, flow, number)
    if found is None or live is None:
        return CopyFailure("missing")
    main = main_of(found)
    if main is None:
        return CopyFailure("damaged")
    if name is not None and name != flow:
        return copy_files(database, now, found.source, main, who=who, name=name, title=title)
    with database.write.begin() as db:
        draft = drafts.start(db, now, flow=flow, base=live.number, main=main, files=found.source, who=who)
        drafts.note(db, now, draft, who=who, what=f"copied from revision {found.number}")
        return draft


def copy_files(
    database: Database, now: dt.datetime, files: Mapping[str, str], main: str, *, who: str, name: str, title: str = ""
) -> Draft | CopyFailure:
    """A draft of a new flow called `name`, with the files of another flow: its first file and its calls say so.

    `title` is what people know it by, "" to leave it as it is.
    """
    if not is_name(name):
        return CopyFailure("name")
    try:
        made = rename_flow(files, main, name, title)
    except CannotEdit:
        return CopyFailure("unreadable")
    with database.write.begin() as db:
        if revisions.live_of(db, name):
            return CopyFailure("live")
        if going := drafts.list_open_drafts(db, name):
            return CopyFailure("drafted", going[0].id)
        draft = drafts.start(db, now, flow=name, base=0, main=main, files=made, who=who)
        drafts.note(db, now, draft, who=who, what="copied as a new flow")
        return draft


def rename_flow(files: Mapping[str, str], main: str, name: str, title: str = "") -> dict[str, str]:
    """A flow's files with another name in `flow:`, and in its scripted calls, and a `title` where there is a new one.

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
    """A scripted call of another flow. Where one line alone says `flow:`, reading the whole call anew is spared."""
    if _SAYS_FLOW.findall(text) == [before]:
        return _SAYS_FLOW.sub(f"flow: {name}", text)
    return edit(text, {("flow",): name})
