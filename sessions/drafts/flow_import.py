"""A whole flow taken in from elsewhere becomes a draft: of the flow that is live, or of a new one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sessions.drafts.flow_copy import CopyFailure, is_name
from sessions.publishing.base_revision import NONE_LIVE, BaseRevision, find_base_number
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft


def base_number_of(database: Database, files: Mapping[str, str], flow: str, taken: BaseRevision | None) -> int:
    """The number of the revision that files were made from; 0 while none of the flow is published."""
    with database.read.begin() as db:
        return find_base_number(db, files, flow, taken)


def import_flow(
    database: Database,
    now: dt.datetime,
    *,
    flow: str,
    base: int,
    main: str,
    files: Mapping[str, str],
    who: str,
    given: str,
) -> Draft | CopyFailure:
    """A draft with files that came in as `given`, made from revision `base` (0 for a flow that is not published).

    CopyFailure where a new flow cannot have this name, somebody is drafting one already, or it was published meanwhile.
    """
    with database.write.begin() as db:
        live = revisions.live_of(db, flow)
        if base == NONE_LIVE and live is not None:
            return CopyFailure("live")
        if base == NONE_LIVE and not is_name(flow):
            return CopyFailure("name")
        if base == NONE_LIVE and (going := drafts.list_open_drafts(db, flow)):
            return CopyFailure("drafted", going[0].id)
        draft = drafts.start(db, now, flow=flow, base=base, main=main, files=files, who=who)
        drafts.note(db, now, draft, who=who, what=f"taken in from {given}")
        return draft
