"""F307: spaces, lines and characters that a phone shows badly or not at all."""

import re

from flows.checks.analysis.findings import Findings
from flows.menu.diagnostics import Path

MOST_LINES = 8
_EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\U0001f000-\U0001faff]")
_LAST_BLANK = re.compile(r"[ \t]+(\n|$)")


def check_unprintable_characters(findings: Findings) -> None:
    """Report what takes up room and shows nothing, in every text and list."""
    for each in (*findings.texts, *findings.row_texts):
        for tag, parts in each.text.items():
            if len(parts) == 1 and isinstance(parts[0], str):
                words = parts[0]
            else:
                words = "".join(part if isinstance(part, str) else "x" for part in parts)
            _look(findings, each.path, tag, words)


def _look(findings: Findings, path: Path, tag: str, words: str) -> None:
    if (
        '"' not in words
        and "  " not in words
        and not words.endswith((" ", "\t"))
        and "\n" not in words
        and (words.isascii() or not _EMOJI.search(words))
    ):
        return  # most texts
    faults = []
    if _LAST_BLANK.search(words):
        faults.append(("a space at the end of a line takes up room and shows nothing", "remove it"))
    if "  " in words.strip():
        faults.append(("two spaces in a row take up room and show nothing", "write one"))
    if words.count("\n") >= MOST_LINES:
        lines = words.count("\n") + 1
        faults.append((f"it has {lines} lines, but a small phone shows {MOST_LINES}", "join some of them"))
    if words.count('"') % 2:
        faults.append(('a quote (") in it has no partner', "remove it, or add the other one"))
    if emoji := _EMOJI.search(words):
        faults.append((f"{emoji[0]!r} is a box on many phones, and leaves a screen 70 characters", "say it in words"))
    for message, hint in faults:
        findings.add("F307", path, message, language=tag, hint=hint)
