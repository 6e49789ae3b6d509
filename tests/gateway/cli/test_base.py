"""Publishing files that were made from another revision than the live one."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from gateway.endpoints.application import Sunwai
from gateway.flow_folder import base_revision_note
from sessions.publishing.base_revision import BaseRevision
from tests.gateway.operating import MINE, append, as_typed, copies, publish, run, spoil, twice
from tests.sessions.filing import LIBRARY


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


def test_a_base_that_there_is_not_is_told_without_a_way_out_that_leads_nowhere(app: Sunwai, flow: Path) -> None:
    none = publish(app, flow, "x", "--base", "99")
    assert none.output == (
        "Error: Not published: no revision of complaints is live, so it cannot be made from revision 99: "
        "leave --base out.\n"
    )
    publish(app, flow)
    append(flow, "# another\n")
    assert publish(app, flow, "x", "--base", "99").output == (
        "Error: Not published: complaints has no revision 99, so these files were not made from it: "
        "flask flows list shows all.\n"
    )


def test_what_is_to_be_typed_again_keeps_what_was_said(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    spoil(flow, "en: Mine,", MINE)
    spoil(flow, "en: Suggestion,", "en: Idea,")
    refused = publish(app, flow, "Ideas, not 'suggestions'", "--reason", "Agreed on", author="Amir Khan")
    again = shlex.split(refused.output.split("then publish: flask flows ")[1])
    assert again[2:] == [
        *("--base", "2", "--message", "Ideas, not 'suggestions'"), *("--reason", "Agreed on", "--author", "Amir Khan"),
    ]  # fmt: skip
    assert "revision 3 is live now" in run(app, "flows", *again).output


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
    assert "these files were made from revision 1: they would undo what has changed since" in refused.output
    assert "'My complaints' -> 'Mine'" in as_typed(app, refused.output).output
    assert "'Mine'" in run(app, "flows", "diff", "1", "live").output  # hers is what answers calls
    assert f"then publish: flask flows publish {amir} --base 2 --message 'New words' --author Amir\n" in refused.output
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
    append(table, "mun,mun07,Stray dgs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n")
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


@pytest.mark.parametrize("digest", ["6f1e", "g" * 64, "a" * 63 + "\0"])
def test_a_spoilt_note_says_nothing(tmp_path: Path, digest: str) -> None:
    (tmp_path / base_revision_note.NAME).write_text(f"complaints 3 {digest}\nsurvey 2 {'a' * 64}\n", encoding="utf-8")
    assert base_revision_note.read_base_revision(tmp_path, "complaints") is None
    assert base_revision_note.read_base_revision(tmp_path, "survey") == BaseRevision(2, "a" * 64)


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
