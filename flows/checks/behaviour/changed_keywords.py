"""F717 and F718: keywords that mean something else than before, and those that deny what their rule means."""

from collections.abc import Iterator

from flows.checks.analysis.findings import Findings
from flows.checks.behaviour.question_keys import MEANS
from flows.checks.words.answer_words import polarity
from flows.menu.diagnostics import Path, Severity
from flows.menu.keyword_rule import ANSWERS, EMERGENCY, FIRST, OFFICERS
from flows.text.normalization import normalize_keyword
from flows.understanding.keyword_index import Index, index

DENIED = "officer_denied"
DONE = ("yes", "officer_done", "officer_visit", "officer_call")  # what a word for no turns round
# What people keep sending as they learnt it, and where another meaning closes a complaint or loses a protection.
_KEPT = frozenset({*ANSWERS, *FIRST, *OFFICERS, "private", "withdraw", "appeal", "reopen", "new", "suggest"})
NAMED = 3  # keywords that a finding names

Words = tuple[str, ...]


def check_changed_keywords(findings: Findings) -> None:
    """Report keywords of the live revision that mean something else now, or nothing, and keywords that deny."""
    flow, before = findings.flow, findings.around.before
    if findings.knows("F000") or findings.knows_lost("keywords"):
        return
    _denying(findings)
    _undenied(findings)
    if before is None or not flow.keywords or before.keywords == flow.keywords:
        return
    told: set[str] = set()
    for officer in (False, True):
        was, now = index(before.keywords, officer=officer), index(flow.keywords, officer=officer)
        _moved(findings, was, now, told)
        _gone(findings, was, now, told)


def _moved(findings: Findings, was: Index, now: Index, told: set[str]) -> None:
    for key, old in was.entries.items():
        new = now.entries.get(key)
        if new is None or new.intent == old.intent or old.keyword in told:
            continue
        told.add(old.keyword)
        turned = {old.intent, new.intent} == {"yes", "no"} and _means(findings, old.keyword, old.intent)
        severity: Severity = "E" if turned else "W"
        said = f"{old.keyword!r} meant {old.intent} in the live revision, and means {new.intent} now"
        hint = f"leave it with {old.intent}: people send what they learnt"
        findings.add("F717", _place(new.rule, new.keyword), said, hint=hint, severity=severity)


def _means(findings: Findings, keyword: str, intent: str) -> bool:
    """True for a key that answers so, and a word that says so in a language of the flow: it was right before."""
    return MEANS.get(keyword) == intent or any(polarity(keyword, tag) == intent for tag in findings.flow.languages)


def _gone(findings: Findings, was: Index, now: Index, told: set[str]) -> None:
    lost: dict[str, list[str]] = {}
    for key, old in was.entries.items():
        if key not in now.entries and old.intent in _KEPT and old.intent != EMERGENCY:
            lost.setdefault(old.intent, []).append(old.keyword)
    for intent, words in lost.items():
        rules = [(len(rule.words), at) for at, rule in enumerate(findings.flow.keywords) if rule.intent == intent]
        if intent in told or not rules:
            continue
        told.add(intent)
        named = ", ".join(words[:NAMED]) + (f" and {len(words) - NAMED} more" if len(words) > NAMED else "")
        said = f"{named} meant {intent} in the live revision, and no rule takes that now: it is not understood"
        at = max(rules)[1]
        rule = findings.flow.keywords[at]
        first = (*rule.words, *rule.alone)[:1]
        findings.add("F717", ("keywords", str(at), *first), said, hint="leave it: people send what they learnt")


def _place(rule: int | None, keyword: str) -> Path:
    return ("keywords", str(rule), keyword) if rule is not None else ("keywords",)


def _denying(findings: Findings) -> None:
    """A phrase of a rule that says yes or done, which is another phrase of it with a word for no."""
    rules = findings.flow.keywords
    no = {key[0] for rule in rules if rule.intent in ("no", DENIED) for key in _keys(rule.words) if len(key) == 1}
    for at, rule in enumerate(rules):
        if rule.intent not in DONE:
            continue
        own = {*_keys((*rule.words, *rule.alone))}
        for word in (*rule.words, *rule.alone):
            key = normalize_keyword(word)
            said_no = [
                part
                for part in key
                if part in no or any(polarity(part, tag) == "no" for tag in findings.flow.languages)
            ]
            if len(key) > 1 and said_no and tuple(part for part in key if part not in said_no) in own:
                said = (
                    f"{word!r} says that it is not so, and stands under {rule.intent}: who sends it gets the opposite"
                )
                findings.add("F718", ("keywords", str(at), word), said, hint="move it to the rule that it means")


def _undenied(findings: Findings) -> None:
    """A plain word for no that an officer's denial lacks: "VISIT nahi kiya" would be the proof of a visit."""
    rules, tags = findings.flow.keywords, findings.flow.languages
    denied = [(at, rule) for at, rule in enumerate(rules) if rule.intent == DENIED]
    known = {key for _, rule in denied for key in _keys((*rule.words, *rule.alone))}
    plain = [word for rule in rules if rule.intent == "no" for word in (*rule.words, *rule.alone)]
    missing = [
        word
        for word in dict.fromkeys(plain)
        if len(key := normalize_keyword(word)) == 1
        and len(key[0]) > 1  # "VISIT n CALL" is both
        and key not in known
        and any(polarity(word, tag) == "no" for tag in tags)
    ]
    if denied and missing:
        at, rule = max(denied, key=lambda each: len(each[1].words))
        said = f"{', '.join(missing[:NAMED])} says no, and denies no officer's VISIT or CALL: it would count as done"
        hint = f"add {missing[0]} to {DENIED}"
        severity: Severity = "W" if len(missing) >= NAMED else "I"
        findings.add("F718", ("keywords", str(at), *rule.words[:1]), said, hint=hint, severity=severity)


def _keys(words: tuple[str, ...]) -> Iterator[Words]:
    return (key for word in words if (key := normalize_keyword(word)))
