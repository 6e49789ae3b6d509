"""Sending through Infobip: POST /sms/2/text/advanced with JSON; each message has a status in words."""

from dataclasses import dataclass
from typing import Any

import msgspec

from gateway.aggregators.contract.http_status import USUAL_WAIT, account_rejection, by_status
from gateway.aggregators.contract.protocol import Request
from gateway.aggregators.contract.send_answers import accept, json_object
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from sessions.delivery.outcome_types import Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown

NAME = "infobip"

# Names of statuses of the group REJECTED. All others are permanent: a `Rejection`.
_ACCOUNT = {
    "REJECTED_NOT_ENOUGH_CREDITS",
    "REJECTED_PREPAID_PACKAGE_EXPIRED",
    "REJECTED_SENDER",
    "REJECTED_SOURCE",
    "REJECTED_PAYLOAD_ENCODING_ERROR",
}
_LATER = {"REJECTED_FLOODING_FILTER", "REJECTED_DND"}
_AGAIN = {"REJECTED_SYSTEM_ERROR", "REJECTED_ROUTE_NOT_AVAILABLE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InfobipSettings:
    """The settings of Infobip."""

    infobip_base_url: str = setting(
        "", "The address of your Infobip account, `https://….api.infobip.com`.", readers.web
    )
    infobip_api_key: str = setting("", "The API key at Infobip.", private=True)
    infobip_sender: str = setting("", "The sender name or number that texts through Infobip come from.")


class InfobipOutbound:
    """One text and one recipient in each request. `report_url` is the address for reports; "" requests none."""

    name = NAME

    def __init__(self, own: InfobipSettings, report_url: str = "") -> None:
        self._url = f"{own.infobip_base_url}/sms/2/text/advanced"
        self._sender, self._report_url = own.infobip_sender, report_url
        self._headers = {
            "Authorization": f"App {own.infobip_api_key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }

    def request(self, to: str, body: str) -> Request:
        """The request. Infobip writes numbers without a plus sign."""
        message: dict[str, Any] = {"destinations": [{"to": to.removeprefix("+")}], "text": body}
        if self._sender:
            message["from"] = self._sender
        if self._report_url:
            message |= {"notifyUrl": self._report_url, "notifyContentType": "application/json"}
        data = msgspec.json.encode({"messages": [message]})
        return Request(method="POST", url=self._url, headers=self._headers, data=data)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:
        """A 2xx only says that the request was read: each message has a status of its own."""
        if not 200 <= answer.status < 300:
            return by_status(answer)
        message = _message(answer.body, to)
        if message is None:
            return Unknown("answer_unreadable")
        status = message.get("status")
        status = status if isinstance(status, dict) else {}
        group, name = str(status.get("groupName")), str(status.get("name"))
        if group in ("PENDING", "ACCEPTED", "DELIVERED"):
            return accept(message.get("messageId"), message.get("smsCount"))
        if group == "REJECTED":
            return _refused(name)
        if group in ("UNDELIVERABLE", "EXPIRED"):
            return Rejection(name[:64])
        return Unknown("status_unknown")


def _refused(name: str) -> SendOutcome:
    if name in _ACCOUNT:
        return account_rejection(name)
    if name in _LATER:
        return TemporaryRejection(USUAL_WAIT, name)
    if name in _AGAIN:
        return SendFailure(name)
    return Rejection(name[:64])


def _message(body: bytes, to: str) -> dict[str, Any] | None:
    """The entry of this number; if there is only one entry, that one."""
    messages = json_object(body).get("messages")
    entries = [each for each in messages if isinstance(each, dict)] if isinstance(messages, list) else []
    for each in entries:
        if len(entries) == 1 or str(each.get("to", "")).lstrip("+") == to.lstrip("+"):
            return each
    return None
