"""How much room words take on a phone: GSM-7 septets or UCS-2 units, SMS parts, and what flips the encoding.

Tables: 3GPP TS 23.038 6.2.1 (default alphabet and its extension). Urdu is counted as UCS-2, because no HTTP
aggregator lets a sender choose the Urdu shift tables.
"""

import re
import unicodedata
from typing import Literal

from msgspec import Struct

# ESC (0x1B) is left out on purpose: it is not a character, and it would change the one after it.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"  # an escape and a character: two septets

SINGLE = {"GSM-7": 160, "UCS-2": 70}  # units in an SMS of one part: 140 octets
PART = {"GSM-7": 153, "UCS-2": 67}  # units in each part of a longer one: the header takes six octets

Encoding = Literal["GSM-7", "UCS-2"]

_ASCII_BASIC = "".join(filter(str.isascii, BASIC)).encode()
_ASCII_GSM = _ASCII_BASIC + "".join(filter(str.isascii, EXTENSION)).encode()
_ALL_GSM = re.compile(f"[{re.escape(BASIC + EXTENSION)}]*")
_OUTSIDE = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(EXTENSION)}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Measure(Struct, frozen=True, gc=False):
    """The encoding a text needs and its length in septets (GSM-7) or UTF-16 code units (UCS-2)."""

    encoding: Encoding
    units: int


def measure(text: str) -> Measure:
    """The encoding and units of `text`. It runs in every hop, so it has no Python loop over characters."""
    if text.isascii():
        octets = text.encode()
        wide = octets.translate(None, _ASCII_BASIC)  # what remains is escaped, or outside GSM-7
        if not wide:
            return Measure("GSM-7", len(octets))
        if not wide.translate(None, _ASCII_GSM):
            return Measure("GSM-7", len(octets) + len(wide))
        return Measure("UCS-2", len(octets))
    if _ALL_GSM.fullmatch(text):
        return Measure("GSM-7", len(text) + len(_EXTENDED.findall(text)))
    # A lone surrogate cannot reach us (strict UTF-8), but measuring must not fail.
    return Measure("UCS-2", len(text.encode("utf-16-le", "surrogatepass")) // 2)


def parts(text: str) -> int:
    """How many SMS `text` is sent and charged as; an empty text is one."""
    size = measure(text)
    if size.units <= SINGLE[size.encoding]:
        return 1
    if size.units == len(text):  # no character is two units wide, so none can straddle two parts
        return -(-size.units // PART[size.encoding])
    return len(split(text))


def split(text: str) -> list[str]:
    """`text` as the SMS parts it is sent in. A two-unit character never straddles two parts."""
    size = measure(text)
    if size.units <= SINGLE[size.encoding]:
        return [text]
    wide = _EXTENDED if size.encoding == "GSM-7" else _ASTRAL
    room = PART[size.encoding]
    packed: list[str] = []
    start = 0
    while start < len(text):
        end = _end_of_part(text, start, room, wide)
        packed.append(text[start:end])
        start = end
    return packed


def _end_of_part(text: str, start: int, room: int, wide: re.Pattern[str]) -> int:
    """Where the part beginning at `start` ends: shrink a slice until its units fit."""
    end = min(start + room, len(text))
    while (over := end - start + len(wide.findall(text, start, end)) - room) > 0:
        # Each character removed frees at most two units, so none that would have fitted is removed.
        end -= (over + 1) // 2
    return end


def flips(text: str) -> tuple[str, ...]:
    """The characters that keep `text` out of GSM-7, each once, in order of first appearance."""
    return tuple(dict.fromkeys(_OUTSIDE.findall(text)))


def _all(characters: str, by: str) -> dict[int, str]:
    return {ord(character): by for character in characters}


class _Lookalikes(dict[int, str]):
    """Characters and their GSM-7 replacements; digits of any script and compatibility forms (½ ™ Ａ) are computed."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter.isdecimal():
            return str(unicodedata.decimal(letter))
        if not unicodedata.decomposition(letter).startswith(
            "<"
        ):  # é is not e: accents are part of the spelling, and stay
            raise LookupError
        plain = unicodedata.normalize("NFKC", letter).translate(_MARKS)
        if not _ALL_GSM.fullmatch(plain):
            raise LookupError
        return plain


_MARKS = {
    **_all("`´‘’‚‛′ʹʻʼʽˈ‵＇", "'"),
    **_all("“”„‟″«»‶＂", '"'),
    **_all("‹〈", "<"),
    **_all("›〉", ">"),
    **_all("‐‑‒–—―−﹘﹣－•·‣∙‧⁃●▪◦⋅", "-"),
    **_all("…", "..."),
    **_all("⁄∕", "/"),
    **_all("×", "x"),
    **_all("،٬", ","),  # from Urdu keyboards, in words in Latin letters
    **_all("۔٫", "."),
    **_all("؛", ";"),
    **_all("؟", "?"),
    **_all("٪", "%"),
    **_all("٭", "*"),
    **_all("₨₹", "Rs"),
    **_all("©", "(c)"),
    **_all("®", "(R)"),
    **_all("\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **_all("\v\u0085\u2028\u2029", "\n"),
    **_all("\x00\x1b\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f", ""),
    **_all("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", ""),  # direction marks
}
_LOOKALIKES = _Lookalikes({**_MARKS, **{ord(letter): letter for letter in BASIC + EXTENSION}})


def to_gsm(text: str) -> str:
    """`text` with typographic quotes, dashes, dots, spaces, digits and invisible marks as GSM-7; other letters stay.

    It is meant for texts sent as GSM-7: joiners that shape Urdu words and Urdu punctuation are replaced too.
    """
    return text if _ALL_GSM.fullmatch(text) else text.translate(_LOOKALIKES)


def plainest(text: str) -> str:
    """`text` without typographic marks if that keeps it out of UCS-2, otherwise unchanged."""
    plain = to_gsm(text)
    return plain if measure(plain).encoding == "GSM-7" else text
