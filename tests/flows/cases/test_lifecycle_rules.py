"""The life of a complaint: what is legal, for whom, and what the refusal says."""

from __future__ import annotations

import pytest

from flows.cases.lifecycle_rules import OPERATOR, IllegalMove, TransitionInput
from tests.flows.library import LIFECYCLE, MOVES, STATUSES


def test_the_usual_way_is_filed_taken_up_resolved_and_confirmed() -> None:
    way = [
        ("received", "assigned", "system"),
        ("assigned", "in_progress", "officer"),
        ("in_progress", "resolved_pending", "officer"),
        ("resolved_pending", "closed_confirmed", "citizen"),
    ]
    assert [LIFECYCLE.find_transition(*step).event for step in way] == [
        "assigned",
        "in_progress",
        "resolved_pending",
        "closed_confirmed",
    ]


def test_an_officer_may_take_up_what_was_just_received() -> None:
    assert LIFECYCLE.find_transition("received", "in_progress", "officer").event == "in_progress"


@pytest.mark.parametrize(
    ("status", "target", "by"),
    [
        ("in_progress", "resolved_pending", "officer"),
        ("in_progress", "refused_pending", "supervisor"),
        ("assigned", "refused_pending", "supervisor"),
        ("in_progress", "waiting_citizen", "officer"),
        ("assigned", "assigned", "officer"),
        ("screening", "dropped", "triage"),
    ],
)
def test_moves_that_owe_an_explanation_need_a_note(status: str, target: str, by: str) -> None:
    assert {"words", "closing"} & set(LIFECYCLE.find_transition(status, target, by).needs)


def test_a_transfer_is_told_as_a_transfer() -> None:
    assert LIFECYCLE.find_transition("in_progress", "assigned", "officer").event == "transferred"


def test_nobody_need_hear_of_screening() -> None:
    assert LIFECYCLE.find_transition("received", "screening", "system").event is None


def test_an_answer_by_telephone_is_told_and_an_answer_by_the_citizen_is_not() -> None:
    assert LIFECYCLE.find_transition("waiting_citizen", "in_progress", "officer").event == "in_progress"
    assert LIFECYCLE.find_transition("waiting_citizen", "in_progress", "citizen").event is None


def test_an_illegal_move_says_what_is_legal() -> None:
    with pytest.raises(IllegalMove) as refused:
        LIFECYCLE.find_transition("assigned", "closed_final", "officer")
    assert str(refused.value) == (
        "a complaint that is assigned cannot become closed_final; it can become: in_progress, assigned, screening"
    )


def test_what_a_closing_lacks_is_named_all_at_once() -> None:
    with pytest.raises(IllegalMove) as refused:
        LIFECYCLE.find_transition("in_progress", "resolved_pending", "officer", given=TransitionInput())
    for part in ("say the outcome of a closing", "say the proof", "20 to 90 characters"):
        assert part in str(refused.value)


def test_nothing_follows_a_final_decision() -> None:
    assert LIFECYCLE.legal("closed_final") == ()
    with pytest.raises(IllegalMove, match="it can become: nothing else"):
        LIFECYCLE.find_transition("closed_final", "reopened", "citizen")


def test_a_move_by_the_wrong_role_says_whose_it_is() -> None:
    with pytest.raises(IllegalMove, match="is for citizen to do, not for officer"):
        LIFECYCLE.find_transition("resolved_pending", "closed_confirmed", "officer")


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(IllegalMove, match="is no role"):
        LIFECYCLE.find_transition("received", "assigned", "mayor")


def test_the_operator_plays_every_part_but_the_citizens_and_that_of_time() -> None:
    assert LIFECYCLE.find_transition("screening", "dropped", OPERATOR).name == "drop"
    for step in MOVES:
        if step.by <= {"citizen", "system"} and step.target not in ("in_progress", "assigned"):
            with pytest.raises(IllegalMove):
                LIFECYCLE.find_transition(step.sources[0], step.target, OPERATOR, step.kind)


def test_a_suggestion_is_noted_adopted_or_declined_and_a_complaint_is_not() -> None:
    assert LIFECYCLE.legal("received", "suggestion") == ("noted", "adopted", "declined", "withdrawn")
    assert LIFECYCLE.find_transition("received", "adopted", "officer", "suggestion").event == "adopted"
    with pytest.raises(IllegalMove, match="a complaint that is received cannot become noted"):
        LIFECYCLE.find_transition("received", "noted", "officer")
    with pytest.raises(IllegalMove, match="a suggestion that is received cannot become in_progress"):
        LIFECYCLE.find_transition("received", "in_progress", "officer", "suggestion")


def test_the_citizen_may_reopen_exactly_what_counts_as_resolved() -> None:
    assert {name for name, status in STATUSES.items() if status.resolved} == {
        name for name in STATUSES if "reopened" in LIFECYCLE.legal(name)
    }


def test_every_open_status_leads_on_and_can_be_withdrawn() -> None:
    for name, status in STATUSES.items():
        if status.open:
            assert "withdrawn" in LIFECYCLE.legal(name)
            assert len(LIFECYCLE.legal(name)) > 2


def test_every_status_is_reached_and_every_move_names_known_things() -> None:
    reached = {"received"}
    for step in MOVES:
        assert {*step.sources, step.target} <= set(STATUSES)
        assert step.by <= LIFECYCLE.roles
        reached.add(step.target)
    assert reached == set(STATUSES)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("resolved", "resolved_pending"),
        ("Resolved", "resolved_pending"),
        ("In Progress", "in_progress"),
        ("in-progress", "in_progress"),
        (" waiting ", "waiting_citizen"),
        ("not possible", "refused_pending"),
        ("merged", "merged"),
        ("closed", None),
        ("", None),
    ],
)
def test_officers_may_use_their_own_words(word: str, status: str | None) -> None:
    assert LIFECYCLE.parse_status(word) == status


def test_every_status_is_named_by_its_own_name() -> None:
    assert all(LIFECYCLE.parse_status(status) == status for status in STATUSES)


SOLVED = TransitionInput(
    words="The pump was changed, water is back", outcome="relief_granted", proof="visit: seen by Amina"
)
REFUSED = TransitionInput(words="The line is on private land, by law not possible", reason="law_forbids")


def test_a_move_with_all_it_needs_is_made() -> None:
    assert LIFECYCLE.find_transition("in_progress", "resolved_pending", "officer", given=SOLVED).act == "resolved"
    assert LIFECYCLE.find_transition("in_progress", "refused_pending", "supervisor", given=REFUSED).act == "refused"


@pytest.mark.parametrize(
    ("target", "given", "said"),
    [
        (
            "resolved_pending",
            TransitionInput(),
            "say the outcome of a closing: use one of relief_granted, partial_relief",
        ),
        ("resolved_pending", TransitionInput(outcome="relief_not_possible"), "is no outcome of a closing"),
        (
            "resolved_pending",
            TransitionInput(outcome="partial_relief"),
            "say the proof: use one of evidence, visit, call",
        ),
        ("resolved_pending", TransitionInput(outcome="partial_relief", proof="call", words="Done"), "these are 4"),
        ("refused_pending", TransitionInput(words=REFUSED.words), "say the reason to refuse: use one of law_forbids"),
        ("refused_pending", TransitionInput(words=REFUSED.words, reason="Not_Ours"), "transfer it instead"),
        (
            "refused_pending",
            TransitionInput(words="Sorry, this is NOT  our office.", reason="law_forbids"),
            "transfer it instead",
        ),
        (
            "refused_pending",
            TransitionInput(words="معذرت، یہ ہمارا کام نہیں ہے جناب", reason="law_forbids"),
            "transfer it instead",
        ),
        ("assigned", TransitionInput(words="It is theirs"), "say which office it goes to"),
        ("assigned", TransitionInput(office="lesco"), "this move needs a few plain words for the citizen"),
        ("waiting_citizen", TransitionInput(), "this move needs a few plain words"),
        ("merged", TransitionInput(), "say the number of the complaint it is joined to"),
    ],
)
def test_a_move_without_what_it_needs_is_refused_with_what_to_give(
    target: str, given: TransitionInput, said: str
) -> None:
    with pytest.raises(IllegalMove, match=said):
        LIFECYCLE.find_transition("in_progress", target, OPERATOR, given=given)


def test_a_drop_needs_a_second_person() -> None:
    with pytest.raises(IllegalMove, match="a second person must agree"):
        LIFECYCLE.find_transition(
            "screening", "dropped", "triage", given=TransitionInput(words="Only insults", reason="abuse")
        )


def test_a_case_is_closed_at_its_level_or_above() -> None:
    assert [
        LIFECYCLE.may_close(role, 1) for role in ("officer", "supervisor", "head", "oversight", "triage", OPERATOR)
    ] == [*(False, True, True, True, False, True)]


def test_while_an_interim_reply_is_owed_only_sending_on_and_asking_go_ahead() -> None:
    staff = {"officer", "supervisor", "head", "oversight", "triage"}
    ahead = {step.name for step in MOVES if step.late and step.by & staff}
    assert ahead == {"screen", "assign", "transfer", "hand back", "ask", "go on"}
