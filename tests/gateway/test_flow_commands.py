"""Revisions and scripted calls from a terminal, as an operator works with them."""

from __future__ import annotations

import getpass
import json
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway import takenfrom
from gateway.app import Sunwai, create_app
from gateway.commands.flows import flows
from gateway.config import DEVELOPMENT, Config
from gateway.flowfiles import FlowFileError, read_flow
from sessions import publishing
from sessions.origin import Taken
from sessions.sources import belonging
from storage.database import Database
from tests.flows.library import shipped
from tests.gateway.test_commands import flow as flow
from tests.gateway.test_commands import run, spoil
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY, NOW, file_one
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
    assert re.search(r"transcripts/\w+_en\.yaml:\d+: F901", refused.output)
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
    assert back.output == (
        "complaints: revision 3 is live now, with the files of revision 1. "
        "Your own files are as they were. To undo this: flask flows rollback 2\n"
    )
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


def copies(app: Sunwai, tmp_path: Path) -> tuple[Path, Path]:
    """What is live, taken by two colleagues into a folder each."""
    assert publish(app, LIBRARY, "First").exit_code == 0
    folders = [tmp_path / name for name in ("sara", "amir")]
    for folder in folders:
        assert run(app, "flows", "show", "live", "--to", folder).exit_code == 0
    return folders[0] / "complaints.yaml", folders[1] / "complaints.yaml"


def as_typed(app: Sunwai, said: str) -> Result:
    """Do what a message hints at, exactly as it is printed."""
    words = shlex.split(said.splitlines()[0].split("flask flows ", 1)[1].split("`")[0])
    return run(app, "flows", *words)


def test_of_two_who_change_the_same_line_the_second_is_told_and_may_take_the_first_in(
    app: Sunwai, tmp_path: Path
) -> None:
    sara, amir = copies(app, tmp_path)
    spoil(sara, MINE, "en: Mine,")
    spoil(amir, MINE, "en: My cases,")
    assert "revision 2 is live now" in publish(app, sara).output
    refused = publish(app, amir, author="Amir")
    assert refused.exit_code == 1
    assert "revision 2 is live (Sara," in refused.output
    assert "these files were made from revision 1: they would undo what changed since" in refused.output
    assert "'My complaints' -> 'Mine'" in as_typed(app, refused.output).output
    assert "'Mine'" in run(app, "flows", "diff", "1", "live").output  # hers is what answers calls
    assert "--base 2 --message '...'" in refused.output
    assert "revision 3 is live now" in publish(app, amir, "Agreed with Sara", "--base", "2", author="Amir").output
    spoil(amir, "en: My cases,", "en: My own,")
    assert "revision 4 is live now" in publish(app, amir, author="Amir").output  # what was published is known since


def test_two_whose_copies_have_no_note_are_told_in_the_same_way(app: Sunwai, tmp_path: Path) -> None:
    sara, amir = copies(app, tmp_path)
    for file in (sara, amir):
        (file.parent / ".taken-from").unlink()
    spoil(sara, MINE, "en: Mine,")
    spoil(amir, MINE, "en: My cases,")
    assert publish(app, sara).exit_code == 0
    refused = publish(app, amir, author="Amir")
    assert refused.exit_code == 1
    assert "these files seem to be made from revision 1" in refused.output


@pytest.mark.parametrize("noted", [True, False])
def test_who_agrees_with_a_colleague_on_one_line_does_not_undo_another_of_theirs(
    app: Sunwai, tmp_path: Path, noted: bool
) -> None:
    """Files with the colleague's words in one place are nearer to their revision, and were not made from it."""
    sara, amir = copies(app, tmp_path)
    if not noted:
        (amir.parent / ".taken-from").unlink()
    for file, words in ((sara, "en: Idea,"), (amir, "en: Proposal,")):
        spoil(file, MINE, "en: Mine,")
        spoil(file, "en: Suggestion,", words)
    assert publish(app, sara).exit_code == 0
    refused = publish(app, amir, author="Amir")
    assert refused.exit_code == 1
    assert "made from revision 1" in refused.output


def test_a_row_of_ones_own_may_be_mended_after_it_was_published(app: Sunwai, tmp_path: Path) -> None:
    mine, _ = copies(app, tmp_path)
    table = mine.parent / "lists" / "category.csv"
    append(table, "mun,mun07,Stray dgs,Awara kuttay,آوارہ کتے,lg,7,,,,\n")
    assert "revision 2 is live now" in publish(app, mine).output
    spoil(table, "Stray dgs", "Stray dogs")
    assert "revision 3 is live now" in publish(app, mine).output


def test_a_copy_of_a_folder_and_an_archive_of_it_know_what_they_were_made_from(app: Sunwai, tmp_path: Path) -> None:
    sara, amir = copies(app, tmp_path)
    shutil.copytree(amir.parent, tmp_path / "copy")
    assert run(app, "flows", "export", amir, "--zip", tmp_path / "line.zip").exit_code == 0
    unpacked = tmp_path / "unpacked" / "complaints.yaml"
    imported = run(app, "flows", "import", unpacked, "--zip", tmp_path / "line.zip")
    assert imported.exit_code == 0, imported.output
    assert imported.output.count("lists/group.csv") == 1
    assert re.search(r"^Changed \d+ files\. Now: flask flows check ", imported.output, re.MULTILINE)
    spoil(sara, MINE, "en: Mine,")
    assert publish(app, sara).exit_code == 0
    for file in (tmp_path / "copy" / "complaints.yaml", unpacked):
        spoil(file, MINE, "en: My cases,")
        assert "these files were made from revision 1" in publish(app, file, author="Amir").output


def test_a_note_that_cannot_be_written_is_told_and_what_was_published_stays(
    app: Sunwai, flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, *_: object) -> None:
        raise FlowFileError(f"{folder}: it cannot be written: No space left on device. Nothing was changed.")

    monkeypatch.setattr(takenfrom, "write_all", full)
    done = publish(app, flow)
    assert done.exit_code == 0
    assert "revision 1 is live now" in done.output
    assert "So say --base 1 when you publish from this folder again." in done.output


@pytest.mark.parametrize("digest", ["6f1e", "g" * 64, "a" * 63 + "\0"])
def test_a_spoilt_note_says_nothing(tmp_path: Path, digest: str) -> None:
    (tmp_path / takenfrom.NAME).write_text(f"complaints 3 {digest}\nsurvey 2 {'a' * 64}\n", encoding="utf-8")
    assert takenfrom.taken_from(tmp_path, "complaints") is None
    assert takenfrom.taken_from(tmp_path, "survey") == Taken(2, "a" * 64)


def test_a_flow_that_no_code_leads_to_is_offered_its_own(app: Sunwai, flow: Path) -> None:
    survey = flow.with_name("survey.yaml")
    said = publish(app, survey, "Rate", "--reason", "x").output.splitlines()[-1]
    assert said == "No code leads to it yet: flask flows route '*8486#' survey"
    assert as_typed(app, said).output == "*8486# leads to survey.\n"
    assert "No code leads" not in publish(app, survey).output


def test_a_code_is_not_taken_from_another_flow_unseen(app: Sunwai, flow: Path) -> None:
    for file, code in ((LIBRARY, "*8484#"), (flow.with_name("survey.yaml"), "*8486#")):
        publish(app, file, "First", "--reason", "x")
        assert run(app, "flows", "route", code, file.stem).exit_code == 0
    refused = run(app, "flows", "route", "*8484#", "survey")
    assert refused.exit_code == 1
    assert re.match(r"Error: \*8484# leads to complaints now \(revision 1 of 20\d\d-", refused.output)
    assert "calls to *8484# since" in run(app, "flows", "status").output.splitlines()[0]
    assert as_typed(app, refused.output).output == "*8484# leads to survey.\n"
    assert run(app, "flows", "route", "*8484#", "survey").exit_code == 0  # where it leads already


def test_a_code_can_lead_nowhere_again(app: Sunwai) -> None:
    publish(app, LIBRARY)
    run(app, "flows", "route", "*8484#", "complaints")
    gone = run(app, "flows", "route", "--remove", "*8484#")
    assert gone.output.startswith("*8484# leads nowhere now; it led to complaints. Calls in progress go on.")
    assert "no code yet (flask flows route '*8484#' complaints)" in run(app, "flows", "status").output
    again = run(app, "flows", "route", "--remove", "*8484#")
    assert (again.exit_code, again.output.count("\n")) == (1, 1)
    assert as_typed(app, gone.output).output == "*8484# leads to complaints.\n"
    assert run(app, "flows", "route", "*8484#").exit_code == 2
    assert run(app, "flows", "route", "--remove", "*8484#", "complaints").exit_code == 2


def test_warnings_that_a_reason_was_given_for_are_printed(app: Sunwai, flow: Path) -> None:
    append(flow, UNREACHED)
    done = publish(app, flow, "New words", "--reason", "For the flood season")
    assert done.exit_code == 0
    assert done.output.startswith("Warnings, accepted for the reason given:\n")
    assert re.search(r"complaints\.yaml:\d+: F102 island", done.output)
    assert "Warnings" not in publish(app, flow, "The same", "--reason", "x").output


def test_what_came_since_does_not_keep_an_operator_from_going_back(app: Sunwai, flow: Path) -> None:
    """A row and a screen's kind that only new calls would lose: nothing that complaints hold."""
    publish(app, flow, "First")
    append(flow.parent / "lists" / "category.csv", "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,\n")
    spoil(flow, MINE, "en: Everything of mine and of others,")
    shutil.rmtree(flow.parent / "transcripts")
    assert publish(app, flow, "Two", "--reason", "Tried").exit_code == 0
    back = run(app, "flows", "rollback", "1", "--author", "Amir")
    assert back.exit_code == 0, back.output
    assert "To undo this: flask flows rollback 2" in back.output
    assert "revision 4 is live now, with the files of revision 2" in as_typed(app, back.output).output


def test_a_revision_without_a_row_that_complaints_hold_is_not_brought_back_and_the_way_out_works(
    app: Sunwai, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, flow, "First")
    row = "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,\n"
    append(flow.parent / "lists" / "category.csv", row)
    publish(app, flow, "Dogs")
    file_one(app.database, category="mun07")
    refused = run(app, "flows", "rollback", "1")
    assert refused.exit_code == 1
    assert "F605" in refused.output
    assert "revision 1 lacks, or means something else by, codes that complaints hold by now" in refused.output
    monkeypatch.chdir(tmp_path)
    hints = re.search(r"Mend a copy: flask flows (.+), then flask flows (.+ --base 2) --message", refused.output)
    assert hints is not None
    assert run(app, "flows", *shlex.split(hints[1])).exit_code == 0
    append(tmp_path / "complaints-1" / "lists" / "category.csv", row)
    mended = run(app, "flows", *shlex.split(hints[2]), "--message", "With the row")
    assert mended.exit_code == 0, mended.output


def test_files_from_before_a_rollback_are_refused_with_what_it_took_back(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    run(app, "flows", "rollback", "1", "--author", "Amir")
    refused = publish(app, flow)
    assert refused.exit_code == 1
    assert "it took revision 2, from which these files were made, back to revision 1." in refused.output
    assert "revision 4 is live now" in publish(app, flow, "In spite of that", "--base", "3").output


def test_hints_can_be_typed_as_they_are_printed(app: Sunwai, tmp_path: Path) -> None:
    shutil.copytree(LIBRARY.parent, tmp_path / "my line")
    flow = tmp_path / "my line" / "complaints.yaml"
    publish(app, flow)
    publish(app, flow.with_name("survey.yaml"), "Rate", "--reason", "x")
    spoil(flow, MINE, "en: Mine,")
    assert "'My complaints' -> 'Mine'" in as_typed(app, run(app, "flows", "status", flow).output).output
    publish(app, flow)
    spoil(flow, "en: Suggestion,", "en: Idea,")
    stale = publish(app, flow, "x", "--base", "1").output
    assert "--flow complaints" in stale
    assert "'My complaints' -> 'Mine'" in as_typed(app, stale).output
    spoil(flow, "go: leaf", "go: laef")
    assert "F101" in as_typed(app, run(app, "flows", "status", flow).output).output


def test_what_is_given_in_the_place_of_a_flow_is_told_from_it(app: Sunwai, flow: Path) -> None:
    folder = flow.parent
    for other in ("by_text", "power_cut", "survey"):
        folder.joinpath(f"{other}.yaml").unlink()
    assert run(app, "flows", "check", folder).output == run(app, "flows", "check", flow).output
    for name, what in (
        ("lists/group.csv", "a list"), ("texts.yaml", "a file without screens"),
        ("transcripts/remind_ur.yaml", "a scripted call"),
    ):  # fmt: skip
        told = run(app, "flows", "check", folder / name)
        assert (told.exit_code, told.output) == (
            2,
            f"Error: {folder / name}: this is {what} and no flow; give {flow}.\n",
        )
    shutil.copy(flow, folder / "second.yaml")
    several = run(app, "flows", "publish", folder, "--message", "x")
    assert several.exit_code == 2
    assert f"is a folder with several flows: give one of {flow}, {folder / 'second.yaml'}.\n" in several.output
    assert "is a folder without a flow file" in run(app, "flows", "check", folder / "lists").output


def test_what_is_live_is_shown_without_its_number(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    assert run(app, "flows", "show", "live").output == run(app, "flows", "show", "2").output
    assert run(app, "flows", "show", "newest").exit_code == 2


def test_a_folder_that_cannot_be_read_is_one_line(app: Sunwai, flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def locked(path: str) -> object:
        if Path(path).name == "lists":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    told = run(app, "flows", "check", flow)
    assert told.exit_code == 2
    assert told.output == f"Error: {flow.parent / 'lists'}: this folder cannot be read: Permission denied.\n"


def test_a_database_that_may_only_be_read_is_one_line(app: Sunwai, sqlite_url: str, valkey: Valkey) -> None:
    publish(app, LIBRARY)
    url = f"sqlite:///file:{sqlite_url.removeprefix('sqlite:///')}?mode=ro&uri=true"
    reader = create_app(Config(environment=DEVELOPMENT, database_url=url, redis_url=valkey.url))
    told = run(reader, "flows", "route", "*8484#", "complaints")
    reader.close()
    assert told.exit_code == 1
    assert told.output.startswith("Error: The database may only be read from here. Nothing was changed")
    assert told.output.count("\n") == 1
