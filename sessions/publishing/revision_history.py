"""Revisions that were published, to be looked at and compared; and how a folder of files stands to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.menu.model import Flow
from sessions.publishing.base_revision import Taken, origin
from sessions.publishing.flow_sources import belonging, digest_of, flow_of
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Revision


@dataclass(frozen=True, slots=True)
class Standing:
    """How files stand to what is live: the revision they were made from, the live one (0 for none), and `same`."""

    made_from: int
    live: int
    same: bool
    flow: Flow | None  # the live one


def history(database: Database, flow: str) -> list[Revision]:
    """Every revision of a flow, newest first; `source` and `compiled` are not loaded."""
    with database.read.begin() as db:
        return revisions.history(db, flow)


def find(database: Database, flow: str, number: int | None = None) -> Revision | None:
    """A revision of a flow by its number, or the live one."""
    with database.read.begin() as db:
        return revisions.live_of(db, flow) if number is None else revisions.numbered(db, flow, number)


def standing(
    database: Database, files: Mapping[str, str], main: str, flow: str, taken: Taken | None = None
) -> Standing:
    """How a folder's files of a flow stand to what was published."""
    mine = belonging(files, main, flow)
    with database.read.begin() as db:
        live = revisions.live_of(db, flow)
        made_from = origin(db, mine, flow, taken)
    if live is None:
        return Standing(made_from, 0, same=False, flow=None)
    return Standing(made_from, live.number, same=live.digest == digest_of(mine, main), flow=flow_of(live))
