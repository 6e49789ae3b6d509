"""Callbacks of Jasmin: SMS and delivery receipts of a telco's SMPP, by GET or POST as its connector is configured.

Every callback must be answered 200 with `ACK/Jasmin`, or it is repeated. Source: Jasmin's documentation.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from gateway.aggregators.contract import smpp
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
from gateway.aggregators.vendors.jasmin_outbound import NAME, JasminOutbound, JasminSettings
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import Sms, SmsPart

_STATES = {  # of message_status: the SMSC's word, and SMPP's for the first answer; others are kept as they are
    "ESME_ROK": "sent",
    "ENROUTE": "sent",
    "ACCEPTD": "sent",
    "DELIVRD": "delivered",
    "EXPIRED": "expired",
    "DELETED": "failed",
    "UNDELIV": "failed",
    "REJECTD": "rejected",
}
_OF_SMS = ("id", "from", "to", "binary")  # the other fields are not read
_OF_RECEIPT = ("id", "message_status", "err", "to")


class Jasmin(Aggregator):
    """Its receipts do not name the phone, so they cannot identify a text whose answer was lost."""

    name = NAME
    doors = frozenset({"sms", "delivery"})

    def __init__(self, _own: JasminSettings, installation: Installation) -> None:
        self._phones = installation.phones

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The fields. The text of an SMS is octets in the coding that it names; a receipt's is not read."""
        if door != "sms":
            return smpp.octets(inbound, _OF_RECEIPT, ())[0]
        fields, raw = smpp.octets(inbound, _OF_SMS, ("content", "coding"))
        header, words = smpp.split_header(_hexadecimal(fields.get("binary", "")) or raw["content"])
        text = smpp.storable_text(words, smpp.decode_sms(words, smpp.coding_number(raw["coding"])))
        return fields | {"content": text, "part": smpp.part_of(header)}

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """One SMS, or a part of a long one: Jasmin joins most of them."""
        sms = read_sms(NAME, self._phones, form, SmsFields(text="content"))
        part = form.get("part")
        return [replace(sms, part=part) if isinstance(part, SmsPart) else sms]

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """One receipt. An SMPP error in the first answer means that the telco did not accept the text."""
        status = short(form, "message_status", 40)
        refused = status.startswith("ESME_R") and status != "ESME_ROK"
        error = optional_text(form, "err", 8)
        report = DeliveryReport(
            aggregator=NAME,
            provider_id=required_match(form, "id", MESSAGE_ID),
            status="failed" if refused else _STATES.get(status, status),
            reason=status if refused else f"err_{error}" if error.strip("0") else "",
            phone=phone_or_none(self._phones, form, "to"),
        )
        return [report]

    def taken(self, door: str) -> HopAnswer:  # noqa: ARG002 - the same at each
        """The only answer that Jasmin accepts."""
        return answer("ACK/Jasmin")


def _hexadecimal(text: str) -> bytes:
    """The octets of the text again, in hexadecimal: Jasmin sends them beside the text."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise BadForm("binary", "The field binary is not hexadecimal.") from None


VENDOR = Vendor(
    name=NAME,
    settings=JasminSettings,
    callbacks=Jasmin,
    outbound=JasminOutbound,
    needed_to_send=dict.fromkeys(("jasmin_url", "jasmin_username", "jasmin_password"), "See Jasmin's users"),
    needs_public_url=True,
    url="jasmin_url",
    runs_beside_us=True,
    sender="jasmin_sender",
)
