"""Rolling back to a revision without rows that complaints now use: a draft of it with these rows restored."""

from flows.translation.flow_texts import parse_once
from flows.versions.held_list_rows import RowToRestore, put_back, rows_to_restore, update_transcripts
from sessions.drafts.draft_editing import Edit, NewDraft, start_draft
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing.flow_files_and_hash import flow_of, main_of
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Draft


def find_missing_rows(database: Database, flow: str, number: int) -> tuple[RowToRestore, ...]:
    """The rows of the live revision that complaints use and the revision `number` lacks; () if there is neither."""
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
        used = complaints.codes_in_use(db, flow)
    before, now = (flow_of(each) if each else None for each in (earlier, live))
    return rows_to_restore(before, now, used) if before and now else ()


def create_rollback_draft(database: Database, edit: Edit, flow: str, number: int, last: str) -> Draft | CopyFailure:
    """A draft of a revision, based on the live one, with the rows restored that complaints use.

    They are retired, with `last` as their last day, if they would be offered again. Scripted calls that show them are
    updated.
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
    return start_draft(database, Edit(edit.who, edit.now, what), NewDraft(flow, live.number, main, files))
