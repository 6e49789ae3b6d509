"""Which ways out a text may take, preferred first: rules by number prefix and by network.

A rule is `keys=roads`: `+92300 +92301=jazz,africastalking`, `network:63902=infobip`, `*=africastalking`; rules stand
behind each other with `;`. A known network says more than a prefix, because people keep their number when they change
networks; then the longest prefix wins, and `*` is for everything else.
"""

import re
from collections.abc import Sequence

from msgspec import Struct

_PREFIX = re.compile(r"\+[1-9][0-9]{0,14}", re.ASCII)
_NETWORK = re.compile(r"network:([0-9]{1,6})", re.ASCII)
_ROAD = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
ANY = "*"


class RouteRules(Struct, frozen=True):
    """The rules as tables. `others` is what the rule `*` says; empty when there is none."""

    prefixes: dict[str, tuple[str, ...]] = {}
    networks: dict[str, tuple[str, ...]] = {}
    others: tuple[str, ...] = ()

    def named(self) -> frozenset[str]:
        """Every road that some rule names."""
        return frozenset(road for roads in self._all() for road in roads)

    def _all(self) -> list[tuple[str, ...]]:
        return [*self.prefixes.values(), *self.networks.values(), self.others]


def parse_route_rules(text: str) -> RouteRules:
    """Rules as tables. Raises ValueError with a sentence for the first rule that cannot be used."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in filter(None, (part.strip() for part in text.split(";"))):
        keys, equals, right = rule.partition("=")
        roads = tuple(road.strip() for road in right.split(","))
        if not equals or not keys.strip():
            raise ValueError(
                f'must be rules such as +92300=jazz,africastalking; "{rule}" has no key and routes around ='
            )
        for road in roads:
            if not _ROAD.fullmatch(road):
                raise ValueError(f'names no route where "{rule}" says "{road}"')
        if len(set(roads)) < len(roads):
            raise ValueError(f'names a route twice in "{rule}"')
        for key in keys.split():
            _check_key(key, found)
            found[key] = roads
    return RouteRules(
        {key: roads for key, roads in found.items() if key.startswith("+")},
        {match[1]: roads for key, roads in found.items() if (match := _NETWORK.fullmatch(key))},
        found.get(ANY, ()),
    )


def _check_key(key: str, found: dict[str, tuple[str, ...]]) -> None:
    if key != ANY and not _PREFIX.fullmatch(key) and not _NETWORK.fullmatch(key):
        raise ValueError(f'has the key "{key}": a key is a prefix (+92300), a network (network:63902) or *')
    if key in found:
        raise ValueError(f'has two rules for "{key}"')


def choose_routes(roads: RouteRules, phone: str, network: str = "") -> Sequence[str]:
    """The roads for a text to this E.164 number, preferred first; none when no rule is for it."""
    if network and (known := roads.networks.get(network)) is not None:
        return known
    for length in range(len(phone), 1, -1):
        if (known := roads.prefixes.get(phone[:length])) is not None:
            return known
    return roads.others
