"""Callbacks of Twilio: SMS and the statuses of texts, as signed forms. It has no USSD.

`X-Twilio-Signature` covers the whole address Twilio called and every field: PUBLIC_URL must be that address.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha1

from gateway.aggregators.contract.payload_fields import (
    MESSAGE_ID,
    SmsFields,
    optional_text,
    phone_or_none,
    read_sms,
    required_match,
    short,
)
from gateway.aggregators.contract.protocol import Aggregator, Form, HopAnswer, answer
from gateway.aggregators.contract.vendor import Installation, Vendor
from gateway.aggregators.vendors.twilio_outbound import NAME, TwilioOutbound, TwilioSettings
from gateway.http import bodies
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import Sms

MOST_FIELDS = 60  # an SMS has about twenty, and pictures add two each
_STATES = {  # of MessageStatus; others are kept as they are
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}


class Twilio(Aggregator):
    """Its auth token is the key of the signatures."""

    name = NAME
    senders = ("From",)
    doors = frozenset({"sms", "delivery"})

    def __init__(self, own: TwilioSettings, installation: Installation) -> None:
        self._phones, self._key = installation.phones, own.twilio_auth_token.encode()

    def genuine(self, inbound: InboundRequest) -> bool:
        """Whether the signature is that of this address with these fields."""
        given = str(inbound.environ.get("HTTP_X_TWILIO_SIGNATURE") or "")
        try:
            fields = bodies.form(inbound, MOST_FIELDS)
        except BadForm:
            return False
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), signature(self._key, inbound.url, fields))

    def body(self, inbound: InboundRequest, door: str) -> Form:  # noqa: ARG002 - every door's is a form
        """The form. A query in its address is signed too, but not read."""
        return bodies.form(inbound, MOST_FIELDS)

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """One SMS. A picture without text is one with an empty text."""
        return [read_sms(NAME, self._phones, form, SmsFields("MessageSid", "From", "To", "Body"))]

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """One status."""
        status = short(form, "MessageStatus", 32)
        report = DeliveryReport(
            aggregator=NAME,
            provider_id=required_match(form, "MessageSid", MESSAGE_ID),
            status=_STATES.get(status, status),
            reason=optional_text(form, "ErrorCode", 64),
            phone=phone_or_none(self._phones, form, "To"),
        )
        return [report]

    def taken(self, door: str) -> HopAnswer:
        """An empty list of instructions: our reply is sent from the outbox."""
        return answer("<Response/>", kind="text/xml") if door == "sms" else answer("ok\n")


def signature(key: bytes, url: str, fields: Mapping[str, str]) -> bytes:
    """The vendor's signature: HMAC-SHA1 over the address and every field with its value, sorted by name."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return b64encode(hmac.new(key, signed.encode(), sha1).digest())


VENDOR = Vendor(
    name=NAME,
    settings=TwilioSettings,
    callbacks=Twilio,
    outbound=TwilioOutbound,
    needed_to_send={
        "twilio_account_sid": "Copy it from the Twilio console",
        "twilio_auth_token": "Copy it from the Twilio console",
        "twilio_sender": "Write your Twilio number or messaging service",
    },
    needed_to_receive={"twilio_auth_token": "callbacks from Twilio could not be verified"},
    needs_public_url=True,
    url="twilio_base_url",
    sender="twilio_sender",
)
