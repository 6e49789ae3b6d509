"""A browser as an attacker writes one: cookies, the token of the last form, and nothing that holds it back."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


class Browser:
    """One browser on one port. Every request has a connection of its own."""

    def __init__(self, port: int, patience: float = 60.0) -> None:
        self.port, self.patience = port, patience
        self.cookies: dict[str, str] = {}
        self.token = ""  # of the last page that had a form
        self.page = ""  # the body of the last answer
        self.location = ""

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        return self.request("GET", path)

    def post(self, path: str, form: Mapping[str, str], *, token: bool = True) -> tuple[int, str]:
        """Send a form, by default with the token of the last page."""
        sent = dict(form) | ({"csrf_token": self.token} if token else {})
        return self.request("POST", path, urlencode(sent).encode())

    def request(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> tuple[int, str]:
        """Any request. A connection that the server closes, or a wait that is too long, raises OSError."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": kind, "Origin": f"http://127.0.0.1:{self.port}"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.page = answer.read().decode("utf-8", "replace")
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self.cookies[cookie] = content
        self.location = answer.getheader("Location", "")
        found = _TOKEN.search(self.page)
        if found:
            self.token = found[1]
        return answer.status, self.page
