"""What a returned PO file would change in the files of a flow, and every entry that cannot be imported."""

from collections.abc import Mapping, Sequence

from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.translation.flow_texts import place
from flows.translation.text_inventory import TranslatableText
from gateway.exchange import row_hashes
from gateway.exchange.po import PoEntry, PoFile
from gateway.exchange.workbook_diff import Change, Difference, brace_error, variables_in

FUZZY = "marked as fuzzy in the PO file"
SOURCE = "its source text has changed since the export"
NEWER = "changed here since the export"
UNKNOWN = "the comment that says what was exported is gone"


def compare_po(
    found: Sequence[TranslatableText], read: PoFile, flow: Flow, language: str, *, overwrite: bool = False
) -> Difference:
    """Compare a PO file with the texts of a flow. If there is any problem, nothing of it may be imported.

    Empty translations change nothing. What is fuzzy, whose source has changed, or whose words were changed in the file
    after the export, is in `stale`, unless `overwrite` is set.
    """
    texts = {place(each): each for each in found if not each.same}
    difference, seen = Difference(), dict[str, int]()
    for entry in read.entries:
        wording = texts.get(entry.place)
        if wrong := _unfit(entry, seen):
            difference.problems.append(f"entry {entry.place or '?'}, line {entry.line}: {wrong}")
            continue
        seen[entry.place] = entry.line
        if wording is None:
            if entry.words:
                difference.gone.append(entry.place)
            continue
        _take(difference, entry, wording, flow, language, overwrite=overwrite)
    base = base_language(flow)
    difference.absent = sum(bool(each.words.get(base, "").strip()) for at, each in texts.items() if at not in seen)
    return difference


def _unfit(entry: PoEntry, seen: Mapping[str, int]) -> str:
    if not entry.place:
        return "it has no msgctxt, which says where the text stands: export the file again"
    if entry.forms:
        return "it has plural forms, which no text here has: write one translation"
    if entry.place in seen:
        return f"{entry.place} is in line {seen[entry.place]} already: keep one of them"
    return ""


def _take(
    difference: Difference, entry: PoEntry, wording: TranslatableText, flow: Flow, language: str, *, overwrite: bool
) -> None:
    """Add what an entry changes, or why it cannot."""
    before, words = row_hashes.unix(wording.words.get(language, "")), row_hashes.unix(entry.words)
    if not words.strip() or words == before:
        return
    base = row_hashes.unix(wording.words.get(base_language(flow), ""))
    why = "" if overwrite else _why_stale(entry, before, base)
    wrong = _wrong(wording, words) or brace_error(words, variables_in(wording, base, flow))
    if wrong:
        difference.problems.append(f"entry {entry.place}, line {entry.line}: {language}: {wrong}")
        return
    change = Change(wording, language, wording.words.get(language, ""), words, entry.line, why)
    (difference.stale if why else difference.changes).append(change)


def _why_stale(entry: PoEntry, before: str, base: str) -> str:
    """Why the words of an entry are not simply taken; "" if they are."""
    if row_hashes.unix(entry.source) != base:
        return SOURCE
    if entry.fuzzy:
        return FUZZY
    if not before.strip() or entry.exported == row_hashes.hash_words(before):
        return ""
    return NEWER if entry.exported else UNKNOWN


def _wrong(wording: TranslatableText, words: str) -> str:
    """Why words cannot stand in the place of a text; "" if they can."""
    if wording.sheet == "lists" and (words != words.strip() or not words.isprintable()):
        return "words of a list must be one line, without spaces around them"
    if any(not letter.isprintable() and letter not in "\n\u200c\u200d\u200e\u200f" for letter in words):
        return "it contains a control character: type the words again"
    return ""
