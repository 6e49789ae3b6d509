"""The life cycle file, read and checked. If its parts do not fit together, one sentence says what to write instead."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from flows.parsing.typed_yaml import read_typed_yaml

Kind = Literal["complaint", "suggestion"]
Clock = Literal["runs", "paused", "stopped"]
Need = Literal["words", "closing", "outcome", "relief", "proof", "refusal", "drop", "second", "office", "parent"]

Count = Annotated[int, Meta(ge=1)]
Whole = Annotated[int, Meta(ge=0)]

OPEN = "open"  # as the status a move comes from: every open one
OPERATOR = "operator"
NO_RELIEF = "relief_not_possible"
ASKED_FOR_MONEY, RUDE = "asked_for_money", "rude"  # verdicts that the office complained about may not read


class BadLifecycle(ValueError):
    """The life cycle file cannot be used; the message says where and what to write."""


class Status(Struct, frozen=True, forbid_unknown_fields=True):
    """`open`: the citizen still waits for something. `resolved`: the office is done and the citizen may reopen it."""

    open: bool
    clock: Clock
    resolved: bool = False


class Transition(
    Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"sources": "from", "target": "to", "event": "text"},
):
    """A legal move. `event` is the key of the text it sends (in Flow.texts), or None if the citizen need not be told.

    `act` is what history calls it; `late` says that it may be made while an interim reply is due.
    """

    name: str
    act: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[str]
    needs: tuple[Need, ...] = ()
    event: str | None = None
    kind: Kind = "complaint"
    late: bool = False


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """The base of a section of limits: every number in a section must be given."""


class ClosingLength(Limits, frozen=True):
    """How many characters the words that close a case may have."""

    least: Count
    most: Count


class MostTimes(Limits, frozen=True):
    """How often something may be done."""

    most: Whole


class WithinDays(Limits, frozen=True):
    """Within how many days something may be done."""

    days: Count


class MostTimesWithinDays(Limits, frozen=True):
    """How often something may be done, and within how many days."""

    most: Whole
    days: Count


class Silence(Limits, frozen=True):
    """Days after an office's answer: when the citizen is reminded, and when it is closed without their word."""

    reminder: Count
    over: Count


class Answers(Limits, frozen=True):
    """Working days until an answer is due if the category does not say, and the most calendar days it may take.

    `danger` is the most days for words that tell of danger; they count by day and by night.
    """

    days: Count
    danger: Count
    most: Count


class Escalation(Limits, frozen=True):
    """When a case is escalated: percentages of the time until its due date, and working hours to take it up.

    `nudge`: its officer is reminded. `levels`: it is raised to level 1, 2 and 3. `acknowledge`: after so many working
    hours a supervisor hears that nobody took it up.
    """

    nudge: Count
    levels: tuple[Count, Count, Count]
    acknowledge: Count


class Recheck(Limits, frozen=True):
    """Days until a citizen is asked whether repairs have held, and how the codes of these categories begin."""

    days: Count
    categories: tuple[str, ...]


class Reminders(Limits, frozen=True):
    """Hours between two reminders of one citizen about one complaint."""

    hours: Count


class Lookups(Limits, frozen=True):
    """How many wrong numbers a phone may look up within some hours before the answer says nothing about any."""

    most: Count
    hours: Count


class KnownProblems(Limits, frozen=True):
    """How old a known report may be: hours if the flow does not say, and days at most."""

    hours: Count
    days: Count


class UnfinishedCalls(Limits, frozen=True):
    """Minutes after which a call that broke off is told of by SMS, and the answers that it must have had."""

    minutes: Count
    answers: Count


class Questions(Limits, frozen=True):
    """Days that a question by SMS stays open: one about a case, why a case is not solved, and any other."""

    case: Count
    reason: Count
    other: Count


class Robots(Limits, frozen=True):
    """How often a phone gets a reply within an hour: to identical texts, in all, and "not clear"."""

    same: Count
    replies: Count
    unclear: Count = 2  # copies of the file from before it was there have none


class Emergencies(Limits, frozen=True):
    """Hours after words of danger in which more words from that phone go on with their case.

    `unheld`: minutes that an urgent case may be without an officer before an alarm stands.
    """

    hours: Count = 6  # copies of the file from before it was there have none
    unheld: Count = 10  # … nor this


class Guesses(Limits, frozen=True):
    """Wrong codes of an officer until a longer one is sent, and one-time numbers about a case in a day."""

    codes: Count = 3  # copies of the file from before it was there have none
    numbers: Count = 6


class Strangers(Limits, frozen=True):
    """Days of silence after which a phone may have another holder, and wrong proofs of an old case in a day."""

    days: Count = 150  # copies of the file from before it was there have none
    tries: Count = 5


class Lists(Limits, frozen=True):
    """How many cases one SMS lists at most, to a citizen and to an officer."""

    citizen: Count
    officer: Count


class Life(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; immutable."""

    ranks: Mapping[str, int]
    roles: frozenset[str]
    words: ClosingLength
    pauses: MostTimesWithinDays
    reopenings: MostTimesWithinDays
    appeal: WithinDays
    silence: Silence
    transfers: MostTimes
    answers: Answers
    escalation: Escalation
    recheck: Recheck
    reminders: Reminders
    lookups: Lookups
    known_problems: KnownProblems
    unfinished: UnfinishedCalls
    questions: Questions
    robots: Robots
    lists: Lists
    outcomes: tuple[str, ...]
    proofs: tuple[str, ...]
    refusals: tuple[str, ...]
    drops: tuple[str, ...]
    verdicts: Mapping[int, str]
    not_ours: tuple[str, ...]
    statuses: Mapping[str, Status]
    moves: tuple[Transition, ...]
    synonyms: Mapping[str, str]
    emergencies: Emergencies = Emergencies()
    guesses: Guesses = Guesses()
    strangers: Strangers = Strangers()


def limit_of(life: Life, name: str) -> int:
    """The number of a limit by its section and word, such as `reopenings.days`. AttributeError if there is none."""
    section, _, word = name.partition(".")
    return int(getattr(getattr(life, section), word))


def parse_lifecycle(text: str) -> Life:
    """The life cycle in a file's text. BadLifecycle if it cannot be used."""
    try:
        life = read_typed_yaml(text, Life, _list_sources)
    except ValueError as error:
        raise BadLifecycle(f"lifecycle.yaml cannot be read: {error}") from None
    opened = tuple(name for name, status in life.statuses.items() if status.open)
    moves = tuple(replace(move, sources=opened) if move.sources == (OPEN,) else move for move in life.moves)
    life = replace(life, roles=life.roles | set(life.ranks), moves=moves)
    for problem in _problems(life):
        raise BadLifecycle(f"lifecycle.yaml: {problem}")
    maps = {name: getattr(life, name) for name in life.__struct_fields__}
    return replace(life, **{name: MappingProxyType(each) for name, each in maps.items() if isinstance(each, dict)})


def _list_sources(raw: dict[str, Any]) -> None:
    """A move may come from one status, written without brackets."""
    for move in raw["moves"] if isinstance(raw.get("moves"), list) else ():
        if isinstance(move, dict) and isinstance(move.get("from"), str):
            move["from"] = [move["from"]]


def _problems(life: Life) -> Iterator[str]:
    """What does not fit together: a name that the file does not define, or a status that no move reaches."""
    taken: dict[tuple[str, str, str, str], str] = {}
    for move in life.moves:
        yield from _problems_of(move, life)
        for key in [(move.kind, source, move.target, role) for source in move.sources for role in move.by]:
            if key in taken:
                yield f"{taken[key]!r} and {move.name!r} are both for {key[3]} from {key[1]} to {key[2]}: keep one"
            taken[key] = move.name
    for status in life.statuses.keys() - {"received", *(move.target for move in life.moves)}:
        yield f"no move leads to {status}: add one, or take the status out"
    for word, status in life.synonyms.items():
        if status not in life.statuses:
            yield f"the synonym {word!r} means {status!r}, which is not a status"
    for role in ("citizen", "system", OPERATOR):
        if role not in life.roles:
            yield f"the role {role} is missing"
    if sorted(life.ranks.values()) != list(range(len(life.escalation.levels) + 1)):
        yield "ranks: give each of 0, 1, 2 and 3 to one role: a case of each level needs somebody who may close it"
    if NO_RELIEF not in life.outcomes:
        yield f"the outcome {NO_RELIEF} of a refusal is missing"
    for verdict in sorted({ASKED_FOR_MONEY, RUDE} - {*life.verdicts.values()}):
        yield f"the verdict {verdict} is missing: it is for oversight alone, so give it a key, whichever it is"
    yield from _clashing_limits(life)


def _clashing_limits(life: Life) -> Iterator[str]:
    """Limits that contradict each other."""
    nudge, levels = life.escalation.nudge, life.escalation.levels
    if not life.words.least < life.words.most:
        yield "words: least must be below most"
    if not life.silence.reminder < life.silence.over:
        yield "silence: reminder must be below over: the citizen is reminded before the case is closed"
    if not nudge < levels[0] < levels[1] < levels[2]:
        yield "escalation: each percentage must be higher than the one before: nudge, then the three levels"
    if life.answers.days > life.answers.most:
        yield "answers: days must not be above most"


def _problems_of(move: Transition, life: Life) -> Iterator[str]:
    """Names in a move that the file does not define."""
    where = f"the move {move.name!r} to {move.target}"
    for status in (*move.sources, move.target):
        if status not in life.statuses:
            yield f"{where}: {status!r} is not a status; the statuses are {', '.join(life.statuses)}"
    if not move.by:
        yield f"{where}: nobody may make it; say who may, for example by: [officer]"
    for role in sorted(move.by - life.roles):
        yield f"{where}: {role!r} is not a role; the roles are {', '.join(sorted(life.roles))}"
    if OPERATOR in move.by:
        yield f"{where}: leave {OPERATOR} out; it may make every move but those of citizens and the system"
