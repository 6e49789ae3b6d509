"""A sender for gateways where one must log in before sending: the token is kept, shared by all threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gateway.aggregators.generic_texts import Texts
from gateway.aggregators.protocol import Request
from gateway.sending import WiredSender
from gateway.wire import Answer, Lost, NotReached, Wire
from sessions.outcomes import NotSent, Outcome

SURELY_FRESH = 60.0  # seconds in which a token cannot be over: a refusal has another reason


class LoggedIn:
    """Sends texts with a token. A token that is over is asked for anew, once, and the text sent again with it."""

    def __init__(self, texts: Texts, wire: Wire, clock: Callable[[], float] = time.monotonic) -> None:
        self._texts, self._wire, self._clock = texts, wire, clock
        self._lock, self._token, self._since = threading.Lock(), "", 0.0
        self._seconds = texts.login.minutes * 60.0 if texts.login is not None else 0.0

    @property
    def name(self) -> str:
        """The road."""
        return self._texts.name

    def send(self, to: str, body: str) -> Outcome:
        """Send one text. Never raises for what the network or the gateway does."""
        outcome, over = self._tried(to, body, "")
        return self._tried(to, body, over)[0] if over else outcome

    def _tried(self, to: str, body: str, over: str) -> tuple[Outcome, str]:
        """What became of one try, and the token when it was refused for being over. No try with the token `over`."""
        token = self._held(over)
        if not isinstance(token, str):
            return token, ""
        written = _WithToken(self._texts, token)
        outcome = WiredSender(written, self._wire).send(to, body)
        return outcome, token if written.over and not over and not self._fresh(token) else ""

    def _held(self, over: str) -> str | Outcome:
        """The token, a new one when there is none or it is `over`; or why there is none."""
        with self._lock:
            if self._token and self._token != over and self._clock() - self._since < self._seconds:
                return self._token
            try:
                token = self._texts.token(self._asked(self._texts.login_request()))
            except (NotReached, Lost) as error:  # lost or not, no text has left
                return NotSent(f"login_{error}")
            if isinstance(token, str):
                self._token, self._since = token, self._clock()
            return token

    def _fresh(self, token: str) -> bool:
        with self._lock:
            return token == self._token and self._clock() - self._since < SURELY_FRESH

    def _asked(self, request: Request) -> Answer:
        return self._wire.request(
            request.method, request.url, headers=request.headers, data=request.data, params=request.params
        )


class _WithToken:
    """Letters of one try. `over` is true when the answer said that the token is."""

    def __init__(self, texts: Texts, token: str) -> None:
        self.name, self.over = texts.name, False
        self._texts, self._token = texts, token

    def request(self, to: str, body: str) -> Request:
        return self._texts.request(to, body, self._token)

    def outcome(self, answer: Answer, to: str) -> Outcome:
        self.over = self._texts.asks_login(answer)
        return self._texts.outcome(answer, to)
