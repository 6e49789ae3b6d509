"""D112 and D113: what the texts beside a life cycle promise, and what it sends, must be what it does."""

import re
from collections.abc import Mapping
from typing import Any

from flows.cases.lifecycle_file import Life
from flows.checks.behaviour.promised_limits import PROMISE
from flows.checks.data_files.data_file import DataContext, DataFile
from flows.checks.data_files.lifecycle_moves import Moves
from flows.checks.words.key_codes import misplaced_labels, words_of_codes
from flows.checks.words.key_labels import key_labels
from flows.delivery.message_policy import TABLE
from flows.menu.diagnostics import near
from flows.menu.model import Flow, Template, Text
from flows.text.western_digits import western

UNSENT = "D112"
# Limit -> the texts that tell people of it, in its own unit.
TOLD = {
    "reopenings.days": ("closed_confirmed", "closed_unanswered"),
    "appeal.days": ("refusal_accepted",),
    "pauses.days": ("officer_asked",),
    "escalation.acknowledge": ("unacknowledged",),
    "words.least": ("officer_words",),
    "words.most": ("officer_words", "officer_say"),
}
_NUMBER = re.compile(r"(?<![\w{-])(\d{1,3})(?![\w-])")


def check_promises(given: DataFile, sections: dict[str, Any], names: Moves, around: DataContext) -> None:
    """Report moves that send a text nobody has, and limits that texts beside the file tell otherwise."""
    texted = [flow for flow in around.flows if flow.texts]
    if not texted:
        return
    _unsent(names, texted)
    _verdicts(given, sections.get("verdicts") or {}, texted, around.usual)
    for limit, events in TOLD.items():
        section, _, field = limit.partition(".")
        value = getattr(sections.get(section), field, None)
        if value is not None:
            _promise(given, limit, value, [text for flow in texted for key, text in _of(flow, events)])


def _of(flow: Flow, events: tuple[str, ...]) -> list[tuple[str, Text]]:
    return [(event, flow.texts[event]) for event in events if event in flow.texts]


def _unsent(names: Moves, flows: list[Flow]) -> None:
    known = {*TABLE, *names.written, *(key for flow in flows for key in flow.texts)}
    for at, move in names.moves:
        if move.event is not None and move.event not in known:
            said = f"the move {move.name!r} sends the text {move.event!r}, which no flow has: its citizen hears nothing"
            slip = near(move.event, known)
            hint = f"did you mean {slip!r}?" if slip else "add it to texts.yaml"
            names.given.add(UNSENT, ("moves", at), said, hint=hint)


def _verdicts(given: DataFile, verdicts: Mapping[int, str], flows: list[Flow], usual: Life | None) -> None:
    """Keys of why a case is not solved, of which the text says what another one means."""
    if usual is not None and verdicts == usual.verdicts:
        return  # what its text says otherwise is told there
    codes = {str(key): code for key, code in verdicts.items()}
    for flow in flows:
        for tag, template in flow.texts.get("reason_ask", {}).items():
            labels = key_labels(_words(template), tag)
            for key, other in misplaced_labels(labels, words_of_codes(flow, codes, tag)):
                said = (
                    f"{key} is {codes[key]}, and the text reason_ask calls it {labels[key]!r}, which is {codes[other]}"
                )
                given.add(PROMISE, ("verdicts",), said, hint="give each the key that the text has", severity="E")
                return


def _promise(given: DataFile, limit: str, value: int, texts: list[Text]) -> None:
    """Each text that has numbers has that of the limit."""
    for text in texts:
        for language, template in text.items():
            told = [int(each) for each in _NUMBER.findall(_words(template))]
            if told and value not in told:
                said = (
                    f"{limit} is {value}, and texts to people say {told[0]} ({language}): what they were told is not so"
                )
                hint = "change the texts too (texts.yaml), and the screens that say it"
                given.add(PROMISE, tuple(limit.split(".")), said, hint=hint)
                return


def _words(template: Template) -> str:
    return " ".join(western(part) for part in template if isinstance(part, str))
