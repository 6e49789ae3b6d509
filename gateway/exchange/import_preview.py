"""What a workbook, a PO file or a zip would change in the files of a flow, shown before anything is written."""

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
from gateway.exchange import archive, po, po_diff, workbook_diff, xlsx
from gateway.exchange.flow_archive import read_flow_archive
from gateway.exchange.readable_files import given_bytes, is_yaml, plain_texts, readable, texts_of
from gateway.exchange.workbook_diff import Change
from gateway.flow_folder.files import FlowFileError, decode_exactly, read_bytes, read_raw, refuse_outside
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.cases.rules.danger_files import shipped_helplines
from sessions.publishing.base_revision import BaseRevision


class ImportPreview(Struct):
    """The files that change, with their new bytes; lines that show it; and problems that prevent the import.

    For the import of a whole `flow`, `taken` is the revision that it says it was taken from.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    flow: str = ""
    taken: BaseRevision | None = None


def workbook_into(
    file: Path, given: Path, *, overwrite: bool = False, policy: CasePolicy = SHIPPED_POLICY
) -> ImportPreview:
    """The texts of a workbook for the flow in `file`. Raises FlowFileError for what cannot be read at all.

    Texts that were changed in the file after the export keep the words of the file, unless `overwrite` is set.
    """
    raw, main = read_raw(file)
    flow = readable(raw, main)
    found = texts_of(raw, main, flow)
    pages = xlsx.read_workbook(given_bytes(given, xlsx.LARGEST), given.name, flow.name)
    difference = workbook_diff.compare(found, pages, flow, overwrite=overwrite)
    return _incoming(raw, main, flow, given, difference, policy, there=bool(pages))


def po_into(file: Path, given: Path, *, overwrite: bool = False, policy: CasePolicy = SHIPPED_POLICY) -> ImportPreview:
    """The texts of a PO file for the flow in `file`. Raises FlowFileError for what cannot be read at all.

    What is fuzzy, and texts that were changed in the file after the export, keep their words, unless `overwrite` is
    set.
    """
    raw, main = read_raw(file)
    flow = readable(raw, main)
    read = po.read_po(given_bytes(given, po.LARGEST), given.name)
    language = po.refuse_anothers(read, flow, given.name)
    difference = po_diff.compare_po(texts_of(raw, main, flow), read, flow, language, overwrite=overwrite)
    return _incoming(raw, main, flow, given, difference, policy, there=True)


def _incoming(
    raw: Mapping[str, bytes],
    main: str,
    flow: Flow,
    given: Path,
    difference: workbook_diff.Difference,
    policy: CasePolicy,
    *,
    there: bool,
) -> ImportPreview:
    """What a difference makes of the files; `there` is false for a workbook without any sheet of ours."""
    ruler = Ruler(flow)
    incoming = ImportPreview(shown=[_line(change, flow, ruler) for change in difference.changes])
    incoming.shown += _newer(difference, given.name, flow)
    if difference.absent and there:
        stays = "it stays unchanged" if difference.absent == 1 else "they stay unchanged"
        verb = "is" if difference.absent == 1 else "are"
        incoming.shown.append(f"{pluralize(difference.absent, 'text')} {verb} not in {given.name}: {stays}.")
    incoming.problems = [f"{given.name}: {problem}" for problem in difference.problems]
    if incoming.problems:
        return incoming
    texts = {name: decode_exactly(name, data) for name, data in raw.items()}
    made = {name: text.encode() for name, text in workbook_diff.apply_changes(texts, difference.changes, flow).items()}
    incoming.files = {name: data for name, data in made.items() if data != raw[name]}
    if incoming.files:
        incoming.shown += new_errors(plain_texts(raw), plain_texts({**raw, **incoming.files}), main, policy)
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
    """Lines for texts that were changed or removed in the file after the workbook was exported."""
    for change in difference.stale:
        tag = base_language(flow) if change.language == ANY_LANGUAGE else change.language
        words = f"{_quoted(change.before)} in the file, {_quoted(change.after)} in {given}"
        yield f"{_where(change, tag)}: {change.why or 'changed in the file after the export'}: {words}"
    for row in difference.gone:
        yield f"{row}: no longer in the file, ignored."
    if difference.stale:
        why = "" if any(change.why for change in difference.stale) else f", which are newer than {given}"
        yield f"{len(difference.stale)} of these keep the words of the file{why}. To use those of {given}: --overwrite"


def new_errors(
    before: Mapping[str, str], after: Mapping[str, str], main: str, policy: CasePolicy = SHIPPED_POLICY
) -> list[str]:
    """Errors that the checks find now and did not find before: shown, and to be fixed before publishing."""

    def errors(files: Mapping[str, str]) -> dict[str, str]:
        lines = shipped_helplines()
        events = policy.lifecycle.events
        problems = check(parse_flow(files, main), events=events, life=policy.life, helplines=lines)
        found = [problem for problem in problems if problem.severity == "E"]
        return {f"{each.code} {each.screen} {each.language} {each.message}": str(each) for each in found}

    known = errors(before)
    return [line for key, line in errors(after).items() if key not in known]


def archive_into(file: Path, given: Path) -> ImportPreview:
    """The files of a zip for the folder of `file`. Raises FlowFileError for anything that cannot be imported."""
    made = read_flow_archive(
        given_bytes(given, archive.LARGEST),
        given.name,
        file.name,
        _flow_of(file),
        place=f"{file} is the flow",
        there=lambda name: _there(file.parent, name),
        hint=": import into a file of that name",
    )
    changed = {name: data for name, data in made.raw.items() if made.before[name] != data}
    shown = [line for name in sorted(changed) for line in _shown(name, made.before[name], changed[name])]
    return ImportPreview(changed, [*made.notes, *shown], flow=made.flow, taken=made.taken)


def _there(folder: Path, name: str) -> bytes | None:
    refuse_outside(folder, name)
    return read_bytes(folder, name) if (folder / name).exists() else None


def _flow_of(file: Path) -> str:
    """The name of the flow in a file; "" if it cannot be read, so that an import can repair it."""
    try:
        data = _there(file.parent, file.name)
        flow = parse_flow({file.name: decode_exactly(file.name, data)}, file.name).flow if data else None
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
        yield f"{name}: codes gone: {', '.join(gone)}. Complaints may use them: keep the rows and set active_until."


def _codes(name: str, data: bytes) -> set[str]:
    try:
        return {row.code for row in entries(data.decode("utf-8", "replace"))} if not is_yaml(name) else set()
    except UnreadableList:
        return set()
