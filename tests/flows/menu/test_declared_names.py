"""What files may name is declared once, and is what the code reads."""

from __future__ import annotations

from flows.checks.analysis.variables import SERVICE
from flows.engine.answer_kinds import ERRORS
from flows.menu.actions import ACTIONS
from flows.menu.declared_names import ANSWER_WORDS, ARGUMENT_LISTS, COLUMNS, EVERY_LIST, SERVICE_WORDS, columns_of
from flows.parsing.flow import parse_flow
from flows.parsing.lists import KNOWN
from flows.parsing.screens import LINE_ERRORS
from tests.flows.library import shipped_files


def test_every_problem_of_an_answer_has_its_words_declared() -> None:
    assert set(ANSWER_WORDS) == set(ERRORS)
    assert set(ANSWER_WORDS) < set(LINE_ERRORS)


def test_the_words_of_the_service_are_those_that_are_measured() -> None:
    assert set(SERVICE_WORDS) == set(SERVICE)


def test_columns_that_reading_takes_out_of_a_row_are_declared_for_every_list() -> None:
    assert set(KNOWN) <= {column.name for column in COLUMNS if column.list == EVERY_LIST}


def test_actions_that_need_a_column_are_actions_and_what_they_are_given_is_one_of_their_arguments() -> None:
    needed = {action for column in COLUMNS for action in column.needed_by}
    assert needed <= set(ACTIONS)
    assert all(column.without for column in COLUMNS if column.needed_by)
    assert set(ARGUMENT_LISTS) <= {argument for action in needed for argument in ACTIONS[action].arguments}


def test_the_shipped_lists_have_the_columns_that_their_actions_need() -> None:
    flow = parse_flow(shipped_files(), "complaints.yaml").flow
    assert flow is not None
    for name, rows in flow.lists.items():
        needed = {column.name for column in columns_of(name) if column.needed_by}
        assert needed <= set(rows[0].columns), name
