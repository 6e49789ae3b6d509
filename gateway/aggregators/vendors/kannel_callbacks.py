"""Kannel callbacks: both are GETs whose fields we name ourselves (docs/operators/aggregators.md lists them).

Kannel texts the answer to an SMS back to its sender, so ours is empty.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from gateway.aggregators.contract import smpp
from gateway.aggregators.contract.payload_fields import (
    MESSAGE_ID,
    SmsFields,
    as_text,
    optional_text,
    phone_or_none,
    read_sms,
    required_match,
    short,
)
from gateway.aggregators.contract.protocol import Aggregator, Form, HopAnswer, answer
from gateway.aggregators.contract.vendor import Installation, Vendor
from gateway.aggregators.vendors.kannel_outbound import NAME, KannelOutbound, KannelSettings
from gateway.http import bodies
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import Sms, SmsPart

_STATES = {"1": "delivered", "2": "failed", "4": "buffered", "8": "sent", "16": "rejected"}  # of %d
_READERS = {"1": smpp.as_octets, "2": smpp.as_utf16}  # of %c
_OF_SMS = ("id", "ts", "sender", "to", "coding")  # the other fields are not read


class Kannel(Aggregator):
    """It does not sign requests: only the secret in the address identifies it."""

    name = NAME
    doors = frozenset({"sms", "delivery"})
    senders = ("sender",)

    def __init__(self, _own: KannelSettings, installation: Installation) -> None:
        self._phones = installation.phones

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The query. The text of an SMS is UTF-16 for UCS-2, octets for eight bits, and UTF-8 otherwise.

        Its header says which part of a long SMS it is, if Kannel was told not to join them.
        """
        if door != "sms":
            return bodies.query(inbound)
        fields, raw = smpp.octets(inbound, _OF_SMS, ("message", "udh"))
        read = _READERS.get(fields.get("coding", ""), smpp.as_utf8)
        text = smpp.storable_text(raw["message"], read(raw["message"]))
        return fields | {"message": text, "part": smpp.part_of(smpp.split_header(raw["udh"])[0])}

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """One SMS, or a part of a long one."""
        sent_at = _seconds(as_text(form.get("ts")) or "")
        sms = read_sms(NAME, self._phones, form, SmsFields(sender="sender", text="message"), sent_at)
        part = form.get("part")
        return [replace(sms, part=part) if isinstance(part, SmsPart) else sms]

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """One report, with the id that we put into its address."""
        status = short(form, "status", 8)
        ends = [phone_or_none(self._phones, form, name) for name in ("from", "to")]  # a report swaps them
        report = DeliveryReport(
            aggregator=NAME,
            provider_id=required_match(form, "id", MESSAGE_ID),
            status=_STATES.get(status, status),
            reason="" if status in ("1", "8") else optional_text(form, "answer", 64),
            phone=ends[0] or ends[1] or "",
        )
        return [report]

    def taken(self, door: str) -> HopAnswer:  # noqa: ARG002 - the same at each
        """An empty answer."""
        return answer("")


def _seconds(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() and len(text) < 11 else None


VENDOR = Vendor(
    name=NAME,
    settings=KannelSettings,
    callbacks=Kannel,
    outbound=KannelOutbound,
    needed_to_send=dict.fromkeys(("kannel_url", "kannel_username", "kannel_password"), "See kannel.conf"),
    needs_public_url=True,
    url="kannel_url",
    runs_beside_us=True,
    sender="kannel_sender",
)
