"""One callback request, parsed on demand: a hop must not pay for headers that nothing reads."""

from collections.abc import Mapping
from typing import Any

from gateway.http import forms


class InboundRequest:
    """A request from an aggregator: reads the WSGI environment on demand, and the body once.

    `public` is our address from outside (PUBLIC_URL): behind a proxy, the server has another one.
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
        """The rest of the path after the endpoint: `/hooks/<aggregator>/<secret>/<door>/rest…`."""
        return self.path.split("/")[5:]

    @property
    def query(self) -> str:
        """The query, raw, without its question mark."""
        return str(self.environ.get("QUERY_STRING") or "")

    @property
    def url(self) -> str:
        """The whole address as the aggregator called it; only the path without PUBLIC_URL."""
        return f"{self._public}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def content_type(self) -> str:
        """The content type with its parameters; "" if there is none."""
        return str(self.environ.get("CONTENT_TYPE") or "")

    @property
    def headers(self) -> dict[str, str]:
        """All headers by their names in lower case. Built on each access: read it once."""
        found = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in self.environ.items()
            if name.startswith("HTTP_")
        }
        return found | ({"content-type": self.content_type} if self.content_type else {})

    @property
    def body(self) -> bytes:
        """The raw body, of at most 64 kB. Raises BadForm if it is longer or ends too early."""
        if self._body is None:
            self._body = forms.body(self.environ, forms.MOST_RAW)
        return self._body

    def read_body(self) -> bytes:
        """`body`, for those who need a function."""
        return self.body

    def kept(self) -> bytes | None:
        """What may be kept of it if nobody can read it: the query of a GET, the body of anything else.

        None if it is longer than 64 kB, or did not arrive whole: then it was not taken either.
        """
        if self.method == "GET":
            return self.query.encode("latin-1", "replace")[: forms.MOST_RAW]
        try:
            return self.body
        except forms.BadForm:
            return None
