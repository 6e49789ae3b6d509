"""The flows of tests/flows/checks: one fault each, or one that only looks like it.

A fixture is a whole flow, or what follows the base. `# before: FILE` names the revision that was live, `# used: …` the
codes that complaints have, `# played: FILE …` scripted calls, `# network: …` a profile.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace

from flows.checks.analysis.room_profiles import PROFILES
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import parse_transcript
from tests.flows.library import check

FOLDER = Path(__file__).parent / "checks"
FILES = {
    path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in (".yaml", ".csv")
}
BASE = FILES["base.yaml"]
HERE = "<- here"
BAD = sorted(name for name in FILES if re.fullmatch(r"F\d{3}_bad\w*\.yaml", name))
NEAR = sorted(name for name in FILES if re.fullmatch(r"F\d{3}_near\.yaml", name))
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


def examined(name: str) -> tuple[Problem, ...]:
    """Everything found in a fixture, checked against what it says stands around it."""
    parsed, files = read(name)
    before = [parse_flow({**FILES, file: whole(FILES[file])}, file).flow for file in said(name, "before")]
    return check(
        parsed,
        before=before[0] if before else None,
        used=frozenset(said(name, "used")),
        room=PROFILES[(said(name, "network") or ["usual"])[0]],
        scripts=[parse_transcript(file, files[file]) for file in said(name, "played")],
    )


def said(name: str, word: str) -> list[str]:
    """What a comment of a fixture says stands around it."""
    found = re.search(rf"^# {word}: (.+)$", FILES[name], re.MULTILINE)
    return found[1].split() if found else []


def marked(name: str) -> tuple[str, int]:
    """The one line of a fixture, or of a file it uses, that says where the fault is."""
    files = read(name)[1]
    used = {name, *(file for file in files if file in files[name])}
    lines = [(file, at) for file in used for at, line in enumerate(files[file].splitlines(), 1) if HERE in line]
    assert len(lines) == 1, lines
    return lines[0]


def example(name: str) -> tuple[list[str], list[Problem]]:
    """A fixture as the documents show it: its text, another file with the fault, and findings at its own lines."""
    own, composed = FILES[name].splitlines(), read(name)[1][name].splitlines()
    file, _ = marked(name)
    found = [
        replace(each, line=own.index(composed[each.line - 1]) + 1) if each.file == name else each
        for each in examined(name)
    ]
    return [FILES[name], *([FILES[file]] if file != name else [])], found
