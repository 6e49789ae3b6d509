"""F712 and F713: questions by SMS that do not offer the keys that answer them, or call a key what another one means."""

import re
from collections.abc import Iterator, Mapping

from flows.checks.analysis.findings import Findings
from flows.checks.words.key_codes import misplaced_labels, stems, words_of_codes
from flows.checks.words.key_labels import KEYS, key_labels
from flows.checks.words.text_numbers import DIGIT, counts_time
from flows.checks.words.typing_words import says_to_type, typed_keys
from flows.delivery.message_policy import DISCREET
from flows.menu.actions import VERDICTS
from flows.menu.diagnostics import Severity
from flows.menu.model import Template, Text, Variable
from flows.text.western_digits import western
from flows.understanding.intents import understand

# Event -> key -> code. In questions that are answered by a code alone, it takes the place of 1.
REASONS = frozenset({"reason_ask"})
SHIPPED = {str(key): code for key, code in enumerate(VERDICTS, 1)}
MEANS = {"1": "yes", "2": "no", "3": "partly"}
_LISTED = frozenset({"language_ask"})  # its keys are made of the flow's languages
_KEY = re.compile(r"(?<![\w{])(\d)(?![\w-])")
_END = re.compile(r"[.,،۔?؟!:]|$")


def check_question_keys(findings: Findings) -> None:
    """Report questions whose text and keys do not fit together, and keys that no keyword rule takes."""
    asked = False
    known: dict[tuple[str, ...], Mapping[str, frozenset[str]]] = {}
    for key, text in findings.flow.texts.items():
        event = key.removeprefix(DISCREET)
        codes = _reasons(findings) if event in REASONS else {number: MEANS[number] for number in KEYS.get(event, "")}
        asked = asked or bool(codes)
        if not codes and event not in _LISTED:
            _unasked(findings, key, text)
        for language, template in text.items() if codes else ():
            labels = dict(_labels(words_of(template), language))
            _offered(findings, key, language, labels, codes)
            if len(codes) > 1:
                if (language, *codes.values()) not in known:
                    known[(language, *codes.values())] = _meant(findings, codes, language)
                _called(findings, key, language, labels, codes, known[(language, *codes.values())])
    if asked and findings.flow.keywords and not findings.knows_lost("keywords"):
        _taken(findings)


def _reasons(findings: Findings) -> Mapping[str, str]:
    """The keys of why something is not solved, with their codes: those of the life cycle that complaints have."""
    life = findings.around.life
    return {str(key): code for key, code in life.verdicts.items()} if life is not None else SHIPPED


def words_of(template: Template) -> str:
    """The words of a text with its variables in braces, its digits as 0-9."""
    parts = (f"{{{part.name}}}" if isinstance(part, Variable) else western(part) for part in template)
    return "".join(parts)


def _offered(findings: Findings, key: str, language: str, labels: Mapping[str, str], codes: Mapping[str, str]) -> None:
    for number, code in codes.items():
        if number not in labels:
            said = f"the text does not say that {number} answers it ({code}): nobody would send {number}"
            findings.add("F712", ("texts", key), said, language=language, hint=f"add {number} and what it means")
    for number in labels:
        if number not in codes:
            said = f"the text offers {number}, and no answer {number} is waited for"
            # "Bring 5 papers": a key would be the next one.
            severity: Severity = "E" if int(number) <= len(codes) + 1 else "W"
            hint = f"it waits for {', '.join(codes)}"
            findings.add("F712", ("texts", key), said, language=language, hint=hint, severity=severity)


def _unasked(findings: Findings, key: str, text: Text) -> None:
    """Keys that a text offers although its event asks nothing."""
    for language, template in text.items():
        words = words_of(template)
        if not DIGIT.search(words):
            continue
        listed = [number for number, _ in typed_keys(words, language)]
        listed += [*key_labels(words, language)] if says_to_type(words, language) else []
        if listed:
            said = f"the text offers {listed[0]}, and {key} asks nothing: it would answer another question, or none"
            hint = "remove the keys, or ask in the text of an event that waits for an answer"
            findings.add("F712", ("texts", key), said, language=language, hint=hint, severity="W")


def _called(
    findings: Findings,
    key: str,
    language: str,
    labels: Mapping[str, str],
    codes: Mapping[str, str],
    meant: Mapping[str, frozenset[str]],
) -> None:
    """A key whose words belong to another one. Yes and no turned round are told with all other such answers (F208)."""
    for number, other in misplaced_labels(labels, meant):
        if {codes[number], codes[other]} != {"yes", "no"}:
            said = (
                f"the text calls {number} {labels[number]!r}, which is {codes[other]}, "
                f"and {number} is taken for {codes[number]}"
            )
            hint = "put the words in the order of the keys"
            findings.add("F713", ("texts", key), said, language=language, hint=hint)


def _meant(findings: Findings, codes: Mapping[str, str], language: str) -> dict[str, frozenset[str]]:
    """What each code is called in a language, and the words by which an SMS says yes, no or partly."""
    found = words_of_codes(findings.flow, codes, language)
    for number, code in codes.items():
        for rule in findings.flow.keywords:
            if rule.intent == code:
                for word in (*rule.words, *rule.alone):
                    found[number] |= stems(word) if not word.isdigit() else frozenset()
    return found


def _labels(words: str, language: str) -> Iterator[tuple[str, str]]:
    """Each key that a text offers, and what stands behind it. A number of days or hours is no key."""
    found = [each for each in _KEY.finditer(words) if not counts_time(words, each.start(), language)]
    for at, each in enumerate(found):
        until = found[at + 1].start() if at + 1 < len(found) else len(words)
        label = words[each.end() : until].strip()
        yield each[1], label[: _END.search(label).start()].strip()  # type: ignore[union-attr]  # it matches the end


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
