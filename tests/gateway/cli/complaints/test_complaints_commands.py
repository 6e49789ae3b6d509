"""Complaints as staff see them in a terminal: a list, and one with its life, in plain words and local time."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from flows.text import tracking_number
from gateway.cli.complaints.labels import STATES
from gateway.endpoints.application import Sunwai
from sessions.cases.access.visibility import PARTS
from sessions.cases.acts import citizen_acts, citizen_verdicts
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.schema.tables import Complaint
from tests.gateway.operating import run
from tests.sessions.filing import AMIR, NOW, SARA, context, file_one

SHORTLY = dt.timedelta(minutes=5)


def numbers(output: str) -> list[str]:
    return re.findall(r"^(\d{3}-\d{3}-\d{3})  ", output, re.MULTILINE)


def test_complaints_are_listed_the_newest_first_a_line_each_without_a_phone_number(doors: Sunwai) -> None:
    first, _ = file_one(doors.database, phone=SARA)
    second, _ = file_one(doors.database, phone=AMIR, now=NOW + SHORTLY, private=True)
    listed = run(doors, "complaints", "list")
    assert listed.exit_code == 0
    assert numbers(listed.output) == [
        tracking_number.format_number(second.number),
        tracking_number.format_number(first.number),
    ]
    assert listed.output.splitlines() == [
        f"{tracking_number.format_number(second.number)}  filed Wed 17 Jun 2026 14:05, "
        f"due {second.due_on:%a %d %b %Y}  "
        "No/low water, Lahore  WASA Lahore (water-lahore), nobody yet  "
        f"{STATES[second.status]}  private",
        f"{tracking_number.format_number(first.number)}  filed Wed 17 Jun 2026 14:00, due {first.due_on:%a %d %b %Y}  "
        f"No/low water, Lahore  WASA Lahore (water-lahore), nobody yet  {STATES[first.status]}",
        "2 complaints.",
    ]
    assert SARA[3:] not in listed.output and AMIR[3:] not in listed.output


def test_those_of_an_office_or_in_a_state_are_listed_alone(doors: Sunwai) -> None:
    water, _ = file_one(doors.database)
    power, _ = file_one(doors.database, phone=AMIR, office="disco", category="nrg01")
    assert run(doors, "complaints", "move", power.number, "in_progress").exit_code == 0
    assert numbers(run(doors, "complaints", "list", "--office", "water").output) == [
        tracking_number.format_number(water.number)
    ]
    assert numbers(run(doors, "complaints", "list", "--state", "in_progress").output) == [
        tracking_number.format_number(power.number)
    ]
    assert numbers(run(doors, "complaints", "list", "--office", "lesco").output) == [
        tracking_number.format_number(power.number)
    ]
    both = run(doors, "complaints", "list", "--state", "in_progress", "--state", "received", "--office", "disco")
    assert numbers(both.output) == [tracking_number.format_number(power.number)]
    assert run(doors, "complaints", "list", "--state", "dropped").output == "0 complaints.\n"


def test_an_office_that_there_is_not_and_a_state_that_there_is_not_are_one_line(doors: Sunwai) -> None:
    office = run(doors, "complaints", "list", "--office", "watr")
    assert (office.exit_code, office.output.count("\n")) == (2, 1)
    assert "There is no office watr (did you mean 'water'?)" in office.output
    assert run(doors, "complaints", "list", "--state", "flying").exit_code == 2


def test_as_many_are_listed_as_were_asked_for_and_it_says_that_there_may_be_more(doors: Sunwai) -> None:
    for at in range(3):
        file_one(doors.database, phone=f"+9230011111{at:02}", now=NOW + at * SHORTLY)
    listed = run(doors, "complaints", "list", "--limit", "2").output
    assert len(numbers(listed)) == 2
    assert listed.endswith("2 complaints; there may be more: --limit.\n")
    assert run(doors, "complaints", "list", "--limit", "0").exit_code == 2


def test_one_is_shown_in_plain_words_and_local_time(doors: Sunwai) -> None:
    complaint, _ = file_one(doors.database, private=True)
    moved = run(doors, "complaints", "move", complaint.number, "in_progress", "--note", "Team sent", "--by", "Bilal")
    assert moved.exit_code == 0
    shown = run(doors, "complaints", "show", complaint.number).output
    *lines, last = shown.splitlines()
    assert lines[:9] == [
        f"{tracking_number.format_number(complaint.number)}  complaint, being worked on",
        "about    No/low water, Lahore",
        "kind     Water office (water)",
        "office   WASA Lahore (water-lahore)",
        "officer  nobody yet",
        f"filed    Wed 17 Jun 2026 14:00, due {complaint.due_on:%a %d %b %Y}",
        "words    No water in street 4 (phone numbers are removed)",
        "private  the citizen wants to stay anonymous, and gets neutral texts",
        "  1  Wed 17 Jun 2026 14:00  filed by the citizen",
    ]
    assert re.fullmatch(
        r"  \d  \w{3} \d\d \w{3} \d{4} \d\d:\d\d  \w+ by Bilal: being worked on \(in_progress\): Team sent", last
    )
    assert "UTC" not in shown
    assert "+92" not in shown


def test_who_has_it_is_said_by_name(doors: Sunwai) -> None:
    assert run(doors, "staff", "add", "Bilal", "--office", "water-lahore").exit_code == 0
    complaint, _ = file_one(doors.database)
    assert "officer  Bilal\n" in run(doors, "complaints", "show", complaint.number).output
    assert "WASA Lahore (water-lahore), Bilal  " in run(doors, "complaints", "list").output


def test_without_a_published_flow_codes_stand_for_words(doors: Sunwai) -> None:
    complaint, _ = file_one(doors.database, flow="gone", category="odd01", district=None)
    shown = run(doors, "complaints", "show", complaint.number).output
    assert "about    odd01, district not known\n" in shown
    assert "kind     water\n" in shown
    assert "officer  nobody yet\n" in shown


def test_one_is_shown_as_an_officer_sees_it_and_as_oversight_does(doors: Sunwai) -> None:
    words = "My name is Sara Khan, 0300-1234567. He asked for money."
    complaint, _ = file_one(doors.database, details=words, private=True)
    with doors.database.write.begin() as db:
        held = db.get_one(Complaint, complaint.id)
        citizen_verdicts.note_pressure(context(db, NOW + SHORTLY), held)
        citizen_acts.want_call(context(db, NOW + 2 * SHORTLY), held)
    officer = run(doors, "complaints", "show", complaint.number, "--as", "officer").output
    assert officer.splitlines() == [
        f"{tracking_number.format_number(complaint.number)}  complaint, {STATES[complaint.status]}",
        "about    No/low water, Lahore",
        "kind     Water office (water)",
        "office   Local government department, Punjab (lg-dept-punjab)",  # no longer with those who may press
        "officer  nobody yet",
        f"filed    Wed 17 Jun 2026 14:00, due {complaint.due_on:%a %d %b %Y}",
        "words    My name is [name], [number]. He asked for money. (phone numbers are removed; a name that the "
        "citizen wrote may stand here: do not use it to find out who they are)",
        "private  the citizen wants to stay anonymous, and gets neutral texts",
        "seen as  any officer",
        "name     none is stored; one may stand in the words",
        "phone    hidden: messages from the office reach it through this service",
        "  1  Wed 17 Jun 2026 14:00  filed by the citizen",
        "  2  Wed 17 Jun 2026 14:00  assigned by the system: with the office, not started (assigned)",
        "  3  Wed 17 Jun 2026 14:10  call requested by the citizen",
    ]
    above = run(doors, "complaints", "show", complaint.number, "--as", "oversight").output
    assert "words    My name is Sara Khan, [number]. He asked for money. (phone numbers are removed)\n" in above
    assert (
        "name     none is stored yet\nphone    hidden: two people can reveal it, see flask complaints reveal --help\n"
        in above
    )
    assert "  3  Wed 17 Jun 2026 14:05  pressure reported by the citizen\n" in above


@pytest.mark.parametrize("who", [None, *PARTS])
def test_no_phone_number_is_ever_shown(doors: Sunwai, who: str | None) -> None:
    complaint, _ = file_one(doors.database)
    if who == "triage":
        assert run(doors, "complaints", "move", complaint.number, "screening", "--note", "Not ours").exit_code == 0
    more = ["--as", who] if who else []
    for words in (["show", complaint.number], ["list"]):
        said = run(doors, "complaints", *words, *more)
        assert said.exit_code == 0
        assert SARA[3:] not in said.output


def test_a_case_about_their_own_kind_is_shown_as_one_that_there_is_not(doors: Sunwai) -> None:
    assert run(doors, "staff", "add", "Dr Khan", "--role", "head", "--office", "health-punjab").exit_code == 0
    about, _ = file_one(doors.database, category="hlt04", office="health", columns={"against": "health"})
    refused = run(doors, "complaints", "show", about.number, "--as", "Dr Khan")
    assert (refused.exit_code, refused.output) == (
        1,
        f"Error: There is no complaint {tracking_number.format_number(about.number)}.\n",
    )
    unknown = run(doors, "complaints", "show", "482719300", "--as", "Dr Khan")
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no complaint 482-719-300.\n")
    assert run(doors, "complaints", "list", "--as", "Dr Khan").output == "0 complaints.\n"
    assert numbers(run(doors, "complaints", "list", "--as", "oversight").output) == [
        tracking_number.format_number(about.number)
    ]


def test_nobody_looks_as_somebody_there_is_not(doors: Sunwai) -> None:
    complaint, _ = file_one(doors.database)
    for words in (["show", complaint.number], ["list"]):
        refused = run(doors, "complaints", *words, "--as", "Bilal")
        assert (refused.exit_code, refused.output.count("\n")) == (1, 1)
        assert "Nobody here is called 'Bilal'" in refused.output


@pytest.mark.parametrize("status", SHIPPED_POLICY.statuses)
def test_every_status_has_plain_words(status: str) -> None:
    assert STATES[status]
    assert "_" not in STATES[status]
