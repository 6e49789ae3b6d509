"""Real nginx with the configuration that we ship: who gets what, what is stripped, and no secret in any log."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex

import pytest

from tests.deploy.conftest import need
from tests.deploy.nginx import NAME, Nginx, running_nginx

SECRET = token_hex(16)
HOOK = f"/hooks/africastalking/{SECRET}/ussd"
SMS = f"/hooks/kannel/{SECRET}/sms?message=my-words&sender=923001234567"
INVITED = "/console/join/an-invitation-of-somebody"


class Echo(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    protocol_version = "HTTP/1.0"  # it keeps no connection open, so that it can be ended

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        said = {"who": self.server.server_port, "path": self.path, "headers": dict(self.headers.items())}  # type: ignore[attr-defined]  # a TCP server has it
        self.rfile.read(length)
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Strict-Transport-Security", "max-age=1")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Upstreams:
    """Two hook processes and a console."""

    def __init__(self) -> None:
        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(3)]
        self.ports = [server.server_port for server in self.servers]
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def end(self, *which: int) -> None:
        for at in which:
            self.servers[at].shutdown()
            self.servers[at].server_close()


@pytest.fixture
def upstreams() -> Iterator[Upstreams]:
    made = Upstreams()
    yield made
    made.end(0, 1, 2)


@pytest.fixture
def nginx(tmp_path: Path, upstreams: Upstreams) -> Iterator[Nginx]:
    need("nginx", "nginx-light")
    need("openssl", "openssl")
    with running_nginx(tmp_path, (upstreams.ports[0], upstreams.ports[1]), upstreams.ports[2]) as found:
        yield found


FORGED = {
    "X-Forwarded-For": "10.1.1.1",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "1",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "http",
    "Forwarded": "for=10.1.1.1",
    "X-Real-IP": "10.1.1.1",
    "Proxy": "evil.example",
}


def test_each_path_reaches_its_process_with_our_headers_only(nginx: Nginx, upstreams: Upstreams) -> None:
    for method, path, whose in (
        ("POST", HOOK, upstreams.ports[:2]),
        ("GET", SMS, upstreams.ports[:2]),
        ("GET", "/healthz", upstreams.ports[:2]),
        ("GET", "/console/flows", upstreams.ports[2:]),
        ("POST", "/console/sign-in", upstreams.ports[2:]),
        ("GET", INVITED, upstreams.ports[2:]),
        ("GET", "/metrics", upstreams.ports[2:]),
        ("GET", "/readyz", upstreams.ports[2:]),
    ):
        status, body, response = nginx.ask(method, path, b"text=1" if method == "POST" else b"", FORGED)
        said = json.loads(body)
        assert (status, said["path"]) == (200, path)
        assert said["who"] in whose
        seen = {name.lower(): value for name, value in said["headers"].items()}
        assert seen["host"] == NAME
        assert seen["x-forwarded-for"] == "127.0.0.1"
        assert seen["x-forwarded-proto"] == "https"
        assert not {"forwarded", "x-real-ip", "proxy", "x-forwarded-host", "x-forwarded-port"} & set(seen)
        assert response.headers.get_all("Strict-Transport-Security") == ["max-age=31536000"]
        assert response.headers.get_all("X-Content-Type-Options") == ["nosniff"]
        assert response.headers["Server"] == "nginx"


@pytest.mark.parametrize(
    ("version", "spoken"),
    [
        (ssl.TLSVersion.TLSv1, None),
        (ssl.TLSVersion.TLSv1_1, None),
        (ssl.TLSVersion.TLSv1_2, "TLSv1.2"),
        (ssl.TLSVersion.TLSv1_3, "TLSv1.3"),
    ],
)
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_only_present_versions_of_tls_are_spoken_and_the_newest_is_preferred(
    nginx: Nginx, version: ssl.TLSVersion, spoken: str | None
) -> None:
    context = nginx.trust()
    assert handshake(nginx, context) == "TLSv1.3"
    context.set_ciphers("DEFAULT@SECLEVEL=0")  # this side would speak the old ones
    context.minimum_version = context.maximum_version = version
    assert handshake(nginx, context) == spoken


def handshake(nginx: Nginx, context: ssl.SSLContext) -> str | None:
    """The version that both sides agree on; None if they do not."""
    with socket.create_connection(("127.0.0.1", nginx.port), 5) as raw:
        try:
            with context.wrap_socket(raw, server_hostname=NAME) as sealed:
                return sealed.version()
        except (ssl.SSLError, ConnectionError):
            return None


def test_what_is_no_address_of_ours_reaches_nobody(nginx: Nginx) -> None:
    assert nginx.ask("GET", "/simulator")[0] == 404
    assert nginx.ask("GET", "/")[0] == 302
    with pytest.raises(ssl.SSLError):
        nginx.ask("GET", "/", name="evil.example")
    plain = HTTPConnection("127.0.0.1", nginx.plain, timeout=10)
    plain.request("POST", HOOK, b"text=1", {"Host": "evil.example"})
    refused = plain.getresponse()
    refused.read()
    plain.close()
    plain.request("GET", "/console/", headers={"Host": "evil.example"})
    moved = plain.getresponse()
    moved.read()
    plain.close()
    plain.request("GET", "/.well-known/acme-challenge/no-such-token", headers={"Host": NAME})
    assert plain.getresponse().status == 404  # looked for here, over http: an authority proves the name so
    assert (refused.status, moved.status, moved.headers["Location"]) == (403, 308, f"https://{NAME}/console/")


def test_no_callback_fails_while_one_process_of_two_is_away(nginx: Nginx, upstreams: Upstreams) -> None:
    upstreams.end(0)
    for _ in range(30):
        status, body, _ = nginx.ask("POST", HOOK, b"text=1")
        assert (status, json.loads(body)["who"]) == (200, upstreams.ports[1])


def test_when_no_process_answers_callers_hear_why_and_nobody_gets_an_sms_of_it(
    nginx: Nginx, upstreams: Upstreams
) -> None:
    upstreams.end(0, 1)
    status, body, _ = nginx.ask("POST", HOOK, b"text=1")
    assert (status, body[:4]) == (200, b"END ")
    assert len(body) <= 160
    assert nginx.ask("GET", SMS)[:2] == (502, b"")


def test_limits_are_kept_before_a_process_hears_of_a_request(nginx: Nginx) -> None:
    big = b"a" * (64 * 1024 + 1)
    assert nginx.ask("POST", SMS, big)[:2] == (413, b"")
    assert nginx.ask("POST", "/console/sign-in", b"a" * (16 * 1024 + 1))[0] == 413
    assert nginx.ask("POST", "/console/flows", big)[0] == 200
    assert nginx.ask("POST", "/console/sign-in/passkey", b"a" * (16 * 1024 + 1))[0] == 413
    assert nginx.ask("POST", "/console/openid", big)[0] == 200  # with the form of who proves who they are
    statuses = [nginx.ask("POST", "/console/sign-in")[0] for _ in range(20)]
    assert 429 in statuses
    assert nginx.ask("POST", HOOK, b"text=1")[0] == 200
    assert nginx.ask("GET", "/console/sign-in-somewhere")[0] == 200


@pytest.mark.parametrize(
    "path", ["sign-in/code", "sign-in/passkey", "sign-in/passkey/options", "openid", "openid/back?code=a-code"]
)
def test_every_step_of_a_sign_in_is_limited_as_strictly(nginx: Nginx, path: str) -> None:
    statuses = [nginx.ask("POST", f"/console/{path}")[0] for _ in range(20)]
    assert 429 in statuses
    assert nginx.ask("GET", "/console/flows")[0] == 200


def test_no_secret_no_words_and_no_invitation_is_in_any_log(nginx: Nginx, upstreams: Upstreams) -> None:
    def everything() -> None:
        for method, path in (("POST", HOOK), ("GET", SMS), ("GET", INVITED)):
            nginx.ask(method, path)
            nginx.ask(method, path, b"a" * (9 * 1024 * 1024) if method == "POST" else b"")
        nginx.ask("GET", f"{HOOK}/../{SECRET}/x?{SECRET}")
        nginx.ask("GET", HOOK, headers={"X-Long": "a" * 20_000})
        nginx.ask("GET", HOOK + "a" * 20_000)
        for _ in range(20):
            nginx.ask("GET", INVITED)
        with nginx.trust().wrap_socket(
            socket.create_connection(("127.0.0.1", nginx.port), 5), server_hostname=NAME
        ) as raw:
            raw.sendall(f"POST {HOOK} HTTP/1.1\r\nHost: {NAME}\r\nHost: two\r\nBad Header\r\n\r\n".encode())
            raw.recv(100)
        with socket.create_connection(("127.0.0.1", nginx.plain), 5) as raw:
            raw.sendall(f"POST {HOOK} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            raw.recv(100)

    everything()
    upstreams.end(0, 1, 2)
    everything()
    nginx.stop()
    written = nginx.logs()
    assert written.count('"/hooks/africastalking/-/ussd"') >= 2
    assert '"/console/join/-"' in written
    failed = [line for line in written.splitlines() if '"upstream_status":"502' in line]
    assert any('"path":"/hooks/africastalking/-/ussd"' in line for line in failed)
    for private in (SECRET, "my-words", "923001234567", "an-invitation"):
        assert private not in written
