"""One request at an aggregator's door, as far as anyone asks about it: a hop must not pay for headers nobody reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.http import forms


class InboundRequest:
    """What an aggregator sent: reads its WSGI environment when asked, and the body once.

    `public` is the address under which the outside knows us (PUBLIC_URL): behind a proxy, ours is another.
    """

    __slots__ = ("_body", "_public", "environ")

    def __init__(self, environ: Mapping[str, Any], public: str = "") -> None:
        self.environ, self._public = environ, public
        self._body: bytes | None = None

    @property
    def method(self) -> str:
        """GET, POST, …"""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The path, without the query."""
        return str(self.environ.get("PATH_INFO", ""))

    @property
    def rest(self) -> list[str]:
        """What follows the door in the path: `/hooks/<aggregator>/<secret>/<door>/rest…`."""
        return self.path.split("/")[5:]

    @property
    def query(self) -> str:
        """The query, raw, without its question mark."""
        return str(self.environ.get("QUERY_STRING") or "")

    @property
    def url(self) -> str:
        """The whole address as the aggregator called it; no address at all without PUBLIC_URL."""
        return f"{self._public}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def content_type(self) -> str:
        """The content type with its parameters; empty when none was sent."""
        return str(self.environ.get("CONTENT_TYPE") or "")

    @property
    def headers(self) -> dict[str, str]:
        """Every header by its name in lower case. Made anew each time: ask once."""
        found = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in self.environ.items()
            if name.startswith("HTTP_")
        }
        return found | ({"content-type": self.content_type} if self.content_type else {})

    @property
    def body(self) -> bytes:
        """The raw body, at most 64 kB of it. Raises BadForm when it is longer or ends too early."""
        if self._body is None:
            self._body = forms.body(self.environ, forms.MOST_RAW)
        return self._body
