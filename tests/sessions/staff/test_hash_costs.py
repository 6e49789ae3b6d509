"""What a hash of a password or a PIN costs whoever guesses: argon2id, and as much memory as the service takes."""

from __future__ import annotations

import subprocess
import sys

MADE = """
from sessions.cases.core import pins
from sessions.staff import passwords
print(passwords.hash_password("nine brown goats eat late"), pins._hasher().hash("482719"))
"""


def test_hashes_of_the_service_take_the_memory_and_the_passes_that_are_recommended() -> None:
    """In a process of its own: the hashes of this one are cheap (`tests/quick_hashes.py`)."""
    made = subprocess.run([sys.executable, "-c", MADE], capture_output=True, text=True, check=True)
    assert [each.rpartition("$")[0].rpartition("$")[0] for each in made.stdout.split()] == [
        "$argon2id$v=19$m=65536,t=3,p=1",
        "$argon2id$v=19$m=19456,t=2,p=1",
    ]
