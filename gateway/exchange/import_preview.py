"""What a workbook or an archive would make of a flow's files, and how it is shown before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from flows.checks.runner import check
from flows.editing.list_csv_rows import UnreadableList, entries
from flows.engine.variables import base_language
from flows.menu.model import ANY_LANGUAGE, Flow
from flows.parsing.flow import parse_flow
from flows.text.printable import pluralize
from flows.translation.text_fit import Ruler
from gateway.exchange import archive, workbook_diff, xlsx
from gateway.exchange.readable_files import KEPT, given_bytes, is_yaml, members, readable, refuse_unreadable, texts_of
from gateway.exchange.workbook_diff import Change
from gateway.flow_folder.base_revision_note import read_line
from gateway.flow_folder.files import FlowFileError, decode_exactly, decode_text, read_bytes, read_raw, refuse_outside
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.base_revision import BaseRevision


class ImportPreview(Struct):
    """The files that change, with their new bytes; lines that show it; and what keeps it from being taken.

    Where all of a `flow` comes in, `taken` is the revision that it says it was taken from.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    flow: str = ""
    taken: BaseRevision | None = None


def workbook_into(file: Path, given: Path, *, overwrite: bool = False) -> ImportPreview:
    """Texts of a workbook for the flow in `file`. Raises FlowFileError for what cannot be read at all.

    Texts that were changed in the file since the export stay as they are there, unless it is to `overwrite` them.
    """
    raw, main = read_raw(file)
    flow = readable(raw, main)
    found = texts_of(raw, main, flow)
    pages = xlsx.read_workbook(given_bytes(given, xlsx.LARGEST), given.name, flow.name)
    difference = workbook_diff.compare(found, pages, flow, overwrite=overwrite)
    ruler = Ruler(flow)
    incoming = ImportPreview(shown=[_line(change, flow, ruler) for change in difference.changes])
    incoming.shown += _newer(difference, given.name, flow)
    if difference.absent and pages:
        stays = "it stays as it is" if difference.absent == 1 else "they stay as they are"
        verb = "is" if difference.absent == 1 else "are"
        incoming.shown.append(f"{pluralize(difference.absent, 'text')} {verb} not in {given.name}: {stays}.")
    incoming.problems = [f"{given.name}: {problem}" for problem in difference.problems]
    if incoming.problems:
        return incoming
    texts = {name: decode_exactly(name, data) for name, data in raw.items()}
    made = {name: text.encode() for name, text in workbook_diff.apply_changes(texts, difference.changes, flow).items()}
    incoming.files = {name: data for name, data in made.items() if data != raw[name]}
    incoming.shown += _new_errors(raw, raw | incoming.files, main) if incoming.files else []
    return incoming


def _line(change: Change, flow: Flow, ruler: Ruler) -> str:
    tag = base_language(flow) if change.language == ANY_LANGUAGE else change.language
    fit = ruler.fit(change.wording, change.after, tag)
    mark = {"fits": "", "tight": ", tight", "over": ", TOO LONG"}[fit.how]
    shown = f"{_quoted(change.before)} -> {change.after!r} ({fit.used} of {fit.limit}{mark})"
    return f"{_where(change, tag)}: {shown}"


def _where(change: Change, tag: str) -> str:
    return f"{change.wording.sheet} row {change.row}: {' '.join(change.wording.names)}[{tag}]"


def _quoted(words: str) -> str:
    return repr(words) if words else "nothing"


def _newer(difference: workbook_diff.Difference, given: str, flow: Flow) -> Iterator[str]:
    """The texts that were changed or taken out in the file since a workbook was exported."""
    for change in difference.stale:
        tag = base_language(flow) if change.language == ANY_LANGUAGE else change.language
        words = f"{_quoted(change.before)} in the file, {_quoted(change.after)} in {given}"
        yield f"{_where(change, tag)}: changed in the file since the export: {words}"
    for row in difference.gone:
        yield f"{row}: no longer in the file, passed over."
    if difference.stale:
        told = f"{len(difference.stale)} of these keep the words of the file, which are newer than {given}"
        yield f"{told}. To take those of the workbook instead: --overwrite"


def _new_errors(before: Mapping[str, bytes], after: Mapping[str, bytes], main: str) -> list[str]:
    """Errors that a check finds now and did not find before: told, and left to be mended before publishing."""

    def errors(raw: Mapping[str, bytes]) -> dict[str, str]:
        parsed = parse_flow({name: decode_text(name, data, lambda _: None) for name, data in raw.items()}, main)
        found = [
            problem for problem in check(parsed, events=SHIPPED_POLICY.lifecycle.events) if problem.severity == "E"
        ]
        return {f"{each.code} {each.screen} {each.language} {each.message}": str(each) for each in found}

    known = errors(before)
    return [line for key, line in errors(after).items() if key not in known]


def archive_into(file: Path, given: Path) -> ImportPreview:
    """The files of an archive for the folder of `file`. Raises FlowFileError for anything that is not to be taken."""
    packed = given_bytes(given, archive.LARGEST)
    new = archive.unpack(packed, given.name)
    main, folder = file.name, file.parent
    if main not in new:
        there = ", ".join(name for name in sorted(new) if is_yaml(name) and "/" not in name) or "no flow file"
        raise FlowFileError(
            f"{given.name}: it has no {main}; it holds {there}: import into a file of that name. {KEPT}"
        )
    old = {name: read_bytes(folder, name) for name in new if _there(folder, name)}
    for name, data in new.items():
        if is_yaml(name) and old.get(name) != data:
            refuse_unreadable(name, data)
    flow = readable(new, main)
    if main in old and (was := _named(old[main], main)) not in ("", flow.name):
        raise FlowFileError(f"{given.name}: it holds the flow {flow.name}, and {file} is the flow {was}. {KEPT}")
    if strange := sorted({*new} - {*members(new, main, flow.name)}):
        raise FlowFileError(f"{given.name}: {strange[0]} is no file of the flow {flow.name}: take it out. {KEPT}")
    changed = {name: data for name, data in new.items() if old.get(name) != data}
    shown = [line for name in sorted(changed) for line in _shown(name, old.get(name), changed[name])]
    said = read_line(archive.remark_of(packed))
    return ImportPreview(changed, shown, flow=flow.name, taken=said[1] if said and said[0] == flow.name else None)


def _there(folder: Path, name: str) -> bool:
    refuse_outside(folder, name)
    return (folder / name).exists()


def _named(data: bytes, main: str) -> str:
    """The name of the flow in a file; "" where it cannot be read, so that an import may mend it."""
    try:
        flow = parse_flow({main: decode_exactly(main, data)}, main).flow
    except FlowFileError:
        return ""
    return flow.name if flow else ""


def _shown(name: str, before: bytes | None, after: bytes) -> Iterator[str]:
    if before is None:
        yield f"{name}: new"
        return
    was, now = (data.decode("utf-8", "replace").splitlines() for data in (before, after))
    yield from difflib.unified_diff(was, now, name, f"{name} (new)", lineterm="", n=1)
    gone = sorted(_codes(name, before) - _codes(name, after))
    if gone:
        yield f"{name}: codes gone: {', '.join(gone)}. Complaints may hold them: keep the rows and set active_until."


def _codes(name: str, data: bytes) -> set[str]:
    try:
        return {row.code for row in entries(data.decode("utf-8", "replace"))} if not is_yaml(name) else set()
    except UnreadableList:
        return set()
