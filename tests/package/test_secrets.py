"""`make secrets` finds a planted key and does not repeat it."""

from __future__ import annotations

import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from tests.package.conftest import ROOT

# In two parts, so that the scan of this file finds nothing.
PLANTED = {
    "AWS access key": "AKIA" + "QYLPMN5HHHFPZAM2",
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub token": "ghp_" + "c29tZXRoaW5nIG1hZGUgdXAgZm9yIHRlc3Rz",
    "Africa's Talking key": "atsk_" + "0f3a" * 16,
    "password in an address": "postgresql://sunwai:" + "Xk29vQ7mmLw41@db.internal/sunwai",
    "random value": "AT_API_KEY=" + "q8Zr2LxN0vBt5YkWc7Hd1MfJ",
}


def scan(*files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "secret_scan.py"), *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_key_is_found_by_file_and_line_and_not_told(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "settings.py"
    file.write_text(f"# settings\n{PLANTED[kind]}\n")
    found = scan(file)
    assert found.returncode == 1
    assert f"{file}:2: {kind}" in found.stderr
    assert PLANTED[kind] not in found.stdout + found.stderr


def test_places_to_fill_in_and_words_are_no_secrets(tmp_path: Path) -> None:
    file = tmp_path / "words.md"
    file.write_text(
        "AT_API_KEY=\nDATABASE_URL=postgresql://sunwai:password@localhost/sunwai\n"
        'secret = "your-secret-goes-here-please"\ntoken = secrets.token_urlsafe(24)\n'
    )
    assert scan(file).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        "CONSOLE_KEY={hex32}",
        "TWILIO_AUTH_TOKEN={hex16}",
        "SECRET_KEY={url24}",
        "AWS_SECRET_ACCESS_KEY={url24}",
        'TOKEN: str = "{url24}"',
        'os.environ.get("API_KEY", "{url24}")',
        "REDIS_URL=redis://:{url24}@cache.example/0",
    ],
)
def test_a_new_random_key_is_found_however_it_is_written(tmp_path: Path, line: str) -> None:
    made = {"hex32": secrets.token_hex(32), "hex16": secrets.token_hex(16), "url24": "a1" + secrets.token_urlsafe(24)}
    file = tmp_path / "env"
    file.write_text(line.format(**made) + "\n")
    assert scan(file).returncode == 1


def test_nothing_that_git_knows_holds_a_secret() -> None:
    clean = scan()
    assert clean.returncode == 0, clean.stderr
