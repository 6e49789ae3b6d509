"""Screens that have another id in the later of two revisions and are otherwise the same: callers notice nothing of it.

A screen is the same if its words, options and actions are, and if whatever it leads to is the same screen, which may
have another id as well.
"""

from collections.abc import Collection, Mapping

from msgspec import msgpack
from msgspec.structs import replace

from flows.menu.model import Flow, Screen
from flows.menu.screen_kinds import with_other_ids

_UNKNOWN = "?"  # stands for a screen that may have another id, as long as nobody knows which


def screen_renames(before: Flow, after: Flow) -> dict[str, str]:
    """The old ids of screens and their new ones; {} for two revisions of which neither has a screen of its own."""
    gone = {name: screen for name, screen in before.screens.items() if name not in after.screens}
    come = {name: screen for name, screen in after.screens.items() if name not in before.screens}
    found: dict[str, str] = {}
    while gone.keys() - found.keys():
        pairs = _pairs(gone, come, found)
        if not pairs:
            break
        found |= pairs
    return _without_others(gone, come, found)


def rename_screens(flow: Flow, names: Mapping[str, str]) -> Flow:
    """The same flow with other ids for some of its screens, wherever they are named."""
    if not names:
        return flow
    start, home, danger = (names.get(name, name) for name in (flow.start, flow.home, flow.danger_screen))
    screens = {names.get(name, name): with_other_ids(screen, names) for name, screen in flow.screens.items()}
    return replace(flow, start=start, home=home, danger_screen=danger, screens=screens)


def _pairs(gone: Mapping[str, Screen], come: Mapping[str, Screen], found: Mapping[str, str]) -> dict[str, str]:
    """Screens that are the same by what is known so far: those that only one can be, or else a group of them."""
    left = [name for name in gone if name not in found]
    taken = set(found.values())
    free = [name for name in come if name not in taken]
    old = _alike({name: gone[name] for name in left}, {**dict.fromkeys(left, _UNKNOWN), **found})
    new = _alike({name: come[name] for name in free}, dict.fromkeys(free, _UNKNOWN))
    groups = [(names, new[key]) for key, names in old.items() if len(names) == len(new.get(key, ()))]
    sure = {were[0]: are[0] for were, are in groups if len(were) == 1}
    return sure or dict(zip(*groups[0], strict=True)) if groups else {}


def _alike(screens: Mapping[str, Screen], names: Mapping[str, str]) -> dict[bytes, list[str]]:
    """The ids of screens that are the same but for those ids, in the order of the flow."""
    found: dict[bytes, list[str]] = {}
    for name, screen in screens.items():
        found.setdefault(_ENCODER.encode(with_other_ids(screen, names)), []).append(name)
    return found


def _without_others(gone: Mapping[str, Screen], come: Mapping[str, Screen], found: dict[str, str]) -> dict[str, str]:
    """Without those that lead elsewhere now, which shows only when all others are known."""
    while wrong := [old for old, new in found.items() if _differ(gone[old], come[new], found)]:
        found = {old: new for old, new in found.items() if old not in wrong}
    return found


def _differ(old: Screen, new: Screen, names: Mapping[str, str]) -> bool:
    return with_other_ids(old, names) != new


def joined_renames(renames: Collection[Mapping[str, str]]) -> dict[str, str]:
    """The ids of several publications, the earliest first, and what each is called after the last of them."""
    found: dict[str, str] = {}
    for names in renames:
        found = {old: names.get(new, new) for old, new in found.items()}
        found |= {old: new for old, new in names.items() if old not in found}
    return {old: new for old, new in found.items() if old != new}


_ENCODER = msgpack.Encoder(order="sorted")
