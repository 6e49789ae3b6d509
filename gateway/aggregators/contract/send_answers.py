"""The answer to a sent text, read with care: its JSON object, and an acceptance with an id that reports can name."""

from typing import Any

import msgspec

from gateway.aggregators.contract.payload_fields import MESSAGE_ID, as_text
from gateway.http.forms import clean
from sessions.delivery.outcome_types import Acceptance


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, whatever its content type says; empty for anything else."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}


def as_count(value: object) -> int | None:
    """A small whole number, also where it is written as text."""
    text = as_text(value) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def accept(provider_id: object, parts: object = None, cost: object = None) -> Acceptance:
    """An acceptance. An id or a number of parts that cannot be used is left out; without an id no report matches it."""
    known = isinstance(provider_id, str) and provider_id != "None" and MESSAGE_ID.fullmatch(provider_id)
    return Acceptance(
        provider_id=str(provider_id) if known else "",
        parts=parts if isinstance(parts, int) and 0 < parts < 1000 else None,
        cost=clean(str(cost))[:32] or None if cost is not None else None,
    )
