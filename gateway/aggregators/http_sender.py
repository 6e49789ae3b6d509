"""A sender is letters and a wire: what a vendor wants to hear, and the connection it is said over."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from msgspec.structs import replace

from gateway.aggregators.contract.protocol import OutboundAdapter
from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, Unknown


class HttpSender:
    """Sends texts by one route. Blocking; many threads may share it as they share its wire."""

    def __init__(self, letters: OutboundAdapter, wire: HttpClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._letters, self._wire, self._clock = letters, wire, clock

    @property
    def name(self) -> str:
        """The route."""
        return self._letters.name

    def send(self, to: str, body: str, latest: float = math.inf) -> SendOutcome:
        """Send one text, unless that would begin after `latest`. Never raises for what the network or vendor does."""
        try:
            request = self._letters.request(to, body)
        except ValueError:
            return Rejection("InvalidPhoneNumber")
        if self._clock() > latest:
            return SendFailure("too_late")
        try:
            answer = self._wire.request(
                request.method, request.url, headers=request.headers, data=request.data, params=request.params
            )
        except UnsentRequestError as error:
            return SendFailure(str(error))
        except LostAnswerError as error:
            return Unknown(str(error))
        outcome = self._letters.outcome(answer, to)
        if isinstance(outcome, Acceptance) and not outcome.provider_id and request.reference:
            return replace(outcome, provider_id=request.reference)
        return outcome
