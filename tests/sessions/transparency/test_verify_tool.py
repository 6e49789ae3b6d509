"""tools/verify.py, as somebody outside runs it, on files alone."""

from __future__ import annotations

import base64
import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from storage.connection.database import Database
from storage.schema.tables import Complaint
from storage.transparency import log_leaves
from storage.transparency.case_code import case_code
from storage.transparency.log_proof import step_proof
from storage.transparency.merkle_tree import root
from storage.transparency.signed_note import Checkpoint, new_key, parse_checkpoint, sign_checkpoint
from storage.transparency.tile_files import TileFiles
from tests.sessions.transparency.logged import KEY, fill, publication

TOOL = Path(__file__).parents[3] / "tools/verify.py"
HOUR = dt.timedelta(hours=1)


SPOILT = [  # a proof, its lines and what they become
    (0, "nonsense"),
    (1, "extra \u00b2"),
    (1, "extra " + base64.b64encode(b"x" * 32 + b"sunwai-history-row/v1\n").decode()),
    (1, "extra " + base64.b64encode(b"x" * 32 + b"sunwai-history-row/v1\n" + b"\0\0\0\1x" * 11).decode()),
    (1, "extra " + base64.b64encode(b"x" * 32 + b"sunwai-history-row/v1\n" + b"\xff" * 40).decode()),
    (2, "index \u00b2"),
    (2, "abcdef5"),
    (2, "index -1"),
    (2, "index " + "9" * 5_000),
    (2, "index 0480"),
    (3, "AAAA"),
    (3, "\x1b[2J"),
    (-3, "\u0664"),
]


def run(*given: object, key: str = str(KEY.verify_key)) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", TOOL, *map(str, given), "--key", key], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path, database: Database, now: dt.datetime) -> Path:
    """A log with an earlier checkpoint of 240 entries, `earlier`, and one of 480."""
    where = tmp_path / "log"
    log = publication(database, where)
    end = fill(database, now, 40, 5)
    log.extend(end + HOUR)
    shutil.copy(where / "checkpoint", where / "earlier")
    log.extend(fill(database, end + HOUR, 40, 5) + HOUR)
    return where


def test_a_log_as_it_was_signed_is_right_also_beside_an_earlier_checkpoint(folder: Path) -> None:
    assert run(folder) == (0, "Right: 480 entries of sunwai.example.org/test, as they were signed")
    assert run(folder, "--earlier", folder / "earlier")[0] == 0


def test_an_entry_that_was_changed_in_the_files_is_named(folder: Path) -> None:
    bundle = folder / "tile/entries/000"
    kept = bundle.read_bytes()
    at = kept.index(b"case", 5_000)
    number = kept[:at].count(b"sunwai-audit/v1") - 1
    bundle.write_bytes(kept[:at] + b"seen" + kept[at + 4 :])
    assert run(folder) == (1, f"Wrong: entry {number} is not the one whose hash is in the tree.")
    bundle.unlink()
    code, said = run(folder)
    assert code == 1
    assert "is missing" in said


def test_a_log_that_was_written_anew_does_not_follow_from_the_earlier_checkpoint(
    folder: Path, tmp_path: Path, database: Database
) -> None:
    again = TileFiles(tmp_path / "again")
    with database.read() as db:
        rows = log_leaves.logged_rows(db, 0, 480)
    entries = [row.entry for row in rows if row.entry]
    entries[7] = entries[8]
    again.append(0, entries)
    again.publish(sign_checkpoint(Checkpoint(KEY.verify_key.name, 480, root(again.subtree(480), 480)), KEY))
    assert run(again.folder)[0] == 0
    code, said = run(again.folder, "--earlier", folder / "earlier")
    assert (code, said) == (1, "Wrong: an entry before 240 is not what was signed earlier.")


def test_a_shorter_log_and_another_key_are_told(folder: Path) -> None:
    later = folder / "later"
    shutil.copy(folder / "checkpoint", later)
    shutil.copy(folder / "earlier", folder / "checkpoint")
    assert "entries were removed" in run(folder, "--earlier", later)[1]
    assert "this is no checkpoint of" in run(folder, key=str(new_key("another.log").verify_key))[1]
    assert "there is no signature of" in run(folder, key=str(new_key(KEY.verify_key.name).verify_key))[1]
    assert "mistyped" in run(folder, key=str(KEY.verify_key).replace("test", "text"))[1]


def test_a_proof_of_a_step_says_what_happened_and_a_changed_one_is_wrong(
    folder: Path, tmp_path: Path, database: Database
) -> None:
    files = TileFiles(folder)
    note = files.checkpoint()
    size = parse_checkpoint(note, [KEY.verify_key]).size
    with database.read() as db:
        number = db.get_one(Complaint, 50).number
        steps = log_leaves.steps_of(db, number)
    assert [step.version for step in steps] == [1, 2, 3, 4, 5]
    path = tmp_path / "step.tlog-proof"
    path.write_text(step_proof(files, note, size, steps[2]), encoding="utf-8")
    code, said = run("--proof", path)
    assert code == 0, said
    assert said.startswith(f"Right: step 3 of {number}: note by officer, then in_progress, 2026-06-17 ")
    path.write_text(path.read_text().replace(f"index {steps[2].seq}", f"index {steps[3].seq}"))
    assert run("--proof", path) == (1, "Wrong: the proof does not lead to the root that was signed.")
    kept = path.read_text().split("\n")
    for at, line in SPOILT:
        path.write_text("\n".join([*kept[:at], line, *(kept[at + 1 :] if at + 1 else [])]))
        code, said = run("--proof", path)
        assert (code, said[:7]) == (1, "Wrong: "), (at, line, said)
        assert said.isprintable(), said


def test_a_code_that_a_citizen_was_sent_is_checked_with_the_proofs_of_the_case(
    folder: Path, tmp_path: Path, database: Database
) -> None:
    files = TileFiles(folder)
    note = files.checkpoint()
    size = parse_checkpoint(note, [KEY.verify_key]).size
    with database.read() as db:
        number, another = db.get_one(Complaint, 50).number, db.get_one(Complaint, 51).number
        steps, others = log_leaves.steps_of(db, number), log_leaves.steps_of(db, another)
    proofs = []
    for step in (*steps, others[0]):
        path = tmp_path / f"{step.seq}.tlog-proof"
        path.write_text(step_proof(files, note, size, step), encoding="utf-8")
        proofs += ["--proof", path]
    leaves = [step.leaf for step in steps]
    mine = proofs[:-2]
    for count in range(1, 6):
        code = case_code(leaves[:count])
        said = run(*mine, "--code", code.lower())
        assert said[0] == 0, said
        assert said[1].endswith(f"Right: the code is of the first {count} of these 5 steps of {number}"), said
    whole = case_code(leaves)
    assert run(*proofs[2:-2], "--code", whole)[1].endswith(
        "a proof is missing, or a step was changed since it was sent."
    )
    assert run(*proofs, "--code", whole)[1].endswith("the proofs are of more than one case.")
    assert run(*mine, "--code", "7KQM-2X9D")[1].endswith("the code must look like 7KQM-2X9D-PT4V.")


def test_files_that_are_none_are_told_and_never_waited_for(folder: Path) -> None:
    (folder / "empty").write_bytes(b"")
    (folder / "large").write_bytes(b"x" * 20_000)
    (folder / "bytes").write_bytes(b"\xff\xfe")
    os.mkfifo(folder / "pipe")
    for name, why in {"empty": "no checkpoint of", "large": "too large", "bytes": "no text", "pipe": "no file"}.items():
        code, said = run(folder, "--earlier", folder / name)
        assert code == 1
        assert why in said
        assert run("--proof", folder / name)[1].startswith("Wrong: ")
    for key in ("", "x", "+00000000+AA", "a+b+\u00b2", "\udcff+00000000+" + "A" * 44):
        assert run(folder, key=key)[1].startswith("Wrong: "), key
