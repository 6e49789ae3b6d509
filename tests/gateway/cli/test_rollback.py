"""Going back to an earlier revision."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from gateway.endpoints.application import Sunwai
from gateway.flow_folder.files import read_flow
from sessions.publishing import publication
from storage.connection.database import Database
from tests.gateway.operating import MINE, append, as_typed, publish, run, spoil, twice
from tests.sessions.filing import NOW, file_one
from tests.sessions.overtaking import Overtaking


def test_what_was_brought_back_is_a_new_revision(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    back = run(app, "flows", "rollback", "1", "--author", "Amir")
    assert back.output == (
        "complaints: revision 3 is live now, with the files of revision 1. "
        "Your own files are unchanged. To undo this: flask flows rollback 2\n"
    )
    assert "Amir: Back to revision 1: First  (rolled back to 1)" in run(app, "flows", "list").output
    assert run(app, "flows", "diff", "1", "3").output == "Nothing callers would notice.\n"
    assert (
        run(app, "flows", "rollback", "9").output
        == "Error: complaints has no revision 9: flask flows list shows all.\n"
    )


def test_who_goes_back_while_somebody_publishes_is_told(app: Sunwai, flow: Path) -> None:
    twice(app, flow)
    third = {**read_flow(flow)[0], "complaints.yaml": flow.read_text(encoding="utf-8") + "# third\n"}

    def another(database: Database) -> None:
        done = publication.publish(database, NOW, third, "complaints.yaml", publication.RevisionNote("Amir", "third"))
        assert done == publication.PublishedRevision("complaints", 3, changed=True)

    app.database = Overtaking.of(app.database, another, before=2)  # the first records the command
    back = run(app, "flows", "rollback", "1", "--author", "Sara")
    assert back.exit_code == 1
    assert "revision 3 of complaints was published while revision 1 was being checked" in back.output
    assert "complaints revision 3, live" in run(app, "flows", "show", "3").output


def test_what_came_since_does_not_keep_an_operator_from_going_back(app: Sunwai, flow: Path) -> None:
    """A row and a screen's kind that only new calls would lose: nothing that complaints hold."""
    publish(app, flow, "First")
    append(flow.parent / "lists" / "category.csv", "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n")
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
    row = "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n"
    append(flow.parent / "lists" / "category.csv", row)
    publish(app, flow, "Dogs")
    file_one(app.database, category="mun07")
    refused = run(app, "flows", "rollback", "1")
    assert refused.exit_code == 1
    assert "F605" in refused.output
    assert "revision 1 lacks codes that complaints now use, or gives them another meaning" in refused.output
    monkeypatch.chdir(tmp_path)
    assert "Restore the rows too: flask flows rollback 1 --restore-rows --message" in refused.output
    hints = re.search(
        r"Or correct a copy: flask flows (.+), then flask flows (.+ --base 2 --message .+)$", refused.output
    )
    assert hints is not None
    assert run(app, "flows", *shlex.split(hints[1])).exit_code == 0
    append(tmp_path / "complaints-1" / "lists" / "category.csv", row)
    mended = run(app, "flows", *shlex.split(hints[2]))
    assert mended.exit_code == 0, mended.output


def test_a_revision_without_such_a_row_is_brought_back_with_the_row_restored(app: Sunwai, flow: Path) -> None:
    publish(app, flow, "First")
    append(flow.parent / "lists" / "category.csv", "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n")
    publish(app, flow, "Dogs")
    file_one(app.database, category="mun07")
    back = run(app, "flows", "rollback", "1", "--restore-rows")
    assert back.exit_code == 0, back.output
    assert "revision 3 is live now, with the files of revision 1" in back.output
