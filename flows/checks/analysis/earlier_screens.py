"""The screens that every call passes on its way to another screen."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from flows.menu.model import Flow
from flows.menu.screen_kinds import ways_of

ROUNDS = 8  # of the search for dominators: a flow that needs more is searched as if nothing came before
DIALLED = ""  # what comes before the screens that calls begin with


class EarlierScreens:
    """For each screen, those that every call passes on the way to it: its dominators (Cooper, Harvey and Kennedy).

    `starts` are the screens that callers come to from nowhere: without them, the one that a call begins with.
    """

    def __init__(self, flow: Flow, spend: Callable[[int], None], starts: Sequence[str] = ()) -> None:
        order, before = _in_order(flow, starts or (flow.start,))
        place = {name: at for at, name in enumerate(order)}
        self._parent = {DIALLED: DIALLED}
        for _ in range(ROUNDS):
            changed = False
            spend(sum(map(len, before.values())))
            for name in order[1:]:
                known = [each for each in before[name] if each in self._parent]
                common = known[0]
                for each in known[1:]:
                    common = self._common(common, each, place)
                changed |= self._parent.get(name) != common
                self._parent[name] = common
            if not changed:
                return
        self._parent = {DIALLED: DIALLED}

    def of(self, name: str) -> frozenset[str]:
        """The screens that every call passes before this one, and it itself."""
        return frozenset(self._back(name))

    def has(self, earlier: str, name: str) -> bool:
        """True if every call that comes to a screen has passed an earlier one, or they are the same."""
        return any(each == earlier for each in self._back(name))

    def _back(self, name: str) -> Iterator[str]:
        yield name
        while (name := self._parent.get(name, DIALLED)) != DIALLED:
            yield name

    def _common(self, one: str, other: str, place: Mapping[str, int]) -> str:
        while one != other:
            while place[one] > place[other]:
                one = self._parent[one]
            while place[other] > place[one]:
                other = self._parent[other]
        return one


def _in_order(flow: Flow, starts: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The screens that callers come to, each after one that leads to it (reverse postorder); and what leads to each."""
    done: list[str] = []
    known = [name for name in starts if name in flow.screens]
    before: dict[str, list[str]] = {name: [DIALLED] for name in known}
    seen = {DIALLED}
    stack: list[tuple[str, Iterator[str]]] = [(DIALLED, iter(known))]
    while stack:
        name, targets = stack[-1]
        target = next(targets, None)
        if target is None:
            done.append(name)
            stack.pop()
        elif target in flow.screens:
            if name != DIALLED:
                before.setdefault(target, []).append(name)
            if target not in seen:
                seen.add(target)
                stack.append((target, (way.go or "" for way in ways_of(flow.screens[target]))))
    return done[::-1], before
