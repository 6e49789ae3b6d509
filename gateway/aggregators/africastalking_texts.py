"""Africa's Talking, the sending side: one text out, one typed outcome back.

The vendor's SDK is kept for the request it builds; it is given our connection, because its own opens one for each call,
follows redirects with the API key, and makes every refusal the same exception.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from africastalking.Service import DEFAULT_TIMEOUT_S
from africastalking.SMS import SMSService

from gateway.config import Config, ConfigError
from gateway.forms import clean
from gateway.phones import Phones
from gateway.wire import Answer, Lost, NotReached, Wire
from sessions.delivery import NotSent, Outcome, RefusedUntil, Rejected, Sender, Sent, Unknown

NAME = "africastalking"

_MESSAGE_ID = re.compile(r"[!-~]{1,128}")
_SECONDS = re.compile(r"[0-9]{1,9}")


def sender(config: Config, wire: Wire | None = None) -> Sender:
    """What the worker sends texts with. `wire` is given by tests; a process makes one and keeps it.

    Raises ConfigError without an API key: every text would be refused, and every citizen wait.
    """
    if not config.at_api_key:
        raise ConfigError("AT_API_KEY is not set: no text could be sent. Copy it from your Africa's Talking account.")
    return _Sender(config, wire or Wire())


class _Service(SMSService):  # type: ignore[misc]  # the SDK has no types
    """The SDK's service with our connection under it, at the address of the settings."""

    def __init__(self, config: Config, wire: Wire) -> None:
        super().__init__(config.at_username, config.at_api_key)
        self._baseUrl = self._contentUrl = config.at_base_url
        self._wire = wire

    def _make_request(
        self,
        url: str,
        method: str,
        headers: dict[str, str],
        data: Any,
        params: Any,
        callback: Any = None,
        timeout: tuple[float, float] = DEFAULT_TIMEOUT_S,
    ) -> Answer:
        if callback is not None:
            raise NotImplementedError("the SDK's callback mode loses failures: it is not used here")
        return self._wire.request(method, url, headers=headers, data=data, params=params, timeout=timeout)


class _Sender:
    name = NAME

    def __init__(self, config: Config, wire: Wire) -> None:
        self._service = _Service(config, wire)
        self._from = config.at_sender or None
        self._phones = Phones(config.country_codes)

    def send(self, to: str, body: str) -> Outcome:
        """Send one text. Never raises for what the network or the aggregator does."""
        if not self._phones.may_be_texted(to):
            return Rejected("country_not_served")
        try:
            answer = self._service.send(body, [to], self._from)
        except NotReached as error:
            return NotSent(str(error))
        except Lost as error:
            return Unknown(str(error))
        except ValueError:  # the SDK's own look at the number
            return Rejected("InvalidPhoneNumber")
        return outcome(answer, to)


_DAY_BREAK = 3600.0  # seconds: a do-not-disturb window ends at a set hour; looking once an hour is often enough
_ACCOUNT = 600.0  # no money, wrong key, wrong address: a person must act, and every text of ours waits for it
_LONGEST_WAIT = 3600.0

_PERMANENT = {
    401: "RiskHold",
    402: "InvalidSenderId",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    406: "UserInBlacklist",
}
_TRANSIENT = {407: "CouldNotRoute", 500: "InternalServerError", 501: "GatewayError", 502: "RejectedByGateway"}
_WHOLE_REQUEST = {"InvalidSenderId": "InvalidSenderId", "InvalidPhoneNumber": "InvalidPhoneNumber"}


def outcome(answer: Answer, to: str) -> Outcome:
    """What an answer of the messaging API means for the text to this one number.

    A 2xx does not mean sent, and a 500 may follow an acceptance: only an answer that says so is a refusal.
    """
    status = answer.status
    if 200 <= status < 300:
        return _accepted(answer.body, to)
    if status == 409 and (known := _recipient(answer.body, to)) is not None:
        return _by_code(known)
    if status == 429 or (status == 503 and "Retry-After" in answer.headers):
        return RefusedUntil(_retry_after(answer), f"http_{status}")
    if status in (401, 402, 403, 404, 405):
        return RefusedUntil(_ACCOUNT, f"http_{status}")
    if 300 <= status < 400 or status in (408, 409, 425, 503):
        return NotSent(f"http_{status}")
    if 400 <= status < 500:
        return Rejected(f"http_{status}")
    return Unknown(f"http_{status}")


def _accepted(body: bytes, to: str) -> Outcome:
    data = _message_data(body)
    if data is None:
        return Unknown("answer_unreadable")
    known = _recipient(body, to)
    if known is not None:
        return _by_code(known)
    if data.get("Recipients"):
        return Unknown("recipient_missing")
    message = data.get("Message")
    if isinstance(message, str) and message in _WHOLE_REQUEST:
        return Rejected(_WHOLE_REQUEST[message])
    return NotSent("no_recipients")


def _by_code(recipient: dict[str, Any]) -> Outcome:
    code = recipient.get("statusCode")
    code = code if isinstance(code, int) else None
    if code in (100, 101, 102):
        return _sent(recipient)
    if code in _PERMANENT:
        return Rejected(_PERMANENT[code])
    if code in _TRANSIENT:
        return NotSent(_TRANSIENT[code])
    if code == 405:
        return RefusedUntil(_ACCOUNT, "InsufficientBalance")
    if code == 409:
        return RefusedUntil(_DAY_BREAK, "DoNotDisturbRejection")
    return _sent(recipient) if recipient.get("status") == "Success" else Unknown("status_unknown")


def _sent(recipient: dict[str, Any]) -> Outcome:
    """An acceptance; its id may be missing or the word "None", and then no report will ever match it."""
    provider, parts, cost = (recipient.get(name) for name in ("messageId", "messageParts", "cost"))
    known = isinstance(provider, str) and provider != "None" and _MESSAGE_ID.fullmatch(provider)
    return Sent(
        provider_id=str(provider) if known else "",
        parts=parts if isinstance(parts, int) and 0 < parts < 1000 else None,
        cost=clean(str(cost))[:32] if cost is not None else None,
    )


def _message_data(body: bytes) -> dict[str, Any] | None:
    """`SMSMessageData` of a JSON body, whatever its content type says; None when it is not there."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    data = whole.get("SMSMessageData") if isinstance(whole, dict) else None
    return data if isinstance(data, dict) else None


def _recipient(body: bytes, to: str) -> dict[str, Any] | None:
    """The entry of this number, matched by its last digits: the answer may write it in national form."""
    recipients = (_message_data(body) or {}).get("Recipients")
    if not isinstance(recipients, list):
        return None
    for each in recipients:
        if isinstance(each, dict) and _same_number(str(each.get("number", "")), to):
            return each
    return None


def _same_number(given: str, to: str) -> bool:
    digits = re.sub(r"\D", "", given, flags=re.ASCII).lstrip("0")
    return len(digits) >= 7 and to.endswith(digits)


def _retry_after(answer: Answer) -> float:
    raw = answer.headers.get("Retry-After", "")
    return min(float(raw), _LONGEST_WAIT) if _SECONDS.fullmatch(raw) else 60.0
