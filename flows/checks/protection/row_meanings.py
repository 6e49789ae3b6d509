"""F613: a code that is one thing in a list and another in a second list: whoever chooses it files something else."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from rapidfuzz import fuzz

from flows.checks.analysis.findings import Findings
from flows.menu.diagnostics import Severity
from flows.menu.model import PLACE_LIST, Row

SHARED = 0.6  # of the smaller list: the share of codes that two lists have in common if they are about the same things
FEWEST = 3  # codes in common
AGREED = 0.7  # of the codes in common that must mean the same, before one that does not is told
UNLIKE, ALIKE = 45.0, 85.0  # of 100: two wordings of different things, and of the same

Rows = Mapping[str, Row]


def check_row_meanings(findings: Findings) -> None:
    """Report rows whose words are those of another code in a list that has the same codes."""
    flow = findings.flow
    names = [name for name in flow.rows if name != PLACE_LIST and name not in findings.broken]
    told: set[tuple[str, str]] = set()
    for one, other in combinations(names, 2):
        less, more = sorted((one, other), key=lambda name: len(flow.rows[name]))
        _compare(findings, less, flow.rows[less], flow.rows[more], f"the list {more}", told)
    for other_flow in (findings.around.flows or {}).values():
        for name in names if other_flow.name != flow.name else ():
            if theirs := other_flow.rows.get(name):
                _compare(findings, name, flow.rows[name], theirs, f"the same list of {other_flow.name}", told)


def _compare(findings: Findings, name: str, rows: Rows, others: Rows, where: str, told: set[tuple[str, str]]) -> None:
    shared = [code for code in rows if code in others and rows[code].text != others[code].text]
    same = sum(code in others for code in rows)
    findings.spend(len(rows) // 4)
    if same < FEWEST or same < SHARED * min(len(rows), len(others)) or not shared:
        return
    findings.spend(4 * len(shared))
    unlike = [code for code in shared if _unlike(rows[code], others[code])]
    # Where hardly a code means the same, the two lists have nothing in common but how their codes are counted.
    sure: Severity = "E" if 2 * (same - len(unlike)) >= same else "W"
    for code in shared:
        meant, language = next(_crossed(findings, code, rows, others), ("", ""))
        if meant and (name, code) not in told:
            told.add((name, code))
            words = rows[code].text[language]
            said = f"{words!r} is {code!r} here and {meant!r} in {where}: who chooses it files {code!r}"
            hint = f"write {meant}, if {words!r} is meant"
            findings.add("F613", ("lists", name, code), said, hint=hint, severity=sure)
    for code in unlike if same - len(unlike) >= AGREED * same else ():
        if (name, code) not in told:
            told.add((name, code))
            words, theirs = (next(iter(row.text.values()), "") for row in (rows[code], others[code]))
            said = f"{code!r} is {words!r} here and {theirs!r} in {where}: officers would read the other words"
            findings.add("F613", ("lists", name, code), said, hint="use one code for one thing", severity="W")


def _crossed(findings: Findings, code: str, rows: Rows, others: Rows) -> Iterator[tuple[str, str]]:
    """The code that has the words of this one elsewhere, and the language in which it has them."""
    for tag, words in rows[code].text.items():
        own = others[code].text.get(tag, "")
        if not words or not own or _likeness(words, own) >= UNLIKE:
            continue
        findings.spend(len(others) // 2)
        for each, row in others.items():
            if each != code and _likeness(words, row.text.get(tag, "")) >= ALIKE:
                yield each, tag


def _unlike(row: Row, other: Row) -> bool:
    """True if the words of two rows have nothing in common in any language."""
    shared = [tag for tag, words in row.text.items() if words and other.text.get(tag)]
    return bool(shared) and all(_likeness(row.text[tag], other.text[tag]) < UNLIKE for tag in shared)


def _likeness(words: str, other: str) -> float:
    return fuzz.ratio(words.casefold(), other.casefold())
