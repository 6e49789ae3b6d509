"""The text of a flow file in named pieces: a screen, a text, a row of a list. Joined, they are the text again.

A piece begins with the comments and blank lines above it. Only the starts of lines are read, so that a file with
errors can be split as well.
"""

import re

from flows.editing.list_csv_rows import UnreadableList
from flows.editing.list_csv_rows import pieces as rows_of

Pieces = dict[str, str]

HEAD = ""  # the name of the part above the first piece: the columns of a list
END = "\0"  # of the part below the last one: its comments

_KEY = re.compile(r"""(?P<indent> *)(?P<name>"[^"\n]*"|'[^'\n]*'|[^\s#:"'\[\]{},&*!|>%@`-][^:\n]*?)\s*:(?=\s|$)""")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class NoPieces(Exception):
    """A text that cannot be split into pieces with different names."""


def pieces(file: str, text: str) -> Pieces:
    """The pieces of a `.csv` or `.yaml` file by name, in their order. Raises NoPieces."""
    try:
        found = rows_of(text) if file.endswith(".csv") else _entries(text)
    except UnreadableList as error:
        raise NoPieces(str(error)) from None
    made: Pieces = {}
    for name, piece in found:
        if name in made:
            raise NoPieces(f"{name} is there twice")
        made[name] = piece
    return made


def join_pieces(made: Pieces) -> str:
    """The text again. A piece without a line end gets one if another piece follows."""
    parts = [piece for piece in made.values() if piece]
    return "".join(
        part if part.endswith(("\n", "\r")) or at == len(parts) - 1 else part + "\n" for at, part in enumerate(parts)
    )


def _entries(text: str) -> list[tuple[str, str]]:
    """Each key of the file, and each key of a block below it: `title`, `screens/menu`."""
    found: list[tuple[str, list[str]]] = [(HEAD, [])]
    above: list[str] = []  # comments and blank lines that belong to the next piece
    outer, indent, block = "", 0, False
    for line in _LINE.findall(text):
        if not line.strip() or line.lstrip().startswith("#"):
            above.append(line)
            continue
        key = _KEY.match(line)
        at = len(line) - len(line.lstrip(" "))
        if key is None or (at and not block) or (at and indent and at != indent):
            found[-1][1].extend([*above, line])
        elif not at:
            outer, indent = _unquoted(key["name"]), 0
            block = not line[key.end() :].partition(" #")[0].strip() or line[key.end() :].lstrip().startswith("#")
            found.append((outer, [*above, line]))
        else:
            indent = at
            found.append((f"{outer}/{_unquoted(key['name'])}", [*above, line]))
        above = []
    found.append((END, above))
    return [(name, "".join(lines)) for name, lines in found if lines or name == HEAD]


def _unquoted(name: str) -> str:
    return name[1:-1] if name[:1] in ("'", '"') and name[-1:] == name[:1] else name
