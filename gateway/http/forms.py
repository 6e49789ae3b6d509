"""Strict parsing of a callback's form: a body that is damaged in any way is rejected, never read as an empty form.

Werkzeug's parser is lenient (a bad escape becomes text, a repeated field is dropped silently) and takes 27 µs.
"""

import re
from collections.abc import Callable, Mapping
from operator import methodcaller
from typing import Any
from urllib.parse import unquote_to_bytes

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
MOST_RAW = 64 * 1024  # for a body that is not a form: one JSON call may contain many SMS
FORM = "application/x-www-form-urlencoded"

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Invisible characters that are removed: controls (newline and tab become a space), the byte order mark, and the marks
# that change the direction of the text around them. ZWNJ, ZWJ, LRM and RLM stay: Urdu and emoji need them.
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_NAME_AND_VALUE = methodcaller("split", "=", 1)
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


class BadForm(Exception):
    """A body that cannot be read as a form. `problem` is a token for the log; the text is a sentence for the sender."""

    def __init__(self, problem: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.problem = problem
        self.status = status


def receive(environ: Mapping[str, Any], read: Callable[[], bytes] | None = None) -> dict[str, str]:
    """The form of a WSGI request. Raises BadForm. A query string is rejected.

    `read` returns its body, if that may have been read before.
    """
    if environ["REQUEST_METHOD"] != "POST":
        raise BadForm("method", "Send a form by POST.")
    if environ.get("QUERY_STRING"):
        raise BadForm("query_string", "Send the fields in the body, not in the address.")
    kind = environ.get("CONTENT_TYPE") or ""
    if kind != FORM and not is_content_type(kind, FORM):
        raise BadForm("content_type", f"Send {FORM} in UTF-8.")
    return parse_form(body(environ) if read is None else read())


def body(environ: Mapping[str, Any], most: int = MOST_BYTES) -> bytes:
    """The raw body, of at most `most` bytes. Raises BadForm if it is longer, or shorter than its stated length."""
    stated = environ.get("CONTENT_LENGTH")
    if stated:
        if not (stated.isascii() and stated.isdigit()):
            raise BadForm("length", "The length of the body is not a number.")
        wanted = int(stated) if len(stated) < 10 else most + 1
        if wanted > most:
            raise _too_long(most)
        raw: bytes = environ["wsgi.input"].read(wanted)
        if len(raw) < wanted:
            raw = _read_on(environ, wanted, raw)
            if len(raw) < wanted:
                raise BadForm("cut_short", "The body ended before its stated length.")
        return raw
    if not environ.get("wsgi.input_terminated"):
        return b""  # neither a length nor an end: reading could block forever
    raw = _read_on(environ, most + 1, b"")
    if len(raw) > most:
        raise _too_long(most)
    return raw


def parse_form(raw: bytes, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """Field -> value of a URL-encoded body or query. Raises BadForm for anything else."""
    if len(raw) > MOST_BYTES:
        raise _too_long(MOST_BYTES)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _not_unicode() from None
    plain = text.replace("+", " ").replace("%2B", "+").replace("%2A", "*").replace("%23", "#")
    escaped = "%" in plain  # by more than numbers and codes have, which stands for nothing that separates fields
    pairs = (text if escaped else plain).split("&", most_fields)
    if len(pairs) > most_fields:
        raise BadForm("too_many_fields", f"At most {most_fields} fields are read.")
    try:
        form: dict[str, str] = dict(map(_NAME_AND_VALUE, pairs))
    except ValueError:
        raise BadForm("not_a_form", "The body is not a form: name=value&name=value.") from None
    if escaped:
        form = {_unescape(name): _unescape(value) for name, value in form.items()}
    if len(form) < len(pairs):
        raise BadForm("field_twice", "A field is given twice.")
    return form


def clean(text: str) -> str:
    """Free text on one line without invisible controls, which every store can hold."""
    if text.isprintable():  # a loop in C: nearly every text returns here
        return text
    return _UNWANTED.sub("", _SPACES.sub(" ", text))


def shape(form: Mapping[str, Any]) -> dict[str, int]:
    """What may be stored of a form that could not be read: field names and lengths, never a value.

    A name that no aggregator would send is not stored either: the sender chose it, so it may contain anything.
    """
    lengths = {name: len(value) if isinstance(value, str | list) else 0 for name, value in form.items()}
    return {name if re.fullmatch(r"[A-Za-z_]{1,24}", name) else "(other)": n for name, n in lengths.items()}


def _unescape(part: str) -> str:
    """A name or value without its escapes."""
    part = part.replace("+", " ")
    if "%" not in part:
        return part
    if _BROKEN_ESCAPE.search(part):
        raise BadForm("escape", "A percent sign is not followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise _not_unicode() from None


def _read_on(environ: Mapping[str, Any], wanted: int, raw: bytes) -> bytes:
    """Up to `wanted` bytes, of which `raw` was read: a WSGI server may hand over fewer at a time."""
    stream = environ["wsgi.input"]
    while len(raw) < wanted:
        more = stream.read(wanted - len(raw))
        if not more:
            break
        raw += more
    return raw


def is_content_type(given: str, kind: str) -> bool:
    """Whether a content type is `kind` in UTF-8."""
    name, _, parameters = given.partition(";")
    charset = parameters.strip().lower().replace('"', "")
    return name.strip().lower() == kind and charset in ("", "charset=utf-8", "charset=utf8")


def _too_long(most: int) -> BadForm:
    return BadForm("too_long", f"The body is longer than {most} bytes.", 413)


def _not_unicode() -> BadForm:
    return BadForm("not_unicode", "The body is not UTF-8.")
