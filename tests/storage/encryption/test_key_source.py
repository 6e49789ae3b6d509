"""A key file is private and whole, a command is bounded, and what is wrong is said without a secret."""

from __future__ import annotations

import base64
import datetime as dt
import time
from pathlib import Path

import pytest

from storage.encryption import key_source
from storage.encryption.key_ring import LONGEST, KeyRing, UnknownKey, UnusableKeys, new_key_ring, parse_key_ring
from tests.keys import RING as TESTS_RING
from tests.keys import phone_ix

RING = new_key_ring(dt.date(2026, 11, 30))
WRAP, INDEX = (key.line() for key in RING.keys)


def secret(bytes_: bytes) -> str:
    return base64.b64encode(bytes_).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "exactly one active wrap key"),
        (WRAP, "exactly one active index key"),
        (f"{WRAP}\n{WRAP}\n{INDEX}", "two wrap keys with one id"),
        (f"{WRAP}\n{INDEX.replace(INDEX.split()[-1], WRAP.split()[-1])}", "the same key twice"),
        (f"{WRAP}\n{INDEX[:-8]}", "Line 2"),
        (f"{WRAP}\nindex 1 active 2026-11-30 {secret(b'short')}", "a key has 32 bytes"),
        (f"{WRAP}\nindex 1 active 2026-11-30 {secret(bytes(32))}", "no random key"),
        (f"{WRAP}\nindex 1 asleep 2026-11-30 {secret(bytes(range(32)))}", "a state active, next or old"),
        ("x" * (LONGEST + 1), "longer than"),
    ],
    ids=range(9),  # the keys differ from run to run
)
def test_a_ring_that_cannot_be_used_names_the_line_and_no_secret(text: str, said: str) -> None:
    with pytest.raises(UnusableKeys, match=said) as refused:
        parse_key_ring(text)
    assert not any(word in str(refused.value) for word in text.split() if len(word) > 12)


def test_a_ring_is_read_as_it_was_written_and_says_whether_it_is_for_development() -> None:
    for ring in (RING, KeyRing(RING.keys, development=True)):
        again = parse_key_ring(ring.text())
        assert again.keys == ring.keys and again.development == ring.development
    assert RING.keys[0].fingerprint() != RING.keys[1].fingerprint()
    assert len(RING.keys[0].fingerprint()) == 8


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys"
    path.write_text(RING.text())
    path.chmod(mode)
    with pytest.raises(UnusableKeys, match=f"Others may read .*chmod 600 {path}"):
        key_source.read_key_file(path)
    for private in (0o600, 0o400):
        path.chmod(private)
        assert key_source.read_key_file(path).keys == RING.keys


def test_a_command_prints_the_ring_and_gets_only_what_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(RING.text())
    assert key_source.from_command(f"cat {path}").ring.keys == RING.keys
    asked = 'test -z "$HOME" && cat "$WHERE"'
    assert key_source.from_command(asked, {"WHERE": str(path), "PATH": "/usr/bin:/bin"}).ring.keys == RING.keys


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("echo a-secret; echo a-secret >&2; exit 3", "failed with exit code 3"),
        ("echo a-secret", "Line 1 of the key ring"),
        ("head -c 999999 /dev/zero", "longer than"),
        ("yes a-secret", "longer than"),
        ("printf '\\377'", "not text"),
        ("sleep 60 & cat", "exactly one active wrap key"),
    ],
)
def test_a_command_that_fails_or_prints_too_much_is_refused_without_its_words(
    command: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_source, "COMMAND_WITHIN", 5.0)
    if "sleep" in command:
        command = command.replace(" & cat", " >/dev/null & true")
    with pytest.raises(UnusableKeys, match=said) as refused:
        key_source.from_command(command).ring  # noqa: B018 - it reads
    assert "a-secret" not in str(refused.value)


def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_source, "COMMAND_WITHIN", 0.3)
    began = time.monotonic()
    with pytest.raises(UnusableKeys, match="did not end within"):
        key_source.from_command("sleep 60 & sleep 60").ring  # noqa: B018 - it reads
    assert time.monotonic() - began < 20


def test_a_key_file_that_is_just_being_copied_leaves_the_ring_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_source, "LOOK_AGAIN", -1.0)
    path = tmp_path / "keys"
    path.touch(0o600)
    path.write_text(RING.text())
    source = key_source.from_file(path)
    assert source.ring.keys == RING.keys
    for text in ("", RING.text()[:-9], "# of something else"):
        path.write_text(text)
        assert source.ring.keys == RING.keys
        with pytest.raises(UnusableKeys):
            source.reread()
    after = new_key_ring(dt.date(2026, 12, 1))
    path.write_text(after.text())
    assert source.ring.keys == after.keys


def test_no_repr_shows_a_secret_and_a_data_key_that_is_cut_off_is_unknown() -> None:
    for key in RING.keys:
        assert repr(key.secret)[2:12] not in repr(key)
    with pytest.raises(UnknownKey):
        RING.unwrap(1, b"short", "7")


def test_a_number_is_found_by_what_databases_hold_of_it_and_by_something_else_in_each_table() -> None:
    for _ in range(2):  # the second time with what was kept of the first
        assert phone_ix("contacts", "+923001234567").hex() == "ecf5de90748f4402a29aa2092eeb4eda"
        assert TESTS_RING.digest("inbound", b"x").hex() == "d9d630094e35a92fd8caa77d23374aa0"
