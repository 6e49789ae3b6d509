"""The flows of tests/flows/checks: one fault each, or one that only looks like it.

A fixture is a whole flow, or what follows the base. `# before: FILE` names the revision that was live, `# used: …` the
codes that complaints have, `# flows: FILE …` the flows beside it, `# played: FILE …` scripted calls, `# network: …` a
profile, `# settings: help=15` what the settings of the installation give.

A fixture with `# data: FILE` is a change to that shipped data file: `# in place of: WORDS` says which line the next one
replaces, `# without: WORDS` which one is missing, `# after: WORDS` which one the next one follows, `# from: WORDS`
where the file is cut off, `# sort: COLUMN` which column of a CSV file was sorted alone, and `# here: 1` which line is
meant.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from flows.cases.office_file import case_codes_of
from flows.checks.analysis.room_profiles import PROFILES
from flows.checks.data_files.data_file import DataContext
from flows.checks.data_files.data_kinds import KINDS
from flows.menu.diagnostics import ParsedFlow, Problem, by_place
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from tests.flows.library import LEXICON, LIFE, check, shipped, shipped_files

FOLDER = Path(__file__).parent / "checks"
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}
BASE = FILES["base.yaml"]
HERE = "<- here"
BAD = sorted(name for name in FILES if re.fullmatch(r"[DF]\d{3}_bad\w*\.(yaml|csv)", name))
NEAR = sorted(
    name
    for name, text in FILES.items()
    if re.fullmatch(r"[DF]\d{3}_near\w*\.(yaml|csv)", name) and ("_near." in name or "\nscreens:" in f"\n{text}")
)
TODAY = dt.date(2026, 11, 30)
TONGUE = "  tongue: {ask: {en: Language, ur: زبان}, choose_from: languages, save: contact.language, go: menu}\n"


def whole(text: str) -> str:
    """A fixture as a whole flow: the base before it and, where it has a menu, a choice of language before the menu."""
    text = text if re.search("^flow:", text, re.MULTILINE) else BASE + text
    if "tongue" in text or re.search("^start:", text, re.MULTILINE) or not re.search("^  menu:", text, re.MULTILINE):
        return text
    return re.sub("^screens:.*\n", lambda line: line[0] + TONGUE, text, count=1, flags=re.MULTILINE)


def read(name: str) -> tuple[ParsedFlow, dict[str, str]]:
    """A fixture and all files beside it."""
    files = {**FILES, name: whole(FILES[name])}
    return parse_flow(files, name), files


def examined(name: str, screen: str = "") -> tuple[Problem, ...]:
    """Everything found in a fixture, checked against what it says stands around it; `screen`: as while it is typed."""
    if data := said(name, "data"):
        return by_place(KINDS[data[0].partition(".")[0]](changed(name), name, around()))
    parsed, files = read(name)
    played = said(name, "played")
    before = [parse_flow({**FILES, file: whole(FILES[file])}, file).flow for file in said(name, "before")]
    others = [parse_flow(FILES, file).flow for file in said(name, "flows")]
    return check(
        parsed,
        before=before[0] if before else None,
        flows={flow.name: flow for flow in others if flow is not None} or None,
        used=frozenset(said(name, "used")) if said(name, "used") else None,
        service=dict(each.split("=") for each in said(name, "settings")),
        room=PROFILES[(said(name, "network") or ["usual"])[0]],
        scripts=[parse_transcript(file, files[file]) for file in played if file in files] if played else None,
        screen=screen,
    )


def changed(name: str) -> str:
    """A shipped data file with the changes of a fixture."""
    lines = shipped_files()[said(name, "data")[0]].splitlines()
    at = len(lines)
    for line in FILES[name].splitlines():
        order = re.match(r"# (in place of|without|after|from|sort): (.+)$", line)
        if order and order[1] == "sort":
            lines = sort_column(lines, order[2])
        elif order:
            (at,) = (place for place, each in enumerate(lines) if order[2] in each)
            if order[1] == "after":
                at += 1
            elif order[1] == "from":
                del lines[at:]
            else:
                del lines[at]
        elif not line.startswith("#"):
            lines.insert(at, line)
            at += 1
    return "\n".join([*lines, ""])


def sort_column(lines: list[str], column: str) -> list[str]:
    """The lines of a CSV file of which one column was sorted, and the others were not."""
    header, *rows = csv.reader(lines)
    at = header.index(column)
    cells = sorted(row[at] for row in rows)
    written = io.StringIO()
    rows = [[*row[:at], cell, *row[at + 1 :]] for row, cell in zip(rows, cells, strict=True)]
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return written.getvalue().splitlines()


@cache
def around() -> DataContext:
    """What the shipped data files are compared with."""
    return DataContext(case_codes_of([shipped()]), TODAY, (shipped(),), shipped_files(), LEXICON, LIFE)


def said(name: str, word: str) -> list[str]:
    """What a comment of a fixture says stands around it."""
    found = re.search(rf"^# {word}: (.+)$", FILES[name], re.MULTILINE)
    return found[1].split() if found else []


def marked(name: str) -> tuple[str, int]:
    """The one line of a fixture, or of a file it uses, that says where the fault is."""
    files = {name: changed(name)} if said(name, "data") else read(name)[1]
    used = {name, *(file for file in files if file in files[name])}
    if said(name, "here"):
        return name, int(said(name, "here")[0])
    lines = [(file, at) for file in used for at, line in enumerate(files[file].splitlines(), 1) if HERE in line]
    assert len(lines) == 1, lines
    return lines[0]


def first_of(code: str) -> str:
    """The name of the fixture that shows a code in the documents."""
    return next(name for name in (f"{code}_bad.yaml", f"{code}_bad.csv") if name in FILES)


def example(name: str) -> tuple[list[str], list[Problem]]:
    """A fixture as the documents show it: its text, another file with the fault, and findings at its own lines."""
    whole_text = changed(name) if said(name, "data") else read(name)[1][name]
    own, composed = FILES[name].splitlines(), whole_text.splitlines()
    file, _ = marked(name)
    found = [
        replace(each, line=own.index(composed[each.line - 1]) + 1) if each.file == name else each
        for each in examined(name)
    ]
    return [FILES[name], *([FILES[file]] if file != name else [])], found
