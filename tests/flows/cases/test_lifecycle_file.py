"""The file of the life cycle is checked when it is read: what cannot be meant is named, and what to write instead."""

from __future__ import annotations

import pytest

from flows.cases import lifecycle_file
from flows.cases.lifecycle_file import BadLifecycle
from tests.flows.library import shipped_files

SHIPPED = shipped_files()["lifecycle.yaml"]


def broken(was: str, now: str) -> str:
    """What reading says of the shipped file with this change."""
    assert was in SHIPPED
    with pytest.raises(BadLifecycle) as refused:
        lifecycle_file.parse_lifecycle(SHIPPED.replace(was, now, 1))
    return str(refused.value)


def test_the_shipped_file_is_whole() -> None:
    life = lifecycle_file.parse_lifecycle(SHIPPED)
    assert len({move.target for move in life.moves} | {"received"}) == len(life.statuses)


def test_nothing_that_was_read_can_be_changed() -> None:
    life = lifecycle_file.parse_lifecycle(SHIPPED)
    assert life == lifecycle_file.parse_lifecycle(SHIPPED)
    with pytest.raises(TypeError):
        life.ranks["clerk"] = 0  # type: ignore[index]
    with pytest.raises(AttributeError):
        life.moves = ()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("from: received, to: screening", "from: recieved, to: screening", "'recieved' is not a status"),
        ("head: 2, oversight: 3", "head: 1, oversight: 2", "ranks: give each of 0, 1, 2 and 3 to one role"),
        ("by: [system, triage], late", "by: [system, mayor], late", "'mayor' is not a role; the roles are citizen"),
        ("by: [system, triage], late", "by: [], late", "nobody may make it"),
        ("by: [system, triage], late", "by: [operator], late", "leave operator out"),
        ("needs: [relief, proof, closing]", "needs: [relief, prof, closing]", "Invalid enum value 'prof'"),
        ("words: {least: 20, most: 90}", "words: {least: 90, most: 20}", "least must be below most"),
        ("words: {least: 20, most: 90}", "words: {least: 20}", "missing required field `most`"),
        ("clock: paused", "clock: sleeps", "Invalid enum value 'sleeps'"),
        ("  noted:      ", "  adopted:      ", "found duplicate key"),
        ("outcomes: [relief_granted, partial_relief, relief_not_possible]", "outcomes: [done]", "relief_not_possible"),
        ("to: closed_final, by", "to: closed_confirmed, by", "no move leads to closed_final"),
        ("4: asked_for_money, ", "", "the verdict asked_for_money is missing"),
        ("duplicate: merged", "duplicate: doubled", "'doubled', which is not a status"),
        ("roles: [citizen, helper, triage, system, operator]", "roles: [citizen, helper, triage, system]", "operator"),
        ("moves:\n", "moves:\n  - {name: again, act: x, from: received, to: screening, by: [triage]}\n", "keep one"),
        ("late: true}\n", "later: true}\n", "unknown field `later`"),
        ("moves:\n", "moves: [\n", "cannot be read"),
    ],
)
def test_what_does_not_fit_together_is_refused_in_a_sentence(was: str, now: str, said: str) -> None:
    assert said in broken(was, now)
