"""The home page: tasks, every flow with its drafts and codes, and how to start a new one."""

import functools
from collections.abc import Iterator, Mapping

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.editing.yaml_nodes import Source
from flows.text.printable import one_line
from gateway.console.publishing import schedule
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import (
    Need,
    OpenDraft,
    dropped_drafts,
    flow_in,
    live_flows_with_codes,
    live_of,
    mine,
    open_drafts,
    withheld_from_me,
)
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import to_draft
from gateway.flow_folder.base_revision_note import SHIPPED
from gateway.flow_folder.files import read_flow
from sessions.drafts import flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure, NewFlow
from storage.menus.revisions import LiveFlowSummary
from storage.schema.tables import Draft

LONGEST_TITLE = 80
TEMPLATES = ("complaints", "by_text", "power_cut", "survey")


@blueprint.get("/")
@needs("look")
def home() -> str:
    """Every flow, and the tasks of whoever is signed in."""
    found, drafts = live_flows_with_codes(), open_drafts()
    live = {each.flow for each in found}
    return render_template(
        "console/lifecycle/home.html",
        needed=[*schedule.missed_schedule_tasks(drafts), *_needed(drafts), *_without_codes(found)],
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


def _needed(drafts: list[OpenDraft]) -> Iterator[Need]:
    """Tasks: first drafts to review, then what the person's own drafts need."""
    for each in drafts:
        draft, href = each.draft, url_for("console.lifecycle.draft", draft_id=each.draft.id)
        if draft.state == "review" and may("publish") and not withheld_from_me(draft):
            words = _(
                "%(who)s asks you to review a draft of %(flow)s: %(message)s",
                who=draft.asked_by,
                flow=draft.flow,
                message=draft.message,
            )
            yield Need(words, href, _("Review it"), "warn", draft.asked_at)
    for each in drafts:
        draft, href = each.draft, url_for("console.lifecycle.draft", draft_id=each.draft.id)
        if not mine(each):
            continue
        if each.behind and each.live:
            words = _("Revision %(n)s of %(flow)s was published after you started draft %(id)s.", n=each.live,
                      flow=draft.flow, id=draft.id)  # fmt: skip
            yield Need(words, url_for("console.lifecycle.onto", draft_id=draft.id), _("Merge it"), "warn")
        if each.counts.errors:
            words = _(
                "Your draft %(id)s of %(flow)s has errors to fix before it can be published: %(n)s.",
                id=draft.id,
                flow=draft.flow,
                n=each.counts.errors,
            )
            yield Need(words, f"{href}/problems", _("See them"), "info")


def _without_codes(found: list[LiveFlowSummary]) -> Iterator[Need]:
    for each in found if may("publish") else ():
        if not each.codes:
            words = _("No code is connected to %(flow)s: nobody can call it yet.", flow=each.flow)
            yield Need(words, url_for("console.lifecycle.codes", flow=each.flow), _("Connect a code"), "info")


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


def why_not(done: CopyFailure, name: str) -> str:
    """Why a copy could not be made, in one sentence."""
    match done.why:
        case "name":
            return _(
                "Use lower-case letters, digits and _ for the name of a flow, starting with a letter, at most "
                "%(n)s characters: water_line.",
                n=flow_copy.LONGEST_NAME,
            )
        case "live":
            return _("A flow named %(name)s exists already: choose another name.", name=name)
        case "drafted":
            return _("Draft %(id)s is of a new flow named %(name)s: choose another name, or continue with that draft.",
                     id=done.draft, name=name)  # fmt: skip
        case "damaged":
            return _("The files of this revision do not match its hash: choose another revision.")
        case "missing":
            return _("There is no such revision: go back and choose one from the list.")
    return _("These files cannot be read as a flow: choose another revision.")


def title_of(form: Mapping[str, str]) -> str:
    """The title of a new flow in a form, "" for none."""
    return one_line(form.get("title", ""))[:LONGEST_TITLE]


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
