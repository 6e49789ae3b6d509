"""A made-up built-in aggregator in one file: what somebody writes who adds one. Only tests list it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from gateway.aggregators.contract.http_status import by_status
from gateway.aggregators.contract.payload_fields import MESSAGE_ID, SESSION_ID, number, required_match, short, words
from gateway.aggregators.contract.protocol import Aggregator, BadPhone, Form, Request
from gateway.aggregators.contract.vendor import Installation, Vendor
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from sessions.delivery.outcome_types import Acceptance, DeliveryReport, SendOutcome, Unknown
from sessions.messages.inbound_types import Sms
from sessions.ussd.hop_types import Hop

NAME = "examplecom"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamplecomSettings:
    """The settings of Examplecom."""

    examplecom_url: str = setting("", "Where texts through Examplecom are sent.", readers.web)
    examplecom_key: str = setting("", "The key at Examplecom.", private=True)


class Examplecom(Aggregator):
    """Forms: a hop, an SMS or a report in each."""

    name = NAME
    doors = frozenset({"ussd", "sms", "delivery"})

    def __init__(self, _own: ExamplecomSettings, installation: Installation) -> None:
        self._phones, self._service_code = installation.phones, installation.service_code

    def read_hop(self, form: Form) -> Hop:
        """One hop, with all input so far."""
        phone = number(self._phones, short(form, "from", 32))
        if phone is None:
            raise BadPhone
        return Hop(
            aggregator=NAME,
            session=required_match(form, "sid", SESSION_ID),
            phone=phone,
            service_code=self._service_code,
            text=words(form, "typed"),
        )

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """One SMS."""
        sender = short(form, "from", 32)
        sms = Sms(
            aggregator=NAME,
            id=required_match(form, "id", MESSAGE_ID),
            phone=number(self._phones, sender) or sender,
            to=short(form, "to", 32),
            text=words(form, "text"),
        )
        return [sms]

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """One report."""
        provider_id = required_match(form, "id", MESSAGE_ID)
        return [DeliveryReport(NAME, provider_id, short(form, "state", 32), reason="", phone="")]


class ExamplecomOutbound:
    """A form, answered with the id of the text."""

    name = NAME

    def __init__(self, own: ExamplecomSettings, report_url: str) -> None:
        self._url, self._usual = f"{own.examplecom_url}/texts", {"key": own.examplecom_key, "reports": report_url}

    def request(self, to: str, body: str) -> Request:
        """The request."""
        return Request(method="POST", url=self._url, data=self._usual | {"to": to, "text": body})

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one request, one number
        """A 2xx with an id is an acceptance."""
        if not 200 <= answer.status < 300:
            return by_status(answer)
        try:
            return Acceptance(msgspec.json.decode(answer.body, type=dict[str, str])["id"])
        except (msgspec.DecodeError, msgspec.ValidationError, KeyError):
            return Unknown("answer_unreadable")


VENDOR = Vendor(
    name=NAME,
    settings=ExamplecomSettings,
    callbacks=Examplecom,
    outbound=ExamplecomOutbound,
    needed_to_send={"examplecom_url": "Examplecom shows it", "examplecom_key": "Examplecom shows it"},
    needs_public_url=True,
    url="examplecom_url",
    runs_beside_us=True,
)
