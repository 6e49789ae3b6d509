"""Trials of the bounds on callbacks of aggregators: forms, other bodies, JSON, and the letters of an SMS."""

from __future__ import annotations

import io
import json

from flows.text.normalization import words
from gateway.http import bodies, forms
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest


def form_bytes(size: int) -> str:
    return _form(b"text=" + b"a" * (size - len(b"text=")))


def form_fields(size: int) -> str:
    return _form("&".join(f"{number}=" for number in range(size)).encode())


def body_bytes(size: int) -> str:
    return _json(b'{"text":"' + b"a" * (size - len(b'{"text":""}')) + b'"}')


def json_depth(size: int) -> str:
    return _json(b'{"a":' * size + b"1" + b"}" * size)


def json_values(size: int) -> str:
    return _json(json.dumps({"a": [0] * (size - 1)}, separators=(",", ":")).encode())


def letters(size: int) -> str:
    said = words("a " * (size // 2))
    assert sum(len(word.folded) for word in said) <= size
    return ""


def _environ(raw: bytes, kind: str) -> dict[str, object]:
    length = str(len(raw))
    return {"REQUEST_METHOD": "POST", "CONTENT_TYPE": kind, "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(raw)}


def _form(raw: bytes) -> str:
    try:
        forms.receive(_environ(raw, forms.FORM))
    except BadForm as error:
        return str(error)
    return ""


def _json(raw: bytes) -> str:
    try:
        bodies.json_object(InboundRequest(_environ(raw, bodies.JSON)))
    except BadForm as error:
        return str(error)
    return ""
