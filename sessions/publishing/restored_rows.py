"""What a rollback publishes: the files of an earlier revision, with the rows restored that complaints now use."""

from collections.abc import Collection

from msgspec import Struct

from flows.translation.flow_texts import parse_once
from flows.versions.held_list_rows import RowToRestore, put_back, rows_to_restore, update_transcripts
from sessions.publishing.flow_files_and_hash import flow_of, main_of
from storage.cases import complaints
from storage.connection.database import Database
from storage.menus import revisions
from storage.schema.tables import Revision


class RestoredFiles(Struct, frozen=True):
    """The files of an earlier revision and their first one, with the rows that were restored in them.

    `calls` is how many scripted calls were updated, because they show a restored row.
    """

    files: dict[str, str]
    main: str
    rows: tuple[RowToRestore, ...] = ()
    calls: int = 0


def missing_rows(earlier: Revision, live: Revision | None, used: Collection[str]) -> tuple[RowToRestore, ...]:
    """The rows of the live revision that complaints use (`used`: `category:mun01`) and an earlier one lacks.

    The rows that those refer to are among them. () if one of the revisions cannot be read.
    """
    before, now = flow_of(earlier), flow_of(live) if live else None
    return rows_to_restore(before, now, used) if before and now else ()


def restore_rows(earlier: Revision, live: Revision | None, used: Collection[str], last: str) -> RestoredFiles | None:
    """The files of an earlier revision with `missing_rows` restored; None if they do not match their hash.

    A restored row that would be offered again is retired, with `last` (2026-07-01) as its last day. Scripted calls that
    show one are updated.
    """
    main, live_main = main_of(earlier), main_of(live) if live else None
    if main is None:
        return None
    held = missing_rows(earlier, live, used) if live_main is not None else ()
    if not held or live is None or live_main is None:
        return RestoredFiles(dict(earlier.source), main)
    files = put_back(earlier.source, main, (live.source, live_main), held, last)
    before, made = (parse_once(each, main).flow for each in (earlier.source, files))
    played = update_transcripts(files, made, before) if before and made else files
    return RestoredFiles(played, main, held, sum(played[name] != text for name, text in files.items()))


def find_missing_rows(database: Database, flow: str, number: int) -> tuple[RowToRestore, ...]:
    """`missing_rows` of the revision `number`; () if there is none, or nothing is live."""
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
        used = complaints.codes_in_use(db, flow)
    return missing_rows(earlier, live, used) if earlier else ()


def find_restored_files(database: Database, flow: str, number: int, last: str) -> RestoredFiles | None:
    """`restore_rows` for the revision `number`; None if there is none, or its files do not match their hash."""
    with database.read.begin() as db:
        live, earlier = revisions.live_of(db, flow), revisions.find_by_number(db, flow, number)
        used = complaints.codes_in_use(db, flow)
    return restore_rows(earlier, live, used, last) if earlier else None
