"""The funnel pages: a whole flow, one of its screens, and a CSV table."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from flask import Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from flows.analytics.call_paths import COMMON
from flows.analytics.funnel import (
    FEW,
    Funnel,
    ShareChange,
    Stage,
    Totals,
    add_stages,
    compare_stages,
    funnel,
    goals_of,
    top,
)
from flows.analytics.wrong_entries import likely_option
from flows.engine.render import RESUME
from flows.engine.sms_channel import is_texted
from flows.engine.variables import base_language, choose
from flows.menu import notation
from flows.menu.model import Ask, Flow
from flows.translation.flow_texts import load_flow_texts
from gateway.console.funnel import charts, renames, stage_table
from gateway.console.funnel.query import FunnelQuery, lately, parse_funnel_query, parts, stage, stages, today
from gateway.console.funnel.recent_calls import recent_calls
from gateway.console.funnel.texts import texts_page
from gateway.console.site.area_blueprints import funnel as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import may, needs, note, person, sunwai
from gateway.console.site.i18n import _, language
from gateway.console.site.titles import Title, language_order, screen_title
from gateway.http.attachment import attach
from gateway.simulator.pages import NETWORKS
from sessions.drafts import draft_editing, flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.operations.screen_counts import PATHS_KEPT
from storage.menus import drafts, screen_counts
from storage.menus.screen_counts import CountQuery, Part, ScreenTally
from storage.schema.tables import Draft

SHOWN_WORDS = 10  # wrong entries of a screen that are shown
Cells = Iterable[str | int | float]


@blueprint.get("/flows/<flow_name>/funnel")
@needs("look")
def page(flow_name: str) -> str:
    """The whole flow."""
    flow, number = _live(flow_name)
    if is_texted(flow):
        return texts_page(flow, number)
    what, database = parse_funnel_query(flow_name, request.args), sunwai().database
    found = funnel(flow, stages(database, flow, what.chosen))
    earlier = stages(database, flow, what.before)
    goals = goals_of(flow)
    with database.read() as db:
        languages, networks = screen_counts.list_languages_and_networks(db, what.chosen)
        since = screen_counts.since(db, flow_name)
    by_day = {day: each for day, each in parts(database, what.chosen, "day", goals).items() if isinstance(day, dt.date)}
    return render_template(
        "console/funnel/flow.html",
        flow_name=flow_name,
        tab="funnel",
        number=number,
        flow=flow,
        asked=what,
        found=found,
        rows=stage_table.stage_rows((each for each in found.stages if each.saw), earlier, what.sort),
        gone=stage_table.stage_rows(found.gone, earlier, what.sort),
        few=FEW,
        before=funnel(flow, earlier).totals,
        compared=ShareChange,
        table=stage_table,
        since=since,
        languages=_languages(flow, languages),
        networks=[(name or "-", network_name(name)) for name in networks],
        days=charts.days(by_day, what.chosen.first, what.chosen.last),
        by_language=_named(flow, "language", parts(database, what.chosen, "language", goals)),
        by_network=_named(flow, "network", parts(database, what.chosen, "network", goals)),
        bar=charts.bar,
        called=lambda screen: title_of(flow, screen),
    )


@blueprint.get("/flows/<flow_name>/funnel/<screen>")
@needs("look")
def screen(flow_name: str, screen: str) -> str:
    """One screen: wrong entries, and in which language callers left."""
    flow, number = _live(flow_name)
    what, database = parse_funnel_query(flow_name, request.args), sunwai().database
    counted = stages(database, flow, what.chosen).get(screen)
    if counted is None and screen not in flow.screens and screen != RESUME:
        abort(404, _("This flow has no such screen, and nobody saw it in this period."))
    earlier = stages(database, flow, what.before).get(screen, Stage(screen))
    ids = _ids(flow, screen, what.chosen)
    with database.read() as db:
        words, others = top(screen_counts.words(db, what.chosen, ids), SHOWN_WORDS)
        counts = screen_counts.sums(db, what.chosen, "language")
    by_language = _by_language(flow, (row for row in counts if row.screen in ids))
    return render_template(
        "console/funnel/screen.html",
        flow_name=flow_name,
        tab="funnel",
        number=number,
        flow=flow,
        asked=what,
        screen=screen,
        stage=counted or Stage(screen),
        change=compare_stages(counted or Stage(screen), earlier),
        few=FEW,
        earlier_ids=sorted(ids - {screen}),
        there=screen in flow.screens,
        texts=_texts(flow, screen),
        words=[_wrong_entry(flow, screen, typed, times) for typed, times in words],
        others=others,
        most=words[0][1] if words else 0,
        by_language=[(tag, flow.languages.get(tag, tag), each) for tag, each in by_language],
        calls=recent_calls(flow_name, _ids(flow, screen, lately(flow_name, PATHS_KEPT.days + 1)), today()),
        kept_days=PATHS_KEPT.days,
        common=COMMON,
        drafts=_with(flow_name, screen) if may("edit") else [],
        called=lambda name: title_of(flow, name),
        titled=title_of,
    )


@blueprint.post("/flows/<flow_name>/funnel/<screen>/edit")
@needs("edit")
def edit(flow_name: str, screen: str) -> AnyResponse:
    """Start a draft from the live revision, and open the screen in it."""
    flow, _number = _live(flow_name)
    if screen not in flow.screens:
        abort(404, _("The live revision has no such screen, so there is nothing to edit."))
    draft = flow_copy.copy_revision(sunwai().database, Edit(person().name, sunwai().clock()), flow_name, None)
    if not isinstance(draft, Draft):
        abort(404, _("No revision of this flow is live."))
    return redirect(f"/console/drafts/{draft.id}/screens/{screen}{_option_anchor(flow, screen)}", 303)


@blueprint.get("/flows/<flow_name>/funnel.csv")
@needs("look")
def csv_file(flow_name: str) -> Response:
    """The content of the page as a CSV table: `by` is screen, day, language or network."""
    flow, _number = _live(flow_name)
    what, by = parse_funnel_query(flow_name, request.args), request.args.get("by", "screen")
    if what.wrong:
        abort(400, what.wrong)
    if by not in ("screen", "day", "language", "network"):
        abort(400, _("A table has a row for each screen, day, language or network."))
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerows(_lines(flow, what, by))  # type: ignore[arg-type]  # one of the four
    name = f"{flow_name}-{by}-{what.chosen.first}-{what.chosen.last}.csv"
    note("exported", "flow", flow_name, format="csv")
    answer = Response("\ufeff" + table.getvalue(), content_type="text/csv; charset=utf-8")
    return attach(answer, name)


def _lines(flow: Flow, what: FunnelQuery, by: Part) -> Iterable[Cells]:
    database = sunwai().database
    if by == "screen":
        yield stage_table.CSV_COLUMNS
        found: Funnel = funnel(flow, stages(database, flow, what.chosen))
        earlier = stages(database, flow, what.before)
        for each, there in ((found.stages, True), (found.gone, False)):
            for row in stage_table.stage_rows(each, earlier, what.sort):
                yield stage_table.csv_cells(row, str(title_of(flow, row.stage.screen)), there=there)
        return
    yield by, "calls", "filed", "ended", "left", "timed_out", "mistyped"
    for part, sums in sorted(parts(database, what.chosen, by, goals_of(flow)).items(), key=lambda each: str(each[0])):
        yield str(part), sums.calls, sums.filed, sums.ended, sums.left, sums.timed_out, sums.mistyped


def _option_anchor(flow: Flow, screen: str) -> str:
    """Where the editor has the option that the form names; "" without one."""
    found, code = flow.screens.get(screen), request.form.get("option", "")
    codes = {option.code for option in found.options} if isinstance(found, Ask) else set()
    return f"#screens-{screen}-choose-{code}" if code in codes else ""


def network_name(code: str) -> str:
    """The name of a network with its code, or "unknown"."""
    if not code:
        return _("unknown")
    return f"{NETWORKS[code]} ({code})" if code in NETWORKS else code


def title_of(flow: Flow, screen: str) -> Title:
    """What people call a screen, or the offer to continue, which is none of the flow's screens."""
    if screen == RESUME:
        return Title(_("The offer to continue an interrupted call"), language())
    return screen_title(flow, screen)


def _wrong_entry(flow: Flow, screen: str, typed: str, times: int) -> tuple[str, int, str, str]:
    """A wrong entry, how often it was typed, and the code and words of the option that was probably meant."""
    code, found = likely_option(flow, screen, typed), flow.screens.get(screen)
    options = found.options if isinstance(found, Ask) else ()
    text = next((option.text for option in options if option.code == code), {})
    tag = language() if language() in flow.languages else base_language(flow)
    return typed, times, code, notation.template(choose(text, tag, flow)) if text else ""


def _live(flow_name: str) -> tuple[Flow, int]:
    revision = live_of(flow_name)
    flow = flow_in(revision)
    if revision is None or flow is None:
        abort(404, _("No revision of this flow is live."))
    return flow, revision.number


def _with(flow_name: str, screen: str) -> list[Draft]:
    """The open drafts that have this screen."""
    database = sunwai().database
    with database.read() as db:
        ids = [each.id for each in drafts.list_open_drafts(db, flow_name)]
    found = [draft_editing.find_draft(database, each) for each in ids]
    read = ((each, load_flow_texts(each.files, each.main).flow) for each in found if each is not None)
    return [each for each, flow in read if flow is not None and screen in flow.screens]


def _texts(flow: Flow, screen: str) -> list[tuple[str, str, str]]:
    """The words of a screen: language, its name, words."""
    text = flow.resume.get("ask") if screen == RESUME else getattr(flow.screens.get(screen), "text", None)
    if not text:
        return []
    shown = [tag for tag in language_order(flow) if tag in (flow.ussd_languages or flow.languages)]
    return [(tag, flow.languages[tag], notation.template(choose(text, tag, flow))) for tag in shown]


def _languages(flow: Flow, seen: Iterable[str]) -> list[tuple[str, str]]:
    return [(tag, flow.languages.get(tag, tag)) for tag in dict.fromkeys([*language_order(flow), *seen])]


def _ids(flow: Flow, screen: str, chosen: CountQuery) -> set[str]:
    """The id of a screen, and those that it had before and that were counted in the chosen days."""
    with sunwai().database.read() as db:
        counted = {row.screen for row in screen_counts.sums(db, chosen)}
    return {screen, *(old for old, new in renames.earlier_ids(flow, counted).items() if new == screen)}


def _by_language(flow: Flow, rows: Iterable[ScreenTally]) -> list[tuple[str, Stage]]:
    """A screen in each language, under all of its ids, in the order of the flow."""
    found: dict[str, Stage] = {}
    for row in rows:
        tag = str(row.part)
        found[tag] = add_stages(found[tag], stage(row)) if tag in found else stage(row)
    known = [tag for tag in language_order(flow) if tag in found]
    return [(tag, found[tag]) for tag in dict.fromkeys([*known, *found])]


def _named(flow: Flow, by: str, counted: dict[str | dt.date, Totals]) -> list[tuple[str, str, Totals]]:
    """Parts with calls and their names: languages in the order of the flow, networks with the largest first."""
    known = {str(part): sums for part, sums in counted.items() if sums.calls}
    if by == "language":
        tags = dict.fromkeys([*language_order(flow), *sorted(known)])
        return [(tag, flow.languages.get(tag, tag), known[tag]) for tag in tags if tag in known]
    rows = sorted(known.items(), key=lambda each: -each[1].calls)
    return [(part or "-", network_name(part), sums) for part, sums in rows]
