"""Rows that are written together: their ids are nobody else's, and a case that was moved meanwhile breaks the batch."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update

from storage.cases import complaints
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database
from storage.connection.write_batch import IDS_AT_ONCE, gather_writes, write_batch, write_early
from storage.messages import outbox
from storage.messages.outbox import NewMessage
from storage.schema.tables import Complaint, History, OutboxMessage
from tests.sessions.filing import NOW, file_one

pytestmark = pytest.mark.both_databases


def text_about(case: Complaint, number: int) -> NewMessage:
    key = f"together:{number}"
    return NewMessage(case.contact_id, case.id, "status_is", key, f"complaint:{case.id}", "It goes on.")


def test_texts_that_are_written_together_have_the_ids_that_were_told(database: Database) -> None:
    case, _ = file_one(database)
    count = 2 * IDS_AT_ONCE + 1
    with database.write.begin() as db:
        alone = outbox.add(db, NOW, text_about(case, -1))
        with gather_writes(db):
            first = [outbox.add(db, NOW, text_about(case, each)) for each in range(count - 2)]
            write_early(db)
            told = [*first, *(outbox.add(db, NOW, text_about(case, each)) for each in (count - 2, count - 1))]
            assert write_batch(db) is not None
        assert write_batch(db) is None
    with database.read.begin() as db:
        rows = db.execute(select(OutboxMessage.id, OutboxMessage.dedupe, OutboxMessage.next_at)).all()
    written = {row.dedupe: row.id for row in rows}
    assert [written[f"together:{each}"] for each in range(count)] == told
    assert len({alone, *told}) == count + 1
    assert {row.next_at for row in rows} == {NOW}


def test_a_batch_whose_case_was_moved_though_it_was_held_changes_nothing(database: Database) -> None:
    cases = [file_one(database, category=f"mun0{each}")[0] for each in (1, 2)]
    entry = HistoryEntry(act="nudged", status="received", at=NOW + dt.timedelta(days=1), actor="system")
    with pytest.raises(RuntimeError, match="1 complaints were moved"):
        record_all(database, [each.id for each in cases], entry)
    with database.read.begin() as db:
        assert "nudged" not in db.scalars(select(History.act)).all()
        assert db.scalars(select(Complaint.version).order_by(Complaint.id)).all() == [each.version for each in cases]


def record_all(database: Database, ids: list[int], entry: HistoryEntry) -> None:
    """A step of each, of which the last is not any more what the transaction believes."""
    with database.write.begin() as db:
        held = [db.get_one(Complaint, each) for each in ids]
        moved = update(Complaint).where(Complaint.id == ids[-1]).values(version=9)
        db.execute(moved.execution_options(synchronize_session=False))
        with gather_writes(db):
            for each in held:
                assert complaints.record_act(db, each, entry, {})
