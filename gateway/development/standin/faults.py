"""How the stand-in misbehaves: one rule that applies to a number of requests to send."""

import threading
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Reports = Literal["normal", "early", "duplicate", "reordered", "none"]


class Behaviour(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What to do with a request to send. By default, every field means: as Africa's Talking does on a good day."""

    count: Annotated[int, Meta(ge=0, le=1_000_000)] = 1  # how many requests; 0 ends all misbehaviour
    delay: Annotated[float, Meta(ge=0, le=120)] = 0.0  # seconds before the answer; texts are accepted first
    drop: Literal["", "before", "after"] = ""  # hang up without an answer, before or after the text is accepted
    status: Annotated[int, Meta(ge=200, le=599)] | None = None  # this HTTP status, plain text, nothing accepted
    accept: bool = False  # with `status`: the text is accepted nevertheless
    retry_after: Annotated[int, Meta(ge=0, le=86_400)] | None = None  # with `status`: the Retry-After header, seconds
    refuse: str = ""  # 201 with this word for the whole request and no recipients, e.g. InvalidSenderId
    code: Annotated[int, Meta(ge=100, le=599)] | None = None  # this statusCode for each recipient, e.g. 405
    reports: Reports = "normal"  # delivery reports: before the answer, each twice, last one first, or none
    failure: str = ""  # delivery fails, with this failureReason


def parse_behaviour(body: bytes) -> Behaviour:
    """A behaviour from JSON. Raises ValueError with the name of the field that is wrong."""
    return msgspec.json.decode(body, type=Behaviour)


class ActiveBehaviour:
    """The rule in force, counted down with every request; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rule = Behaviour()
        self._left = 0

    def set(self, rule: Behaviour) -> None:
        """Apply this rule to the next `rule.count` requests."""
        with self._lock:
            self._rule, self._left = rule, rule.count

    def take(self) -> Behaviour:
        """The behaviour for one request."""
        with self._lock:
            if self._left == 0:
                return Behaviour()
            self._left -= 1
            return self._rule

    def shown(self) -> dict[str, object]:
        """The answer to `GET /behaviour`: the requests left, and the rule while it applies."""
        with self._lock:
            rule = msgspec.to_builtins(self._rule) if self._left else {}
            return {"left": self._left, **{name: value for name, value in rule.items() if name != "count"}}
