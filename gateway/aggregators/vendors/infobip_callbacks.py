"""Callbacks of Infobip: USSD as JSON (start, response, end, status), and SMS and reports, several in one call.

A hop carries only what was typed last, and the session's id is in its address:
`/hooks/infobip/<secret>/ussd/session/<id>/start`. Sources: Infobip's USSD gateway description as excerpted by vumi,
and the SMS callbacks as courier reads them.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.aggregators.contract.payload_fields import (
    MESSAGE_ID,
    SESSION_ID,
    SmsFields,
    as_text,
    dialled_choices,
    each,
    optional_text,
    parse_time,
    phone_or_none,
    read_sms,
    required_match,
    short,
    words,
)
from gateway.aggregators.contract.protocol import Aggregator, BadPhone, Form, HopAnswer, NoHop, Unreadable, answer
from gateway.aggregators.contract.vendor import Installation, Vendor
from gateway.aggregators.vendors.infobip_outbound import NAME, InfobipOutbound, InfobipSettings
from gateway.http import bodies
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.ussd.hop_types import Hop

ADDRESS, ACT = "(session)", "(act)"  # keys of parts of the address: no key of Infobip's has brackets
_CODE = re.compile(r"\*?[0-9]{1,10}(?:\*[0-9]{1,10})*#?")
_STATES = {  # of groupName; others are kept as they are
    "PENDING": "sent",
    "ACCEPTED": "sent",
    "DELIVERED": "delivered",
    "UNDELIVERABLE": "failed",
    "EXPIRED": "expired",
    "REJECTED": "rejected",
}


class Infobip(Aggregator):
    """If a hop does not name the code that was dialled, it is ours."""

    name = NAME
    doors = frozenset({"ussd", "sms", "delivery"})
    deep = frozenset({"ussd"})
    accumulates = False

    def __init__(self, _own: InfobipSettings, installation: Installation) -> None:
        self._phones, self._service_code = installation.phones, installation.service_code

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The JSON object; for USSD with the parts of its address. A status request has no body."""
        if door != "ussd":
            return bodies.json_object(inbound)
        match inbound.rest:
            case ["session", session, "status"] if SESSION_ID.fullmatch(session):
                return {ADDRESS: session, ACT: "status"}
            case ["session", session, ("start" | "response" | "end") as act] if SESSION_ID.fullmatch(session):
                return {**bodies.json_object(inbound, ("POST", "PUT")), ADDRESS: session, ACT: act}
        raise BadForm("address", "The address is /session/<id>/start, response, end or status.", 404)

    def read_hop(self, form: Form) -> Hop:
        """One request of a session, which may be its end or a health check."""
        session, act = form[ADDRESS], form[ACT]
        if act == "status":
            raise NoHop(None, _json({"sessionActive": True, "responseExitCode": 200, "responseMessage": ""}))
        if act == "end":
            raise NoHop(self._ended(form, session), _json({"responseExitCode": 200, "responseMessage": ""}))
        typed, code = words(form, "text"), self._code(form)
        phone = phone_or_none(self._phones, form, "msisdn")
        if not phone:
            raise BadPhone
        new = act == "start"
        return Hop(
            aggregator=NAME,
            session=session,
            phone=phone,
            service_code=code,
            text=dialled_choices(typed, code) if new else typed,
            new=new,
        )

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """Each of `results`; those that can be read are processed, whatever the others are."""
        return each(_results(form), self._sms)

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """Each of `results`."""
        return each(_results(form), self._report)

    def hop_answer(self, body: str, form: Form) -> HopAnswer:
        """The first screen of a session is always sent as one that continues: Infobip accepts no other."""
        closes = body.startswith("END") and form.get(ACT) != "start"
        menu = {"shouldClose": closes, "ussdMenu": body[4:], "responseExitCode": 200, "responseMessage": ""}
        return _json(menu)

    def refused(self, status: int, sentence: str) -> HopAnswer:
        """Infobip reads the code in the body."""
        return _json({"responseExitCode": status, "responseMessage": sentence}, f"{status} Refused")

    def _ended(self, form: Form, session: str) -> SessionEndNotice:
        """The end of a call; the reason is Infobip's own word, for the log."""
        return SessionEndNotice(
            session=session,
            status=optional_text(form, "exitCode", 32) or "ended",
            error=optional_text(form, "reason", 200),
            aggregator=NAME,
            phone=phone_or_none(self._phones, form, "msisdn"),
            service_code=self._code(form),
        )

    def _code(self, form: Form) -> str:
        """The code dialled, in our notation; our own code if none is named or it cannot be read."""
        code = as_text(form.get("shortCode")) or ""
        return f"*{code.strip('*#')}#" if _CODE.fullmatch(code) else self._service_code

    def _sms(self, one: Form) -> Sms:
        sent_at = parse_time(as_text(one.get("receivedAt")) or "")
        return read_sms(NAME, self._phones, one, SmsFields(id="messageId"), sent_at)

    def _report(self, one: Form) -> DeliveryReport:
        status = _object(one.get("status"))
        word = short(status, "groupName", 32)
        error = one.get("error")
        delivered = word == "DELIVERED"
        return DeliveryReport(
            aggregator=NAME,
            provider_id=required_match(one, "messageId", MESSAGE_ID),
            status=_STATES.get(word, word),
            reason="" if delivered else optional_text(error if isinstance(error, dict) else status, "name", 64),
            phone=phone_or_none(self._phones, one, "to"),
        )


def _results(form: Form) -> list[Any]:
    results = form.get("results")
    if not isinstance(results, list) or not results:
        raise Unreadable("field_missing")
    return results


def _object(value: Any) -> Form:
    if not isinstance(value, dict):
        raise Unreadable("field_value")
    return value


def _json(value: dict[str, Any], status: str = "200 OK") -> HopAnswer:
    return answer(msgspec.json.encode(value).decode(), status, "application/json")


VENDOR = Vendor(
    name=NAME,
    settings=InfobipSettings,
    callbacks=Infobip,
    outbound=InfobipOutbound,
    needed_to_send={
        "infobip_base_url": "Infobip shows it beside the API key",
        "infobip_api_key": "Copy it from your Infobip account",
        "infobip_sender": "Write the sender that Infobip registered for you",
    },
    url="infobip_base_url",
    sender="infobip_sender",
)
