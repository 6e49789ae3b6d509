"""What a zip holds of a flow, before anything is done with it. Nothing in it is trusted."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from gateway.console.files.draft_files import faults
from gateway.exchange import archive
from gateway.exchange.readable_files import BARRED, is_yaml
from gateway.flow_folder.base_revision_note import read_line
from gateway.flow_folder.files import FlowFileError, decode_text
from sessions.publishing.base_revision import BaseRevision
from sessions.publishing.flow_files_and_hash import select_flow_files

LARGEST = 2_500_000  # bytes of a zip that a page carries; the command takes larger ones
NOTHING = "Nothing was changed."


class FlowArchive(Struct, frozen=True):
    """The files of a flow by name, as text, the first of them, and what the zip says that it was taken from.

    `notes` are lines on what was passed over in the files.
    """

    flow: str
    main: str
    files: dict[str, str]
    notes: tuple[str, ...] = ()
    taken: BaseRevision | None = None


def read_flow_archive(data: bytes, given: str, main: str = "", flow: str = "") -> FlowArchive:
    """The flow in a zip: the one in `main`, where that is named, which must be `flow` then. Raises FlowFileError."""
    if len(data) > LARGEST:
        raise FlowFileError(f"{given}: more than {LARGEST:,} bytes: take it in with flask flows import. {NOTHING}")
    notes: list[str] = []
    files = {name: decode_text(name, each, notes.append) for name, each in archive.unpack(data, given).items()}
    said = read_line(archive.remark_of(data))
    first = main or _main(files, given, said[0] if said else "")
    if first not in files:
        raise FlowFileError(f"{given}: it has no {first}; it holds {_tops(files)}. {NOTHING}")
    found = _flow(files, first, given)
    if flow and found.name != flow:
        raise FlowFileError(f"{given}: it holds the flow {found.name}, and this draft is of {flow}. {NOTHING}")
    if strange := sorted({*files} - {*select_flow_files(files, first, found.name)}):
        raise FlowFileError(f"{given}: {strange[0]} is no file of the flow {found.name}: take it out. {NOTHING}")
    taken = said[1] if said and said[0] == found.name else None
    return FlowArchive(found.name, first, files, tuple(notes), taken)


def _main(files: Mapping[str, str], given: str, flow: str) -> str:
    """The flow's own file: the one that says `flow:`. Where several do, the one of the flow that the zip speaks of."""
    named = {name: _says(text, name) for name, text in files.items() if is_yaml(name) and "/" not in name}
    found = [name for name, says in named.items() if says and (not flow or says == flow)]
    if not found:
        raise FlowFileError(f"{given}: no file in it says flow: and a name; it holds {_tops(files)}. {NOTHING}")
    if len(found) > 1:
        raise FlowFileError(f"{given}: several flows are in it ({', '.join(sorted(found))}): pack one alone. {NOTHING}")
    return found[0]


def _says(text: str, name: str) -> str:
    """The name behind `flow:`; a file that cannot be read says one if a line of it begins so."""
    try:
        return Source(text, name).words(("flow",)) or ""
    except CannotEdit:
        return next((line[5:].strip() for line in text.splitlines() if line.startswith("flow:")), "")


def _flow(files: Mapping[str, str], main: str, given: str) -> Flow:
    for name, text in files.items():
        for fault in faults(name, text):
            raise FlowFileError(f"{given}: {name}:{fault.line}: {fault.message}. {NOTHING}")
        try:
            _ = Source(text, name) if is_yaml(name) else None
        except CannotEdit as error:
            raise FlowFileError(f"{given}: {error}. {NOTHING}") from None
    parsed = parse_flow(files, main)
    barred = [each for each in parsed.problems if each.code in BARRED or parsed.flow is None]
    if barred or parsed.flow is None:
        raise FlowFileError(f"{given}: {barred[0] if barred else f'{main} is no flow'}. {NOTHING}")
    return parsed.flow


def _tops(files: Mapping[str, str]) -> str:
    there = sorted(name for name in files if is_yaml(name) and "/" not in name)
    return ", ".join(there[:5]) + (" …" if len(there) > 5 else "") or "no flow file"
