"""The flow in a zip, before anything is done with it, for the command line and the console.

Nothing in the zip is trusted.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from flows.editing.yaml_nodes import CannotEdit, Source
from flows.menu.diagnostics import Problem
from gateway.exchange import archive
from gateway.exchange.readable_files import KEPT, is_yaml, parse_readable, refuse_unreadable
from gateway.flow_folder.base_revision_note import read_line
from gateway.flow_folder.files import FlowFileError, decode_text
from sessions.publishing.base_revision import BaseRevision
from sessions.publishing.flow_files_and_hash import select_flow_files

MOST_NAMED = 5


class FlowArchive(Struct, frozen=True):
    """The files of a flow by name, as bytes and as text, its main file, and the revision the zip was taken from.

    `before` has the present files of the same names; `notes` are lines about what was ignored in the files.
    """

    flow: str
    main: str
    raw: dict[str, bytes]
    files: dict[str, str]
    before: dict[str, bytes | None]
    notes: tuple[str, ...] = ()
    taken: BaseRevision | None = None


def read_flow_archive(
    data: bytes,
    given: str,
    main: str = "",
    flow: str = "",
    *,
    there: Callable[[str], bytes | None] = lambda _: None,
    faults: Callable[[str, str], Iterable[Problem]] = lambda _name, _text: (),
    place: str = "this draft is of",
    hint: str = "",
) -> FlowArchive:
    """The flow in a zip: the one in `main`, if given, which must then be `flow`. Raises FlowFileError.

    `place` says what belongs to `flow`. `there` returns the present file of a name: a file that does not change need
    not be readable. `faults` finds what else is wrong with a file; `hint` says what to do if there is no `main`.
    """
    raw = archive.unpack(data, given)
    before = {name: there(name) for name in raw}
    notes: list[str] = []
    files = {name: decode_text(name, each, notes.append) for name, each in raw.items()}
    said = read_line(archive.remark_of(data))
    first = main or _main(files, given, said[0] if said else "")
    if first not in files:
        raise FlowFileError(f"{given}: it has no {first}; it contains {_tops(files)}{hint}. {KEPT}")
    for name, text in files.items():
        for fault in faults(name, text):
            raise FlowFileError(f"{given}: {name}:{fault.line}: {fault.message}. {KEPT}")
        if is_yaml(name) and before[name] != raw[name]:
            refuse_unreadable(name, text)
    found = parse_readable(files, first, f"{given}: ").name
    if flow and found != flow:
        raise FlowFileError(f"{given}: it contains the flow {found}, but {place} {flow}. {KEPT}")
    if strange := sorted({*files} - {*select_flow_files(files, first, found)}):
        raise FlowFileError(f"{given}: {strange[0]} is not a file of the flow {found}: remove it. {KEPT}")
    taken = said[1] if said and said[0] == found else None
    return FlowArchive(found, first, raw, files, before, tuple(notes), taken)


def _main(files: Mapping[str, str], given: str, flow: str) -> str:
    """The main file: the one with `flow:`. If several have it, the one of the flow in the zip's comment."""
    named = {name: _says(text, name) for name, text in files.items() if is_yaml(name) and "/" not in name}
    found = [name for name, says in named.items() if says and (not flow or says == flow)]
    if not found:
        raise FlowFileError(f"{given}: no file in it has flow: with a name; it contains {_tops(files)}. {KEPT}")
    if len(found) > 1:
        raise FlowFileError(f"{given}: several flows are in it ({', '.join(sorted(found))}): zip only one. {KEPT}")
    return found[0]


def _says(text: str, name: str) -> str:
    """The value of `flow:`; in a file that cannot be read, that of the first line that starts so."""
    try:
        return Source(text, name).words(("flow",)) or ""
    except CannotEdit:
        return next((line[5:].strip() for line in text.splitlines() if line.startswith("flow:")), "")


def _tops(files: Mapping[str, str]) -> str:
    there = sorted(name for name in files if is_yaml(name) and "/" not in name)
    return ", ".join(there[:MOST_NAMED]) + (" …" if len(there) > MOST_NAMED else "") or "no flow file"
