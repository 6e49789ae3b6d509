"""Jasmin, the sending side: a form to /send; `Success "id"` or `Error "why"`."""

from __future__ import annotations

import re

from flows.text import gsm
from gateway.aggregators.contract.http_status import USUAL_WAIT, account_rejection, by_status
from gateway.aggregators.contract.protocol import Request
from gateway.http.client import Answer
from sessions.delivery.outcome_types import Acceptance, SendFailure, SendOutcome, TemporaryRejection, Unknown

NAME = "jasmin"

_SUCCESS = re.compile(rb'\s*Success "([!#-~]{1,128})"\s*')


class JasminOutbound:
    """One text a request, by POST: in an address the password would stand in the logs of what lies between."""

    name = NAME

    def __init__(self, url: str, username: str, password: str, sender: str, report_url: str = "") -> None:
        self._url = f"{url}/send"
        self._usual = {"username": username, "password": password}
        if sender:
            self._usual["from"] = sender
        if report_url:
            self._usual |= {"dlr": "yes", "dlr-url": report_url, "dlr-level": "3", "dlr-method": "POST"}

    def request(self, to: str, body: str) -> Request:
        """The request: GSM-7 as text, which Jasmin codes, anything else as UTF-16 in hexadecimal."""
        data: dict[str, str | int] = {**self._usual, "to": to.removeprefix("+")}
        if gsm.measure(body).encoding == "GSM-7":
            data |= {"coding": "0", "content": body}
        else:
            data |= {"coding": "8", "hex-content": body.encode("utf-16-be").hex()}
        return Request(method="POST", url=self._url, data=data)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one request, one number
        """Jasmin says in words why it refuses; it has queued nothing then."""
        if 200 <= answer.status < 300:
            taken = _SUCCESS.fullmatch(answer.body)
            return Acceptance(taken[1].decode()) if taken else Unknown("answer_unreadable")
        if answer.status == 412:
            return SendFailure("no_route")  # for this number now: another road may have one
        if b"throughput exceeded" in answer.body.lower():
            return TemporaryRejection(USUAL_WAIT, "throughput_exceeded")
        if b"Cannot charge" in answer.body:
            return account_rejection("no_balance")
        if b"Cannot send submit_sm" in answer.body:
            return SendFailure("not_queued")
        return by_status(answer)
