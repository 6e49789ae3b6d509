"""Files to download, under names that may be in any script."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import quote

from werkzeug.wrappers import Response

R = TypeVar("R", bound=Response)


def attach(response: R, name: str) -> R:
    """The same response as a file of this name, as RFC 6266 wants it: in ASCII, and encoded if that is not all of it.

    What would end the name, or lead into another folder, is replaced.
    """
    sound = "".join(letter if letter.isprintable() and letter not in '"\\/' else "_" for letter in name)
    told = {"filename": "".join(letter if letter.isascii() else "_" for letter in sound)}
    if not sound.isascii():
        told["filename*"] = f"UTF-8''{quote(sound, safe='')}"
    response.headers.set("Content-Disposition", "attachment", **told)
    return response
