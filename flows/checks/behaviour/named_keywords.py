"""F711: keywords that texts tell people to send, and that no rule takes, or a rule takes for something else."""

import re
from collections.abc import Iterator

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.behaviour.question_keys import words_of
from flows.delivery.message_policy import DISCREET, STAFF
from flows.engine.variables import base_language
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import Text
from flows.text.normalization import normalize_keyword
from flows.understanding.keyword_index import Index, index

# What some texts are there to offer.
_WANTED = {
    **dict.fromkeys(("closed_confirmed", "closed_unanswered"), "reopen"),
    "refusal_accepted": "appeal",
    "stop_ok": "start",
    "start_ok": "stop",
    "suggest_how": "suggest",
    "language_ok": "language",
}
_SHORT_FORMS = frozenset(
    (
        *("sms", "ussd", "cnic", "id", "ok", "nadra", "pin", "ntn", "fir", "gps", "am", "pm", "tv", "pk", "no", "un"),
        *("usa", "atm", "otp", "dc", "ac", "sho", "rs", "km", "kg", "mb", "gb", "hq", "faq", "url"),
    )
)
_CAPITALS = re.compile(r"(?<![\w{*#-])[A-Z]{2,}(?:[A-Z]|(?=[^\w]|$))")
_QUOTED = re.compile(r"[\"“«']([^\W\d_]{2,}(?: [^\W\d_]{2,}){0,2})[\"”»']")
_CUE = re.compile(r"\b(send|sms|reply|text|write|type|bhej\w*|likh\w*|jawab)\b|بھیج|لکھ|جواب", re.IGNORECASE)
# Right beside the word: nothing else can be meant than that it is to be sent.
_BEFORE = re.compile(r"(?:\b(?:send|sms|reply|text|write|type)\s+(?:with\s+)?|:\s*)[\"“«']?$", re.IGNORECASE)
_AFTER = re.compile(
    r"^[\"”»']?\s*(?:\{ref\}|\{code\}|\{complaint\.number\}|likh\w*|bhej\w*|لکھ|بھیج|sms\b|to \{sms\})", re.IGNORECASE
)


def check_named_keywords(findings: Findings) -> None:
    """Report words that a text names as a keyword and that mean nothing, or not the same in all languages."""
    flow = findings.flow
    if not flow.keywords or any(findings.knows_lost(name) for name in ("keywords", "texts")):
        return
    names = _names(findings)
    known = {officer: index(flow.keywords, officer=officer) for officer in (False, True)}
    untaken: dict[str, list[_Untaken]] = {}
    for each in findings.texts:
        officer = each.path[0] == "texts" and (each.path[-1] in STAFF or "officer_" in each.path[-1])
        for found in _named(findings, each.path, each.text, known[officer], names):
            untaken.setdefault(found.keyword, []).append(found)
    for keyword, uses in untaken.items():
        if len({use.path for use in uses}) > 1 and (place := _rule_of(findings, keyword)):
            said = f"{len({use.path for use in uses})} texts say to send {keyword}, and no keyword rule takes it"
            findings.add("F711", place, said, hint=f"add {keyword} to the words of the rule")
            continue
        for use in uses:
            said = f"the text says to send {keyword}, and no keyword rule takes it: it is not understood"
            spelt = [entry.keyword for entry in known[False].entries.values()]
            hint = findings.suggest(keyword, spelt) or "name a keyword, or add this one to its rule"
            severity: Severity = "E" if use.sure else "W"
            findings.add("F711", use.path, said, language=use.language, hint=hint, severity=severity)


class _Untaken(Struct, frozen=True):
    """A keyword that a text names and no rule takes; `sure` if it can be nothing else than a keyword."""

    keyword: str
    path: Path
    language: str
    sure: bool


def _rule_of(findings: Findings, keyword: str) -> Path:
    """The place of the rule that lost this keyword: it has the name of its intent, or a misspelt one."""
    spelt = {word: (str(at), word) for at, rule in enumerate(findings.flow.keywords) for word in rule.words}
    if slip := findings.near(keyword, spelt, alike=80):
        return ("keywords", *spelt[slip])
    rules = enumerate(findings.flow.keywords)
    return next((("keywords", str(at)) for at, rule in rules if rule.intent == keyword.lower()), ())


def _names(findings: Findings) -> frozenset[str]:
    """Words in capitals that are names: those of offices, places and subjects."""
    words = {*_SHORT_FORMS}
    for rows in findings.flow.lists.values():
        for row in rows:
            for said in (*row.text.values(), row.columns.get("name", "")):
                words |= {word.lower() for word in _CAPITALS.findall(said)} if not said.islower() else set()
    return frozenset(words)


def _named(findings: Findings, path: Path, text: Text, known: Index, names: frozenset[str]) -> Iterator[_Untaken]:
    meant: dict[str, dict[str, str]] = {}  # language -> intent -> keyword
    for language, template in text.items():
        words = words_of(template)
        if words.isupper():
            continue
        for keyword, sure in keywords_in(words):
            if keyword.lower() in names:
                continue
            entry = known.entries.get(normalize_keyword(keyword))
            if entry is not None:
                meant.setdefault(language, {})[entry.intent] = keyword
                continue
            yield _Untaken(keyword, path, language, sure)
    _otherwise(findings, path, meant)


def _otherwise(findings: Findings, path: Path, meant: dict[str, dict[str, str]]) -> None:
    """A keyword that asks for something else than those of the other languages."""
    shared = [intent for found in meant.values() for intent in found]
    wanted = _WANTED.get(path[-1].removeprefix(DISCREET)) if path[0] == "texts" else None
    for language, found in meant.items():
        if wanted in found or (len(meant) == 2 and not wanted and language == base_language(findings.flow)):
            continue  # of two, the other one is wrong
        others = {intent for each, other in meant.items() if each != language for intent in other}
        odd = [intent for intent in found if intent not in others]
        lost = [intent for intent in others if intent not in found and shared.count(intent) == len(meant) - 1]
        if wanted and wanted not in found:
            named = next(iter(found.values()))
            said = f"{named} does not ask for {wanted}, and this text is there to offer that"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {wanted}")
        elif odd and lost:
            said = f"{found[odd[0]]} asks for {odd[0]}, and the other languages name a keyword for {lost[0]}"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {lost[0]}")
        elif lost and any(len(other) == len(found) and lost[0] in other for other in meant.values()):
            said = f"it names {next(iter(found.values()))} and no keyword for {lost[0]}, as all other languages do"
            findings.add("F711", path, said, language=language, hint=f"name a keyword of the rule {lost[0]}")


def keywords_in(words: str) -> Iterator[tuple[str, bool]]:
    """The words that a text tells people to send, and whether it surely does: those in capitals or quotes by a cue."""
    for pattern in (_CAPITALS, _QUOTED):
        for each in pattern.finditer(words):
            keyword = each[1] if pattern is _QUOTED else each[0]
            sure = bool(_BEFORE.search(words[: each.start()]) or _AFTER.search(words[each.end() :]))
            if sure or _CUE.search(_sentence(words, each.start(), each.end())):
                yield keyword, sure


def _sentence(words: str, start: int, end: int) -> str:
    before = max(words.rfind(sign, 0, start) for sign in ".?!۔؟\n")
    after = [at for sign in ".?!۔؟\n" if (at := words.find(sign, end)) >= 0]
    return words[before + 1 : min(after, default=len(words))]
