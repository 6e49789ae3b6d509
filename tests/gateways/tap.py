"""A proxy between a gateway and the service, which keeps what the gateway really posts."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Tap:
    """Passes every request on to `target`. `requests` are the methods, doors and raw bodies or queries.

    While it is `down`, every request is answered 503, as a proxy does whose service does not answer; `refused` counts.
    """

    port: int
    target: int
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    down: bool = False
    refused: int = 0

    def __post_init__(self) -> None:
        tap = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if tap.down:
                    tap.refused += 1
                    self.send_error(503)
                    return
                tap.requests.append((self.command, path.rpartition("/")[2], body or query.encode("latin-1")))
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                there = http.client.HTTPConnection("127.0.0.1", tap.target, timeout=10)
                there.request(self.command, self.path, body, headers)
                answer = there.getresponse()
                raw = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_POST = do_GET  # noqa: N815 - the server calls it so

            def log_message(self, *_: object) -> None:
                """Nothing: the service has its own log."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """Nothing: a gateway that does not wait for an answer asks again."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
