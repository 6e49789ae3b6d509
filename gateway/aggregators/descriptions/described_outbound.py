"""Sends texts through a described aggregator: one text out, one typed outcome back."""

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

import msgspec

from flows.text import gsm
from gateway.aggregators.contract import http_status
from gateway.aggregators.contract.protocol import Request
from gateway.aggregators.contract.send_answers import accept, as_count
from gateway.aggregators.descriptions import send_response_parser
from gateway.aggregators.descriptions.schema import (
    VARIABLE,
    Description,
    Login,
    Match,
    RejectionRule,
    RequestTemplate,
    Send,
    fill_template,
    scalar_text,
    value_at,
)
from gateway.http.bodies import JSON
from gateway.http.client import Answer
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown

LATER = 60.0  # seconds after a refusal that passes
_ID = re.compile(r"[!-~]{1,128}")


class DescribedOutbound:
    """Writes requests and reads answers. `settings` are the gateway's own, `report_url` where its reports go."""

    def __init__(self, description: Description, send: Send, settings: Mapping[str, str], report_url: str) -> None:
        self.name, self._send = description.name, send
        self._settings = {name: settings.get(name, "") for name in description.settings} | {"report_url": report_url}
        self._may_be_missing = {*description.optional, "report_url"}

    @property
    def login(self) -> Login | None:
        """The step before sending, if there is one."""
        return self._send.login

    def login_request(self) -> Request:
        """The request that brings a token."""
        assert self._send.login is not None  # noqa: S101 - asked only where there is a login
        return self._request(self._send.login, {})

    def token(self, answer: Answer) -> str | SendOutcome:
        """The token in a login's answer, or the outcome if there is none: no text has been sent then."""
        login = self._send.login
        assert login is not None  # noqa: S101
        if not 200 <= answer.status < 300:
            refused = http_status.by_status(answer)
            return SendFailure(f"login_{refused.why}") if isinstance(refused, Unknown | Rejection) else refused
        tree = send_response_parser.tree(login.answer, answer.body)
        if tree is None:
            return SendFailure("login_unreadable")
        found = scalar_text(value_at(tree, login.token))
        if not _holds(login.ok, tree):
            return http_status.account_rejection("login_refused")
        return found if _ID.fullmatch(found) else SendFailure("login_unreadable")

    def request(self, to: str, body: str, token: str = "") -> Request:
        """The request that sends a text. Raises ValueError for an invalid number."""
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", to, re.ASCII):
            raise ValueError("not a number in E.164")
        known = {"to": to if self._send.numbers == "plus" else to[1:], "message": body, "token": token}
        if self._send.codings is not None:
            codings = self._send.codings
            known["coding"] = codings.gsm if gsm.measure(body).encoding == "GSM-7" else codings.ucs2
        return self._request(self._send, known)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:  # noqa: ARG002 - one number a request
        """The outcome that an answer means. Only an answer that says so is an acceptance or a rejection."""
        tree, fine = send_response_parser.tree(self._send.answer, answer.body), 200 <= answer.status < 300
        if tree is not None:
            if fine and _holds(self._send.sent, tree):
                return self._sent(tree)
            refusal = self._refusal(tree)
            if refusal is not None:
                return _meant(refusal)
        if not fine:
            return http_status.by_status(answer)
        if tree is None:
            return Unknown("answer_unreadable")
        return SendFailure("refused") if self._send.otherwise == "refused" else Unknown("answer_not_known")

    def asks_login(self, answer: Answer) -> bool:
        """True for an answer that may mean that the token has expired; the text was not accepted."""
        tree = send_response_parser.tree(self._send.answer, answer.body)
        refusal = self._refusal(tree) if tree is not None else None
        return refusal is not None and refusal.means == "login"

    def _refusal(self, tree: Any) -> RejectionRule | None:
        return next((each for each in self._send.refused if _holds(each, tree)), None)

    def _sent(self, tree: Any) -> Acceptance:
        named, parts, cost = (
            scalar_text(value_at(tree, path)) if path else ""
            for path in (self._send.id, self._send.parts, self._send.cost)
        )
        return accept(named, as_count(parts), cost or None)

    def _request(self, call: RequestTemplate, known: Mapping[str, str]) -> Request:
        values = {**self._settings, **known}
        headers = self._filled(call.headers, values)
        if call.basic is not None:
            pair = f"{fill_template(call.basic.user, values)}:{fill_template(call.basic.password, values)}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        data: Mapping[str, str | int] | bytes | None = None
        if call.json is not None:
            headers["Content-Type"] = JSON
            data = msgspec.json.encode(self._filled(call.json, values))
        elif call.form:
            data = self._filled(call.form, values)
        params = self._filled(call.params, values) or None
        return Request(
            method=call.method, url=str(fill_template(call.url, values)), headers=headers, params=params, data=data
        )

    def _filled(self, templates: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
        """Fill in templates, and leave out those that are only an optional setting that is not set."""
        return {
            name: fill_template(each, values) for name, each in templates.items() if not self._missing(each, values)
        }

    def _missing(self, template: Any, values: Mapping[str, str]) -> bool:
        alone = VARIABLE.fullmatch(template) if isinstance(template, str) else None
        return alone is not None and alone[1] in self._may_be_missing and not values[alone[1]]


def _meant(refusal: RejectionRule) -> SendOutcome:
    match refusal.means:
        case "number":
            return Rejection(refusal.reason)
        case "account":
            return http_status.account_rejection(refusal.reason)
        case "later":
            return TemporaryRejection(LATER, refusal.reason)
        case _:
            return SendFailure(refusal.reason)


def _holds(match: Match, tree: Any) -> bool:
    return match.holds(scalar_text(value_at(tree, match.field)))
