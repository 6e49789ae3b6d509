"""D114: what a life cycle does otherwise than the one that ships, of which the texts, flows and acts are made."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from flows.cases.lifecycle_file import OPEN, Life, Status, Transition
from flows.checks.data_files.data_file import Way
from flows.checks.data_files.lifecycle_moves import Moves, people

CHANGED = "D114"
ALIKE = 0.6  # the share of the shipped statuses that a copy of the shipped file has
MANY = 8  # differences: then it is a life cycle of its own, and they are told together
TAKEN = "as in the life cycle that ships"


class _Change(Struct, frozen=True):
    """One difference: where, what follows from it, and what to do."""

    way: Way
    said: str
    hint: str


def check_changes(names: Moves, usual: Life | None) -> None:
    """Report what differs from the life cycle that ships, where nothing else is said of the same line."""
    if usual is None or len(usual.statuses.keys() & names.statuses.keys()) < ALIKE * len(usual.statuses):
        return
    given = names.given
    known = {each.line for each in given.found if each.severity in ("E", "W")}
    found = [each for each in _changes(names, usual) if given.line(*each.way) not in known]
    if len(found) > MANY:
        lines = ", ".join(str(given.line(*each.way)) for each in found[:MANY])
        said = f"{len(found)} statuses and moves are otherwise than in the life cycle that ships (lines {lines} …)"
        given.add(CHANGED, found[0].way, said, hint="compare both files, and keep what is meant")
        return
    for each in found:
        given.add(CHANGED, each.way, each.said, hint=f"{each.hint}, if this is not meant")


class _Ways:
    """Who may bring a case from one status to another, by any move."""

    def __init__(self, moves: Iterable[Transition]) -> None:
        self._roles: dict[tuple[str, str, str], set[str]] = {}
        for move in moves:
            for source in move.sources:
                self._roles.setdefault((move.kind, source, move.target), set()).update(move.by)

    def lacks(self, move: Transition, source: str) -> bool:
        """True if nobody of those that make a move may bring a case from a status to where it leads."""
        return not move.by & self._roles.get((move.kind, source, move.target), set())

    def has(self, move: Transition, roles: Iterable[str]) -> bool:
        """True if these may bring a case wherever a move does."""
        ways = (self._roles.get((move.kind, source, move.target), set()) for source in move.sources)
        return all({*roles} <= way for way in ways)


def _changes(names: Moves, usual: Life) -> Iterator[_Change]:
    for name, status in names.statuses.items():
        if name in usual.statuses and status != (shipped := usual.statuses[name]):
            yield _Change(("statuses", name), _flags(name, status, shipped), f"write {_as_written(shipped)}")
    own = {at: _spread(names, usual, move) for at, move in names.moves}
    pairs, ways, shipped_ways = _pairs(own, usual.moves), _Ways(own.values()), _Ways(usual.moves)
    for at, move in own.items():
        shipped_move = pairs.get(at)
        if shipped_move is not None:
            for said, hint in _differences(names, usual, ways, (move, shipped_move)):
                yield _Change(("moves", at), said, hint)
        elif any(_is_grave(usual, move, each) for each in move.sources) and not shipped_ways.has(move, move.by):
            said = f"{people(move.by)} may bring a complaint from {_words(move.sources)} to {move.target}"
            yield _Change(("moves", at), f"{said}: the life cycle that ships has no such move", "remove the move")
    yield from _missing(names, usual, pairs, ways)
    yield from _codes(names, usual)
    for word, meant in _synonyms(names).items():
        if meant != usual.synonyms.get(word, meant) and meant in names.statuses:
            said = f"officers who write {word!r} mean {meant}, and {usual.synonyms[word]} {TAKEN}"
            yield _Change(("synonyms", word), said, f"write {usual.synonyms[word]}")


def _codes(names: Moves, usual: Life) -> Iterator[_Change]:
    """Codes that officers send by SMS, and keys of citizens: without them the answer is not taken."""
    raw = names.given.data
    for section, shipped in (("outcomes", usual.outcomes), ("proofs", usual.proofs)):
        own = [str(each) for each in raw.get(section, ())]
        if gone := [each for each in shipped if each not in own]:
            said = f"{_words(gone)} is missing under {section}: an officer's SMS that says so is refused"
            yield _Change((section,), said, f"add {_words(gone)}")
    verdicts = {int(key): str(code) for key, code in raw.get("verdicts", {}).items()}
    if sorted(verdicts) != [*range(1, len(verdicts) + 1)]:
        said = f"the keys of the verdicts are {_words(map(str, verdicts))}: texts count from 1 and leave no key out"
        yield _Change(("verdicts",), said, f"write 1 to {len(verdicts)}")


def _flags(name: str, status: Status, shipped: Status) -> str:
    """What differs between two statuses of one name, and what follows."""
    if status.open != shipped.open:
        return (
            f"{name} is closed, so nobody works on it any more" if shipped.open else f"{name} is open, so it never ends"
        )
    if status.resolved != shipped.resolved:
        return f"{name} counts as solved, and nothing was" if status.resolved else f"{name} does not count as solved"
    late = {"runs": "it is late and escalated", "paused": "it waits without being late", "stopped": "it is never late"}
    return f"{name} has a clock that {_clock(status)}: {late[status.clock]}"


def _clock(status: Status) -> str:
    return "runs" if status.clock == "runs" else f"is {status.clock}"


def _as_written(status: Status) -> str:
    return f"{{open: {str(status.open).lower()}, clock: {status.clock}{', resolved: true' if status.resolved else ''}}}"


def _spread(names: Moves, usual: Life, move: Transition) -> Transition:
    """A move with the statuses that it begins at by name; a status that was made open or closed is told itself."""
    if move.sources != (OPEN,):
        return move
    opened = tuple(name for name, status in names.statuses.items() if usual.statuses.get(name, status).open)
    return Transition(move.name, move.act, opened, move.target, move.by, move.needs, move.event, move.kind, move.late)


def _pairs(own: Mapping[int, Transition], shipped: Iterable[Transition]) -> dict[int, Transition]:
    """Each move with the shipped one that it is: the one with most in common, and each only once."""
    alike = [(_alike(move, other), at, place) for at, move in own.items() for place, other in enumerate(shipped)]
    moves, found, taken = [*shipped], dict[int, Transition](), set[int]()
    for score, at, place in sorted(alike, reverse=True):
        if score and at not in found and place not in taken:
            found[at] = moves[place]
            taken.add(place)
    return found


def _alike(move: Transition, other: Transition) -> int:
    common = len({*move.sources} & {*other.sources})
    if move.kind != other.kind or (move.target != other.target and (move.name != other.name or not common)):
        return 0
    same = 8 * (move.name == other.name) + 4 * (move.target == other.target) + 2 * common
    return same + len(move.by & other.by) if common or move.name == other.name else 0


def _differences(
    names: Moves, usual: Life, ways: _Ways, pair: tuple[Transition, Transition]
) -> Iterator[tuple[str, str]]:
    """What differs between a move and the shipped one: what follows, and what to write instead."""
    move, shipped = pair
    what = f"the move {move.name!r}"
    if move.target != shipped.target:
        yield f"{what} leads to {move.target}, and to {shipped.target} {TAKEN}", f"write to: {shipped.target}"
    added = [each for each in move.sources if each not in shipped.sources]
    if strange := [each for each in added if _is_grave(usual, move, each)]:
        yield f"{what} begins at {_words(strange)} too, otherwise than {TAKEN[3:]}", f"take {_words(strange)} out"
    if gone := [each for each in shipped.sources if each in names.statuses and ways.lacks(shipped, each)]:
        yield f"{what} does not begin at {_words(gone)}, {TAKEN}: nobody could make it there", f"add {_words(gone)}"
    if lost := [each for each in shipped.needs if each not in move.needs]:
        yield f"{what} needs no {' and no '.join(lost)}, {TAKEN}: nobody would be asked for it", _add(lost, "needs")
    yield from _roles(names, ways, move, shipped)
    if move.act != shipped.act:
        said = f"{what} is called {move.act!r} in the history, and {shipped.act!r} {TAKEN}: what looks for it fails"
        yield said, f"write act: {shipped.act}"
    if move.event != shipped.event and (not move.event or any(each.event == move.event for each in usual.moves)):
        said = f"sends the text {move.event}" if move.event else "sends no text"
        yield f"{what} {said}, and {shipped.event or 'none'} {TAKEN}", f"write text: {shipped.event}"
    if move.late != shipped.late:
        said = "may be made" if move.late else "may not be made"
        yield f"{what} {said} while an interim reply is due, otherwise than {TAKEN[3:]}", "change late"


def _is_grave(usual: Life, move: Transition, source: str) -> bool:
    """True for a move that closes or answers, or that brings somebody to a case that is others' there."""
    ends = [usual.statuses[name] for name in (source, move.target) if name in usual.statuses]
    others = {role for each in usual.moves if source in each.sources and each.kind == move.kind for role in each.by}
    return len(ends) == 2 and (any(each.clock != "runs" for each in ends) or not move.by <= others)


def _roles(names: Moves, ways: _Ways, move: Transition, shipped: Transition) -> Iterator[tuple[str, str]]:
    """Who may make a move and may not in the shipped life cycle, or the other way round.

    That only higher ranks may close or refuse is a decision; that somebody may not whose people may is none.
    """
    what, ranks = f"the move {move.name!r}", _ranks(names)
    working = {role for _, each in names.moves for role in each.by}
    target = names.statuses.get(move.target)
    decides = target is not None and target.clock == "stopped"
    least = min((ranks[role] for role in move.by if role in ranks), default=-1) if decides else -1
    gone = sorted(role for role in shipped.by - move.by if role in working and ranks.get(role, least) >= least)
    if gone and not ways.has(shipped, gone):
        yield f"{people(gone)} may not make {what}, {TAKEN}", _add(gone, "by")
    lowest = min((ranks[role] for role in shipped.by if role in ranks), default=len(ranks))
    new = sorted(role for role in move.by - shipped.by if ranks.get(role, -1) < lowest)
    if new:
        yield f"{people(new)} may make {what}, and may not {TAKEN}", f"take {_words(new)} out of by"


def _ranks(names: Moves) -> dict[str, int]:
    raw = names.given.data.get("ranks")
    return {str(role): rank for role, rank in raw.items() if isinstance(rank, int)} if isinstance(raw, dict) else {}


def _missing(names: Moves, usual: Life, pairs: Mapping[int, Transition], ways: _Ways) -> Iterator[_Change]:
    """Shipped moves that the file does not have, between statuses and for people that it has."""
    places = {id(move): at for at, move in pairs.items()}
    working = {role for _, each in names.moves for role in each.by}
    last = 0
    for move in usual.moves:
        last = places.get(id(move), last)
        sources = [each for each in move.sources if each in names.statuses and ways.lacks(move, each)]
        if id(move) in places or move.target not in names.statuses or not sources or not move.by & working:
            continue
        said = (
            f"nobody can bring a {move.kind} from {_words(sources)} to {move.target}: the move {move.name!r} is missing"
        )
        yield _Change(("moves", last), said, f"add it {TAKEN}")


def _synonyms(names: Moves) -> dict[str, str]:
    raw = names.given.data.get("synonyms")
    return {str(word): str(status) for word, status in raw.items()} if isinstance(raw, dict) else {}


def _add(words: Iterable[str], section: str) -> str:
    return f"add {_words(words)} to {section}"


def _words(words: Iterable[str]) -> str:
    return ", ".join(words)
