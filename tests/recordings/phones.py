"""Phones that call and text through the doors, each behind an aggregator: a form goes in, bytes come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from tests.recordings.world import SECRET

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
Knock = tuple[str, str, str]  # path below the aggregator's secret, content type, body


class Door(Protocol):
    """What answers WSGI requests for tests: the application."""

    def test_client(self) -> Any: ...


@dataclass
class Handset:
    """A phone in one call. `entries` is what was typed so far, choices dialled behind the code not included."""

    aggregator: str
    number: str
    code: str
    session: str = ""
    network: str = "41001"
    entries: tuple[str, ...] = ()

    def dial(self, door: Door, session: str) -> str:
        """Begin a call: the screen as the aggregator gets it."""
        self.session, self.entries = session, ()
        return self.again(door)

    def type(self, door: Door, words: str) -> str:
        """Answer the screen."""
        self.entries = (*self.entries, words)
        return self.again(door)

    def again(self, door: Door) -> str:
        """The same request once more."""
        path, kind, body = SPOKEN[self.aggregator](self)
        return knock(door, self.aggregator, path, body, kind)

    def kept(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return asdict(self)


def knock(door: Door, aggregator: str, path: str, body: str, kind: str = FORM) -> str:
    """What a door of an aggregator answers."""
    answer = door.test_client().post(f"/hooks/{aggregator}/{SECRET}/{path}", data=body.encode(), content_type=kind)
    return f"{answer.status_code} {answer.content_type} {answer.get_data(as_text=True)}"


def sms(door: Door, number: str, words: str, sms_id: str, at: str) -> str:
    """An SMS comes in by Africa's Talking."""
    form = {"date": at, "from": number, "id": sms_id, "text": words, "to": "8484"}
    return knock(door, "africastalking", "sms", urlencode(form))


def _africastalking(phone: Handset) -> Knock:
    form = {
        "sessionId": phone.session,
        "serviceCode": phone.code,
        "phoneNumber": phone.number,
        "networkCode": phone.network,
        "text": "*".join(phone.entries),
    }
    return "ussd", FORM, urlencode(form)


def _infobip(phone: Handset) -> Knock:
    form = {"msisdn": phone.number[1:], "text": _last(phone), "shortCode": phone.code, "sessionActive": True}
    return f"ussd/session/{quote(phone.session)}/{'response' if phone.entries else 'start'}", JSON, json.dumps(form)


def _arkesel(phone: Handset) -> Knock:
    form = {
        "sessionID": phone.session,
        "userID": "SUNWAI_1",
        "newSession": not phone.entries,
        "msisdn": phone.number[1:],
        "userData": _last(phone),
        "network": "MTN",
    }
    return "ussd", JSON, json.dumps(form)


def _hubtel(phone: Handset) -> Knock:
    form = {
        "Type": "Response" if phone.entries else "Initiation",
        "Mobile": phone.number[1:],
        "SessionId": phone.session,
        "ServiceCode": phone.code,
        "Message": _last(phone),
        "Operator": "mtn",
        "Sequence": len(phone.entries) + 1,
        "ClientState": "",
    }
    return "ussd", JSON, json.dumps(form)


def _last(phone: Handset) -> str:
    return phone.entries[-1] if phone.entries else phone.code


SPOKEN: dict[str, Callable[[Handset], Knock]] = {
    "africastalking": _africastalking,
    "infobip": _infobip,
    "arkesel": _arkesel,
    "hubtel": _hubtel,
}
