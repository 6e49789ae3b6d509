"""What the pages say of the code is true: every path they name exists, and the page of the house names every folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import page
from tests.house.tree import ROOMS

PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md")
QUOTED = re.compile(r"`([^`\s]+)`|\]\(([^)\s#]+)")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
DOTTED = re.compile(rf"(?<![\w-])(?:{'|'.join(ROOMS)}|tests)(?:\.[A-Za-z_]\w*)+")
PLACES = (*ROOMS, "tests", "benchmarks", "docs")
CHANGES = Path("docs/engineers/where-to-change-what.md")
MOST_FILES = 3  # that somebody opens to find the place of a change


def stale_paths(root: Path) -> list[str]:
    """Every Python file, folder of a room and dotted module that a page names is there."""
    return [f"{page.relative_to(root)}: {name}" for page in _pages(root) for name in _stale_names(root, page)]


def broken_links(root: Path) -> list[str]:
    """Every link from a page to a file of the repository leads to a file or folder that exists."""
    return [
        f"{page.relative_to(root)}: {target}"
        for page in _pages(root)
        for target in dict.fromkeys(LINK.findall(page.read_text(encoding="utf-8")))
        if "://" not in target and not (page.parent / target).exists()
    ]


def pages_missing_from_the_index(root: Path) -> list[str]:
    """docs/README.md links to every page in docs. A folder with a README has its own index there."""
    linked = {
        (index.parent / target).resolve()
        for index in sorted(root.glob("docs/**/README.md"))
        for target in LINK.findall(index.read_text(encoding="utf-8"))
    }
    return [str(page.relative_to(root)) for page in sorted(root.glob("docs/*/*.md")) if page.resolve() not in linked]


def changes_with_too_many_files(root: Path) -> list[str]:
    """docs/engineers/where-to-change-what.md leads to each change over at most three files."""
    rows = [line.split("|") for line in (root / CHANGES).read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    opened = {
        row[1].strip(): len(QUOTED.findall(row[2])) for row in rows[2:] if row[1].strip(" -") not in ("", "to change")
    }
    return [f"{change}: {files} files" for change, files in opened.items() if not 1 <= files <= MOST_FILES]


def _pages(root: Path) -> list[Path]:
    return [page for pattern in PAGES for page in sorted(root.glob(pattern))]


def _stale_names(root: Path, page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    quoted = [backticked or linked for backticked, linked in QUOTED.findall(text)]
    folders = [name for name in quoted if _is_path(name) and name.endswith("/")]
    for name in dict.fromkeys(quoted):
        if _is_path(name) and not _is_there(root, page, name, folders):
            yield name
    yield from (name for name in dict.fromkeys(DOTTED.findall(text)) if not _is_importable(root, name))


def _is_path(name: str) -> bool:
    """Whether it is a Python file, or lies in one of our folders. Web addresses, modules and options are not."""
    if "://" in name or name.startswith(("-", "*")):
        return False
    return name.endswith(".py") or (name.partition("/")[0] in PLACES and "/" in name)


def _is_there(root: Path, page: Path, name: str, folders: list[str]) -> bool:
    """From the root or from the page; a bare file name also in a folder that the page names. `<name>` is any."""
    pattern = re.sub(r"<[^>]*>", "*", name.split(":")[0]).rstrip("/")
    starts = [root, page.parent] if "/" in name else [root, *(root / folder for folder in folders)]
    return any(next(start.glob(pattern), None) is not None for start in starts if start.is_dir())


def _is_importable(root: Path, name: str) -> bool:
    """A module, a folder, or what a module holds."""
    path = root / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    return module.is_file() and path.name in module.read_text(encoding="utf-8")


def stale_house_page(root: Path) -> list[str]:
    """The list of folders in docs/engineers/architecture.md is the one that `python -m tests.house.page` writes."""
    written = (root / page.PAGE).read_text(encoding="utf-8")
    return [] if page.with_folders(root, written) == written else [f"{page.PAGE}: run `python -m tests.house.page`"]
