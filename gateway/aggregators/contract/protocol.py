"""What an aggregator's adapter must do, without I/O: form in, noun out; noun in, request out; answer in, outcome out.

`Aggregator` reads the calls and texts that come in; `OutboundAdapter` sends our texts.
"""

# ruff: noqa: ARG002 - the defaults of a dialect look at little

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from gateway.http import forms
from gateway.http.client import Answer
from gateway.http.errors import PLAIN
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from sessions.delivery.outcome_types import DeliveryReport, SendOutcome
from sessions.messages.inbound_types import SessionEndNotice, Sms
from sessions.ussd.hop_types import Hop

Form = Mapping[str, Any]  # a form's fields (all text), or a JSON object (anything)
HopAnswer = tuple[str, list[tuple[str, str]], bytes]  # WSGI status, headers, body

DOORS = frozenset({"ussd", "sms", "delivery", "opt-out", "ussd-events"})


class Unreadable(BadForm):
    """A form whose fields are not what this aggregator sends. `problem` is a token for the log.

    `readable` holds the other items of the same call that could be read: they are processed all the same.
    """

    def __init__(self, problem: str, readable: Sequence[Any] = ()) -> None:
        super().__init__(problem, f"This form cannot be read: {problem.replace('_', ' ')}.")
        self.readable = readable


class BadPhone(Unreadable):
    """A well-formed hop whose phone number is not valid: the caller still sees a screen."""

    def __init__(self) -> None:
        super().__init__("phone_number")


class NoHop(Exception):
    """A request to the USSD endpoint that needs no screen: the notice that a call ended, or a health check."""

    def __init__(self, ended: SessionEndNotice | None, answer: HopAnswer) -> None:
        super().__init__("no_hop")
        self.ended, self.answer = ended, answer


class Aggregator:
    """The callbacks of one aggregator: a subclass says what is different. Every reader raises Unreadable."""

    name: str  # the word in the callback address and in our tables
    doors: frozenset[str] = DOORS  # its callback endpoints; any other is a 404
    deep: frozenset[str] = frozenset()  # endpoints with a longer path; the adapter reads the rest in `inbound.rest`
    accumulates: bool = (
        True  # False: a hop carries only what was typed last (sessions/ussd/last_input_joiner.py joins them)
    )

    plain_hops: bool = False
    """True if its hops are forms, and only their address shows who sent them: a server may read the bodies alone."""

    senders: tuple[str, ...] = ("from",)  # the fields that may name the sender of an SMS that cannot be read

    def genuine(self, inbound: InboundRequest) -> bool:
        """Whether the vendor sent this, by its signature. A forged request gets a 404, like a wrong secret."""
        return True

    def body(self, inbound: InboundRequest, door: str) -> Form:
        """The fields of a request; raises BadForm. See gateway/http/bodies.py for JSON and queries."""
        return forms.receive(inbound.environ, None if door == "ussd" else inbound.read_body)

    def read_hop(self, form: Form) -> Hop:
        """One USSD hop; BadPhone when only the number is wrong, NoHop when no screen is wanted."""
        raise Unreadable("door_unused")

    def read_end(self, form: Form) -> SessionEndNotice:
        """The notice that a USSD session ended."""
        raise Unreadable("door_unused")

    def read_sms(self, form: Form) -> Sequence[Sms]:
        """The SMS in one call. An empty text counts as one."""
        raise Unreadable("door_unused")

    def read_reports(self, form: Form) -> Sequence[DeliveryReport]:
        """Delivery reports of any status, known or not."""
        raise Unreadable("door_unused")

    def read_opt_out(self, form: Form) -> str:
        """The phone number of a subscriber who wants no more texts."""
        raise Unreadable("door_unused")

    def hop_answer(self, body: str, form: Form) -> HopAnswer:
        """The HTTP answer that shows `body` ("CON …" or "END …"). `form` is empty when the hop could not be read."""
        return answer(body)

    def taken(self, door: str) -> HopAnswer:
        """The answer of the other endpoints once everything is stored."""
        return answer("ok\n")

    def refused(self, status: int, sentence: str) -> HopAnswer:
        """The answer of the USSD endpoint to a request that is not a hop."""
        return answer(sentence, f"{status} Refused")


def answer(body: str, status: str = "200 OK", kind: str = PLAIN) -> HopAnswer:
    """An HTTP answer with exactly this body."""
    raw = body.encode()
    return status, [("Content-Type", kind), ("Content-Length", str(len(raw)))], raw


class Request(Struct, frozen=True, kw_only=True):
    """A request to send. `data` is a form, or bytes whose content type is in the headers. Never log it: it has secrets.

    `reference` is our id for the text, which delivery reports name if the vendor gives no id in its answer.
    """

    method: str
    url: str
    headers: Mapping[str, str] = {}
    params: Mapping[str, str] | None = None
    data: Mapping[str, str | int] | bytes | None = None
    reference: str = ""


class OutboundAdapter(Protocol):
    """How one vendor wants a text to be sent, and what its answers mean."""

    @property
    def name(self) -> str:
        """The route, as in its delivery reports."""
        ...

    def request(self, to: str, body: str) -> Request:
        """The request that sends `body` to the E.164 number `to`. Raises ValueError for an invalid number."""
        ...

    def outcome(self, answer: Answer, to: str) -> SendOutcome:
        """The outcome that the answer means for this text. Never raises."""
        ...
