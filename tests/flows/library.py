"""What ships, read from its files once for the tests that walk it: the flows, the life cycle and the calendars."""

from __future__ import annotations

import csv
from copy import deepcopy
from functools import cache, partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from flows.cases.lifecycle_file import parse_lifecycle
from flows.cases.lifecycle_rules import Lifecycle
from flows.cases.working_time import parse_calendars
from flows.checks import runner
from flows.menu.model import Flow
from flows.parsing.danger_file import load_helplines, load_lexicon
from flows.parsing.flow import parse_flow
from flows.parsing.keyword_rules import load_rules
from flows.understanding.text_model import TextModel

FOLDER = Path(__file__).parent.parent.parent / "flows" / "library"
LIFECYCLE = Lifecycle(parse_lifecycle((FOLDER / "lifecycle.yaml").read_text(encoding="utf-8")))
LIFE, MOVES, STATUSES = LIFECYCLE.life, LIFECYCLE.moves, LIFECYCLE.statuses
CALENDARS = parse_calendars((FOLDER / "calendar.yaml").read_text(encoding="utf-8"))
LINES = load_helplines((FOLDER / "helplines.yaml").read_text(encoding="utf-8"))
LEXICON = load_lexicon((FOLDER / "danger.yaml").read_text(encoding="utf-8"))
# Against the texts that the shipped life cycle sends, and the helplines that ship.
FIRST_WORDS = {
    row["words"]: (int(row["count"]), row["example"])
    for row in csv.DictReader((FOLDER.parent / "model" / "first_words.csv").read_text(encoding="utf-8").splitlines())
}
KEYWORDS = load_rules((FOLDER / "keywords.yaml").read_text(encoding="utf-8"))
check = partial(
    runner.check,
    events=LIFECYCLE.events,
    helplines=LINES,
    first_words=FIRST_WORDS,
    danger=LEXICON,
    life=LIFE,
    keywords=KEYWORDS,
)


@cache
def shipped_files() -> dict[str, str]:
    """Every text file of the library by its relative name."""
    found = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in (".yaml", ".csv")]
    return {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in found}


@cache
def shipped(name: str = "complaints") -> Flow:
    """A shipped flow, by default the complaint line."""
    flow = parse_flow(shipped_files(), f"{name}.yaml").flow
    assert flow is not None
    return flow


@cache
def shipped_model() -> TextModel:
    """The model of texts that ships."""
    return TextModel((FOLDER.parent / "model" / "model.npz").read_bytes())


@cache
def _script(file: str) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(shipped_files()[file]))


@cache
def scripts(flow: str) -> dict[str, dict[str, Any]]:
    """The scripted calls of a shipped flow by their file's name."""
    read = {name: _script(name) for name in shipped_files() if name.startswith("transcripts/")}
    return {name: script for name, script in read.items() if script["flow"] == flow}


def transcript(name: str) -> dict[str, Any]:
    """One scripted call of the library, to be changed at will."""
    return deepcopy(_script(f"transcripts/{name}.yaml"))
