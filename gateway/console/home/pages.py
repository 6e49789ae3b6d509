"""The home page: tasks, every flow with its drafts and codes, and how to start a new one."""

import functools

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from flows.editing.yaml_nodes import Source
from gateway.console.drafts.new_draft import title_of, why_not
from gateway.console.home.tasks import find_tasks
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import dropped_drafts, flow_in, live_flows_with_codes, live_of, open_drafts
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import to_draft
from gateway.flow_folder.base_revision_note import SHIPPED
from gateway.flow_folder.files import read_flow
from sessions.drafts import flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure, NewFlow
from storage.menus.revisions import LiveFlowSummary
from storage.schema.tables import Draft

TEMPLATES = ("complaints", "by_text", "power_cut", "survey")


@blueprint.get("/")
@needs("look")
def home() -> str:
    """Every flow, and the tasks of whoever is signed in."""
    found, drafts = live_flows_with_codes(), open_drafts()
    live = {each.flow for each in found}
    return render_template(
        "console/lifecycle/home.html",
        needed=find_tasks(drafts, found),
        flows=[(each, _title(each.flow), [one for one in drafts if one.draft.flow == each.flow]) for each in found],
        new=[each for each in drafts if each.draft.flow not in live],
        dropped=dropped_drafts(),
        templates=_templates(found),
        name="" if found or drafts else TEMPLATES[0],  # there is no flow yet: a sample flow may keep its name
        template="",
        title="",
        trouble="",
    )


def _title(flow: str) -> str:
    found = flow_in(live_of(flow))
    return found.title if found else flow


@blueprint.post("/copy")
@needs("edit")
def copy_template() -> Response | tuple[str, int]:
    """Start a new flow from a live one or from a sample flow."""
    template, name = request.form.get("template", ""), request.form.get("name", "").strip()
    title = title_of(request.form)
    found = live_flows_with_codes()
    if template not in dict(_templates(found)):
        return _again(_("Choose what the new flow starts from."), template, name, title)
    app, who = sunwai(), person().name
    if name in {each.flow for each in found}:
        done: Draft | CopyFailure = CopyFailure("live")
    elif template in {each.flow for each in found}:
        done = flow_copy.copy_revision(app.database, Edit(who, app.clock()), template, None, NewFlow(name, title))
    else:
        files, main = read_flow(SHIPPED / f"{template}.yaml", lambda _line: None)
        done = flow_copy.copy_files(app.database, Edit(who, app.clock()), files, main, NewFlow(name, title))
    if isinstance(done, CopyFailure):
        return _again(why_not(done, name), template, name, title)
    flash(
        _("This is the draft of your new flow %(flow)s. Nobody can call it until it is published.", flow=name), "good"
    )
    return to_draft(done.id)


def _again(trouble: str, template: str, name: str, title: str) -> tuple[str, int]:
    page = render_template(
        "console/lifecycle/new.html",
        templates=_templates(live_flows_with_codes()),
        template=template,
        name=name,
        title=title,
        trouble=trouble,
    )
    return page, 422


def _templates(live: list[LiveFlowSummary]) -> list[tuple[str, str]]:
    """What a new flow may start from: the live flows, and the sample flows that are not live."""
    found = [(each.flow, _("%(title)s, the live revision", title=_title(each.flow))) for each in live]
    return found + [each for each in _shipped() if each[0] not in dict(found)]


@functools.cache
def _shipped() -> tuple[tuple[str, str], ...]:
    """The sample flows, with their titles."""
    found = []
    for name in TEMPLATES:
        text = (SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
        found.append((name, Source(text).words(("title",)) or name))
    return tuple(found)
