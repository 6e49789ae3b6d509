"""A small threaded HTTP/1.1 server on 127.0.0.1 for a Flask application that must be able to hang up.

A real aggregator keeps connections alive and sometimes closes one in the middle of a request. Werkzeug's development
server always closes them and ours always answers, so neither can imitate it.
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

HOST = "127.0.0.1"
LONGEST_BODY = 4_000_000  # bytes


class HangUp(Exception):
    """Raised by a view: close the connection without an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own signature
        """Log nothing: request lines hold phone numbers."""

    def _answer(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            return
        body = self.rfile.read(int(length))
        path, _, query = self.path.partition("?")
        environ = EnvironBuilder(
            path=path,
            query_string=query,
            method=self.command,
            base_url=f"http://{HOST}:{self.server.server_port}",
            headers=list(self.headers.items()),
            input_stream=BytesIO(body),
        ).get_environ()
        try:
            chunks, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except HangUp:
            self.close_connection = True
            return
        content = b"".join(chunks)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    """Serves `app`, a Flask application, on 127.0.0.1:`port` (0 = any free one, then see `server_port`).

    Raises OSError if the port is taken.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, app: Flask, port: int) -> None:
        app.config["PROPAGATE_EXCEPTIONS"] = True  # lets HangUp out of Flask
        self.app = app
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.server_port}"

    def start(self) -> threading.Thread:
        """Serve from a daemon thread until `shutdown()`."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        return thread

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that went away; show anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
