"""The answer to a sent text, read with care: its JSON object, and an acceptance with an id that reports can name."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.aggregators.contract.payload_fields import MESSAGE_ID, as_text
from gateway.http.forms import clean
from sessions.delivery.outcome_types import Acceptance

MOST_PARTS = 999


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body, whatever its content type says; empty for anything else."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}


def accept(provider_id: object, parts: object = None, cost: object = None) -> Acceptance:
    """An acceptance. What is no id, no number of parts or no price is left out: no report will match it then."""
    counted = as_text(parts) or ""
    whole = int(counted) if counted.isascii() and counted.isdigit() and len(counted) < 4 else 0
    known = isinstance(provider_id, str) and provider_id != "None" and MESSAGE_ID.fullmatch(provider_id)
    return Acceptance(
        provider_id=str(provider_id) if known else "",
        parts=whole or None,
        cost=clean(str(cost))[:32] or None if cost is not None else None,
    )
