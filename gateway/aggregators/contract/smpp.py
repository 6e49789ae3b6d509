"""Reading SMS from gateways in front of a telco's SMPP: texts come as raw octets in the telco's coding."""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from flows.text.gsm import BASIC, EXTENSION
from gateway.http import forms
from gateway.http.bodies import require_content_type, require_method
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest

_ESCAPE = 0x1B  # left out of gsm.BASIC, which is the table in order but for it; phones show a blank for a lone one
_GSM = dict(enumerate(BASIC[:_ESCAPE] + " " + BASIC[_ESCAPE:]))
_EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", EXTENSION, strict=True))
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
# Windows writes quotes and dashes where Latin-1 has controls.
_WINDOWS = {at: letter for at in range(0x80, 0xA0) if (letter := bytes([at]).decode("cp1252", "ignore"))}


def octets(inbound: InboundRequest, name: str) -> tuple[dict[str, str], bytes]:
    """The fields of a GET's query or a POST's body, without the field `name`, and that one as raw octets."""
    require_method(inbound, ("GET", "POST"))
    if inbound.method == "POST":
        require_content_type(inbound, forms.FORM)
    raw = inbound.query.encode("latin-1", "replace") if inbound.method == "GET" else inbound.body
    pairs = raw.split(b"&")
    mine = [pair for pair in pairs if pair.partition(b"=")[0] == name.encode()]
    if len(mine) > 1:
        raise BadForm("field_twice", "A field is given twice.")
    fields = forms.parse_form(b"&".join(pair for pair in pairs if pair not in mine))
    value = mine[0].partition(b"=")[2].replace(b"+", b" ") if mine else b""
    if _BROKEN_ESCAPE.search(value):
        raise BadForm("escape", "A percent sign is not followed by two hexadecimal digits.")
    return fields, unquote_to_bytes(value)


def decode_sms(raw: bytes, coding: int) -> str:
    """The text of an SMS by its SMPP data coding; octets that are not text become hexadecimal."""
    return reader(coding)(raw)


def storable_text(raw: bytes, text: str) -> str:
    """The text, or its octets in hexadecimal if none of it can be stored: no SMS is lost over its coding."""
    return text if forms.clean(text) else raw.hex()


def reader(coding: int) -> Callable[[bytes], str]:
    """The decoder for a data coding: below 16 by SMPP, above that by the groups of 3GPP TS 23.038."""
    match coding >> 4:
        case 0:
            return _SMPP.get(coding, as_octets)
        case 0x1 | 0x4 | 0x5:  # text with a message class, or that may be deleted once read
            return (as_gsm, as_octets, as_utf16, as_gsm)[coding >> 2 & 3]
        case 0x8 | 0x9 | 0xA | 0xB:  # reserved: to be taken for the default alphabet
            return as_gsm
        case 0xC | 0xD:  # a message waits
            return as_gsm
        case 0xE:
            return as_utf16
        case 0xF:
            return as_octets if coding & 4 else as_gsm
        case _:  # compressed, or no coding at all
            return as_octets


def as_gsm(raw: bytes) -> str:
    """The default alphabet; eight bits where seven were announced are UTF-8 or Latin-1."""
    return from_gsm(raw) if raw.isascii() else as_utf8(raw)


def from_gsm(raw: bytes) -> str:
    """GSM 03.38, one septet in each octet; an escape before a character that it does not change is skipped."""
    letters: list[str] = []
    escaped = False
    for octet in raw:
        if octet == _ESCAPE and not escaped:
            escaped = True
            continue
        letters.append(_EXTENDED.get(octet, _GSM.get(octet, " ")) if escaped else _GSM.get(octet, " "))
        escaped = False
    return "".join(letters) + (" " if escaped else "")


def as_utf8(raw: bytes) -> str:
    """UTF-8 if it is valid; otherwise Latin-1, in which every octet is a character."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return as_latin(raw)


def as_latin(raw: bytes) -> str:
    """Latin-1, with the characters of Windows-1252 where Latin-1 has controls."""
    return raw.decode("latin-1").translate(_WINDOWS)


def as_utf16(raw: bytes) -> str:
    """UCS-2, in which phones send UTF-16."""
    return raw.decode("utf-16-be", "replace")


def as_octets(raw: bytes) -> str:
    """Octets that may be anything: text if they are UTF-8 without controls, otherwise hexadecimal."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw.hex()
    return text if text.isprintable() else raw.hex()


def _single(codec: str) -> Callable[[bytes], str]:
    return lambda raw: raw.decode(codec, "replace")


_SMPP: dict[int, Callable[[bytes], str]] = {  # the others hold octets, or East Asian characters
    0: as_gsm,
    1: as_utf8,  # ASCII, which is UTF-8
    3: as_latin,
    6: _single("iso8859_5"),
    7: _single("iso8859_8"),
    8: as_utf16,
}
