"""A whole flow imported from elsewhere becomes a draft: of the flow that is live, or of a new one."""

from collections.abc import Mapping

from sessions.drafts.draft_editing import Edit, NewDraft, start_draft
from sessions.drafts.flow_copy import CopyFailure, start_new_flow
from sessions.publishing.base_revision import NONE_LIVE, BaseRevision, find_base_number
from storage.connection.database import Database
from storage.schema.tables import Draft


def base_number_of(database: Database, files: Mapping[str, str], flow: str, taken: BaseRevision | None) -> int:
    """The number of the revision that files were made from; 0 while none of the flow is published."""
    with database.read.begin() as db:
        return find_base_number(db, files, flow, taken)


def import_flow(database: Database, edit: Edit, new: NewDraft) -> Draft | CopyFailure:
    """A draft with imported files.

    CopyFailure where a new flow cannot have this name, is being drafted already, or has been published since.
    """
    return (start_new_flow if new.base == NONE_LIVE else start_draft)(database, edit, new)
