"""F206: letters that were lost when a file was saved: `????` or `Ø§Ø¨` where Urdu should be."""

from collections.abc import Iterator

from msgspec import Struct

from flows.checks.analysis.alphabets import NAMES, is_lost
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, Row
from flows.text.languages import script_of

SHOWN = 24  # letters of what is left that a finding quotes
APART = 3  # up to this many lost texts of a file are reported one by one; more are one mistake in saving it
_WIDE = "ur"  # a language of other letters than Latin ones, for words that belong to no language
_TABLE = "copy the words from an older copy, and in Excel save as “CSV UTF-8 (Comma delimited)”, not as “CSV”"
_TEXT = "copy the words from an older copy, and save the file as UTF-8"


class MojibakeText(Struct, frozen=True):
    """What is left of a text whose letters are gone; without a language for keywords and aliases."""

    path: Path
    words: str
    language: str = ""


def check_mojibake(findings: Findings) -> None:
    """Report texts, keywords, rows, aliases and names of languages whose letters are gone."""
    for tag, name in findings.flow.languages.items():
        if is_lost(tag, name):
            _tell(findings, [MojibakeText(("languages",), name, tag)])
    files: dict[str, list[MojibakeText]] = {}
    for each in (*_texts(findings), *_keywords(findings)):
        files.setdefault(findings.place(each.path)[0], []).append(each)
    for alike in files.values():
        for told in [alike] if len(alike) > APART else [[each] for each in alike]:
            _tell(findings, told, "text")
    for name, rows in findings.flow.lists.items():
        for spoilt in _rows(findings, name, rows):
            _tell(findings, spoilt, "row")


def _texts(findings: Findings) -> Iterator[MojibakeText]:
    for each in findings.texts:
        for tag, parts in each.text.items():
            if tag != ANY_LANGUAGE and is_lost(tag, plain(parts)):
                yield MojibakeText(each.path, plain(parts), tag)


def _keywords(findings: Findings) -> Iterator[MojibakeText]:
    for at, rule in enumerate(findings.flow.keywords):
        for word in (*rule.words, *rule.alone, *rule.beside):
            if is_lost(_WIDE, word):
                yield MojibakeText(("keywords", str(at), word), word)


def _rows(findings: Findings, name: str, rows: tuple[Row, ...]) -> Iterator[list[MojibakeText]]:
    """For each language the rows without letters, and the rows that only have an alias without."""
    read = list(rows)
    for tag in findings.flow.languages:
        spoilt = [row for row in rows if is_lost(tag, row.text.get(tag, ""))]
        gone = {row.code for row in spoilt}
        read = [row for row in read if row.code not in gone]
        yield [MojibakeText(("lists", name, row.code), row.text.get(tag, ""), tag) for row in spoilt]
    aliases = [(row, next((word for word in row.aliases if is_lost(_WIDE, word)), "")) for row in read]
    yield [MojibakeText(("lists", name, row.code), word) for row, word in aliases if word]


def _tell(findings: Findings, alike: list[MojibakeText], what: str = "") -> None:
    """Report the first of those that have one cause, and how many more there are."""
    if not alike:
        return
    first = min(alike, key=lambda each: findings.place((*each.path, each.language)))
    left = " ".join(first.words.split())
    shown = left if len(left) <= SHOWN else left[:SHOWN] + "…"
    script = script_of(first.language or _WIDE)
    which = "letters" if script == "Latn" else f"the {NAMES.get(script, script)} letters"
    reads = f"a caller would read {shown}" if first.language else f"{shown} replaces a word that people write"
    beside = f", in this {what} and in {len(alike) - 1} more" if len(alike) > 1 else ""
    message = f"{reads}: {which} were lost when the file was saved{beside}"
    hint = _TABLE if first.path[0] == "lists" else _TEXT
    findings.add("F206", first.path, message, language=first.language, hint=hint, severity="E")
    findings.lost |= {(each.path, each.language) for each in alike}
