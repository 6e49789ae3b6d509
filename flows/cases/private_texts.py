"""Which words may be texted about a complaint whose filer's name is hidden: the phone may be read by others.

The number and a date tell nothing; subject, office, place, status and what an officer wrote do.
"""

from __future__ import annotations

from flows.menu.model import Flow, Text, Variable

TELLING = frozenset({"cat", "office", "district", "status", "note"})
PRIVATE = "private_"  # `private_received` stands in for `received`
UPDATE = "private_update"  # stands in for what has no text of its own
NAMED = {"status_is": "private_status"}  # stands in under another name


def private_text_key(event: str) -> str:
    """The key of the text that is sent in place of this one about a private complaint."""
    return NAMED.get(event, PRIVATE + event)


def revealing_variables(text: Text) -> tuple[str, ...]:
    """The variables of a text, in any language, that tell what a complaint is about."""
    names = (part.name for parts in text.values() for part in parts if isinstance(part, Variable))
    return tuple(dict.fromkeys(name for name in names if name in TELLING))


def private_event(flow: Flow, event: str) -> str:
    """The event whose text is sent about a private complaint: this one only where it tells nothing."""
    if private_text_key(event) in flow.texts:
        return private_text_key(event)
    if event in flow.texts and not revealing_variables(flow.texts[event]):
        return event
    return UPDATE if UPDATE in flow.texts else event
