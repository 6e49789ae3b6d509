"""New words for one text of a draft, in one or more languages, merged with what others saved."""

import unicodedata
from collections.abc import Mapping

from msgspec import Struct, field

from flows.editing.csv_import import unix
from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.translation.flow_texts import load_flow_texts
from flows.translation.text_fit import names
from flows.translation.text_inventory import TranslatableText
from flows.translation.translation_hashes import confirm_translations
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import NothingToEditError, save_edit
from gateway.exchange.workbook_diff import Change, apply_changes, brace_error, variables_in
from gateway.exchange.xlsx import column_key
from sessions.drafts.draft_editing import EditConflict
from sessions.drafts.field_edit import FieldEdit
from storage.schema.tables import Draft

MOST = 4_000  # characters of a text: far more than any phone shows


class TextEdit(FieldEdit, frozen=True, kw_only=True):
    """What a form says of one text: its words by language, and the languages confirmed as `right`."""

    place: str
    right: frozenset[str] = frozenset()


class SaveErrors(Struct):
    """Why nothing was saved: errors by language, and by language what another person has written since then."""

    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    clash: EditConflict | None = None


def parse_text_edit(form: Mapping[str, str], languages: Mapping[str, str]) -> TextEdit:
    """What was sent, with Unix line ends."""
    words = {tag: unix(form[f"words-{tag}"]) for tag in languages if f"words-{tag}" in form}
    seen = {tag: form.get(f"seen-{tag}", "") for tag in words}
    right = frozenset(tag for tag in languages if f"right-{tag}" in form)
    return TextEdit(fields=words, seen=seen, place=form.get("place", ""), right=right)


def save(draft: Draft, typed: TextEdit, *, structure: bool) -> Draft | SaveErrors:
    """Save what was typed. `structure`: this person may insert variables that the text lacked. Raises NotSavedError."""
    changed = typed.changed()
    if errors := _errors(draft, typed, structure=structure):
        return SaveErrors(errors)

    def made(there: Draft) -> Mapping[str, str] | EditConflict:
        now, wording = _current(there, typed.place)
        keys = {tag: key for tag in typed.fields if (key := column_key(wording, tag, now)) is not None}
        said = {tag: wording.words.get(key, "") for tag, key in keys.items()}
        refused.theirs = {tag: words for tag, words in typed.clashes(said).items() if tag in keys}
        if refused.theirs:
            tag = next(iter(refused.theirs))
            return EditConflict(typed.fields[tag], refused.theirs[tag])
        changes = [
            Change(wording, keys[tag], said[tag], words, 0)
            for tag, words in changed.items()
            if tag in keys and said[tag] != words and (words.strip() or said[tag].strip())
        ]
        files = {**there.files, **apply_changes(there.files, changes, now)}
        right = [(typed.place, tag) for tag in typed.right if tag in wording.words]
        return confirm_translations(files, there.main, right) if right else files

    refused = SaveErrors()
    tags = ", ".join(sorted({*changed, *typed.right}))
    saved = save_edit(draft, made, f"{typed.place}: words" + (f" in {tags}" if tags else ""))
    if isinstance(saved, EditConflict):
        refused.clash = saved
        return refused
    return saved


def _current(draft: Draft, place: str) -> tuple[Flow, TranslatableText]:
    now = load_flow_texts(draft.files, draft.main)
    if place not in now.texts or now.flow is None:
        raise NothingToEditError(_("This text is no longer in the draft. Nothing was saved."))
    return now.flow, now.texts[place]


def _errors(draft: Draft, typed: TextEdit, *, structure: bool) -> dict[str, str]:
    """What keeps words from being saved, by language."""
    flow, wording = _current(draft, typed.place)
    found, base_tag = load_flow_texts(draft.files, draft.main), base_language(flow)
    base = typed.fields.get(base_tag, found.base(wording))
    errors: dict[str, str] = {}
    for tag, words in typed.changed().items():
        known = variables_in(wording, "" if tag == base_tag else base, flow)
        if structure and wording.sheet != "lists":
            known |= frozenset(flow.kinds) | _everywhere(found.texts)
        if wrong := text_error(wording, words, known, was=bool(wording.words.get(tag, "").strip())):
            errors[tag] = wrong
    return errors


def _everywhere(texts: Mapping[str, TranslatableText]) -> frozenset[str]:
    """Every variable that some text of the flow uses."""
    return frozenset[str]().union(*(names(words) for each in texts.values() for words in each.words.values()))


def text_error(wording: TranslatableText, words: str, known: frozenset[str], *, was: bool = False) -> str:
    """Why words are not valid in a text that may use the `known` variables; "" if they are."""
    if not words.strip():
        return _("Callers would see nothing here. Enter the words that they should read.") if was else ""
    if len(words) > MOST:
        return _("This is longer than %(most)s characters, more than any phone shows. Shorten it.", most=MOST)
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" for letter in words):
        return _("These words contain a control character that no phone can show. Type them again.")
    if wording.room == "line" and "\n" in words.strip():
        return _("These words must be on one line. Remove the line break.")
    if wording.sheet == "lists" and words != words.strip():
        return _("Words of a list must not begin or end with a space.")
    wrong = brace_error(words, known)
    return _("Not saved: %(wrong)s.", wrong=wrong) if wrong else ""
