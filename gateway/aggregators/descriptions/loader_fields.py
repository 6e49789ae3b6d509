"""The small pieces that descriptions are read by: words, tests of fields, templates. Each tells its own mistake."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from flows.menu.diagnostics import suggest_nearest
from flows.parsing.yaml_document import Node
from gateway.aggregators.descriptions.schema import VARIABLE, Match, scalar_text

_TESTS = ("is", "is_not", "begins")
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")


def need(node: Node, key: str) -> str:
    """A word that must be there."""
    word = node.word(key)
    if not word and key not in node.data:
        node.problem("F001", None, f"{key} is missing")
    elif not word and node.data[key] is None:
        node.problem("F001", key, f"{key} is empty")
    return word or ""


def one_of(node: Node, key: str, allowed: tuple[str, ...], default: str = "") -> str:
    """One of a few words."""
    word = node.word(key) or default
    if not word and key not in node.data:
        node.problem("F001", None, f"{key} is missing: one of {', '.join(allowed)}")
    elif word not in allowed:
        node.problem("F001", key, f"{key} is one of {', '.join(allowed)}", hint=suggest_nearest(word, allowed))
    return word


def plain(node: Node, key: str) -> tuple[str, ...]:
    """A word, or a list of words."""
    value = node.take(key)
    words = value if isinstance(value, list) else [] if value is None else [value]
    if any(isinstance(word, dict | list) for word in words):
        node.problem("F001", key, f"{key} takes words")
        return ()
    return tuple(scalar_text(word) for word in words)


def match(node: Node, key: str) -> Match | None:
    """`{field: Type, is: [initiation]}`, or is_not, or begins."""
    inside = node.map(key)
    return test(inside) if inside is not None else None


def test(node: Node, *others: str) -> Match:
    """The test of a map, which may say other things too."""
    field = need(node, "field")
    tests = [each for each in _TESTS if each in node.data]
    if len(tests) != 1:
        node.problem("F001", None, f"say what {field or 'the field'} must be: one of {', '.join(_TESTS)}")
    words = tuple(word.casefold() for each in tests for word in plain(node, each))
    if tests and (not words or (tests[0] == "begins" and "" in words)):
        node.problem("F001", tests[0], f"{tests[0]} needs a word")
    report_unknown_keys(node, {"field", *_TESTS, *others})
    return Match(field, tests[0] if tests else "is", words)


def templates(node: Node, key: Any, value: Any, names: Collection[str], must: str = "") -> None:
    """Check that the templates under a key use variables of this set only, and the one they must."""
    used: set[str] = set()
    for text in _texts(value):
        for found in _BRACED.findall(text):
            name = VARIABLE.fullmatch(found)
            if name is None:
                node.problem("F001", key, f"{found} is no variable: write {{name}}")
            elif name[1] not in names:
                node.problem(
                    "F001",
                    key,
                    f"{{{name[1]}}} is not known here; known: {', '.join(sorted(names)) or 'none'}",
                    hint=suggest_nearest(name[1], names),
                )
            else:
                used.add(name[1])
    if must and must not in used:
        node.problem("F001", key, f"{{{must}}} stands nowhere in it")


def report_unknown_keys(node: Node, known: Collection[str]) -> None:
    """Report the words of a map that nothing understood."""
    node.done(set(known))


def bare(value: Any) -> Any:
    """A value without what ruamel keeps around it, so that it is written as any other."""
    if isinstance(value, Mapping):
        return {str(key): bare(each) for key, each in value.items()}
    if isinstance(value, list):
        return [bare(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [value] if isinstance(value, str) else []
