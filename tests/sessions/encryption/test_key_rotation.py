"""Keys of all three kinds are replaced while rows are written, broken off anywhere, and nothing becomes unreadable."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from sessions.encryption import key_rotation
from sessions.encryption.key_check import find_key_problem
from sessions.encryption.key_rotation import KINDS, Kind, Rotation, RotationError
from sessions.encryption.row_rounds import Pace, Progress
from storage.cases import complaints, contacts
from storage.cases.complaints import HistoryEntry
from storage.connection.database import Database, open_database
from storage.encryption import key_jobs, key_ring_changes
from storage.encryption.data_keys import key_of, unlock
from storage.encryption.key_ring import KeyRing, Purpose, UnknownKey, new_key_ring
from storage.encryption.key_source import KeySource
from storage.encryption.sealed_tables import sealed_tables
from storage.messages import delivery_reports, inbound_sms
from storage.schema.sealed_columns import MARK, raw_value
from storage.schema.tables import Contact, DataKey, Report

pytestmark = pytest.mark.both_databases

DAY = dt.date(2026, 12, 1)
_numbers = itertools.count(1)


class Killed(Exception):
    """The command was ended here."""


class Machine:
    """A process with its own copy of the key ring, as it was when somebody last brought it there."""

    def __init__(self, url: str, ring: KeyRing) -> None:
        self.ring = ring
        self.database: Database = open_database(url)
        self.keys = unlock(self.database, KeySource(lambda: self.ring))

    def bring(self, ring: KeyRing) -> None:
        self.ring = ring
        self.keys.source.reread()

    def files(self, phone: str, words: str) -> int:
        """A complaint with a step and an SMS; the id of its contact."""
        number, now = f"{next(_numbers):09}", dt.datetime.now(dt.UTC)
        with self.database.write.begin() as db:
            who = contacts.lock_or_add(db, phone, now)
            filed = HistoryEntry(act="filed", status="filed", at=now, actor="citizen", note=words, data={"said": words})
            added = complaints.add(db, number, f"s:{number}", filed, {
                "kind": "complaint", "contact_id": who.id, "flow": "f", "revision": 1, "category": None,
                "district": None, "office": "o", "details": words, "private": False, "call_back": False,
                "urgent": False, "against": None, "limit_days": 15, "due_on": DAY,
            })  # fmt: skip
            assert added is not None
            inbound_sms.add(db, aggregator="a", provider_id=number, phone=phone, short_code="1", text=words,
                            sent_at=None, now=now, state="done")  # fmt: skip
            delivery_reports.add(db, now, aggregator="a", provider_id=number, status="Success", reason="", phone=phone)
            return who.id


class World:
    """A machine that rotates, another that serves, and what was written."""

    def __init__(self, url: str) -> None:
        ring = new_key_ring(DAY)
        self.one, self.other = Machine(url, ring), Machine(url, ring)
        self.ahead = dt.timedelta()
        self.written: dict[str, set[str]] = {}
        self.stop = 0
        assert find_key_problem(self.one.database, ring) == ""

    def write(self, ring: KeyRing) -> None:
        self.one.bring(ring)

    def rotation(self, *, one_machine: bool = False) -> Rotation:
        return Rotation(
            self.one.database, self.write, self.clock, self.tell, Pace(7, 0, self.wait), one_machine,
            grace=dt.timedelta(minutes=2),
        )  # fmt: skip

    def tell(self, _: Progress) -> None:
        self.stop -= 1
        if self.stop == 0:
            raise Killed

    def clock(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def wait(self, seconds: float) -> None:
        self.ahead += dt.timedelta(seconds=seconds)
        self.other.bring(self.one.ring)
        for machine in (self.one, self.other):
            machine.keys.forget(list(machine.keys._kept))  # what `seconds` would do

    def files(self, count: int) -> None:
        for each in range(count):
            phone = f"+92300{(len(self.written) * 7 + each) % 23:07}"
            words = f"pani nahi aa raha {next(_numbers)}"
            (self.one, self.other)[each % 2].files(phone, words)
            self.written.setdefault(phone, set()).add(words)

    def check(self) -> None:
        """Everything reads, each phone is found by both machines, and none is there twice."""
        for machine in (self.one, self.other):
            with machine.database.read() as db:
                found: dict[str, set[str]] = {}
                for table in sealed_tables():
                    for row in db.scalars(select(table)):
                        for name in table.SEALED:
                            getattr(row, name)
                for phone in self.written:
                    who = contacts.find(db, phone)
                    assert who is not None
                    assert who.phone == phone
                    told = complaints_of(db, who.id)
                    found[phone] = told
                assert found == self.written
                assert db.scalar(select(func.count()).select_from(Contact)) == len(self.written)
                assert db.scalar(select(func.count()).select_from(Report)) == sum(map(len, self.written.values()))

    def close(self) -> None:
        self.one.database.close()
        self.other.database.close()


def complaints_of(db: Any, contact_id: int) -> set[str]:
    return {str(each.details) for each in db.scalars(select(complaints.Complaint).where(
        complaints.Complaint.contact_id == contact_id))}  # fmt: skip


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    yield made
    made.close()


def finish(world: World, kind: Kind) -> None:
    """Run until it is over, and remove the old key."""
    for _ in range(8):
        outcome = world.rotation().run(kind)
        world.files(3)
        world.check()
        world.wait(5)
        if outcome.over:
            break
    assert outcome.over
    if outcome.removable is not None:
        world.ahead += dt.timedelta(hours=2)
        purpose: Purpose = "wrap" if kind == "wrap" else "index"
        world.rotation().remove(purpose, outcome.removable)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_replaced_step_by_step_while_another_machine_writes(world: World, kind: Kind) -> None:
    world.files(30)
    before = world.one.ring
    with world.one.database.read() as db:
        keys = set(db.scalars(select(DataKey.id).where(DataKey.secret != b"")))
    finish(world, kind)
    world.check()
    ring = world.one.ring
    assert [key.state for key in ring.keys] == ["active", "active"]
    assert find_key_problem(world.one.database, ring) == ""
    with world.one.database.read() as db:
        left = set(db.scalars(select(DataKey.id).where(DataKey.secret != b"")))
        named = {
            key_of(raw)
            for table in sealed_tables()
            for row in db.scalars(select(table))
            for name in table.SEALED
            if (raw := raw_value(getattr(row, f"{name}_"))) is not None
        }
        assert not key_jobs.has_mark(db, key_jobs.ROTATE)
        if kind == "wrap":
            assert set(db.scalars(select(DataKey.wrapping))) == {2}
        if kind == "data":
            assert not left & keys
            assert named <= left
        if kind == "index":
            assert set(db.scalars(select(Contact.phone_ix_next))) == {None}
    if kind != "data":
        assert "key 2" in find_key_problem(world.one.database, before)  # which a machine that was forgotten lacks


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_rotation_may_be_broken_off_anywhere(sqlite_template: Any, tmp_path: Any, data: st.DataObject) -> None:
    path = tmp_path / f"{next(_numbers)}.db"
    path.write_bytes(sqlite_template.read_bytes())
    world = World(f"sqlite:///{path}")
    world.files(20)
    for kind in data.draw(st.permutations(get_args(Kind))):
        for _ in range(data.draw(st.integers(0, 4))):
            world.stop = data.draw(st.integers(1, 25))
            with contextlib.suppress(Killed):
                world.rotation(one_machine=data.draw(st.booleans())).run(kind)
            world.files(data.draw(st.integers(0, 3)))
            world.check()
            world.wait(5)
        world.stop = 0
        finish(world, kind)
        world.check()
    assert min(key.id for key in world.one.ring.keys) >= 2
    world.close()


@pytest.mark.parametrize("steps", range(1, 5))
def test_a_step_can_be_undone_until_the_old_key_is_removed(world: World, steps: int) -> None:
    world.files(20)
    for _ in range(steps):
        world.rotation().run("index")
        world.files(2)
        world.wait(5)
    for _ in range(steps):
        if len(world.one.ring.keys) == 2:
            break
        world.rotation().back("index")
        world.files(2)
        world.check()
        world.wait(5)
    world.check()
    assert key_ring_changes.label(world.one.ring, "index") == "1 active"


def test_what_is_needed_is_not_removed(world: World) -> None:
    world.files(5)
    for purpose, number, said in (
        ("wrap", 1, "only an old one"),
        ("wrap", 9, "There is no"),
        ("index", 1, "only an old"),
    ):
        with pytest.raises(RotationError, match=said):
            world.rotation().remove(purpose, number)  # type: ignore[arg-type]  # from the table above
    ring = key_ring_changes.activate(key_ring_changes.add_next(world.one.ring, "wrap", DAY), "wrap", "old")
    world.write(ring)
    with pytest.raises(RotationError, match="sunwai keys rotate wrap"):
        world.rotation().remove("wrap", 1)
    world.rotation().run("wrap")
    with pytest.raises(RotationError, match=r"wait 6[01] minutes"):
        world.rotation().remove("wrap", 1)
    with pytest.raises(RotationError, match="wait"):
        world.rotation(one_machine=True).remove("wrap", 1)


def test_the_status_says_that_old_data_keys_are_waited_for_and_until_when(world: World) -> None:
    world.files(9)
    said: list[list[str]] = []

    def wait(seconds: float) -> None:
        if seconds > 1:
            said.append(key_rotation.rotation_status(world.one.database, world.clock()))
        World.wait(world, seconds)

    rotation = world.rotation()
    rotation.pace, rotation.grace = Pace(7, 0, wait), key_rotation.GRACE
    assert rotation.run("data").over
    last = said[-1][-1]
    assert re.search(r"`keys rotate data` .* It waits until \d\d:\d\d:\d\d UTC, because processes", last), last
    assert not any("rotate data" in line for line in key_rotation.rotation_status(world.one.database, world.clock()))


def test_an_index_key_stays_for_the_calls_that_go_on(world: World) -> None:
    world.files(5)
    for _ in range(4):
        outcome = world.rotation(one_machine=True).run("index")
    assert outcome.removable == 1 and "After 10 minutes" in outcome.words
    before = world.one.ring.keys
    with pytest.raises(RotationError, match=r"named by the index key 1: wait (9|10) minutes"):
        world.rotation(one_machine=True).remove("index", 1)
    world.ahead += dt.timedelta(minutes=8)
    with pytest.raises(RotationError, match=r"wait [12] minutes?\."):
        world.rotation(one_machine=True).remove("index", 1)
    assert world.one.ring.keys == before
    world.ahead += dt.timedelta(minutes=2)
    assert world.rotation(one_machine=True).remove("index", 1).over
    world.check()


@pytest.mark.parametrize("kind", ["wrap", "index"])
def test_a_ring_that_a_command_prints_is_changed_there_before_anything_is_written(world: World, kind: Purpose) -> None:
    world.files(5)

    def noted() -> set[tuple[str, int]]:
        with world.one.database.read() as db:
            return {tuple(row) for row in db.execute(text("SELECT purpose, key_id FROM key_checks"))}

    def rotation() -> Rotation:
        made = world.rotation()
        made.from_command = True
        return made

    before = noted()
    for _ in range(2):
        with pytest.raises(RotationError, match=rf"its {kind} keys are `1 active, 2 next`"):
            rotation().run(kind)
        assert noted() == before
    operators = key_ring_changes.add_next(world.one.ring, kind, DAY)
    world.write(operators)
    assert find_key_problem(world.one.database, operators) == "", "the operator's own key is taken"
    assert noted() == before | {(kind, 2)}
    with pytest.raises(RotationError, match=rf"its {kind} keys are `1 (old|next), 2 active`"):
        rotation().run(kind)
    world.check()


@pytest.mark.parametrize("stop", [0, 9, 60])
def test_a_rotation_passes_by_what_was_altered_names_it_and_keeps_the_keys_that_it_needs(
    world: World, stop: int
) -> None:
    world.files(12)
    with world.one.database.write.begin() as db:
        case, other, phone = (
            db.execute(text(f"SELECT key_id FROM {table} WHERE id = {id_}")).scalar_one()
            for table, id_ in (("complaints", 4), ("complaints", 5), ("contacts", 6))
        )
        before = set(db.scalars(select(DataKey.id)))
        secret = db.get_one(DataKey, other).secret
        note = raw_value(db.execute(text("SELECT note FROM history WHERE id = 4")).scalar_one())
        assert note is not None
        altered = MARK + base64.b64encode(note[:-1] + bytes([note[-1] ^ 1])).decode()
        key_jobs.set_mark(db, key_jobs.ROTATE)  # else the trigger lets nobody touch it
        db.execute(text("UPDATE history SET note = :altered WHERE id = 4"), {"altered": altered})
        db.execute(text("UPDATE inbound SET text = :cut WHERE id = 3"), {"cut": MARK + "AAAA"})
        db.execute(text("UPDATE data_keys SET secret = :other WHERE id = :id"), {"id": other, "other": bytes(60)})
        db.execute(text("UPDATE data_keys SET wrapping = 7 WHERE id = :id"), {"id": phone})
    world.wait(5)
    world.stop = stop
    if stop:
        with pytest.raises(Killed):
            world.rotation().run("data")
    said = refusal(world, "data")
    assert all(named in said for named in ("inbound 3", "history 4", "complaints 5", "contacts 6")), said
    with world.one.database.read() as db:
        left = before & set(db.scalars(select(DataKey.id).where(DataKey.secret != b"")))
        assert left >= {case, other, phone} and len(left) <= 4  # and that of the month of the SMS
        assert [db.get_one(complaints.Complaint, each).details for each in (4, 7)]
    for _ in range(2):
        world.rotation().run("wrap")
        world.wait(5)
    said = refusal(world, "wrap")
    assert f"data_keys {other}" in said and f"data_keys {phone}" in said
    world.ahead += dt.timedelta(hours=2)
    with pytest.raises(RotationError, match="1 data keys need the wrapping key 1"):
        world.rotation().remove("wrap", 1)
    with world.one.database.write.begin() as db:
        db.execute(text("UPDATE data_keys SET wrapping = 1 WHERE id = :id"), {"id": phone})
        db.execute(text("UPDATE data_keys SET secret = :secret WHERE id = :id"), {"id": other, "secret": secret})
    world.wait(5)
    assert world.rotation().run("wrap").over
    said = refusal(world, "data")
    assert "2 rows cannot be opened" in said and "history 4, inbound 3" in said


def refusal(world: World, kind: Kind) -> str:
    with pytest.raises(RotationError) as said:
        world.rotation().run(kind)
    return str(said.value)


@pytest.mark.parametrize("kind", ["wrap", "index"])
def test_a_backup_of_before_names_the_key_that_it_needs(world: World, kind: Kind, database_url: str) -> None:
    world.files(5)
    backup = {"wrap": "Wrapping key 1", "index": "Index key 1"}[kind]
    old = world.one.ring
    while len(world.one.ring.keys) == 2:
        world.rotation().run(kind)
    for _ in range(4):
        world.wait(5)
        if world.rotation().run(kind).over:
            break
    last = key_ring_changes.remove(world.one.ring, kind, 1)  # type: ignore[arg-type]  # a purpose
    with world.one.database.write.begin() as db:
        if kind == "wrap":  # as the backup has it
            row = db.scalars(select(DataKey)).first()
            assert row is not None
            row.wrapping = 1
    said = find_key_problem(world.one.database, last)
    assert backup in said
    assert "Put this database's own key file back" in said
    if kind == "wrap":
        machine = Machine(database_url, last)
        with machine.database.read() as db:
            key = db.scalars(select(DataKey.id).where(DataKey.wrapping == 1)).one()
            with pytest.raises(UnknownKey, match="wrapping key 1 is not on the key ring"):
                machine.keys.is_erased(db, key)
        machine.database.close()
    assert old.keys[0].id == 1


@pytest.mark.parametrize("purpose", ["wrap", "index"])
@pytest.mark.parametrize("steps", [1, 2])
def test_what_was_undone_leaves_keys_that_open_everything_and_with_which_a_process_starts(
    world: World, purpose: Purpose, steps: int
) -> None:
    world.files(3)
    for _ in range(2):  # the second time, another key has the same id
        for _ in range(steps):
            world.rotation().run(purpose)
            world.wait(5)
        world.files(1)
        while len(world.one.ring.keys) > 2:
            world.rotation().back(purpose)
            world.wait(5)
        assert find_key_problem(world.one.database, world.one.ring) == ""
        world.check()
