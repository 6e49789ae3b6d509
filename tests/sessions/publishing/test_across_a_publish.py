"""A publication in the middle of 200 calls changes none of their screens."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sessions.publishing.publication import PublishedRevision, RevisionNote, publish
from sessions.publishing.revision_history import find_revision
from storage.connection.database import Database
from storage.migrations.runner import migrate
from tests.flows.library import scripts, shipped_files
from tests.keys import open_database
from tests.servers import Valkey
from tests.sessions.calls import NOW, Line, Phone

pytestmark = pytest.mark.both_databases

CALLS = 200
# Of callers nobody knows yet, with nothing made up about what actions come back with.
PLAYABLE = [each for each in scripts("complaints").values() if not each.keys() & {"caller", "act"}]


def entries(script: dict[str, Any]) -> list[str]:
    return [str(step["enter"]) for step in script["steps"] if "enter" in step]


def otherwise() -> dict[str, str]:
    """The shipped flow with all its English and Roman Urdu reworded, its menu turned round and its lists too."""
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    main = re.sub(r'\b(en|ur-Latn): ("?)(?=[A-Z])', r"\1: \2X", files["complaints.yaml"])
    start = main.index("    choose:\n", main.index("\n  menu:")) + len("    choose:\n")
    end = main.index("\n\n", start)
    files["complaints.yaml"] = main[:start] + "\n".join(reversed(main[start:end].split("\n"))) + main[end:]
    header, *rows = files["lists/group.csv"].splitlines()
    files["lists/group.csv"] = "\n".join([header, *reversed(rows)])
    return files


@pytest.fixture
def undisturbed(tmp_path: Path) -> Iterator[Database]:
    """A line on which nothing is published meanwhile: what callers must go on to see."""
    database = open_database(f"sqlite:///{tmp_path}/undisturbed.db")
    migrate(database)
    yield database
    database.close()


def call_all(line: Line, halfway: Any) -> list[list[str]]:
    """200 calls, each stopped somewhere on its way until all are; what each of them saw, screen by screen."""
    random.seed(8484)  # tracking numbers are drawn from here
    phones = [Phone(line, f"+9230{at:08d}") for at in range(CALLS)]
    ways = [entries(PLAYABLE[at % len(PLAYABLE)]) for at in range(CALLS)]
    seen = [[phone.dial()] for phone in phones]
    rest: list[list[str]] = []
    for at, (phone, way) in enumerate(zip(phones, ways, strict=True)):
        stop = at % len(way)
        seen[at] += [phone.type(words) for words in way[:stop]]
        rest.append(way[stop:])
    halfway()
    for at, (phone, way) in enumerate(zip(phones, rest, strict=True)):
        if at % 2:  # every other caller is answered by a process that started after the publication
            phone.line = Line.__new__(Line)
            phone.line.hops = line.fresh  # type: ignore[attr-defined]
        seen[at] += [phone.type(words) for words in way]
    return seen


def test_200_calls_end_on_the_revision_they_began_on(database: Database, undisturbed: Database, valkey: Valkey) -> None:
    before = Line(undisturbed, valkey.url)
    before.fresh = before.process()  # type: ignore[attr-defined]
    expected = call_all(before, lambda: None)
    valkey.client().flushall()
    line = Line(database, valkey.url)

    def published() -> None:
        done = publish(database, NOW, otherwise(), "complaints.yaml", RevisionNote("test", "all otherwise"))
        assert done == PublishedRevision("complaints", 2, changed=True), done
        assert line.shelf.refresh()
        line.fresh = line.process()  # type: ignore[attr-defined]

    assert call_all(line, published) == expected
    live = find_revision(database, "complaints")
    assert live is not None
    assert live.number == 2
    assert Phone(line, "+923111111111").walk(["3"])[1].startswith("CON XComplaint line")
