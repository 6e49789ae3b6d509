"""The outcomes of a send, the protocol of a sender, and delivery reports.

A failure is a value that says what to do next. Only a text that may have reached the aggregator is `Unknown`.
"""

from typing import Protocol

from msgspec import Struct


class Acceptance(Struct, frozen=True):
    """The aggregator accepted it. `provider_id` is "" if it gave none: no report will name this text then."""

    provider_id: str
    parts: int | None = None
    cost: str | None = None


class SendFailure(Struct, frozen=True):
    """It certainly did not reach the aggregator, or was not accepted: retry it."""

    why: str


class TemporaryRejection(Struct, frozen=True):
    """Not accepted now; retry after `seconds`.

    `account` says that a person must act first (no money, a wrong key): the route is stopped with an alarm.
    """

    seconds: float
    why: str
    account: bool = False


class Rejection(Struct, frozen=True):
    """Rejected for good."""

    why: str


class Unknown(Struct, frozen=True):
    """It may or may not have been accepted."""

    why: str


SendOutcome = Acceptance | SendFailure | TemporaryRejection | Rejection | Unknown


class Sender(Protocol):
    """Sends texts by one route. `name` is the aggregator's, as in its delivery reports.

    `send` may be called from many threads at once, and never raises for what a network or a vendor does.
    """

    @property
    def name(self) -> str:
        """The aggregator."""
        ...

    def send(self, to: str, body: str, latest: float, text_id: int) -> SendOutcome:
        """Send one text, `text_id` of the outbox, to an E.164 number.

        `SendFailure` if sending would begin after `latest` (`time.monotonic()`): by then its lease (60 s) may have run
        out, and another worker may have claimed the text.
        """
        ...


class DeliveryReport(Struct, frozen=True):
    """A delivery report in the aggregator's own words. `phone` is E.164, or "" if it could not be read."""

    aggregator: str
    provider_id: str
    status: str
    reason: str
    phone: str
