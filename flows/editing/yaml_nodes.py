"""YAML text as nodes that know their place in it, and as plain maps and words."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode

from flows.menu.diagnostics import Path, Problem
from flows.parsing.yaml_bounds import BARE_SIGN, MOST_NODES, NodeAllowance, bounded_yaml, refuse_large
from flows.parsing.yaml_document import Notes, load

KEPT = 12  # files whose nodes are cached


class CannotEdit(Exception):
    """Text that is not readable, or words that have no place in it; the message is one line."""


class QuotedScalar(str):
    """A scalar in quotes, such as `key: "9"`."""

    __slots__ = ()


class Bare(str):
    """A scalar that must not be in quotes: there it would be text and not a variable."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Bare({super().__repr__()})"


class UnchangedNode(Struct, frozen=True):
    """A node that stays as it is, neither a map nor a scalar; `words` are the scalars in it."""

    words: tuple[tuple[Path, str], ...] = ()


Tree = str | UnchangedNode | Mapping[str, "Tree"]


def compose(text: str) -> Any:
    """YAML text as nodes. Raises CannotEdit."""
    try:
        refuse_large(text)
        return bounded_yaml("safe", NodeAllowance(), plain=False).compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise CannotEdit(f"not readable as YAML: {str(error).splitlines()[0]}") from None


compose_once = lru_cache(maxsize=KEPT)(compose)  # of whole files, which are read again and again; nobody changes a node


def pairs(node: Any) -> list[tuple[Any, Any]]:
    """The keys and values of a map in order; none of anything else."""
    return list(node.value) if isinstance(node, MappingNode) else []


def tree_of(node: Any, above: tuple[int, ...] = ()) -> Tree:
    """A node as words and maps. Raises CannotEdit for an alias to a node that holds it."""
    if id(node) in above:
        raise CannotEdit(BARE_SIGN)
    if isinstance(node, ScalarNode):
        return QuotedScalar(node.value) if node.style else str(node.value)
    if isinstance(node, MappingNode):
        return {str(key.value): tree_of(value, (*above, id(node))) for key, value in pairs(node)}
    return UnchangedNode(tuple(_scalars(node, ())))


def at(tree: Tree | None, path: Path) -> Tree | None:
    """What a tree holds at a path; None for nothing."""
    for step in path:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


class Source:
    """A YAML text to look things up in. Raises CannotEdit when it is not YAML that a flow may be written in.

    `sound`: it was parsed without an error, so that it need not be checked again.
    """

    def __init__(self, text: str, file: str = "", *, sound: bool = False) -> None:
        if not sound and (problems := yaml_problems(text, file)):
            raise CannotEdit(str(problems[0]))
        self.root = compose_once(text)

    def at(self, path: Path) -> Any:
        """The node at a path, or None."""
        node = self.root
        for step in path:
            node = next((value for key, value in pairs(node) if key.value == step), None)
        return node

    def keys(self, path: Path) -> tuple[str, ...]:
        """The keys of the map at a path in order; none when there is no map."""
        return tuple(key.value for key, _ in pairs(self.at(path)))

    def words(self, path: Path) -> str | None:
        """The scalar at a path; None when there is none."""
        node = self.at(path)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def all_words(self) -> dict[Path, str]:
        """Every scalar of the text by its path, in order; list entries are numbered."""
        return dict(_scalars(self.root, ()))


def _scalars(node: Any, path: Path) -> list[tuple[Path, str]]:
    if isinstance(node, ScalarNode):
        return [(path, str(node.value))]
    if isinstance(node, MappingNode):
        return [pair for key, value in node.value for pair in _scalars(value, (*path, str(key.value)))]
    entries = node.value if node is not None else []
    return [pair for place, entry in enumerate(entries) for pair in _scalars(entry, (*path, str(place)))]


@lru_cache(maxsize=KEPT * 4)
def yaml_problems(text: str, file: str, most_nodes: int = MOST_NODES) -> tuple[Problem, ...]:
    """Why a flow cannot be written in this YAML text: at most one problem, with its line."""
    notes = Notes()
    load(text, file, notes, most_nodes)
    return tuple(notes.problems[:1])
