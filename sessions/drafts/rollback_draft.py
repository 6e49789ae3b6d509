"""Going back to a revision that lacks rows which complaints hold by now: a draft of it with these put back."""

from __future__ import annotations

import datetime as dt

from flows.translation.flow_texts import parse_once
from flows.versions.held_list_rows import RowToRestore, put_back, rows_to_restore, update_transcripts
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing.flow_files_and_hash import flow_of, main_of
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft


def find_missing_rows(database: Database, flow: str, number: int) -> tuple[RowToRestore, ...]:
    """The rows of the live revision that complaints hold and the revision `number` lacks; () where there is neither."""
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
        used = complaints.codes_in_use(db, flow)
    before, now = (flow_of(each) if each else None for each in (earlier, live))
    return rows_to_restore(before, now, used) if before and now else ()


def create_rollback_draft(
    database: Database, now: dt.datetime, flow: str, number: int, *, who: str, last: str
) -> Draft | CopyFailure:
    """A draft of a revision with the rows put back that complaints hold, made on top of what is live.

    They are retired, with `last` as their last day, where they would be offered again. Scripted calls that meet them
    say so.
    """
    held = find_missing_rows(database, flow, number)
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
    if live is None or earlier is None:
        return CopyFailure("missing")
    main, live_main = main_of(earlier), main_of(live)
    if main is None or live_main is None:
        return CopyFailure("damaged")
    files = put_back(earlier.source, main, (live.source, live_main), held, last)
    before, made = (parse_once(each, main).flow for each in (earlier.source, files))
    if before and made:
        files = update_transcripts(files, made, before)
    what = f"copied from revision {number}"
    if held:
        what += f", with rows put back that complaints hold: {', '.join(f'{each.list} {each.code}' for each in held)}"
    with database.write.begin() as db:
        draft = drafts.start(db, now, flow=flow, base=live.number, main=main, files=files, who=who)
        drafts.note(db, now, draft, who=who, what=what)
        return draft
