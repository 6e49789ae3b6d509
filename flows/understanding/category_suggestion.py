"""What keywords found and what a model suggests, as one answer: certain, to be asked about, or nothing.

A model alone never makes a category certain. Keywords are certain if the model agrees; where life may be in danger
they are, unless the model sees nothing of the kind. Money that somebody in office asks for comes before the subject:
such a complaint must not reach that office.
"""

from collections.abc import Mapping

from flows.menu.model import Row
from flows.model.model_card import ModelCard
from flows.understanding import bribe_detection
from flows.understanding.classification import NOTHING, Classification
from flows.understanding.text_model import COMPLAINT, Prediction

OFFERED = 3  # categories that are offered at most
SUGGESTED = 0.2  # the probability that the likeliest three need together to be offered without a keyword
NO_MONEY = 0.05  # below this probability of money the words that sound like it are in doubt
PERHAPS_MONEY = 0.1  # from this one on no category is certain whose office may be the accused
BRIBE = "cor01"  # somebody in office asks for money
CLINIC = "hlt04"  # somebody in a hospital does
OTHER = "oth02"  # something else
CALM = 0.1  # a category with danger in it is asked about only if it is less likely
LIFE = "emergency"  # the column of categories in which life is in danger

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
    bribe_by_words = found.code in (BRIBE, CLINIC) and predicted.money >= NO_MONEY
    money = _corruption(text, rows) if bribe_by_words or predicted.money >= PERHAPS_MONEY else ""
    if money:
        return _question(_first(money, *named, *(code for code, _ in ranked)), rows)
    if not named and (predicted.kind != COMPLAINT or sum(likely for _, likely in ranked[:OFFERED]) < SUGGESTED):
        return NOTHING
    if ranked and ranked[0][1] >= card.single and {*named} <= {ranked[0][0]}:
        return Classification(None, (ranked[0][0],))
    likely = dict(ranked)
    kept = sorted(named, key=lambda code: -likely.get(code, 0.0))[: OFFERED - 1]
    offered = _first(*kept, *likely)
    return _question(tuple(sorted(offered, key=lambda code: -likely.get(code, 0.0))), rows)


def is_supported(code: str, predicted: Prediction, card: ModelCard) -> bool:
    """True if a model with this card finds a category likely enough not to speak against words that name it."""
    return dict(predicted.categories).get(code, 0.0) >= card.support


def _stays(found: Classification, predicted: Prediction, card: ModelCard, rows: Rows) -> bool:
    """True for a category that needs no question."""
    code = found.code
    if code is None:
        return False
    if code in (BRIBE, CLINIC):
        return predicted.money >= PERHAPS_MONEY or is_supported(code, predicted, card)
    if rows[code].columns.get(LIFE) == "yes":
        return dict(predicted.categories).get(code, 0.0) >= CALM
    return is_supported(code, predicted, card) and predicted.kind == COMPLAINT and predicted.money < PERHAPS_MONEY


def _corruption(text: str, rows: Rows) -> str:
    """The code of the category for money in these words: that of hospitals, or the general one; "" if there is none."""
    fitting = (CLINIC, BRIBE) if bribe_detection.names_health(text) else (BRIBE,)
    return next((code for code in fitting if code in rows), "")


def _question(codes: tuple[str, ...], rows: Rows) -> Classification:
    """These categories, and "something else" if there are several: one alone is asked about with yes and no."""
    other = (OTHER,) if len(codes) > 1 and OTHER in rows and OTHER not in codes else ()
    return Classification(None, (*codes, *other))


def _first(*codes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))[:OFFERED]
