"""Trials of the bounds on the files of a flow: YAML, and the findings of their checks."""

from __future__ import annotations

from flows.editing.yaml_nodes import yaml_problems
from flows.parsing.flow import parse_flow
from flows.parsing.yaml_bounds import MOST_SCREEN_NODES
from flows.parsing.yaml_document import Notes, load
from tests.flows.library import shipped_files


def characters(size: int) -> str:
    return _yaml("a: b\n#" + "x" * (size - len("a: b\n#")))


def nodes(size: int) -> str:
    return _yaml(_with_nodes(size))


def screen_nodes(size: int) -> str:
    found = yaml_problems(_with_nodes(size), "", MOST_SCREEN_NODES)
    return found[0].message if found else ""


def keys(size: int) -> str:
    return _yaml("".join(f"k{number}: x\n" for number in range(size)))


def levels(size: int) -> str:
    return _yaml("- " * (size - 1) + "x")


def scalar(size: int) -> str:
    return _yaml(f"a: {'x' * size}")


def parse_seconds(size: int) -> str:
    """Read with a clock that goes on by so many hundredths of a second with every look."""
    seconds = iter([0.0, *[size] * 1000])
    found = parse_flow(shipped_files(), "complaints.yaml", lambda: next(seconds)).problems
    return found[0].message if found else ""


def _with_nodes(size: int) -> str:
    return "a: [" + "x," * (size - 3) + "]\n"


def _yaml(text: str) -> str:
    notes = Notes()
    load(text, "line.yaml", notes)
    return notes.problems[0].message if notes.problems else ""
