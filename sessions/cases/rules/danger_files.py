"""The words of danger and the helplines: a flow's own, or those that ship.

They are not part of every flow, so that a revision published long ago knows the words that we have learnt since.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import cast

from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.keyword_rule import EMERGENCY, Rule
from flows.menu.model import Flow, Value
from flows.parsing.danger_file import load_helplines, load_lexicon
from flows.understanding.danger_detection import FoundDanger, find_danger

RULES, SAY = "rules of danger", "all screens say "  # in `Flow.compiled`; the second with an action and its outcome


def danger_in(words: str, flow: Flow, probability: float | None = None) -> FoundDanger | None:
    """The danger that words to this flow tell of, or None. `probability` is the model's, None without a model."""
    return find_danger(words, lexicon_of(flow), _rules_of(flow), probability)


def _rules_of(flow: Flow) -> Sequence[Rule]:
    """The keyword rules of a flow that tell of danger, of which most flows have none."""
    if RULES not in flow.compiled:
        flow.compiled[RULES] = [rule for rule in flow.keywords if rule.intent == EMERGENCY]
    return cast("list[Rule]", flow.compiled[RULES])


def words_of_danger(flow: Flow, given: Mapping[str, Value], action: str) -> FoundDanger | None:
    """The danger that typed words tell of, in a flow whose screens for this action then say whom to call, or None."""
    if not _all_say(flow, action, "danger"):
        return None
    return danger_in(str(given.get("details") or ""), flow)


def danger_result(flow: Flow, action: str, *, private: bool) -> str:
    """The outcome of filing words of danger: `private_danger` if the case is hidden and every screen knows that."""
    return "private_danger" if private and _all_say(flow, action, "private_danger") else "danger"


def _all_say(flow: Flow, action: str, outcome: str) -> bool:
    """True if all screens with this action say what follows an outcome."""
    key = f"{SAY}{action} {outcome}"
    if key not in flow.compiled:
        flow.compiled[key] = all(outcome in screen.then for screen in flow.actions if screen.action == action)
    return bool(flow.compiled[key])


def lexicon_of(flow: Flow) -> DangerLexicon:
    """The words of danger that a flow goes by."""
    return flow.danger or shipped_lexicon()


def helplines_of(flow: Flow) -> Mapping[str, Helpline]:
    """The lines that a flow names, by their code."""
    return flow.helplines or shipped_helplines()


@cache
def shipped_lexicon() -> DangerLexicon:
    """The words of danger that ship, for flows that name none."""
    return load_lexicon((files("flows") / "library" / "danger.yaml").read_text(encoding="utf-8"))


@cache
def shipped_helplines() -> Mapping[str, Helpline]:
    """The lines that ship, for flows that name none."""
    return load_helplines((files("flows") / "library" / "helplines.yaml").read_text(encoding="utf-8"))
