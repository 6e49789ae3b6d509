"""Publishing a draft: a summary of what that means, and why it may be refused."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from flows.checks.analysis.findings import is_blocking
from flows.menu.diagnostics import Problem
from flows.text.printable import one_line
from gateway.console.editor.problem_links import LinkedProblems, link_problems
from gateway.console.publishing import schedule
from gateway.console.publishing.draft import run_transcripts
from gateway.console.publishing.schedule import PublishTime
from gateway.console.site import diff_view
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.diff_view import Group
from gateway.console.site.flow_status import flow_in, live_flows_with_codes, live_of
from gateway.console.site.guard import auditor, needs, note, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import base_of, draft_or_404, is_going_on, to_draft
from sessions.drafts import draft_editing, review_requests
from sessions.drafts import scheduled_publishing as arranging
from sessions.drafts.draft_editing import DraftCheck, Edit, StaleDraft
from sessions.drafts.review_requests import PublishRefusal, PublishTerms
from sessions.drafts.scheduled_publishing import ScheduleResult
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.schema.tables import Draft

_MOST_FINDINGS = 30  # of each severity on the page of publishing, which links to all of them


@blueprint.get("/drafts/<int:draft_id>/publish")
@needs("publish")
def publish(draft_id: int) -> str:
    """What is about to be published."""
    found = draft_or_404(draft_id)
    return _page(found, message=found.message)


@blueprint.post("/drafts/<int:draft_id>/publish")
@needs("publish")
@require_reauthentication
def go_live(draft_id: int) -> Response | tuple[str, int]:
    """Publish it."""
    found = draft_or_404(draft_id)
    chosen = schedule.parse_publish_time(request.form)
    message, reason = (one_line(request.form.get(name, ""))[:1000] for name in ("message", "reason"))

    def again(status: int, now: Draft | None = None, **shown: Any) -> tuple[str, int]:
        return _page(now or found, message=message, reason=reason, chosen=chosen, **shown), status

    if not message:
        return again(422, wrong={"message": _("Say in one sentence what changed and why.")})
    if chosen.wrong:
        return again(422)
    if request.form.get("version", str(found.version)) != str(found.version):
        return again(409, refused=why_withheld(PublishRefusal("moved", found.changed_by)))
    done = _done(found, message, reason, chosen)
    if isinstance(done, PublishRefusal | PublishFailure) and done.why in ("editor", "asker", "lost"):
        note("publish_refused", "draft", draft_id, reason=done.why)
    match done:
        case StaleDraft():
            now = draft_or_404(draft_id)
            held = PublishRefusal("moved" if is_going_on(now) else "over", now.changed_by)
            return again(409, now, refused=why_withheld(held))
        case PublishRefusal():
            return again(409, draft_or_404(draft_id), refused=why_withheld(done))
        case PublishFailure(why="lost") if not reason:
            return again(409, wrong={"reason": _("Say why people can do without what protected them.")})
        case PublishFailure(why="warnings"):
            words = _("The warnings need a reason: fix them, or say why they are acceptable.")
            return again(409, wrong={"reason": words})
        case PublishFailure():
            return again(409, refused=why_unfit(done, found))
        case str():
            chosen = replace(chosen, wrong=schedule.why_untimely(done))
            return again(422)
    return _after(done)


def _done(found: Draft, message: str, reason: str, chosen: PublishTime) -> PublishedRevision | ScheduleResult:
    """Publish it, or schedule its publication."""
    app = sunwai()
    edit = Edit(person().name, app.clock(), message, auditor())
    terms = PublishTerms(reason, app.settings.two_people)
    if chosen.at is not None:
        return arranging.schedule_publication(app.database, edit, found, chosen.at, terms)
    return review_requests.publish_draft(app.database, edit, found, terms)


def _after(done: PublishedRevision | Draft) -> Response:
    if isinstance(done, Draft):
        flash(_("The draft will be published automatically, unless somebody changes it first."), "good")
        return to_draft(done.id)
    sunwai().shelf.refresh()
    if not done.changed:
        flash(_("Revision %(n)s is identical and already live: nothing changed for callers.", n=done.number), "info")
    return redirect(url_for("console.lifecycle.flow", flow=done.flow, published=done.number), 303)


def _page(
    found: Draft,
    *,
    message: str = "",
    reason: str = "",
    refused: str = "",
    wrong: dict[str, str] | None = None,
    chosen: PublishTime | None = None,
) -> str:
    examined = draft_editing.check_draft(
        sunwai().database, found.flow, found.files, found.main, sunwai().settings.service_words
    )
    live = live_of(found.flow)
    groups = diff_view.groups(flow_in(base_of(found)), examined.flow)
    lost = _lost(examined, found)
    two_people = sunwai().settings.two_people or bool(lost.count)
    withheld = review_requests.find_publish_refusal(sunwai().database, found, person().name, two_people=two_people)
    return render_template(
        "console/lifecycle/publish.html",
        draft=found,
        tab="overview",
        going_on=is_going_on(found),
        changes=diff_view.count_changes(groups),
        places=list(dict.fromkeys(_place(group) for group in groups)),
        moved=diff_view.count_moved_numbers(groups),
        errors=_of(examined, found, "E"),
        lost=lost,
        warnings=_of(examined, found, "W"),
        played=run_transcripts(found.files, examined.flow),
        live=live,
        behind=live is not None and live.number != found.base,
        codes=next((each.codes for each in live_flows_with_codes() if each.flow == found.flow), ()),
        withheld=why_withheld(withheld) if withheld else "",
        by_another=withheld is not None and withheld.why != "over",
        message=message,
        reason=reason or found.publish_reason,
        refused=refused,
        wrong=wrong or {},
        later=schedule.choosable(chosen or PublishTime()),
    )


def _of(examined: DraftCheck, draft: Draft, severity: str) -> LinkedProblems:
    """The first findings of one severity, as on the page of problems."""
    found = [each for each in examined.problems if each.severity == severity and not _is_lost(each)]
    return link_problems(found, examined.parsed, draft, most=_MOST_FINDINGS)


def _lost(examined: DraftCheck, draft: Draft) -> LinkedProblems:
    """What protects people in the live revision, and is lost: a second person must agree to it."""
    found = [each for each in examined.problems if _is_lost(each)]
    return link_problems(found, examined.parsed, draft, most=_MOST_FINDINGS)


def _is_lost(problem: Problem) -> bool:
    return problem.severity == "E" and not is_blocking(problem)


def _place(group: Group) -> str:
    """Where callers notice something: the name of a screen, or a description."""
    match group.kind:
        case "list":
            return _("the list %(name)s", name=group.name)
        case "text":
            return _("the SMS texts")
        case "call":
            return _("the whole call")
    return group.name


def why_withheld(done: PublishRefusal) -> str:
    """Why this person cannot publish it now, in one sentence that says what to do."""
    match done.why:
        case "editor":
            return _(
                "You are one of the authors of this draft (%(authors)s), and publishing takes two people: somebody "
                "with the right to publish who did not work on it must do it.",
                authors=done.said,
            )
        case "asker":
            return _(
                "You asked for the review of this draft, and publishing takes two people: somebody else "
                "must publish it."
            )
        case "moved":
            return _("%(who)s has saved this draft since you opened it: check it, then publish.", who=done.said)
        case "renamed":
            return _("Its file says `flow: %(name)s`, but this is a draft of another flow: restore the old "
                     "name, or start a new flow from it.", name=done.said)  # fmt: skip
    return _("This draft has already been published or dropped.")


def why_unfit(done: PublishFailure, found: Draft) -> str:
    """Why the checks or another person's revision block publication, in one sentence that says what to do."""
    match done.why:
        case "stale" if not found.base:
            return _("Somebody has published a first revision of %(flow)s: merge it into your draft.", flow=found.flow)
        case "stale":
            return _(
                "Revision %(live)s has been published, but your draft was made from revision %(base)s: "
                "publishing it would undo what has changed since. Merge revision %(live)s into your draft, "
                "then publish.",
                live=done.live,
                base=found.base,
            )
        case "dialled":
            return _("%(codes)s is connected to %(flow)s, and a flow for texts answers no calls: connect it to a menu, "
                     "or disconnect it first.", codes=", ".join(done.codes), flow=found.flow)  # fmt: skip
        case "lost":
            return _("It loses what protects people. Somebody who did not work on the draft must publish it, with a "
                     "reason.")  # fmt: skip
    return _("The checks found errors: fix them, then publish.")
