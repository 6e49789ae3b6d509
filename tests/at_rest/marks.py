"""Numbers and words that are unmistakable, in every form in which they could be written, and a look for them.

All numbers of a run begin alike, and all words hold one of three markers, so a few patterns find any of them. A hash
has no pattern: each that somebody could make of a number without a key is computed, and looked for at every byte.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from tests.needles import HEAD, Heads

LETTERS = {"en": "bcdfghjkmnpqrstvwxz", "ur-Latn": "bcdfghjkmnpqrstvwxz", "ur": "ظقژڈغثذضصطچ"}
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256")
SIZES = (8, 16, 20, 32, 64)  # bytes of a BLAKE2 digest
SHORTEST = 6  # characters of an encoded form; a shorter one could stand somewhere by chance


class Marks:
    """The numbers and words of a run."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self._start = f"3{rng.randrange(10, 50)}{rng.randrange(100, 1000)}"
        self.words = {tag: "".join(rng.choice(letters) for _ in range(9)) for tag, letters in LETTERS.items()}

    def phone(self, at: int) -> str:
        """The number (E.164) of citizen `at`, below 10,000."""
        return f"+92{self._start}{at:04}"

    def needles(self) -> dict[bytes, str]:
        """Each form of a marker or of the beginning of a number, and what it is."""
        plain = {f"word ({tag})": word for tag, word in self.words.items()}
        starts = {"number": f"92{self._start}", "number as dialled": f"0{self._start}"}
        found = {form: f"{name}, {how}" for name, text in (plain | starts).items() for how, form in forms(text)}
        return {form: name for form, name in found.items() if not form.isdigit()}

    def pattern(self) -> re.Pattern[bytes]:
        """The last ten digits of any number of the run, but not in a longer number or in hex, where chance wrote it.

        Of the digits in a dump with some megabytes of hex, one run in twenty would have such a beginning.
        """
        before, after = rb"(?<![0-9a-f]{8})(?<![0-9]{5})", rb"(?![0-9a-f]{8})(?![0-9]{3})"
        return re.compile(before + self._start.encode() + rb"[0-9]{4}" + after)

    def digests(self, phones: Iterable[str], others: Iterable[str] = ()) -> dict[bytes, str]:
        """Hashes without a key of the numbers as people and programs write them, and of other texts."""
        texts = [spelt for phone in phones for spelt in spellings(phone)]
        return {digest: f"{how} of {text}" for text in (*texts, *others) for how, digest in hashes(text.encode())}


def spellings(phone: str) -> tuple[str, ...]:
    """A number as it is usually written."""
    national = phone.removeprefix("+92")
    return phone, f"92{national}", f"0{national}", national, f"0092{national}", f"tel:{phone}"


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    """A text as bytes that hold it, by how it is written."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = text.encode(encoding)
        yield encoding, raw
        yield f"{encoding}, hex", raw.hex().encode()
        yield f"{encoding}, HEX", raw.hex().upper().encode()
        for shift in range(3):
            inside = encoded_inside(raw, shift)
            yield f"{encoding}, base64 at {shift}", inside
            yield f"{encoding}, base64url at {shift}", inside.translate(bytes.maketrans(b"+/", b"-_"))
    if not text.isascii():
        escaped = json.dumps(text)[1:-1]
        yield "JSON", escaped.encode()
        yield "JSON twice", json.dumps(escaped)[1:-1].encode()
        yield "percent", quote(text).encode()
        yield "percent, lower", quote_plus(text).lower().encode()
    yield "all percent", "".join(f"%{each:02X}" for each in text.encode()).encode()
    if not text.isdigit():
        yield "backwards", text[::-1].encode()


def encoded_inside(raw: bytes, shift: int) -> bytes:
    """The characters of base64 that `raw` has wherever it stands `shift` bytes after a multiple of three."""
    before = {0: 0, 1: 2, 2: 3}[shift]  # characters that depend on what stands before
    whole = base64.b64encode(bytes(shift) + raw)
    after = {0: 0, 1: 3, 2: 2}[(shift + len(raw)) % 3]  # "=" and the character that depends on what follows
    return whole[before : len(whole) - after]


def hashes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Its hashes that need no key, by name."""
    for name in DIGESTS:
        yield name, hashlib.new(name, raw).digest()
        yield f"HMAC-{name} without a key", hmac.digest(b"", raw, name)
    for size in SIZES:
        yield f"BLAKE2b of {size} bytes", hashlib.blake2b(raw, digest_size=size).digest()
    yield "BLAKE2s", hashlib.blake2s(raw).digest()


class Search:
    """Looks for needles, and for digests as bytes, hex and base64."""

    def __init__(self, marks: Marks, digests: dict[bytes, str]) -> None:
        self._pattern, needles = marks.pattern(), marks.needles()
        self._needles = {form: name for form, name in needles.items() if len(form) >= SHORTEST}
        self._written: dict[bytes, str] = {}
        for digest, name in digests.items():
            for form in (digest, digest.hex().encode(), digest.hex().upper().encode(), base64.b64encode(digest)):
                self._written[form[: 2 * HEAD]] = name
        self._heads = Heads(self._written)

    def found(self, data: bytes) -> list[str]:
        """What stands in the data."""
        found = [name for form, name in self._needles.items() if form in data]
        found += [f"number, {hit.decode()}" for hit in self._pattern.findall(data)]
        return [*found, *self._digests(data)]

    def _digests(self, data: bytes) -> Iterator[str]:
        for place in self._heads.places(data):
            for size in (2 * HEAD, HEAD):  # a digest of eight bytes is whole
                if (name := self._written.get(data[place : place + size])) is not None:
                    yield name
                    break
