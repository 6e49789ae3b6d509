"""Each audit entry that was committed has one line in the log, without personal data."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from gateway.endpoints.application import Sunwai
from storage.audit.audit_log import record
from storage.audit.entry import SERVICE, AuditActor, AuditEntry, staff_actor

AT = dt.datetime(2026, 6, 17, 9, 30, tzinfo=dt.UTC)
CASE = AuditEntry("case_opened", staff_actor(3, "officer", "203.0.113.0/24"), AT, "case", "482719300")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    return [{key: each[key] for key in each if key not in ("at", "level")} for each in told if each["event"] == "audit"]


def test_one_line_for_each_entry_after_the_commit(doors: Sunwai, capsys: pytest.CaptureFixture[str]) -> None:
    with doors.database.write.begin() as db:
        first = record(db, CASE).id
        second = record(db, AuditEntry("started", SERVICE, AT)).id
        record(db, AuditEntry("command", AuditActor("command", "zafar"), AT))  # its stderr is somebody's terminal
        assert lines(capsys) == []
    assert lines(capsys) == [
        {"event": "audit", "audit": first, "act": "case_opened", "actor": "staff", "by": 3, "subject": "case"},
        {"event": "audit", "audit": second, "act": "started", "actor": "service"},
    ]


def test_no_line_for_what_was_rolled_back(doors: Sunwai, capsys: pytest.CaptureFixture[str]) -> None:
    with doors.database.write() as db:
        record(db, CASE)
        db.rollback()
    assert lines(capsys) == []
