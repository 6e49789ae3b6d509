"""How large YAML may be. Its nodes are counted while they are read, so that the time is that of the bound at most.

Reading takes some 80 µs a node, whatever it holds; characters alone cost little. What the shipped flows have at most:
58,000 characters, 2,100 nodes, 149 keys in a map, 6 levels, 1,000 characters in a scalar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

MOST_CHARACTERS = 250_000
MOST_NODES = 10_000  # names and values, and the maps and lists that hold them
MOST_SCREEN_NODES = 2_000  # the same of one screen: the editor reads it anew with every key that is pressed
MOST_KEYS = 4_000  # of one map
MOST_DEEP = 100  # maps and lists within each other
MOST_SCALAR = 20_000  # characters of one name or value
MOST_DIGITS = 1_000  # letters of a number without quotes: Python takes long to read one, and refuses to write it
MOST_FLOW_NODES = 25_000  # of all the files that a flow names: two seconds of reading
BARE_SIGN = 'flow files cannot have anchors and aliases (& and *): put words that begin with them in quotes, "*8484#"'
TOO_MANY_IN_ALL = f"the files of the flow have more than {MOST_FLOW_NODES:,} names and values in all: divide the flow"
_NUMBERS = (":int", ":float")  # ends of YAML's tags
_BRACKET = re.compile(r"[\[\]{}]")


class RefusedYaml(ValueError):
    """YAML that is larger than its bounds, or has anchors, aliases or tags. The text is a sentence."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


class NodeAllowance:
    """How many nodes the files of a flow may still have in all: reading them takes as long as they are many."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, line: int) -> None:
        """Count one node. Raises RefusedYaml when none is left."""
        self.spent += 1
        if self.spent > MOST_FLOW_NODES:
            raise RefusedYaml(TOO_MANY_IN_ALL, line)


def bounded_yaml(
    typ: Literal["rt", "safe"], allowance: NodeAllowance, most_nodes: int = MOST_NODES, *, plain: bool = True
) -> YAML:
    """A parser of YAML 1.2 that raises RefusedYaml. `plain`: it also refuses anchors, aliases and tags."""

    class BoundedComposer(_Composer):
        bounds = (most_nodes, plain, allowance)

    yaml = YAML(typ="rt", pure=True) if typ == "rt" else YAML(typ="safe", pure=True)
    yaml.Composer = BoundedComposer
    return yaml


def refuse_large(text: str) -> None:
    """Raise RefusedYaml for a text that is not even worth counting: too long, or with too many brackets open."""
    if len(text) > MOST_CHARACTERS:
        raise RefusedYaml(f"the file is too large to be a flow: it has more than {MOST_CHARACTERS:,} characters")
    depth = 0
    for sign in _BRACKET.finditer(text):
        depth = depth + 1 if sign[0] in "[{" else max(depth - 1, 0)
        if depth > MOST_DEEP:
            raise RefusedYaml(f"more than {MOST_DEEP} brackets are opened before one is closed")


class _Composer(Composer):
    """Counts while the parser goes on, so that what follows the bound is never read."""

    bounds: tuple[int, bool, NodeAllowance]

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self._nodes = self._levels = 0

    def compose_node(self, parent: Node | None, index: Any) -> Any:
        most, plain, allowance = self.bounds
        event = self.parser.peek_event()
        line = event.start_mark.line + 1
        self._nodes += 1
        if self._nodes > most:
            raise RefusedYaml(f"more than {most:,} names and values: divide it, or remove what is not needed", line)
        if isinstance(parent, MappingNode) and index is None and len(parent.value) >= MOST_KEYS:
            raise RefusedYaml(f"more than {MOST_KEYS:,} names in one map: divide it", line)
        if self._levels >= MOST_DEEP:
            raise RefusedYaml(f"more than {MOST_DEEP} maps and lists within each other", line)
        allowance.spend(line)
        if plain:
            _refuse_signs(event, line)
        self._levels += 1
        node = super().compose_node(parent, index)
        self._levels -= 1
        if isinstance(node, ScalarNode) and len(node.value) > MOST_SCALAR:
            raise RefusedYaml(f"a name or value of more than {MOST_SCALAR:,} characters: shorten it", line)
        if isinstance(node, ScalarNode) and len(node.value) > MOST_DIGITS and str(node.tag).endswith(_NUMBERS):
            raise RefusedYaml(f"a number of more than {MOST_DIGITS:,} digits: put it in quotes", line)
        return node


def _refuse_signs(event: Any, line: int) -> None:
    """Refuse aliases and tags before anything is built: `*x` can grow without end, `!!python/…` asks for code."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise RefusedYaml(BARE_SIGN, line)
    if getattr(event, "tag", None):
        said = f"flow files cannot have the tag {event.tag}: put words that begin with ! in quotes"
        raise RefusedYaml(said, line)
