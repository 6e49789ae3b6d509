"""`flask complaints move`: what a move needs is given as options, in everybody's part or in one."""

from __future__ import annotations

import shlex

import pytest

from flows.text import tracking_number
from gateway.endpoints.application import Sunwai
from sessions.cases.access import acts_by_number
from sessions.cases.acts import timed_acts
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import SYSTEM
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.schema.tables import Complaint
from tests.gateway.operating import run
from tests.sessions.cases.acts.test_new_act import with_inspections
from tests.sessions.filing import file_one, shipped

WORDS = "The valve was changed, water runs again"
CLOSED = ("--note", WORDS, "--outcome", "relief_granted", "--proof", "visit: Amina saw it")


@pytest.fixture
def number(doors: Sunwai) -> str:
    complaint, _ = file_one(doors.database)
    return complaint.number


def moved(doors: Sunwai, number: str, *words: str) -> str:
    done = run(doors, "complaints", "move", number, *words)
    assert done.exit_code == 0, done.output
    return done.output


def refused(doors: Sunwai, number: str, *words: str) -> str:
    done = run(doors, "complaints", "move", number, *words)
    assert (done.exit_code, done.output.count("\n")) == (1, 1), done.output
    return done.output


def late(doors: Sunwai, number: str) -> None:
    """Its time is over, and its citizen was told."""
    done = acts_by_number.apply_act(
        acts_by_number.ActRequest(doors.database, doors.clock(), SYSTEM, shipped(), SHIPPED_POLICY),
        number,
        lambda context, complaint: timed_acts.escalate(context, complaint, 1),
    )
    assert isinstance(done, ActResult), done


def test_an_act_that_the_life_cycle_was_given_is_done_from_the_command_line(doors: Sunwai, number: str) -> None:
    assert "There is no status 'inspected'" in refused(doors, number, "inspected", "--note", "We come to look")
    doors.policy = with_inspections()
    assert "--note 'Plain words for the citizen'" in refused(doors, number, "inspected", "--as", "officer")
    assert "is inspected now" in moved(doors, number, "inspected", "--note", "We come to look", "--as", "officer")


def test_a_closing_takes_its_outcome_its_words_and_its_proof(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    nothing = refused(doors, number, "resolved", "--by", "Amina")
    for lacks in ("Say the outcome of a closing", "say the proof", "20 to 90 characters"):
        assert lacks in nothing
    assert f"flask complaints move {number} resolved --outcome relief_granted --proof visit --note " in nothing
    assert nothing.endswith("--by Amina\n")
    proof = refused(doors, number, "resolved", "--note", WORDS, "--outcome", "partial_relief")
    assert "outcome of" not in proof
    assert f"--outcome partial_relief --proof visit --note '{WORDS}'" in proof
    assert moved(doors, number, "resolved", *CLOSED).startswith(
        f"{tracking_number.format_number(number)} is resolved_pending now"
    )


def test_the_command_that_a_refusal_names_can_be_typed_as_it_stands(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    typed = shlex.split(refused(doors, number, "resolved").split("Type: flask ", 1)[1])
    assert run(doors, *typed).output.startswith(f"{tracking_number.format_number(number)} is resolved_pending now")


def test_a_status_that_there_is_not_is_answered_with_those_that_staff_can_make(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    for word in ("closed", "closed_confirmed"):
        said = refused(doors, number, word)
        assert "resolved_pending" in said
        assert "withdrawn" not in said
        assert "appealed" not in said


def test_an_office_of_another_place_is_refused_and_the_one_there_is_named(doors: Sunwai) -> None:
    far, _ = file_one(doors.database, district="rahim_yar_khan")
    sent = ("assigned", "--note", "It is theirs", "--office")
    said = refused(doors, far.number, *sent, "lg-lahore")
    assert said == "Error: lg-lahore does not serve Rahim Yar Khan; lg-rahim-yar-khan does.\n"
    moved(doors, far.number, *sent, "lg-rahim-yar-khan")


def test_in_an_officers_part_nothing_is_refused_and_in_a_supervisors_it_is(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    refusal = ("refused", "--note", "The pipe is on private land, by law", "--reason", "law_forbids")
    assert "not for officer" in refused(doors, number, *refusal, "--as", "officer")
    not_ours = (*refusal[:-1], "not_ours", "--as", "supervisor")
    assert "transfer it instead" in refused(doors, number, *not_ours)
    moved(doors, number, *refusal, "--as", "supervisor")
    assert "is for citizen to do" in refused(doors, number, "confirmed", "--as", "supervisor")


def test_one_goes_to_another_office_back_to_triage_and_is_dropped_by_two(doors: Sunwai, number: str) -> None:
    assert "say which office" in refused(doors, number, "assigned", "--note", "Theirs").lower()
    moved(doors, number, "assigned", "--note", "It is theirs", "--office", "lg-lahore")
    assert "did you mean 'lesco'" in refused(doors, number, "assigned", "--note", "Theirs", "--office", "lesko")
    moved(doors, number, "screening", "--note", "Nobody knows whose it is")
    dropped = ("dropped", "--note", "Only insults, no problem", "--reason", "abuse", "--by", "Amina")
    assert "second person" in refused(doors, number, *dropped)
    assert "somebody else" in refused(doors, number, *dropped, "--second", "amina")
    moved(doors, number, *dropped, "--second", "Bilal")


def test_one_is_joined_to_another_by_its_number(doors: Sunwai, number: str) -> None:
    other, _ = file_one(doors.database, category="mun02")
    assert "say the number" in refused(doors, number, "merged").lower()
    moved(doors, number, "merged", "--parent", tracking_number.format_number(other.number))
    with doors.database.read() as db:
        assert db.query(Complaint.parent_id).filter(Complaint.number == number).scalar() == other.id


def test_an_interim_reply_is_texted_and_changes_no_status(doors: Sunwai, number: str) -> None:
    moved(doors, number, "in_progress")
    late(doors, number)
    done = run(doors, "complaints", "interim", number, "--note", "The part comes on Monday", "--as", "officer")
    assert done.output == f"{tracking_number.format_number(number)} is in_progress now; the citizen will be texted.\n"
    assert run(doors, "complaints", "interim", number, "--note", "x" * 91).exit_code == 1


def test_no_interim_reply_is_texted_before_a_case_is_late(doors: Sunwai) -> None:
    fresh, _ = file_one(doors.database, now=doors.clock())
    done = run(doors, "complaints", "interim", fresh.number, "--note", "The part comes on Monday")
    assert done.exit_code == 1
    assert done.output == (
        f"Error: {tracking_number.format_number(fresh.number)} is not late: it is due on {fresh.due_on}. "
        "Ask its citizen a question (ASK), or close it.\n"
    )
