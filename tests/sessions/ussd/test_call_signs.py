"""That a phone called is noted beside the calls: once a day, many phones at a time, while no caller waits."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update

from storage.cases import recycled_phones
from storage.connection.database import Database
from storage.schema.tables import Contact
from tests.sessions.calls import Line, Phone
from tests.sessions.filing import SARA, file_one
from tests.sessions.test_statement_counts import heard
from tests.sessions.texter import NOW

pytestmark = pytest.mark.both_databases
LATER = NOW + dt.timedelta(days=3)


def seen(database: Database) -> dt.datetime | None:
    with database.read() as db:
        return db.scalars(select(Contact.seen_at)).one()


def test_a_call_of_a_known_phone_writes_nothing_and_is_noted_beside_it(line: Line) -> None:
    file_one(line.database, SARA)
    phone = Phone(line, SARA, now=LATER)
    with heard(line.database) as asked:
        phone.dial()
    assert not [each for each in asked if not each.startswith("SELECT")]
    before = seen(line.database)
    assert before is None or before < LATER
    assert line.signs.write(line.database) == 1
    assert seen(line.database) == LATER
    phone.dial()
    assert line.signs.write(line.database) == 0, "it was noted today"


def test_what_cannot_be_noted_waits_and_a_later_note_is_kept(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    file_one(line.database, SARA)
    with line.database.write.begin() as db:
        db.execute(update(Contact).values(seen_at=None))
    Phone(line, SARA, now=NOW).dial()
    with monkeypatch.context() as broken:
        broken.setattr("storage.cases.recycled_phones.note_calls", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            line.signs.write(line.database)
    with line.database.write.begin() as db:
        db.execute(update(Contact).values(seen_at=LATER))
    assert line.signs.write(line.database) == 1
    assert seen(line.database) == LATER


def test_a_call_that_is_noted_late_brings_no_number_back_that_a_report_said_is_gone(line: Line) -> None:
    file_one(line.database, SARA)
    Phone(line, SARA, now=LATER).dial()
    with line.database.write.begin() as db:
        recycled_phones.note_end(db, db.scalars(select(Contact)).one())
    line.signs.write(line.database)
    assert seen(line.database) == recycled_phones.GONE
