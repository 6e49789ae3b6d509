"""How a send can end, and what can send: the words between a route and the acts of delivery.

A failure is a value with its policy. What may have reached the aggregator is `Unknown`, and nothing else is.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class Acceptance(Struct, frozen=True):
    """The aggregator took it. `provider_id` is "" when it gave none: no report will name this text then."""

    provider_id: str
    parts: int | None = None
    cost: str | None = None


class SendFailure(Struct, frozen=True):
    """It certainly did not reach the aggregator, or was certainly not taken: to be tried again."""

    why: str


class TemporaryRejection(Struct, frozen=True):
    """Not taken now; worth trying again after `seconds`.

    `account` says that a person must act first (no money, a wrong key): the route is stopped with an alarm.
    """

    seconds: float
    why: str
    account: bool = False


class Rejection(Struct, frozen=True):
    """Not taken, and never will be."""

    why: str


class Unknown(Struct, frozen=True):
    """It may or may not have been taken."""

    why: str


SendOutcome = Acceptance | SendFailure | TemporaryRejection | Rejection | Unknown


class Sender(Protocol):
    """What can send a text: a route. `name` is the aggregator's, as in its delivery reports.

    `send` may be called from many threads at once, and never raises for what a network or a vendor does.
    """

    @property
    def name(self) -> str:
        """The aggregator."""
        ...

    def send(self, to: str, body: str, latest: float) -> SendOutcome:
        """Send one text to an E.164 number; `SendFailure` when that would begin after `latest` (`time.monotonic()`).

        Its lease (60 s) may be over then, and the text be another's.
        """
        ...


class DeliveryReport(Struct, frozen=True):
    """What became of a text, in the aggregator's own words. `phone` is E.164, or "" when it could not be read."""

    aggregator: str
    provider_id: str
    status: str
    reason: str
    phone: str
