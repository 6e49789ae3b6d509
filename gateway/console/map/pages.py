"""The map of a flow: a picture of its screens and the ways between them, and an outline that says the same in words."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request
from msgspec import Struct

from flows.diagrams.graph import Box, boxes
from flows.diagrams.overview_map import WIDTH, Sketch, sketch
from flows.engine.variables import base_language, needs_ucs2
from flows.menu.model import Flow
from flows.menu.screen_kinds import is_seen
from flows.translation.flow_texts import load_flow_texts
from flows.versions.screen_renames import rename_screens, screen_renames
from gateway.console.map.layout import layout
from gateway.console.site.guard import needs, sunwai
from gateway.console.site.i18n import _, uses_arabic_script
from gateway.console.site.i18n import language as console_language
from gateway.console.site.requested_draft import draft_or_404
from sessions.drafts import draft_editing
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from storage.schema.tables import Draft

blueprint = Blueprint("map", __name__)

PERIODS = (7, 30, 90)  # days that counts can be asked for
_ROW, _TALL_ROW, _COUNTS = 19, 30, 26  # points of a line of words (Nastaliq needs more), and of the counts
_SHADES = 5


class Mark(Struct, frozen=True):
    """What the map shows of a screen besides its words."""

    change: str = ""  # added, changed
    errors: int = 0
    warnings: int = 0
    saw: int | None = None
    left: int = 0  # percent of those who saw it
    shade: int = 0  # 0 for a screen that few saw, up to 4


class MapView(Struct, frozen=True):
    """Everything the page of a map shows."""

    flow: Flow
    language: str
    urdu: bool
    boxes: list[Box]
    picture: Sketch | None
    marks: dict[str, Mark]
    gone: tuple[str, ...]
    at: dict[str, str]  # screen -> where its card leads
    period: int
    zoom: str
    height: int
    row: int
    width: int = WIDTH

    def address(self, **changed: object) -> str:
        """The address of this page with other choices."""
        chosen = {"language": self.language, "counts": self.period or None, "zoom": self.zoom or None} | changed
        return request.path + "?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value)


@blueprint.get("/drafts/<int:draft_id>/map")
@needs("look")
def of_draft(draft_id: int) -> str:
    """The map of a draft: what it adds and changes to its base, and where problems are."""
    draft = draft_or_404(draft_id)
    flow = load_flow_texts(draft.files, draft.main).flow
    if flow is None:
        return render_template("console/map/draft.html", draft=draft, tab="map", drawn=None)
    marks, gone = _changes(flow, _base(draft))
    marks = _with_problems(marks, draft)
    at = {name: f"/console/drafts/{draft.id}/screens/{name}" for name in flow.screens}
    return render_template("console/map/draft.html", draft=draft, tab="map", drawn=_drawn(flow, marks, gone, at))


@blueprint.get("/flows/<flow_name>/map")
@needs("look")
def of_flow(flow_name: str) -> str:
    """The map of the live revision."""
    revision = revision_history.find_revision(sunwai().database, flow_name)
    flow = flow_of(revision) if revision else None
    if revision is None or flow is None:
        abort(404, _("No revision of this flow is live."))
    at = {name: f"#screen-{name}" for name in flow.screens}
    drawn = _drawn(flow, {}, (), at)
    return render_template("console/map/flow.html", flow_name=flow_name, tab="map", number=revision.number, drawn=drawn)


def _drawn(flow: Flow, marks: dict[str, Mark], gone: tuple[str, ...], at: dict[str, str]) -> MapView:
    language = request.args.get("language", "")
    if language not in flow.languages:
        language = console_language() if console_language() in flow.languages else base_language(flow)
    asked = request.args.get("counts", "")
    period = int(asked) if asked in map(str, PERIODS) else 0
    marks = _with_counts(marks, flow, period) if period else marks
    urdu = uses_arabic_script(language)
    row = _TALL_ROW if needs_ucs2(flow, language) else _ROW
    height = 50 + 2 * row + (_COUNTS if period else 0)
    picture = layout(sketch(flow, language), height)
    zoom = "full" if request.args.get("zoom") == "full" else ""
    return MapView(flow, language, urdu, boxes(flow, language), picture, marks, gone, at, period, zoom, height, row)


def _base(draft: Draft) -> Flow | None:
    revision = revision_history.find_revision(sunwai().database, draft.flow, draft.base) if draft.base else None
    return flow_of(revision) if revision else None


def _changes(flow: Flow, base: Flow | None) -> tuple[dict[str, Mark], tuple[str, ...]]:
    """Which screens have changed, and which have been removed; one that only has another id is neither."""
    if base is None:
        return {}, ()
    base = rename_screens(base, screen_renames(base, flow))
    marks = dict[str, Mark]()
    for name, screen in flow.screens.items():
        if name not in base.screens:
            marks[name] = Mark(change="added")
        elif base.screens[name] != screen:
            marks[name] = Mark(change="changed")
    return marks, tuple(name for name in base.screens if name not in flow.screens)


def _with_problems(marks: Mapping[str, Mark], draft: Draft) -> dict[str, Mark]:
    found = dict(marks)
    examined = draft_editing.check_draft(sunwai().database, draft.flow, draft.files, draft.main, sunwai().installation)
    for problem in examined.problems:
        if not problem.screen or problem.severity == "I":
            continue
        mark = found.get(problem.screen, Mark())
        errors, warnings = mark.errors + (problem.severity == "E"), mark.warnings + (problem.severity == "W")
        found[problem.screen] = Mark(mark.change, errors, warnings)
    return found


def _with_counts(marks: Mapping[str, Mark], flow: Flow, days: int) -> dict[str, Mark]:
    """What callers did on each screen in recent days."""
    from gateway.console.funnel.query import lately, stages

    counted = stages(sunwai().database, flow, lately(flow.name, days))
    most = max((stage.saw for stage in counted.values()), default=0)
    found = dict(marks)
    for name, screen in flow.screens.items():
        stage, mark = counted.get(name), marks.get(name, Mark())
        if not is_seen(screen):
            continue
        saw = stage.saw if stage else 0
        left = round(100 * stage.left / saw) if stage and saw else 0
        shade = min(_SHADES - 1, _SHADES * saw // most) if most else 0
        found[name] = Mark(mark.change, mark.errors, mark.warnings, saw, left, shade)
    return found
