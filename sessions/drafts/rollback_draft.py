"""Rolling back through a draft: of an earlier revision, with the rows restored that complaints now use."""

from sessions.drafts.draft_editing import Edit, NewDraft, start_draft, start_in
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing.restored_rows import find_restored_files
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft


def create_rollback_draft(database: Database, edit: Edit, flow: str, number: int, last: str) -> Draft | CopyFailure:
    """A draft of a revision, based on the live one, with the rows restored that complaints use.

    See `restored_rows.restore_rows`, also for `last`. What the edit says, if anything, becomes the draft's message.
    """
    found = _new_draft(database, flow, number, last)
    return (
        found if isinstance(found, CopyFailure) else start_draft(database, Edit(edit.who, edit.now, found[1]), found[0])
    )


def find_or_create_rollback_draft(
    database: Database, edit: Edit, flow: str, number: int, last: str
) -> Draft | CopyFailure:
    """The same; a draft that this person has started with exactly these files, and that is still open, is returned.

    So whoever asks twice, as with a double click, has one draft.
    """
    found = _new_draft(database, flow, number, last)
    if isinstance(found, CopyFailure):
        return found
    new, what = found
    with database.write.begin() as db:
        revisions.lock_live(db, flow)  # one after the other
        for each in drafts.list_open_drafts(db, flow):
            if (each.started_by, each.base, each.files) == (edit.who, new.base, new.files):
                return each
        return start_in(db, Edit(edit.who, edit.now, what), new)


def _new_draft(database: Database, flow: str, number: int, last: str) -> tuple[NewDraft, str] | CopyFailure:
    """The draft to start, and what is said of it in a few words."""
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
    return NewDraft(flow, live.number, made.main, made.files), what
