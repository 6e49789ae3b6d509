"""Revisions and scripted calls from a terminal, as an operator works with them."""

from __future__ import annotations

import getpass
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.app import Sunwai, create_app
from gateway.commands.flows import flows
from gateway.config import DEVELOPMENT, Config
from gateway.flowfiles import read_flow
from sessions import publishing
from sessions.sources import belonging
from storage.database import Database
from tests.flows.library import shipped
from tests.gateway.test_commands import flow as flow
from tests.gateway.test_commands import run, spoil
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY, NOW
from tests.sessions.overtaking import Overtaking

MINE = "en: My complaints,"
UNREACHED = '\n  island:\n    end: {en: "Nobody comes here.", ur-Latn: "Koi nahi.", ur: یہاں کوئی نہیں}\n'


@pytest.fixture
def app(sqlite_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    made = create_app(Config(environment=DEVELOPMENT, database_url=sqlite_url, redis_url=valkey.url))
    yield made
    made.close()


def publish(app: Sunwai, file: Path, message: str = "New words", *more: str, author: str = "Sara") -> Result:
    return run(app, "flows", "publish", file, "--message", message, "--author", author, *more)


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def twice(app: Sunwai, flow: Path) -> None:
    """Revision 1 as shipped, revision 2 with a shorter word in the menu."""
    assert publish(app, LIBRARY, "First").exit_code == 0
    spoil(flow, MINE, "en: Mine,")
    assert publish(app, flow, "Shorter").exit_code == 0


def test_who_publishes_is_known_without_being_said(app: Sunwai) -> None:
    assert run(app, "flows", "publish", LIBRARY, "--message", "First").exit_code == 0
    assert f"  {getpass.getuser()}: First" in run(app, "flows", "list").output


def test_a_message_must_say_something(app: Sunwai) -> None:
    assert run(app, "flows", "publish", LIBRARY, "--message", " ").exit_code == 2


def test_warnings_are_shown_and_ask_for_a_reason_which_is_shown_with_the_revision(app: Sunwai, flow: Path) -> None:
    append(flow, UNREACHED)
    refused = publish(app, flow)
    assert refused.exit_code == 1
    assert re.search(r"complaints\.yaml:\d+: F102 island", refused.output)
    assert "--reason" in refused.output
    assert "F302" not in refused.output  # notes are counted, and not in the way
    assert re.search(r"^Besides: 0 errors, \d\d notes \(flask flows check ", refused.output, re.MULTILINE)
    assert publish(app, flow, "New words", "--reason", "For the flood season").exit_code == 0
    shown = run(app, "flows", "show", "1").output
    assert "reason: For the flood season" in shown
    assert "F102 island" in shown


def test_a_number_that_people_know_by_heart_asks_for_a_reason(app: Sunwai, flow: Path) -> None:
    assert publish(app, LIBRARY, "First").exit_code == 0
    shutil.rmtree(flow.parent / "transcripts")
    spoil(flow, "      mine:  ", "      urgent: {en: Urgent, ur-Latn: Fauri, ur: فوری, go: group}\n      mine:  ")
    refused = publish(app, flow)
    assert refused.exit_code == 1
    assert re.search(r"F506 menu.*: mine was 2 and is 3 now", refused.output)
    assert publish(app, flow, "Urgent first", "--reason", "Lives come before habits").exit_code == 0


def test_a_scripted_call_that_fails_is_named_and_nothing_is_published(app: Sunwai, flow: Path) -> None:
    spoil(flow, 'en: "What is it about?"', 'en: "Which matter?"')
    refused = publish(app, flow)
    assert refused.exit_code == 1
    assert re.search(r"transcripts/file_sensitive_en\.yaml:\d+: F901", refused.output)
    assert "No flow is published" in run(app, "flows", "list").output


def test_files_made_from_an_older_revision_are_refused_with_the_way_out(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    spoil(flow, "en: Mine,", MINE)  # as it was when this operator took a copy
    spoil(flow, "en: Suggestion,", "en: Idea,")
    refused = publish(app, flow, author="Amir")
    assert refused.exit_code == 1
    assert "revision 2 is live (Sara," in refused.output
    assert "made from revision 1" in refused.output
    assert "flask flows diff 1 2" in refused.output
    assert "made from revision 1, revision 2 is live" in run(app, "flows", "status", flow).output
    spoil(flow, MINE, "en: Mine,")
    assert "revision 3 is live now" in publish(app, flow, author="Amir").output


def test_who_knows_better_says_the_base(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    assert publish(app, LIBRARY).exit_code == 1
    assert "revision 2 is live" in publish(app, LIBRARY, "x", "--base", "1").output
    assert "revision 3 is live now" in publish(app, LIBRARY, "Undone on purpose", "--base", "2").output


def test_the_difference_is_told_as_a_caller_notices_it(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    said = "menu option mine[en]: reads otherwise: 'My complaints' -> 'Mine'\n1 change that callers would notice.\n"
    assert run(app, "flows", "diff", "1", "2").output == said
    assert run(app, "flows", "diff", LIBRARY, "live").output == said
    assert run(app, "flows", "diff", "2", flow).output == "Nothing callers would notice.\n"
    [change] = json.loads(run(app, "flows", "diff", "1", "live", "--format", "json").output)
    assert (change["where"], change["language"], change["before"], change["after"]) == (
        "menu option mine", "en", "My complaints", "Mine",
    )  # fmt: skip


def test_a_revision_is_shown_with_who_when_why_its_hash_and_what_the_checks_said(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    shown = run(app, "flows", "show", "2").output
    assert shown.startswith("complaints revision 2, live\n")
    assert " by Sara: Shorter\n" in shown
    assert "in place of revision 1\n" in shown
    assert re.search(r"^sha256 [0-9a-f]{64} \(matches its files\)$", shown, re.MULTILINE)
    assert re.search(r"^checks: 0 errors, 0 warnings, \d+ notes; \d+ scripted calls played$", shown, re.MULTILINE)
    assert ", live" not in run(app, "flows", "show", "1").output


def test_the_files_of_a_revision_can_be_had_again(app: Sunwai, flow: Path, tmp_path: Path) -> None:
    twice(app, flow)
    assert run(app, "flows", "show", "1", "--to", tmp_path / "again").exit_code == 0
    there, main = read_flow(tmp_path / "again" / "complaints.yaml")
    assert there == belonging(read_flow(LIBRARY)[0], main, "complaints")
    assert run(app, "flows", "show", "1", "--to", tmp_path / "again").exit_code == 2


def test_what_was_brought_back_is_a_new_revision(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    back = run(app, "flows", "rollback", "1", "--author", "Amir")
    assert back.output == "complaints: revision 3 is live now, with the files of revision 1.\n"
    assert "Amir: Back to revision 1: First  (brought back 1)" in run(app, "flows", "list").output
    assert run(app, "flows", "diff", "1", "3").output == "Nothing callers would notice.\n"
    assert (
        run(app, "flows", "rollback", "9").output
        == "Error: complaints has no revision 9: flask flows list shows all.\n"
    )


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


def test_what_answers_calls_is_told_and_how_a_file_stands_to_it(app: Sunwai, flow: Path) -> None:
    assert "No flow is published" in run(app, "flows", "status").output
    assert run(app, "flows", "status", flow).output == "complaints: not published yet.\n"
    publish(app, flow)
    run(app, "flows", "route", "*8484#", "complaints")
    assert "complaints: revision 1 answers calls to *8484# since 20" in run(app, "flows", "status").output
    assert run(app, "flows", "status", flow).output == "complaints: exactly what is live, revision 1.\n"
    spoil(flow, "go: leaf", "go: laef")
    assert "to mend before publishing" in run(app, "flows", "status", flow).output


@pytest.mark.parametrize("words", [("show", "1"), ("rollback", "1"), ("diff", "1", "2")])
def test_without_any_flow_there_is_one_line(app: Sunwai, words: tuple[str, ...]) -> None:
    result = run(app, "flows", *words)
    assert result.exit_code == 1
    assert result.output.startswith("Error: No flow is published yet")


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


def test_one_script_can_be_played_alone(app: Sunwai, flow: Path) -> None:
    played = run(app, "flows", "test", flow.parent / "transcripts" / "danger_call_en.yaml")
    assert played.output == "complaints: 1 scripted call, 0 failed\n"


def test_without_a_file_the_flows_of_the_folder_are_tested(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(flow.parent)
    assert "complaints: " in CliRunner().invoke(flows, ["test"]).output
    monkeypatch.chdir(flow.parent / "lists")
    assert CliRunner().invoke(flows, ["test"]).exit_code == 2


def test_only_what_blocks_publishing_is_told_and_the_rest_is_counted(app: Sunwai, flow: Path) -> None:
    append(flow, UNREACHED)
    spoil(flow, "go: menu", "go: mneu")
    first, rest, said = publish(app, flow).output.splitlines()
    assert re.search(r"complaints\.yaml:\d+: F101: there is no screen 'mneu'", first)
    assert re.fullmatch(rf"Besides: 1 warning, \d\d notes \(flask flows check {re.escape(flow.as_posix())}\)\.", rest)
    assert said == "Error: Not published: mend the errors (E) above first."


def test_a_flow_that_is_not_published_is_not_listed_as_if_none_were(app: Sunwai) -> None:
    publish(app, LIBRARY)
    result = run(app, "flows", "list", "--flow", "third")
    assert result.exit_code == 2
    assert "No flow named third is published; there are complaints." in result.output


def test_a_number_no_revision_can_have_is_one_line(app: Sunwai) -> None:
    publish(app, LIBRARY)
    for words in (("show", "9" * 20), ("rollback", "9" * 20), ("rollback", "0"), ("diff", "1", "9" * 20)):
        assert run(app, "flows", *words).exit_code == 2


def test_files_that_cannot_be_used_are_one_line(
    app: Sunwai, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, LIBRARY)
    there = run(app, "flows", "show", "1", "--to", flow / "below")
    assert there.exit_code == 2
    assert "cannot be written" in there.output
    assert run(app, "flows", "check", f"{'long' * 70}.yaml").exit_code == 2
    (tmp_path / "empty.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "No flow file is in this folder" in run(app, "flows", "test").output


def test_what_others_read_of_a_publication_is_one_line_without_control_characters(app: Sunwai) -> None:
    given = run(app, "flows", "publish", LIBRARY, "--message", "First\x1b[2J\nwords\udcff", "--author", "Sa\x07ra")
    assert given.exit_code == 0, given.output
    assert "  Sa ra: First [2J words\n" in run(app, "flows", "list").output


def test_scripts_brought_up_to_date_keep_the_line_ends_and_the_mark_of_windows(app: Sunwai, flow: Path) -> None:
    script = flow.parent / "transcripts" / "file_sensitive_en.yaml"
    script.write_bytes(b"\xef\xbb\xbf" + script.read_bytes().replace(b"\n", b"\r\n"))
    spoil(flow, 'en: "What is it about?"', 'en: "Which matter?"')
    assert run(app, "flows", "test", flow, "--update").exit_code == 0
    after = script.read_bytes()
    assert b"Which matter?" in after
    assert after.startswith(b"\xef\xbb\xbftest: ")
    assert after.count(b"\n") == after.count(b"\r\n") > 5


def test_who_goes_back_while_somebody_publishes_is_told(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    third = {**read_flow(flow)[0], "complaints.yaml": flow.read_text(encoding="utf-8") + "# third\n"}

    def another(database: Database) -> None:
        done = publishing.publish(database, NOW, third, "complaints.yaml", "Amir", "third")
        assert done == publishing.Published("complaints", 3, changed=True)

    app.database = Overtaking.of(app.database, another)
    back = run(app, "flows", "rollback", "1", "--author", "Sara")
    assert back.exit_code == 1
    assert "revision 3 of complaints was published while revision 1 was being checked" in back.output
    assert "complaints revision 3, live" in run(app, "flows", "show", "3").output
