"""A key ring that comes under a running process is checked before it comes into force, and says why it does not."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT
from gateway.settings.key_ring_settings import refuse_keys, write_key_file
from gateway.settings.loader import load_config
from sessions.encryption.key_rotation import Rotation
from sessions.encryption.row_rounds import Pace
from storage.cases import contacts
from storage.encryption import key_source
from storage.encryption.data_keys import DataKeys
from storage.encryption.key_ring import KeyRing, UnusableKeys, new_key_ring
from storage.encryption.key_ring_changes import add_next
from storage.schema.key_tables import DataKey, KeyCheck
from storage.schema.sealed_columns import KEYS
from storage.schema.tables import Contact
from tests.keys import RING

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 12, 1, 7, tzinfo=dt.UTC)
AWAY = "redis://127.0.0.1:1/0"


class Process:
    """A process with a key file, which it has checked."""

    def __init__(self, database_url: str, path: Path, ring: KeyRing = RING) -> None:
        self.path = path
        path.unlink(missing_ok=True)
        write_key_file(path, ring)
        where = {"ENVIRONMENT": DEVELOPMENT, "DATABASE_URL": database_url, "KEYS_FILE": str(path), "REDIS_URL": AWAY}
        self.app: Sunwai = create_app(load_config(where))
        self.refused = refuse_keys(self.app.settings, self.app.database)

    @property
    def keys(self) -> DataKeys:
        keys: DataKeys = self.app.database.info[KEYS]
        return keys

    def exchange(self, ring: KeyRing) -> KeyRing:
        """Another file in its place, as `mv` does it; the ring that is in force then."""
        beside = self.path.with_suffix(".new")
        write_key_file(beside, ring)
        beside.replace(self.path)
        return self.keys.ring

    def rotation(self) -> Rotation:
        return Rotation(self.app.database, lambda ring: self.exchange(ring) and None, lambda: NOW, pace=Pace(50, 0))


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_source, "LOOK_AGAIN", -1.0)
    monkeypatch.setattr(key_source, "REFUSED_AGAIN", 0.0)


def test_the_file_of_another_database_does_not_come_into_force_and_the_log_says_why(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process = Process(database_url, tmp_path / "keys")
    assert process.refused == ""
    other = new_key_ring(NOW.date())
    joined = add_next(RING, "wrap", NOW.date())
    with process.app.database.write.begin() as db:
        assert process.exchange(other) is not other and process.keys.ring.keys == RING.keys
        contacts.find_or_add(db, "+923001110001", NOW)  # also in the middle of a transaction
    assert '"event": "new_keys_refused", "outcome": "keys_of_before_stay"' in capsys.readouterr().err
    with pytest.raises(UnusableKeys, match="is not the one that this database was written with"):
        process.keys.source.reread()
    for foreign in (KeyRing((RING.keys[0], other.keys[1])), KeyRing((other.keys[0], RING.keys[1]))):
        assert process.exchange(foreign).keys == RING.keys
    assert process.exchange(joined).keys == joined.keys  # its active keys are the database's
    assert process.exchange(other).keys == joined.keys
    with process.app.database.read() as db:
        assert db.scalars(select(Contact)).one().phone == "+923001110001"
        assert db.scalar(select(func.count()).select_from(DataKey)) == 1
        assert db.scalar(select(func.count()).select_from(KeyCheck)) == 2
    process.app.close()


@pytest.mark.parametrize("purpose", ["wrap", "index"])
def test_a_machine_with_a_file_of_before_does_not_write_the_canary_of_a_key_that_was_taken_back(
    database_url: str, tmp_path: Path, purpose: str
) -> None:
    process = Process(database_url, tmp_path / "keys")
    process.rotation().run(purpose)  # type: ignore[arg-type]  # from the table above
    stale = process.keys.ring
    process.rotation().back(purpose)  # type: ignore[arg-type]  # from the table above
    forgotten = Process(database_url, tmp_path / "of another machine", stale)
    assert forgotten.refused == ""  # what it writes with is still the database's
    forgotten.app.close()
    process.rotation().run(purpose)  # type: ignore[arg-type]  # from the table above
    assert {key.id for key in process.keys.ring.keys} == {1, 2} and process.keys.ring.keys != stale.keys
    assert Process(database_url, tmp_path / "anew", process.keys.ring).refused == ""
    refused = Process(database_url, tmp_path / "of another machine", stale).refused
    assert "key 2 of the key ring is not the one" in refused
    process.app.close()


def test_a_command_runs_once_a_minute_whatever_names_an_unknown_key_and_its_new_ring_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, runs = tmp_path / "keys", tmp_path / "runs"
    write_key_file(path, RING)
    source = key_source.from_command(f"echo run >>{runs}; cat {path}")
    assert source.ring.keys == RING.keys
    beside: list[threading.Thread] = []
    for _ in range(50):
        assert source.look_again().keys == RING.keys
    assert runs.read_text().split() == ["run"]
    monkeypatch.setattr(source, "_asked", source._asked - key_source.COMMAND_AGAIN)
    monkeypatch.setattr(source, "_looked", source._looked - key_source.COMMAND_AGAIN)
    later = add_next(RING, "wrap", NOW.date())
    path.unlink()
    write_key_file(path, later)
    assert source.ring.keys == RING.keys  # a hop does not wait for it
    beside += [each for each in threading.enumerate() if each.name == "key ring"]
    for each in beside:
        each.join(20)
    assert source.ring.keys == later.keys and runs.read_text().split() == ["run", "run"]
