"""A phone number on a terminal: three commands, two people with their phones, and never a number before its entry."""

from __future__ import annotations

import inspect
import re

import pytest
from sqlalchemy import text

from flows.cases.officer_code import CodeHolder, OfficerCodes
from flows.text import tracking_number
from gateway.cli.complaints.reveal_commands import REFUSALS
from gateway.endpoints.application import Sunwai
from sessions.cases.access import reveal, reveal_permission
from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.people import officer_codes, staff
from storage.schema.tables import Complaint
from tests.gateway.operating import run
from tests.sessions.filing import SARA, file_one
from tests.sessions.roster import hire

REASON = "She asked for a visit and gave no address"


@pytest.fixture
def case(doors: Sunwai) -> Complaint:
    hire(doors.database, "Rehana", office=None, role="oversight", phone="+923332220001")
    hire(doors.database, "Ayla", office=None, role="oversight", phone="+923332220002")
    return file_one(doors.database, private=True)[0]


def code(app: Sunwai, name: str, case: Complaint) -> str:
    with app.database.write.begin() as db:
        known = staff.by_name(db, name)
        assert known is not None
        assert known.contact_id is not None
        row = officer_codes.current(db, case.id, known.contact_id)
        return OfficerCodes(app.settings.signing_secrets).code(CodeHolder.of(row))


def events(app: Sunwai) -> list[tuple[str, str]]:
    with app.database.read.begin() as db:
        rows = audit_log.find(db, AuditFilter(subject_kind="case"), 50)
    return [(row.event, row.detail.get("reason", "")) for row in reversed(rows) if row.event != "command"]


def test_one_asks_another_agrees_and_the_first_looks(doors: Sunwai, case: Complaint) -> None:
    done = run(
        doors, "complaints", "reveal", "ask", case.number, "--by", "Rehana", "--second", "Ayla", "--reason", REASON
    )
    assert (done.exit_code, "code for Ayla is on its way: text " in done.output) == (0, True), done.output
    assert "declined" not in run(doors, "complaints", "show", case.number, "--as", "Ayla").output
    assert REASON in run(doors, "complaints", "show", case.number, "--as", "Ayla").output
    early = run(
        doors, "complaints", "reveal", "show", case.number, "--by", "Rehana", "--code", code(doors, "Rehana", case)
    )
    assert (early.exit_code, SARA in early.output) == (1, False)
    done = run(doors, "complaints", "reveal", "agree", case.number, "--by", "Ayla", "--code", code(doors, "Ayla", case))
    assert done.exit_code == 0, done.output
    done = run(doors, "complaints", "reveal", "show", case.number, "--by", "Ayla", "--code", code(doors, "Ayla", case))
    assert (done.exit_code, SARA in done.output) == (1, False)
    done = run(
        doors, "complaints", "reveal", "show", case.number, "--by", "Rehana", "--code", code(doors, "Rehana", case)
    )
    assert (done.exit_code, done.output.startswith(SARA)) == (0, True), done.output
    assert [each for each in events(doors) if each[0] != "case_opened"] == [
        ("reveal_asked", ""),
        ("reveal_refused", "not_agreed"),
        ("reveal_agreed", ""),
        ("reveal_refused", "not_asked"),
        ("revealed", ""),
    ]


def test_nobody_alone_and_nobody_without_a_reason(doors: Sunwai, case: Complaint) -> None:
    for more in (("--reason", REASON), ("--second", "Ayla"), ("--second", "Rehana", "--reason", REASON)):
        done = run(doors, "complaints", "reveal", "ask", case.number, "--by", "Rehana", *more)
        assert (done.exit_code, done.output.count("\n")) == (1, 1), done.output
    assert events(doors) == [("reveal_refused", why) for why in ("alone", "no_reason", "second_self")]


def test_a_number_whose_entry_cannot_be_stored_is_not_shown(doors: Sunwai, case: Complaint) -> None:
    run(doors, "complaints", "reveal", "ask", case.number, "--by", "Rehana", "--second", "Ayla", "--reason", REASON)
    run(doors, "complaints", "reveal", "agree", case.number, "--by", "Ayla", "--code", code(doors, "Ayla", case))
    given = code(doors, "Rehana", case)
    with doors.database.write.begin() as db:
        db.execute(text("ALTER TABLE audit RENAME TO gone"))
    refused = run(doors, "complaints", "reveal", "show", case.number, "--by", "Rehana", "--code", given)
    assert (refused.exit_code, SARA in refused.output) == (1, False)


def test_each_month_oversight_reads_what_was_asked_seen_and_refused(doors: Sunwai, case: Complaint) -> None:
    hire(doors.database, "General", office=None, role="triage", phone="+923332220003")
    reveal = ("complaints", "reveal")
    run(doors, *reveal, "ask", case.number, "--by", "Rehana", "--second", "Ayla", "--reason", REASON)
    run(doors, *reveal, "agree", case.number, "--by", "Ayla", "--code", code(doors, "Ayla", case))
    run(doors, *reveal, "show", case.number, "--by", "Rehana", "--code", code(doors, "Rehana", case))
    run(doors, *reveal, "ask", case.number, "--by", "Ayla", "--reason", REASON)
    again = f"{REASON} {REASON}, 0300 1234567"
    run(doors, *reveal, "ask", case.number, "--by", "Rehana", "--second", "Ayla", "--reason", again)
    run(doors, *reveal, "agree", case.number, "--by", "Ayla", "--code", code(doors, "Ayla", case), "--decline")
    listed = run(doors, "complaints", "reveals").output.splitlines()
    said = [(line.split()[0], " ".join(line.split()[4:])) for line in listed[:-1]]
    number = tracking_number.format_number(case.number)
    assert said.pop(4)[1] == f'Rehana asked, Ayla was to agree; reason: "{REASON} {REASON}, [number]"'
    assert said == [
        (number, f'Rehana asked, Ayla was to agree; reason: "{REASON}"'),
        (number, f'Ayla agreed, as Rehana had asked; reason: "{REASON}"'),
        (number, f'Rehana saw the number, as Ayla had agreed; reason: "{REASON}"'),
        (number, "Ayla asked and was refused: without a second person"),
        (number, f'Ayla declined, as Rehana had asked; reason: "{REASON} {REASON}, [number]"'),
    ]
    assert "numbers were seen 1 time, with 2 refusals." in listed[-1]
    assert SARA not in "".join(listed)
    assert "0 times, with 0 refusals" in run(doors, "complaints", "reveals", "--month", "2020-01").output
    assert "0 times, with 0 refusals" in run(doors, "complaints", "reveals", "--as", "General").output


def test_each_refusal_has_words() -> None:
    """Codes stand in the audit; who reads the list of a month gets a sentence."""
    source = "".join(inspect.getsource(module) for module in (reveal, reveal_permission))
    codes = set(re.findall(r'RevealProblem\(\s*"([a-z_]+)"', source)) | {
        "no_reason",
        "reason_length",
        "no_code",
        "wrong_code",
    }
    assert codes == REFUSALS.keys()


def test_a_view_is_one_entry_for_some_minutes_and_each_attempt_is_its_own(doors: Sunwai, case: Complaint) -> None:
    for _ in range(3):
        assert run(doors, "complaints", "show", case.number, "--as", "Rehana").exit_code == 0
        assert run(doors, "complaints", "show", "482719300", "--as", "Rehana").exit_code == 1
    assert sorted(events(doors)) == [("case_opened", ""), *[("refused", "not_theirs")] * 3]
