"""F703: first words of an SMS that are never understood as their rule says."""

from flows.checks.analysis.findings import Findings
from flows.menu.keyword_rule import FIRST, Rule, applies_to_sender
from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.understanding.intents import INTENTS

Words = tuple[str, ...]


def check_keywords(findings: Findings) -> None:
    """Report keywords that another rule takes first, or that no sender can mean."""
    faults: dict[tuple[str, ...], tuple[str, str]] = {}
    for officer in (False, True):
        together = [
            (at, rule)
            for at, rule in enumerate(findings.flow.keywords)
            if applies_to_sender(rule.intent, officer=officer)
        ]
        faults = _among(together) | faults
    for path, (message, hint) in faults.items():
        findings.add("F703", path, message, hint=hint)


def _among(rules: list[tuple[int, Rule]]) -> dict[tuple[str, ...], tuple[str, str]]:
    """What is wrong with the keywords of rules that are read together."""
    faults: dict[tuple[str, ...], tuple[str, str]] = {}
    urgent: dict[Words, str] = {}
    for _, rule in rules:
        for word in (*rule.words, *rule.alone) if rule.intent in FIRST else ():
            urgent.setdefault(normalize_keyword(word), rule.intent)
    urgent |= {(word,): word for word in FIRST if (word,) not in urgent}
    taken: dict[Words, str] = {}
    for at, rule in rules:
        for word in (*rule.words, *rule.alone):
            key = normalize_keyword(word)
            known = rule.intent in INTENTS  # otherwise F705 reports it, and nothing follows from it
            if known and (fault := _fault(word, key, rule, urgent, taken)):
                faults.setdefault(("keywords", str(at), word), fault)
            taken.setdefault(key, rule.intent)
    return faults


def _fault(
    word: str, key: Words, rule: Rule, urgent: dict[Words, str], taken: dict[Words, str]
) -> tuple[str, str] | None:
    """What is wrong with a keyword. One that stands `alone` is a whole SMS, so it may begin with another keyword."""
    intent, alone = rule.intent, word in rule.alone
    if not key:
        return f"{word!r} has no letters or digits: no SMS begins with it", "write a word"
    if "".join(key).isdecimal() and len("".join(key)) == tracking_number.LENGTH:
        return (
            f"{word!r} looks like a tracking number: the sender gets the status of that complaint instead",
            "use a word that has letters",
        )
    if key in urgent and urgent[key] != intent:
        return f"{word!r} always means {urgent[key]}: the sender never gets {intent}", "use another word"
    if intent in FIRST:
        return None
    if key in taken and taken[key] != intent:
        said = f"{word!r} already belongs to the earlier rule {taken[key]}: the sender never gets {intent}"
        return said, "use another word"
    for length in range(1, 0 if alone else len(key)):
        first = {**taken, **urgent}.get(key[:length])
        if first is not None and first != intent:
            start = " ".join(key[:length]).upper()
            return (
                f"{word!r} begins with {start}, a keyword of {first}: a sender who means {first} may get {intent}",
                "begin with another word",
            )
    return None
