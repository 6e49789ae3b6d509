"""F311: letters that nobody sees, each by its code point, its name and its place."""

import re
import unicodedata
from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.menu.diagnostics import Path

# Everything that takes a place and shows nothing, but blanks and line breaks.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
JOINERS = "\u200c\u200d"  # shape words of Arabic and Indic scripts: right between two letters of one
_NAMES = {"\u00a0": "NO-BREAK SPACE", "\u00ad": "SOFT HYPHEN", "\ufeff": "BYTE ORDER MARK"}
_WORD = re.compile(r"[^\s\u200b\ufeff]{1,24}$")
NAMED = 3  # of one text


def check_invisible_characters(findings: Findings) -> None:
    """Report letters without a shape in every text and list."""
    lost = {(path[:2], language) for path, language in findings.lost if path[0] == "lists"}  # told for the whole column
    for each in (*findings.texts, *findings.row_texts):
        for tag, parts in each.text.items():
            if (each.path[:2], tag) in lost:
                continue
            if len(parts) == 1 and isinstance(parts[0], str):
                words = parts[0]
            else:
                words = "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts)
            if not words.isascii() or not words.isprintable():
                _report(findings, each.path, tag, words)


def invisible_in(words: str) -> list[tuple[int, str]]:
    """Each invisible letter with its place, counted from 0; joiners inside words that need them are left alone."""
    return [(at, letter) for at, letter in _found(words) if letter not in JOINERS or not _joins(words, at)]


def _found(words: str) -> Iterator[tuple[int, str]]:
    for match in INVISIBLE.finditer(words):
        yield match.start(), match[0]


def _joins(words: str, at: int) -> bool:
    """True for a joiner right behind a letter or a vowel sign of a script that is written with joiners."""
    return at > 0 and ord(words[at - 1]) >= 0x0600 and unicodedata.category(words[at - 1])[0] in "LM"


def _report(findings: Findings, path: Path, tag: str, words: str) -> None:
    found = invisible_in(words)
    if not found:
        return
    named = "; ".join(f"{name_of(letter)} {place_of(words, at)}" for at, letter in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    said = f"it has {named}{more}: nobody sees it, and it takes room, shows a box, or keeps words from being found"
    blank = all(unicodedata.category(letter) == "Zs" for _, letter in found)
    hint = "write a plain blank instead" if blank else "remove it, or type the words again"
    findings.add("F311", path, said, language=tag, hint=hint)


def name_of(letter: str) -> str:
    """`U+200B ZERO WIDTH SPACE`."""
    name = _NAMES.get(letter) or unicodedata.name(letter, "")
    return f"U+{ord(letter):04X} {name}".strip()


def place_of(words: str, at: int) -> str:
    """Where a letter stands, counted from 1: `after “Lahore”, letter 7`."""
    before = _WORD.search(INVISIBLE.sub("", words[:at]).rstrip())
    return f"after “{before[0]}”, letter {at + 1}" if before else f"at the beginning, letter {at + 1}"
