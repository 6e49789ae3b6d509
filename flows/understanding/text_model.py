"""What a trained model reads in a text: the kind of message, the category, danger, and money that somebody asks for.

The model is data: weights that `sunwai model train` writes. It suggests and never decides: without its file, texts are
understood by keywords and rules alone.
"""

from __future__ import annotations

from msgspec import Struct

# What a message may be. COMPLAINT is the only one that has a category.
COMPLAINT = "complaint"
KINDS = (COMPLAINT, "suggestion", "status", "add", "thanks", "greeting", "question", "spam", "other")

Ranked = tuple[tuple[str, float], ...]  # (label, probability from 0 to 1), most likely first


class Prediction(Struct, frozen=True):
    """What a text may mean, with calibrated probabilities.

    `kinds` has each of KINDS that the model knows, `categories` each category code, whether or not a flow still has it;
    `categories` holds if the message is a complaint. `danger` and `money` are the probabilities that somebody is in
    danger, and that somebody in office asks for money.
    """

    kinds: Ranked
    categories: Ranked
    danger: float
    money: float

    @property
    def kind(self) -> str:
        """The likeliest kind of message."""
        return self.kinds[0][0]

    def kind_probability(self, kind: str) -> float:
        """How likely the message is of this kind; 0 for one that the model does not know."""
        return dict(self.kinds).get(kind, 0.0)


class UnreadableModel(Exception):
    """Not a file of a model, or one that this version cannot use; the message says which, in a sentence."""


class TextModel:
    """A model in memory, made from the bytes of its file; shared by threads, it never changes."""

    def __init__(self, data: bytes) -> None:  # noqa: ARG002
        """Raises UnreadableModel."""
        raise UnreadableModel("This version has no model yet.")

    def predict(self, text: str) -> Prediction:
        """What a text may mean; any text has a prediction, also an empty one."""
        raise NotImplementedError
