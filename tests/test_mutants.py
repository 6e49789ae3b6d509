"""Mutants change one thing each, and only what a test could notice."""

import ast

from tests.mutants import mutants

SOURCE = """
from functools import lru_cache

@lru_cache(maxsize=16)
def larger(first: int, second: int = 0) -> "int | None":
    '''Says 1 and 2.'''
    if first > second and not second:
        return max(first, 7)
    return None
"""
CHANGES = {
    "(first >= second)",
    "(first > second or not second)",
    "(second)",
    "(min(first, 7))",
    "(8)",
    "(1)",
    "return None",
}


def test_each_change_of_a_module_is_made_once_and_leaves_a_module() -> None:
    found = list(mutants("larger.py", SOURCE))
    assert {each.after for each in found} == CHANGES and len(found) == len(CHANGES)
    for each in found:
        ast.parse(each.source)
        assert each.source != SOURCE and "maxsize=16" in each.source and "Says 1 and 2." in each.source


def test_a_mutant_says_where_it_is_and_what_it_changes() -> None:
    first = next(each for each in mutants("larger.py", SOURCE) if each.before == "first > second")
    assert str(first) == "larger.py:7: first > second  ->  (first >= second)"
