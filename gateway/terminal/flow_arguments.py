"""Arguments of commands: the file of a flow, or a folder with a single flow."""

import contextlib
import re
from pathlib import Path
from typing import Any

import click

from flows.cases.lifecycle_file import Life
from gateway.settings.loader import ConfigError, own_lifecycle
from gateway.terminal.errors import Usage

_SCREENS = re.compile(rb"^(?:\xef\xbb\xbf)?[\"']?screens[\"']?[ \t]*:", re.MULTILINE)
_OFFICES = re.compile(rb"\A(?:\xef\xbb\xbf)?[^\n]*\boversight\b")
_STEPS = re.compile(rb"^steps[ \t]*:", re.MULTILINE)
_HEAD = 2_000_000  # bytes that are searched, the maximum size of a flow file


class FlowFile(click.ParamType[Path]):
    """A flow's YAML file. A folder means the only flow in it; a list or a text file of a flow is refused.

    `scripts` lets the file of a scripted call pass, too, and `spoilt` any file, because it may be corrected. `parts`
    lets data files pass, texts and keywords, and a folder with several flows.
    """

    name = "file"

    def __init__(self, *, scripts: bool = False, spoilt: bool = False, parts: bool = False) -> None:
        self.scripts, self.spoilt, self.parts = scripts, spoilt, parts

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002 - click's own signature
        """The file itself. Raises Usage."""
        path = Path(value)
        with contextlib.suppress(OSError):  # the reader of the file reports what cannot be opened
            if path.is_dir():
                return path if self.parts and len(flow_files(path)) != 1 and _has_any(path) else _only_one(path)
            if path.is_file() and not self.spoilt and not _has(path, _SCREENS):
                self._refuse_parts(path)
        return path

    def _refuse_parts(self, path: Path) -> None:
        script = path.parent.name == "transcripts" and _has(path, _STEPS)
        if (script and self.scripts) or (self.parts and is_part(path)):
            return
        beside = flow_files(path.parent) or flow_files(path.parent.parent)
        if path.suffix.lower() == ".csv" or script or beside:
            table = path.suffix.lower() == ".csv"
            what = "a list" if table else "a scripted call" if script else "a file without screens"
            there = f"; give {' or '.join(map(str, beside))}" if beside else ""
            raise Usage(f"{path}: this is {what}, not a flow{there}.")


def is_part(path: Path) -> bool:
    """True for a data file, or the texts, keywords or translations of a flow: all but lists, scripts and flows."""
    if path.parent.name == "transcripts" and _has(path, _STEPS):
        return False
    return path.suffix.lower() != ".csv" or _has(path, _OFFICES)


def _has_any(folder: Path) -> bool:
    """True if a folder has flows or data files."""
    named = (path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml", ".csv"))
    return any(path.is_file() and (is_part(path) or _has(path, _SCREENS)) for path in named)


def flow_files(folder: Path) -> list[Path]:
    """The flow files in a folder, by name."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".yaml", ".yml"))
        return [path for path in found if not path.name.startswith(".") and path.is_file() and _has(path, _SCREENS)]
    except OSError:
        return []


def _only_one(folder: Path) -> Path:
    found = flow_files(folder)
    if len(found) == 1:
        return found[0]
    if found:
        raise Usage(f"{folder} has several flows: name one of {', '.join(map(str, found))}.")
    raise Usage(f"{folder} has no flow file: name the flow's YAML file.")


def _has(path: Path, words: re.Pattern[bytes]) -> bool:
    try:
        with path.open("rb") as opened:
            return words.search(opened.read(_HEAD)) is not None
    except OSError:
        return False


FILE = click.argument("file", type=FlowFile())
FORCE = click.option("--force", is_flag=True, help="Overwrite a file that already exists.")


def refuse_place(out: Path, force: bool) -> None:
    """Raise Usage if a new file cannot be written there, or would overwrite another one."""
    if not out.parent.is_dir():
        raise Usage(f"{out}: there is no folder {out.parent}: create it first, or name another.")
    if out.is_dir():
        raise Usage(f"{out}: this is a folder: name a file.")
    if out.exists() and not force:
        raise Usage(f"{out} already exists: name another file, or overwrite it with --force.")


def own_life() -> Life | None:
    """The life cycle that the setting LIFECYCLE names; None if it is not set. Raises Usage if it cannot be read."""
    try:
        return own_lifecycle()
    except ConfigError as error:
        raise Usage(str(error)) from None
