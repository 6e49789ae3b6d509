"""A scripted call says what is stored beside what is seen, and fails if something else would be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from flows.parsing.transcript_file import parse_transcript
from flows.preview.transcript_writer import update_transcript
from flows.preview.transcripts import difference
from tests.flows.library import shipped, shipped_files

FILE = "transcripts/file_hidden_name_en.yaml"


def script(stored: str) -> str:
    """A call that hides the caller's name, which says that this is stored."""
    text = shipped_files()[FILE]
    head, _, _ = text.rpartition(", stored:")
    return f"{head or text.rstrip().removesuffix('}')}, stored: {stored}}}\n"


def unlike(text: str) -> str:
    found = difference(shipped(), parse_transcript("x.yaml", text).said)
    return found.said if found else ""


def test_a_script_that_says_what_is_stored_passes_and_needs_to_say_only_what_matters() -> None:
    assert "stored: {" in shipped_files()[FILE]
    assert unlike(shipped_files()[FILE]) == ""
    assert unlike(script("{private: yes}")) == ""


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("{private: no}", "private should be stored as 'no', and was stored as 'yes'"),
        ("{district: multan}", "district should be stored as 'multan'"),
        ("{office: lesco}", "office should be stored as 'lesco'"),
        ("{distrct: multan}", "distrct is nothing that is stored"),
        ("no", "nothing should be stored here"),
    ],
)
def test_what_is_stored_otherwise_fails_the_script(stored: str, said: str) -> None:
    assert unlike(script(stored)).startswith(said)


def test_an_updated_script_says_what_is_stored_now() -> None:
    assert "stored: {private: yes, district: multan}" not in update_transcript(script("{private: no}"), shipped())
    assert "stored: {private: yes}" in update_transcript(script("{private: no}"), shipped())


def test_a_lost_private_fails_the_script_that_says_so() -> None:
    flow = shipped()
    act = flow.screens["file_private"]
    public = replace(act, arguments={name: value for name, value in act.arguments.items() if name != "private"})
    spoilt = replace(flow, screens={**flow.screens, "file_private": public})
    found = difference(spoilt, parse_transcript(FILE, shipped_files()[FILE]).said)
    assert found is not None
    assert "private should be stored as 'yes'" in found.said
