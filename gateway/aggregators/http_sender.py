"""A sender over HTTP: an adapter that builds requests and reads answers, and the client that sends them."""

import math
import time
from collections.abc import Callable

from msgspec.structs import replace

from gateway.aggregators.contract.protocol import OutboundAdapter
from gateway.aggregators.contract.report_addresses import NO_REPORTS, ReportAddresses
from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, Unknown


class HttpSender:
    """Sends texts by one route. Blocking; threads may share it, as they share its client."""

    def __init__(
        self,
        adapter: OutboundAdapter,
        client: HttpClient,
        clock: Callable[[], float] = time.monotonic,
        reports: ReportAddresses = NO_REPORTS,
    ) -> None:
        self._adapter, self._client, self._clock, self._reports = adapter, client, clock, reports

    @property
    def name(self) -> str:
        """The route."""
        return self._adapter.name

    def send(self, to: str, body: str, latest: float = math.inf, text_id: int = 0) -> SendOutcome:
        """Send one text, unless that would begin after `latest`. Never raises for a fault outside."""
        try:
            request = self._reports.with_proof(self._adapter.request(to, body), self.name, text_id)
        except ValueError:
            return Rejection("InvalidPhoneNumber")
        if self._clock() > latest:
            return SendFailure("too_late")
        try:
            answer = self._client.request(
                request.method, request.url, headers=request.headers, data=request.data, params=request.params
            )
        except UnsentRequestError as error:
            return SendFailure(str(error))
        except LostAnswerError as error:
            return Unknown(str(error))
        outcome = self._adapter.outcome(answer, to)
        if isinstance(outcome, Acceptance) and not outcome.provider_id and request.reference:
            return replace(outcome, provider_id=request.reference)
        return outcome
