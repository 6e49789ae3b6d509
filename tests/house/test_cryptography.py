"""docs/operators/cryptography.md lists every algorithm that the code uses, where, and every secret of the settings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.settings import loader

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operators/cryptography.md"
PACKAGES = ("flows", "storage", "sessions", "gateway")
NOT_SHIPPED = "gateway/development/"  # it plays phones and an aggregator on one machine
# What a name from a module that does cryptography stands for; None for what is none by itself.
USES: dict[str, str | None] = {
    "argon2.PasswordHasher": "Argon2id",
    "argon2.exceptions.*": None,
    "cryptography.exceptions.*": None,
    "cryptography.fernet.Fernet": "Fernet",
    "cryptography.fernet.InvalidToken": None,
    "cryptography.hazmat.primitives.asymmetric.ed25519.*": "Ed25519",
    "cryptography.hazmat.primitives.ciphers.aead.AESGCM": "AES-256-GCM",
    "cryptography.hazmat.primitives.hashes.SHA256": "SHA-256",
    "cryptography.hazmat.primitives.kdf.hkdf.HKDF": "HKDF",
    "flask_wtf.csrf.*": "form tokens",
    "hashlib.blake2b": "BLAKE2b",
    "hashlib.sha1": "SHA-1",
    "hashlib.sha256": "SHA-256",
    "hmac.compare_digest": None,
    "hmac.HMAC": "HMAC",
    "hmac.digest": "HMAC",
    "hmac.new": "HMAC",
    "itsdangerous.BadData": None,
    "itsdangerous.URLSafeTimedSerializer": "itsdangerous",
    "joserfc.errors.*": None,
    "joserfc.jwk.*": "JWS",
    "joserfc.jwt": "JWS",
    "pyotp.*": "TOTP",
    "random.Random": "no secret",
    "random.random": "no secret",
    "secrets.*": "CSPRNG",
    "ssl.SSLContext": None,
    "ssl.SSLError": None,
    "ssl.create_default_context": "TLS",
    "uuid.uuid4": "no secret",
    "webauthn.*": "WebAuthn",
    "zlib.*": None,
    "zlib.crc32": "no secret",
}
MODULES = frozenset(name.split(".")[0] for name in USES) | {"Crypto", "Cryptodome", "jwt", "bcrypt", "nacl", "OpenSSL"}


def names_used(tree: ast.Module) -> Iterator[str]:
    """Each name of a module that does cryptography, as `hashlib.sha256`, wherever a file imports or reaches it."""
    known: dict[str, str] = {}  # the name in the file, and what it is
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {(each.asname or each.name).split(".")[0]: each.name.split(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                if node.module.split(".")[0] in MODULES:
                    yield f"{node.module}.{each.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = known.get(node.value.id, "")
            if module in MODULES:
                yield f"{module}.{node.attr}"


def use_of(name: str) -> str | None:
    """The algorithm of a name. Raises KeyError for one that nobody has looked at."""
    if name in USES:
        return USES[name]
    return USES[next(each for each in (f"{name.rsplit('.', at)[0]}.*" for at in (1, 2, 3)) if each in USES)]


def algorithms() -> dict[str, set[str]]:
    """The algorithms of each file of the product."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if where.startswith((NOT_SHIPPED, "storage/migrations/")):
                continue
            for name in names_used(ast.parse(path.read_text(encoding="utf-8"))):
                try:
                    use = use_of(name)
                except (KeyError, StopIteration):
                    pytest.fail(f"{where} uses {name}: say in USES what it is, and add it to {PAGE.name}")
                if use is not None and use != "no secret":
                    found.setdefault(where, set()).add(use)
    return found


def table(heading: str) -> list[list[str]]:
    """The rows of the table below this heading."""
    part = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")]
    assert len({len(row) for row in rows}) == 1, heading
    return rows[2:]


def test_the_inventory_has_each_algorithm_of_each_file_and_no_other() -> None:
    listed: dict[str, set[str]] = {}
    for row in table("Algorithms"):
        for path in re.findall(r"`([^`]+\.py)`", row[2]):
            listed.setdefault(path, set()).update(re.findall(r"\*\*([^*]+)\*\*", row[0]))
    assert listed == algorithms()


def test_the_inventory_has_each_secret_of_the_settings_with_its_whole_life() -> None:
    rows = {name: row for row in table("Keys") for name in re.findall(r"^`([A-Z][A-Z0-9_]+)`$", row[0])}
    assert set(rows) == {each.name.upper() for each in loader.settings() if each.metadata["private"]}
    assert all(cell.strip() for row in table("Keys") for cell in row)


def test_no_algorithm_is_used_that_is_broken() -> None:
    """MD5 nowhere; SHA-1 where a standard or an aggregator prescribes it, inside an HMAC."""
    uses = algorithms()
    assert {path for path, found in uses.items() if "SHA-1" in found} == {
        "gateway/aggregators/vendors/twilio_callbacks.py",
        "sessions/ussd/session_store.py",  # Redis names scripts by it
    }
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            assert not re.search(r"\b(md5|MD5|DES|RC4|ARC4|ECB)\b", path.read_text(encoding="utf-8")), path
