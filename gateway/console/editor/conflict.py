"""A screen that somebody else changed since its page was loaded: merged, or shown with both versions."""

import dataclasses
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from flows.editing.screen_blocks import block_or_none
from flows.versions.three_way_merge import Conflict, Side, merge
from flows.versions.word_diff import Piece, diff_words
from gateway.console.editor import view_model
from gateway.console.editor.labels import text_words
from gateway.console.editor.submission import from_lines
from gateway.console.editor.view_model import ScreenPage
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from sessions.drafts import draft_editing

FILE = "screen.yaml"
TAKE = "take."  # the fields that choose a version of a text


class EditMerge(Struct, frozen=True):
    """The merge of a screen that two windows changed. `sheet` can be saved if nothing `clashes`."""

    sheet: ScreenPage
    theirs: str
    clashes: tuple[Conflict, ...] = ()
    met: bool = False
    by: str = ""
    at: dt.datetime | None = None
    chosen: frozenset[Side] = frozenset()  # the versions that were chosen


def merge_edit(found: ScreenPage, sent: Mapping[str, str]) -> EditMerge:
    """The screen that was sent, merged with what was saved since its page was loaded."""
    text, name = found.draft.files[found.draft.main], found.screen
    theirs, mine = block_or_none(text, name), found.written.lines
    seen = draft_editing.content_hash(theirs)
    choosing = sent.get("together") == "yes" and seen == found.seen
    if theirs == mine or (seen == found.seen and not choosing):
        return EditMerge(found, theirs)
    chosen = conflict_choices(sent) if choosing else {}
    by, at = _who(found)
    if not found.base or not theirs:
        return EditMerge(found, theirs, (Conflict("", name, found.base or None, mine, theirs),), True, by, at)
    made = merge({FILE: found.base}, {FILE: mine}, {FILE: theirs}, chosen)
    if made.conflicts:
        return EditMerge(found, theirs, made.conflicts, True, by, at)
    both = view_model.build_unsaved_view(found.draft, name, seen, from_lines(made.files[FILE]))
    both = dataclasses.replace(both, base=found.base, version=found.version)
    return EditMerge(both, theirs, (), True, by, at, frozenset(chosen.values()))


def conflict_choices(sent: Mapping[str, str]) -> dict[str, Side]:
    """The chosen version of each text, as the page of a clash sends it."""
    sides: dict[str, Side] = {"mine": "mine", "theirs": "theirs"}
    return {key.removeprefix(TAKE): sides[side] for key, side in sent.items() if key.startswith(TAKE) and side in sides}


def _who(found: ScreenPage) -> tuple[str, dt.datetime | None]:
    """Who saved the screen since its page was loaded, and when; else who saved anything."""
    edits = [each for each in draft_editing.edits(sunwai().database, found.draft.id) if each.version > found.version]
    here = [each for each in edits if each.what.removeprefix("screen ").partition(":")[0] == found.screen]
    last = next(iter(here or edits), None)
    return (last.who, last.at) if last else (found.draft.changed_by, found.draft.changed_at)


def merge_notice(met: EditMerge, who: str) -> str:
    """The notice after saving, for the person `who` saved it."""
    if met.chosen == {"mine"}:
        return _("Saved. Your version was used where both had changed.")
    if met.chosen:
        return _("Saved with the versions that you chose.")
    changed = _("you changed in another window") if met.by == who else _("%(who)s changed", who=met.by)
    return _("Saved, and merged with what %(changed)s while you were editing.", changed=changed)


def conflict_context(met: EditMerge, languages: Mapping[str, str]) -> dict[str, Any]:
    """The context of the page of a clash: each text in both versions, or the whole screen, changed words marked."""
    texts, mine = [], met.sheet.written.lines
    for each in met.clashes:
        place = tuple(re.split("[/ ]", each.piece)[1:])  # "group/ask en": the question in English
        if not place:
            return {"texts": [], "marks": diff_words(met.theirs, mine)}
        tag = place[-1] if place[-1] in languages else ""
        marks = {"mine": _marked(each.base, each.mine), "theirs": _marked(each.base, each.theirs)}
        name = text_words(place[:-1] if tag else place)
        texts.append({"field": TAKE + each.name, "name": name, "language": tag, "marks": marks, "base": each.base})
    return {"texts": texts, "marks": ()}


def _marked(before: str | None, after: str | None) -> tuple[Piece, ...]:
    return diff_words(before or "", after or "")
