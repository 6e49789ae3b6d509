"""F712 and F713: questions by SMS that do not offer the keys that answer them, or call a key what it does not mean."""

import re
from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.words.key_labels import KEYS
from flows.delivery.message_policy import DISCREET
from flows.menu.keyword_rule import ANSWERS
from flows.menu.model import Template, Variable
from flows.text.western_digits import western
from flows.understanding.intents import understand

# Event -> the keys that the life cycle waits for. In those of the second row a {code} takes the place of 1.
REASONS = {"reason_ask": "12345"}  # of the verdicts that ship: their words are the flow's own
MEANS = {"1": "yes", "2": "no", "3": "partly"}
_KEY = re.compile(r"(?<![\w{])(\d)(?![\w-])")
_END = re.compile(r"[.,،۔?؟!:]|$")
LONGEST_LABEL = 4  # words


def check_question_keys(findings: Findings) -> None:
    """Report questions whose text and keys do not fit together, and keys that no keyword rule takes."""
    asked = ""
    for key, text in findings.flow.texts.items():
        wanted = KEYS.get(key.removeprefix(DISCREET)) or REASONS.get(key.removeprefix(DISCREET))
        for language, template in text.items() if wanted else ():
            asked = asked or wanted or ""
            _offered(findings, key, language, words_of(template), wanted or "")
    if asked and findings.flow.keywords and not findings.knows_lost("keywords"):
        _taken(findings)


def words_of(template: Template) -> str:
    """The words of a text with its variables in braces, its digits as 0-9."""
    parts = (f"{{{part.name}}}" if isinstance(part, Variable) else western(part) for part in template)
    return "".join(parts)


def _offered(findings: Findings, key: str, language: str, words: str, wanted: str) -> None:
    labels = dict(_labels(words))
    for number in wanted:
        if number not in labels:
            means = "" if key.removeprefix(DISCREET) in REASONS else f" ({MEANS[number]})"
            said = f"the text does not say that {number} answers it{means}: nobody would send {number}"
            findings.add("F712", ("texts", key), said, language=language, hint=f"add {number} and what it means")
    for number, label in labels.items():
        if number not in wanted:
            said = f"the text offers {number}, and no answer {number} is waited for"
            findings.add("F712", ("texts", key), said, language=language, hint=f"it waits for {', '.join(wanted)}")
        elif key.removeprefix(DISCREET) in REASONS:
            continue
        elif (meant := _meaning(findings, label)) and meant != MEANS[number] and not _told(findings, key, language):
            said = f"the text calls {number} {label!r}, which is {meant}, and {number} is taken for {MEANS[number]}"
            findings.add("F713", ("texts", key), said, language=language, hint="put the words in the order of the keys")


def _told(findings: Findings, key: str, language: str) -> bool:
    """True if yes and no were found to be turned round there already (F208)."""
    return findings.tells(("texts", key, language), "F208")


def _labels(words: str) -> Iterator[tuple[str, str]]:
    """Each key that a text offers, and what stands behind it."""
    found = [*_KEY.finditer(words)]
    for at, each in enumerate(found):
        until = found[at + 1].start() if at + 1 < len(found) else len(words)
        label = words[each.end() : until].strip()
        yield each[1], label[: _END.search(label).start()].strip()  # type: ignore[union-attr]  # it matches the end


def _meaning(findings: Findings, label: str) -> str:
    """The answer that a label would be if it were sent, or ""."""
    if not label or len(label.split()) > LONGEST_LABEL or not findings.flow.keywords:
        return ""
    kind = understand(label, findings.flow.keywords).kind
    return kind if kind in ANSWERS else ""


def _taken(findings: Findings) -> None:
    """Each key needs a rule that takes it."""
    rules = findings.flow.keywords
    for number, means in MEANS.items():
        if understand(number, rules).kind == means:
            continue
        own = next((at for at, rule in enumerate(rules) if rule.intent == means), None)
        path = ("keywords", str(own)) if own is not None else ("keywords",)
        said = f"no rule takes {number} for {means}: who answers a question with {number} is not understood"
        findings.add("F712", path, said, hint=f'add "{number}" under alone of the rule {means}')
