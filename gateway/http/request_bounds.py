"""How large a request to the views of Flask may be: checked before its body is read, and before its fields are parsed.

Callbacks of aggregators have bounds of their own in gateway/http/forms.py. docs/operators/limits.md lists all of them.
"""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING, Any

from flask import Request
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
    RequestURITooLarge,
)
from werkzeug.formparser import FormDataParser

from gateway.http import forms

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_ANONYMOUS_BYTES = 16 * 1024  # a body of somebody who is not signed in
MOST_ANONYMOUS_FIELDS = 50
MOST_FORM_BYTES = 4 * 1024 * 1024  # a form of somebody who is signed in, without its files
MOST_UPLOAD_BYTES = 8 * 1024 * 1024  # the same with its files
MOST_FORM_FIELDS = 2000
MOST_NAME_LETTERS = 200  # of the name of a field
MOST_ADDRESS_BYTES = 8 * 1024  # path and query together
MOST_COOKIE_BYTES = 8 * 1024

_URLENCODED = "application/x-www-form-urlencoded"


class BoundedFormParser(FormDataParser):
    """Werkzeug's parser, which counts the fields of a plain form before it splits them.

    Werkzeug itself bounds the number of fields only in a multipart form: a megabyte of `a&` cost half a second.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        """The stream, fields and files. Raises RequestEntityTooLarge or BadRequest for more than the bounds allow."""
        if mimetype == _URLENCODED:
            if self.max_form_memory_size is not None and (content_length or 0) > self.max_form_memory_size:
                raise RequestEntityTooLarge
            raw = stream.read()
            if self.max_form_parts is not None and raw.count(b"&") >= self.max_form_parts:
                raise RequestEntityTooLarge(f"At most {self.max_form_parts:,} fields are read.")
            stream = io.BytesIO(raw)
        parsed = super().parse(stream, mimetype, content_length, options)
        if any(len(name) > MOST_NAME_LETTERS for fields in parsed[1:] for name in fields):
            raise BadRequest(f"A field has a name of more than {MOST_NAME_LETTERS} letters.")
        return parsed


class BoundedRequest(Request):
    """A request that reads what an anonymous sender may send, until `allow_uploads` says that it is someone we know."""

    form_data_parser_class = BoundedFormParser

    def __init__(self, environ: WSGIEnvironment, *given: Any, **options: Any) -> None:
        super().__init__(environ, *given, **options)
        self.max_content_length = self.max_form_memory_size = MOST_ANONYMOUS_BYTES
        self.max_form_parts = MOST_ANONYMOUS_FIELDS

    def allow_uploads(self) -> None:
        """Read forms and files as large as somebody who is signed in may send."""
        self.max_content_length, self.max_form_memory_size = MOST_UPLOAD_BYTES, MOST_FORM_BYTES
        self.max_form_parts = MOST_FORM_FIELDS


def refuse_long_head(environ: WSGIEnvironment) -> HTTPException | None:
    """The error for an address or cookies longer than any page of ours sends; None if neither is. Parses nothing.

    Some aggregators put a whole SMS into the address of a callback: that may be as long as another's body.
    """
    path = environ.get("PATH_INFO", "")
    most = forms.MOST_RAW if path.startswith("/hooks/") else MOST_ADDRESS_BYTES
    if len(path) + len(environ.get("QUERY_STRING", "")) > most:
        return RequestURITooLarge(f"An address has at most {most:,} bytes.")
    if len(environ.get("HTTP_COOKIE", "")) > MOST_COOKIE_BYTES:
        return RequestHeaderFieldsTooLarge(
            f"Cookies have at most {MOST_COOKIE_BYTES:,} bytes: delete those of this site."
        )
    return None
