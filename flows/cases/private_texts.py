"""Which texts may be sent about a private complaint, whose citizen shares the phone with others.

A number and a date reveal nothing; the subject, office, place, status and an officer's words do.
"""

from flows.menu.model import Flow, Text, Variable

TELLING = frozenset({"cat", "office", "district", "status", "note"})
PRIVATE = "private_"  # `private_received` replaces `received`
UPDATE = "private_update"  # replaces a text that has no private version
NAMED = {"status_is": "private_status"}  # a private version with another name


def private_text_key(event: str) -> str:
    """The key of the private version of this text."""
    return NAMED.get(event, PRIVATE + event)


def revealing_variables(text: Text) -> tuple[str, ...]:
    """The variables of a text, in any language, that reveal what a complaint is about."""
    names = (part.name for parts in text.values() for part in parts if isinstance(part, Variable))
    return tuple(dict.fromkeys(name for name in names if name in TELLING))


def private_event(flow: Flow, event: str) -> str:
    """The event whose text is sent about a private complaint: this one only if it reveals nothing."""
    if private_text_key(event) in flow.texts:
        return private_text_key(event)
    if event in flow.texts and not revealing_variables(flow.texts[event]):
        return event
    return UPDATE if UPDATE in flow.texts else event
