"""Witnesses sign what follows from what they saw; none of them can stop the log or lend it a forged signature."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.cli.sweep_round import WITNESS_SECONDS
from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from sessions.transparency.log_publication import LogSettings
from sessions.transparency.witness_round import AGAIN, QuorumError, Witness, WitnessRound
from storage.connection.database import Database
from storage.transparency.cosignature import (
    WitnessKey,
    cosigned_at,
    has_cosigned,
    parse_witness_key,
    size_in_conflict,
)
from storage.transparency.signed_note import NoteError, parse_checkpoint
from storage.transparency.tile_files import TileFiles
from tests.sessions.transparency.logged import KEY, fill, publication

ROOT = Path(__file__).parents[3]
WIRE = HttpClient()


def post(address: str, body: bytes) -> tuple[int, bytes]:
    try:
        answer = WIRE.request("POST", address, data=body, timeout=WITNESS_SECONDS)
    except (UnsentRequestError, LostAnswerError) as error:
        raise OSError(str(error)) from None
    return answer.status, answer.body


@dataclass
class Running:
    """A witness that runs, and how to ask it."""

    address: str
    text: str

    @property
    def key(self) -> WitnessKey:
        return parse_witness_key(self.text)

    def witness(self, how: str = "") -> Witness:
        return Witness(self.key, f"{self.address}/{how}" if how else self.address)


@pytest.fixture
def running() -> Iterator[Running]:
    given = ["-m", "tests.sessions.transparency.witness_server", "07" * 32, str(KEY.verify_key)]
    process = subprocess.Popen([sys.executable, *given], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port, key = process.stdout.readline().split()
    yield Running(f"http://127.0.0.1:{port}", key)
    process.kill()
    process.wait()
    process.stdout.close()


def asked(folder: Path, witnesses: list[Witness], quorum: int = 1) -> WitnessRound:
    return WitnessRound(LogSettings(folder, KEY), witnesses, quorum, post)


def test_a_witness_signs_each_checkpoint_also_when_the_process_that_asks_is_another(
    database: Database, running: Running, tmp_path: Path, now: dt.datetime
) -> None:
    files, log, mine = TileFiles(tmp_path), publication(database, tmp_path), asked(tmp_path, [running.witness()])
    for step in range(4):
        now = fill(database, now, 3, 9) + dt.timedelta(minutes=5)
        size = log.extend(now)
        if step == 2:
            mine = asked(tmp_path, [running.witness()])  # it has forgotten what the witness saw, and is told by a 409
        assert mine.look(now) == size
        note = files.checkpoint()
        assert parse_checkpoint(note, [KEY.verify_key]).size == size
        line = note.splitlines()[-1]
        assert cosigned_at(line, note, running.key) == 1_780_000_000
        given = [sys.executable, "tools/verify.py", tmp_path, "--key", str(KEY.verify_key), "--witness", running.text]
        told = subprocess.run(given, cwd=ROOT, capture_output=True, text=True, check=False)
        assert told.stdout.splitlines()[-1] == "Right: witness.example.net saw it at 2026-05-28 20:26 UTC", told
        assert mine.look(now + AGAIN) == size
        assert files.checkpoint() == note  # it is not asked again


@pytest.mark.parametrize("how", ["down", "slow", "forged", "odd", "away"])
def test_a_witness_that_does_not_help_stops_nothing_and_is_named(
    database: Database, running: Running, tmp_path: Path, now: dt.datetime, how: str
) -> None:
    now = fill(database, now, 2, 5) + dt.timedelta(minutes=5)
    log = publication(database, tmp_path)
    log.extend(now)
    bad = Witness(running.key, "http://127.0.0.1:9") if how == "away" else running.witness(how)
    files, before = TileFiles(tmp_path), TileFiles(tmp_path).checkpoint()
    began = time.monotonic()
    with pytest.raises(QuorumError, match=r"0 of 1 witnesses have signed 12: .*witness\.example\.net|127"):
        asked(tmp_path, [bad]).look(now)
    assert time.monotonic() - began < 2 * sum(WITNESS_SECONDS) + 5
    assert files.checkpoint() == before
    assert asked(tmp_path, [bad], quorum=0).look(now) == 12  # nobody is needed
    later = fill(database, now, 1, 5) + dt.timedelta(minutes=5)
    assert log.extend(later) > 12


def test_a_log_that_went_back_is_not_signed(
    database: Database, running: Running, tmp_path: Path, now: dt.datetime
) -> None:
    now = fill(database, now, 2, 5) + dt.timedelta(minutes=5)
    log = publication(database, tmp_path)
    log.extend(now)
    first = (tmp_path / "checkpoint").read_bytes()
    now = fill(database, now, 2, 5) + dt.timedelta(minutes=5)
    log.extend(now)
    assert asked(tmp_path, [running.witness()]).look(now) == 24
    (tmp_path / "checkpoint").write_bytes(first)
    with pytest.raises(QuorumError, match="saw 24 entries, and there are 12 now"):
        asked(tmp_path, [running.witness()]).look(now)


def test_a_forged_line_in_the_file_counts_for_nothing(
    database: Database, running: Running, tmp_path: Path, now: dt.datetime
) -> None:
    now = fill(database, now, 2, 5) + dt.timedelta(minutes=5)
    publication(database, tmp_path).extend(now)
    asked(tmp_path, [running.witness()]).look(now)
    note = TileFiles(tmp_path).checkpoint()
    assert has_cosigned(note, running.key)
    *kept, line = note.splitlines()
    other = line[:-6] + ("A" if line[-6] != "A" else "B") + line[-5:]
    assert not has_cosigned("\n".join([*kept, other, ""]), running.key)
    assert not has_cosigned("\n".join([*kept, ""]), running.key)
    assert not has_cosigned(note, _another())


def _another() -> WitnessKey:
    return WitnessKey("witness.example.net", b"\x00" * 4, b"\x01" * 32)


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+BA==", str(KEY.verify_key), "a b+00000000+" + "B" * 44], ids=range(5)
)
def test_what_is_no_key_of_a_witness_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_witness_key(text)


@pytest.mark.parametrize(
    ("body", "size"), [(b"7\n", 7), (b"0\n", 0), (b"", None), (b"07\n", None), (b"-1\n", None), (b"9" * 100, None)]
)
def test_only_a_size_is_read_as_one(body: bytes, size: int | None) -> None:
    assert size_in_conflict(body) == size
