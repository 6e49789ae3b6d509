"""Rolling back through a draft: of an earlier revision, with the rows restored that complaints now use."""

from sessions.drafts.draft_editing import Edit, NewDraft, start_draft
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing.restored_rows import find_restored_files
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Draft


def create_rollback_draft(database: Database, edit: Edit, flow: str, number: int, last: str) -> Draft | CopyFailure:
    """A draft of a revision, based on the live one, with the rows restored that complaints use.

    See `restored_rows.restore_rows`, also for `last`. What the edit says, if anything, becomes the draft's message.
    """
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
    if live is None or earlier is None:
        return CopyFailure("missing")
    made = find_restored_files(database, flow, number, last)
    if made is None:
        return CopyFailure("damaged")
    what = f"copied from revision {number}"
    if made.rows:
        what += (
            f", with rows put back that complaints hold: {', '.join(f'{each.list} {each.code}' for each in made.rows)}"
        )
    return start_draft(database, Edit(edit.who, edit.now, what), NewDraft(flow, live.number, made.main, made.files))
