"""Parsing a flow again after one screen changed: only that screen is read, which is fast enough while somebody types.

The result is that of reading the whole file, except for problems of words outside the screens.
"""

from msgspec.structs import replace

from flows.editing.screen_blocks import Span, spans
from flows.editing.yaml_nodes import CannotEdit
from flows.menu.diagnostics import ParsedFlow, Place, Problem, by_place
from flows.menu.model import Flow, Screen
from flows.parsing.flow import kinds, with_home
from flows.parsing.screens import Screens
from flows.parsing.yaml_bounds import MOST_SCREEN_NODES
from flows.parsing.yaml_document import CommentedMap, Node, Notes, load


def reparse_screen(before: ParsedFlow, text: str, screen: str, lines: str) -> ParsedFlow | None:
    """The parsed file with other `lines` for a screen. `before` is the parsed `text`.

    None if the whole file must be read. Lines that are not YAML give no flow and a problem F000.
    """
    flow = before.flow
    try:
        span = spans(text)[screen]
    except (CannotEdit, KeyError):
        return None
    if flow is None or screen not in flow.screens:
        return None
    notes = Notes()
    notes.left = before.left
    data = load("\n" * (span.line - 1) + lines, before.main, notes, MOST_SCREEN_NODES)
    if not isinstance(data, CommentedMap):
        return ParsedFlow(None, tuple(notes.problems), {}, before.main) if notes.problems else None
    reader = Screens(flow.languages, {key.key for key in flow.keys.values()})
    for name, node in Node(data, before.main, notes, ("screens",)).maps():
        reader.read(name, node)
    if list(data) != [screen] or screen not in reader.found:
        return None
    found = {name: with_home(each, flow.home) for name, each in reader.found.items()}
    moved = _Moved(before.main, span, len(text[span.start : span.end].splitlines()), len(lines.splitlines()))
    return replace(
        before,
        flow=_with(flow, screen, found),
        problems=by_place([*moved.problems(before.problems), *notes.problems]),
        places={path: moved.place(place) for path, place in before.places.items() if path[:2] != ("screens", screen)}
        | notes.places,
        unsure=before.unsure | notes.unsure,
        broken=before.broken | notes.broken,
    )


def _with(flow: Flow, screen: str, found: dict[str, Screen]) -> Flow:
    screens: dict[str, Screen] = {}
    for name, each in flow.screens.items():
        if name == screen or name.startswith(f"{screen}."):  # shorthand makes screens before the one that contains it
            screens |= found
        else:
            screens[name] = each
    return flow.with_screens(screens, kinds(screens, flow.lists))


class _Moved:
    """Lines below a screen that grew or shrank."""

    def __init__(self, main: str, span: Span, before: int, after: int) -> None:
        self._main, self._first, self._last, self._by = main, span.line, span.line + before - 1, after - before

    def place(self, place: Place) -> Place:
        file, line = place
        return (file, line + self._by) if file == self._main and line > self._last else place

    def problems(self, given: tuple[Problem, ...]) -> list[Problem]:
        kept = [each for each in given if not (each.file == self._main and self._first <= each.line <= self._last)]
        return [replace(each, line=self.place((each.file, each.line))[1]) for each in kept]
