"""The examples of the reference: parts of one line of the tests, and a screen for each action and kind of answer."""

from pathlib import Path

from flows.engine import answer_kinds
from flows.menu.action_spec import ActionSpec, Argument
from flows.menu.actions import COMPLAINT, KNOWN
from flows.menu.file_keys import WRITTEN

LINE = Path(__file__).parents[2] / "tests" / "flows" / "reference"
MAIN = "line.yaml"


def excerpt(*path: str, file: str = MAIN, lines: int = 0) -> str:
    """A part of the example, fenced: the map at this path, the first keys of the file, or the rows of a list."""
    if path[:1] == ("lists",):
        file, path = f"lists/{path[1]}.csv", ()
    text = (LINE / file).read_text(encoding="utf-8").rstrip("\n")
    if file == MAIN:
        text = _part(text, path) if path else text.split("\n\n", 1)[0]
    elif lines:
        text = "\n".join(text.splitlines()[:lines])
    return f"```{'csv' if file.endswith('.csv') else 'yaml'}\n{text}\n```"


def _part(text: str, path: tuple[str, ...]) -> str:
    """The lines of the map at a path of keys, two blanks deeper for each."""
    lines = text.splitlines()
    for depth, key in enumerate(path):
        blanks = " " * 2 * depth
        first = next(at for at, line in enumerate(lines) if line.startswith(f"{blanks}{key}:"))
        ends = (
            at for at, line in enumerate(lines[first + 1 :], first + 1) if line and not line.startswith(f"{blanks} ")
        )
        lines = lines[first : next(ends, len(lines))]
    indent = " " * 2 * (len(path) - 1)
    return "\n".join(line.removeprefix(indent) for line in lines).rstrip("\n")


def action_example(name: str, spec: ActionSpec) -> str:
    """A screen with this action: every argument, and every outcome that it has without a special screen."""
    given = ", ".join(f"{argument}: {_value(argument, takes, spec)}" for argument, takes in spec.arguments.items())
    outcomes = {outcome: "done" if outcome == "ok" else outcome for outcome in spec.outcomes} | {"else": "try_later"}
    then = ", ".join(f"{outcome}: {screen}" for outcome, screen in outcomes.items())
    lines = [f"do: {name}", f"with: {{{given}}}" if given else "", f"then: {{{then}}}"]
    save = f"save: {_record(spec)}" if spec.brings else ""
    return "\n".join(line for line in (*lines, save) if line)


def _record(spec: ActionSpec) -> str:
    """The name under which the example keeps what an action brings."""
    if spec.many:
        return "complaints"
    return "known" if spec.brings is KNOWN else "complaint" if COMPLAINT.items() <= spec.brings.items() else "plan"


def _value(name: str, takes: Argument, spec: ActionSpec) -> str:
    if takes.kind == "yes_no":
        return "yes"
    if takes.kind == "complaint":
        return f"{'known' if spec.brings is KNOWN else 'complaint'}.number"
    return '"survey"' if takes.kind == "flow" else name


def answer_example(name: str) -> str:
    """A screen with this kind of answer."""
    bounds = answer_kinds.KINDS[name].bounds
    limit = f"\n{bounds}: {BOUNDS.get(bounds, WRITTEN['range'])}" if bounds else ""
    return f'ask: {{en: "Type it:", ur: "لکھیں:"}}\nanswer: {name}{limit}\nsave: typed\ngo: next'


BOUNDS = {"length": "10-160", "between": "1-5", "days": "0-30", "country": "PK"}
