"""Callbacks of Africa's Talking: five forms. Sending is in africastalking_outbound.py.

The fields are from the vendor's pages on USSD, incoming messages, reports and opt-outs, and from real requests.
"""

import re
from collections.abc import Sequence

from gateway.aggregators.contract.payload_fields import (
    MESSAGE_ID,
    SESSION_ID,
    as_text,
    optional_text,
    parse_time,
    required_match,
    short,
    words,
)
from gateway.aggregators.contract.protocol import Aggregator, BadPhone, Form, Unreadable
from gateway.aggregators.contract.vendor import Installation, Vendor
from gateway.aggregators.vendors.africastalking_outbound import NAME, AfricasTalkingOutbound, AfricasTalkingSettings
from gateway.http import bodies, forms
from gateway.http.forms import BadForm, clean
from gateway.http.inbound_request import InboundRequest
from gateway.monitoring import logs
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.ussd.hop_types import Hop

_NETWORK = re.compile(r"[0-9]{1,6}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class AfricasTalking(Aggregator):
    """Reads forms. Only the secret in the address shows who sent them."""

    name = NAME
    plain_hops = True

    def __init__(self, _own: AfricasTalkingSettings, installation: Installation) -> None:
        self._phones = installation.phones

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The form. JSON with the same fields is taken too, and logged: the account must be set to send forms."""
        try:
            return super().body(inbound, door)
        except BadForm as error:
            if error.problem != "content_type" or not forms.is_content_type(inbound.content_type, bodies.JSON):
                raise
            fields = _texts(inbound)
            if fields is None:
                raise
        logs.log().warning("json_callback", aggregator=NAME, door=door, fields=len(fields))
        return fields

    def read_hop(self, form: Form) -> Hop:
        """`text` is all input so far joined by `*`. It is required, and empty on the first dial."""
        try:
            session, code = form["sessionId"], form["serviceCode"]
            raw, text = form["phoneNumber"], form["text"]
        except KeyError:
            raise Unreadable("field_missing") from None
        if not SESSION_ID.fullmatch(session):
            raise Unreadable("session_id")
        if not code or len(code) > 40 or not code.isprintable():
            raise Unreadable("service_code")
        phone = self._phones.read(raw)
        if phone is None:
            raise BadPhone
        return Hop(
            aggregator=NAME,
            session=session,
            phone=phone,
            service_code=code,
            text=clean(text),
            network=_network(form),
        )

    def read_end(self, form: Form) -> SessionEndNotice:
        """The form also has the input and the last screen: they are personal and not read. The number is not stored."""
        return SessionEndNotice(
            session=required_match(form, "sessionId", SESSION_ID),
            status=short(form, "status", 32),
            hops=_whole(form.get("hopsCount", "")),
            milliseconds=_whole(form.get("durationInMillis", "")),
            cost=optional_text(form, "cost", 32),
            error=optional_text(form, "errorMessage", 200),
            aggregator=NAME,
            phone=self._phones.read(optional_text(form, "phoneNumber", 32)) or "",
            service_code=optional_text(form, "serviceCode", 40),
            network=_network(form),
        )

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """A sender that is not a number (a name, a short code) is stored as it is and never answered."""
        sender = short(form, "from", 32)
        sms = Sms(
            aggregator=NAME,
            id=required_match(form, "id", MESSAGE_ID),
            phone=self._phones.read(sender) or sender,
            to=short(form, "to", 32),
            text=words(form, "text"),
            sent_at=parse_time(form.get("date", "")),
        )
        return [sms]

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """Any status is accepted: new ones appear, and a rejected report would only be repeated."""
        report = DeliveryReport(
            aggregator=NAME,
            provider_id=required_match(form, "id", MESSAGE_ID),
            status=short(form, "status", 32),
            reason=optional_text(form, "failureReason", 64),
            phone=self._phones.read(form.get("phoneNumber", "")) or "",
        )
        return [report]

    def read_opt_out(self, form: Form) -> str:
        """The phone number. The form has no id; a repeat changes nothing."""
        short(form, "senderId", 32)
        phone = self._phones.read(form.get("phoneNumber", ""))
        if phone is None:
            raise Unreadable("phone_number")
        return phone


def _texts(inbound: InboundRequest) -> dict[str, str] | None:
    """The fields of a JSON object that are text or whole numbers; None if the body is no JSON object."""
    try:
        found = bodies.json_object(inbound)
    except BadForm:
        return None
    return {name: text for name, value in found.items() if (text := as_text(value)) is not None}


def _network(form: Form) -> str:
    """Never rejected: new codes appear, and some callbacks have none."""
    code = form.get("networkCode", "")
    return code if _NETWORK.fullmatch(code) else ""


def _whole(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


VENDOR = Vendor(
    name=NAME,
    settings=AfricasTalkingSettings,
    callbacks=AfricasTalking,
    outbound=AfricasTalkingOutbound,
    needed_to_send={"at_api_key": "Copy it from your Africa's Talking account"},
    url="at_base_url",
    sender="at_sender",
    listed_after="webhook_secrets",
)
