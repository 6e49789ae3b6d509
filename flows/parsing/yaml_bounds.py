"""How large YAML may be. Its nodes are counted while they are read, so that the time is that of the bound at most.

Reading takes some 80 µs a node, whatever it holds; characters alone cost little. What the shipped flows have at most:
58,000 characters, 2,100 nodes, 149 keys in a map, 6 levels, 1,000 characters in a scalar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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
PARSE_SECONDS = 5.0  # of a processor, for all the files of a flow
BARE_SIGN = 'flow files cannot have anchors and aliases (& and *): put words that begin with them in quotes, "*8484#"'
TOO_SLOW = f"reading the files took longer than {PARSE_SECONDS:.0f} seconds: divide the flow, or shorten its lists"
_BRACKET = re.compile(r"[\[\]{}]")
_LOOK_EVERY = 256  # nodes between two looks at the clock

Clock = Callable[[], float]  # seconds of processor time


class RefusedYaml(ValueError):
    """YAML that is larger than its bounds, or has anchors, aliases or tags. The text is a sentence."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


class ParseTime:
    """The processor time that is left to read the files of a flow. Without a clock there is no end to it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock
        self._until = clock() + PARSE_SECONDS if clock else 0.0

    def is_over(self) -> bool:
        """True after PARSE_SECONDS."""
        return self._clock is not None and self._clock() > self._until


UNLIMITED = ParseTime()


def bounded_yaml(typ: str, most_nodes: int = MOST_NODES, *, plain: bool = True, time: ParseTime = UNLIMITED) -> YAML:
    """A parser of YAML 1.2 that raises RefusedYaml. `plain`: it also refuses anchors, aliases and tags."""

    class BoundedComposer(_Composer):
        bounds = (most_nodes, plain, time)

    yaml = YAML(typ=typ, pure=True)
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

    bounds: tuple[int, bool, ParseTime]

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self._nodes = self._levels = 0

    def compose_node(self, parent: Node | None, index: Any) -> Any:
        most, plain, time = self.bounds
        event = self.parser.peek_event()
        line = event.start_mark.line + 1
        self._nodes += 1
        if self._nodes > most:
            raise RefusedYaml(f"more than {most:,} names and values: divide it, or remove what is not needed", line)
        if isinstance(parent, MappingNode) and index is None and len(parent.value) >= MOST_KEYS:
            raise RefusedYaml(f"more than {MOST_KEYS:,} names in one map: divide it", line)
        if self._levels >= MOST_DEEP:
            raise RefusedYaml(f"more than {MOST_DEEP} maps and lists within each other", line)
        if self._nodes % _LOOK_EVERY == 0 and time.is_over():
            raise RefusedYaml(TOO_SLOW, line)
        if plain:
            _refuse_signs(event, line)
        self._levels += 1
        node = super().compose_node(parent, index)
        self._levels -= 1
        if isinstance(node, ScalarNode) and len(node.value) > MOST_SCALAR:
            raise RefusedYaml(f"a name or value of more than {MOST_SCALAR:,} characters: shorten it", line)
        return node


def _refuse_signs(event: Any, line: int) -> None:
    """Refuse aliases and tags before anything is built: `*x` can grow without end, `!!python/…` asks for code."""
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise RefusedYaml(BARE_SIGN, line)
    if getattr(event, "tag", None):
        said = f"flow files cannot have the tag {event.tag}: put words that begin with ! in quotes"
        raise RefusedYaml(said, line)
