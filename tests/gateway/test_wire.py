"""What leaves this house: pooled, timed, not redirected, and honest about what may have arrived."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from gateway.aggregators.africastalking import sender
from gateway.config import Config
from gateway.wire import MOST_ANSWERED, Lost, NotReached, Wire
from sessions.delivery import NotSent, Rejected, Sent, Unknown

TO = "+923001234567"
Act = Callable[[BaseHTTPRequestHandler, str], None]


class Heard:
    """A server on this machine that does what it is told, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []  # path, form, apiKey
        self.connections = 0


@contextmanager
def server(act: Act) -> Iterator[Heard]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            heard.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.asked.append((self.path, parse_qs(body), self.headers.get("apiKey", "")))
            act(self, body)

        do_GET = do_POST  # noqa: N815 - the name is the library's

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    heard = Heard(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def accept(handler: BaseHTTPRequestHandler, body: str) -> None:
    number = parse_qs(body)["to"][0]
    recipient = {"statusCode": 101, "number": number, "status": "Success", "cost": "KES 0.8", "messageId": "ATXid_1"}
    whole = {"SMSMessageData": {"Message": "Sent", "Recipients": [recipient | {"messageParts": 1}]}}
    answer(handler, 201, json.dumps(whole).encode(), Content_Type="application/json; charset=utf-8")


def hang_up(handler: BaseHTTPRequestHandler, _body: str) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def settings(url: str) -> Config:
    environ = {"ENVIRONMENT": "development", "AT_BASE_URL": f"{url}/version1", "AT_API_KEY": "the-key"}
    return Config.from_env(environ)


def test_a_text_is_sent_as_the_vendor_wants_it() -> None:
    with server(accept) as heard:
        assert sender(settings(heard.url)).send(TO, "Aap ki shikayat پانی & more") == Sent("ATXid_1", 1, "KES 0.8")
    ((path, form, key),) = heard.asked
    assert (path, key) == ("/version1/messaging", "the-key")
    assert form == {
        "username": ["sandbox"],
        "to": [TO],
        "message": ["Aap ki shikayat پانی & more"],
        "bulkSMSMode": ["1"],
        "from": ["8484"],
    }


def test_many_texts_share_one_connection() -> None:
    with server(accept) as heard:
        sending = sender(settings(heard.url))
        for _ in range(5):
            sending.send(TO, "x")
    assert (len(heard.asked), heard.connections) == (5, 1)


def test_a_foreign_number_is_never_texted() -> None:
    with server(accept) as heard:
        assert sender(settings(heard.url)).send("+12025550123", "x") == Rejected("country_not_served")
    assert heard.asked == []


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere() -> None:
    with server(accept) as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler, _body: str) -> None:
            answer(handler, 307, b"", Location=f"{elsewhere.url}/version1/messaging")

        with server(redirect) as heard:
            assert sender(settings(heard.url)).send(TO, "x") == NotSent("http_307")
    assert elsewhere.asked == []


def test_nobody_listening_means_not_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert sender(settings(url)).send(TO, "x") == NotSent("no_connection")


def test_a_name_that_does_not_resolve_means_not_sent() -> None:
    assert sender(settings("http://no-such-host.invalid")).send(TO, "x") == NotSent("no_connection")


def test_a_line_cut_after_the_request_means_unknown() -> None:
    with server(hang_up) as heard:
        assert sender(settings(heard.url)).send(TO, "x") == Unknown("line_cut")
    assert len(heard.asked) == 1, "an unknown outcome is not repeated here"


def test_a_body_cut_in_the_middle_means_unknown() -> None:
    def cut(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 201, b'{"SMSMessageData"', Content_Length="500")
        hang_up(handler, "")

    with server(cut) as heard:
        assert isinstance(sender(settings(heard.url)).send(TO, "x"), Unknown)


def test_a_server_that_never_answers_is_left_in_time() -> None:
    let_go = threading.Event()
    with server(lambda *_: let_go.wait(20) and None) as heard:
        started = time.monotonic()
        with pytest.raises(Lost, match="timeout"):
            Wire().request("POST", heard.url, data={"a": "b"}, timeout=(0.3, 0.3))
        assert time.monotonic() - started < 3
        let_go.set()


def test_a_server_that_dribbles_is_left_in_time() -> None:
    over = threading.Event()

    def dribble(handler: BaseHTTPRequestHandler, _body: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not over.wait(0.02):
            try:
                handler.wfile.write(b"x" * 100)
            except OSError:
                return

    with server(dribble) as heard:
        started = time.monotonic()
        with pytest.raises(Lost, match="timeout"):
            Wire().request("GET", heard.url, data={"a": "b"}, timeout=(0.3, 0.3))
        assert time.monotonic() - started < 5
        over.set()


def test_a_small_answer_cannot_unfold_into_memory() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    def explode(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 201, bomb, Content_Encoding="gzip")

    with server(explode) as heard:
        assert len(Wire().request("POST", heard.url, data={"a": "b"}).body) == MOST_ANSWERED
        assert sender(settings(heard.url)).send(TO, "x") == Unknown("answer_unreadable")


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login us password them\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    def told(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 200, handler.headers.get("Authorization", "none").encode())

    with server(told) as heard:
        assert Wire().request("POST", heard.url, data={"a": "b"}).body == b"none"


def test_an_address_that_is_none_means_not_reached() -> None:
    with pytest.raises(NotReached, match="address"):
        Wire().request("POST", "nowhere")
