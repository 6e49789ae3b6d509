"""D601 to D605: words of danger and helplines with which somebody in danger would call nobody."""

import re
from collections.abc import Mapping
from typing import Any

from rapidfuzz.distance import OSA

from flows.checks.behaviour.danger import danger_problems
from flows.checks.data_files.data_file import DataContext, DataFile
from flows.menu.danger_rules import Danger, DangerLexicon, Helpline
from flows.menu.diagnostics import Problem
from flows.menu.file_keys import DANGER, DANGER_FILE
from flows.menu.model import SENSITIVE, Row
from flows.parsing.danger_file import read_helplines, read_lexicon
from flows.parsing.yaml_document import CommentedMap, Notes, load

UNREADABLE, NUMBER, NO_LINE, IDLE, UNFIT = "D601", "D602", "D603", "D604", "D605"
MANY = 3  # dangers without a verified line: then the line was changed, and not each of them
LINES, WORDS = "helplines.yaml", "danger.yaml"
LONGEST_NAME = 12  # letters: it stands behind the number on a screen
SHORT, LONG = range(2, 6), range(9, 13)  # digits of a short number, and of a whole one with its 0
# Numbers that a public source verifies for these lines (the data of libphonenumber for Pakistan).
_PUBLIC = {"police": frozenset({"15", "112"}), "rescue": frozenset({"1122", "112"})}
_WITH_ZERO = re.compile(r"(?<!\d)0\d[\d -]{6,14}\d(?!\d)")
_NUMBER = re.compile(r"(?<![\d.])\d[\d-]{1,14}\d(?![\d.]\d)")  # of three digits or more
_BARE_ZERO = re.compile(r"number[\"']?\s*:\s*(0\d+)\b")


def check_helplines(text: str, file: str, around: DataContext) -> list[Problem]:
    """What is wrong with a file of helplines. It never raises."""
    given = DataFile(text, file, UNREADABLE)
    lines = _helplines(given)
    tags = {tag for flow in around.flows for tag in flow.languages} or {
        tag for each in lines.values() for tag in each.name
    }
    here = bool(tags & {"ur", "ur-Latn"})  # what is known of numbers is known of Pakistan's
    for code, line in lines.items():
        _number(given, code, line, around, here=here)
        for tag, name in line.name.items():
            if len(name) > LONGEST_NAME:
                said = f"the name {name[:30]!r} of {code} has more than {LONGEST_NAME} letters: it pushes others away"
                given.add(NUMBER, (code, "name", tag), said, hint="shorten it", severity="W")
        if not line.name:
            given.add(NUMBER, (code,), f"{code} has no name: a caller reads a number and not whose", hint="add a name")
        _languages(given, code, line, around)
    lexicon = _beside(around, WORDS, read_lexicon)
    named = {each for danger in lexicon.dangers for each in danger.call} if lexicon is not None else set(lines)
    for code in lines:
        if code not in named:
            said = f"no danger names {code}: nobody is ever told to call it"
            given.add(IDLE, (code,), said, hint=f"name it under call: in {WORDS}, or remove it")
    unverified = _unverified(lexicon, lines) if lexicon is not None else []
    for code in {danger.call[0]: None for danger in unverified if danger.call} if len(unverified) > MANY else ():
        if code in lines:
            said = f"{code} is not verified, and {WORDS} names no other line for {len(unverified)} dangers"
            given.add(NO_LINE, (code,), said, hint="dial it, and write verified: yes if it answers")
    for code in sorted(named - {*lines}) if lines else ():
        said = f"{WORDS} tells people in danger to call {code!r}, which is not here"
        given.add(NO_LINE, (), said, hint=given.suggest(code, lines) or "add it")
    return given.found


def check_danger_words(text: str, file: str, around: DataContext) -> list[Problem]:
    """What is wrong with a file of words of danger. It never raises."""
    given = DataFile(text, file, UNREADABLE)
    if given.data is None:
        return given.found
    for name in given.data:
        if name not in DANGER_FILE:
            hint = given.suggest(str(name), DANGER_FILE) or "remove it"
            given.add(UNREADABLE, (name,), f"nothing reads the section {str(name)[:40]!r}", hint=hint)
    dangers = given.data.get("dangers")
    if not isinstance(dangers, dict) or not isinstance(given.data.get("words"), dict):
        given.add(
            UNREADABLE, (), "the file needs words: and dangers:, each a map", hint="take it from the shipped file"
        )
        return given.found
    for code, entry in dangers.items():
        _shape(given, str(code), entry)
    lexicon = _lexicon(given)
    lines = _beside(around, LINES, read_helplines)
    elsewhere = lines is not None and len(_unverified(lexicon, lines)) > MANY  # told of the line itself
    _replies(given, lexicon, around)
    _filed_as(given, lexicon, around)
    for path, said in danger_problems(lexicon, lines or _assumed(lexicon)):
        if path[0] == "danger" and not (elsewhere and "verified" in said):
            given.add(NO_LINE, tuple(path[1:]), said)
    return given.found


def _unverified(lexicon: DangerLexicon, lines: Mapping[str, Helpline]) -> list[Danger]:
    """Dangers of which no line is verified."""
    found = []
    for danger in lexicon.dangers:
        known = [lines[code] for code in danger.call if code in lines]
        if known and not any(line.verified for line in known):
            found.append(danger)
    return found


def _shape(given: DataFile, code: str, entry: Any) -> None:
    """Lists of a danger that are no lists would be lost without a word."""
    way = ("dangers", code)
    if not isinstance(entry, dict):
        given.add(UNREADABLE, way, f"{code[:40]} takes a map with call and when")
        return
    for key, value in entry.items():
        if key not in DANGER:
            given.add(UNREADABLE, (*way, key), f"unknown word {str(key)[:40]!r}", hint=given.suggest(str(key), DANGER))
        elif key in ("when", "perhaps") and not isinstance(value, list):
            said = f"{key} of {code[:40]} must be a list: its words would never be recognised"
            given.add(UNREADABLE, (*way, key), said, hint="write [A B, C]")


def _replies(given: DataFile, lexicon: DangerLexicon, around: DataContext) -> None:
    """The text and the category of a danger must be there."""
    texts = {key for flow in around.flows for key in flow.texts}
    categories = around.codes.categories if around.codes is not None else {}
    for danger in lexicon.dangers:
        if danger.text and texts and danger.text not in texts:
            said = f"no flow has the text {danger.text!r}: who is in danger gets another reply, or none"
            hint = given.suggest(danger.text, texts) or "add it to texts.yaml"
            given.add(NO_LINE, ("dangers", danger.code, "text"), said, hint=hint)
        if danger.category and categories and danger.category not in categories:
            said = f"no flow has a category {danger.category!r}: these words would be filed as nothing"
            hint = given.suggest(danger.category, categories)
            given.add(NO_LINE, ("dangers", danger.code, "category"), said, hint=hint)


def _filed_as(given: DataFile, lexicon: DangerLexicon, around: DataContext) -> None:
    """The category of a danger must be as urgent and as private as the danger; so it is in the file that ships."""
    rows: dict[str, Row] = {}
    for flow in around.flows:
        rows |= flow.rows.get("category", {})
    usual = {danger.code: danger for danger in (around.danger.dangers if around.danger is not None else ())}
    for danger in lexicon.dangers:
        columns = rows[danger.category].columns if danger.category in rows else {}
        way = ("dangers", danger.code)
        ships = usual.get(danger.code)
        if "emergency" in columns and columns["emergency"] != "yes" and not columns.get("emergency_check"):
            said = f"words of {danger.code} are filed as {danger.category}, which is no emergency and due as late"
            given.add(UNFIT, (*way, "category"), said, hint="name the category of the danger itself")
        if not danger.private and columns.get(SENSITIVE) == "yes":
            said = f"{danger.category} is sensitive, and words of {danger.code} are answered with what they are about"
            given.add(UNFIT, (*way, "private"), said, hint="write private: yes")
        elif not danger.private and ships is not None and ships.private:
            said = f"words of {danger.code} are private in the file that ships, and others may read of them here"
            given.add(UNFIT, (*way, "private"), said, hint="write private: yes", severity="W")


def _lexicon(given: DataFile) -> DangerLexicon:
    return read_lexicon(given.data, given.file, Notes())


def _helplines(given: DataFile) -> dict[str, Helpline]:
    notes = Notes()
    lines = read_helplines(given.data, given.file, notes)
    for each in notes.problems:
        if "without quotes" not in each.message:  # told with what people would call
            given.add(UNREADABLE, (), each.message, hint=each.hint, line=each.line)
    return lines


def _beside(around: DataContext, name: str, reader: Any) -> Any:
    """The other file of the two, read; None where there is none that can be read."""
    text = around.files.get(name)
    data = load(text, name, Notes()) if text is not None else None
    return reader(data, name, Notes()) if isinstance(data, CommentedMap) else None


def _assumed(lexicon: DangerLexicon) -> dict[str, Helpline]:
    """Without a file of helplines every line that is named is thought to be there."""
    return {code: Helpline("15", {}, verified=True) for danger in lexicon.dangers for code in danger.call}


def _without_zero(given: DataFile, digits: str, around: DataContext) -> str:
    """The same number with a zero before it, as a flow or a list beside the file has it; or the others of the file."""
    if (len(digits) not in LONG and len(digits) + 1 not in LONG) or digits.startswith(("0", "+")):
        return ""
    for name, text in around.files.items():
        for found in _WITH_ZERO.findall(text) if name != given.file else ():
            if re.sub(r"[\s-]", "", found) == f"0{digits}":
                return str(found)
    others = [re.sub(r"[\s-]", "", number) for number in _numbers(given)]
    long = [number for number in others if number != digits and len(number) + 1 in LONG]
    if len(long) > 1 and all(number.startswith("0") for number in long):
        return f"0{digits}"
    return ""


def _numbers(given: DataFile) -> list[str]:
    lines = given.data.values() if isinstance(given.data, dict) else ()
    return [str(line.get("number", "")) for line in lines if isinstance(line, dict)]


def _number(given: DataFile, code: str, line: Helpline, around: DataContext, *, here: bool) -> None:
    digits = re.sub(r"[\s-]", "", line.number)
    way = (code, "number")
    raw = given.data[code].get("number") if isinstance(given.data, dict) else None
    bare = _BARE_ZERO.search(given.lines[min(given.line(*way), len(given.lines)) - 1])
    if not isinstance(raw, str) and bare:
        said = f"{bare[1]} without quotes is read as {line.number}: people in danger would call {line.number}"
        given.add(NUMBER, way, said, hint=f'write number: "{bare[1]}"')
    elif not digits.removeprefix("+").isdecimal() or not digits.isascii():
        said = f"{line.number[:30]!r} of {code} is not a number that a phone can call"
        given.add(NUMBER, way, said, hint="write only digits, in quotes")
    elif zero := _without_zero(given, digits, around):
        said = f"{line.number} of {code} has lost its zero: {zero} stands elsewhere, and a phone that calls it is right"
        given.add(NUMBER, way, said, hint=f'write "{zero}"')
    elif meant := _number_of_basis(line):
        said = f"{line.number} is {code} here, and {meant} where the number is from: a phone reaches nobody, or others"
        given.add(NUMBER, way, said, hint=f'write "{meant}", or the basis of {line.number}')
    elif not here:
        return
    elif len(digits) not in SHORT and not digits.startswith(("0", "+")):
        said = f"{line.number} of {code} lacks its 0: a phone that calls it reaches nobody"
        given.add(NUMBER, way, said, hint=f'write "0{line.number}"')
    elif len(digits) not in SHORT and len(digits.removeprefix("+")) not in LONG:
        said = f"{line.number} of {code} has {len(digits)} digits: a phone that calls it reaches nobody"
        given.add(NUMBER, way, said, hint="a short number has 2 to 5, a whole one with its 0 has 9 to 12")
    elif line.verified and digits not in _PUBLIC.get(code, frozenset({digits})):
        right = sorted(_PUBLIC[code])[-1]
        said = f"{line.number} is not the number of {code} in Pakistan, and the file says that it is verified"
        given.add(NUMBER, way, said, hint=f'write "{right}", or verified: no until you have dialled it')


def _number_of_basis(line: Helpline) -> str:
    """The number that the basis of a line names, if the line is the same but for one digit; "" where they agree."""
    digits = line.number.replace("-", "").replace(" ", "")
    named = [found.replace("-", "") for found in _NUMBER.findall(line.basis)]
    if digits in named or not digits.isdecimal():
        return ""
    return next((each for each in named if OSA.distance(digits, each, score_cutoff=1) == 1), "")


def _languages(given: DataFile, code: str, line: Helpline, around: DataContext) -> None:
    wanted = {tag for flow in around.flows for tag in flow.languages}
    for tag in sorted(wanted - {*line.name}) if line.name else ():
        said = f"{code} has no name in {tag}: people read it in another language"
        given.add(NUMBER, (code, "name"), said, hint=f"add {tag}: …", severity="W")
