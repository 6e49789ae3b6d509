"""What gateways in front of a telco's SMPP have in common: texts come as raw octets in the telco's own coding."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from flows.gsm import BASIC, EXTENSION
from gateway import forms
from gateway.bodies import kind_is, method_is
from gateway.forms import BadForm
from gateway.knock import Knock

_ESCAPE = 0x1B  # left out of gsm.BASIC, which is the table in order but for it
_GSM = dict(enumerate(BASIC[:_ESCAPE] + "\x1b" + BASIC[_ESCAPE:]))
_EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", EXTENSION, strict=True))
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CODECS = {1: "ascii", 3: "latin-1", 8: "utf-16-be"}


def octets(knock: Knock, name: str) -> tuple[dict[str, str], bytes]:
    """The fields of a GET's query or a POST's body, but for `name`: that one as raw octets, empty if missing."""
    method_is(knock, ("GET", "POST"))
    if knock.method == "POST":
        kind_is(knock, forms.FORM)
    raw = knock.query.encode("latin-1", "replace") if knock.method == "GET" else knock.body
    pairs = raw.split(b"&")
    mine = [pair for pair in pairs if pair.partition(b"=")[0] == name.encode()]
    if len(mine) > 1:
        raise BadForm("field_twice", "A field is given twice.")
    fields = forms.read(b"&".join(pair for pair in pairs if pair not in mine))
    value = mine[0].partition(b"=")[2].replace(b"+", b" ") if mine else b""
    if _BROKEN_ESCAPE.search(value):
        raise BadForm("escape", "A percent sign is not followed by two hexadecimal digits.")
    return fields, unquote_to_bytes(value)


def decoded(raw: bytes, coding: int) -> str:
    """The words of an SMS by its SMPP data coding. Raises BadForm for a coding that holds no words."""
    if coding == 0:
        return from_gsm(raw) if raw.isascii() else as_utf8(raw)
    if coding not in _CODECS:
        raise BadForm("coding", "The text is in a coding that holds no words.")
    return raw.decode(_CODECS[coding], "replace")


def from_gsm(raw: bytes) -> str:
    """GSM 03.38, one septet an octet; an escape before a letter it does not change is passed over."""
    letters: list[str] = []
    escaped = False
    for octet in raw:
        if octet == _ESCAPE and not escaped:
            escaped = True
            continue
        letters.append(_EXTENDED.get(octet, _GSM.get(octet, " ")) if escaped else _GSM.get(octet, " "))
        escaped = False
    return "".join(letters)


def as_utf8(raw: bytes) -> str:
    """UTF-8 where it is; else Latin-1, in which every octet is a letter: an SMS is not lost over its coding."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
