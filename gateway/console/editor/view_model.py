"""Everything that a page of one screen shows."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from flows.checks.runner import SCREEN_CODES
from flows.diagrams.graph import boxes
from flows.editing.incremental_parsing import reparse_screen
from flows.editing.screen_blocks import block, block_or_none, spans, splice_screen
from flows.editing.screen_form import PARTS, ScreenForm
from flows.editing.yaml_nodes import CannotEdit
from flows.engine.variables import base_language
from flows.menu.actions import ACTIONS
from flows.menu.diagnostics import ParsedFlow, Problem
from flows.menu.model import ANY_LANGUAGE, LANGUAGES_LIST, Ask, Do, Flow, Text
from flows.translation.flow_texts import parse_once
from flows.translation.length_meter import LengthMeter, length_meter
from flows.translation.screen_pages import ScreenPages, screen_pages
from flows.translation.text_fit import Ruler
from flows.translation.text_inventory import Room, TranslatableText
from flows.translation.text_inventory import Sheet as Kind
from gateway.console.editor.submission import SubmittedScreen, from_lines
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import sunwai
from gateway.console.site.requested_draft import base_of
from gateway.console.site.titles import screen_title
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import DraftCheck
from sessions.drafts.recent_parses import parse_draft
from storage.schema.tables import Draft

PLAYED = "F901"  # of scripted calls, which are played only for saved screens
ROOMS: dict[str, Room] = {"sms": "sms", "show": "line"}


@dataclass(frozen=True, slots=True)
class ScreenPage:
    """A screen on the page. `parsed` and `problems` are of the whole flow with what is typed.

    `base` are the lines that the page was loaded from, saved as `version`; `seen` is their hash.
    """

    draft: Draft
    screen: str
    seen: str
    written: SubmittedScreen
    parsed: ParsedFlow
    problems: tuple[Problem, ...]
    flow: Flow  # the last readable one: for lists, languages and screens to choose from
    saved: bool = True
    unfinished: bool = False  # the checks of the whole draft have not run
    base: str = ""
    version: int = 0
    rulers: list[Ruler] = field(default_factory=list)
    before: list[Flow | None] = field(default_factory=list)  # the flow that the draft was made from, once it is asked

    @property
    def form(self) -> ScreenForm | None:
        return self.written.form

    @property
    def here(self) -> list[Problem]:
        """The findings of this screen."""
        return [each for each in self.problems if each.screen.partition(".")[0] == self.screen]

    def gauge(self, part: str, words: str, language: str, *, option: str = "", same: bool = False) -> LengthMeter:
        """How much space a text of the screen takes."""
        names, path = (
            (self.screen, option or part),
            ("screens", self.screen, *(("choose", option) if option else PARTS[part])),
        )
        sheet: Kind = "options" if option else "screens"
        room: Room = "line" if option else ROOMS.get(part, "screen")
        records = self.form.fields.get("choose_from", "") if part == "show" and self.form else ""
        wording = TranslatableText(sheet, names, self.draft.main, path, {}, room, same, records)
        return length_meter(
            self._ruler, wording, words, base_language(self.flow) if language == ANY_LANGUAGE else language
        )

    @property
    def _ruler(self) -> Ruler:
        if not self.rulers:
            self.rulers.append(Ruler(self.parsed.flow or self.flow))
        return self.rulers[0]

    def pages(self, part: str, language: str, option: str = "") -> ScreenPages | None:
        """The pages of the screen, to be said beside its question and beside an option that was changed.

        They are compared with the revision that the draft was made from. None beside any other text.
        """
        if not self.before:
            self.before.append(flow_in(base_of(self.draft)))
        before = self.before[0]
        if part == "ask" or (part == "choose" and self._is_changed(before, option)):
            old = Ruler(before) if before is not None else None
            tags = list(self.flow.languages) if language == ANY_LANGUAGE else [language]
            found = [each for tag in tags if (each := screen_pages(self._ruler, self.screen, tag, old))]
            return max(found, key=lambda each: (each.more, each.now), default=None)
        return None

    def _is_changed(self, before: Flow | None, option: str) -> bool:
        now = self.parsed.flow
        return (
            now is not None
            and before is not None
            and _option(now, self.screen, option) != _option(before, self.screen, option)
        )


def _option(flow: Flow, screen: str, code: str) -> Text | None:
    asked = flow.screens.get(screen)
    options = asked.options if isinstance(asked, Ask) else ()
    return next((each.text for each in options if each.code == code), None)


class UnreadableFlow(Exception):
    """The draft's flow file cannot be read as screens; the message says why."""


def load_screen(draft: Draft, screen: str) -> ScreenPage | None:
    """A screen as it is saved; None if there is none with this name. Raises UnreadableFlow.

    Where the checks have not been through the draft yet, which takes seconds with many scripted calls, the page has the
    findings of this screen alone, and is `unfinished`.
    """
    flow = load_flow(draft)
    try:
        lines = block(draft.files[draft.main], screen)
    except CannotEdit:
        if screen in spans(draft.files[draft.main]):
            raise
        return None
    seen, now = draft_editing.content_hash(lines), from_lines(lines)
    database, installation = sunwai().database, sunwai().installation
    done = draft_editing.find_cached_check(database, draft, installation)
    if done is not None:
        return ScreenPage(draft, screen, seen, now, done.parsed, done.problems, flow, base=lines, version=draft.version)
    parsed = parse_draft(draft)
    soon = draft_editing.check_unsaved_edits(database, draft.flow, parsed, installation, screen=screen)
    found = tuple(each for each in soon if each.screen.partition(".")[0] == screen)
    return ScreenPage(draft, screen, seen, now, parsed, found, flow, base=lines, version=draft.version, unfinished=True)


def load_flow(draft: Draft) -> Flow:
    """The draft's flow as it is saved. Raises UnreadableFlow."""
    known = parse_draft(draft)
    if known.flow is None:
        raise UnreadableFlow(known.problems[0].message if known.problems else "")
    try:
        spans(draft.files[draft.main])
    except CannotEdit as error:
        raise UnreadableFlow(str(error)) from None
    return known.flow


def _examined(draft: Draft) -> DraftCheck:
    """The check of the draft's files as they are saved; cached."""
    return draft_editing.check_draft(sunwai().database, draft.flow, draft.files, draft.main, sunwai().installation)


def build_unsaved_view(
    draft: Draft, screen: str, seen: str, now: SubmittedScreen, *, alone: bool = False
) -> ScreenPage:
    """A screen that is not saved yet, with the flow and findings that it would give. Raises UnreadableFlow.

    `alone`: only what takes little time is checked, of this screen; the rest is as it was found in the saved draft.
    """
    flow = load_flow(draft)
    parsed = read_with(draft, screen, now.lines)
    same = not now.trouble and now.lines == block_or_none(draft.files[draft.main], screen)
    if same and not alone:
        examined = _examined(draft)
        return ScreenPage(draft, screen, seen, now, examined.parsed, examined.problems, examined.flow or flow)
    database, installation = sunwai().database, sunwai().installation
    problems = draft_editing.check_unsaved_edits(
        database, draft.flow, parsed, installation, screen=screen if alone else ""
    )
    if alone:
        problems = tuple(each for each in problems if each.screen.partition(".")[0] == screen)
        found = draft_editing.find_cached_check(database, draft, installation)
        problems += tuple(_findings_when_saved(found, parsed, screen)) if found else ()
    else:
        saved = _examined(draft).problems
        problems += tuple(each for each in saved if each.code == PLAYED and each.screen and each.severity != "E")
    return ScreenPage(draft, screen, seen, now, parsed, problems, parsed.flow or flow, saved=same)


def _findings_when_saved(saved: DraftCheck, parsed: ParsedFlow, screen: str) -> Iterator[Problem]:
    """What was found on other screens when the draft was saved, and on this one by checks of the whole flow.

    The latter are at the lines where it stands now; what is gone with its line is left out.
    """
    places = {place: path for path, place in saved.parsed.places.items() if path[:2] == ("screens", screen)}
    read = {*saved.parsed.problems}
    for each in saved.problems:
        if each.screen.partition(".")[0] != screen:
            yield each
        elif each.code not in SCREEN_CODES and each not in read and not (each.code == PLAYED and each.severity == "E"):
            path = places.get((each.file, each.line), ("screens", screen))
            if path in parsed.places:
                file, line = parsed.places[path]
                yield replace(each, file=file, line=line)


def read_with(draft: Draft, screen: str, lines: str) -> ParsedFlow:
    """The draft's files, parsed with other lines for a screen."""
    text = draft.files[draft.main]
    quick = reparse_screen(parse_draft(draft), text, screen, lines)
    return quick or parse_once({**draft.files, draft.main: splice_screen(text, screen, lines)}, draft.main)


def screen_order(flow: Flow, written: list[str]) -> list[str]:
    """The screens of a file in the order in which callers see them."""
    met = (name if name in written else name.partition(".")[0] for name in (box.id for box in boxes(flow, "en")))
    return list(dict.fromkeys([*(name for name in met if name in written), *written]))


def outline(sheet_flow: Flow, problems: tuple[Problem, ...], written: frozenset[str]) -> list[dict[str, object]]:
    """Every screen of the file in the order in which callers see them, with its findings."""
    rows: dict[str, dict[str, object]] = {}
    for box in boxes(sheet_flow, base_language(sheet_flow)):
        name = box.id if box.id in written else box.id.partition(".")[0]
        title = screen_title(sheet_flow, name)
        rows.setdefault(name, {"name": name, "title": title, "kind": box.kind, "words": box.words, "found": []})
    for name in written:
        title = screen_title(sheet_flow, name)
        rows.setdefault(name, {"name": name, "title": title, "kind": "", "words": "", "found": []})
    for problem in problems:
        row = rows.get(problem.screen.partition(".")[0])
        if row is not None and problem.severity != "I":
            row["found"].append(problem)  # type: ignore[attr-defined]
    return list(rows.values())


def lists_of(flow: Flow) -> list[str]:
    """What `choose_from` may name: lists, the languages, and records that an action fetched."""
    fetched = sorted(
        each.save for each in flow.screens.values() if isinstance(each, Do) and each.save and _brings_many(each)
    )
    return [LANGUAGES_LIST, *flow.lists, *fetched]


def _brings_many(screen: Do) -> bool:
    return screen.action in ACTIONS and ACTIONS[screen.action].many
