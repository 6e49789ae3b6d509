"""Africa's Talking, the reading side: its five forms as our nouns. Sending is in africastalking_texts.py.

Field lists: the vendor's pages on USSD, incoming messages, delivery reports and opt-outs, and captured requests.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from gateway.aggregators.africastalking_texts import NAME, sender
from gateway.aggregators.protocol import BadPhone, Form, HopAnswer, Unreadable
from gateway.errors import PLAIN
from gateway.forms import clean
from gateway.phones import Phones
from sessions.delivery import DeliveryReport
from sessions.hop import Hop
from sessions.inbox import CallEnded, Sms

__all__ = ["NAME", "AfricasTalking", "sender"]

_SESSION_ID = re.compile(r"[!-~]{1,64}")
_MESSAGE_ID = re.compile(r"[!-~]{1,128}")
_NETWORK = re.compile(r"[0-9]{1,6}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class AfricasTalking:
    """Reads forms; `phones` decides what a caller's number is."""

    name = NAME

    def __init__(self, phones: Phones) -> None:
        self._phones = phones

    def read_hop(self, form: Form) -> Hop:
        """`text` is all input so far joined by `*`; it must be there, empty on the first dial."""
        try:
            session, code = form["sessionId"], form["serviceCode"]
            raw, text = form["phoneNumber"], form["text"]
        except KeyError:
            raise Unreadable("field_missing") from None
        if not _SESSION_ID.fullmatch(session):
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

    def read_end(self, form: Form) -> CallEnded:
        """The input and the last screen come along too; they are personal, and are not read."""
        return CallEnded(
            session=_field(form, "sessionId", _SESSION_ID),
            status=_short(form, "status", 32),
            hops=_whole(form.get("hopsCount", "")),
            milliseconds=_whole(form.get("durationInMillis", "")),
            cost=clean(form.get("cost", ""))[:32],
            error=clean(form.get("errorMessage", ""))[:200],
        )

    def read_sms(self, form: Form) -> Sms:
        """A sender that is no number (a name, a short code) is kept as it came: it is stored and never answered."""
        sender = _short(form, "from", 32)
        if "text" not in form:
            raise Unreadable("field_missing")
        return Sms(
            aggregator=NAME,
            id=_field(form, "id", _MESSAGE_ID),
            phone=self._phones.read(sender) or sender,
            to=_short(form, "to", 32),
            text=clean(form["text"]),
            sent_at=_time(form.get("date", "")),
        )

    def read_report(self, form: Form) -> DeliveryReport:
        """Any status is kept: new ones appear, and refusing one would only make it come again."""
        return DeliveryReport(
            aggregator=NAME,
            provider_id=_field(form, "id", _MESSAGE_ID),
            status=_short(form, "status", 32),
            reason=clean(form.get("failureReason", ""))[:64],
            phone=self._phones.read(form.get("phoneNumber", "")) or "",
        )

    def read_opt_out(self, form: Form) -> str:
        """The phone. The form has no id of its own; doing it twice changes nothing."""
        _short(form, "senderId", 32)
        phone = self._phones.read(form.get("phoneNumber", ""))
        if phone is None:
            raise Unreadable("phone_number")
        return phone

    def hop_answer(self, body: str) -> HopAnswer:
        """200, plain text, nothing before the prefix: anything else ends the session."""
        raw = body.encode()
        return "200 OK", [("Content-Type", PLAIN), ("Content-Length", str(len(raw)))], raw


def _field(form: Form, name: str, shape: re.Pattern[str]) -> str:
    value = form.get(name)
    if value is None:
        raise Unreadable("field_missing")
    if not shape.fullmatch(value):
        raise Unreadable("id")
    return value


def _short(form: Form, name: str, longest: int) -> str:
    value = form.get(name)
    if value is None:
        raise Unreadable("field_missing")
    if not 0 < len(value) <= longest or not value.isprintable():
        raise Unreadable("field_value")
    return value


def _network(form: Form) -> str:
    """Never refused: new codes appear, and some callbacks come without."""
    code = form.get("networkCode", "")
    return code if _NETWORK.fullmatch(code) else ""


def _whole(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None


def _time(text: str) -> datetime | None:
    """`2017-05-03T06:04:45Z` or `2017-05-03 06:04:45`, both UTC. None for another: an SMS is not lost over its date."""
    if not text.isascii():
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for an hour before the first year or after the last
        return None
