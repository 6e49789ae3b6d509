"""Forged aggregators: a secret opens its own address, from its networks alone, and no address for reports has one."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.aggregators import registry
from gateway.aggregators.contract.report_addresses import MARK, ReportAddresses
from gateway.aggregators.http_sender import HttpSender
from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.endpoints.callback_secrets import Secrets
from gateway.http.client import Answer
from gateway.monitoring.counters import COUNTERS
from gateway.settings.config import Config
from gateway.settings.loader import load_config
from storage.connection.database import Database
from storage.schema.tables import Inbound, OutboxMessage, Report
from tests.examples import examples
from tests.gateway.outside import FORM, HOP, OURS, PHONE, REPORT, SECRET, SMS, post, rows
from tests.gateway.outside import settings as outside
from tests.servers import Valkey
from tests.sessions.posting import owe

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
KEY = "a key of more than thirty-two letters, for this"
ROUTES = {
    "AGGREGATORS": "jasmin,kannel,infobip,twilio,arkesel,africastalking",
    "PUBLIC_URL": "https://sunwai.example.org",
    "JASMIN_URL": "http://127.0.0.1:1401",
    "KANNEL_URL": "http://127.0.0.1:13013",
    "INFOBIP_BASE_URL": "https://x.api.infobip.com",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    **{f"{name}_{part}": "x" for name in ("JASMIN", "KANNEL") for part in ("USERNAME", "PASSWORD", "SENDER")},
    "INFOBIP_API_KEY": "x",
    "INFOBIP_SENDER": "8484",
    "TWILIO_SENDER": "+923009998484",
    "ARKESEL_API_KEY": "x",
    "ARKESEL_SENDER": "8484",
}


def start(published_url: str, valkey: Valkey, **other: str) -> Sunwai:
    return create_app(outside(published_url, valkey.url, **other), lambda: NOW)


# ---- secrets ----


@pytest.mark.parametrize(
    ("given", "aggregator", "door", "known"),
    [
        ("everywhere", "jasmin", "sms", True),
        ("everywhere", "kannel", "ussd", True),
        ("of-jasmin", "jasmin", "sms", True),
        ("of-jasmin", "jasmin", "delivery", True),
        ("of-jasmin", "kannel", "sms", False),
        ("of-its-sms", "jasmin", "sms", True),
        ("of-its-sms", "jasmin", "delivery", False),
        ("of-its-sms", "kannel", "sms", False),
        ("next", "jasmin", "sms", True),  # the second step of replacing one
        ("jasmin=of-jasmin", "jasmin", "sms", False),
        ("", "jasmin", "sms", False),
        ("\udcff", "jasmin", "sms", False),
    ],
)
def test_a_secret_is_for_what_stands_before_it(given: str, aggregator: str, door: str, known: bool) -> None:
    secrets = Secrets(["everywhere", "jasmin=of-jasmin", "jasmin/sms=of-its-sms", "jasmin/sms=next"])
    assert secrets.know(given, aggregator, door) is known


def test_a_secret_of_one_address_opens_no_other(published_url: str, valkey: Valkey) -> None:
    app = start(published_url, valkey, WEBHOOK_SECRETS=f"africastalking/sms={SECRET}")
    assert post(app, "sms", SMS).status_code == 200
    for door, form in (("ussd", HOP), ("delivery", REPORT), ("opt-out", {"phoneNumber": PHONE})):
        assert post(app, door, form).status_code == 404, door
    assert len(rows(app, Inbound)) == 1


@pytest.mark.parametrize("raw", ["jasmin=", "jasmin/=secret-of-sixteen", "=secret-of-sixteen", "a=b=secret-of-sixteen"])
def test_a_secret_that_is_for_nothing_is_refused(raw: str) -> None:
    with pytest.raises(Exception, match="WEBHOOK_SECRETS"):
        load_config({"WEBHOOK_SECRETS": raw, "AT_API_KEY": "x"} | OURS)


# ---- networks ----


@pytest.mark.parametrize("door", ["ussd", "sms", "delivery"])
@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "fine"),
    [
        ("10.1.2.3", "", "", True),
        ("10.2.2.3", "", "", False),
        ("::ffff:10.1.2.3", "", "", True),
        ("127.0.0.1", "10.1.2.3", "", False),  # a stranger's claim
        ("127.0.0.1", "10.1.2.3", "127.0.0.1", True),
        ("127.0.0.1", "10.1.2.3, 10.2.2.3", "127.0.0.1", False),  # the last one is what the proxy saw
        ("127.0.0.1", "", "127.0.0.1", False),
    ],
)
def test_only_the_networks_of_an_aggregator_may_call(
    published_url: str,
    valkey: Valkey,
    capfd: pytest.CaptureFixture[str],
    *,
    door: str,
    peer: str,
    forwarded: str,
    proxies: str,
    fine: bool,
) -> None:
    app = start(published_url, valkey, AGGREGATOR_NETWORKS="africastalking=10.1.0.0/16", TRUSTED_PROXIES=proxies)
    before = COUNTERS.all()["foreign_network"]
    form = {"ussd": HOP, "sms": SMS, "delivery": REPORT}[door]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answered = post(app, door, form, environ_base={"REMOTE_ADDR": peer}, headers=headers)
    assert answered.status_code == (200 if fine else 404)
    assert COUNTERS.all()["foreign_network"] == before + (not fine)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if "foreign_network" in line]
    assert len(lines) == (not fine)
    assert not any(each in json.dumps(lines) for each in (peer, "10.2.2.3", PHONE))
    assert bool(rows(app, Inbound) or rows(app, Report)) is (fine and door != "ussd")


def test_what_is_refused_looks_like_a_wrong_secret(published_url: str, valkey: Valkey) -> None:
    app = start(published_url, valkey, AGGREGATOR_NETWORKS="africastalking=10.1.0.0/16")
    for door, form in (("sms", SMS), ("ussd", HOP)):
        wrong = app.test_client().post(f"/hooks/africastalking/wrong/{door}", data=form)
        foreign = post(app, door, form)
        assert (wrong.status_code, foreign.status_code) == (404, 404)


@pytest.mark.parametrize(
    "raw", ["jasmin", "jasmin=", "jasmin=10.0.0.1/8", "jasmin=x", "jasmin=10.0.0.1; jasmin=10.0.0.2"]
)
def test_networks_that_cannot_be_read_are_refused_with_what_to_write(raw: str) -> None:
    with pytest.raises(Exception, match="AGGREGATOR_NETWORKS"):
        load_config({"WEBHOOK_SECRETS": SECRET, "AT_API_KEY": "x", "AGGREGATOR_NETWORKS": raw} | OURS)


# ---- addresses for reports ----


class Wire:
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def request(self, method: str, url: str, **more: Any) -> Answer:
        self.asked.append(f"{method} {url} {more['params']} {more['data']}")
        return Answer(500, {}, b"")


@pytest.mark.parametrize("signing", ["", KEY])
def test_no_address_that_is_sent_with_a_text_has_a_secret(signing: str) -> None:
    config: Config = load_config(OURS | {"WEBHOOK_SECRETS": SECRET, "AT_API_KEY": "x", "SIGNING_KEY": signing} | ROUTES)
    seen = 0
    for name, sender in registry.senders(config, wire := Wire()).items():  # type: ignore[arg-type]  # it has what they use
        if isinstance(sender, HttpSender):
            sender.send(PHONE, "Salam ~text~", text_id=71)  # words that could be taken for a place in an address
            asked = wire.asked[-1]
            assert SECRET not in asked and MARK not in asked
            if name != "africastalking":  # it has the address from its dashboard
                proof = ReportAddresses(config.signing_secrets).proof(name, 71)
                assert f"/hooks/{name}/{proof}/delivery" in asked.replace("%2F", "/")
                assert asked.count(proof) == 1, "the citizen could report about this text"
                seen += 1
    assert seen == 5


@settings(max_examples=examples(200), deadline=None)
@given(st.text(max_size=60))
def test_nothing_else_proves_a_text(said: str) -> None:
    addresses = ReportAddresses([KEY])
    assert addresses.find_text("jasmin", said) is None
    assert addresses.find_text("jasmin", f"7.{said}") is None


def test_a_proof_is_of_one_text_one_aggregator_and_one_key() -> None:
    old, new = ReportAddresses([SECRET]), ReportAddresses([KEY, SECRET])
    assert new.find_text("jasmin", old.proof("jasmin", 7)) == 7  # it is replaced in two steps
    assert old.find_text("jasmin", new.proof("jasmin", 7)) is None
    assert old.find_text("kannel", old.proof("jasmin", 7)) is None
    assert old.find_text("jasmin", old.proof("jasmin", 7).replace("7.", "8.")) is None


def _sent(database: Database, provider_id: str, to: str = PHONE) -> int:
    owed = owe(database, NOW, event="received", to=to)
    with database.write.begin() as db:
        text = db.get_one(OutboxMessage, owed)
        text.state, text.aggregator, text.provider_id, text.claimed_at = "sent", "africastalking", provider_id, NOW
    return owed


def test_forged_reports_change_nothing(published_url: str, valkey: Valkey) -> None:
    app = start(published_url, valkey, SIGNING_KEY=KEY)
    one, two = _sent(app.database, "ATXid_1"), _sent(app.database, "ATXid_2")
    other = _sent(app.database, "ATXid_3", "+923007654321")
    proof = ReportAddresses([KEY]).proof("africastalking", one)
    forged = [
        ("wrong", REPORT),
        (f"{two}.{proof.partition('.')[2]}", REPORT | {"id": "ATXid_2"}),
        (ReportAddresses([SECRET]).proof("africastalking", one), REPORT),
        (proof, REPORT | {"id": "ATXid_2"}),  # a captured address, for another text
        (proof, REPORT | {"id": "ATXid_3", "phoneNumber": "+923007654321"}),
    ]
    for part, form in forged:
        app.test_client().post(f"/hooks/africastalking/{part}/delivery", data=form, content_type=FORM)
    for door in ("sms", "ussd", "opt-out"):  # and for nothing but reports
        assert app.test_client().post(f"/hooks/africastalking/{proof}/{door}", data=SMS).status_code == 404
    assert rows(app, Report) == []
    assert {each.id: each.state for each in rows(app, OutboxMessage)} == dict.fromkeys((one, two, other), "sent")
    genuine = app.test_client().post(f"/hooks/africastalking/{proof}/delivery", data=REPORT, content_type=FORM)
    assert genuine.status_code == 200
    assert {each.id: each.state for each in rows(app, OutboxMessage)}[one] == "delivered"
