"""F109, F705 to F707: questions, keywords and answers by SMS that a citizen would wait for in vain."""

from flows.cases.private_texts import NAMED, PRIVATE, TELLING, revealing_variables
from flows.checks.analysis.findings import Findings
from flows.checks.structure.distance import distances
from flows.engine.sms_channel import MOST_QUESTIONS, is_texted
from flows.menu import sms_reply_text_keys
from flows.menu.keyword_rule import EMERGENCY
from flows.menu.model import Ask
from flows.understanding.intents import INTENTS


def check_sms_answers(findings: Findings) -> None:
    """Report questions nobody is asked, keywords and answers without an answer, and texts that tell too much."""
    if is_texted(findings.flow):
        _questions(findings)
    _intents(findings)
    _private(findings)


def _questions(findings: Findings) -> None:
    """The engine asks twice at most: what follows then must be said, and a third question is never seen."""
    far = distances(findings)
    for name, screen in findings.flow.screens.items():
        if not isinstance(screen, Ask) or name not in far:
            continue
        if far[name] > MOST_QUESTIONS:
            said = f"nobody is asked this question: a flow by SMS asks {MOST_QUESTIONS}, and that many come before it"
            findings.add("F109", findings.path(name), said, hint="add skip_if to one of them, or ask fewer questions")
        elif screen.after_tries is None:
            said = f"nothing is asked after {MOST_QUESTIONS} questions, so what the sender wrote would be lost here"
            findings.add(
                "F109",
                findings.path(name),
                said,
                hint="add after_tries with the screen that files it without this answer",
            )


def _intents(findings: Findings) -> None:
    flow = findings.flow
    told = {each.message.partition(" ")[0] for each in findings.of("D401")}
    for at, rule in enumerate(flow.keywords):
        path = ("keywords", str(at))
        if rule.intent not in (*INTENTS, EMERGENCY):
            said = (
                f"nothing handles the intent {rule.intent!r}: an SMS that begins with {_first(rule.words)} "
                "is not understood"
            )
            findings.add(
                "F705", path, said, hint=findings.suggest(rule.intent, INTENTS) or f"use one of {', '.join(INTENTS)}"
            )
        replies = sms_reply_text_keys.TO.get(rule.intent, ()) if flow.texts else ()
        missing = [text for text in replies if text not in {*flow.texts, *told, sms_reply_text_keys.DIAL}]
        if missing and is_texted(flow):
            said = (
                f"the answer to {_first((*rule.words, *rule.alone))} is the text help, because there is no "
                f"text {missing[0]}"
            )
            findings.add("F706", path, said, hint=f"add {', '.join(missing)} to the texts")


def _first(words: tuple[str, ...]) -> str:
    return repr(words[0]) if words else "such a text"


def _private(findings: Findings) -> None:
    for event, text in findings.flow.texts.items():
        if (event.startswith(PRIVATE) or event in NAMED.values()) and (told := revealing_variables(text)):
            said = f"{{{told[0]}}} reveals what a private complaint is about to everyone who shares the phone"
            findings.add("F707", ("texts", event), said, hint=f"do not use {', '.join(sorted(TELLING))}")
