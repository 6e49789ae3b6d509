"""Reading SMS from gateways in front of a telco's SMPP: texts come as raw octets in the telco's coding."""

import re
from collections.abc import Callable, Collection, Sequence
from urllib.parse import unquote_to_bytes

from flows.text.gsm import BASIC, EXTENSION
from gateway.http import forms
from gateway.http.bodies import require_content_type, require_method
from gateway.http.forms import BadForm
from gateway.http.inbound_request import InboundRequest
from sessions.messages.inbound_types import SmsPart

_ESCAPE = 0x1B  # left out of gsm.BASIC, which is the table in order but for it; phones show a blank for a lone one
_GSM = dict(enumerate(BASIC[:_ESCAPE] + " " + BASIC[_ESCAPE:]))
_EXTENDED = dict(zip(b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", EXTENSION, strict=True))
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_PARTS = (0x00, 0x08)  # elements of a header: the part of a long text, with a reference of 8 or 16 bits
_ELEMENTS = {0x00: 3, 0x08: 4, 0x24: 1, 0x25: 1}  # … and the alphabet of a language, with the size of each
LONGEST_CODING = 3  # digits
# Windows writes quotes and dashes where Latin-1 has controls.
_WINDOWS = {at: letter for at in range(0x80, 0xA0) if (letter := bytes([at]).decode("cp1252", "ignore"))}


def octets(
    inbound: InboundRequest, texts: Collection[str], raw: Collection[str]
) -> tuple[dict[str, str], dict[str, bytes]]:
    """The fields `texts` of a GET's query or a POST's body as text, and the fields `raw` as octets, b"" if missing.

    Other fields are not looked at: an SMS is not lost because its validity or its connector cannot be read.
    """
    require_method(inbound, ("GET", "POST"))
    if inbound.method == "POST":
        require_content_type(inbound, forms.FORM)
    whole = inbound.query.encode("latin-1", "replace") if inbound.method == "GET" else inbound.body
    pairs = [(name.decode("latin-1"), pair) for pair in whole.split(b"&") for name in [pair.partition(b"=")[0]]]
    fields = forms.parse_form(b"&".join(pair for name, pair in pairs if name in texts))
    return fields, {name: _octets_of([pair for found, pair in pairs if found == name]) for name in raw}


def _octets_of(pairs: Sequence[bytes]) -> bytes:
    if len(pairs) > 1:
        raise BadForm("field_twice", "A field is given twice.")
    value = pairs[0].partition(b"=")[2].replace(b"+", b" ") if pairs else b""
    if _BROKEN_ESCAPE.search(value):
        raise BadForm("escape", "A percent sign is not followed by two hexadecimal digits.")
    return unquote_to_bytes(value)


def coding_number(raw: bytes) -> int:
    """A data coding that is written in digits or is the octet itself, as Jasmin sends it. Raises BadForm.

    A single digit is read as a digit: the codings 0x30 to 0x39 are reserved.
    """
    if not raw:
        return 0
    if raw.isdigit() and len(raw) <= LONGEST_CODING:
        return int(raw)
    if len(raw) == 1:
        return raw[0]
    raise BadForm("coding", "The coding is neither an octet nor a number.")


def split_header(raw: bytes) -> tuple[SmsPart | None, bytes]:
    """What the user data header before a text says (3GPP TS 23.040, 9.2.3.24), and the text without it.

    (None, all of it) if the octets begin with no such header.

    Only headers that say which part this is, or which alphabet it uses, are recognised: other octets may be text.
    """
    length = raw[0] + 1 if raw else 0
    if not 3 < length <= len(raw):
        return None, raw
    at, found, known = 1, SmsPart(0, 1, 1), False
    while at < length:
        kind, size = raw[at], raw[at + 1] if at + 1 < length else 255
        value = raw[at + 2 : at + 2 + size]
        at += 2 + size
        if at > length:
            return None, raw
        if _ELEMENTS.get(kind) != size:
            continue
        known = True
        if kind in _PARTS:
            found = SmsPart(int.from_bytes(value[:-2]), value[-2], value[-1])
    if not known or not 1 <= found.number <= found.total:
        return None, raw
    return found, raw[length:]


def part_of(header: SmsPart | None) -> SmsPart | None:
    """Which part of a long SMS it is; None for one that is whole, whatever its header says."""
    return header if header is not None and header.total > 1 else None


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
