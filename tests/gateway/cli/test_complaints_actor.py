"""Who acts at the command line: a name of the staff has the rules of that person, any other name an operator's."""

from __future__ import annotations

import pytest

from flows.text import tracking_number
from gateway.endpoints.application import Sunwai
from sessions.cases.acts import citizen_verdicts
from storage.cases import complaints
from storage.schema.tables import Complaint, History
from tests.gateway.operating import run
from tests.sessions.filing import AMIR, context, file_one

CLOSED = ("--note", "The valve was changed, water runs again", "--outcome", "relief_granted", "--proof", "visit")
INTERIM = ("--note", "The part comes on Monday")


@pytest.fixture
def number(doors: Sunwai) -> str:
    complaint, _ = file_one(doors.database)
    return complaint.number


def hire(doors: Sunwai, name: str, role: str = "officer", office: str = "water-lahore", *more: str) -> None:
    assert run(doors, "staff", "add", name, "--role", role, "--office", office, *more).exit_code == 0


def moved(doors: Sunwai, number: str, *words: str) -> None:
    done = run(doors, "complaints", "move", number, *words)
    assert done.exit_code == 0, done.output


def refused(doors: Sunwai, number: str, *words: str) -> str:
    before = last(doors, number)
    for act in (("move", number, *words), ("interim", number, *INTERIM, *words[1:])):
        done = run(doors, "complaints", *act)
        assert (done.exit_code, done.output.count("\n")) == (1, 1), done.output
    assert last(doors, number).id == before.id
    return done.output


def last(doors: Sunwai, number: str) -> History:
    with doors.database.read() as db:
        held = db.query(Complaint).filter(Complaint.number == number).one()
        return complaints.history(db, held.id)[-1]


def said_no(doors: Sunwai, number: str) -> None:
    with doors.database.write.begin() as db:
        held = db.query(Complaint).filter(Complaint.number == number).one()
        assert citizen_verdicts.reopen(context(db, doors.clock()), held, "It is not solved")


def test_a_step_in_a_name_of_the_staff_is_theirs_in_history(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    for words in (("--by", "Bilal"), ("--by", " bilal ", "--as", "officer"), ("--as", "Bilal")):
        done = run(doors, "complaints", "interim", number, *INTERIM, *words)
        assert done.exit_code == 0, done.output
        step = last(doors, number)
        assert (step.actor, step.role, step.staff_id is None) == ("Bilal", "officer", False)


def test_without_a_name_it_was_the_operator(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    assert (last(doors, number).actor, last(doors, number).role) == ("operator", "operator")
    moved(doors, number, "waiting_citizen", "--note", "Which street is it?", "--as", "supervisor", "--by", " ")
    assert (last(doors, number).actor, last(doors, number).role) == ("operator", "supervisor")


def test_a_name_that_is_nobodys_is_kept_and_plays_any_part(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    moved(doors, number, "in_progress", "--by", "Control room")
    assert (last(doors, number).actor, last(doors, number).role) == ("Control room", "operator")
    moved(doors, number, "resolved", *CLOSED, "--by", "Control room", "--as", "head")
    step = last(doors, number)
    assert (step.actor, step.role, step.staff_id) == ("Control room", "head", None)


@pytest.mark.parametrize("words", [("--by", "Amina"), ("--by", "amina", "--as", "supervisor"), ("--as", "Amina")])
def test_who_closed_it_cannot_close_it_again_after_the_citizens_no(
    doors: Sunwai, number: str, words: tuple[str, ...]
) -> None:
    hire(doors, "Amina", "supervisor")
    moved(doors, number, "in_progress", "--by", "Amina")
    moved(doors, number, "resolved", *CLOSED, "--by", "Amina")
    said_no(doors, number)
    moved(doors, number, "in_progress")
    closed = run(doors, "complaints", "move", number, "resolved", *CLOSED, *words)
    shown = tracking_number.format_number(number)
    said = f"Error: You closed {shown} before, and its citizen said no: somebody else must look at it now.\n"
    assert (closed.exit_code, closed.output) == (1, said)
    interim = run(doors, "complaints", "interim", number, *INTERIM, *words)
    assert (interim.exit_code, interim.output) == (1, said)


def test_somebody_of_another_office_is_refused(doors: Sunwai, number: str) -> None:
    hire(doors, "Sara", "head", "lesco")
    assert "is not with your office now" in refused(doors, number, "in_progress", "--by", "Sara")
    assert "is not with your office now" in refused(doors, number, "in_progress", "--as", "Sara")


def test_an_officer_may_not_close_what_was_raised_above_them(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    moved(doors, number, "in_progress")
    moved(doors, number, "resolved", *CLOSED)
    said_no(doors, number)
    moved(doors, number, "in_progress")
    with doors.database.write.begin() as db:
        held = db.query(Complaint).filter(Complaint.number == number).one()
        assert held.level == 1
        held.officer_id = None
    closed = run(doors, "complaints", "move", number, "resolved", *CLOSED, "--by", "Bilal")
    assert (closed.exit_code, "was raised: only supervisor or above" in closed.output) == (1, True), closed.output


def test_nobody_works_on_what_they_filed_themselves(doors: Sunwai) -> None:
    hire(doors, "Bilal", "supervisor", "water-lahore", "--phone", AMIR)
    own, _ = file_one(doors.database, phone=AMIR)
    assert "You filed" in refused(doors, own.number, "in_progress", "--by", "Bilal")


def test_a_part_that_is_not_theirs_is_refused(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    said = refused(doors, number, "in_progress", "--by", "Bilal", "--as", "head")
    assert said == "Error: Bilal is officer, not head: leave out --as.\n"


def test_two_names_that_are_not_one_person_are_refused(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    hire(doors, "Amina")
    for other in ("Amina", "Control room"):
        said = refused(doors, number, "in_progress", "--by", other, "--as", "Bilal")
        assert said == f"Error: --by says {other} and --as says Bilal: give one of them.\n"


def test_who_works_here_no_more_does_nothing(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    assert run(doors, "staff", "remove", "Bilal").exit_code == 0
    for option in ("--by", "--as"):
        assert refused(doors, number, "in_progress", option, "Bilal") == "Error: Bilal no longer works here.\n"


def test_a_part_that_there_is_not_is_answered_with_a_name_that_is_near_or_with_the_parts(
    doors: Sunwai, number: str
) -> None:
    hire(doors, "Bilal")
    assert refused(doors, number, "in_progress", "--as", "Bilall").endswith("did you mean 'Bilal'?\n")
    for nothing in ("citizen", "system", ""):
        assert "the parts are officer, supervisor, head" in refused(doors, number, "in_progress", "--as", nothing)


def test_what_somebody_lacks_is_named_by_the_command_in_their_name(doors: Sunwai, number: str) -> None:
    hire(doors, "Bilal")
    moved(doors, number, "in_progress", "--by", "Bilal")
    done = run(doors, "complaints", "move", number, "resolved", "--as", "Bilal")
    assert done.exit_code == 1
    assert done.output.endswith(" --as Bilal\n")
