"""How hard an English text is to read: the grade of Flesch and Kincaid, and the texts that citizens read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.engine.variables import choose, fill
from flows.menu.model import Ask, End, Flow, Text
from flows.menu.sms_reply_text_keys import TO_OFFICERS

# What stands in a text when a citizen reads it; anything else is a number.
SAMPLE = {
    **dict.fromkeys(("category", "cat", "complaint.category"), "Broken road"),
    **dict.fromkeys(("district", "contact.district", "complaint.district"), "Lahore"),
    **dict.fromkeys(("office", "complaint.office", "plan.office"), "WASA Lahore"),
    **dict.fromkeys(("due", "complaint.due", "plan.due", "known.day"), "24 Jun"),
    **dict.fromkeys(("status", "complaint.status", "known.status"), "Work has started"),
    **dict.fromkeys(("note", "complaint.note"), "The pipe was mended."),
    **dict.fromkeys(("group", "service"), "Health"),
    "receipt": "An SMS is coming.",
    "contact.province": "Sindh",
}
_SYLLABLE = re.compile(r"[aeiouy]+")
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n")
_TO_STAFF = (
    "officer_",
    "private_officer_",
    "unacknowledged",
    "private_unacknowledged",
    "supervisor_",
    "private_supervisor_",
)


def grade(text: str) -> float:
    """The school year that reads this text with ease: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    sentences = [part for part in _SENTENCE.split(text) if re.search("[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z']+", text)
    if not words:
        return 0.0
    return 0.39 * len(words) / max(len(sentences), 1) + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


def _syllables(word: str) -> int:
    if word.isupper():
        return 1  # SMS, WASA: read as a mark
    low = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyszxc])es$", "", word.lower())
    return max(1, len(_SYLLABLE.findall(low)))


def citizen_texts(flow: Flow, language: str) -> Iterator[tuple[str, str]]:
    """Each text of a flow that citizens read, by its place, with sample values in it."""
    for place, text in _texts(flow):
        yield place, fill(choose(text, language, flow), lambda name: SAMPLE.get(name, flow.service.get(name, "482")))


def _texts(flow: Flow) -> Iterator[tuple[str, Text]]:
    for screen in flow.screens.values():
        if isinstance(screen, Ask):
            yield f"{screen.id}.ask", screen.text
            yield from ((f"{screen.id}.{option.code}", option.text) for option in screen.options)
        elif isinstance(screen, End):
            yield f"{screen.id}.end", screen.text
            if screen.sms:
                yield f"{screen.id}.sms", screen.sms
    yield from ((f"errors.{name}", text) for name, text in flow.errors.items())
    for name, text in flow.texts.items():
        if name not in TO_OFFICERS and not name.startswith(_TO_STAFF):
            yield name, text
