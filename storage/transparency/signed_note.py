"""Checkpoints and the keys that sign them: C2SP signed-note and tlog-checkpoint, with Ed25519.

A checkpoint says the size and the root of a log. Its keys are lines of text, as `golang.org/x/mod/sumdb/note` writes
them: `PRIVATE+KEY+name+hex+base64` and, for those who check, `name+hex+base64`.
"""

import base64
import binascii
import hashlib
from collections.abc import Collection

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

LARGEST = 16_384  # bytes of a checkpoint; one with a dozen witnesses has 2,000
MOST_SIGNATURES = 32
MOST_LEAVES = 1 << 50
_ED25519 = b"\x01"
_MARK = "\u2014 "  # before each signature
_PRIVATE = "PRIVATE+KEY+"


class NoteError(ValueError):
    """A key or a checkpoint cannot be read, or its signature is missing or wrong."""


class Checkpoint(Struct, frozen=True):
    """What a log said of itself: its origin, how many entries it has, and the root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes


class VerifyKey(Struct, frozen=True):
    """The public key of a log: its name, the four bytes that signatures begin with, and 32 bytes of Ed25519."""

    name: str
    id: bytes
    public: bytes

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_text(_ED25519 + self.public)}"


class SigningKey(Struct, frozen=True):
    """The private key of a log. Its text is a secret, and its repr does not hold it."""

    verify_key: VerifyKey
    seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.verify_key.name})"

    @property
    def secret_text(self) -> str:
        """The line for a file that only the service can read."""
        return f"{_PRIVATE}{self.verify_key.name}+{self.verify_key.id.hex()}+{_text(_ED25519 + self.seed)}"


def new_key(name: str) -> SigningKey:
    """A new key for the log `name`. Raises NoteError for a name that no note can have."""
    private = Ed25519PrivateKey.generate()
    return _signing_key(name, private.private_bytes_raw())


def parse_signing_key(text: str) -> SigningKey:
    """The private key that a file holds. Raises NoteError, whose text never repeats the key."""
    parts = text.strip().removeprefix(_PRIVATE).split("+", 2)
    if not text.strip().startswith(_PRIVATE) or len(parts) != 3:
        raise NoteError("This is no signing key: it begins with PRIVATE+KEY+. Make one with `flask audit keygen`.")
    seed = _bytes(parts[2])
    key = _signing_key(parts[0], seed[1:]) if seed[:1] == _ED25519 and len(seed) == 33 else None
    if key is None or key.verify_key.id.hex() != parts[1]:
        raise NoteError("The signing key is damaged: its parts do not belong together.")
    return key


def parse_verify_key(text: str) -> VerifyKey:
    """The public key in a line `name+hex+base64`. Raises NoteError."""
    parts = text.strip().split("+", 2)
    known = _bytes(parts[2]) if len(parts) == 3 else b""
    if len(known) != 33 or known[:1] != _ED25519:
        raise NoteError("This is no public key of a log: it looks like name+1a2b3c4d+AZ…")
    key = _verify_key(parts[0], known[1:])
    if key.id.hex() != parts[1]:
        raise NoteError("The public key is damaged: its parts do not belong together.")
    return key


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note of a checkpoint, whose origin is the key's name."""
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_text(checkpoint.root)}\n"
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(text.encode())
    return f"{text}\n{_MARK}{key.verify_key.name} {_text(key.verify_key.id + signature)}\n"


def parse_checkpoint(note: str, keys: Collection[VerifyKey]) -> Checkpoint:
    """The checkpoint in a note that one of `keys` signed. Other signatures are ignored: so keys can be replaced.

    Raises NoteError if it is malformed, if no signature is by one of the keys, or if one that claims to be is wrong.
    """
    if len(note.encode()) > LARGEST:
        raise NoteError(f"More than {LARGEST:,} bytes: this is no checkpoint.")
    text, found, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if not found or not lines or len(lines) > MOST_SIGNATURES or not signatures.endswith("\n"):
        raise NoteError("This is no signed checkpoint: its text, an empty line and its signatures.")
    signed = [_is_signed(text + "\n", line, keys) for line in lines]
    if not any(signed):
        raise NoteError(f"No signature of {', '.join(sorted(str(key.name) for key in keys)) or 'a known key'}.")
    parts = text.split("\n")
    root = _bytes(parts[2]) if len(parts) == 3 else b""
    if len(root) != 32 or not parts[0] or not parts[1].isascii() or not parts[1].isdecimal():
        raise NoteError("The checkpoint has not the three lines origin, size and root.")
    if len(parts[1]) > 16 or str(int(parts[1])) != parts[1] or int(parts[1]) > MOST_LEAVES:
        raise NoteError("The size of the checkpoint is no number that a log can have.")
    if parts[0] not in {key.name for key in keys}:
        raise NoteError(f"The checkpoint is of another log: {parts[0]!r}.")
    return Checkpoint(parts[0], int(parts[1]), root)


def _is_signed(text: str, line: str, keys: Collection[VerifyKey]) -> bool:
    """True for a right signature by one of the keys, False for one by somebody else."""
    name, _, value = line.removeprefix(_MARK).partition(" ")
    signature = _bytes(value)
    if not line.startswith(_MARK) or len(signature) < 5:
        raise NoteError("A line of signature is malformed.")
    for key in keys:
        if key.name == name and key.id == signature[:4]:
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise NoteError(f"The signature of {name} is wrong: the checkpoint was changed.") from None
            return True
    return False


def _signing_key(name: str, seed: bytes) -> SigningKey:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return SigningKey(_verify_key(name, public), seed)


def _verify_key(name: str, public: bytes) -> VerifyKey:
    if not name or "+" in name or len(name) > 120 or any(each.isspace() or not each.isprintable() for each in name):
        raise NoteError("The name of a log is a word without spaces and +, such as sunwai.example.org/line.")
    return VerifyKey(name, hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4], public)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: str) -> bytes:
    """The bytes of a base64 text, b"" if it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
