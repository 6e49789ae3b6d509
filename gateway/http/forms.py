"""A callback's form, read strictly: a body that is damaged in any way is refused, never taken for an empty form.

Werkzeug's parser is forgiving (a bad escape becomes text, a field given twice is silently one) and costs 27 µs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

MOST_BYTES = 16 * 1024
MOST_FIELDS = 20
MOST_RAW = 64 * 1024  # of a body that is no form: one JSON call may hold many SMS
FORM = "application/x-www-form-urlencoded"

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Invisible characters that may not be kept: controls (a newline and a tab become a space), byte order mark, and the
# marks that turn the direction of the text around them. ZWNJ, ZWJ, LRM and RLM stay: Urdu and emoji need them.
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_UNWANTED = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")


class BadForm(Exception):
    """A body that is no form of ours: `problem` is one token for the log, the text a sentence for the sender."""

    def __init__(self, problem: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.problem = problem
        self.status = status


def receive(environ: Mapping[str, Any]) -> dict[str, str]:
    """The form of a WSGI request. Raises BadForm. The query string is never looked at, save to refuse one."""
    if environ["REQUEST_METHOD"] != "POST":
        raise BadForm("method", "Send a form by POST.")
    if environ.get("QUERY_STRING"):
        raise BadForm("query_string", "Send the fields in the body, not in the address.")
    kind = environ.get("CONTENT_TYPE") or ""
    if kind != FORM and not is_content_type(kind, FORM):
        raise BadForm("content_type", f"Send {FORM} in UTF-8.")
    return parse_form(body(environ))


def body(environ: Mapping[str, Any], most: int = MOST_BYTES) -> bytes:
    """The raw body, at most `most` bytes of it. Raises BadForm when it is longer, or ends before its stated length."""
    stated = environ.get("CONTENT_LENGTH")
    if stated:
        if not (stated.isascii() and stated.isdigit()):
            raise BadForm("length", "The length of the body is not a number.")
        wanted = int(stated) if len(stated) < 10 else most + 1
        if wanted > most:
            raise _too_long(most)
        raw = _read(environ, wanted)
        if len(raw) < wanted:
            raise BadForm("cut_short", "The body ended before its stated length.")
        return raw
    if not environ.get("wsgi.input_terminated"):
        return b""  # no length and no end: reading could wait for ever
    raw = _read(environ, most + 1)
    if len(raw) > most:
        raise _too_long(most)
    return raw


def parse_form(raw: bytes, most_fields: int = MOST_FIELDS) -> dict[str, str]:
    """Field -> value of an urlencoded body or query. Raises BadForm for anything that is not exactly one."""
    if len(raw) > MOST_BYTES:
        raise _too_long(MOST_BYTES)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _not_unicode() from None
    pairs = text.split("&", most_fields)
    if len(pairs) > most_fields:
        raise BadForm("too_many_fields", f"At most {most_fields} fields are read.")
    form: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadForm("not_a_form", "The body is not a form: name=value&name=value.")
        if "%" in name or "+" in name:
            name = _unescape(name)
        if "%" in value or "+" in value:
            value = _unescape(value)
        if name in form:
            raise BadForm("field_twice", "A field is given twice.")
        form[name] = value
    return form


def clean(text: str) -> str:
    """Free text fit to be stored, shown and logged by any of our stores: one line, no invisible controls."""
    if text.isprintable():  # a C loop: nearly every text ends here
        return text
    return _UNWANTED.sub("", _SPACES.sub(" ", text))


def shape(form: Mapping[str, Any]) -> dict[str, int]:
    """What may be kept of a form nobody could read: field names and lengths, never a value.

    A name that no aggregator would send is not kept either: the sender chose it, so it may say anything.
    """
    lengths = {name: len(value) if isinstance(value, str | list) else 0 for name, value in form.items()}
    return {name if re.fullmatch(r"[A-Za-z_]{1,24}", name) else "(other)": n for name, n in lengths.items()}


SHORT = 40  # characters


def _unescape(part: str) -> str:
    """A name or value without its escapes. Short ones are kept: codes and numbers come again with every hop."""
    return _unescaped_before(part) if len(part) <= SHORT else _unescaped(part)


def _unescaped(part: str) -> str:
    part = part.replace("+", " ")
    if "%" not in part:
        return part
    if _BROKEN_ESCAPE.search(part):
        raise BadForm("escape", "A percent sign is not followed by two hexadecimal digits.")
    try:
        return unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise _not_unicode() from None


_unescaped_before = lru_cache(maxsize=4096)(_unescaped)


def _read(environ: Mapping[str, Any], wanted: int) -> bytes:
    """Up to `wanted` bytes: a WSGI server may hand over fewer at a time."""
    stream = environ["wsgi.input"]
    raw: bytes = stream.read(wanted)
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
