"""A scripted call as the checks see it: what it says, and the line of each of its steps."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from flows.parsing.yaml_document import CommentedMap, CommentedSeq, Notes, load

FOLDER = "transcripts/"
ENDS = (".yaml", ".yml")
LONGEST_STEM = 60
_UNSAFE = re.compile(r"[^a-z0-9]+")
MOST_SCRIPT_NODES = 2_000  # names and values of a scripted call
MOST_SCRIPTS_NODES = 40_000  # the same of all: some three seconds of reading, once; what ships has 16,000
TOO_MANY_SCRIPTS = f"the scripted calls have more than {MOST_SCRIPTS_NODES:,} names and values in all: remove some"


class Transcript(Struct, frozen=True):
    """A file of `test, flow, dial, caller, act, steps`; `problem` says why it cannot be played, at `line`."""

    file: str
    said: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[int, ...] = ()  # of the steps
    problem: str = ""
    line: int = 1
    nodes: int = 0  # names and values
    places: Mapping[str, int] = field(default_factory=dict)  # the line of each of its keys


def file_stem(name: str) -> str:
    """The name of the file that a call of this name is kept in, without its folder and ending.

    "" for a name without a letter that a file's name can have.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("_", plain).strip("_")[:LONGEST_STEM].strip("_")


def transcripts_of(files: Mapping[str, str]) -> tuple[Transcript, ...]:
    """The scripts among a flow's files, of whichever flow; those that cannot be read included."""
    found: list[Transcript] = []
    left = MOST_SCRIPTS_NODES
    for name in sorted(files):
        if name.startswith(FOLDER) and name.endswith(ENDS):
            script = parse_transcript(name, files[name]) if left >= 0 else Transcript(name, problem=TOO_MANY_SCRIPTS)
            left -= script.nodes
            found.append(script if left >= 0 else Transcript(name, problem=TOO_MANY_SCRIPTS))
    return tuple(found)


@lru_cache(maxsize=1024)  # publishing, checking and testing read the same files again and again
def parse_transcript(file: str, text: str) -> Transcript:
    """One script. If its form is wrong, the script keeps the problem, to be reported at its line."""
    notes = Notes()
    data = load(text, file, notes, MOST_SCRIPT_NODES)
    places = {str(key): data.lc.key(key)[0] + 1 for key in data} if isinstance(data, CommentedMap) else {}
    return replace(_script(file, data, notes), nodes=notes.allowance.spent, places=places)


def _script(file: str, data: Any, notes: Notes) -> Transcript:
    if notes.problems:
        return Transcript(file, problem=notes.problems[0].message, line=notes.problems[0].line)
    if not isinstance(data, CommentedMap):
        return Transcript(file, problem="it must be a map of test, flow, dial and steps")
    steps = data.get("steps")
    if not isinstance(steps, CommentedSeq) or not steps:
        return Transcript(file, dict(data), problem="it has no steps (a list of {see, enter} and a last {ends})")
    lines = tuple(steps.lc.item(at)[0] + 1 for at in range(len(steps)))
    for step, line in zip(steps, lines, strict=True):
        if not isinstance(step, CommentedMap) or not step.keys() & {"see", "ends"}:
            return Transcript(
                file, dict(data), lines, "a step must be {see: …, enter: …}, and the last one {ends: …}", line
            )
    for name in ("caller", "act"):
        if not isinstance(data.get(name, {}), CommentedMap | dict):
            return Transcript(file, dict(data), lines, f"{name} must be a map of `name: value`")
    return Transcript(file, dict(data), lines)
