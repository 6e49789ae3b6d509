"""Sending through Twilio: a form to Messages.json; rejections are identified by Twilio's code, not the status."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from gateway.aggregators.contract.http_status import account_rejection, by_status, retry_after
from gateway.aggregators.contract.protocol import Request
from gateway.aggregators.contract.send_answers import accept, as_count, json_object
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from sessions.delivery.outcome_types import Rejection, SendOutcome, TemporaryRejection, Unknown

NAME = "twilio"

# Codes of permanent rejections of this number or text; 21610 has sent STOP to Twilio.
_PERMANENT = {21211, 21217, 21265, 21421, 21601, 21602, 21604, 21610, 21612, 21614, 21617, 21635, 30003, 30005, 30006}
# … and of problems that a person must fix: keys, money, permissions, the sender.
_ACCOUNT = {20003, 20005, 20008, 20404, 21212, 21408, 21603, 21606, 21659, 21660, 21661, 21703, 30002, 30032, 63038}
_LATER = {14107, 20429, 21611, 30001, 30022}  # too many, too fast: not processed


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """The settings of Twilio."""

    twilio_account_sid: str = setting(
        "",
        "The account SID at Twilio, `AC…`.",
        readers.pattern_reader(r"AC[0-9a-f]{32}", "must be AC and 32 hexadecimal digits"),
    )
    twilio_auth_token: str = setting("", "The auth token at Twilio, which signs callbacks.", private=True)
    twilio_sender: str = setting(
        "", "The number, sender name or messaging service (`MG…`) that texts through Twilio come from."
    )
    twilio_base_url: str = setting("https://api.twilio.com", "The address of the API.", readers.web)


class TwilioOutbound:
    """One text in each request. `report_url` is the address for reports; "" requests none."""

    name = NAME

    def __init__(self, own: TwilioSettings, report_url: str = "") -> None:
        self._url = f"{own.twilio_base_url}/2010-04-01/Accounts/{own.twilio_account_sid}/Messages.json"
        known = b64encode(f"{own.twilio_account_sid}:{own.twilio_auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {known}", "Accept": "application/json"}
        self._usual = {"MessagingServiceSid" if own.twilio_sender.startswith("MG") else "From": own.twilio_sender}
        if report_url:
            self._usual["StatusCallback"] = report_url

    def request(self, to: str, body: str) -> Request:
        """The request."""
        data: dict[str, str | int] = {"To": to, "Body": body, **self._usual}
        return Request(method="POST", url=self._url, headers=self._headers, data=data)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one request, one number
        """A 2xx with an id is an acceptance; a rejection is identified by its code."""
        found = json_object(answer.body)
        if 200 <= answer.status < 300:
            return _accepted(found)
        code = found.get("code")
        if answer.status >= 500 or not isinstance(code, int):
            return by_status(answer)
        if code in _LATER or answer.status == 429:
            return TemporaryRejection(retry_after(answer), f"code_{code}")
        if code in _ACCOUNT:
            return account_rejection(f"code_{code}")
        if code in _PERMANENT:
            return Rejection(f"code_{code}")
        return by_status(answer)


def _accepted(found: dict[str, Any]) -> SendOutcome:
    sid, error = found.get("sid"), found.get("error_code")
    if not isinstance(sid, str):
        return Unknown("answer_unreadable")
    if found.get("status") in ("failed", "undelivered", "canceled"):
        return Rejection(f"code_{error}" if isinstance(error, int) else "failed")
    return accept(sid, as_count(found.get("num_segments")))
