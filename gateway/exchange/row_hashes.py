"""What a row of a workbook remembers of its export, in a hidden column: hashes of its names and of its words.

With them an import can tell what a translator wrote from what an operator changed in the file after the export.
"""

import hashlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

COLUMN = "exported"


class Stamp(Struct, frozen=True):
    """The hash of a row's names, and by language that of its words; both empty if the column is damaged."""

    names: str = ""
    words: dict[str, str] = {}


def format_stamp(names: Sequence[str], words: Mapping[str, str]) -> str:
    """The content of the hidden column: `1f3a5b7c9d0e en=… ur=…`."""
    return " ".join([hash_words("\n".join(names)), *(f"{tag}={hash_words(said)}" for tag, said in words.items())])


def parse_stamp(cell: str) -> Stamp:
    """The stamp in a cell."""
    names, *rest = cell.split() or [""]
    return Stamp(names, dict(each.split("=", 1) for each in rest if "=" in each))


def hash_words(words: str) -> str:
    """A short hash of words, without regard to line ends, which spreadsheets change."""
    return hashlib.sha256(unix(words).encode()).hexdigest()[:12]


def unix(words: str) -> str:
    """The same words with Unix line ends."""
    return words.replace("\r\n", "\n").replace("\r", "\n")
