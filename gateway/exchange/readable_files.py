"""A flow's files read for an exchange: only what can be read whole goes out or is laid beside what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.editing.list_csv_rows import UnreadableList
from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.translation.text_inventory import TranslatableText, list_texts
from gateway.flow_folder.files import FlowFileError, decode_exactly, decode_text
from sessions.publishing.flow_files_and_hash import select_flow_files

BARRED = ("F000", "F603")  # what cannot be read, and files that are named and not there
KEPT = "Nothing was changed."


def readable(raw: Mapping[str, bytes], main: str) -> Flow:
    """The flow in `main`. Raises FlowFileError with the first thing that cannot be read."""
    parsed = parse_flow({name: decode_text(name, data) for name, data in raw.items()}, main)
    barred = [problem for problem in parsed.problems if problem.code in BARRED or parsed.flow is None]
    if barred or parsed.flow is None:
        raise FlowFileError(f"{barred[0]}. {KEPT}" if barred else f"{main}: it is no flow. {KEPT}")
    return parsed.flow


def texts_of(raw: Mapping[str, bytes], main: str, flow: Flow) -> list[TranslatableText]:
    """Every text of a flow with its place. Raises FlowFileError."""
    try:
        return list_texts({name: decode_exactly(name, data) for name, data in raw.items()}, main, tuple(flow.languages))
    except (CannotEdit, UnreadableList) as error:
        raise FlowFileError(f"{error}. {KEPT}") from None


def members(raw: Mapping[str, bytes], main: str, flow: str) -> list[str]:
    """The names of the files that are a flow's own, among those of a folder or an archive."""
    return sorted(
        select_flow_files({name: decode_text(name, data, lambda _: None) for name, data in raw.items()}, main, flow)
    )


def is_yaml(name: str) -> bool:
    """True for the name of a YAML file."""
    return Path(name).suffix.lower() in (".yaml", ".yml")


def refuse_unreadable(name: str, data: bytes) -> None:
    """Raise FlowFileError for a YAML file that is not plain maps, lists and words."""
    try:
        Source(decode_exactly(name, data), name)
    except CannotEdit as error:
        raise FlowFileError(f"{error}. {KEPT}") from None


def given_bytes(path: Path, largest: int) -> bytes:
    """The file that is to be taken in, at most `largest` bytes of it. Raises FlowFileError."""
    if not path.is_file():
        raise FlowFileError(f"{path}: there is no such file.")
    try:
        with path.open("rb") as opened:
            data = opened.read(largest + 1)
    except OSError as error:
        raise FlowFileError(f"{path}: it cannot be read: {error.strerror}.") from None
    if len(data) > largest:
        raise FlowFileError(f"{path}: more than {largest:,} bytes: no export of ours is that large. {KEPT}")
    return data
