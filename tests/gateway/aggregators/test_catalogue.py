"""The settings choose whose doors are open and how texts leave; what is missing is named at start."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.delivery.route_rules import choose_routes
from gateway.aggregators import registry
from gateway.aggregators.token_sender import TokenSender
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.http.client import HttpClient
from gateway.settings.loader import ConfigError, load_config
from tests.keys import KEYS_FILE

EVERYBODY = {
    "WEBHOOK_SECRETS": "a-secret-of-this-year",
    "KEYS_FILE": KEYS_FILE,
    "AGGREGATORS": "africastalking,infobip,twilio,jasmin,kannel,telenor,hubtel,arkesel",
    "PUBLIC_URL": "https://sunwai.example.org",
    "AT_API_KEY": "key",
    "INFOBIP_BASE_URL": "https://abc.api.infobip.com",
    "INFOBIP_API_KEY": "key",
    "INFOBIP_SENDER": "8484",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_SENDER": "8484",
    "JASMIN_URL": "http://127.0.0.1:1401",
    "JASMIN_USERNAME": "user",
    "JASMIN_PASSWORD": "password",
    "KANNEL_URL": "http://127.0.0.1:13013",
    "KANNEL_USERNAME": "user",
    "KANNEL_PASSWORD": "password",
    "TELENOR_MSISDN": "923450000000",
    "TELENOR_PASSWORD": "password",
    "TELENOR_MASK": "SUNWAI",
    "HUBTEL_CLIENT_ID": "id",
    "HUBTEL_CLIENT_SECRET": "secret",
    "HUBTEL_SENDER": "SUNWAI",
    "ARKESEL_API_KEY": "key",
    "ARKESEL_SENDER": "SUNWAI",
}
JAZZ = """about: Jazz
settings: {user: the user name of your account}
ussd:
  request: form
  session: id
  phone: msisdn
  input: text
  carries: everything
  answer: {text: {going: "CON {message}", over: "END {message}"}}
send:
  method: POST
  url: https://connect.example.pk/send
  form: {user: "{user}", to: "{to}", text: "{message}"}
  answer: text
  sent: {field: all, begins: OK}
"""


def test_every_aggregator_can_be_used_at_once() -> None:
    config = load_config(EVERYBODY)
    names = set(EVERYBODY["AGGREGATORS"].split(","))
    assert set(registry.aggregators(config)) == set(registry.outbound_adapters(config)) == names
    assert {each.name for each in registry.aggregators(config).values()} == names
    senders = registry.senders(config, HttpClient())
    assert {name: each.name for name, each in senders.items()} == {name: name for name in names}
    assert {name for name, each in senders.items() if isinstance(each, TokenSender)} == {"telenor"}


def test_every_built_in_aggregator_is_in_the_catalogue() -> None:
    assert {each.name for each in BUILT_IN} <= set(registry.aggregators(load_config(EVERYBODY)))


def test_every_route_writes_a_request_for_a_text() -> None:
    for name, letters in registry.outbound_adapters(load_config(EVERYBODY)).items():
        request = letters.request("+923001234567", "Salam")
        assert request.url.startswith(("https://", "http://127.0.0.1")), name


def test_without_rules_every_aggregator_is_a_route_in_its_order() -> None:
    config = load_config(EVERYBODY)
    assert choose_routes(registry.configured_routes(config), "+923001234567") == config.aggregators


def test_only_routes_that_are_used_are_built() -> None:
    config = load_config(EVERYBODY | {"ROADS": "+92=telenor,africastalking"})
    assert set(registry.outbound_adapters(config)) == {"telenor", "africastalking"}
    assert set(registry.aggregators(config)) == set(config.aggregators)


def test_a_gateway_of_ones_own_is_a_file_and_its_settings(tmp_path: Path) -> None:
    path = tmp_path / "jazz.yaml"
    path.write_text(JAZZ, "utf-8")
    environ = {"AGGREGATORS": "africastalking,jazz", "GENERIC_FILES": str(path), "JAZZ_USER": "sunwai"}
    config = load_config(EVERYBODY | environ)
    assert registry.aggregators(config)["jazz"].doors == {"ussd"}
    assert registry.outbound_adapters(config)["jazz"].request("+923001234567", "Salam").data == {
        "user": "sunwai",
        "to": "923001234567",
        "text": "Salam",
    }
    del environ["JAZZ_USER"]
    with pytest.raises(ConfigError, match="JAZZ_USER is not set: the user name of your account"):
        registry.outbound_adapters(load_config(EVERYBODY | environ))


def test_a_gateway_that_only_brings_calls_is_no_route(tmp_path: Path) -> None:
    path = tmp_path / "jazz.yaml"
    path.write_text(JAZZ.partition("send:")[0], "utf-8")
    environ = EVERYBODY | {"AGGREGATORS": "africastalking,jazz", "GENERIC_FILES": str(path)}
    assert choose_routes(registry.configured_routes(load_config(environ)), "+923001234567") == ("africastalking",)
    with pytest.raises(ConfigError, match="ROADS names jazz"):
        registry.outbound_adapters(load_config(environ | {"ROADS": "*=jazz"}))


def test_mistakes_in_files_are_all_told_at_start(tmp_path: Path) -> None:
    path = tmp_path / "jazz.yaml"
    path.write_text(JAZZ.replace("method: POST", "method: PUT").replace("carries", "caries"), "utf-8")
    environ = {"AGGREGATORS": "jazz,zong", "GENERIC_FILES": f"{path},{tmp_path}/zong.yaml"}
    with pytest.raises(ConfigError) as refused:
        registry.aggregators(load_config(EVERYBODY | environ))
    said = str(refused.value)
    assert f"{path}:11: method is one of GET, POST" in said
    assert "unknown word 'caries'" in said and "zong.yaml: cannot be read" in said
