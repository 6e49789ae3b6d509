"""F208: the same key is yes in one language and no in another, or good and bad, or means what its code denies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.languages.said_texts import ListedKeys, SaidText
from flows.checks.words.answer_words import Judgement, Polarity, is_whole_answer, judgement, polarity
from flows.checks.words.key_labels import KEYS
from flows.delivery.message_policy import DISCREET
from flows.engine.variables import base_language
from flows.menu.diagnostics import Path, Severity
from flows.menu.model import ANY_LANGUAGE

Meaning = Polarity | Judgement
T = TypeVar("T")
ANSWERS: dict[str, Polarity] = {"1": "yes", "2": "no"}  # what replies to a text of the line mean, in every language
MOST_OF_A_MARK = 2  # words of a label that is a mark and nothing else: "very good"
CODES: dict[str, Polarity] = {"yes": "yes", "no": "no"}


class Answer(Struct, frozen=True):
    """What can be answered with a key or an option: what it means in each language that says so, and its place."""

    path: Path
    shown: str
    means: dict[str, Meaning]
    labels: dict[str, str]
    expected: Meaning | None = None


def check_yes_and_no(findings: Findings, texts: Iterable[SaidText], keys: Mapping[Path, ListedKeys]) -> None:
    """Report answers that mean yes in one language and no in another, and those that deny their own code or key."""
    for each in texts:
        listed = keys.get(each.path, {})
        for answer in _answers(each, listed):
            _compare(findings, answer)
        if len(listed) > 1:
            _turned(findings, each, listed)


def _turned(findings: Findings, each: SaidText, listed: dict[str, dict[str, str]]) -> None:
    """Report a scale that runs the other way in one language, where its words are not known to say the same."""
    base = base_language(findings.flow)
    orders = {tag: [*labels] for tag, labels in listed.items()}
    usual = _most([tuple(order) for order in orders.values()], tuple(orders.get(base, ())))
    known = {tag for tag, labels in listed.items() if any(_means({tag: label}) for label in labels.values())}
    for tag, order in orders.items():
        if order == [*reversed(usual)] and tag not in known and len(order) > 1:
            said = (
                f"key {order[0]} comes first, and in the other languages key {usual[0]} does: the scale may be turned"
            )
            hint = f"list {usual[0]} before {order[0]} in every language"
            findings.add("F208", each.path, said, language=tag, hint=hint, severity="W")


def _answers(each: SaidText, listed: dict[str, dict[str, str]]) -> Iterator[Answer]:
    if each.role in ("option", "resume"):
        means = _means(each.said)
        if means:
            whole = len(means) == len(each.said)  # where some say neither, the code may be of the question's denial
            expected = CODES.get(each.path[-1]) if whole and not _judges(means) else None
            yield Answer(each.path, repr(each.path[-1]), means, each.said, expected)
        return
    for key in dict.fromkeys(key for labels in listed.values() for key in labels):
        labels = {tag: found[key] for tag, found in listed.items() if key in found}
        means = _means(labels)
        if means:
            replies = each.role == "event" and each.path[-1].removeprefix(DISCREET) in KEYS and not _judges(means)
            yield Answer(each.path, f"key {key}", means, labels, ANSWERS.get(key) if replies else None)


def _judges(means: dict[str, Meaning]) -> bool:
    return bool({"good", "bad"} & {*means.values()})


def _means(labels: dict[str, str]) -> dict[str, Meaning]:
    """Yes or no in each language that says so; where none does, good or bad."""
    own = {tag: label for tag, label in labels.items() if tag != ANY_LANGUAGE}
    answers: dict[str, Meaning] = {tag: meant for tag, label in own.items() if (meant := polarity(label, tag))}
    return answers or {tag: judged for tag, label in own.items() if (judged := judgement(label, tag))}


def _compare(findings: Findings, answer: Answer) -> None:
    right = answer.expected or _usual(answer.means, base_language(findings.flow))
    for tag, meant in answer.means.items():
        if meant == right:
            continue
        label = answer.labels[tag]
        other = right if answer.expected else f"{right} in the other languages"
        said = f"{answer.shown} reads {label[:30]!r}, but it means {other}: callers would answer the opposite"
        # "Clean water point broken": one good word among others judges nothing.
        judges = right in ("good", "bad") and any(len(each.split()) > MOST_OF_A_MARK for each in answer.labels.values())
        unsure = right in ("yes", "no") and not _answers_for_sure(answer, right, label)
        severity: Severity = "W" if judges or unsure else "E"
        findings.add(
            "F208", answer.path, said, language=tag, hint=f"write the word for {right} there", severity=severity
        )


def _answers_for_sure(answer: Answer, right: Meaning, wrong: str) -> bool:
    """True where the wrong label and one of the right ones are answers: "No bridge" may name what is missing."""
    rightly = [answer.labels[tag] for tag, meant in answer.means.items() if meant == right]
    return is_whole_answer(wrong) and (answer.expected is not None or any(map(is_whole_answer, rightly)))


def _usual(means: dict[str, Meaning], base: str) -> Meaning:
    """What most languages say, and of one against one the base language."""
    return _most([*means.values()], means.get(base))


def _most(said: list[T], base: T | None) -> T:
    """What is said most often, and of several as often what the base language says, or the first."""
    most = max(map(said.count, said))
    usual = [each for each in dict.fromkeys(said) if said.count(each) == most]
    return usual[0] if len(usual) == 1 else base or said[0]
