"""The words of danger and the helplines: a flow's own, or those that ship.

They are not part of every flow, so that a revision published long ago knows the words that we have learnt since.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.model import Flow
from flows.parsing.danger_file import load_helplines, load_lexicon
from flows.understanding.danger_detection import FoundDanger, find_danger


def danger_in(words: str, flow: Flow, probability: float | None = None) -> FoundDanger | None:
    """The danger that words to this flow tell of, or None. `probability` is the model's, None without a model."""
    return find_danger(words, lexicon_of(flow), flow.keywords, probability)


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
