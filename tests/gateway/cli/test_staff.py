"""`flask staff`: taken on, changed and gone, without a phone number on any screen."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.endpoints.application import Sunwai
from storage.cases import contacts
from tests.gateway.operating import run
from tests.sessions.filing import file_one

PHONE, E164 = "0300 765 4321", "+923007654321"


def add(app: Sunwai, name: str, *more: str) -> str:
    return run(app, "staff", "add", name, "--role", "officer", "--office", "water-lahore", *more).output


def test_an_officer_is_taken_on_with_a_phone_that_is_never_shown(doors: Sunwai) -> None:
    assert add(doors, "Bilal", "--phone", PHONE) == "Bilal is an officer at water-lahore now.\n"
    assert "Without a phone they get no texts" in add(doors, "Ayesha")
    output = run(doors, "staff", "list").output
    assert output.splitlines() == [
        "Ayesha  officer  water-lahore  no phone, 0 open cases",
        "Bilal  officer  water-lahore  works by SMS, 0 open cases",
    ]
    assert "765" not in output
    with doors.database.read() as db:
        assert contacts.find(db, E164) is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "officer"), "Say which office: --office CODE"),
        (("--role", "officer", "--office", "water-lahor"), "did you mean 'water-lahore'?"),
        (
            ("--role", "officer", "--office", "lesco", "--phone", "12"),
            "That is not a mobile number that this service texts",
        ),
        (
            ("--role", "officer", "--office", "lesco", "--phone", "+447911123456"),
            "not a mobile number that this service texts",
        ),
        (("--role", "boss"), "'boss' is not one of"),
    ],
)
def test_what_cannot_be_is_one_plain_line(doors: Sunwai, words: tuple[str, ...], said: str) -> None:
    result = run(doors, "staff", "add", "Bilal", *words)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "No staff yet" in run(doors, "staff", "list").output


def test_who_leaves_is_said_to_leave_how_many_cases_to_whom(doors: Sunwai) -> None:
    now = dt.datetime.now(dt.UTC)
    add(doors, "Bilal")
    for category in ("mun01", "mun02"):
        file_one(doors.database, category=category, now=now)
    removed = run(doors, "staff", "remove", "Bilal").output
    assert "no longer works here; 2 open cases at the office have nobody." in removed
    assert run(doors, "staff", "list").output == "Bilal  officer  water-lahore  no longer works here\n"
    assert "has already been removed" in run(doors, "staff", "remove", "Bilal").output
    back = run(doors, "staff", "change", "Bilal", "--back").output
    assert back == "Bilal is an officer at water-lahore now; 2 open cases are theirs now.\n"


def test_what_lay_at_the_desk_is_the_first_ones_who_comes(doors: Sunwai) -> None:
    now = dt.datetime.now(dt.UTC)
    for category in ("mun01", "mun02", "mun03"):
        file_one(doors.database, category=category, now=now)
    said = add(doors, "Bilal", "--phone", PHONE)
    assert said == "Bilal is an officer at water-lahore now; 3 open cases are theirs now.\n"
    assert "at water-lahore now.\n" in add(doors, "Ayesha")
    assert "Bilal  officer  water-lahore  works by SMS, 3 open cases" in run(doors, "staff", "list").output


def test_cases_of_who_goes_elsewhere_go_to_others(doors: Sunwai) -> None:
    add(doors, "Bilal")
    file_one(doors.database, now=dt.datetime.now(dt.UTC))
    add(doors, "Ayesha", "--phone", PHONE)
    output = run(doors, "staff", "change", "Bilal", "--office", "water-kasur").output
    assert output == "Bilal is an officer at water-kasur now; 1 open case went to others.\n"
    assert "Ayesha  officer  water-lahore  works by SMS, 1 open case" in run(doors, "staff", "list").output
    assert run(doors, "staff", "list", "--office", "water-kasur").output.startswith("Bilal")


def test_a_change_of_nothing_says_what_may_change(doors: Sunwai) -> None:
    add(doors, "Bilal")
    result = run(doors, "staff", "change", "Bilal")
    assert result.exit_code == 2
    assert "--role, --office, --phone or --back" in result.output
