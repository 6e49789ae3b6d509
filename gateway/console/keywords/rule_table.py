"""Keyword rules as rows of a table, and SMS understood by them. Nothing is sent or stored."""

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct

from flows.engine.language_detection import detect_language
from flows.engine.sms_channel import is_texted
from flows.menu import sms_reply_text_keys
from flows.menu.diagnostics import Path, Place
from flows.menu.model import Flow
from flows.menu.notation import template
from flows.preview.sms_prefill import PrefilledAnswer, prefill_answers
from flows.text import tracking_number
from flows.text.normalization import normalize_keyword
from flows.understanding import intents
from flows.understanding.intents import Intent
from gateway.console.keywords.labels import groups, how, meaning
from gateway.console.site.i18n import _
from sessions.cases.rules.danger_files import danger_in
from sessions.officer_sms import officer_handlers

MOST_TEXTS = 50
LONGEST = 1600  # characters of a text: ten SMS
MOST_ANSWERS = 4  # replies that are shown in full
MOST_SHOWN = 8  # keywords of a rule whose form is not open
_ASKING = ("new_how", "suggest_how")  # replies to a keyword on its own
_FIRST_ANSWER = {"stop": "stop_ok", "start": "start_ok", "help": "help", "status": "status_is",
                 "mistyped": "status_mistyped", "unknown": "unknown"}  # fmt: skip

_DANGER = {"emergency", *sms_reply_text_keys.DANGER}  # replies to danger alone

Words = tuple[str, ...]


class Row(Struct, frozen=True):
    """A rule: its position, and its words in Latin and in other letters.

    `alone` counts only if nothing but a number follows; `beside` changes nothing.
    """

    number: int
    intent: str
    does: str
    line: int
    latin: Words
    others: Words
    alone: Words
    beside: Words

    @property
    def count(self) -> int:
        """How many keywords it has."""
        return len(self.latin) + len(self.others) + len(self.alone)


class RuleCard(Struct, frozen=True):
    """A rule in the list: the keywords that are shown of it, how many more there are, and its findings."""

    row: Row
    shown: Words
    more: int
    problems: int


class RuleGroup(Struct, frozen=True):
    """Rules that do similar things, under one heading."""

    heading: str
    cards: tuple[RuleCard, ...]


class Answer(Struct, frozen=True):
    """A possible reply: its key, and its words in the `language` of the SMS."""

    key: str
    words: str
    language: str


class TextClassification(Struct, frozen=True):
    """How one SMS is understood. `rule` is the number of its rule in the table, or 0."""

    text: str
    danger: bool
    intent: str
    does: str
    how: str
    rule: int
    keyword: str
    line: int
    number: str
    rest: str
    filed: tuple[PrefilledAnswer, ...]
    not_filed: bool
    answers: tuple[Answer, ...]
    more_answers: int


def is_same_reading(one: TextClassification, other: TextClassification) -> bool:
    """True if both readings of an SMS do the same with it."""
    return (one.intent, one.keyword, one.rest) == (other.intent, other.keyword, other.rest)


def table(flow: Flow, places: Mapping[Path, Place]) -> tuple[Row, ...]:
    """Every rule in order."""
    made = []
    for at, rule in enumerate(flow.keywords):
        _file, line = places.get(("keywords", str(at)), ("", 0))
        latin = tuple(word for word in rule.words if is_latin(word))
        others = tuple(word for word in rule.words if not is_latin(word))
        made.append(Row(at + 1, rule.intent, meaning(rule.intent), line, latin, others, rule.alone, rule.beside))
    return tuple(made)


def group_rules(
    rows: Sequence[Row], search: str, problems: Callable[[int], Collection[object]], opened: int = 0
) -> list[RuleGroup]:
    """The rules by what they do, in order within each group; with `search`, those that have these letters.

    `problems` gives the findings of a rule by its index. The rule with the number `opened` is there in any case.
    """
    left = {
        row.number: card
        for row in rows
        if (card := _card(row, "" if row.number == opened else search, len(problems(row.number - 1))))
    }
    found = []
    for heading, intents_ in groups().items():
        cards = [left.pop(row.number) for row in rows if row.intent in intents_ and row.number in left]
        found.append(RuleGroup(heading, tuple(cards)))
    found.append(RuleGroup(_("Other rules"), tuple(left.values())))
    return [each for each in found if each.cards]


def _card(row: Row, search: str, problems: int) -> RuleCard | None:
    """A rule as it is listed; None if nothing of it has the letters of a search."""
    words = (*row.latin, *row.others, *row.alone)
    if search:
        sought = _plain(search)
        hits = tuple(word for word in (*words, *row.beside) if sought in _plain(word))
        if not hits and search.casefold() not in f"{row.does} {row.intent}".casefold():
            return None
        words = hits or words
    shown = words[:MOST_SHOWN]
    return RuleCard(row, shown, row.count - len(shown) if not search else len(words) - len(shown), problems)


def _plain(words: str) -> str:
    return " ".join(normalize_keyword(words)) or words.casefold()


def is_latin(words: str) -> bool:
    """True if all letters are Latin, or there are none."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in words if letter.isalpha())


def texts_in(typed: str) -> list[str]:
    """The SMS that were typed, one per line, without blank lines."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def classify_text(text: str, flow: Flow, places: Mapping[Path, Place], *, officer: bool) -> TextClassification:
    """Which rule matches an SMS, and what would happen; `officer`: as if from an officer's phone."""
    why = (officer_handlers.match_officer_rule if officer else intents.explain_intent)(text, flow.keywords, places)
    intent = why.intent
    files = intent.kind in ("new", "private") and bool(intent.rest)
    danger = not officer and intent.kind not in ("stop", "start") and danger_in(text, flow) is not None
    sent, more = _answers(why.intent, text, flow, danger=danger)
    return TextClassification(
        text=text,
        danger=danger,
        intent=intent.kind,
        does=meaning(intent.kind),
        how=how(why.how),
        rule=0 if why.rule is None else why.rule + 1,
        keyword=why.keyword,
        line=why.place[1] if why.place else 0,
        number=tracking_number.format_number(intent.number) if intent.number else "",
        rest=intent.rest,
        filed=prefill_answers(intent.rest, flow) if files and is_texted(flow) else (),
        not_filed=files and not is_texted(flow),
        answers=sent,
        more_answers=more,
    )


def _answers(intent: Intent, text: str, flow: Flow, *, danger: bool) -> tuple[tuple[Answer, ...], int]:
    """The possible replies, the likeliest first, and how many more there are; `help` if the flow has none."""
    known = (_FIRST_ANSWER.get(intent.kind, ""), *sms_reply_text_keys.TO.get(intent.kind, ()))
    keys = [key for key in known if key in flow.texts] or [key for key in ("help",) if key in flow.texts]
    unlikely = {"suggestion_received"} if not intent.rest else set(_ASKING)
    unlikely |= ({sms_reply_text_keys.DIAL} if is_texted(flow) else set()) | (set() if danger else _DANGER)
    keys = [key for key in keys if key not in unlikely]
    language = detect_language(text, flow) or ""
    shown = tuple(_answer(key, language, flow) for key in keys[:MOST_ANSWERS])
    return shown, max(len(keys) - MOST_ANSWERS, 0)


def _answer(key: str, language: str, flow: Flow) -> Answer:
    text = flow.texts[key]
    tag = _spoken(language, tuple(text))
    return Answer(key, template(text[tag]) if tag else "", tag)


def _spoken(language: str, tags: Sequence[str]) -> str:
    return language if language in tags else next(iter(tags), "")
