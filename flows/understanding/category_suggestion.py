"""What keywords found and what a model suggests, as one answer: certain, to be asked about, or nothing.

A model alone never makes a category certain. Keywords are certain if the model agrees, and always if life may be in
danger. Money that somebody in office asks for comes before the subject: such a complaint must not reach that office.
"""

from collections.abc import Mapping

from flows.menu.model import Row
from flows.model.model_card import ModelCard
from flows.understanding import bribe_detection
from flows.understanding.classification import NOTHING, Classification
from flows.understanding.text_model import COMPLAINT, Prediction

OFFERED = 3  # categories that are offered at most
SUGGESTED = 0.3  # the probability that the likeliest three need together to be offered without a keyword
NO_MONEY = 0.05  # below this probability of money the words that sound like it are asked about
PERHAPS_MONEY = 0.2  # from this one on no category is certain whose office may be the accused
MONEY = 0.5  # from this one on only the category for money is asked about
BRIBE = "cor01"  # somebody in office asks for money
CLINIC = "hlt04"  # somebody in a hospital does
LIFE = "emergency"  # the column of a category in which life may be in danger

Rows = Mapping[str, Row]


def bribe(text: str, rows: Rows) -> Classification:
    """The category for money that somebody in office asks for, if the words say so."""
    code = _corruption(text, rows)
    return Classification(code) if code and bribe_detection.is_bribe(text) else NOTHING


def suggest(text: str, found: Classification, predicted: Prediction, card: ModelCard, rows: Rows) -> Classification:
    """What was `found` in a text by keywords and rules, beside what a model with this card reads in it."""
    ranked = [(code, likely) for code, likely in predicted.categories if code in rows]
    if _stays(found, predicted, card, rows):
        return found
    named = (found.code,) if found.code else found.others
    money = _corruption(text, rows) if predicted.money >= PERHAPS_MONEY else ""
    if money:
        others = (*named, *(code for code, _ in ranked[:1]))
        return Classification(None, (money,) if predicted.money >= MONEY else _first(money, *others))
    if not named and (predicted.kind != COMPLAINT or sum(likely for _, likely in ranked[:OFFERED]) < SUGGESTED):
        return NOTHING
    if ranked and ranked[0][1] >= card.single and {*named} <= {ranked[0][0]}:
        return Classification(None, (ranked[0][0],))
    likely = dict(ranked)
    kept = sorted(named, key=lambda code: -likely.get(code, 0.0))[: OFFERED - 1]
    offered = _first(*kept, *likely)
    return Classification(None, tuple(sorted(offered, key=lambda code: -likely.get(code, 0.0))))


def _stays(found: Classification, predicted: Prediction, card: ModelCard, rows: Rows) -> bool:
    """True for a category that needs no question."""
    code = found.code
    if code is None:
        return False
    if code in (BRIBE, CLINIC):
        return predicted.money >= NO_MONEY or dict(predicted.categories).get(code, 0.0) >= card.support
    if rows[code].columns.get(LIFE) == "yes":
        return True
    supported = dict(predicted.categories).get(code, 0.0) >= card.support
    return supported and predicted.kind == COMPLAINT and predicted.money < PERHAPS_MONEY


def _corruption(text: str, rows: Rows) -> str:
    """The code of the category for money in these words: that of hospitals, or the general one; "" if there is none."""
    fitting = (CLINIC, BRIBE) if bribe_detection.names_health(text) else (BRIBE,)
    return next((code for code in fitting if code in rows), "")


def _first(*codes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))[:OFFERED]
