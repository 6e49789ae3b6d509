"""Revisions shown and compared."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from gateway.endpoints.application import Sunwai
from gateway.flow_folder.files import read_flow
from sessions.publishing.flow_files_and_hash import select_flow_files
from tests.gateway.operating import publish, run, spoil, twice
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import LIBRARY


def test_the_difference_is_told_as_a_caller_notices_it(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    line = line_of(flow, "en: Mine,")
    words = "menu option mine[en]: wording changed: 'My complaints' -> 'Mine'\n1 change that callers would notice.\n"
    said = f"revision 2 complaints.yaml:{line}: {words}"
    assert run(app, "flows", "diff", "1", "2").output == said
    assert run(app, "flows", "diff", LIBRARY, "live").output == said
    assert run(app, "flows", "diff", "2", flow).output == "Nothing callers would notice.\n"
    [change] = json.loads(run(app, "flows", "diff", "1", "live", "--format", "json").output)
    assert (change["where"], change["language"], change["before"], change["after"]) == (
        "menu option mine", "en", "My complaints", "Mine",
    )  # fmt: skip
    assert (change["file"], change["line"]) == ("revision 2 complaints.yaml", line)


def test_a_change_stands_at_its_line_in_the_file_that_was_given(app: Sunwai, flow: Path) -> None:
    publish(app, LIBRARY)
    line = line_of(flow, "      mine:")
    shutil.rmtree(flow.parent / "transcripts")
    spoil(flow, "en: My complaints,", "en: Mine,")
    assert run(app, "flows", "diff", "live", flow).output.startswith(f"{flow.as_posix()}:{line}: menu option mine[en]")
    text = flow.read_text(encoding="utf-8").splitlines(keepends=True)
    flow.write_text("".join(text[: line - 1] + text[line:]), encoding="utf-8")
    gone = run(app, "flows", "diff", "live", flow).output
    assert f"revision 1 complaints.yaml:{line}: menu: option mine removed" in gone
    assert f"{flow.as_posix()}:{line}: menu option track: number changed: '3' -> '2' (F506)" in gone


def line_of(file: Path, words: str) -> int:
    return file.read_text(encoding="utf-8").split(words)[0].count("\n") + 1


def test_a_revision_is_shown_with_who_when_why_its_hash_and_what_the_checks_said(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    shown = run(app, "flows", "show", "2").output
    assert shown.startswith("complaints revision 2, live\n")
    assert " by Sara: Shorter\n" in shown
    assert "replaced revision 1\n" in shown
    assert re.search(r"^sha256 [0-9a-f]{64} \(matches its files\)$", shown, re.MULTILINE)
    assert re.search(r"^checks: 0 errors, 0 warnings, \d+ notes; \d+ scripted calls played$", shown, re.MULTILINE)
    assert ", live" not in run(app, "flows", "show", "1").output


def test_the_files_of_a_revision_can_be_had_again(app: Sunwai, flow: Path, tmp_path: Path) -> None:
    twice(app, flow)
    assert run(app, "flows", "show", "1", "--to", tmp_path / "again").exit_code == 0
    there, main = read_flow(tmp_path / "again" / "complaints.yaml")
    assert there == select_flow_files(read_flow(LIBRARY)[0], main, "complaints")
    assert run(app, "flows", "show", "1", "--to", tmp_path / "again").exit_code == 2


def test_with_several_flows_it_must_be_said_which_is_meant(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    spoil(flow, "flow: complaints", "flow: second")
    assert publish(app, flow).exit_code == 0
    for words in (("show", "1"), ("rollback", "1"), ("diff", "1", "2")):
        asked = run(app, "flows", *words)
        assert asked.exit_code == 2
        assert "--flow, one of complaints, second" in asked.output
        assert run(app, "flows", *words, "--flow", "complaints").exit_code == 0
    assert run(app, "flows", "show", "1", "--flow", "third").exit_code == 2
    assert run(app, "flows", "diff", "live", flow).output == "Nothing callers would notice.\n"  # the file says which
    assert run(app, "flows", "diff", LIBRARY, flow).exit_code == 2


@pytest.mark.parametrize("words", [("show", "1"), ("rollback", "1"), ("diff", "1", "2")])
def test_without_any_flow_there_is_one_line(app: Sunwai, words: tuple[str, ...]) -> None:
    result = run(app, "flows", *words)
    assert result.exit_code == 1
    assert result.output.startswith("Error: No flow is published yet")


def test_a_number_no_revision_can_have_is_one_line(app: Sunwai) -> None:
    publish(app, LIBRARY)
    for words in (("show", "9" * 20), ("rollback", "9" * 20), ("rollback", "0"), ("diff", "1", "9" * 20)):
        assert run(app, "flows", *words).exit_code == 2


def test_what_is_live_is_shown_without_its_number(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    assert run(app, "flows", "show", "live").output == run(app, "flows", "show", "2").output
    assert run(app, "flows", "show", "newest").exit_code == 2


def test_what_only_officers_or_the_record_would_notice_is_told_after_the_rest(app: Sunwai, flow: Path) -> None:
    publish_shipped(app.database, app.clock(), "Sara", "First")
    rows = flow.parent / "lists" / "category.csv"
    spoil(rows, "پانی بند,water,7,", "پانی بند,water,9,")
    said = run(app, "flows", "diff", "live", flow).output.splitlines()
    assert said[0] == "Nothing callers would notice."
    assert said[1].endswith(
        "lists/category.csv:2: list category row mun01: is due after so many working days: '7' -> '9'"
    )
    assert said[2] == "1 change that officers or the record would notice."
    assert '"notices": "record"' in run(app, "flows", "diff", "live", flow, "--format", "json").output
