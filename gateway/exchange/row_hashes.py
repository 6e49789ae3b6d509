"""What a row of a workbook remembers of its export, in a hidden column: hashes of its names and of its words.

By them an import tells what a translator wrote from what an operator changed in the file meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

COLUMN = "exported"


class Stamp(Struct, frozen=True):
    """The hash of a row's names, and by language that of its words; both empty where the column was spoilt."""

    names: str = ""
    words: dict[str, str] = {}


def format_stamp(names: Sequence[str], words: Mapping[str, str]) -> str:
    """The words of the hidden column: `1f3a5b7c9d0e en=… ur=…`."""
    return " ".join([hash_words("\n".join(names)), *(f"{tag}={hash_words(said)}" for tag, said in words.items())])


def parse_stamp(cell: str) -> Stamp:
    """A stamp as it came back."""
    names, *rest = cell.split() or [""]
    return Stamp(names, dict(each.split("=", 1) for each in rest if "=" in each))


def hash_words(words: str) -> str:
    """A short hash of words; line ends do not matter, which spreadsheets change."""
    return hashlib.sha256(unix(words).encode()).hexdigest()[:12]


def unix(words: str) -> str:
    """The same words with Unix line ends."""
    return words.replace("\r\n", "\n").replace("\r", "\n")
