"""The callbacks of a described aggregator. Sending is in described_outbound.py."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from gateway.aggregators.contract import payload_fields
from gateway.aggregators.contract.protocol import Aggregator, BadPhone, Form, HopAnswer, NoHop, Unreadable, answer
from gateway.aggregators.contract.vendor import Installation
from gateway.aggregators.descriptions.schema import (
    Description,
    Reports,
    SmsIn,
    Ussd,
    fill_template,
    scalar_text,
    value_at,
)
from gateway.http import bodies
from gateway.http.errors import PLAIN
from gateway.http.forms import clean
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.ussd.hop_types import Hop

MOST_FIELDS = 60  # of a form: gateways add some of their own
_BODIES: dict[str, Callable[[InboundRequest], Form]] = {
    "json": bodies.json_object,
    "form": lambda inbound: bodies.form(inbound, MOST_FIELDS),
    "query": lambda inbound: bodies.query(inbound, MOST_FIELDS),
    "form_or_query": lambda inbound: bodies.form_or_query(inbound, MOST_FIELDS),
}
_KINDS = {"text": PLAIN, "json": bodies.JSON, "xml": "text/xml; charset=utf-8"}
_BARE_CODE = re.compile(r"\*?([0-9]{1,10}(?:\*[0-9]{1,10})*)#?", re.ASCII)
_NETWORK = re.compile(r"[0-9]{1,6}", re.ASCII)
_TURN = re.compile(r"[0-9]{1,6}", re.ASCII)


class DescribedAggregator(Aggregator):
    """Reads callbacks as the description says. If they do not name the code that was dialled or texted, it is ours."""

    def __init__(self, description: Description, installation: Installation) -> None:
        self.name, self._description = description.name, description
        self._phones, self._ours = installation.phones, installation
        described = {"ussd": description.ussd, "sms": description.sms_in, "delivery": description.reports}
        self._requests = {door: part.request for door, part in described.items() if part is not None}
        self.doors = frozenset(self._requests)
        if description.sms_in is not None:
            self.senders = (description.sms_in.sender.rpartition(".")[2],)
        self.accumulates = description.ussd is None or description.ussd.carries == "everything"

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The fields, as form, JSON or query."""
        return _BODIES[self._requests[door]](inbound)

    def read_hop(self, form: Form) -> Hop:
        """One hop, or the notice that its call ended."""
        ussd = self._ussd()
        session = _text(form, ussd.session)
        if not payload_fields.SESSION_ID.fullmatch(session):
            raise Unreadable("session_id")
        if ussd.ended is not None and ussd.ended.holds(_text(form, ussd.ended.field)):
            status = clean(_text(form, ussd.ended.field))[:32]
            raise NoHop(self._ended(form, ussd, session, status), self.hop_answer("END ", form))
        typed, code = value_at(form, ussd.input), self._code(form, ussd)
        if typed is not None and not isinstance(typed, str | int):
            raise Unreadable("field_value")
        phone = self._phone(_text(form, ussd.phone))
        if phone is None:
            raise BadPhone
        new = ussd.new.holds(_text(form, ussd.new.field)) if ussd.new is not None else None
        text = clean(scalar_text(typed))
        if ussd.input_has_code or (new and ussd.carries == "last"):
            text = payload_fields.dialled_choices(text, code)
        turn, network = (_text(form, field) if field else "" for field in (ussd.turn, ussd.network))
        return Hop(
            aggregator=self.name,
            session=session,
            phone=phone,
            service_code=code,
            text=text,
            network=network if _NETWORK.fullmatch(network) else "",
            new=new,
            turn=int(turn) if _TURN.fullmatch(turn) else None,
        )

    def hop_answer(self, body: str, form: Form) -> HopAnswer:
        """The screen in the format that the description gives."""
        ussd = self._ussd()
        screen, over = ussd.answer, body.startswith("END")
        values: dict[str, Any] = {name: pair["over" if over else "going"] for name, pair in screen.says.items()}
        headers = [(name, fill_template(value, values)) for name, value in screen.headers.items()]
        echoes = {"session": ussd.session, "phone": ussd.phone, "code": ussd.code, "turn": ussd.turn, **ussd.also}
        values |= {name: value_at(form, field) if field else None for name, field in echoes.items()}
        values["message"] = body[4:]
        template = screen.template(over=over)
        if screen.kind == "json":
            words = msgspec.json.encode(fill_template(template, values)).decode()
        else:
            words = scalar_text(fill_template(template, values, escape if screen.kind == "xml" else str))
        status, usual, raw = answer(words, kind=_KINDS[screen.kind])
        return status, usual + headers, raw

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """The SMS in a call: one, or each of a list."""
        part = self._description.sms_in
        if part is None:
            raise Unreadable("door_unused")
        return payload_fields.each(_several(form, part.many), lambda one: self._sms(one, part))

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """The reports in a call: one, or each of a list."""
        part = self._description.reports
        if part is None:
            raise Unreadable("door_unused")
        return payload_fields.each(_several(form, part.many), lambda one: self._report(one, part))

    def taken(self, door: str) -> HopAnswer:
        """The answer that the description gives."""
        part = self._description.sms_in if door == "sms" else self._description.reports
        return answer(part.answer) if part is not None else super().taken(door)

    def _ussd(self) -> Ussd:
        if self._description.ussd is None:
            raise Unreadable("door_unused")
        return self._description.ussd

    def _sms(self, one: Mapping[str, Any], part: SmsIn) -> Sms:
        raw = _short(one, part.sender)
        words = value_at(one, part.text)
        if not isinstance(words, str | int):
            raise Unreadable("field_missing")
        # Without an id, a repeat cannot be distinguished from a second text: each counts as a text.
        named = _text(one, part.id) if part.id else secrets.token_hex(16)
        if not payload_fields.MESSAGE_ID.fullmatch(named):
            raise Unreadable("id")
        return Sms(
            aggregator=self.name,
            id=named,
            phone=self._phone(raw) or raw,
            to=_short(one, part.to) if part.to else self._ours.short_code,
            text=clean(scalar_text(words)),
            sent_at=payload_fields.parse_time(_text(one, part.time)) if part.time else None,
        )

    def _report(self, one: Mapping[str, Any], part: Reports) -> DeliveryReport:
        named, status = _text(one, part.id), _short(one, part.status)
        if not payload_fields.MESSAGE_ID.fullmatch(named):
            raise Unreadable("id")
        return DeliveryReport(
            aggregator=self.name,
            provider_id=named,
            status=part.state_of(status),
            reason=clean(_text(one, part.reason))[:64] if part.reason else "",
            phone=self._phone(_text(one, part.phone)) or "" if part.phone else "",
        )

    def _phone(self, raw: str) -> str | None:
        """E.164 from a number with or without its plus sign, or in national form if the description allows it."""
        if self._description.calling_code and raw.startswith("0") and not raw.startswith("00"):
            raw = self._description.calling_code + raw[1:]
        return payload_fields.number(self._phones, raw)

    def _ended(self, form: Form, ussd: Ussd, session: str, status: str) -> SessionEndNotice:
        network = _text(form, ussd.network) if ussd.network else ""
        try:
            code = self._code(form, ussd)
        except Unreadable:  # nothing depends on it
            code = ""
        return SessionEndNotice(
            session=session,
            status=status,
            aggregator=self.name,
            phone=self._phone(_text(form, ussd.phone)) or "",
            service_code=code,
            network=network if _NETWORK.fullmatch(network) else "",
        )

    def _code(self, form: Form, ussd: Ussd) -> str:
        """The code dialled, in our notation; our own code if the callback names none."""
        raw = _text(form, ussd.code) if ussd.code else ""
        if not raw:
            return self._ours.service_code
        bare = _BARE_CODE.fullmatch(raw)
        if bare is None:
            raise Unreadable("service_code")
        return f"*{bare[1]}#"


def _text(form: Mapping[str, Any], path: str) -> str:
    return scalar_text(value_at(form, path))


def _short(form: Mapping[str, Any], path: str) -> str:
    return payload_fields.short({"": _text(form, path)}, "", 32)


def _several(form: Form, path: str) -> Sequence[Any]:
    """The list under a path, or the form itself when a call holds one thing only."""
    if not path:
        return [form]
    found = value_at(form, path)
    if not isinstance(found, list) or not found:
        raise Unreadable("field_missing")
    return found
