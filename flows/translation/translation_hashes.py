"""Which translations are stale because their base text changed, and how that is known across saves.

A flow with a file of hashes (`translations: translations.yaml`) records for each translation the base text it was made
from; `update_hashes` does so at each save. Without one, a draft is compared with the revision it was made from.
"""

from collections.abc import Iterable, Mapping

from flows.checks.texts.translations import format_hash_file
from flows.editing.yaml_edits import edit
from flows.editing.yaml_nodes import CannotEdit
from flows.engine.variables import base_language
from flows.menu.model import ANY_LANGUAGE
from flows.translation.flow_texts import FlowTexts, base_text_hash, load_flow_texts, place
from flows.translation.text_inventory import TranslatableText

FILE = "translations.yaml"
_UNREAD = ("F000", "F001", "F603")  # findings by which a screen, a list or its rows are missing
_BESIDE = ("flow", "title", "channel", "start", "texts", "keywords")  # after which a new line of the flow is added


def translations(wording: TranslatableText, base: str) -> tuple[str, ...]:
    """The languages that a text is translated into; none if it is the same in every language."""
    if wording.same:
        return ()
    return tuple(tag for tag, words in wording.words.items() if tag not in (base, ANY_LANGUAGE) and words.strip())


def stale_translations(now: FlowTexts, before: FlowTexts | None = None) -> frozenset[tuple[str, str]]:
    """(place, language) of every translation whose base text changed since.

    A translation without a hash is stale if its base text differs from `before` and the translation does not.
    """
    if now.flow is None:
        return frozenset()
    base = base_language(now.flow)
    found: set[tuple[str, str]] = set()
    for at, wording in now.texts.items():
        words = now.base(wording)
        for tag in translations(wording, base) if words.strip() else ():
            known = now.parsed.translated.get(at, {}).get(tag) if now.hashes else None
            if known is not None:
                stale = known != base_text_hash(wording, words)
            else:
                stale = before is not None and _outlived(before, at, wording, tag, words)
            if stale:
                found.add((at, tag))
    return frozenset(found)


def _outlived(before: FlowTexts, at: str, wording: TranslatableText, tag: str, words: str) -> bool:
    old = before.texts.get(at)
    if old is None or old.words.get(tag) != wording.words[tag] or not before.base(old).strip():
        return False
    return base_text_hash(old, before.base(old)) != base_text_hash(wording, words)


def update_hashes(
    before: Mapping[str, str], files: Mapping[str, str], main: str, theirs: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Files about to be saved over `before`, with updated hashes.

    A translation written now belongs to the base text of now; an unchanged one to the base text it was made from. A
    text that only moved takes its hashes along. If `theirs` were merged in, their translations keep their hashes.
    Files without hashes, or that cannot be read, are returned as they are.
    """
    if not _names_hashes(files, main):
        return dict(files)
    now, was = load_flow_texts(files, main), load_flow_texts(before, main) if main in before else None
    if now.flow is None or now.trouble or not now.hashes:
        return dict(files)
    hashes = _brought_along(
        now, was, base_language(now.flow), load_flow_texts(theirs, main) if theirs and main in theirs else None
    )
    if hashes == now.parsed.translated:
        return dict(files)
    return {**files, now.hashes: format_hash_file(hashes)}


def _names_hashes(files: Mapping[str, str], main: str) -> bool:
    """A quick check that avoids reading a flow without hashes."""
    return any(line.startswith("translations:") for line in files.get(main, "").splitlines())


def _brought_along(
    now: FlowTexts, was: FlowTexts | None, base: str, theirs: FlowTexts | None
) -> dict[str, dict[str, str]]:
    known, made = now.parsed.translated, dict[str, dict[str, str]]()
    if was is None or was.trouble:  # the old files could not be read: nothing is known to be new
        was = now
    gone = {_words_of(wording): at for at, wording in was.texts.items() if at not in now.texts}
    for at, wording in now.texts.items():
        earlier = at if at in was.texts else gone.get(_words_of(wording), "")
        old = was.texts.get(earlier)
        mine = was.parsed.translated.get(earlier, {})
        entries = known.get(at) or mine
        words = now.base(wording)
        line: dict[str, str] = {}
        for tag in translations(wording, base) if words.strip() else ():
            said = _said(theirs, at, wording, tag) if theirs else ""
            if old is None or old.words.get(tag) != wording.words[tag]:
                line[tag] = said or base_text_hash(wording, words)
            elif theirs is not None and not said:  # it differs from theirs, so their hash does not apply
                line[tag] = mine.get(tag) or base_text_hash(wording, was.base(old) or words)
            else:
                line[tag] = entries.get(tag) or base_text_hash(wording, was.base(old) or words)
        line = line or (dict(entries) if not words.strip() else {})
        if line:
            made[at] = line
    if any(each.code in _UNREAD for each in now.parsed.problems):  # what is unreadable now may be readable later
        made |= {at: dict(hashes) for at, hashes in known.items() if at not in now.texts}
    return made


def _said(theirs: FlowTexts, at: str, wording: TranslatableText, tag: str) -> str:
    """The hash of a translation in `theirs` with the same words; "" if there is none."""
    there = theirs.texts.get(at)
    alike = there is not None and there.words.get(tag) == wording.words[tag]
    return theirs.parsed.translated.get(at, {}).get(tag, "") if alike else ""


def _words_of(wording: TranslatableText) -> tuple[tuple[str, str], ...]:
    return tuple(wording.words.items())


def add_hash_file(files: Mapping[str, str], main: str, before: Mapping[str, str] | None = None) -> dict[str, str]:
    """Files with a file of hashes, named in the flow. What is stale compared with `before` stays so.

    Raises CannotEdit if the flow cannot be read or has such a file already.
    """
    now = load_flow_texts(files, main)
    if now.flow is None or now.trouble:
        raise CannotEdit(now.trouble)
    if now.hashes:
        raise CannotEdit(f"{main} names {now.hashes} already")
    old = load_flow_texts(before, main) if before and main in before else None
    base, stale = base_language(now.flow), stale_translations(now, old)
    hashes: dict[str, dict[str, str]] = {}
    for at, wording in now.texts.items():
        words = now.base(wording)
        for tag in translations(wording, base) if words.strip() else ():
            source = old.base(old.texts[at]) if old and (at, tag) in stale else words
            hashes.setdefault(at, {})[tag] = base_text_hash(wording, source)
    name = FILE if FILE not in files else f"translations_{now.flow.name}.yaml"
    return {**files, main: edit(files[main], {("translations",): name}, _BESIDE), name: format_hash_file(hashes)}


def confirm_translations(files: Mapping[str, str], main: str, right: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Files whose hashes mark these translations, (place, language), as made from the present base text."""
    now = load_flow_texts(files, main)
    hashes = {at: dict(known) for at, known in now.parsed.translated.items()}
    for at, tag in right:
        wording = now.texts.get(at)
        if now.hashes and wording is not None and now.base(wording).strip():
            hashes.setdefault(at, {})[tag] = base_text_hash(wording, now.base(wording))
    return {**files, now.hashes: format_hash_file(hashes)} if now.hashes else dict(files)


__all__ = [
    "FILE",
    "add_hash_file",
    "confirm_translations",
    "place",
    "stale_translations",
    "translations",
    "update_hashes",
]
