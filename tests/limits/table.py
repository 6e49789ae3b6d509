"""The table of bounds in docs/operators/limits.md: each row with the constant that it names and the value it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from msgspec import Struct

PAGE = Path(__file__).parents[2] / "docs/operators/limits.md"
BEGIN = "<!-- bounds -->"
END = "<!-- end of bounds -->"


class Bound(Struct, frozen=True):
    """One row: what is bounded, by how much, where in the code, and what the message says ("" if there is none)."""

    what: str
    limit: int
    file: str
    name: str
    message: str

    def value(self) -> object:
        """What the code has."""
        return getattr(import_module(self.file.removesuffix(".py").replace("/", ".")), self.name)


def bounds(text: str | None = None) -> tuple[Bound, ...]:
    """Every row of the table."""
    whole = PAGE.read_text(encoding="utf-8") if text is None else text
    return tuple(_rows(whole.partition(BEGIN)[2].partition(END)[0]))


def _rows(table: str) -> Iterator[Bound]:
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if len(cells) != 4 or cells[0] == "what" or set(cells[0]) <= {"-", " "}:
            continue
        what, limit, where, message = cells
        file, name = re.findall(r"`([^`]+)`", where)
        yield Bound(what, int(re.sub(r"\D", "", limit.partition(" ")[0])), file, name, message.strip("“”"))
