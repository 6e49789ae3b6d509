"""How a new act on a complaint is added: a line in the life cycle, and a function with its line where it does more.

Each example works on a copy of the life cycle and names the files that it would change.
"""

from __future__ import annotations

import itertools
from importlib.resources import files
from pathlib import Path

import pytest

from flows.cases.lifecycle_file import parse_lifecycle
from flows.cases.lifecycle_rules import TransitionInput
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.acts import all_acts
from sessions.cases.core import staff_transition
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy, case_policy
from storage.cases import complaints
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import NOW, file_one, shipped

_phones = itertools.count(1_000_000)
ROOT = Path(__file__).parents[4]
LIFECYCLE = "flows/library/lifecycle.yaml"
STATUSES, STATUS = "statuses:\n", "  inspected: {open: true, clock: runs}\n"
MOVES = "moves:\n"
INSPECT = (
    "  - {name: inspect, act: inspected, from: [received, assigned], to: inspected, by: [officer, supervisor],"
    " needs: [words], text: in_progress}\n"
)


def with_inspections() -> CasePolicy:
    """The rules that ship, with one status and one move more."""
    text = (files("flows") / "library" / "lifecycle.yaml").read_text(encoding="utf-8")
    assert (ROOT / LIFECYCLE).read_text(encoding="utf-8") == text
    text = text.replace(STATUSES, STATUSES + STATUS).replace(MOVES, MOVES + INSPECT)
    return case_policy(parse_lifecycle(text), None, "Asia/Karachi")


def inspect(context: ActContext, complaint: Complaint, given: TransitionInput) -> ActResult | Refusal:
    """What an office would write in office_work.py: whoever inspects it has it from then on."""
    return staff_transition.perform_transition(
        context, complaint, "inspected", given, officer_id=context.actor.staff_id
    )


def moved(database: Database, policy: CasePolicy, words: str = "We come to look", actor: Actor | None = None) -> object:
    complaint, _ = file_one(database, f"+92300{next(_phones)}")
    request = ActRequest(database, NOW, actor or operator("Bilal", "officer"), shipped(), policy)
    done = acts_by_number.change_status(request, complaint.number, "inspected", TransitionInput(words=words))
    if isinstance(done, Refusal):
        return done.message
    with database.read() as db:
        last = complaints.history(db, complaint.id)[-1]
        return last.act, last.status, last.note, db.get_one(Complaint, complaint.id).officer_id, len(done.outbox_ids)


def test_an_act_that_moves_a_complaint_is_one_line_of_the_life_cycle(database: Database) -> None:
    """Files: flows/library/lifecycle.yaml."""
    policy = with_inspections()
    assert moved(database, policy) == ("inspected", "inspected", "We come to look", None, 1)
    assert "needs a few plain words" in str(moved(database, policy, words=""))
    assert "There is no status 'inspected'" in str(moved(database, SHIPPED_POLICY))


def test_an_act_that_does_more_is_a_function_and_its_line_too(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files: flows/library/lifecycle.yaml, sessions/cases/acts/office_work.py, sessions/cases/acts/all_acts.py."""
    monkeypatch.setattr(all_acts, "STAFF_ACTS", {**all_acts.STAFF_ACTS, "inspect": inspect})
    done = moved(database, with_inspections(), actor=Actor("Bilal", "officer", 7))
    assert done == ("inspected", "inspected", "We come to look", 7, 1)
