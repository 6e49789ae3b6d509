"""Many names on the small list of districts and places, whole, misspelt and in sentences, with what each means.

`python -m tests.flows.understanding.recorded` writes `names.txt` again, after a change that is meant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from flows.understanding.classification import Classification
from flows.understanding.name_lookup import look_up
from flows.understanding.places import place
from tests.flows.understanding.gazetteer import small_flow

FILE = Path(__file__).parent / "names.txt"
SENTENCES = (
    *(
        "{} mein pani nahi",
        "pani nahi {}",
        "pani {} ka",
        "zila {} pani",
        "pani {} city",
        "{} road par pani",
        "{} hospital",
    ),
    *("{} sarak", "near {} pani", "{} ke qareeb", "tehsil {}", "naya {}", "{} goth mein", "{} 10 din", "{} walon se"),
)
PAIRS = ("{} {}", "{} mein {}", "{} se {} tak", "{} aur {} ka pani", "{} road {}")
ABOUT = ("pani", "garden", "sohan", "multan")


def told(found: Classification) -> str:
    """A row for certain, rows to ask about, or nothing."""
    return found.code or " ".join((*found.candidates, "?" if found.others else "nothing"))


def lines() -> Iterator[str]:
    """What each entry means as an answer, in a text, and in a text about something."""
    flow = small_flow()
    for entry in dict.fromkeys(_entries()):
        answer, text = told(look_up(flow, "district", entry)), told(place(entry, flow, "district"))
        about = told(place(entry, flow, "district", ABOUT))
        yield f"{entry} | {answer} | {text}" + (f" | {about}" if about != text else "")


def _entries() -> Iterator[str]:
    flow, chance = small_flow(), random.Random(26)
    rows = [*flow.lists["district"], *flow.lists["place"]]
    names = [name.lower() for row in rows for name in (*row.text.values(), *row.aliases)]
    for name in names:
        yield name
        yield from (name[:size] for size in range(2, len(name), 3))
        typos = [_typo(name, chance) for _ in range(4) if len(name) > 3]
        yield from typos
        yield from (sentence.format(name) for sentence in chance.sample(SENTENCES, 5))
        yield from (chance.choice(SENTENCES).format(typo) for typo in typos)
    for _ in range(500):
        first, second = chance.sample(names, 2)
        yield chance.choice(PAIRS).format(first, chance.choice((second, _typo(second, chance))))


def _typo(name: str, chance: random.Random) -> str:
    at = chance.randrange(1, max(len(name) - 1, 2))
    start, letter, rest = name[:at], name[at : at + 1], name[at + 1 :]
    return start + chance.choice((rest, letter + letter + rest, "x" + rest, rest[:1] + letter + rest[1:]))


if __name__ == "__main__":
    FILE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
