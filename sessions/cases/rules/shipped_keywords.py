"""The keywords that ship: what an SMS to the service may begin with where a flow names no keywords of its own."""

from functools import cache
from importlib.resources import files

from flows.menu.keyword_rule import Rule
from flows.parsing.keyword_rules import load_rules


@cache
def shipped_keywords() -> tuple[Rule, ...]:
    """The rules of flows/library/keywords.yaml."""
    return load_rules((files("flows") / "library" / "keywords.yaml").read_text(encoding="utf-8"))
