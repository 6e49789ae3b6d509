"""`python -m tests.house.page`: writes the docstrings of the folders into docs/engineers/architecture.md."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import ROOMS, ROOT, folder_order, folders, parse, plain_modules

PAGE = Path("docs/engineers/architecture.md")
BEGIN = "<!-- folders: written by `python -m tests.house.page` from the docstrings of the folders -->"
END = "<!-- end of folders -->"


def with_folders(root: Path, text: str) -> str:
    """The page with the list of folders between its two marks as the code has it today."""
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{PAGE} has lost one of its marks: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n{folder_list(root)}\n{END}{after}"


def folder_list(root: Path) -> str:
    return "\n\n".join(_room(root, room) for room in ROOMS)


def _room(root: Path, room: str) -> str:
    title = f"**{room}/** {_sentence(root, Path(room))}"
    return "\n".join([title, *(_line(root, room, folder) for folder in _in_order(root, room))])


def _in_order(root: Path, room: str) -> list[Path]:
    """Folders as FOLDERS has them: the ones others may import come first."""
    order = folder_order(root, room)
    listed = [Path(room, *name.split(".")) for name in order]
    return [folder for folder in listed if folder in set(folders(root, room)) and plain_modules(root, folder)]


def _line(root: Path, room: str, folder: Path) -> str:
    return f"* `{folder.relative_to(room)}/` {_without_title(_sentence(root, folder))}"


def _sentence(root: Path, folder: Path) -> str:
    return " ".join((ast.get_docstring(parse(root, folder / "__init__.py")) or "").split())


def _without_title(sentence: str) -> str:
    """`Menu: the nouns of a flow.` says its folder's name already."""
    return re.sub(r"^[A-Z][\w -]{0,20}: ", "", sentence)


def main() -> None:
    path = ROOT / PAGE
    path.write_text(with_folders(ROOT, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
