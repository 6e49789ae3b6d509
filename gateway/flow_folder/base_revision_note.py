"""The note in a flow's folder that says which revision its files were taken from, so that nobody has to remember it.

`show --to`, `publish` and `import` write it; a copy of the folder and an exported zip contain it too. The shipped
flows have none, because an update changes their files.
"""

import contextlib
import re
from pathlib import Path

from gateway.flow_folder.files import write_all
from sessions.publishing.base_revision import BaseRevision

NAME = ".taken-from"
SHIPPED = Path(__file__).resolve().parents[2] / "flows" / "library"
_HEAD = "# Which revisions the files here were taken from, for `flask flows publish`. Leave it beside them.\n"
_DIGEST = re.compile("[0-9a-f]{64}")
_LARGEST = 100_000  # characters: we never write more than that


def read_base_revision(folder: Path, flow: str) -> BaseRevision | None:
    """What the note in a folder says about a flow; None if there is none, or if it is damaged."""
    return _all(folder).get(flow)


def note(folder: Path, flow: str, taken: BaseRevision | None) -> None:
    """Record, or remove, the revision a flow's files were taken from. Raises FlowFileError if that fails."""
    before = _all(folder)
    after = {name: each for name, each in before.items() if name != flow} | ({flow: taken} if taken else {})
    if after != before and folder.resolve() != SHIPPED:
        lines = [f"{format_line(name, each)}\n" for name, each in sorted(after.items())]
        write_all(folder, {NAME: "".join([_HEAD, *lines]).encode()})


def format_line(flow: str, taken: BaseRevision) -> str:
    """`complaints 3 6f1e…`: flow, number and hash."""
    return f"{flow} {taken.number} {taken.digest}"


def read_line(said: str) -> tuple[str, BaseRevision] | None:
    """The flow and the revision in such a line; None for any other line."""
    match said.split():
        case [flow, number, digest] if (
            number.isascii() and number.isdigit() and len(number) < 10 and _DIGEST.fullmatch(digest)
        ):
            return flow, BaseRevision(int(number), digest)
    return None


def _all(folder: Path) -> dict[str, BaseRevision]:
    text = ""
    with contextlib.suppress(OSError, UnicodeDecodeError), (folder / NAME).open(encoding="utf-8") as opened:
        text = opened.read(_LARGEST)
    return dict(found for each in text.splitlines() if (found := read_line(each)))
