"""Other bodies than the plain form of gateway/http/forms.py: JSON objects, queries, and forms with many fields."""

from typing import Any

import msgspec

from gateway.http import forms
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest

JSON = "application/json"
MOST_JSON_DEPTH = 16  # maps and lists within each other
MOST_JSON_VALUES = 5000


def json_object(inbound: InboundRequest, methods: tuple[str, ...] = ("POST",)) -> dict[str, Any]:
    """The JSON object of a body. Raises BadForm for anything else."""
    require_method(inbound, methods)
    require_content_type(inbound, JSON)
    try:
        read = msgspec.json.decode(inbound.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadForm("not_json", "The body is not JSON.") from None
    _refuse_large(read)
    if not isinstance(read, dict):
        raise BadForm("not_json", "The body is not a JSON object.")
    return read


def _refuse_large(read: Any) -> None:
    """Raise BadForm for more values, or deeper ones, than a callback of an aggregator has."""
    level, values = [read], 0
    for _ in range(MOST_JSON_DEPTH):
        inner: list[Any] = []
        for each in level:
            inner += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        values += len(inner)
        if values > MOST_JSON_VALUES:
            raise BadForm("too_many_values", f"At most {MOST_JSON_VALUES:,} values are read.")
        if not inner:
            return
        level = inner
    if any(isinstance(each, dict | list) for each in level):
        raise BadForm("too_deep", f"At most {MOST_JSON_DEPTH} maps and lists are read within each other.")


def form(inbound: InboundRequest, most_fields: int = forms.MOST_FIELDS) -> dict[str, str]:
    """A posted form that may have more fields than usual. A query beside it is ignored."""
    require_method(inbound, ("POST",))
    require_content_type(inbound, forms.FORM)
    return forms.parse_form(inbound.body, most_fields)


def query(inbound: InboundRequest, most_fields: int = forms.MOST_FIELDS) -> dict[str, str]:
    """The fields of a GET, from its query."""
    require_method(inbound, ("GET",))
    return forms.parse_form(inbound.query.encode("latin-1", "replace"), most_fields)


def form_or_query(inbound: InboundRequest, most_fields: int = forms.MOST_FIELDS) -> dict[str, str]:
    """The fields of a GET's query or a POST's body: some gateways let the operator choose the method."""
    return query(inbound, most_fields) if inbound.method == "GET" else form(inbound, most_fields)


def require_method(inbound: InboundRequest, methods: tuple[str, ...]) -> None:
    """Reject a request with another method."""
    if inbound.method not in methods:
        raise BadForm("method", f"Send it by {' or '.join(methods)}.")


def require_content_type(inbound: InboundRequest, kind: str) -> None:
    """Reject a body with another content type."""
    if not forms.is_content_type(inbound.content_type, kind):
        raise BadForm("content_type", f"Send {kind} in UTF-8.")
