"""Keys derived from the console's key, and secrets encrypted with one of them."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@lru_cache(maxsize=32)
def derive_key(key: str, purpose: str) -> bytes:
    """32 bytes for one purpose; they reveal neither the key nor the bytes for another purpose."""
    return HKDF(SHA256(), length=32, salt=None, info=f"sunwai console {purpose}".encode()).derive(key.encode())


def seal(key: str, secret: str) -> str:
    """Encrypt a secret."""
    return _box(key).encrypt(secret.encode()).decode()


def unseal(key: str, sealed: str) -> str | None:
    """Decrypt a secret; None if it was encrypted with another key, or altered."""
    try:
        return _box(key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive_key(key, "second factor")))
