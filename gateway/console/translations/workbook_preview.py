"""What a workbook or a PO file would change in a draft, carried from its preview to where it is taken."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from flows.engine.variables import base_language
from flows.menu.model import ANY_LANGUAGE, Flow
from flows.translation.flow_texts import FlowTexts, load_flow_texts, place
from flows.translation.left_out_variables import LeftOutGrades
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.text_fit import Ruler
from gateway.console.site.guard import sunwai
from gateway.console.site.signed_preview import pack_preview, unpack_preview
from gateway.console.translations.lost_variables import LeftOut, grades_of, left_out
from gateway.exchange import po, po_diff, workbook_diff, xlsx
from gateway.exchange.import_preview import new_errors
from gateway.exchange.readable_files import BARRED
from gateway.exchange.workbook_diff import Change, Difference
from gateway.flow_folder.files import FlowFileError
from sessions.drafts.field_edit import field_hash
from storage.schema.tables import Draft


class PreviewChange(Struct, frozen=True):
    """A change as its preview shows it; `key` names it in the form."""

    key: str
    place: str
    language: str
    before: str
    after: str
    gauge: LengthMeter
    left_out: tuple[LeftOut, ...] = ()  # variables that the words would no longer use
    why: str = ""  # why it is kept unless it is ticked, in a key of REASONS


class Preview(Struct, frozen=True):
    """What a workbook would change. With `problems` it cannot be applied.

    `newer` are texts that were changed in the draft after the export: they are kept unless somebody ticks them.
    """

    changes: tuple[PreviewChange, ...] = ()
    newer: tuple[PreviewChange, ...] = ()
    gone: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()  # new errors of the checks
    absent: int = 0
    packed: str = ""


class CarriedChange(Struct, frozen=True, array_like=True):
    """A change in the signed preview: its place, the hash of the words it replaces, and the new words."""

    place: str
    language: str
    before: str
    after: str
    newer: bool = False

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"{self.place}-{self.language}"


def exchangeable_draft(draft: Draft) -> FlowTexts:
    """The texts of a draft for export. Raises FlowFileError with the first thing that cannot be read."""
    now = load_flow_texts(draft.files, draft.main)
    barred = [each for each in now.parsed.problems if each.code in BARRED]
    if now.flow is None or now.trouble or barred:
        raise FlowFileError(f"{barred[0] if barred else now.trouble}. Mend this first.")
    return now


def is_workbook(name: str) -> bool:
    """True for the name of a workbook, false for that of a PO file."""
    return not name.lower().endswith((".po", ".pot"))


def preview(draft: Draft, data: bytes, name: str, *, overwrite: bool, without: str) -> Preview:
    """Compare a workbook or a PO file with a draft. Raises FlowFileError if it cannot be read."""
    now = exchangeable_draft(draft)
    assert now.flow is not None  # noqa: S101 - `readable` says so
    texts = list(now.texts.values())
    if is_workbook(name):
        pages = xlsx.read_workbook(data, name, now.flow.name)
        found = workbook_diff.compare(texts, pages, now.flow, overwrite=overwrite, without=without)
    else:
        read = po.read_po(data, name)
        language = po.refuse_anothers(read, now.flow, name)
        found = po_diff.compare_po(texts, read, now.flow, language, overwrite=overwrite)
    ruler = Ruler(now.flow)
    problems = [*found.problems]
    if not problems:
        problems += _unfit(draft, found, now.flow)
    if problems:
        return Preview(problems=tuple(problems))
    made = {**draft.files, **workbook_diff.apply_changes(draft.files, found.changes, now.flow)}
    said: dict[str, dict[str, str]] = {}
    for each in (*found.changes, *found.stale):
        said.setdefault(place(each.wording), {})[each.language] = each.after
    grades = grades_of(draft)
    return Preview(
        changes=tuple(_shown(change, now.flow, ruler, grades, said) for change in found.changes),
        newer=tuple(_shown(change, now.flow, ruler, grades, said) for change in found.stale),
        gone=tuple(found.gone),
        errors=tuple(new_errors(draft.files, made, draft.main, sunwai().policy)) if found.changes else (),
        absent=found.absent,
        packed=pack_preview(
            _salt(draft),
            [_carried(each, newer=False) for each in found.changes]
            + [_carried(each, newer=True) for each in found.stale],
        ),
    )


def _unfit(draft: Draft, found: Difference, flow: Flow) -> Iterator[str]:
    """Words that cannot be written to the files, found before somebody applies them."""
    try:
        workbook_diff.apply_changes(draft.files, [*found.changes, *found.stale], flow)
    except FlowFileError as error:
        yield str(error)


def open_preview(draft: Draft) -> list[CarriedChange] | None:
    """What a preview of this draft carried; None when it is too old or not ours."""
    return unpack_preview(_salt(draft), list[CarriedChange])


def apply_carried_changes(
    files: Mapping[str, str], main: str, carried: Sequence[CarriedChange]
) -> tuple[dict[str, str], list[CarriedChange]]:
    """The files with the changes of a preview, and the changes that were not made because their texts have changed.

    Raises FlowFileError if words cannot be written.
    """
    now = load_flow_texts(files, main)
    made: list[Change] = []
    left: list[CarriedChange] = []
    for each in carried:
        wording = now.texts.get(each.place)
        there = wording.words.get(each.language, "") if wording else None
        if wording is None or there is None or field_hash(there) != each.before:
            if there != each.after:
                left.append(each)
            continue
        made.append(Change(wording, each.language, there, each.after, 0))
    flow = now.flow
    if flow is None:
        return dict(files), list(carried)
    return {**files, **workbook_diff.apply_changes(files, made, flow)}, left


def _carried(change: Change, *, newer: bool) -> CarriedChange:
    return CarriedChange(place(change.wording), change.language, field_hash(change.before), change.after, newer)


def _shown(
    change: Change, flow: Flow, ruler: Ruler, grades: LeftOutGrades, said: Mapping[str, Mapping[str, str]]
) -> PreviewChange:
    tag = base_language(flow) if change.language == ANY_LANGUAGE else change.language
    at = place(change.wording)
    full = length_meter(ruler, change.wording, change.after, tag)
    base = change.wording.words.get(base_language(flow), "") if not change.before.strip() else change.before
    gone = left_out(grades, change.wording, {**said[at], tag: change.after}, tag, base)
    return PreviewChange(f"{at}-{change.language}", at, tag, change.before, change.after, full, gone, change.why)


def _salt(draft: Draft) -> str:
    return f"workbook of draft {draft.id}"
