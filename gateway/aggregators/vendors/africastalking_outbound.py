"""Sending through Africa's Talking: one text out, one typed outcome back.

The vendor's SDK only builds the request. We send it, because the SDK opens a connection for each call, follows
redirects with the API key, and raises the same exception for every rejection.
"""

import re
from dataclasses import dataclass
from typing import Any

from africastalking.Service import DEFAULT_TIMEOUT_S
from africastalking.SMS import SMSService

from gateway.aggregators.contract.http_status import account_rejection, by_status
from gateway.aggregators.contract.protocol import Request
from gateway.aggregators.contract.send_answers import accept, json_object
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import STANDIN, setting
from sessions.delivery.outcome_types import Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown

NAME = "africastalking"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfricasTalkingSettings:
    """The settings of Africa's Talking."""

    at_username: str = setting("sandbox", "The user name (application) at Africa's Talking.")
    at_api_key: str = setting(
        "", "The API key at Africa's Talking. Required outside development.", development="development", private=True
    )
    at_base_url: str = setting(
        "https://api.africastalking.com/version1",
        "The address of the API. In development: the stand-in.",
        readers.web,
        development=STANDIN + "/version1",
    )
    at_sender: str = setting("8484", "The short code or sender name that texts come from.")


class _Service(SMSService):  # type: ignore[misc]  # the SDK has no types
    """The SDK's service at the address in the settings; it returns the request instead of sending it."""

    def __init__(self, username: str, api_key: str, base_url: str) -> None:
        super().__init__(username, api_key)
        self._baseUrl = self._contentUrl = base_url

    def _make_request(
        self,
        url: str,
        method: str,
        headers: dict[str, str],
        data: Any,
        params: Any,
        callback: Any = None,
        timeout: tuple[float, float] = DEFAULT_TIMEOUT_S,  # noqa: ARG002 - the wire has its own
    ) -> Request:
        if callback is not None:
            raise NotImplementedError("the SDK's callback mode loses failures: it is not used here")
        return Request(method=method, url=url, headers=dict(headers), data=data, params=params)


class AfricasTalkingOutbound:
    """The messaging API: one text, one recipient a request."""

    name = NAME

    def __init__(self, own: AfricasTalkingSettings, _report_url: str = "") -> None:
        self._service = _Service(own.at_username, own.at_api_key, own.at_base_url)
        self._from = own.at_sender or None

    def request(self, to: str, body: str) -> Request:
        """The request. Raises ValueError if the SDK finds the number invalid."""
        made: Request = self._service.send(body, [to], self._from)
        return made

    def outcome(self, answer: Answer, to: str) -> SendOutcome:
        """What an answer means."""
        return outcome(answer, to)


_DAY_BREAK = 3600.0  # seconds: a do-not-disturb window ends at a fixed hour, so one retry an hour is enough

_PERMANENT = {
    401: "RiskHold",
    403: "InvalidPhoneNumber",
    404: "UnsupportedNumberType",
    406: "UserInBlacklist",
}
_TRANSIENT = {407: "CouldNotRoute", 500: "InternalServerError", 501: "GatewayError", 502: "RejectedByGateway"}
# Codes and words for problems that only a person can fix. An unregistered sender would reject every text.
_ACCOUNT = {402: "InvalidSenderId", 405: "InsufficientBalance"}


def outcome(answer: Answer, to: str) -> SendOutcome:
    """What an answer of the messaging API means for the text to this one number.

    A 2xx does not mean sent, and a 500 may follow an acceptance: only an answer that says so is a rejection.
    """
    data = json_object(answer.body).get("SMSMessageData")
    recipients = data.get("Recipients") if isinstance(data, dict) else None
    recipient = _entry(recipients, to)
    fine = 200 <= answer.status < 300
    if recipient is not None and (fine or answer.status == 409):
        return _by_code(recipient)
    if not fine:
        return by_status(answer)
    if not isinstance(data, dict):
        return Unknown("answer_unreadable")
    if recipients:
        return Unknown("recipient_missing")
    message = data.get("Message")
    if message in _ACCOUNT.values():
        return account_rejection(str(message))
    return Rejection("InvalidPhoneNumber") if message == "InvalidPhoneNumber" else SendFailure("no_recipients")


def _by_code(recipient: dict[str, Any]) -> SendOutcome:
    code = recipient.get("statusCode")
    code = code if isinstance(code, int) else None
    if code in (100, 101, 102):
        return _sent(recipient)
    if code in _PERMANENT:
        return Rejection(_PERMANENT[code])
    if code in _TRANSIENT:
        return SendFailure(_TRANSIENT[code])
    if code in _ACCOUNT:
        return account_rejection(_ACCOUNT[code])
    if code == 409:
        return TemporaryRejection(_DAY_BREAK, "DoNotDisturbRejection")
    return _sent(recipient) if recipient.get("status") == "Success" else Unknown("status_unknown")


def _sent(recipient: dict[str, Any]) -> SendOutcome:
    return accept(*(recipient.get(name) for name in ("messageId", "messageParts", "cost")))


def _entry(recipients: object, to: str) -> dict[str, Any] | None:
    """The entry of this number, matched by its last digits: the answer may write it in national form."""
    if not isinstance(recipients, list):
        return None
    entries = (each for each in recipients if isinstance(each, dict))
    return next((each for each in entries if _same_number(str(each.get("number", "")), to)), None)


def _same_number(given: str, to: str) -> bool:
    digits = re.sub(r"\D", "", given, flags=re.ASCII).lstrip("0")
    return len(digits) >= 7 and to.endswith(digits)
