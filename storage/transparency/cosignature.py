"""What a witness signs: that it saw this checkpoint, and no other history of the log (C2SP tlog-cosignature, Ed25519).

A cosignature is one more line of the signed note: four bytes of the key's id, eight of the time, and 64 of Ed25519 over
`cosignature/v1`, a line with the time, and the text of the checkpoint.
"""

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from storage.transparency.signed_note import NoteError

_TYPE = b"\x04"  # of the key, by tlog-cosignature
_SIZE = 4 + 8 + 64  # bytes of a signature
_NAME = re.compile(r"[^\s+]{1,120}")
_MARK = "\u2014 "
MOST_SIZE = 1 << 50


class WitnessKey(Struct, frozen=True):
    """The public key of a witness: its name, the four bytes that its signatures begin with, 32 bytes of Ed25519."""

    name: str
    id: bytes
    public: bytes


def parse_witness_key(text: str) -> WitnessKey:
    """The key in a line `name+hex+base64` whose base64 begins with B (the type 0x04). Raises NoteError."""
    parts = text.strip().split("+", 2)
    known = _bytes(parts[2]) if len(parts) == 3 else b""
    if len(known) != 33 or known[:1] != _TYPE or not _NAME.fullmatch(parts[0]):
        raise NoteError("This is no public key of a witness: it looks like name+1a2b3c4d+BE…")
    key = WitnessKey(parts[0], hashlib.sha256(f"{parts[0]}\n".encode() + known).digest()[:4], known[1:])
    if key.id.hex() != parts[1]:
        raise NoteError("The public key of a witness is damaged: its parts do not belong together.")
    return key


def cosignature_in(answer: str, note: str, key: WitnessKey) -> str:
    """The line of `answer` with which the witness `key` signed the checkpoint of `note`. Raises NoteError."""
    for line in answer.splitlines()[:32]:
        if line.startswith(f"{_MARK}{key.name} ") and _bytes(line.rpartition(" ")[2])[:4] == key.id:
            cosigned_at(line, note, key)
            return line
    raise NoteError(f"No signature of {key.name} in what it answered.")


def cosigned_at(line: str, note: str, key: WitnessKey) -> int:
    """When the witness signed the checkpoint of `note`, in seconds since 1970. Raises NoteError."""
    signature = _bytes(line.rpartition(" ")[2])
    if len(signature) != _SIZE:
        raise NoteError(f"The signature of {key.name} is malformed.")
    at = int.from_bytes(signature[4:12], "big")
    text = note.rpartition("\n\n")[0]
    said = f"cosignature/v1\ntime {at}\n{text}\n".encode()
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[12:], said)
    except InvalidSignature:
        raise NoteError(f"The signature of {key.name} is wrong.") from None
    return at


def has_cosigned(note: str, key: WitnessKey) -> bool:
    """True if a note already carries a right signature of this witness."""
    try:
        cosignature_in(note.rpartition("\n\n")[2], note, key)
    except NoteError:
        return False
    return True


def checkpoint_request(old: int, proof: list[bytes], note: str) -> bytes:
    """The body of add-checkpoint (C2SP tlog-witness): what the witness saw last, the proof from there, the note."""
    lines = [f"old {old}", *(base64.b64encode(each).decode() for each in proof)]
    return ("\n".join(lines) + "\n\n" + note).encode()


def size_in_conflict(body: bytes) -> int | None:
    """The size that a witness saw last, from the body of its answer 409; None if it says none."""
    text = body[:32].decode(errors="replace").removesuffix("\n")
    right = text.isascii() and text.isdecimal() and len(text) <= 16 and str(int(text)) == text
    return int(text) if right and int(text) <= MOST_SIZE else None


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
