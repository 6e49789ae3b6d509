"""F312 and F313: what was meant for a computer and would be read by callers: `\\n`, `&amp;`, `%s`, `(clinic}`."""

import re

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import plain, variables
from flows.menu.model import Text
from flows.menu.screen_kinds import FlowText

_SUSPECT = re.compile(r"[\\&<>%$#{}()\[\]*_«»｛｝]")  # one of these is in everything below
_ESCAPE = re.compile(r"\\(?:[nrtbf\"'/\\]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|$)|\\")
# "/n" in place of a new line stands between two variables or sentences: "no/none" and "s/n" are words.
_SLASHED = re.compile(r"(?<![sS:/])/n(?=\{|[^\W\d_])|(?<=[}.!?।۔؟])/n(?!\w)")
_MARKUP = re.compile(
    r"&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,6});|</?(?:br|b|i|u|p|a|em|div|span|strong|li|ul|font)\b[^<>]{0,80}>"
    r"|%(?:20|0A|0D)|_x000[dD]_|\*\*\w",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"%(?:\([\w.]+\))?[sdifr](?![\w%])|\$\{?[a-z_][\w.]*\}?|#\{[\w.]+\}|｛[^｛｝]*｝|\{\{|\}\}|\{\s*\}"
)
_IN_OTHER_BRACKETS = re.compile(r"[(\[<«]\s*([a-z][a-z0-9_.]{1,40})\s*[)\]>»}]|\{\s*([a-z][a-z0-9_.]{1,40})\s*[)\]>]")


def check_damaged_texts(findings: Findings) -> None:
    """Report escapes, markup and spoilt variables in every text and list."""
    for each in (*findings.texts, *findings.row_texts):
        for tag, parts in each.text.items():
            words = plain(parts)
            if "/n" in words:
                _slashed(findings, each, tag)
            if not _SUSPECT.search(words):
                continue
            _escapes(findings, each, tag, words)
            own = set(variables(parts))
            _placeholders(findings, each, tag, words, _names(each.text) - own)


def _names(text: Text) -> set[str]:
    return {name for parts in text.values() for name in variables(parts)}


def _escapes(findings: Findings, each: FlowText, tag: str, words: str) -> None:
    if found := _ESCAPE.search(words):
        said = f"a caller would read {found[0]!r} as it stands here"
        if found[0] == "\\n":
            said = "a caller would read \\n and no new line: in single quotes, and without quotes, it is two letters"
        hint = "put the text in double quotes" if each.role != "row" else "write the words without \\"
        findings.add("F312", each.path, said, language=tag, hint=hint)
    elif found := _MARKUP.search(words):
        said = f"a caller would read {found[0]!r}, which is for web pages"
        findings.add("F312", each.path, said, language=tag, hint="write the letter itself, or \\n in double quotes")


def _slashed(findings: Findings, each: FlowText, tag: str) -> None:
    """The two letters /n where a new line was meant: before a variable, a capital, or a letter that has no capital."""
    said = "".join(part if isinstance(part, str) else "{}" for part in each.text[tag])
    for found in _SLASHED.finditer(said):
        behind = said[found.end() : found.end() + 1]
        if not behind.isalpha() or behind.upper() == behind:
            told = "a caller would read /n and no new line"
            findings.add("F312", each.path, told, language=tag, hint="write \\n in double quotes")
            return


def _placeholders(findings: Findings, each: FlowText, tag: str, words: str, missing: set[str]) -> None:
    """What should be `{name}`. `missing` are the variables that the other languages have and this one does not."""
    said = ""
    if each.role == "row" and (brace := re.search(r"\{[a-z_.]+(?:\|\d+)?\}", words)):
        said = f"a caller would read {brace[0]}: no variable is filled in the words of a list"
    elif found := _PLACEHOLDER.search(words):
        said = f"a caller would read {found[0]!r}, which is filled by nothing"
    elif (match := _IN_OTHER_BRACKETS.search(words)) and _is_meant(findings, match, missing):
        said = f"a caller would read {match[0]!r}"
    elif "}" in words and "{" not in words:
        at = words.index("}")
        said = f"there is a }} without a {{ after {words[:at].split()[-1] if words[:at].split() else ''!r}"
    if said and not findings.knows("F203", screen=each.path[1] if each.path[0] == "screens" else ""):
        findings.add("F313", each.path, said, language=tag, hint="write a variable as {name}, in the braces { and }")


def _is_meant(findings: Findings, match: re.Match[str], missing: set[str]) -> bool:
    """True for a name in wrong brackets that another language has as a variable, or that can be nothing else."""
    name = match[1] or match[2]
    torn = match[0][0] == "{" or match[0][-1] == "}"
    return torn or name in missing or ("." in name and findings.known.known(name, findings.flow))
