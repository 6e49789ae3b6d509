"""The ways that lead to a filing, and from it to the last screen, for a caller of whom some answers are known."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.menu import conditions
from flows.menu.actions import ACTIONS
from flows.menu.model import Ask, Both, Compare, Condition, Do, Either, End, Flow, IsSet, Not, Screen, Value
from flows.menu.screen_kinds import Way, option_saves, saves_of, skip_condition, ways_of

PRIVATE = "private"  # the argument that hides a caller's name
DEEPEST = 150  # screens from where a search begins; no caller goes so far
HIDDEN = ("private", "private_danger")  # outcomes of what is hidden, whatever the argument says
Known = Mapping[str, str]  # variable -> the code that it certainly holds


def files(screen: Screen | None) -> bool:
    """True for an action that may hide what it files."""
    declared = ACTIONS.get(screen.action) if isinstance(screen, Do) else None
    return declared is not None and PRIVATE in declared.arguments


def is_private(screen: Do, known: Known) -> bool | None:
    """Whether a filing hides the caller; None where that depends on what is not known."""
    source = screen.arguments.get(PRIVATE, "'no")
    if source.startswith("'"):
        return source == "'yes"
    return known[source] == "yes" if source in known else None


def truth(flow: Flow, condition: Condition | None, known: Known) -> bool | None:
    """Whether a condition is true, with what is known of the caller; None where that is not enough."""
    match condition:
        case None:
            return False
        case Not(of):
            found = truth(flow, of, known)
            return None if found is None else not found
        case Both(left, right) | Either(left, right):
            decides = isinstance(condition, Either)
            one, other = truth(flow, left, known), truth(flow, right, known)
            if decides in (one, other):
                return decides
            return None if None in (one, other) else not decides
        case IsSet() | Compare():
            looked = {each: _lookup(flow, each, known) for each in conditions.names(condition)}
            values = {each: value for each, (_, value) in looked.items()}
            return conditions.holds(condition, values.get) if all(held for held, _ in looked.values()) else None


def _lookup(flow: Flow, name: str, known: Known) -> tuple[bool, Value]:
    if name in known:
        return True, known[name]
    head, _, column = name.rpartition(".")
    row = flow.rows.get(flow.kinds.get(head, ""), {}).get(known.get(head, ""))
    return (False, None) if row is None else (True, row.columns.get(column, ""))


def ways_on(flow: Flow, screen: Screen, known: Known) -> Iterator[tuple[Way, Known]]:
    """The ways on from a screen that such a caller may take, each with what is known of them then."""
    skipped = truth(flow, skip_condition(screen), known) if not isinstance(screen, End) else False
    for way in ways_of(screen):
        if way.manner == "passed":
            if skipped is not False:
                yield way, known
            continue
        if skipped is True or (way.when is not None and truth(flow, way.when, known) is False):
            continue
        after = {name: code for name, code in known.items() if name not in saves_of(screen)}
        if isinstance(screen, Ask) and way.manner == "chosen" and (saved := option_saves(screen)):
            code = getattr(way.of, "code", None)
            after |= {saved: str(code)} if code is not None else {}
        yield way, after


class FirstFilings(Struct, frozen=True):
    """What a way comes to first: filings that are certainly private, and those that are not; or neither."""

    private: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    def __or__(self, other: "FirstFilings") -> "FirstFilings":
        return FirstFilings(self.private | other.private, self.public | other.public)


NONE = FirstFilings()


class FilingSearch:
    """Looks for the filings that a way comes to first. It does not go back to `before`, where callers change answers.

    A screen where another choice is private leaves a public one to the caller: with `by_choice` it is not counted.
    """

    def __init__(self, findings: Findings, flow: Flow, before: frozenset[str], *, by_choice: bool) -> None:
        self._findings, self._flow, self._before, self._by_choice = findings, flow, before, by_choice
        self._found: dict[tuple[str, tuple[tuple[str, str], ...]], FirstFilings] = {}
        self._depth = 0

    def from_screen(self, name: str | None, known: Known) -> FirstFilings:
        """What is filed first by a caller who comes to this screen."""
        screen = self._flow.screens.get(name or "")
        if screen is None or name is None or name in self._before:
            return NONE
        if isinstance(screen, Do) and files(screen):
            return self._filed(screen, known)
        key = (name, tuple(sorted(known.items())))
        if key not in self._found:
            self._findings.spend(4 + 2 * len(known))
            self._found[key] = NONE  # where it goes round in circles
            self._depth += 1
            if self._depth < DEEPEST:
                self._found[key] = self._onward(screen, known)
            self._depth -= 1
        return self._found[key]

    def _filed(self, screen: Do, known: Known) -> FirstFilings:
        hidden = is_private(screen, known)
        here = frozenset({screen.id})
        if hidden is None:
            return NONE
        return FirstFilings(private=here) if hidden else FirstFilings(public=here)

    def _onward(self, screen: Screen, known: Known) -> FirstFilings:
        free, forced = NONE, NONE
        for way, after in ways_on(self._flow, screen, known):
            found = self.from_screen(way.go, after)
            if way.manner in ("chosen", "typed"):
                free |= found
            else:
                forced |= found
        if self._by_choice and free.private:
            free = FirstFilings(private=free.private)
        return free | forced


def last_screens(flow: Flow, screen: Do, outcome: str) -> Iterator[End]:
    """The last screens that may follow an outcome of a filing, before anything else is filed."""
    waiting, seen = [screen.then.get(outcome, "")], set[str]()
    while waiting:
        name = waiting.pop()
        there = flow.screens.get(name)
        if there is None or name in seen or files(there):
            continue
        seen.add(name)
        if isinstance(there, End):
            yield there
        elif isinstance(there, Ask) and (there.options or there.pick):
            continue  # the call goes on with something else
        else:
            waiting += [way.go for way in ways_of(there) if way.go]
