"""Keys and checkpoints as text: what one writes, the other reads, and nothing else."""

from __future__ import annotations

import pytest

from storage.transparency.signed_note import (
    Checkpoint,
    NoteError,
    new_key,
    parse_checkpoint,
    parse_signing_key,
    parse_verify_key,
    sign_checkpoint,
)

KEY = new_key("sunwai.example.org/line")
SAID = Checkpoint(KEY.verify_key.name, 4711, bytes(range(32)))
NOTE = sign_checkpoint(SAID, KEY)


def test_keys_are_read_as_they_are_written() -> None:
    assert parse_signing_key(KEY.secret_text + "\n") == KEY
    assert parse_verify_key(str(KEY.verify_key)) == KEY.verify_key


def test_the_repr_of_a_signing_key_does_not_hold_it() -> None:
    assert repr(KEY) == "SigningKey(sunwai.example.org/line)"
    assert repr(KEY.seed) not in repr({"key": KEY})


def test_the_public_key_of_another_implementation_is_read() -> None:
    # the example of golang.org/x/mod/sumdb/note
    known = parse_verify_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert (known.name, known.id.hex()) == ("PeterNeumann", "c74f20a3")


def test_a_checkpoint_is_read_with_its_key_and_with_signatures_of_strangers() -> None:
    assert parse_checkpoint(NOTE, [KEY.verify_key]) == SAID
    stranger = sign_checkpoint(SAID, new_key("witness.example.net")).rpartition("\n\n")[2]
    assert parse_checkpoint(NOTE + stranger, [new_key("another").verify_key, KEY.verify_key]) == SAID


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("", "no signed checkpoint"),
        (NOTE.replace("4711", "4712"), "was changed"),
        (NOTE.replace("\n4711\n", "\n04711\n"), "was changed"),
        (NOTE.rpartition("\n\n")[0] + "\n\n", "no signed checkpoint"),
        (sign_checkpoint(SAID, new_key("someone.else")), "No signature of"),
        (NOTE.rstrip("\n"), "no signed checkpoint"),
        (NOTE + "x" * 20_000, "More than"),
        (NOTE.replace("\u2014 ", "- "), "malformed"),
    ],
    ids=range(8),  # the notes themselves differ from run to run
)
def test_what_is_no_checkpoint_of_this_log_is_refused(note: str, why: str) -> None:
    with pytest.raises(NoteError, match=why):
        parse_checkpoint(note, [KEY.verify_key])


@pytest.mark.parametrize("size", ["04711", "-1", "9" * 18, "9" * 5_000, "4711.0", "\u0664"])
def test_a_size_that_no_log_can_have_is_refused_even_if_it_is_signed(size: str) -> None:
    odd = Checkpoint(SAID.origin, size, SAID.root)  # type: ignore[arg-type]  # what a broken signer would write
    with pytest.raises(NoteError, match="size"):
        parse_checkpoint(sign_checkpoint(odd, KEY), [KEY.verify_key])


def test_a_checkpoint_of_another_origin_is_refused_though_the_key_signed_it() -> None:
    other = Checkpoint("another.log", SAID.size, SAID.root)
    with pytest.raises(NoteError, match="of another log"):
        parse_checkpoint(sign_checkpoint(other, KEY), [KEY.verify_key])


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak"])
def test_a_name_that_no_log_can_have_is_refused(name: str) -> None:
    with pytest.raises(NoteError, match="a word without spaces"):
        new_key(name)


@pytest.mark.parametrize(
    "text",
    ["", "PRIVATE+KEY+x", "PRIVATE+KEY+a+00000000+AAAA", KEY.secret_text.replace("example", "exemple")],
    ids=range(4),
)
def test_a_damaged_signing_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(NoteError) as refused:
        parse_signing_key(text)
    assert "AAAA" not in str(refused.value)
    assert KEY.secret_text.split("+", 4)[4] not in str(refused.value)
