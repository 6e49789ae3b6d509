"""The bytes of an audit row that a chain will cover: these vectors were written down once and never change."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.audit.audit_log import AuditFilter, find, record
from storage.audit.canonical_bytes import canonical_bytes
from storage.audit.entry import AuditActor, AuditEntry
from storage.connection.database import Database
from storage.schema.tables import AuditRow
from tests.examples import examples

pytestmark = pytest.mark.both_databases

AT = dt.datetime(2026, 6, 17, 9, 30, 0, 123456, tzinfo=dt.UTC)
ROW = {
    "id": 7, "at": AT, "event": "case_opened", "actor_kind": "staff", "actor": "12", "role": "officer",
    "subject_kind": "case", "subject": "482719300", "network": "203.0.113.0/24",
    "detail": {"how": "web", "command": "complaints show"},
}  # fmt: skip
BARE = ROW | {"id": 8, "actor_kind": "stranger", "actor": "", "role": "", "network": "", "detail": {}}
BYTES = (
    b"sunwai-audit-row/v1\n"
    b"\x00\x00\x00\x017"
    b"\x00\x00\x00\x101781688600123456"
    b"\x00\x00\x00\x0bcase_opened"
    b"\x00\x00\x00\x05staff"
    b"\x00\x00\x00\x0212"
    b"\x00\x00\x00\x07officer"
    b"\x00\x00\x00\x04case"
    b"\x00\x00\x00\x09482719300"
    b"\x00\x00\x00\x0e203.0.113.0/24"
    b"\x00\x00\x00\x2c"
    b"\x00\x00\x00\x07command\x00\x00\x00\x0fcomplaints show"
    b"\x00\x00\x00\x03how\x00\x00\x00\x03web"
)
HASHES = (
    (ROW, "6e015ebbd4ac1e4d198c69e14180fe083527c13fcbfbabdcabb5e98bee215213"),
    (BARE, "32c0bf8b8acc9ee1d99c2fdeb08fa46ddedb23403e7873bc85f9d9c8b9f857df"),
)


def test_the_bytes_are_length_prefixed_fields_in_a_fixed_order() -> None:
    assert canonical_bytes(AuditRow(**ROW)) == BYTES


@pytest.mark.parametrize(("values", "digest"), HASHES)
def test_the_bytes_of_known_rows_never_change(values: dict[str, object], digest: str) -> None:
    assert hashlib.sha256(canonical_bytes(AuditRow(**values))).hexdigest() == digest


def test_the_order_in_which_details_were_written_does_not_matter() -> None:
    turned = ROW | {"detail": dict(reversed(ROW["detail"].items()))}  # type: ignore[attr-defined]  # it is a dict
    assert canonical_bytes(AuditRow(**turned)) == BYTES


WORDS = st.text(max_size=6)
ROWS = st.fixed_dictionaries(
    {"id": st.integers(1, 99), "at": st.just(AT), "network": WORDS, "detail": st.dictionaries(WORDS, WORDS, max_size=3)}
    | dict.fromkeys(("event", "actor_kind", "actor", "role", "subject_kind", "subject"), WORDS)
)


@settings(max_examples=examples(300))
@given(ROWS, ROWS)
def test_two_different_rows_never_have_the_same_bytes(one: dict[str, object], other: dict[str, object]) -> None:
    assert (canonical_bytes(AuditRow(**one)) == canonical_bytes(AuditRow(**other))) == (one == other)


def test_a_row_has_the_same_bytes_before_and_after_the_database_stored_it(database: Database) -> None:
    actor = AuditActor("staff", "12", "officer", "2001:db8::/48")
    entry = AuditEntry("case_opened", actor, AT, "case", "482719300", {"how": "web", "version": 3})
    with database.write.begin() as db:
        written = canonical_bytes(record(db, entry))
    with database.read.begin() as db:
        assert [canonical_bytes(row) for row in find(db, AuditFilter(), 10)] == [written]
