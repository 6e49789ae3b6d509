"""Whatever an editor, a spreadsheet or a disk does to a file of the library, the checks report and never break."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks.analysis.catalogue import CHECKS
from flows.checks.data_files.data_file import NOTHING
from flows.checks.data_files.data_kinds import KINDS, data_files_of
from flows.checks.folder import check_folder
from flows.checks.runner import check
from flows.menu.diagnostics import Problem
from flows.parsing.transcript_file import transcripts_of
from gateway.flow_folder.files import FlowFileError, decode_text
from tests.examples import examples
from tests.flows.fixtures import TODAY, around
from tests.flows.library import LIFE, shipped_files

DATA = data_files_of(shipped_files())
BESIDE = (
    "texts.yaml",
    "keywords.yaml",
    "survey.yaml",
    "lists/service.csv",
    "lists/district.csv",
    "transcripts/survey_back_and_language_en.yaml",
)
SWAPPED = (
    "",
    "null",
    "[]",
    "{}",
    "[a, {b: c}]",
    "yes",
    "000",
    "-1",
    "1.5",
    "1e400",
    "2026-02-31",
    '"{"',
    "\t",
    "é",
    "9" * 30,
)


def rewritten(data: st.DataObject, text: str) -> str:
    """A file with lines lost, doubled or swapped, and values of another type in the place of others."""
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at, other = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        deed = data.draw(st.sampled_from(("lose", "swap", "double", "value", "cell", "indent", "cut", "letters")))
        line = lines[at]
        if deed == "lose" and len(lines) > 1:
            del lines[at]
        elif deed == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        elif deed == "double":
            lines.insert(at, line)
        elif deed == "value" and ":" in line:
            lines[at] = line.partition(":")[0] + ": " + data.draw(st.sampled_from(SWAPPED))
        elif deed == "cell":
            cells = line.split(",")
            cells[data.draw(st.integers(0, len(cells) - 1))] = data.draw(st.sampled_from(SWAPPED))
            lines[at] = ",".join(cells)
        elif deed == "indent":
            lines[at] = " " * data.draw(st.integers(1, 3)) + line
        elif deed == "cut":
            lines = lines[: at + 1]
        else:
            begins = data.draw(st.integers(0, len(line)))
            lines[at] = line[:begins] + data.draw(st.text(max_size=4)) + line[begins + data.draw(st.integers(0, 4)) :]
    return "\n".join(lines)


def spoilt(data: st.DataObject, text: str) -> bytes:
    """What is on the disk afterwards."""
    text = rewritten(data, text)
    saved = data.draw(
        st.sampled_from(("utf-8", "mark", "windows", "utf-16", "latin", "semicolons", "flipped", "short"))
    )
    if saved == "mark":
        return b"\xef\xbb\xbf" + text.encode("utf-8", "replace")
    if saved == "windows":
        return text.replace("\n", "\r\n").encode("utf-8", "replace")
    if saved in ("utf-16", "latin"):
        return text.encode("utf-16" if saved == "utf-16" else "latin-1", "replace")
    raw = (text.replace(",", ";") if saved == "semicolons" else text).encode("utf-8", "replace")
    if saved == "flipped" and raw:
        at = data.draw(st.integers(0, len(raw) - 1))
        return raw[:at] + bytes([raw[at] ^ (1 << data.draw(st.integers(0, 7)))]) + raw[at + 1 :]
    return raw[: data.draw(st.integers(0, len(raw)))] if saved == "short" else raw


def survives(name: str, raw: bytes, examine: Callable[[str], tuple[Problem, ...] | list[Problem]]) -> None:
    """Check it, unless it is no text at all, which is told in one line."""
    try:
        text = decode_text(name, raw, lambda _: None)
    except FlowFileError as error:
        if not str(error).startswith(name):
            raise
        return
    for problem in examine(text):
        assert problem.code in CHECKS and problem.line >= 1
        assert "\n" not in str(problem) and 5 < len(problem.message) < 500, problem


@pytest.mark.parametrize("name", DATA)
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_data_file_may_be_spoilt_in_any_way(name: str, data: st.DataObject) -> None:
    raw = spoilt(data, shipped_files()[name])
    beside = data.draw(st.sampled_from((around(), NOTHING)))
    survives(name, raw, lambda text: KINDS[DATA[name]](text, name, beside))


@pytest.mark.parametrize("name", BESIDE)
@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_a_file_of_a_flow_may_be_spoilt_in_any_way(name: str, data: st.DataObject) -> None:
    files = {each: text for each, text in shipped_files().items() if each.startswith("lists/") or each in BESIDE}

    def examine(text: str) -> tuple[Problem, ...]:
        run = partial(check, scripts=transcripts_of({name: text}))
        return check_folder({**files, name: text}, "survey.yaml", today=TODAY, life=LIFE, check_one=run)

    survives(name, spoilt(data, shipped_files()[name]), examine)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=examples(300), deadline=None)
@given(text=st.text(alphabet="abc:{}[]-,;'\"\n \t#&*!|>%@`0é", max_size=80), day=st.dates())
def test_any_text_may_be_given_as_a_data_file(kind: str, text: str, day: dt.date) -> None:
    for written in (text, f"{day}: [{text}", f"office,oversight\n{text}", f"holidays: {text}", f"dangers: {text}"):
        survives("data.yaml", written.encode("utf-8", "replace"), lambda said: KINDS[kind](said, "data.yaml", NOTHING))
