"""New words for one text of a draft, in one language or several, laid over what others saved meanwhile."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from msgspec import Struct, field

from flows.engine.variables import base_language
from flows.translation.flow_texts import load_flow_texts
from flows.translation.text_fit import names
from flows.translation.text_inventory import TranslatableText
from flows.translation.translation_hashes import confirm_translations
from gateway.console.site.guard import person, sunwai
from gateway.console.site.i18n import _
from gateway.exchange import row_hashes
from gateway.exchange.workbook_diff import Change, apply_changes, brace_error, variables_in
from gateway.exchange.xlsx import column_key
from gateway.flow_folder.files import FlowFileError
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import ClosedDraft, EditConflict
from storage.schema.tables import Draft

MOST = 4_000  # letters of a text: far more than any phone shows, and a form that nobody drowns in


class TextEdit(Struct, frozen=True):
    """What a form says of one text: words by language, `seen` hashes of those it was made from, `right` as it is."""

    place: str
    words: dict[str, str]
    seen: dict[str, str]
    right: frozenset[str] = frozenset()

    def changed(self) -> dict[str, str]:
        """The words that are others than the form was made from."""
        return {tag: words for tag, words in self.words.items() if mark(words) != self.seen.get(tag, "")}


class SaveErrors(Struct):
    """Why nothing was saved: errors by language, and by language what another person wrote meanwhile."""

    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    clash: EditConflict | None = None
    gone: bool = False  # the text, or the draft as something that may be changed


def mark(words: str) -> str:
    """The hash by which a form remembers the words it was made from."""
    return draft_editing.content_hash(row_hashes.unix(words))


def parse_text_edit(form: Mapping[str, str], languages: Mapping[str, str]) -> TextEdit:
    """What was sent, with the line ends of Unix, whatever a browser makes of them."""
    words = {tag: row_hashes.unix(form[f"words-{tag}"]) for tag in languages if f"words-{tag}" in form}
    seen = {tag: form.get(f"seen-{tag}", "") for tag in words}
    right = frozenset(tag for tag in languages if f"right-{tag}" in form)
    return TextEdit(form.get("place", ""), words, seen, right)


def save(draft: Draft, typed: TextEdit, *, structure: bool) -> Draft | SaveErrors:
    """Keep what was typed. `structure`: who saves may put in variables that the text had not."""
    refused = _refused(draft, typed, structure=structure)
    if refused.errors or refused.gone:
        return refused
    try:
        saved = draft_editing.change_draft(
            sunwai().database,
            sunwai().clock(),
            draft.id,
            lambda there: _made(there, typed, refused),
            who=person().name,
            what=_what(typed),
        )
    except FlowFileError as error:
        return SaveErrors(errors=dict.fromkeys(typed.changed(), str(error)))
    if isinstance(saved, ClosedDraft):
        return SaveErrors(gone=True)
    if isinstance(saved, EditConflict):
        refused.clash = saved
        return refused
    return SaveErrors(gone=True) if refused.gone else saved


def _what(typed: TextEdit) -> str:
    tags = sorted({*typed.changed(), *typed.right})
    return f"{typed.place}: words in {', '.join(tags)}" if tags else f"{typed.place}: words"


def _made(draft: Draft, typed: TextEdit, refused: SaveErrors) -> Mapping[str, str] | EditConflict:
    """The draft's files with the new words; a clash where somebody wrote others in the same place meanwhile."""
    now = load_flow_texts(draft.files, draft.main)
    wording = now.texts.get(typed.place)
    if wording is None or now.flow is None:
        refused.gone = True
        return draft.files
    changes: list[Change] = []
    refused.theirs.clear()
    for tag, words in typed.changed().items():
        key = column_key(wording, tag, now.flow)
        if key is None:
            continue
        there = wording.words.get(key, "")
        if there == words or not (words.strip() or there.strip()):
            continue
        if mark(there) != typed.seen[tag]:
            refused.theirs[tag] = there
        changes.append(Change(wording, key, there, words, 0))
    if refused.theirs:
        tag = next(iter(refused.theirs))
        return EditConflict(typed.words[tag], refused.theirs[tag])
    files = {**draft.files, **apply_changes(draft.files, changes, now.flow)}
    right = [(typed.place, tag) for tag in typed.right if tag in wording.words]
    return confirm_translations(files, draft.main, right) if right else files


def _refused(draft: Draft, typed: TextEdit, *, structure: bool) -> SaveErrors:
    """What keeps words from being taken, told beside their field."""
    now = load_flow_texts(draft.files, draft.main)
    wording = now.texts.get(typed.place)
    if wording is None or now.flow is None:
        return SaveErrors(gone=True)
    refused = SaveErrors()
    base = typed.words.get(base_language(now.flow), now.base(wording))
    for tag, words in typed.changed().items():
        known = variables_in(wording, "" if tag == base_language(now.flow) else base, now.flow)
        if structure and wording.sheet != "lists":
            known |= frozenset(now.flow.kinds) | _everywhere(now.texts)
        if wrong := text_error(wording, words, known, was=bool(wording.words.get(tag, "").strip())):
            refused.errors[tag] = wrong
    return refused


def _everywhere(texts: Mapping[str, TranslatableText]) -> frozenset[str]:
    """Every variable that some text of the flow puts in."""
    return frozenset[str]().union(*(names(words) for each in texts.values() for words in each.words.values()))


def text_error(wording: TranslatableText, words: str, known: frozenset[str], *, was: bool = False) -> str:
    """Why words cannot stand in a text that may put in `known` variables; "" when they can."""
    if not words.strip():
        return _("A caller would see a blank here: write what they should read.") if was else ""
    if len(words) > MOST:
        return _("This is longer than %(most)s letters, more than any phone shows: shorten it.", most=MOST)
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" for letter in words):
        return _("A control character stands in these words, which no phone shows: type them anew.")
    if wording.room == "line" and "\n" in words.strip():
        return _("These words stand on one line: take the line end out.")
    if wording.sheet == "lists" and words != words.strip():
        return _("Words of a list have no blanks around them.")
    wrong = brace_error(words, known)
    return _("Not saved: %(wrong)s.", wrong=wrong) if wrong else ""
