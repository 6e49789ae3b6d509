"""Scripted calls that choose a row whose last day is over: the draft and the page of publishing say so."""

from __future__ import annotations

import datetime as dt
from html import unescape

import pytest
from click.testing import CliRunner

from flows.editing.list_csv_rows import end_rows
from gateway.cli.flows.test import test as play_calls
from gateway.endpoints.application import Sunwai
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from storage.schema.tables import Draft
from tests.gateway.console.conftest import Visit
from tests.gateway.console.drafting import drafted

ROWS = "lists/category.csv"
GONE = "no longer offered"


def ended(console: Sunwai, last: dt.date) -> Draft:
    """A draft in which the first category was offered until this day."""
    found = drafted(console)
    files = {**found.files, ROWS: end_rows(found.files[ROWS], ["mun01"], last.isoformat())}
    done = draft_editing.save_draft(console.database, Edit("Adil", console.clock(), "ended a row"), found, files)
    assert isinstance(done, Draft)
    return done


def test_a_call_that_chooses_a_retired_row_does_not_pass(console: Sunwai, visit: Visit) -> None:
    draft = ended(console, console.clock().date() - dt.timedelta(days=3))
    visitor = visit("publisher")
    page = unescape(visitor.get(f"/console/drafts/{draft.id}").text)
    assert GONE in page
    assert "No/low water" in page
    assert "This does not keep the draft from being published." in page
    assert " pass.</p>" not in page
    assert GONE in unescape(visitor.get(f"/console/drafts/{draft.id}/publish").text)


def test_a_row_that_is_still_offered_is_no_fault(console: Sunwai, visit: Visit) -> None:
    draft = ended(console, console.clock().date() + dt.timedelta(days=3))
    page = unescape(visit("publisher").get(f"/console/drafts/{draft.id}").text)
    assert GONE not in page
    assert " pass.</p>" in page


def test_the_command_fails_too(console: Sunwai, tmp_path_factory: pytest.TempPathFactory) -> None:
    draft, folder = ended(console, dt.date(2020, 1, 1)), tmp_path_factory.mktemp("flow")
    for name, text in draft.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    result = CliRunner().invoke(play_calls, [str(folder / draft.main)])
    assert result.exit_code == 1, result.output
    assert "chooses a row that is no longer offered: No/low water" in result.output
