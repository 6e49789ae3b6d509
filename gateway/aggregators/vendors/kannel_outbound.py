"""Sending through Kannel: GET /cgi-bin/sendsms. It gives no id, so the report's address carries one of ours."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flows.text import gsm
from gateway.aggregators.contract.http_status import by_status
from gateway.aggregators.contract.protocol import Request
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from sessions.delivery.outcome_types import Acceptance, SendOutcome, Unknown

NAME = "kannel"

_REPORTS = "31"  # delivered, failed, buffered, accepted by the telco, rejected by it
_ACCEPTED = (b"0:", b"3:", b"4:", b"Sent.")  # accepted; queued; queued while no telco is connected; old versions


def _fresh() -> str:
    return secrets.token_hex(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class KannelSettings:
    """The settings of Kannel."""

    kannel_url: str = setting("", "The address of Kannel's smsbox, for example `http://127.0.0.1:13013`.", readers.web)
    kannel_username: str = setting("", "The user name at Kannel (`sendsms-user`).")
    kannel_password: str = setting("", "The password at Kannel.", private=True)
    kannel_sender: str = setting("", "The sender that texts through Kannel show; may be empty if Kannel sets it.")


class KannelOutbound:
    """One text in each request. `fresh` returns a new id."""

    name = NAME

    def __init__(self, own: KannelSettings, report_url: str = "", *, fresh: Callable[[], str] = _fresh) -> None:
        self._url, self._report_url, self._fresh = f"{own.kannel_url}/cgi-bin/sendsms", report_url, fresh
        self._usual = {"username": own.kannel_username, "password": own.kannel_password}
        if own.kannel_sender:
            self._usual["from"] = own.kannel_sender

    def request(self, to: str, body: str) -> Request:
        """The request. Kannel fills the report's address with the telco's words where we leave placeholders."""
        wide = gsm.measure(body).encoding == "UCS-2"
        fields = {"to": to.removeprefix("+"), "text": body, "coding": "2" if wide else "0", "charset": "UTF-8"}
        reference = ""
        if self._report_url:
            reference = self._fresh()
            fields |= {
                "dlr-mask": _REPORTS,
                "dlr-url": f"{self._report_url}?id={reference}&status=%d&answer=%A&from=%p&to=%P",
            }
        return Request(method="GET", url=self._url, params=self._usual | fields, reference=reference)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one request, one number
        """Only an answer that begins like an acceptance is one."""
        if not 200 <= answer.status < 300:
            return by_status(answer)
        taken = answer.status == 202 or answer.body.lstrip().startswith(_ACCEPTED)
        return Acceptance("") if taken else Unknown("answer_unreadable")
