"""`flask flows check` of data files, of texts and keywords, and of a whole folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.cli.flows.check import check
from tests.sessions.filing import LIBRARY


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """A copy of the library."""
    return Path(shutil.copytree(LIBRARY.parent, tmp_path / "line"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(check, [str(word) for word in words])


def change(file: Path, was: str, now: str) -> int:
    """Change a file, and return the line."""
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now, 1), encoding="utf-8")
    return text[: text.index(was)].count("\n") + 1


def found(result: Result) -> list[tuple[str, str, int]]:
    return [(each["code"], Path(each["file"]).name, each["line"]) for each in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("file", "was", "now", "code"),
    [
        ("lifecycle.yaml", "levels: [100, 150, 200]", "levels: [100, 90, 200]", "D105"),
        ("calendar.yaml", "wed: [08:30-13:00, 13:30-16:30]", "wed: [16:30-08:30]", "D302"),
        ("offices.csv", "punjab,jhang,2026-01-01", "punjab,jhang,1/1/2026", "D205"),
        ("helplines.yaml", '"0311-7786264"', "03117786264", "D602"),
        ("keywords.yaml", 'words: ["STATUS"', 'words: ["PANI", "STATUS"', "F714"),
        ("texts.yaml", "To change send LANG to", "To change send LINGO to", "F711"),
    ],
)
def test_a_fault_in_any_file_is_found_in_the_file_in_the_folder_and_with_a_flow_beside_it(
    line: Path, file: str, was: str, now: str, code: str
) -> None:
    at = change(line / file, was, now)
    for given in (line / file, line, line / "complaints.yaml"):
        result = run(given, "--format", "json")
        assert (code, file, at) in found(result), result.output
        assert result.exit_code == 1


def test_a_copy_with_another_name_is_known_by_what_stands_in_it(line: Path, tmp_path: Path) -> None:
    shutil.copy(line / "lifecycle.yaml", tmp_path / "ours.yaml")
    result = run(tmp_path / "ours.yaml")
    assert result.output == f"{tmp_path / 'ours.yaml'}: 0 errors, 0 warnings, 0 notes: it can be used.\n"
    at = change(tmp_path / "ours.yaml", "appeal: {days: 30}", "appeal: {days: 700}")
    result = run(tmp_path / "ours.yaml")
    assert f"ours.yaml:{at}: D106: appeal.days is 700 days" in result.output
    assert result.output.endswith("do not use it until the errors are corrected.\n")


def test_the_whole_library_is_sound() -> None:
    result = run(LIBRARY.parent, "--fail-on", "warning")
    assert result.exit_code == 0, result.output


def test_a_text_that_nobody_can_answer_without_is_missed_where_it_stood(line: Path) -> None:
    texts = line / "texts.yaml"
    text = texts.read_text(encoding="utf-8")
    begins, ends = text.index("\nresolved_pending:"), text.index("\nprivate_resolved_pending:")
    texts.write_text(text[:begins] + text[ends:], encoding="utf-8")
    result = run(line / "complaints.yaml", "--format", "json")
    told = [line for code, file, line in found(result) if (code, file) == ("D401", "texts.yaml")]
    assert told == [text[:begins].count("\n") + 3]  # the first words of private_resolved_pending, which follows
    assert result.exit_code == 1


def test_a_file_that_is_not_text_is_one_line(line: Path) -> None:
    (line / "calendar.yaml").write_bytes("zone: Asia/Karachi\n".encode("utf-16"))
    result = run(line / "calendar.yaml")
    assert result.exit_code != 0
    assert "UTF-16" in result.output
