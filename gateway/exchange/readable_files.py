"""The files of a flow, read for an exchange: only a flow that can be read completely is exported or compared."""

from collections.abc import Mapping
from pathlib import Path

from flows.editing.list_csv_rows import UnreadableList
from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.translation.text_inventory import TranslatableText, list_texts
from gateway.flow_folder.files import FlowFileError, decode_exactly, decode_text

BARRED = ("F000", "F603")  # what cannot be read, and missing files that are named
KEPT = "Nothing was changed."


def readable(raw: Mapping[str, bytes], main: str) -> Flow:
    """The flow in `main`. Raises FlowFileError with the first thing that cannot be read."""
    return parse_readable({name: decode_text(name, data) for name, data in raw.items()}, main)


def plain_texts(raw: Mapping[str, bytes]) -> dict[str, str]:
    """Files as text, without reporting a second time what is ignored in them."""
    return {name: decode_text(name, data, lambda _: None) for name, data in raw.items()}


def parse_readable(files: Mapping[str, str], main: str, given: str = "") -> Flow:
    """The same for files as text; `given` is put in front of what is wrong."""
    parsed = parse_flow(files, main)
    barred = [problem for problem in parsed.problems if problem.code in BARRED or parsed.flow is None]
    if barred or parsed.flow is None:
        raise FlowFileError(f"{given}{barred[0] if barred else f'{main}: it is not a flow'}. {KEPT}")
    return parsed.flow


def texts_of(raw: Mapping[str, bytes], main: str, flow: Flow) -> list[TranslatableText]:
    """Every text of a flow with its place. Raises FlowFileError."""
    try:
        return list_texts({name: decode_exactly(name, data) for name, data in raw.items()}, main, tuple(flow.languages))
    except (CannotEdit, UnreadableList) as error:
        raise FlowFileError(f"{error}. {KEPT}") from None


def is_yaml(name: str) -> bool:
    """True for the name of a YAML file."""
    return Path(name).suffix.lower() in (".yaml", ".yml")


def refuse_unreadable(name: str, text: str) -> None:
    """Raise FlowFileError for a YAML file that is not plain maps, lists and words."""
    try:
        Source(text, name)
    except CannotEdit as error:
        raise FlowFileError(f"{error}. {KEPT}") from None


def given_bytes(path: Path, largest: int) -> bytes:
    """The bytes of the file to import, at most `largest`. Raises FlowFileError."""
    if not path.is_file():
        raise FlowFileError(f"{path}: there is no such file.")
    try:
        with path.open("rb") as opened:
            data = opened.read(largest + 1)
    except OSError as error:
        raise FlowFileError(f"{path}: it cannot be read: {error.strerror}.") from None
    if len(data) > largest:
        raise FlowFileError(f"{path}: more than {largest:,} bytes: no export is that large. {KEPT}")
    return data
