"""Trials of the bounds on the files of a flow: YAML, and the findings of their checks."""

from __future__ import annotations

from flows.editing.yaml_nodes import yaml_problems
from flows.parsing.yaml_bounds import MOST_SCREEN_NODES
from flows.parsing.yaml_document import Notes, load

FILE = 8_000  # nodes


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


def digits(size: int) -> str:
    return _yaml(f"a: {'1' * size}")


def flow_nodes(size: int) -> str:
    """The files of one flow together: each is within its own bound."""
    notes = Notes()
    for each in range(-(-size // FILE)):
        load(_with_nodes(min(FILE, size - each * FILE)), f"file{each}.yaml", notes)
        if notes.problems:
            return notes.problems[0].message
    return ""


def _with_nodes(size: int) -> str:
    return "a: [" + "x," * (size - 3) + "]\n"


def _yaml(text: str) -> str:
    notes = Notes()
    load(text, "line.yaml", notes)
    return notes.problems[0].message if notes.problems else ""
