"""Checks (being written)."""

from flows.problems import Parsed, Problem


def check(parsed: Parsed) -> tuple[Problem, ...]:
    return parsed.problems
