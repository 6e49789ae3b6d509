"""Texts that a flow published before they were written lacks, and that are sent all the same: they keep forgers out,
tell who saw what, and ask for PINs."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from msgspec.structs import replace
from ruamel.yaml import YAML

from flows.menu.model import Flow, Text, Variable
from flows.translation.text_fit import parse_template

LATER = frozenset(
    {
        *("officer_code", "officer_code_missing", "officer_code_wrong", "officer_code_new"),
        *("officer_forged", "private_officer_forged"),
        *("officer_reveal_ask", "officer_reveal_agreed", "number_revealed", "private_number_revealed"),
        *("pin_set", "pin_exists", "pin_how", "pin_missing", "pin_needed", "pin_too_many"),
        *("pin_reset_started", "pin_reset_stopped", "pin_reset_none", "pin_reset"),
        "officer_reveals",
        *("viewers", "viewers_number", "private_viewers", "private_viewers_number", "viewers_line"),
        *("new_holder_ask", "new_holder_pin"),
        *("withdraw_ask", "done_ask", "resolved_sure", "refused_sure", "end_by_call"),
    }
)


def with_later_texts(flow: Flow, event: str, needed: str = "") -> Flow:
    """The flow with every later text, if it lacks that of this event or a variable `needed` in it."""
    if event not in LATER or (event in flow.texts and (not needed or names_variable(flow.texts[event], needed))):
        return flow
    replaced = {event} if needed else set[str]()
    kept = {name: text for name, text in flow.texts.items() if name not in replaced}
    return replace(flow, texts={**_shipped(), **kept})


def names_variable(text: Text, name: str) -> bool:
    """True if a text has this variable in every language that it is written in."""
    return all(any(isinstance(part, Variable) and part.name == name for part in parts) for parts in text.values())


@cache
def _shipped() -> Mapping[str, Text]:
    read = YAML(typ="safe").load((files("flows") / "library" / "texts.yaml").read_text(encoding="utf-8"))
    return {
        name: {tag: parse_template(words)[0] for tag, words in text.items()}
        for name, text in read.items()
        if name in LATER
    }
