"""A sender for gateways that require a login: all threads share the token."""

import math
import threading
import time
from collections.abc import Callable

from gateway.aggregators.contract.protocol import Request
from gateway.aggregators.contract.report_addresses import NO_REPORTS, ReportAddresses
from gateway.aggregators.descriptions.described_outbound import DescribedOutbound
from gateway.aggregators.http_sender import HttpSender
from gateway.http.client import Answer, HttpClient, LostAnswerError, UnsentRequestError
from sessions.delivery.outcome_types import SendFailure, SendOutcome

SURELY_FRESH = 60.0  # seconds in which a token cannot have expired: a rejection has another reason
STILL_FAILED = 5.0  # seconds before a failed login is retried: every thread that waited for it would retry otherwise
PATIENCE = 13.0  # seconds to wait for another thread's login: about as long as one may take


class TokenSender:
    """Sends texts with a token. If the token has expired, it logs in once more and sends the text again."""

    def __init__(
        self,
        texts: DescribedOutbound,
        client: HttpClient,
        clock: Callable[[], float] = time.monotonic,
        reports: ReportAddresses = NO_REPORTS,
    ) -> None:
        self._texts, self._client, self._clock, self._reports = texts, client, clock, reports
        self._lock = threading.Lock()  # held during a login
        self._token = "", 0.0  # the last, and since when
        self._failure: tuple[SendOutcome | None, float] = None, 0.0  # of the last login that failed, and when
        self._seconds = int(texts.login.minutes) * 60.0 if texts.login is not None else 0.0

    @property
    def name(self) -> str:
        """The route."""
        return self._texts.name

    def send(self, to: str, body: str, latest: float = math.inf, text_id: int = 0) -> SendOutcome:
        """Send one text, unless that would begin after `latest`. Never raises for a fault outside."""
        outcome, over = self._tried(to, body, latest, text_id, "")
        return self._tried(to, body, latest, text_id, over)[0] if over else outcome

    def _tried(self, to: str, body: str, latest: float, text_id: int, over: str) -> tuple[SendOutcome, str]:
        """The outcome of one attempt, and the token if it was rejected as expired. Does not use the token `over`."""
        token = self._good(over) or self._new(over, latest)
        if not isinstance(token, str):
            return token, ""
        written = _WithToken(self._texts, token)
        outcome = HttpSender(written, self._client, self._clock, self._reports).send(to, body, latest, text_id)
        return outcome, token if written.over and not over and not self._fresh(token) else ""

    def _good(self, over: str) -> str:
        """The token held; "" when there is none, or it is `over`."""
        token, since = self._token
        return token if token != over and self._clock() - since < self._seconds else ""

    def _fresh(self, token: str) -> bool:
        held, since = self._token
        return token == held and self._clock() - since < SURELY_FRESH

    def _failed(self) -> SendOutcome | None:
        failure, since = self._failure
        return failure if self._clock() - since < STILL_FAILED else None

    def _new(self, over: str, latest: float) -> str | SendOutcome:
        """A new token, or why there is none. One thread logs in; those that wait use its result."""
        if not self._lock.acquire(timeout=max(min(PATIENCE, latest - self._clock()), 0.0)):
            return SendFailure("login_slow")
        try:
            return self._good(over) or self._failed() or self._login()
        finally:
            self._lock.release()

    def _login(self) -> str | SendOutcome:
        request = self._texts.login_request()
        try:
            found = self._texts.token(
                self._client.request(
                    request.method, request.url, headers=request.headers, data=request.data, params=request.params
                )
            )
        except (UnsentRequestError, LostAnswerError) as error:  # either way, no text was sent
            found = SendFailure(f"login_{error}")
        if isinstance(found, str):
            self._token = found, self._clock()
        else:
            self._failure = found, self._clock()
        return found


class _WithToken:
    """The adapter for one attempt. `over` is true when the answer said that the token has expired."""

    def __init__(self, texts: DescribedOutbound, token: str) -> None:
        self.name, self.over = texts.name, False
        self._texts, self._token = texts, token

    def request(self, to: str, body: str) -> Request:
        return self._texts.request(to, body, self._token)

    def outcome(self, answer: Answer, to: str) -> SendOutcome:
        self.over = self._texts.asks_login(answer)
        return self._texts.outcome(answer, to)
