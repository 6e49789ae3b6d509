"""Trials of the bounds on what is read in a flow beyond its YAML, and on the work of checking it."""

from __future__ import annotations

from collections.abc import Sequence

from flows.checks.analysis.findings import CheckContext, Findings, TooMuchWork
from flows.checks.runner import TOO_MUCH
from flows.menu.conditions import ConditionError, parse
from flows.menu.diagnostics import LONGEST_NAME, MOST_COMPARED, ParsedFlow, Suggestions
from flows.parsing.flow import parse_flow
from flows.parsing.lists import read_list
from flows.parsing.transcript_file import FOLDER, MOST_SCRIPT_NODES, parse_transcript, transcripts_of
from flows.parsing.yaml_document import Notes
from flows.versions.sequence_diff import Stretch, count_differences, stretches
from flows.versions.word_diff import diff_words
from tests.flows.library import shipped

LANGUAGES = {"en": "English", "ur": "اردو"}
ROWS, COLUMNS = 20_000, 10  # of a list that is within its own bounds


def condition_letters(size: int) -> str:
    return _condition("a" * size)


def condition_terms(size: int) -> str:
    return _condition(" or ".join(["a"] * size))


def condition_nots(size: int) -> str:
    return _condition("not " * size + "a")


def _condition(words: str) -> str:
    try:
        parse(words)
    except ConditionError as error:
        return str(error)
    return ""


def keywords(size: int) -> str:
    return _keywords(",".join(["x"] * size))


def keyword_letters(size: int) -> str:
    return _keywords("x" * size)


def keyword_words(size: int) -> str:
    return _keywords(" ".join(["x"] * size))


def _keywords(words: str) -> str:
    parsed = parse_flow(
        {"flow.yaml": "flow: t\nkeywords: k.yaml\n", "k.yaml": f"- intent: new\n  words: [{words}]\n"}, "flow.yaml"
    )
    return next((each.message for each in parsed.problems if each.file == "k.yaml"), "")


def languages(size: int) -> str:
    named = ", ".join(f"l{at}: Language" for at in range(size))
    parsed = parse_flow({"flow.yaml": f"flow: t\nlanguages: {{{named}}}\n"}, "flow.yaml")
    return next((each.message for each in parsed.problems if each.code == "F000"), "")


def cells(size: int) -> str:
    """Lists that are each within their bounds, with so many cells in all."""
    notes = Notes()
    while size > 0 and not notes.problems:
        rows = min(ROWS, size // COLUMNS)
        width = COLUMNS if rows else size
        read_list("place", _rows(max(rows, 1), width), "place.csv", LANGUAGES, notes)
        size -= max(rows, 1) * width
    return notes.problems[0].message if notes.problems else ""


def _rows(rows: int, width: int) -> str:
    head = ["code", "en", *(f"c{at}" for at in range(width - 2))][:width]
    return "".join([",".join(head) + "\n", *(f"r{at}" + ",x" * (width - 1) + "\n" for at in range(rows - 1))])


def problems(size: int) -> str:
    """Lists whose rows have no words in two languages."""
    notes = Notes()
    while size > 0 and all(each.code == "F601" for each in notes.problems):
        rows = min(ROWS, -(-size // 2))
        text = "code,en,ur\n" + "".join(f"r{at},,{'x' if at * 2 + 1 == size else ''}\n" for at in range(rows))
        read_list("street", text, "street.csv", LANGUAGES, notes)
        size -= 2 * rows
    return next((each.message for each in notes.problems if each.code != "F601"), "")


def script_nodes(size: int) -> str:
    return parse_transcript(f"{FOLDER}call.yaml", _script(size)).problem


def scripts_nodes(size: int) -> str:
    """Scripted calls that are each within their own bound."""
    files = {}
    for at in range(-(-size // MOST_SCRIPT_NODES)):
        files[f"{FOLDER}call{at:05}.yaml"] = _script(min(MOST_SCRIPT_NODES, size - at * MOST_SCRIPT_NODES))
    return next((each.problem for each in transcripts_of(files) if each.problem), "")


def _script(size: int) -> str:
    """A call of that many nodes: five of them are around its steps, and a step has three."""
    steps, rest = divmod(size - 5, 3)
    more = {0: "", 1: "? x\n", 2: "flow: t\n"}[rest] if steps > 0 else ""
    return "test: t\nsteps: [" + "{see: x}," * steps + "]\n" + more


def steps(size: int) -> str:
    flow = shipped()
    findings = Findings(ParsedFlow(flow, (), {}), flow, CheckContext())
    try:
        findings.spend(size)
    except TooMuchWork:
        return TOO_MUCH
    return ""


def compared(size: int) -> str:
    known = ["name7"] * size
    assert bool(Suggestions().suggest("nome7", known)) == (size <= MOST_COMPARED)
    return ""


def name_letters(size: int) -> str:
    known = ["x" * (size - 1) + "y"]
    assert bool(Suggestions().near("x" * size, known)) == (size <= LONGEST_NAME)
    return ""


def pairs(size: int) -> str:
    """Two files whose lines alternate with others: difflib took minutes."""
    old = ["same" if at % 2 else f"old {at}" for at in range(20_000)]
    new = ["same" if at % 2 else f"new {at}" for at in range(max(1, min(size, 10**9) // 20_000))]
    added, gone = count_differences(old, new)
    assert (added, gone) == _counted(list(stretches(old, new)))
    return ""


def _counted(found: Sequence[Stretch]) -> tuple[int, int]:
    changed = [each for each in found if not each.same]
    return sum(len(each.new) for each in changed), sum(len(each.old) for each in changed)


def words(size: int) -> str:
    before, after = " ".join(["a", "b"] * (size // 8)), " ".join(["a", "c"] * (size // 8))
    found = diff_words(before, after)
    assert "".join(each.words for each in found if each.became != "new") == before
    assert "".join(each.words for each in found if each.became != "gone") == after
    return ""
