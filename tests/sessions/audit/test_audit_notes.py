"""Entries are handed out with the names of those who did it, in parts of any length, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.audit import audit_notes
from storage.audit.audit_log import AuditFilter
from storage.audit.entry import SERVICE, AuditActor, AuditEntry, staff_actor, stranger
from storage.connection.database import Database
from storage.people import staff

pytestmark = pytest.mark.both_databases

AT = dt.datetime(2026, 6, 17, 9, 30, tzinfo=dt.UTC)


def test_names_stand_beside_ids_and_outlive_an_account(database: Database) -> None:
    with database.write.begin() as db:
        rehana = staff.add(db, AT, name="Rehana", role="admin", office=None, contact_id=None)
        assert rehana is not None
        rehana.active = False
        her = rehana.id
    audit_notes.note(
        database,
        AuditEntry("invited", staff_actor(her, "admin"), AT, "staff", her),
        AuditEntry("sign_in", staff_actor(her + 999, "admin"), AT),
        AuditEntry("command", AuditActor("command", "root"), AT, "staff"),
        AuditEntry("sign_in_failed", stranger(), AT),
        AuditEntry("started", SERVICE, AT, "process", "sweep"),
    )
    found = audit_notes.list_entries(database, AuditFilter(), 10)
    assert [(each.who, each.about) for each in reversed(found)] == [
        ("Rehana", "Rehana"),
        (str(her + 999), ""),
        ("root", ""),
        ("", ""),
        ("", "sweep"),
    ]
    assert audit_notes.find_actor(database, "Rehana") == ("staff", str(her))
    assert audit_notes.find_actor(database, "root") == ("command", "root")


@pytest.mark.parametrize("most", [0, 1, 7, 8, 100])
def test_an_export_reads_the_newest_in_parts_without_gaps(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(audit_notes, "AT_A_TIME", 3)
    audit_notes.note(database, *(AuditEntry("started", SERVICE, AT, "process", str(at)) for at in range(8)))
    told = [each.row.subject for each in audit_notes.every_entry(database, AuditFilter(), most)]
    assert told == [str(at) for at in range(7, -1, -1)][:most]
