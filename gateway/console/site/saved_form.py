"""A form that was sent after the session had ended: kept in the page during sign-in, and offered again."""

import json
from collections.abc import Iterable
from urllib.parse import quote_plus

from gateway.console.cookies.session_interface import CSRF, PREFIX

_MOST = 400_000  # characters; a longer form is not kept
_MOST_AT_SIGN_IN = 14 * 1024  # bytes as the sign-in form sends it: an anonymous request has 16 kB
_LONGEST_PATH = 2000
SECRETS = frozenset(
    {"proof_password", "proof_code", "proof_passkey", "new_password", "again", CSRF}
)  # never put into another page


def is_ours(path: str) -> bool:
    """True for a path of the console, to which we may redirect whoever wrote the link."""
    inside = path == PREFIX or path.startswith((PREFIX + "/", PREFIX + "?"))
    plain = len(path) <= _LONGEST_PATH and path.isprintable()
    return inside and plain and not any(sign in path for sign in ("\\", "//", "/../"))


def pack_form(path: str, fields: Iterable[tuple[str, str]]) -> str:
    """The form as one text, without its token and passwords; "" if it is too long to keep."""
    text = json.dumps([path, without_secrets(fields)], ensure_ascii=False)
    return text if len(text) <= _MOST else ""


def fits_sign_in(kept: str) -> bool:
    """True if the sign-in page can carry this packed form: whoever sends it on is not signed in yet."""
    return len(quote_plus(kept)) <= _MOST_AT_SIGN_IN


def without_secrets(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields of a form that may be put into another page or a session; passwords must be typed again."""
    return [(name, value) for name, value in fields if name not in SECRETS]


def unpack_form(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The path and the fields of a kept form; None if it is invalid."""
    try:
        path, fields = json.loads(text)
        found = [(name, value) for name, value in fields if isinstance(name, str) and isinstance(value, str)]
    except (ValueError, TypeError, RecursionError):
        return None
    return (path, found) if isinstance(path, str) and is_ours(path) else None
