"""The flow of a draft soon after a save: if one screen changed since it was read last, only that one is read again."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from flows.editing.incremental_parsing import reparse_screen
from flows.editing.screen_blocks import lines_at, spans
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.diagnostics import ParsedFlow
from flows.translation.flow_texts import parse_once
from storage.schema.tables import Draft

KEPT = 12  # drafts


class _Version(Struct, frozen=True):
    files: Mapping[str, str]
    parsed: ParsedFlow


_LAST: OrderedDict[int, _Version] = OrderedDict()
_LOCK = threading.Lock()


def parse_draft(draft: Draft) -> ParsedFlow:
    """The parsed files of a draft, for its editor: problems of words outside the screens may be those of before.

    What publishes or checks a draft as a whole reads it with `flow_texts.parse_once`.
    """
    with _LOCK:
        before = _LAST.get(draft.id)
    if before is not None and before.files == draft.files and before.parsed.main == draft.main:
        return before.parsed
    parsed = (before and _reparse(before, draft)) or parse_once(draft.files, draft.main)
    with _LOCK:
        _LAST[draft.id] = _Version(draft.files, parsed)
        _LAST.move_to_end(draft.id)
        while len(_LAST) > KEPT:
            _LAST.popitem(last=False)
    return parsed


def _reparse(before: _Version, draft: Draft) -> ParsedFlow | None:
    """The same with the one screen read again that changed; None if something else did, or it cannot be read alone."""
    main = draft.main
    old, new = before.files.get(main, ""), draft.files[main]
    if before.parsed.main != main or {**before.files, main: ""} != {**draft.files, main: ""}:
        return None
    start = _shared(old, new)
    end = len(old) - _shared(old[start:][::-1], new[start:][::-1])
    try:
        for name, span in spans(old).items():
            if span.start < start and end <= span.end:
                lines = lines_at(new, replace(span, end=span.end + len(new) - len(old)))
                made = reparse_screen(before.parsed, old, name, lines)
                return made if made is not None and made.flow is not None else None
    except CannotEdit:  # also where a comment of the screen is further left than its name
        return None
    return None


def _shared(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
