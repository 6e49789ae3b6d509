"""What an aggregator's adapter must do: read its five forms, and dress the answer of a hop. It does no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gateway.forms import BadForm
from sessions.delivery import DeliveryReport
from sessions.hop import Hop
from sessions.inbox import CallEnded, Sms

Form = Mapping[str, str]
HopAnswer = tuple[str, list[tuple[str, str]], bytes]  # WSGI status, headers, body


class Unreadable(BadForm):
    """A form whose fields are not what this aggregator sends. `problem` is one token for the log."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, f"This form cannot be read: {problem.replace('_', ' ')}.")


class BadPhone(Unreadable):
    """A well-formed hop whose phone number is none: the caller still sees a screen."""

    def __init__(self) -> None:
        super().__init__("phone_number")


class Aggregator(Protocol):
    """One aggregator's dialect. Every reader raises Unreadable."""

    @property
    def name(self) -> str:
        """The word in the callback address and in our tables."""
        ...

    def read_hop(self, form: Form) -> Hop:
        """One USSD hop; BadPhone when only the number is wrong."""
        ...

    def read_end(self, form: Form) -> CallEnded:
        """The notice that a USSD session ended."""
        ...

    def read_sms(self, form: Form) -> Sms:
        """An SMS that came in. An empty text is one too."""
        ...

    def read_report(self, form: Form) -> DeliveryReport:
        """A delivery report of any status, also one not known yet."""
        ...

    def read_opt_out(self, form: Form) -> str:
        """The phone of a subscriber who wants no more texts."""
        ...

    def hop_answer(self, body: str) -> HopAnswer:
        """The HTTP answer that shows `body` ("CON …" or "END …") on the phone."""
        ...
