"""Publishing from a terminal: what is refused, what is asked for, what is kept of it."""

from __future__ import annotations

import getpass
import re
import shutil
from pathlib import Path

import pytest

from gateway.endpoints.application import Sunwai
from gateway.flow_folder import base_revision_note
from gateway.flow_folder.files import FlowFileError
from tests.gateway.operating import UNREACHED, append, publish, run, spoil
from tests.sessions.filing import LIBRARY


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
    assert re.search(r"^Also: 0 errors, \d+ notes \(flask flows check ", refused.output, re.MULTILINE)
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
    assert re.search(r"F506 menu.*: mine was 2 and is now 3", refused.output)
    assert publish(app, flow, "Urgent first", "--reason", "Lives come before habits").exit_code == 0


def test_a_scripted_call_that_fails_is_named_and_nothing_is_published(app: Sunwai, flow: Path) -> None:
    spoil(flow, 'en: "What is it about?"', 'en: "Which matter?"')
    refused = publish(app, flow)
    assert refused.exit_code == 1
    assert re.search(r"complaints\.yaml:\d+: F901 group\[en\]: .*transcripts/\w+_en\.yaml:\d+, step", refused.output)
    assert "No flow is published" in run(app, "flows", "list").output


def test_only_what_blocks_publishing_is_told_and_the_rest_is_counted(app: Sunwai, flow: Path) -> None:
    append(flow, UNREACHED)
    spoil(flow, "go: menu", "go: mneu")
    first, rest, said = publish(app, flow).output.splitlines()
    assert re.search(r"complaints\.yaml:\d+: F101: there is no screen 'mneu'", first)
    assert re.fullmatch(rf"Also: 1 warning, \d+ notes \(flask flows check {re.escape(flow.as_posix())}\)\.", rest)
    assert said == "Error: Not published: fix the errors (E) above first."


def test_what_others_read_of_a_publication_is_one_line_without_control_characters(app: Sunwai) -> None:
    given = run(app, "flows", "publish", LIBRARY, "--message", "First\x1b[2J\nwords\udcff", "--author", "Sa\x07ra")
    assert given.exit_code == 0, given.output
    assert "  Sa ra: First [2J words\n" in run(app, "flows", "list").output


def test_warnings_that_a_reason_was_given_for_are_printed(app: Sunwai, flow: Path) -> None:
    append(flow, UNREACHED)
    done = publish(app, flow, "New words", "--reason", "For the flood season")
    assert done.exit_code == 0
    assert done.output.startswith("Warnings, accepted for the reason given:\n")
    assert re.search(r"complaints\.yaml:\d+: F102 island", done.output)
    assert "Warnings" not in publish(app, flow, "The same", "--reason", "x").output


def test_a_note_that_cannot_be_written_is_told_and_what_was_published_stays(
    app: Sunwai, flow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, *_: object) -> None:
        raise FlowFileError(f"{folder}: it cannot be written: No space left on device. Nothing was changed.")

    monkeypatch.setattr(base_revision_note, "write_all", full)
    done = publish(app, flow)
    assert done.exit_code == 0
    assert "revision 1 is live now" in done.output
    assert "Use --base 1 when you publish from this folder again." in done.output
