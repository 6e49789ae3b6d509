"""Scripted calls played and brought up to date."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli.flows.command_group import flows
from gateway.endpoints.application import Sunwai
from tests.flows.library import shipped
from tests.gateway.operating import as_typed, publish, run, spoil
from tests.sessions.filing import LIBRARY


def test_scripted_calls_are_played_and_what_they_reach_is_told(app: Sunwai) -> None:
    played = run(app, "flows", "test", LIBRARY)
    assert played.exit_code == 0, played.output
    assert re.search(r"^complaints: \d+ scripted calls, 0 failed$", played.output, re.MULTILINE)
    for language in shipped().languages:
        assert re.search(rf"^  {language}: (\d+) of \1 screens, \d+ of \d+ options", played.output, re.MULTILINE)


def test_a_call_that_fails_is_told_with_its_line_and_brought_up_to_date_when_asked(app: Sunwai, flow: Path) -> None:
    spoil(flow, 'en: "What is it about?"', 'en: "Which matter?"')
    failed = run(app, "flows", "test", flow)
    assert failed.exit_code == 1
    assert re.search(r"transcripts/file_sensitive_en\.yaml:\d+: .* step \d \(group\): expected", failed.output)
    before = {path.name: path.read_text(encoding="utf-8") for path in (flow.parent / "transcripts").iterdir()}
    assert run(app, "flows", "test", flow, "--update").exit_code == 0
    after = {path.name: path.read_text(encoding="utf-8") for path in (flow.parent / "transcripts").iterdir()}
    changed = [name for name in before if after[name] != before[name]]
    assert changed
    for name in changed:
        assert (
            after[name].replace('"Which matter?"', "Which matter?").replace("Which matter?", "What is it about")
            == before[name]
        )
    assert run(app, "flows", "test", flow).exit_code == 0


SUGGEST = "      suggest:  {en: Suggestion,      ur-Latn: Tajweez,           ur: تجویز,        go: suggestion}\n"
NEW = "      new:      {en: New complaint,"


def test_an_update_follows_an_option_that_moved_if_the_flow_before_is_given(
    app: Sunwai, flow: Path, tmp_path: Path
) -> None:
    only = flow.parent / "transcripts" / "file_sensitive_en.yaml"
    before = tmp_path / "before"
    shutil.copytree(flow.parent, before)
    old = only.read_text(encoding="utf-8")
    spoil(flow, SUGGEST, "")
    spoil(flow, NEW, SUGGEST + NEW)
    alone = run(app, "flows", "test", only, "--update")
    refused = r"file_sensitive_en\.yaml: not updated: it would file (something else|nothing any more)"
    assert re.search(refused, alone.output)
    assert "With --before FILE" in alone.output
    assert only.read_text(encoding="utf-8") == old
    followed = run(app, "flows", "test", only, "--update", "--before", before / flow.name)
    assert followed.exit_code == 0, followed.output
    assert "stored:" in only.read_text(encoding="utf-8")
    only.write_text(old, encoding="utf-8")
    meant = run(app, "flows", "test", only, "--update", "--anyway")
    assert meant.exit_code == 0, meant.output
    assert only.read_text(encoding="utf-8") != old
    wrong = run(app, "flows", "test", only, "--update", "--before", before / "survey.yaml")
    assert wrong.exit_code == 2
    assert "it cannot be read as the flow complaints" in wrong.output


def test_options_whose_words_no_call_reads_are_told(app: Sunwai, flow: Path) -> None:
    spoil(flow, "en: My complaints,", "en: Mine,")
    played = run(app, "flows", "test", flow)
    assert played.exit_code == 0
    note = next(line for line in played.output.splitlines() if line.startswith("  note: "))
    assert "no call checks the words of " in note
    assert "menu.mine[en]" in note
    assert f"flask flows diff live {flow}" in note
    publish(app, LIBRARY)
    assert "'My complaints' -> 'Mine'" in as_typed(app, note).output


def test_one_script_can_be_played_alone(app: Sunwai, flow: Path) -> None:
    played = run(app, "flows", "test", flow.parent / "transcripts" / "danger_call_en.yaml")
    assert played.output == "complaints: 1 scripted call, 0 failed\n"


def test_without_a_file_the_flows_of_the_folder_are_tested(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(flow.parent)
    assert "complaints: " in CliRunner().invoke(flows, ["test"]).output
    monkeypatch.chdir(flow.parent / "lists")
    assert CliRunner().invoke(flows, ["test"]).exit_code == 2


def test_scripts_brought_up_to_date_keep_the_line_ends_and_the_mark_of_windows(app: Sunwai, flow: Path) -> None:
    script = flow.parent / "transcripts" / "file_sensitive_en.yaml"
    script.write_bytes(b"\xef\xbb\xbf" + script.read_bytes().replace(b"\n", b"\r\n"))
    spoil(flow, 'en: "What is it about?"', 'en: "Which matter?"')
    assert run(app, "flows", "test", flow, "--update").exit_code == 0
    after = script.read_bytes()
    assert b"Which matter?" in after
    assert after.startswith(b"\xef\xbb\xbftest: ")
    assert after.count(b"\n") == after.count(b"\r\n") > 5


def test_a_flow_without_scripts_gets_a_first_set_that_passes(app: Sunwai, flow: Path) -> None:
    for script in (flow.parent / "transcripts").glob("*.yaml"):
        script.unlink()
    told = run(app, "flows", "test", flow)
    assert "no scripted call yet. Write a first set: flask flows test" in told.output
    written = run(app, "flows", "test", flow, "--write")
    assert written.exit_code == 0, written.output
    assert re.search(r"^complaints: \d+ scripted calls written to .*transcripts", written.output, re.MULTILINE)
    assert re.search(r"^complaints: \d+ scripted calls, 0 failed$", written.output, re.MULTILINE)
    assert "written to" not in run(app, "flows", "test", flow, "--write").output


def test_a_script_of_a_misspelt_flow_is_told_with_its_file(app: Sunwai, flow: Path) -> None:
    script = flow.parent / "transcripts" / "file_sensitive_en.yaml"
    spoil(script, "flow: complaints", "flow: complants")
    told = run(app, "flows", "test", flow)
    assert "file_sensitive_en.yaml: never played: there is no flow 'complants' here." in told.output
