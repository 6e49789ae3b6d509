"""Trials of the bounds on requests to pages: what is answered to a body, an address or cookies of some size."""

from __future__ import annotations

import io
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from gateway.http.request_bounds import BoundedRequest, refuse_long_head

FORM = "application/x-www-form-urlencoded"
JUST_WORDS = b"text="


def anonymous_bytes(size: int) -> str:
    return _form(JUST_WORDS + b"a" * (size - len(JUST_WORDS))) if size < 10**6 else _stated(size)


def anonymous_fields(size: int) -> str:
    return _form(b"&".join([b"a="] * size))


def form_bytes(size: int) -> str:
    return (
        _form(JUST_WORDS + b"a" * (size - len(JUST_WORDS)), known=True) if size < 10**7 else _stated(size, known=True)
    )


def form_fields(size: int) -> str:
    return _form(b"&".join([b"a="] * size), known=True)


def upload_bytes(size: int) -> str:
    if size > 10**7:
        return _stated(size, known=True)
    around = len(_file(0)[0])
    return _form(*_file(size - around), known=True)


def name_letters(size: int) -> str:
    return _form(b"n" * size + b"=1", known=True)


def address_bytes(size: int) -> str:
    return _head(PATH_INFO="/console/", QUERY_STRING="a" * (size - len("/console/")))


def cookie_bytes(size: int) -> str:
    return _head(HTTP_COOKIE="a" * size)


def _file(size: int) -> tuple[bytes, str]:
    content = (b"x" * 99 + b"\n") * (size // 100) + b"x" * (size % 100)
    head = b'--edge\r\nContent-Disposition: form-data; name="list"; filename="list.csv"\r\n\r\n'
    return head + content + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"


class Unread(io.BytesIO):
    """The body of a request that must be refused by its stated length."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError(f"{size} bytes of a body were read that is too long")


def _stated(size: int, *, known: bool = False) -> str:
    return _parsed(Unread(), size, FORM, known=known)


def _form(raw: bytes, kind: str = FORM, *, known: bool = False) -> str:
    return _parsed(io.BytesIO(raw), len(raw), kind, known=known)


def _parsed(body: io.BytesIO, size: int, kind: str, *, known: bool) -> str:
    environ = EnvironBuilder(method="POST", input_stream=body, content_type=kind).get_environ()
    environ["CONTENT_LENGTH"] = str(size)
    request = BoundedRequest(environ)
    if known:
        request.allow_uploads()
    try:
        assert request.form is not None
    except HTTPException as error:
        return f"{error.code} {error.description}"
    return ""


def _head(**environ: Any) -> str:
    refused = refuse_long_head(environ)
    return "" if refused is None else f"{refused.code} {refused.description}"
