"""Whole calls through the application over gateways that tell only the last entry: JSON in, a screen and a flag out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from storage.schema.tables import Complaint
from tests.gateway.outside import SECRET, settings
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, WORDS

DIALLED = "*8484#"


@pytest.fixture
def app(published_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    more = {"AGGREGATORS": "hubtel,arkesel,infobip", "ROADS": "*=hubtel"}
    made = create_app(settings(published_url, valkey.url, **more, **KEYS))
    yield made
    made.close()


KEYS = {"HUBTEL_CLIENT_ID": "id", "HUBTEL_CLIENT_SECRET": "secret", "HUBTEL_SENDER": "SUNWAI"}


def hubtel(app: Sunwai, turn: int, entry: str, kind: str = "Response") -> Any:
    hop = {"Type": kind, "Mobile": "923001234567", "SessionId": "a1", "ServiceCode": "8484", "Message": entry}
    return post(app, "hubtel", hop | {"Sequence": turn, "ClientState": "", "Platform": "USSD"})


def arkesel(app: Sunwai, entry: str, *, new: bool = False) -> Any:
    hop = {"sessionID": "8a", "userID": "S_1", "newSession": new, "msisdn": "923001234567", "userData": entry}
    return post(app, "arkesel", hop | {"network": "MTN"})


def post(app: Sunwai, vendor: str, hop: dict[str, Any], rest: str = "") -> Any:
    answered = app.test_client().post(f"/hooks/{vendor}/{SECRET}/ussd{rest}", json=hop)
    assert answered.status_code == 200, answered.text
    return json.loads(answered.data)


def filed(app: Sunwai) -> list[str]:
    with app.database.read() as db:
        return [str(each.details) for each in db.scalars(select(Complaint))]


def test_a_call_over_hubtel_files_a_complaint(app: Sunwai) -> None:
    screens = [hubtel(app, 1, DIALLED, "Initiation")]
    screens += [hubtel(app, turn, entry) for turn, entry in enumerate(NEW_CALLER, 2)]
    assert [screen["type"] for screen in screens] == ["response"] * 7 + ["release"]
    assert not any(screen["message"].startswith(("CON", "END")) for screen in screens)
    assert filed(app) == [WORDS]


def test_a_repeated_hop_gets_the_same_bytes_and_a_lost_one_ends_the_call(app: Sunwai) -> None:
    hubtel(app, 1, DIALLED, "Initiation")
    second = hubtel(app, 2, "1")
    assert hubtel(app, 2, "1") == second
    assert hubtel(app, 4, "1")["type"] == "release"
    assert filed(app) == []


def test_an_entry_that_comes_again_at_once_is_a_repeat(app: Sunwai) -> None:
    """Arkesel numbers no hops: here an entry that equals the one before comes too fast to be a person's."""
    first, second = arkesel(app, DIALLED, new=True), arkesel(app, "1")
    assert arkesel(app, "1") == second != first
    third = arkesel(app, "2")
    assert third != second
    assert [each["continueSession"] for each in (first, second, third)] == [True] * 3


def test_when_redis_forgot_the_caller_is_told_to_dial_again(app: Sunwai, valkey: Valkey) -> None:
    arkesel(app, DIALLED, new=True)
    valkey.client().flushall()
    said = arkesel(app, "1")
    assert said["continueSession"] is False
    assert DIALLED in said["message"]


def test_the_end_of_a_call_is_noted_and_answered(app: Sunwai) -> None:
    hubtel(app, 1, DIALLED, "Initiation")
    assert hubtel(app, 2, "", "Release")["type"] == "release"


def test_a_call_over_infobip_goes_on_under_its_address(app: Sunwai) -> None:
    hop = {"sessionActive": True, "msisdn": "923001234567", "text": DIALLED, "shortCode": DIALLED}
    first = post(app, "infobip", hop, "/session/7/start")
    second = post(app, "infobip", hop | {"text": "1"}, "/session/7/response")
    assert (first["shouldClose"], second["shouldClose"]) == (False, False)
    assert first["ussdMenu"] != second["ussdMenu"]


@pytest.mark.parametrize("vendor", ["hubtel", "arkesel"])
def test_a_number_that_is_none_gets_a_screen_in_its_own_form(app: Sunwai, vendor: str) -> None:
    hop = {"SessionId": "a", "sessionID": "a", "Mobile": "x", "msisdn": "x", "Type": "Initiation", "newSession": True}
    said = post(app, vendor, hop | {"Message": DIALLED, "userData": DIALLED, "ServiceCode": "8484"})
    assert "number" in said["message"]
    assert said.get("type") == "release" or said.get("continueSession") is False


@pytest.mark.parametrize("door", ["sms", "delivery", "opt-out", "ussd-events"])
def test_a_door_that_a_description_does_not_tell_of_is_no_door(app: Sunwai, door: str) -> None:
    assert app.test_client().post(f"/hooks/hubtel/{SECRET}/{door}", json={}).status_code == 404


def test_an_aggregator_that_is_not_chosen_has_no_door(app: Sunwai) -> None:
    assert app.test_client().post(f"/hooks/africastalking/{SECRET}/ussd", data={"text": ""}).status_code == 404
