"""What tests of import and export share: a spoilable copy of a flow, the two commands, the bytes of a folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from gateway.cli.flows.exchange import export, import_

LIBRARY = Path(__file__).parents[3] / "flows" / "library"
FLOWS = sorted(path.name for path in LIBRARY.glob("*.yaml") if re.search("^screens:", path.read_text("utf-8"), re.M))
SHEETS = ["screens", "options", "lists", "errors", "texts", "keys", "resume", "meant", "receipt"]
MENU = ("menu", "ask")


def copied(tmp_path: Path, name: str = "complaints.yaml") -> Path:
    """A flow of the library with its folder, for a test to spoil."""
    shutil.copytree(LIBRARY, tmp_path / "line")
    return tmp_path / "line" / name


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(command: Callable[..., object], *words: str | Path) -> Result:
    result = CliRunner().invoke(command, [str(word) for word in words])  # type: ignore[arg-type]
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def exported(flow: Path, form: str) -> Path:
    """A flow's workbook (`xlsx`) or archive (`zip`), beside its folder."""
    out = flow.parent.parent / f"out.{form}"
    done = run(export, flow, f"--{form}", out, "--force")
    assert done.exit_code == 0, done.output
    return out


def taken(flow: Path, given: Path, *words: str) -> Result:
    """What importing a workbook or an archive said."""
    return run(import_, flow, f"--{given.suffix[1:]}", given, *words)


def workbook(flow: Path, change: Callable[[Workbook], object]) -> Path:
    """The flow's workbook after a translator was at it."""
    out = exported(flow, "xlsx")
    book = load_workbook(out)
    change(book)
    book.save(out)
    return out


def cell_of(book: Workbook, sheet: str, names: tuple[str, ...], tag: str):  # type: ignore[no-untyped-def]
    """The cell of a text in a language."""
    head, *rows = list(book[sheet].iter_rows())
    at = [cell.value for cell in head].index(tag)
    return next(row[at] for row in rows if tuple(cell.value for cell in row[: len(names)]) == names)


def put(sheet: str, names: tuple[str, ...], tag: str, words: object) -> Callable[[Workbook], None]:
    """A change of a workbook: these words for a text in a language."""

    def change(book: Workbook) -> None:
        cell_of(book, sheet, names, tag).value = words

    return change
