"""`python -m tests.understanding.places`: every tehsil typed on the district screen of a call, and misspelt.

Right is the district, or a question in which it is offered. Elsewhere is another district without a question: the
caller would not notice.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from flows.engine.engine import advance, begin
from flows.menu.model import Flow, Room, Row, State
from flows.understanding.classification import split_candidate
from flows.understanding.name_lookup import split_codes
from tests.flows.library import shipped

SEED = 26
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What people write differently in names: a sound, and another way to write it.
SPELLINGS = (
    *(("aa", "a"), ("a", "aa"), ("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "oo"), ("q", "k"), ("k", "q"), ("w", "v")),
    *(("v", "w"), ("z", "zz"), ("pur", "poor"), ("abad", "aabad"), ("kh", "k"), ("gh", "g"), ("h", ""), ("y", "i")),
    *(("wala", "walla"), ("e", "i"), (" ", "")),
)
# The name of a tehsil that is also how people write another district's own name.
SHARED = {("Lahor", "lahore"), ("Nawabshah", "shaheed_benazirabad")}

Typed = tuple[str, frozenset[str]]


@dataclass
class Tally:
    """What came of names that were typed."""

    right: int = 0
    asked: int = 0  # a question in which the right district is offered
    asked_elsewhere: int = 0
    nothing: int = 0
    elsewhere: list[tuple[str, str]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.right + self.asked + self.asked_elsewhere + self.nothing + len(self.elsewhere)

    @property
    def understood(self) -> float:
        return (self.right + self.asked) / max(self.count, 1)


def district_screen(flow: Flow) -> State:
    """A caller who is asked for the district."""
    state = begin(flow, 1, {"language": "en"}, Room()).state
    while state.screen != "place":
        state = advance(flow, state, "1").state
    return state


def tally(flow: Flow, names: Iterable[Typed]) -> Tally:
    """Type each name on the district screen and compare with the districts that it may be in."""
    found, screen = Tally(), district_screen(flow)
    for typed, districts in names:
        turn = advance(flow, screen, typed)
        taken = turn.action.arguments["district"] if turn.action and "district" in turn.action.arguments else None
        offered = {split_candidate(each)[0] for each in turn.state.matches}
        if taken in districts:
            found.right += 1
        elif taken is not None:
            found.elsewhere.append((typed, str(taken)))
        elif offered & districts:
            found.asked += 1
        elif offered:
            found.asked_elsewhere += 1
        else:
            found.nothing += 1
    return found


def tehsils(flow: Flow) -> list[Typed]:
    """Every tehsil by its name, with all districts that have one of this name; and every district."""
    rows: list[Row] = [row for row in flow.lists["place"] if row.columns["kind"] == "tehsil"]
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.text["en"], set()).update(split_codes(row.columns["district"]))
    for row in flow.lists["district"]:
        found.setdefault(row.text["en"], set()).add(row.code)
    return [(name, frozenset(districts)) for name, districts in found.items()]


def in_urdu(flow: Flow) -> list[Typed]:
    """The same in Urdu script, where a spelling is known."""
    found: dict[str, set[str]] = {}
    for row in flow.lists["place"]:
        if row.columns["kind"] == "tehsil" and row.text.get("ur"):
            found.setdefault(row.text["ur"], set()).update(split_codes(row.columns["district"]))
    return [(name, frozenset(districts)) for name, districts in found.items()]


def with_typos(names: Iterable[Typed], each: int = 2) -> Iterator[Typed]:
    """Names of five letters or more with one letter missing, doubled, changed or swapped, not the first."""
    chance = random.Random(SEED)
    for name, districts in names:
        for _ in range(each if len(name) > 4 else 0):
            at = chance.randrange(1, len(name) - 1)
            start, letter, rest = name[:at].lower(), name[at].lower(), name[at + 1 :].lower()
            slips = (rest, letter + letter + rest, chance.choice(LETTERS) + rest, rest[:1] + letter + rest[1:])
            yield start + chance.choice(slips), districts


def with_spellings(names: Iterable[Typed], each: int = 2) -> Iterator[Typed]:
    """Names as other people write them."""
    chance = random.Random(SEED)
    for name, districts in names:
        written = name.lower()
        ways = [written.replace(sound, other, 1) for sound, other in SPELLINGS if sound in written]
        yield from ((way, districts) for way in chance.sample(ways, min(each, len(ways))))


def report() -> dict[str, Tally]:
    """The tallies, by what was typed."""
    flow = shipped()
    names = tehsils(flow)
    return {
        "tehsils and districts": tally(flow, names),
        "tehsils in Urdu": tally(flow, in_urdu(flow)),
        "one letter wrong": tally(flow, with_typos(names)),
        "other spellings": tally(flow, with_spellings(names)),
    }


def main() -> None:
    print(f"{'':24}{'n':>6}{'right':>8}{'asked':>8}{'of others':>11}{'nothing':>9}{'elsewhere':>11}{'understood':>12}")
    for what, each in report().items():
        counts = f"{each.count:6}{each.right:8}{each.asked:8}{each.asked_elsewhere:11}{each.nothing:9}"
        print(f"{what:24}{counts}{len(each.elsewhere):11}{each.understood:12.1%}")
        for typed, district in each.elsewhere:
            print(f"    {typed} was taken for {district}")


if __name__ == "__main__":
    main()
