"""The rights of each role in the console. What is not listed here is not allowed.

Every role in OF_ROLE is a console user, not an officer: such people have no office, no phone and no cases, so never add
`officer` or another role that works on cases. Pages for officers need a sign-in of their own.
"""

LOOK = "look"  # see flows, revisions, the funnel and the health page
WORDS = "words"  # change texts and translations
EDIT = "edit"  # screens, lists, drafts, recorded calls
PUBLISH = "publish"  # publish, roll back, assign codes
PEOPLE = "people"  # manage users
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
    """The rights of a role; none for a role without access to the console."""
    return OF_ROLE.get(role, frozenset())
