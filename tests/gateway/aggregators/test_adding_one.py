"""The recipes of the docs, followed: a new aggregator does all that any other does.

A built-in one is its declaration in one file and its line in a list; a described one is a YAML file.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gateway.aggregators.contract.report_addresses import ReportAddresses
from gateway.aggregators.vendors.built_in import BUILT_IN
from gateway.app import create_app
from gateway.delivery.worker_job import build_worker_context
from gateway.endpoints.application import Sunwai
from gateway.settings import loader
from gateway.settings.loader import ConfigError, load_config
from storage.schema.tables import Inbound, OutboxMessage
from tests.gateway.aggregators import examplecom
from tests.gateway.listening import answer, server
from tests.gateway.outside import FORM, PHONE, SECRET, rows
from tests.keys import KEYS_FILE
from tests.servers import Valkey

PUBLIC = "https://sunwai.example.org"
VENDORS = (*BUILT_IN, examplecom.VENDOR)
TOLD = """about: Exampletel (calls and texts)
settings: {key: the key of your account}
ussd:
  request: form
  session: sid
  phone: from
  input: typed
  carries: everything
  answer: {text: {going: "CON {message}", over: "END {message}"}}
sms_in: {request: form, id: id, from: from, to: to, text: text}
reports: {request: form, id: id, status: state, words: {delivered: ARRIVED}}
send:
  method: POST
  url: "http://127.0.0.1:PORT/texts"
  form: {key: "{key}", to: "{to}", text: "{message}", reports: "{report_url}"}
  numbers: plus
  answer: json
  sent: {field: id, is_not: ""}
  id: id
"""


def environ_of(database_url: str, valkey: Valkey, name: str) -> dict[str, str]:
    """The settings of an installation that has this aggregator alone, apart from the aggregator's own."""
    return {
        "WEBHOOK_SECRETS": SECRET,
        "KEYS_FILE": KEYS_FILE,
        "DATABASE_URL": database_url,
        "REDIS_URL": valkey.url,
        "PUBLIC_URL": PUBLIC,
        "AGGREGATORS": name,
        "QUIET_HOURS": "off",
    }


def post(app: Sunwai, name: str, door: str, **form: str) -> str:
    """What a door of this aggregator answers to a form."""
    answered = app.test_client().post(f"/hooks/{name}/{SECRET}/{door}", data=urlencode(form), content_type=FORM)
    assert answered.status_code == 200, answered.text
    return answered.text


def use(name: str, environ: dict[str, str], url: str, word: str) -> None:
    """Dial, send an SMS, let the answer leave, and report that it arrived. `word` is the gateway's for that."""
    with server(lambda asked, _: answer(asked, 200, b'{"id": "x-1"}')) as heard:
        port = heard.url.rpartition(":")[2]
        if (path := environ.get("GENERIC_FILES")) is not None:
            Path(path).write_text(TOLD.replace("PORT", port), "utf-8")
        config = load_config(environ | ({"EXAMPLECOM_URL": heard.url} if url else {}), VENDORS)
        app = create_app(config)
        try:
            assert post(app, name, "ussd", sid="s-1", **{"from": PHONE}, typed="").startswith("CON ")
            post(app, name, "sms", id="m-1", **{"from": PHONE}, to="8484", text="HELP")
            [inbound] = rows(app, Inbound)
            assert (inbound.aggregator, inbound.provider_id, inbound.phone) == (name, "m-1", PHONE)
            build_worker_context(config, clock=lambda: dt.datetime.now(dt.UTC)).room.work(lambda: False, 5)
            [(asked, form, _)] = heard.asked
            assert (asked, form["to"], form["key"]) == ("/texts", [PHONE], ["k3y"])
            [owed] = rows(app, OutboxMessage)
            proof = ReportAddresses([SECRET]).proof(name, owed.id)
            assert form["reports"] == [f"{PUBLIC}/hooks/{name}/{proof}/delivery"]
            assert (owed.state, owed.aggregator, owed.provider_id) == ("sent", name, "x-1")
            assert form["text"] == [owed.body]
            post(app, name, "delivery", id="x-1", state=word)
            assert [each.state for each in rows(app, OutboxMessage)] == ["delivered"]
        finally:
            app.close()


def test_a_built_in_aggregator_is_its_declaration_and_nothing_else(published_url: str, valkey: Valkey) -> None:
    use("examplecom", environ_of(published_url, valkey, "examplecom") | {"EXAMPLECOM_KEY": "k3y"}, "own", "delivered")


def test_a_described_aggregator_is_one_file_and_its_settings(
    published_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    environ = environ_of(published_url, valkey, "exampletel") | {"EXAMPLETEL_KEY": "k3y"}
    use("exampletel", environ | {"GENERIC_FILES": str(tmp_path / "exampletel.yaml")}, "", "ARRIVED")


@pytest.mark.parametrize("name", ["EXAMPLECOM_KEY", "EXAMPLECOM_URL", "PUBLIC_URL"])
def test_what_a_built_in_aggregator_needs_is_asked_for_at_start(name: str) -> None:
    environ = {"WEBHOOK_SECRETS": SECRET, "AGGREGATORS": "examplecom", "PUBLIC_URL": PUBLIC, "KEYS_FILE": KEYS_FILE}
    environ |= {"EXAMPLECOM_KEY": "k3y", "EXAMPLECOM_URL": "http://127.0.0.1:9"}
    assert load_config(environ, VENDORS).settings_of(examplecom.VENDOR).examplecom_key == "k3y"
    with pytest.raises(ConfigError, match=f"{name} is not set"):
        load_config({key: value for key, value in environ.items() if key != name}, VENDORS)
    with pytest.raises(ConfigError, match="EXAMPLECOM_URL must begin with https"):
        load_config(environ | {"EXAMPLECOM_URL": "http://texts.example.com"}, VENDORS)


def test_the_settings_of_a_built_in_aggregator_stand_on_the_page_of_settings() -> None:
    page = loader.page(VENDORS)
    assert "| `EXAMPLECOM_KEY` |  | the same | The key at Examplecom. |" in page
    assert "EXAMPLECOM" not in loader.page()


@pytest.mark.parametrize("vendor", BUILT_IN, ids=lambda vendor: vendor.name)
def test_every_built_in_aggregator_names_settings_that_it_has(vendor: examplecom.Vendor) -> None:
    own = {each.name for each in vendor.fields()}
    named = {vendor.url, vendor.sender, *vendor.needed_to_send, *vendor.needed_to_receive} - {""}
    assert named and named <= own
    assert vendor.listed_after in {each.name for each in loader.settings()} - own
    assert {vendor.name} == {vendor.callbacks.name, vendor.outbound.name}  # type: ignore[attr-defined]
