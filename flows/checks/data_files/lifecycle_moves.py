"""D103, D104, D108 to D111: statuses that nobody reaches or leaves, answers without a move, moves that tell nobody."""

from collections.abc import Iterable

from flows.cases.lifecycle_file import OPEN, Status, Transition
from flows.checks.data_files.data_file import DataFile

UNREACHED, STUCK, CLOCK, ANSWER, UNTOLD, UNFIT = "D103", "D104", "D108", "D109", "D110", "D111"
FIRST = "received"
WITHDRAWN = "withdrawn"
CITIZEN, SYSTEM = "citizen", "system"
# What only somebody at work can give with a move.
_OF_STAFF = frozenset({"closing", "outcome", "relief", "proof", "refusal", "drop", "second", "office", "parent"})
# Who is asked whether it is solved answers with keys: each leads to a status, by a move of the citizen.
_ANSWERS = {
    "resolved_pending": {"closed_confirmed": "1 (yes)", "reopened": "2 (no)"},
    "refused_pending": {"closed_confirmed": "1 (accept)", "appealed": "2 (appeal)"},
    "dropped": {"appealed": "2 (disagree)"},
    "closed_confirmed": {"reopened": "REOPEN"},
    "closed_unanswered": {"reopened": "REOPEN"},
}


class Moves:
    """The statuses and moves of a file. `written` are the names of all statuses, also of those that cannot be read."""

    def __init__(
        self,
        given: DataFile,
        statuses: dict[str, Status],
        moves: list[tuple[int, Transition]],
        roles: frozenset[str],
        ranks: frozenset[str],
    ) -> None:
        self.given, self.statuses, self.moves, self.roles, self.ranks = given, statuses, moves, roles, ranks
        raw = given.data.get("statuses")
        self.written = {*map(str, raw)} if isinstance(raw, dict) else set[str]()

    def staff(self, move: Transition) -> frozenset[str]:
        """Who of those that may make a move works on cases."""
        return move.by - {CITIZEN, SYSTEM, "helper"}

    def leaving(self, status: str, kind: str | None = None) -> list[Transition]:
        """The moves from a status of its own; not those that lead out of every open one."""
        fitting = (move for _, move in self.moves if kind is None or move.kind == kind)
        return [move for move in fitting if status in move.sources]

    def between(self, status: str, target: str, by: str) -> bool:
        """True if this role may bring a complaint from one status to the other."""
        return any(move.target == target and by in move.by for move in self.leaving(status, "complaint"))


def check_moves(names: Moves) -> None:
    """Report what a complaint can meet that moves through these statuses."""
    reached = _reached(names)
    for name, status in names.statuses.items():
        if name not in reached:
            said = f"nothing brings a complaint to {name}: no move that can be made leads there"
            names.given.add(UNREACHED, ("statuses", name), said, hint="add a move, or remove the status")
        _clock(names, name, status)
        if status.open and name in reached:
            _stuck(names, name, status)
    if FIRST not in names.statuses:
        names.given.add(UNREACHED, ("statuses",), f"every complaint begins as {FIRST}, which is no status")
    _answers(names)
    _withdrawals(names)
    for at, move in names.moves:
        _unfit(names, at, move)
        _untold(names, at, move)


def _reached(names: Moves) -> set[str]:
    """The statuses that a complaint or a suggestion comes to."""
    found, ahead = {FIRST}, [FIRST]
    while ahead:
        here = ahead.pop()
        opened = here in names.statuses and names.statuses[here].open
        for _, move in names.moves:
            if (here in move.sources or (move.sources == (OPEN,) and opened)) and move.target not in found:
                found.add(move.target)
                ahead.append(move.target)
    return found


def _clock(names: Moves, name: str, status: Status) -> None:
    way = ("statuses", name)
    if not status.open and status.clock != "stopped":
        said = f"{name} is closed and its clock {_clock_of(status)}: it would be late and escalated after its end"
        names.given.add(CLOCK, way, said, hint="write clock: stopped")
    if status.resolved and status.clock != "stopped":
        said = f"in {name} the office is done, and its clock {_clock_of(status)}: it would be escalated all the same"
        names.given.add(CLOCK, way, said, hint="write clock: stopped")
    asked = any({CITIZEN, SYSTEM} <= move.by for move in names.leaving(name, "complaint"))
    if status.open and status.clock == "runs" and asked:
        said = (
            f"the clock of {name} runs while its citizen is waited for: the office is late through no fault of its own"
        )
        names.given.add(CLOCK, way, said, hint="write clock: paused", severity="W")
    if not status.resolved and names.between(name, "reopened", CITIZEN):
        said = f"a citizen may reopen {name}, and it is not said to be resolved: no count of what was solved has it"
        names.given.add(CLOCK, way, said, hint="write resolved: true")
    if status.open and status.clock == "stopped" and not any(CITIZEN in move.by for move in names.leaving(name)):
        said = f"the clock of {name} is stopped and no citizen is waited for: nobody is ever late with it"
        names.given.add(CLOCK, way, said, hint="write clock: runs")


def _clock_of(status: Status) -> str:
    return "runs" if status.clock == "runs" else "is only paused"


def _stuck(names: Moves, name: str, status: Status) -> None:
    """Who is in an open status must come out of it, whoever keeps silent."""
    away = names.leaving(name)
    way = ("statuses", name)
    if not away:
        said = f"nothing leads on from {name}: a complaint stays there until its citizen gives up"
        names.given.add(STUCK, way, said, hint=f"add a move from {name}")
    elif status.clock == "runs" and not any(names.staff(move) for move in away):
        said = f"no office and no staff can bring a complaint out of {name}"
        names.given.add(STUCK, way, said, hint="add a move for officers, supervisors or triage")
    elif status.clock != "runs" and not any(SYSTEM in move.by and _rests(names, status, move) for move in away):
        said = f"a complaint waits for its citizen in {name}, and stays there for ever if they never answer"
        names.given.add(STUCK, way, said, hint="add a move by: [system]")
    elif not _ends(names, name):
        said = f"from {name} no way leads to an end: the complaint goes round in circles"
        names.given.add(STUCK, way, said, hint="add a move to a closed status")


def _rests(names: Moves, status: Status, move: Transition) -> bool:
    """True if a move of time settles what waits: a pause is over, or what the office has answered is closed."""
    target = names.statuses.get(move.target)
    return status.clock == "paused" or (target is not None and not target.open)


def _ends(names: Moves, name: str) -> bool:
    """True if moves of its own, one after the other, close what is in this status."""
    seen, ahead = {name}, [name]
    while ahead:
        for move in names.leaving(ahead.pop()):
            target = names.statuses.get(move.target)
            if target is not None and not target.open:
                return True
            if move.target not in seen:
                seen.add(move.target)
                ahead.append(move.target)
    return False


def _answers(names: Moves) -> None:
    """Each key that a text offers needs its move."""
    for status, answers in _ANSWERS.items():
        for target, key in answers.items():
            if status in names.statuses and not names.between(status, target, CITIZEN):
                said = f"a citizen who answers {key} to {status} is told that it is not possible"
                hint = f"add a move from {status} to {target} by: [{CITIZEN}]"
                names.given.add(ANSWER, ("statuses", status), said, hint=hint)


def _withdrawals(names: Moves) -> None:
    """Whoever complained may take it back as long as it is open."""
    takes_back = [(at, move) for at, move in names.moves if move.target == WITHDRAWN and move.kind == "complaint"]
    sources = {source for _, move in takes_back for source in move.sources}
    left = [name for name, status in names.statuses.items() if status.open and name not in sources]
    if takes_back and OPEN not in sources and left:
        said = (
            f"a citizen cannot take back a complaint that is {' or '.join(left[:3])}: the answer is that it cannot be"
        )
        names.given.add(ANSWER, ("moves", takes_back[0][0], "from"), said, hint=f"write from: {OPEN}")


def _unfit(names: Moves, at: int, move: Transition) -> None:
    """Moves for somebody who cannot or may not make them."""
    way = ("moves", at)
    if not names.staff(move) and (needs := [need for need in move.needs if need in _OF_STAFF]):
        said = f"{people(move.by)} cannot give what the move {move.name!r} needs: {', '.join(needs)}"
        names.given.add(UNFIT, way, said, hint="remove it from needs, or from by")
    for source in move.sources:
        waiting = names.statuses.get(source)
        closed = names.statuses.get(move.target)
        asked = waiting is not None and waiting.open and waiting.clock == "stopped"
        if asked and closed is not None and not closed.open and names.staff(move):
            said = f"{people(names.staff(move))} could close what the citizen is asked about in {source}"
            names.given.add(UNFIT, way, said, hint="leave it to the citizen and the system")
    if CITIZEN in move.by and names.staff(move) and move.sources != (OPEN,):
        said = f"the move {move.name!r} is for citizens and for staff: an office could answer in a citizen's name"
        names.given.add(UNFIT, way, said, hint="write two moves", severity="W")
    _undemanding(names, at, move)
    _unguarded(names, at, move)


def _unguarded(names: Moves, at: int, move: Transition) -> None:
    """Moves that end a case need more than the person who would like it to end."""
    target = names.statuses.get(move.target)
    if target is None or move.kind != "complaint" or not names.staff(move):
        return
    if "drop" in move.needs and "second" not in move.needs:
        said = f"the move {move.name!r} needs no second person: one alone could drop a complaint"
        names.given.add(UNFIT, ("moves", at), said, hint="add second to needs", severity="W")
    if target.clock == "stopped" and move.late:
        said = f"the move {move.name!r} may be made late: an office could close without telling why it took so long"
        names.given.add(UNFIT, ("moves", at), said, hint="remove late: true", severity="W")
    if FIRST in move.sources and target.clock == "stopped" and move.sources != (OPEN,):
        said = f"the move {move.name!r} ends a complaint that nobody has taken up: whoever looks last never sees it"
        names.given.add(UNFIT, ("moves", at), said, hint="begin it at in_progress", severity="W")
    lower = sorted(role for role in names.staff(move) if role in names.ranks and role != "oversight")
    if "appealed" in move.sources and not target.open and move.sources != (OPEN,) and lower:
        said = f"{people(lower)} could decide an appeal against their own office"
        names.given.add(UNFIT, ("moves", at), said, hint="leave it to oversight")


def _undemanding(names: Moves, at: int, move: Transition) -> None:
    """An office that is done says so in words, and how it knows."""
    target = names.statuses.get(move.target)
    if move.kind != "complaint" or target is None or not names.staff(move) or {*move.needs} & {"parent"}:
        return
    if target.clock == "runs":
        return
    if not {"words", "closing"} & {*move.needs}:
        said = f"the move {move.name!r} needs no words: its citizen would not read why"
        names.given.add(UNFIT, ("moves", at), said, hint="add closing to needs")
    elif target.resolved and "proof" not in move.needs:
        said = f"the move {move.name!r} needs no proof: an office could say that it is solved without having looked"
        names.given.add(UNFIT, ("moves", at), said, hint="add proof to needs", severity="W")


def _untold(names: Moves, at: int, move: Transition) -> None:
    """Who is asked, or whose complaint is closed, must get a text; and the one of what happened."""
    target = names.statuses.get(move.target)
    if target is None:
        return
    if move.event is None and not names.staff(move) and target.open:
        return  # the citizen's own doing, or time
    if move.event is None and (not target.open or target.clock != "runs"):
        asked = "is asked nothing and cannot answer" if target.open else "never reads that it is over"
        said = f"the move {move.name!r} sends no text: a citizen whose complaint becomes {move.target} {asked}"
        names.given.add(UNTOLD, ("moves", at), said, hint=f"add text: {move.target}")
    elif move.event in names.statuses and move.event != move.target:
        said = f"the move {move.name!r} sends the text {move.event}, and the complaint becomes {move.target}"
        names.given.add(UNTOLD, ("moves", at), said, hint=f"write text: {move.target}")
    elif move.event is None and _others_tell(names, move):
        said = f"the move {move.name!r} sends no text, and others to {move.target} do: some citizens never hear of it"
        names.given.add(UNTOLD, ("moves", at), said, hint=f"add text: {move.target}", severity="W")


def _others_tell(names: Moves, move: Transition) -> bool:
    others = (other for _, other in names.moves if other is not move and other.target == move.target)
    return any(other.event is not None and other.kind == move.kind for other in others)


def people(roles: Iterable[str]) -> str:
    """Roles as a sentence names them."""
    return " and ".join(sorted(roles)) or "nobody"
