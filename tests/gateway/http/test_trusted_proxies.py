"""What a proxy says about the client is believed when the proxy is ours, and nothing that a stranger says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import request
from werkzeug.test import EnvironBuilder

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.http.trusted_proxies import TrustedProxies
from gateway.monitoring import logs
from gateway.settings.loader import ConfigError
from tests.gateway.conftest import published_template, published_url
from tests.gateway.outside import settings
from tests.servers import Valkey

__all__ = ["published_template", "published_url"]
CLAIM = {"X-Forwarded-For": "6.6.6.6, 203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


@pytest.mark.parametrize(
    ("trusted", "hops", "peer", "claimed", "client", "scheme"),
    [
        ((), 1, "127.0.0.1", CLAIM, "127.0.0.1", "http"),  # nobody is trusted
        (("127.0.0.1",), 1, "198.51.100.7", CLAIM, "198.51.100.7", "http"),  # a stranger
        (("127.0.0.1",), 1, "127.0.0.1", CLAIM, "203.0.113.9", "https"),  # not what the client wrote before the proxy
        (("127.0.0.1",), 2, "127.0.0.1", CLAIM, "6.6.6.6", "https"),
        (("10.0.0.0/8",), 1, "10.3.2.1", CLAIM, "203.0.113.9", "https"),
        (("10.0.0.0/8",), 1, "::ffff:10.3.2.1", CLAIM, "203.0.113.9", "https"),  # a server that listens on ::
        (("2001:db8::/32",), 1, "2001:db8::7", {"X-Forwarded-For": "2001:db8:9::1"}, "2001:db8:9::1", "http"),
        (("unix",), 1, "", CLAIM, "203.0.113.9", "https"),
        (("127.0.0.1",), 1, "", CLAIM, "", "http"),  # who comes through a socket is trusted only by name
        (("unix",), 1, "127.0.0.1", CLAIM, "127.0.0.1", "http"),
        (("127.0.0.1",), 1, "127.0.0.1", {"X-Forwarded-For": "203.0.113.9:4711"}, "203.0.113.9", "http"),
        (("127.0.0.1",), 1, "127.0.0.1", {"X-Forwarded-For": "x", "X-Forwarded-Proto": "ftp"}, "127.0.0.1", "http"),
        (("127.0.0.1",), 3, "127.0.0.1", CLAIM, "127.0.0.1", "https"),  # fewer proxies than we were told
        (("127.0.0.1",), 1, "127.0.0.1", {}, "127.0.0.1", "http"),
    ],
)  # fmt: skip
def test_the_client_is_whom_our_own_proxy_names(
    trusted: tuple[str, ...], hops: int, peer: str, claimed: dict[str, str], client: str, scheme: str
) -> None:
    environ = EnvironBuilder(headers=claimed, environ_base={"REMOTE_ADDR": peer}).get_environ()
    proxies = TrustedProxies(trusted, hops)
    for _ in range(2):  # applying it twice changes nothing more
        proxies.apply(environ)
        assert (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]) == (client, scheme)
        assert environ["HTTP_HOST"] == "localhost"


def test_a_proxy_that_nobody_told_us_of_is_logged_once(capfd: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    proxies, told = TrustedProxies(("127.0.0.1",)), ""
    for peer, lines in (("127.0.0.1", 0), ("10.0.0.7", 1), ("10.0.0.7", 1)):
        environ = EnvironBuilder(headers=CLAIM, environ_base={"REMOTE_ADDR": peer}).get_environ()
        for _ in range(2):
            proxies.apply(environ)
        told += capfd.readouterr().err
        assert told.count("proxy_not_trusted") == lines
    assert "203.0.113.9" not in told
    assert "10.0.0.7" not in told


@pytest.fixture
def app(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    """The console behind a proxy on this machine."""
    key = "a-console-key-of-tests-with-some-length"
    public = {"PUBLIC_URL": "https://sunwai.example.org", "TRUSTED_PROXIES": "127.0.0.1"}
    made = create_app(settings(published_url, valkey.url, CONSOLE_KEY=key, **public))
    yield made
    made.close()


def test_a_wrong_host_gets_a_refusal_and_no_way_anywhere(app: Sunwai) -> None:
    client = app.test_client()
    for path in ("/console", "/console/", "/console/sign-in", "/nowhere", "//console//sign-in"):
        answer = client.get(path, base_url="https://evil.example", follow_redirects=False)
        assert (answer.status_code, answer.location) == (400, None), path
        assert "evil.example" not in answer.text
    answer = client.get("/console", base_url="http://sunwai.example.org:8000")
    assert answer.location == "http://sunwai.example.org:8000/console/"
    told = client.get("/console", base_url="http://sunwai.example.org", headers={"X-Forwarded-Proto": "https"})
    assert told.location == "https://sunwai.example.org/console/"
    assert client.get("/hooks//evil", base_url="http://evil.example").location is None


def test_monitors_and_aggregators_may_call_us_by_any_name(app: Sunwai) -> None:
    client = app.test_client()
    assert client.get("/healthz", base_url="http://10.0.0.5:8000").status_code == 200
    assert client.get("/readyz", base_url="http://10.0.0.5:8000").status_code == 503  # no worker runs here
    assert client.post("/hooks/africastalking/wrong/sms", base_url="http://10.0.0.5:8000").status_code == 404


def test_a_view_sees_the_clients_own_address(app: Sunwai) -> None:
    seen = []
    app.before_request(lambda: seen.append((request.remote_addr, request.scheme)))
    for peer in ("127.0.0.1", "198.51.100.7"):
        app.test_client().get("/healthz", headers=CLAIM, environ_base={"REMOTE_ADDR": peer})
    assert seen == [("203.0.113.9", "https"), ("198.51.100.7", "http")]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRUSTED_PROXIES", "nginx", "must be addresses, networks"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "must not name the whole internet"),
        ("TRUSTED_PROXY_HOPS", "0", "from 1 to 5"),
        ("TRUSTED_HOSTS", "https://sunwai.example.org", "without https:// and port"),
        ("TRUSTED_HOSTS", "other.example.org", "does not name sunwai.example.org"),
    ],
)
def test_settings_that_cannot_work_are_named(name: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        settings("sqlite:///x", "redis://127.0.0.1", PUBLIC_URL="https://sunwai.example.org", **{name: value})
