"""The audit table only grows, whoever asks, and holds words of the catalogue only."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from storage.audit.audit_log import AuditFilter, find, record
from storage.audit.catalogue import DETAILS, EVENTS
from storage.audit.entry import SERVICE, AuditActor, AuditEntry, staff_actor, stranger
from storage.connection.database import Database
from storage.schema.tables import AuditRow

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).parents[3]
AT = dt.datetime(2026, 6, 17, 9, 30, tzinfo=dt.UTC)


def add(database: Database, *entries: AuditEntry) -> list[int]:
    with database.write.begin() as db:
        return [record(db, each).id for each in entries]


def kept(
    database: Database, wanted: AuditFilter | None = None, limit: int = 100, before: int | None = None
) -> list[int]:
    with database.read.begin() as db:
        return [row.id for row in find(db, wanted or AuditFilter(), limit, before)]


def test_nobody_changes_deletes_replaces_or_empties_what_was_recorded(database: Database) -> None:
    (first,) = add(database, AuditEntry("sign_in", staff_actor(3, "admin"), AT))
    changes = [
        update(AuditRow).values(actor="4"),
        delete(AuditRow),
        text("UPDATE audit SET event = 'sign_out'"),
        text("DELETE FROM audit WHERE id = 1 OR 1 = 1"),
    ]
    if database.engine.dialect.name == "postgresql":
        changes += [text("TRUNCATE audit"), text("TRUNCATE TABLE audit CASCADE")]
        changes += [text("INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET actor = '9'")]
    else:
        values = {"id": first, "at": AT, "event": "x", "actor_kind": "x", "actor": "", "role": "", "detail": {}}
        values |= {"subject_kind": "", "subject": "", "network": ""}
        changes += [insert(AuditRow).prefix_with("OR REPLACE").values(**values)]
        changes += [text("INSERT INTO audit SELECT * FROM audit WHERE true ON CONFLICT (id) DO UPDATE SET actor = '9'")]
    for change in changes:
        with pytest.raises(DBAPIError, match="audit only grows"), database.write.begin() as db:
            db.execute(change)
    with database.read.begin() as db:
        (row,) = find(db, AuditFilter(), 10)
    assert (row.id, row.event, row.actor, row.role, row.at) == (first, "sign_in", "3", "admin", AT)


def test_an_entry_is_part_of_the_transaction_that_it_is_about(database: Database) -> None:
    with database.write() as db:
        record(db, AuditEntry("sign_in", staff_actor(3, "admin"), AT))
        db.rollback()
    assert kept(database) == []


@pytest.mark.parametrize(
    ("event", "actor", "subject_kind", "detail"),
    [
        ("party", SERVICE, "", {}),
        ("sign_in", AuditActor("ghost"), "", {}),
        ("sign_in", SERVICE, "phone", {}),
        ("sign_in", SERVICE, "", {"phone": "1"}),
        ("sign_in", SERVICE, "", {"rows": "+923001234567"}),
        ("sign_in", SERVICE, "", {"rows": "3001234567"}),
        ("sign_in", SERVICE, "", {"reason": "my water bill is wrong"}),
        ("sign_in", AuditActor("command", "x" * 65), "", {}),
    ],
)
def test_what_the_catalogue_does_not_have_is_not_recorded(
    event: str, actor: AuditActor, subject_kind: str, detail: dict[str, str | int]
) -> None:
    with pytest.raises(ValueError, match=r"not in the catalogue|too long"):
        AuditEntry(event, actor, AT, subject_kind, "", detail)


def test_no_detail_can_hold_a_phone_number() -> None:
    for number in ("+923001234567", "923001234567", "03001234567", "3001234567"):
        assert [key for key, shape in DETAILS.items() if shape.fullmatch(number)] == []


def test_entries_are_found_by_who_what_when_and_in_pages(database: Database) -> None:
    day = dt.timedelta(days=1)
    ids = add(
        database,
        AuditEntry("sign_in", staff_actor(3, "admin"), AT),
        AuditEntry("case_opened", AuditActor("command", "root"), AT + day, "case", "482719300"),
        AuditEntry("case_opened", staff_actor(3, "admin"), AT + 2 * day, "case", "482719300"),
        AuditEntry("sign_in_failed", stranger("203.0.113.0/24"), AT + 3 * day),
    )
    assert kept(database) == ids[::-1]
    assert kept(database, AuditFilter(event="case_opened")) == [ids[2], ids[1]]
    assert kept(database, AuditFilter(actor_kind="staff", actor="3")) == [ids[2], ids[0]]
    assert kept(database, AuditFilter(subject_kind="case", subject="482719300")) == [ids[2], ids[1]]
    assert kept(database, AuditFilter(since=AT + day, until=AT + 3 * day)) == [ids[2], ids[1]]
    assert kept(database, limit=3) == ids[:0:-1]
    assert kept(database, limit=3, before=ids[1]) == [ids[0]]


def _words_of(call: ast.Call) -> list[str]:
    return [call.args[0].value] if call.args and isinstance(call.args[0], ast.Constant) else []


def test_every_event_in_the_code_is_in_the_catalogue() -> None:
    """An entry outside the catalogue would fail when it happens; here it fails before that."""
    used = set()
    for room in ("storage", "sessions", "gateway"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "AuditEntry":
                    used |= set(_words_of(node))
    assert used <= set(EVENTS)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("localhost", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_prefix_is_kept(said: str, kept: str) -> None:
    assert stranger(said).network == staff_actor(3, "admin", said).network == kept
