"""The text of a flow file in pieces that have names: a screen, a text, a row of a list. Joined they are the text again.

A piece begins with the comments and blank lines above it. Nothing is understood here but where lines begin, so that a
file in which something is wrong comes apart, too.
"""

from __future__ import annotations

import re

from flows.editing.csv_cells import UnreadableList, columns_of, table

Pieces = dict[str, str]

HEAD = ""  # the name of what stands above the first piece: the columns of a list
END = "\0"  # of what stands beneath the last one: its comments

_KEY = re.compile(r"""(?P<indent> *)(?P<name>"[^"\n]*"|'[^'\n]*'|[^\s#:"'\[\]{},&*!|>%@`-][^:\n]*?)\s*:(?=\s|$)""")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class NoPieces(Exception):
    """A text that cannot be taken apart so that each piece has a name of its own."""


def pieces(file: str, text: str) -> Pieces:
    """The pieces of a `.csv` or `.yaml` file by name, in their order. Raises NoPieces."""
    found = _rows(text) if file.endswith(".csv") else _entries(text)
    made: Pieces = {}
    for name, piece in found:
        if name in made:
            raise NoPieces(f"{name} stands there twice")
        made[name] = piece
    return made


def join_pieces(made: Pieces) -> str:
    """The text again. A piece that ended the file without a line end gets one where another follows now."""
    parts = [piece for piece in made.values() if piece]
    return "".join(
        part if part.endswith(("\n", "\r")) or at == len(parts) - 1 else part + "\n" for at, part in enumerate(parts)
    )


def _rows(text: str) -> list[tuple[str, str]]:
    try:
        rows = table(text)
    except UnreadableList as error:
        raise NoPieces(str(error)) from None
    columns = columns_of(rows)
    if "code" not in columns:
        raise NoPieces("there is no column code")
    starts = [0, *(row[0].start for row in rows[1:]), len(text)]
    names = [HEAD]
    for row in rows[1:]:
        if columns["code"] >= len(row):
            raise NoPieces("a row has no code")
        names.append(row[columns["code"]].words.strip())
    return [(name, text[start:end]) for name, start, end in zip(names, starts[:-1], starts[1:], strict=True)]


def _entries(text: str) -> list[tuple[str, str]]:
    """Each key of the file, and each one below a key that has a block of them: `title`, `screens/menu`."""
    found: list[tuple[str, list[str]]] = [(HEAD, [])]
    above: list[str] = []  # comments and blank lines that belong to what comes
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
