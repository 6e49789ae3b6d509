#!/usr/bin/env python3
"""Look for secrets in the files that git knows: `python .ci/secret_scan.py [FILE ...]`. Exit code 1 when it found any.

It recognises keys by their format, and long random values by the name they are assigned to. Values that tests and
documents need are listed in `secrets.allowed`, beside this file, by their SHA-256: never the value itself.
"""

from __future__ import annotations

import hashlib
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = Path(__file__).with_name("secrets.allowed")
LARGEST = 2_000_000  # bytes; nobody typed a longer file
RANDOM = 3.5  # bits per character: words and placeholders have fewer
RANDOM_HEX = 2.8  # the same for hexadecimal digits, of which there are only 16
LOCKS = ("requirements.lock", "requirements-dev.lock")  # hashes of packages, thousands of them

# Keys with a format of their own.
FORMS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_[0-9A-Za-z]{36,}\b|\bgithub_pat_[0-9A-Za-z_]{60,}\b",
    "GitLab token": r"\bglpat-[0-9A-Za-z_-]{20,}",
    "Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
    "Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}\b",
    "PyPI token": r"\bpypi-AgE[0-9A-Za-z_-]{50,}",
    "npm token": r"\bnpm_[0-9A-Za-z]{36}\b",
    "Africa's Talking key": r"\batsk_[0-9a-f]{60,}\b",
    "Twilio key": r"\bSK[0-9a-f]{32}\b",
    "JSON web token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "password in an address": r"\b[a-z][a-z0-9+]*://[^\s:/@\"'<>{}$]*:(?P<value>[^\s:/@\"'<>{}$]{12,})@",
}
# A name that suggests a secret, and a value that looks like one: long, unbroken and random.
NAMED = r"""(?ix) (?:secret|token|passw(?:or)?d|api_?key|console_key|auth_?token|private_?key)s?
            [\w.-]* ["']? \s* (?: :\s*\w+\s*= | [:=,] ) \s* ["']? (?P<value>[0-9a-z+/=_-]{20,}) (?![(.\w])"""


@dataclass(frozen=True, slots=True)
class Found:
    """A line that seems to hold a secret. The value is not kept: it must not appear in our log."""

    file: str
    line: int
    kind: str
    sum: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind} (sha256 {self.sum})"


def scan(name: str, text: str) -> Iterator[Found]:
    """What seems to be a secret in a text."""
    patterns = {kind: re.compile(form) for kind, form in FORMS.items()}
    for at, line in enumerate(text.splitlines(), start=1):
        for kind, pattern in patterns.items():
            for found in pattern.finditer(line):
                yield Found(name, at, kind, _sum(_value(found)))
        for found in re.finditer(NAMED, line):
            least = RANDOM_HEX if re.fullmatch("[0-9a-fA-F]+", found["value"]) else RANDOM
            if _bits(found["value"]) >= least and re.search(r"\d", found["value"]):
                yield Found(name, at, "random value", _sum(found["value"]))


def _value(found: re.Match[str]) -> str:
    return found.groupdict().get("value") or found[0]


def _sum(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _bits(value: str) -> float:
    """The entropy of the value in bits per character (Shannon)."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def _tracked() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def _texts(paths: list[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        if path.name not in LOCKS and path.is_file() and path.stat().st_size <= LARGEST:
            content = path.read_bytes()
            if b"\0" not in content[:8000]:
                name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
                yield str(name), content.decode("utf-8", "replace")


def main() -> int:
    """Scans the files that are named, or all that git knows."""
    lines = ALLOWED.read_text("utf-8").splitlines() if ALLOWED.exists() else []
    allowed = {line.split()[0] for line in lines if line and not line.startswith("#")}
    paths = [Path(name).resolve() for name in sys.argv[1:]] or _tracked()
    found = [each for name, text in _texts(paths) for each in scan(name, text) if each.sum not in allowed]
    for each in found:
        print(each, file=sys.stderr)
    if found:
        print(
            "If one of these is real, revoke it where it was issued, now: removing it from the file is not enough.\n"
            f"If it is a test value, add its SHA-256 and a reason to {ALLOWED.relative_to(ROOT)}.",
            file=sys.stderr,
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
