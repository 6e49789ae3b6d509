"""A form that was sent when one was signed out already: kept in the page through the sign-in, and offered again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gateway.console.browsing import CSRF, PREFIX

_MOST = 400_000  # characters; a longer form is not kept


def is_ours(path: str) -> bool:
    """True for a path of the console: a page that we may lead to, whoever wrote the link."""
    inside = path == PREFIX or path.startswith((PREFIX + "/", PREFIX + "?"))
    return inside and path.isprintable() and "\\" not in path and "//" not in path and "/../" not in path


def packed(path: str, fields: Iterable[tuple[str, str]]) -> str:
    """The form as one text, without its token; "" where it is too long to be kept."""
    text = json.dumps([path, [list(each) for each in fields if each[0] != CSRF]], ensure_ascii=False)
    return text if len(text) <= _MOST else ""


def opened(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """The path and the fields of a kept form; None for what is none."""
    try:
        path, fields = json.loads(text)
        found = [(name, value) for name, value in fields if isinstance(name, str) and isinstance(value, str)]
    except (ValueError, TypeError):
        return None
    return (path, found) if isinstance(path, str) and is_ours(path) else None
