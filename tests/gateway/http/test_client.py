"""What leaves this house: pooled, timed, not redirected, and honest about what may have arrived."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from gateway.aggregators.http_sender import HttpSender
from gateway.http.client import MOST_ANSWERED, HttpClient, LostAnswerError, UnsentRequestError, trusted_authorities
from gateway.settings.loader import ConfigError, load_config
from sessions.delivery.outcome_types import Acceptance, Rejection, Sender, SendFailure, Unknown
from tests.gateway.aggregators import sending
from tests.gateway.listening import answer, server

TO = "+923001234567"


def accept(handler: BaseHTTPRequestHandler, body: str) -> None:
    number = parse_qs(body)["to"][0]
    recipient = {"statusCode": 101, "number": number, "status": "Success", "cost": "KES 0.8", "messageId": "ATXid_1"}
    whole = {"SMSMessageData": {"Message": "Sent", "Recipients": [recipient | {"messageParts": 1}]}}
    answer(handler, 201, json.dumps(whole).encode(), Content_Type="application/json; charset=utf-8")


def hang_up(handler: BaseHTTPRequestHandler, _body: str) -> None:
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def sender(url: str) -> Sender:
    """The route to an Africa's Talking at this address."""
    return HttpSender(sending.africastalking(f"{url}/version1"), HttpClient())


def test_a_text_is_sent_as_the_vendor_wants_it() -> None:
    with server(accept) as heard:
        assert sender(heard.url).send(TO, "Aap ki shikayat پانی & more") == Acceptance("ATXid_1", 1, "KES 0.8")
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
        sending = sender(heard.url)
        for _ in range(5):
            sending.send(TO, "x")
    assert (len(heard.asked), heard.connections) == (5, 1)


def test_threads_that_share_a_wire_each_get_their_own_answer() -> None:
    def echo(handler: BaseHTTPRequestHandler, body: str) -> None:
        answer(handler, 200, body.encode())

    wire = HttpClient(connections=16)
    with server(echo) as heard, ThreadPoolExecutor(16) as threads:
        said = list(threads.map(lambda n: wire.request("POST", heard.url, data={"n": n}).body, range(400)))
    assert said == [b"n=%d" % n for n in range(400)]
    assert heard.connections <= 16


def test_a_number_that_is_none_is_never_asked_for() -> None:
    with server(accept) as heard:
        assert sender(heard.url).send("03001234567", "x") == Rejection("InvalidPhoneNumber")
    assert heard.asked == []


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere() -> None:
    with server(accept) as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler, _body: str) -> None:
            answer(handler, 307, b"", Location=f"{elsewhere.url}/version1/messaging")

        with server(redirect) as heard:
            assert sender(heard.url).send(TO, "x") == SendFailure("http_307")
    assert elsewhere.asked == []


def test_nobody_listening_means_not_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert sender(url).send(TO, "x") == SendFailure("no_connection")


def test_a_name_that_does_not_resolve_means_not_sent() -> None:
    assert sender("http://no-such-host.invalid").send(TO, "x") == SendFailure("no_connection")


def test_a_line_cut_after_the_request_means_unknown() -> None:
    with server(hang_up) as heard:
        assert sender(heard.url).send(TO, "x") == Unknown("line_cut")
    assert len(heard.asked) == 1, "an unknown outcome is not repeated here"


def test_a_body_cut_in_the_middle_means_unknown() -> None:
    def cut(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 201, b'{"SMSMessageData"', Content_Length="500")
        hang_up(handler, "")

    with server(cut) as heard:
        assert isinstance(sender(heard.url).send(TO, "x"), Unknown)


def test_a_server_that_never_answers_is_left_in_time() -> None:
    let_go = threading.Event()
    with server(lambda *_: let_go.wait(20) and None) as heard:
        started = time.monotonic()
        with pytest.raises(LostAnswerError, match="timeout"):
            HttpClient().request("POST", heard.url, data={"a": "b"}, timeout=(0.3, 0.3))
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
        with pytest.raises(LostAnswerError, match="timeout"):
            HttpClient().request("GET", heard.url, data={"a": "b"}, timeout=(0.3, 0.3))
        assert time.monotonic() - started < 5
        over.set()


def test_a_small_answer_cannot_unfold_into_memory() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    def explode(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 201, bomb, Content_Encoding="gzip")

    with server(explode) as heard:
        assert len(HttpClient().request("POST", heard.url, data={"a": "b"}).body) == MOST_ANSWERED
        assert sender(heard.url).send(TO, "x") == Unknown("answer_unreadable")


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login us password them\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    def told(handler: BaseHTTPRequestHandler, _body: str) -> None:
        answer(handler, 200, handler.headers.get("Authorization", "none").encode())

    with server(told) as heard:
        assert HttpClient().request("POST", heard.url, data={"a": "b"}).body == b"none"


def test_an_address_that_is_none_means_not_reached() -> None:
    with pytest.raises(UnsentRequestError, match="address"):
        HttpClient().request("POST", "nowhere")


def test_a_body_of_bytes_leaves_as_it_is() -> None:
    def told(handler: BaseHTTPRequestHandler, body: str) -> None:
        answer(handler, 200, f"{handler.headers['Content-Type']} {body}".encode())

    with server(told) as heard:
        headers = {"Content-Type": "application/json"}
        said = HttpClient().request("POST", heard.url, headers=headers, data='{"text":"پانی"}'.encode())
    assert said.body.decode() == 'application/json {"text":"پانی"}'


def test_a_door_that_speaks_no_tls_was_not_reached() -> None:
    with server(accept) as heard, pytest.raises(UnsentRequestError, match="no_secure_line"):
        HttpClient().request("POST", heard.url.replace("http:", "https:"), data={"to": TO})
    assert heard.asked == []


def test_a_door_that_closes_in_the_middle_of_the_handshake_was_not_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=lambda: listening.accept()[0].close(), daemon=True).start()
        with pytest.raises(UnsentRequestError, match="no_secure_line"):
            HttpClient().request("POST", f"https://127.0.0.1:{listening.getsockname()[1]}", data={"to": TO})


@pytest.fixture
def own_tls(tmp_path: Path) -> ssl.SSLContext:
    """The TLS of a server whose certificate no public authority signed: the file `certificate` of the test."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    made += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made += ["-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    return context


def test_a_stranger_with_a_certificate_of_his_own_is_told_nothing(own_tls: ssl.SSLContext) -> None:
    with server(accept, own_tls) as heard, pytest.raises(UnsentRequestError, match="no_secure_line"):
        HttpClient().request("POST", heard.url.replace("http:", "https:"), data={"to": TO})
    assert heard.asked == []


def test_an_authority_of_the_settings_is_trusted_beside_the_public_ones(
    tmp_path: Path, own_tls: ssl.SSLContext
) -> None:
    config = load_config({"ENVIRONMENT": "development", "CA_FILE": str(tmp_path / "certificate")})
    client = HttpClient(ca_file=config.ca_file)
    with server(accept, own_tls) as heard:
        address = heard.url.replace("http:", "https:")
        assert client.request("POST", address, data={"to": TO}).status == 201
        with pytest.raises(UnsentRequestError, match="no_secure_line"):  # its certificate is for 127.0.0.1
            client.request("POST", address.replace("127.0.0.1", "localhost"), data={"to": TO})
    context = trusted_authorities(config.ca_file)
    assert context.cert_store_stats()["x509_ca"] > 50, "the public authorities are not trusted any more"


@pytest.mark.parametrize("content", ["", "no certificate"])
def test_a_file_without_a_certificate_is_refused_at_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "empty").write_text(content)
    with pytest.raises(ConfigError, match="CA_FILE names a file without a certificate"):
        load_config({"ENVIRONMENT": "development", "CA_FILE": str(tmp_path / "empty")})


@pytest.mark.parametrize(
    ("answer_bytes", "found"),
    [
        (b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", (201, b"ok")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", (200, b"ok")),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil it is closed", (200, b"until it is closed")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "answer_broken"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", "answer_broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", "answer_broken"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 70_000 + b"\r\n\r\n", "answer_broken"),
        (b"SSH-2.0-OpenSSH\r\n", "answer_broken"),
        (b"", "line_cut"),
    ],
)
def test_an_answer_is_read_to_its_end_or_lost(answer_bytes: bytes, found: tuple[int, bytes] | str) -> None:
    def serve() -> None:
        connection = listening.accept()[0]
        connection.recv(65536)
        connection.sendall(answer_bytes)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        if isinstance(found, str):
            with pytest.raises(LostAnswerError, match=found):
                HttpClient().request("POST", url, data=b"x")
        else:
            said = HttpClient().request("POST", url, data=b"x")
            assert (said.status, said.body) == found


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\n", "a\r", "پانی"])
def test_a_header_that_would_make_another_one_is_not_sent(value: str) -> None:
    with server(accept) as heard, pytest.raises(UnsentRequestError, match="header"):
        HttpClient().request("POST", heard.url, headers={"X-Text": value}, data={"a": "b"})
    assert heard.asked == []
