"""Publishing a draft: a summary of what that means, and why it may be refused."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from flows.checks.analysis.findings import is_blocking
from flows.menu.diagnostics import Problem
from flows.text.printable import one_line
from gateway.console.diff import diff_view
from gateway.console.editor.problem_links import LinkedProblems, link_problems
from gateway.console.publishing import schedule
from gateway.console.publishing.comment_view import arrange_comments
from gateway.console.publishing.schedule import PublishTime
from gateway.console.publishing.scripted_calls import (
    MOST_OTHERWISE,
    TranscriptResults,
    changed_calls,
    failing_calls,
    run_transcripts,
    update_calls,
)
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import PLAYED, flow_in, live_flows_with_codes, live_of
from gateway.console.site.guard import auditor, may, needs, note, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import base_of, draft_or_404, is_going_on, to_draft
from sessions.drafts import draft_editing, review_comments, review_requests
from sessions.drafts import scheduled_publishing as arranging
from sessions.drafts.draft_editing import ClosedDraft, DraftCheck, Edit, StaleDraft
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
        typed: dict[str, Any] = {"message": message, "reason": reason, "chosen": chosen}
        return _page(now or found, **typed | shown), status

    if not message:
        return again(422, wrong={"message": _("Say in one sentence what changed and why.")})
    if chosen.wrong:
        return again(422)
    if request.form.get("version", str(found.version)) != str(found.version):
        return again(409, refused=why_withheld(PublishRefusal("moved", found.changed_by)))
    if request.form.get("calls") == "update" and may("edit"):
        after = _with_calls(found)
        if isinstance(after, str):
            return again(409, draft_or_404(draft_id), refused=after)
        found = after
    done = _done(found, message, reason, chosen)
    if isinstance(done, PublishedRevision | Draft):
        return _after(done)
    if isinstance(done, PublishRefusal | PublishFailure) and done.why in ("editor", "asker", "lost"):
        note("publish_refused", "draft", draft_id, reason=done.why)
    return _refused(done, found, reason, chosen, again)


def _with_calls(found: Draft) -> Draft | str:
    """The draft with its scripted calls updated; or why it cannot be published like that."""
    after = update_calls(found)
    if isinstance(after, ClosedDraft):
        return why_withheld(PublishRefusal("over"))
    if after.version > found.version + 1:
        return why_withheld(PublishRefusal("moved", after.changed_by))
    if left := failing_calls(after):
        return ngettext("%(num)d scripted call still fails.", "%(num)d scripted calls still fail.", left)
    return after


def _refused(
    done: PublishRefusal | PublishFailure | StaleDraft | str,
    found: Draft,
    reason: str,
    chosen: PublishTime,
    again: Callable[..., tuple[str, int]],
) -> tuple[str, int]:
    """The page again, with why nothing was published."""
    match done:
        case StaleDraft():
            now = draft_or_404(found.id)
            held = PublishRefusal("moved" if is_going_on(now) else "over", now.changed_by)
            return again(409, now, refused=why_withheld(held))
        case PublishRefusal():
            return again(409, draft_or_404(found.id), refused=why_withheld(done))
        case PublishFailure(why="lost") if not reason:
            return again(409, wrong={"reason": _("Say why people can do without what protected them.")})
        case PublishFailure(why="warnings"):
            words = _("The warnings need a reason: fix them, or say why they are acceptable.")
            return again(409, wrong={"reason": words})
        case PublishFailure():
            return again(409, draft_or_404(found.id), refused=why_unfit(done, found))
    return again(422, chosen=replace(chosen, wrong=schedule.why_untimely(done)))


def _done(found: Draft, message: str, reason: str, chosen: PublishTime) -> PublishedRevision | ScheduleResult:
    """Publish it, or schedule its publication."""
    app = sunwai()
    edit = Edit(person().name, app.clock(), message, auditor())
    terms = PublishTerms(reason, app.settings.two_people, policy=app.policy)
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
    examined = draft_editing.check_draft(sunwai().database, found.flow, found.files, found.main, sunwai().installation)
    live = live_of(found.flow)
    groups = diff_view.groups(flow_in(base_of(found)), examined.flow, diff_view.asked_page())
    lost = _lost(examined, found)
    two_people = sunwai().settings.two_people or bool(lost.count)
    errors = [each for each in examined.problems if is_blocking(each)]
    played = run_transcripts(found, examined.flow)
    update = _are_calls(errors, played) and not two_people and may("edit")
    withheld = review_requests.find_publish_refusal(sunwai().database, found, person().name, two_people=two_people)
    threads = review_comments.threads(sunwai().database, found.id)
    return render_template(
        "console/lifecycle/publish.html",
        draft=found,
        tab="overview",
        going_on=is_going_on(found),
        groups=groups,
        comments=arrange_comments(threads, [each.key for each in groups]),
        open_comments=[each for each in threads if each.open],
        changes=diff_view.count_changes(groups),
        update=update,
        most=MOST_OTHERWISE,
        moved=diff_view.count_moved_numbers(groups),
        errors=LinkedProblems((), 0) if update else _of(examined, found, "E"),
        lost=lost,
        warnings=_of(examined, found, "W"),
        played=played,
        changed_calls=changed_calls(found, examined.flow),
        live=live,
        behind=live is not None and live.number != found.base,
        codes=next((each.codes for each in live_flows_with_codes() if each.flow == found.flow), ()),
        withheld=why_withheld(withheld) if withheld else "",
        by_another=withheld is not None and withheld.why != "over",
        message=message,
        reason=reason or found.publish_reason,
        refused=refused,
        wrong=wrong or {},
        later=schedule.choosable(chosen or PublishTime(), found),
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


def _are_calls(errors: Sequence[Problem], played: TranscriptResults) -> bool:
    """True if all that blocks publication is scripted calls that do what they did once they are updated."""
    calls = [call for other in played.otherwise for call in other.calls]
    updatable = bool(calls) and not any(call.problem for call in calls) and not played.groups
    return updatable and bool(errors) and all(each.code == PLAYED for each in errors)


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
