"""What each role may do in the console. What is not named here nobody may."""

from __future__ import annotations

LOOK = "look"  # see flows, revisions, the funnel and the health page
WORDS = "words"  # change texts and translations
EDIT = "edit"  # screens, lists, drafts, recorded calls
PUBLISH = "publish"  # publish, roll back, lead codes
PEOPLE = "people"  # who gets in
RIGHTS = (LOOK, WORDS, EDIT, PUBLISH, PEOPLE)

OF_ROLE: dict[str, frozenset[str]] = {
    "translator": frozenset({LOOK, WORDS}),
    "operator": frozenset({LOOK, WORDS, EDIT}),
    "publisher": frozenset({LOOK, WORDS, EDIT, PUBLISH}),
    "admin": frozenset({LOOK, WORDS, EDIT, PUBLISH, PEOPLE}),
}
CONSOLE_ROLES = tuple(OF_ROLE)
ADMIN = "admin"


def rights_of(role: str) -> frozenset[str]:
    """What somebody with this role may do; nothing for a role that has no part in the console yet."""
    return OF_ROLE.get(role, frozenset())
