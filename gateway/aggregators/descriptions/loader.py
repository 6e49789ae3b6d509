"""A gateway's description, read from its YAML file into structs: one line for each mistake.

The structs of schema.py say which keys there are and what each takes. Every mistake is reported with its line; only a
file without any is converted. What the structs cannot say is in checks.py.
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from flows.menu.diagnostics import by_place, suggest_nearest
from flows.parsing.yaml_document import Node, Notes, load
from gateway.aggregators.descriptions.checks import check
from gateway.aggregators.descriptions.schema import Description, Words, scalar_text


class BadDescription(Exception):
    """A description that cannot be used; the message has a line for each mistake."""


def parse_description(text: str, name: str, file: str) -> Description:
    """The gateway `name` from the text of its file. Raises BadDescription."""
    notes = Notes()
    data = load(text, file, notes)
    found: dict[str, Any] = {}
    if not notes.problems:
        if isinstance(data, Mapping):
            found = _struct(Node(data, file, notes), Description, {"name": name})  # type: ignore[arg-type]  # ruamel's map
        else:
            notes.add("F000", (file, 1), "a description is a map of `name: value`")
    if notes.problems:
        problems = by_place(notes.problems)
        raise BadDescription(
            "\n".join(f"{p.file}:{p.line}: {p.message}{f' ({p.hint})' if p.hint else ''}" for p in problems)
        )
    return msgspec.convert(found, Description)


def _struct(node: Node, kind: type[Struct], given: Mapping[str, Any] = {}) -> dict[str, Any]:
    """The values of the map for a struct, by key. Reports keys that are missing, unknown or of another type."""
    found = dict(given)
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind) if each.name not in given}
    for key, field in fields.items():
        value, (kind_of, hint) = node.take(key), _kind_of(field.type)
        if value is not None:
            found[key] = _value(node, key, value, kind_of)
        elif field.required:
            what = "empty" if key in node.data else "missing"
            node.problem("F001", key if key in node.data else None, f"{key} is {what}{hint and f': {hint}'}")
    node.done(set(fields))
    check(kind, node)
    return found


def _kind_of(kind: Any) -> tuple[Any, str]:
    """The bare type of a field, and the hint to give when the field is missing."""
    if get_origin(kind) is Annotated:
        return get_args(kind)[0], str(get_args(kind)[1].description)
    if get_origin(kind) in (Union, UnionType):
        return next(each for each in get_args(kind) if each is not NoneType), ""
    return kind, f"one of {', '.join(get_args(kind))}" if get_origin(kind) is Literal else ""


def _value(node: Node, key: Any, value: Any, kind: Any) -> Any:
    """The value of a key, as the type that it must have. Reports a value of another type."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return _plain(value)
    if kind is bool:
        return node.flag(key, default=False)
    if kind == Words:
        return _words(node, key, value)
    if origin is tuple:
        return _structs(node, key, value, inner[0])
    if isinstance(kind, type) and issubclass(kind, Struct):
        inside = node.map(key)
        return _struct(inside, kind) if inside is not None else None
    if origin is dict:
        inside = node.map(key)
        return {str(name): _value(inside, name, inside.take(name), inner[1]) for name in inside.data} if inside else {}
    word = node.word(key)
    if origin is Literal and word not in inner:
        node.problem("F001", key, f"{key} is one of {', '.join(inner)}", hint=suggest_nearest(word or "", inner))
    return word or ""


def _words(node: Node, key: Any, value: Any) -> list[str]:
    words = value if isinstance(value, list) else [] if value is None else [value]
    if any(isinstance(word, dict | list) for word in words):
        node.problem("F001", key, f"{key} takes words")
    return [scalar_text(word) for word in words]


def _structs(node: Node, key: str, value: Any, kind: type[Struct]) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        node.problem("F001", key, f"{key} takes a list of `{{field: …, is: …, means: …}}`")
        return []
    return [_struct(Node(each, node.file, node.notes, (*node.path, key, str(n))), kind) for n, each in enumerate(value)]


def _plain(value: Any) -> Any:
    """A plain value without ruamel's wrappers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)
