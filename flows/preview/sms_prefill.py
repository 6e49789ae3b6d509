"""What an SMS with a complaint already says, and what its sender would be asked."""

from msgspec import Struct

from flows.engine.variables import base_language, row_words
from flows.menu.model import Flow
from flows.understanding import category_and_district
from flows.understanding.text_model import TextModel


class PrefilledAnswer(Struct, frozen=True):
    """One thing that a complaint needs: the `code` that the SMS names, with its `words`, or the `others` to offer.

    Without either, the sender is asked an open question.
    """

    name: str
    code: str = ""
    words: str = ""
    others: tuple[str, ...] = ()


def prefill_answers(words: str, flow: Flow, model: TextModel | None = None) -> tuple[PrefilledAnswer, ...]:
    """Category and district as these words and a model tell them, in the flow's first language."""
    found = (
        ("category", category_and_district.category(words, flow, model)),
        ("district", category_and_district.district(words, flow)),
    )
    return tuple(
        PrefilledAnswer(name, each.code, _named(flow, name, each.code))
        if each.code
        else PrefilledAnswer(name, others=tuple(_named(flow, name, code) for code in each.others))
        for name, each in found
    )


def _named(flow: Flow, name: str, code: str) -> str:
    row = flow.rows.get(name, {}).get(code)
    return row_words(flow, row, base_language(flow)) if row else code
