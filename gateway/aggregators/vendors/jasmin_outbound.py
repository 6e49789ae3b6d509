"""Sending through Jasmin: a form to /send; the answer is `Success "id"` or `Error "why"`."""

import re
from dataclasses import dataclass

from flows.text import gsm
from gateway.aggregators.contract.http_status import USUAL_WAIT, account_rejection, by_status
from gateway.aggregators.contract.protocol import Request
from gateway.http.client import Answer
from gateway.settings.values import readers
from gateway.settings.values.fields import setting
from sessions.delivery.outcome_types import Acceptance, SendFailure, SendOutcome, TemporaryRejection, Unknown

NAME = "jasmin"

_SUCCESS = re.compile(rb'\s*Success "([!#-~]{1,128})"\s*')


@dataclass(frozen=True, slots=True, kw_only=True)
class JasminSettings:
    """The settings of Jasmin."""

    jasmin_url: str = setting("", "The address of Jasmin's HTTP API, for example `http://127.0.0.1:1401`.", readers.web)
    jasmin_username: str = setting("", "The user name at Jasmin.")
    jasmin_password: str = setting("", "The password at Jasmin.", private=True)
    jasmin_sender: str = setting(
        "", "The sender that texts through Jasmin show; may be empty if the connector sets it."
    )


class JasminOutbound:
    """One text in each request, by POST: in a GET's address the password would appear in the logs of proxies."""

    name = NAME

    def __init__(self, own: JasminSettings, report_url: str = "") -> None:
        self._url = f"{own.jasmin_url}/send"
        self._usual = {"username": own.jasmin_username, "password": own.jasmin_password}
        if own.jasmin_sender:
            self._usual["from"] = own.jasmin_sender
        if report_url:
            self._usual |= {"dlr": "yes", "dlr-url": report_url, "dlr-level": "3", "dlr-method": "POST"}

    def request(self, to: str, body: str) -> Request:
        """The request: GSM-7 as text, which Jasmin encodes, and anything else as UTF-16 in hexadecimal."""
        data: dict[str, str | int] = {**self._usual, "to": to.removeprefix("+")}
        if gsm.measure(body).encoding == "GSM-7":
            data |= {"coding": "0", "content": body}
        else:
            data |= {"coding": "8", "hex-content": body.encode("utf-16-be").hex()}
        return Request(method="POST", url=self._url, data=data)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one request, one number
        """Jasmin says in words why it rejects a text; then it has queued nothing."""
        if 200 <= answer.status < 300:
            taken = _SUCCESS.fullmatch(answer.body)
            return Acceptance(taken[1].decode()) if taken else Unknown("answer_unreadable")
        if answer.status == 412:
            return SendFailure("no_route")  # for this number now: another route may have one
        if b"throughput exceeded" in answer.body.lower():
            return TemporaryRejection(USUAL_WAIT, "throughput_exceeded")
        if b"Cannot charge" in answer.body:
            return account_rejection("no_balance")
        if b"Cannot send submit_sm" in answer.body:
            return SendFailure("not_queued")
        return by_status(answer)
