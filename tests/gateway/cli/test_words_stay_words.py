"""Placeholders of other languages, controls and markup in what citizens and officers write stay words everywhere."""

from __future__ import annotations

import json

import pytest

from gateway.endpoints.application import Sunwai
from storage.schema.tables import OutboxMessage
from tests.gateway.cli.test_complaints_move import late
from tests.gateway.operating import run
from tests.sessions.filing import file_one

ODD = "{0.__class__} {{7*7}} %(x)s ${x} {c.__init__.__globals__} #{1+1}"


def test_placeholders_of_other_languages_stay_words(doors: Sunwai) -> None:
    complaint, _ = file_one(doors.database, details=ODD)
    shown = run(doors, "complaints", "show", complaint.number).output
    assert ODD in shown
    late(doors, complaint.number)
    done = run(doors, "complaints", "interim", complaint.number, "--note", ODD, "--as", "officer")
    assert done.exit_code == 0, done.output
    with doors.database.read.begin() as db:
        bodies = [row.body for row in db.query(OutboxMessage).order_by(OutboxMessage.id)]
    assert any("{0.__class__} {{7*7}} %(x)s" in body for body in bodies), bodies
    assert not any("49" in body or "<class" in body for body in bodies)


@pytest.mark.parametrize("evil", ["one\r\nlevel: error", "one\x1b[31mred", "one\u2028two", 'one", "event": "forged'])
def test_what_a_citizen_wrote_makes_no_second_line(
    doors: Sunwai, capsys: pytest.CaptureFixture[str], evil: str
) -> None:
    complaint, _ = file_one(doors.database, details=evil)
    lines = [line for line in run(doors, "complaints", "show", complaint.number).output.splitlines() if "words" in line]
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
    for line in capsys.readouterr().err.splitlines():
        assert "forged" not in json.loads(line).values()
