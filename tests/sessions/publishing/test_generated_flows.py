"""Flows that nobody thought of: whatever the screens are like, one that callers could get lost in is not published.

What is wrong with a graph is worked out here by walking it, without the code of the checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, PublishFailure, RevisionNote
from storage.connection.database import Database
from tests.examples import examples
from tests.sessions.filing import NOW

MAIN, NOWHERE = "maze.yaml", "nowhere"
MOST_OPTIONS, FARTHEST = 12, 15  # as docs/operators/checks.md says
WATCHED = {"F101", "F102", "F105", "F106", "F107", "F201", "F504", "F505"}
HEAD = """flow: maze
title: Citizen line
start: menu
languages: {en: English, ur: اردو}
keys:
  home: {key: "000", en: Menu, ur: مینو, show: no, go: menu}
errors:
"""
ERRORS = ("bad_choice", "bad_answer", "too_many", "busy", "expired", "changed", "deleted", "bad_phone")

Node = tuple[str, tuple[str, ...], bool]  # ask, act or end; where it leads; whether its Urdu is there


@st.composite
def mazes(draw: st.DrawFn) -> dict[str, Node]:
    """A start, now and then a long corridor behind it, and rooms that lead anywhere, to nowhere too."""
    rooms = [f"room{at}" for at in range(draw(st.integers(1, 5)))]
    corridor = [f"step{at}" for at in range(draw(st.sampled_from((0, 0, 0, 1, 12, 17))))]
    names = ["menu", *corridor, *rooms]
    doors = st.sampled_from([*names, *rooms, *rooms, *(() if draw(st.integers(0, 3)) else (NOWHERE,))])
    translated = st.integers(0, 14).map(bool)  # most are
    maze: dict[str, Node] = {}
    for name, after in pairwise([*corridor, rooms[0]]):
        maze[name] = ("ask", (after, after), True)
    for name in ["menu", *rooms]:
        kind = draw(st.sampled_from(("ask", "ask", "act", "end", "end"))) if name != "menu" else "ask"
        count = {"ask": draw(st.sampled_from((1, 2, 2, 3, 4, 12, 13))), "act": 3, "end": 0}[kind]
        to = tuple(draw(doors) for _ in range(count))
        if name == "menu" and corridor:
            to = (*to[:-1], corridor[0]) if count > 1 else (corridor[0],)
        maze[name] = (kind, to, draw(translated))
    return {name: maze[name] for name in names}


def written(maze: Mapping[str, Node]) -> str:
    """The flow as somebody would write it."""
    lines = [HEAD, *(f"  {name}: {{en: {name} now., ur: دوبارہ کریں۔}}\n" for name in ERRORS), "screens:\n"]
    for name, (kind, to, translated) in maze.items():
        words = f"{{en: At {name}{', ur: یہاں ہیں' if translated else ''}}}"
        match kind:
            case "end":
                lines.append(f"  {name}: {{end: {words}}}\n")
            case "act":
                lines.append(f"  {name}: {{do: my_complaints, then: {{ok: {to[0]}, none: {to[1]}, else: {to[2]}}}}}\n")
            case _:
                lines.append(f"  {name}:\n    ask: {words}\n    choose:\n")
                lines += [f"      way{at}: {{en: Way {at}, ur: راہ {at}, go: {each}}}\n" for at, each in enumerate(to)]
    return "".join(lines)


def reached(maze: Mapping[str, Node], start: str) -> dict[str, int]:
    """Every screen that a caller can come to, with the fewest screens seen on the way, its own included."""
    far = {start: int(maze[start][0] != "act")}
    while True:
        before = dict(far)
        for name, count in before.items():
            for to in maze[name][1]:
                if to in maze:
                    seen = count + int(maze[to][0] != "act")
                    far[to] = min(seen, far.get(to, seen))
        if far == before:
            return far


def goes_round(maze: Mapping[str, Node], path: Sequence[str]) -> bool:
    """True if screens that ask nothing lead back to one of themselves."""
    return any(
        to in path or goes_round(maze, [*path, to]) for to in maze[path[-1]][1] if to in maze and maze[to][0] == "act"
    )


def faults(maze: Mapping[str, Node]) -> set[str]:
    """The codes of what is wrong with it."""
    far, found = reached(maze, "menu"), set[str]()
    targets = {to for _, ways, _ in maze.values() for to in ways}
    if NOWHERE in targets:
        found.add("F101")  # and nobody knows where it was to lead: what is reached is not judged
    elif set(far) != set(maze):
        found.add("F102")
    for name in maze:
        out = [each for each in reached(maze, name) if maze[each][0] == "end" or NOWHERE in maze[each][1]]
        found |= set() if out else {"F105"}
    if any(kind == "act" and goes_round(maze, [name]) for name, (kind, _, _) in maze.items()):
        found.add("F106")
    if any(count > FARTHEST for count in far.values()):
        found.add("F107")
    if not all(translated or kind == "act" for kind, _, translated in maze.values()):
        found.add("F201")
    for kind, ways, _ in maze.values():
        found |= {"F504"} if kind == "ask" and len(ways) == 1 else set()
        found |= {"F505"} if len(ways) > MOST_OPTIONS else set()
    return found


@settings(max_examples=examples(400, quick=60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mazes())
def test_no_maze_is_published_in_which_callers_get_lost(sqlite_database: Database, maze: dict[str, Node]) -> None:
    expected = faults(maze)
    event("sound" if not expected else " ".join(sorted(expected)))
    before = publication.live_id(sqlite_database, "maze")
    done = publication.publish(sqlite_database, NOW, {MAIN: written(maze)}, MAIN, RevisionNote("Bilal", "m", reason=""))
    problems = {each.code: each.severity for each in done.problems}
    if isinstance(done, PublishedRevision):
        assert expected == set(), written(maze)
        assert not set(problems.values()) & {"E", "W"}
        return
    assert isinstance(done, PublishFailure)
    assert publication.live_id(sqlite_database, "maze") == before
    assert set(problems) & WATCHED == expected, written(maze)
    assert set(problems.values()) & {"E", "W"}
