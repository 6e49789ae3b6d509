"""What is encrypted can be read later, by another process too, and nothing is written in clear."""

from __future__ import annotations

import base64
import datetime as dt
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import StatementError

from storage.cases import contacts
from storage.connection.database import Database
from storage.connection.insert_once import add_once
from storage.encryption import data_keys as module
from storage.encryption.data_keys import MOST_KEPT, DataKeys, data_keys, unlock
from storage.encryption.key_ring import ErasedKey
from storage.encryption.key_source import from_ring
from storage.schema.sealed_columns import MARK, PlainValueError, SealedBytes, SealedJson, SealedRow, seal_columns
from storage.schema.tables import Contact, DataKey, Inbound, OutboxMessage
from tests.keys import RING
from tests.sessions.posting import look_for, owe, phone, take
from tests.sessions.test_statement_counts import heard
from tests.storage.encryption.test_moved_values import cells, sealed_tables

NOW = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
PLACES = [(table, column) for table in sealed_tables() for column in table.SEALED]

pytestmark = pytest.mark.both_databases


def another_process(database: Database) -> DataKeys:
    return unlock(database, from_ring(RING))


def sms(at: int) -> dict[str, Any]:
    return {
        "aggregator": "at", "provider_id": f"id{at}", "phone": f"+92300111{at:04}", "phone_ix": b"",
        "text": f"words {at}", "short_code": "8484", "received_at": NOW, "state": "new",
    }  # fmt: skip


def test_every_encrypted_column_can_be_read_by_another_process_and_holds_no_words(database: Database) -> None:
    with database.write.begin() as db:
        there = [(each.table, each.row.id, each.column) for each in cells(db)]
        said = [getattr(each, column) for (table, id_, column) in there if (each := db.get_one(table, id_))]
    another_process(database)
    with database.read() as db:
        assert [getattr(db.get_one(table, id_), column) for table, id_, column in there] == said
        for table, column in PLACES:
            for (held,) in db.execute(text(f"SELECT {column} FROM {table.__tablename__}")):
                assert b"words" not in (bytes(held) if isinstance(held, bytes | memoryview) else str(held).encode())


@pytest.mark.parametrize(("table", "column"), PLACES)
def test_no_statement_writes_in_clear(database: Database, table: type[SealedRow], column: str) -> None:
    kind: Any = table
    sealed_type = kind.__table__.c[column].type
    plain: Any = b"words" if isinstance(sealed_type, SealedBytes) else "words"
    plain = {"said": plain} if isinstance(sealed_type, SealedJson) else plain
    by_name = {f"{column}_": plain}
    dated = {"last_step_at": NOW} if "last_step_at" in kind.__table__.c else {}  # otherwise reckoned from others
    for statement in (
        insert(kind).values(**by_name, **dated),
        insert(kind.__table__).values({column: plain} | dated),
        update(kind).values(**by_name),
        update(kind.__table__).where(kind.__table__.c.id == 1).values({column: plain}),
    ):
        with database.write() as db, pytest.raises(StatementError) as refused:
            db.execute(statement)
        assert isinstance(refused.value.orig, PlainValueError)


def test_an_insert_that_is_made_once_encrypts_and_finds_its_repetition(database: Database) -> None:
    with database.write.begin() as db:
        assert add_once(db, Inbound, **sms(1)) is not None
        assert add_once(db, Inbound, **sms(1)) is None
    with database.read() as db:
        assert db.execute(text("SELECT text FROM inbound")).scalar_one().startswith("\x01s1:")
        assert db.scalars(select(Inbound)).one().text == "words 1"


def test_what_was_rolled_back_leaves_no_key_that_later_writes_use(database: Database) -> None:
    with database.write() as db:
        add_once(db, Inbound, **sms(1))
        contacts.find_or_add(db, "+923001110001", NOW)
        db.rollback()
        add_once(db, Inbound, **sms(2))
        contacts.find_or_add(db, "+923001110001", NOW)
        db.commit()
    another_process(database)
    with database.read() as db:
        assert db.scalars(select(Inbound)).one().text == "words 2"
        assert db.scalars(select(Contact)).one().phone == "+923001110001"


def test_two_transactions_make_the_key_of_a_month_at_once(database: Database) -> None:
    begin = threading.Barrier(2, timeout=10)
    failed: list[BaseException] = []

    def write(at: int) -> None:
        mine = DataKeys(from_ring(RING), database.glances)
        try:
            begin.wait()
            with database.write.begin() as db:
                db.info["sunwai_keys"] = mine  # each is a process of its own
                add_once(db, Inbound, **sms(at))
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    both = [threading.Thread(target=write, args=(at,)) for at in (1, 2)]
    for each in both:
        each.start()
    for each in both:
        each.join(20)
    another_process(database)
    with database.read() as db:
        assert not failed
        assert sorted(each.text for each in db.scalars(select(Inbound))) == ["words 1", "words 2"]
        assert [each.kind for each in db.scalars(select(DataKey))] == ["inbound"]


def test_rows_that_were_read_together_ask_for_their_keys_together_though_nobody_holds_the_session(
    database: Database,
) -> None:
    with database.write.begin() as db:
        for at in range(30):
            contacts.find_or_add(db, f"+92300111{at:04}", NOW)
    another_process(database)
    with database.read() as db:
        rows = db.scalars(select(Contact).order_by(Contact.id)).all()
    with heard(database) as asked:
        assert [each.phone for each in rows] == [f"+92300111{at:04}" for at in range(30)]
    assert len(asked) == 1


def test_an_erased_key_is_forgotten_by_every_process_in_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write.begin() as db:
        contacts.find_or_add(db, "+923001110001", NOW)
    with database.write.begin() as db:
        db.execute(delete(DataKey))
    with database.read() as db:
        assert db.scalars(select(Contact)).one().phone == "+923001110001"  # this process has it still
    another_process(database)
    with database.read() as db, pytest.raises(ErasedKey):
        assert db.scalars(select(Contact)).one().phone
    monkeypatch.setattr(module, "KEPT_FOR", 0.0)
    with database.write.begin() as db:
        contacts.find_or_add(db, "+923001110002", NOW)
        db.execute(delete(DataKey))
    with database.read() as db, pytest.raises(ErasedKey):
        assert db.scalars(select(Contact).order_by(Contact.id.desc())).first().phone  # type: ignore[union-attr]  # there


MALFORMED = [b"", b"\x01", b"\x01" + b"\xff" * 40, b"\x02" + bytes(40), b"\x01" + bytes(40)]


def test_a_text_that_was_altered_fails_and_holds_up_no_other(database: Database) -> None:
    ids = [owe(database, NOW, to=phone(number)) for number in range(3 + len(MALFORMED))]
    with database.write.begin() as db:
        swapped = "UPDATE outbox SET body = (SELECT body FROM outbox WHERE id = :other) WHERE id = :id"
        db.execute(text(swapped), {"id": ids[0], "other": ids[-1]})
        for id_, raw in zip(ids[1:], MALFORMED, strict=False):
            held = MARK + base64.b64encode(raw).decode()
            db.execute(text("UPDATE outbox SET body = :held WHERE id = :id"), {"id": id_, "held": held})
    assert [post.id for post in take(database, NOW, 64)] == ids[-2:]
    with database.read() as db:
        failed = db.scalars(select(OutboxMessage.reason).where(OutboxMessage.state == "failed")).all()
        assert failed == ["cannot_be_opened"] * (1 + len(MALFORMED))


def test_a_data_key_that_was_altered_or_names_a_missing_key_holds_up_its_own_text_alone(database: Database) -> None:
    ids = [owe(database, NOW, to=phone(number)) for number in range(70)]
    altered, missing = ids[:66:2], ids[1:66:2]
    with database.write.begin() as db:
        named = "UPDATE data_keys SET {} WHERE id = (SELECT key_id FROM contacts c JOIN outbox o ON contact_id = c.id "
        for id_ in altered:
            db.execute(text(f"{named.format('secret = :secret')}WHERE o.id = :id)"), {"id": id_, "secret": bytes(60)})
        for id_ in missing:
            db.execute(text(f"{named.format('wrapping = 7')}WHERE o.id = :id)"), {"id": id_})
    another_process(database)
    batch = look_for(database, NOW, 10)
    assert [post.id for post in batch.posts] == ids[66:]
    assert set(batch.unopened) == {*altered, *missing}
    with database.write.begin() as db:
        states = {each.id: (each.state, each.reason) for each in db.scalars(select(OutboxMessage))}
        assert {states[id_] for id_ in altered} == {("failed", "cannot_be_opened")}
        assert {states[id_] for id_ in missing} == {("ready", "key_is_missing")}
        db.execute(text("UPDATE data_keys SET wrapping = 1"))  # the key is back
    another_process(database)
    assert not take(database, NOW, 64)
    later = NOW + dt.timedelta(minutes=2)
    assert {post.id for post in take(database, later, 64)} >= set(missing)


def test_no_more_keys_are_kept_than_the_bound(database: Database) -> None:
    keys = another_process(database)
    box = AESGCM(bytes(32))
    for at in range(MOST_KEPT + 10):
        keys._keep(at, box, None)
    assert len(keys._kept) == MOST_KEPT
    assert min(keys._kept) == 10


def test_columns_of_a_table_without_words_stay_as_they_are(database: Database) -> None:
    with database.write.begin() as db:
        assert seal_columns(db, DataKey, {"kind": "case"}) == {"kind": "case"}
        assert data_keys(db).ring == RING
