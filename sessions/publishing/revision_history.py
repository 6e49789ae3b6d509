"""The history of published revisions, and how a folder's files compare with them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.menu.model import Flow
from sessions.publishing.base_revision import BaseRevision, find_base_number
from sessions.publishing.flow_files_and_hash import digest_of, flow_of, select_flow_files
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Revision


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How files compare with the live revision: the one they were made from, the live one (0 for none), and `same`."""

    made_from: int
    live: int
    same: bool
    flow: Flow | None  # the live one


def history(database: Database, flow: str) -> list[Revision]:
    """Every revision of a flow, newest first; `source` and `compiled` are not loaded."""
    with database.read.begin() as db:
        return revisions.history(db, flow)


def find_revision(database: Database, flow: str, number: int | None = None) -> Revision | None:
    """A revision of a flow by its number, or the live one."""
    with database.read.begin() as db:
        return revisions.live_of(db, flow) if number is None else revisions.find_by_number(db, flow, number)


def source_status(
    database: Database, files: Mapping[str, str], main: str, flow: str, taken: BaseRevision | None = None
) -> SourceStatus:
    """Compare a folder's files of a flow with what was published."""
    mine = select_flow_files(files, main, flow)
    with database.read.begin() as db:
        live = revisions.live_of(db, flow)
        made_from = find_base_number(db, mine, flow, taken)
    if live is None:
        return SourceStatus(made_from, 0, same=False, flow=None)
    return SourceStatus(made_from, live.number, same=live.digest == digest_of(mine, main), flow=flow_of(live))
