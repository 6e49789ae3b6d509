"""Revisions: the list, one revision, a comparison of two, and rolling back."""

from typing import Any

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from flows.translation.flow_texts import parse_once
from gateway.console.diff import diff_view
from gateway.console.drafts.new_draft import why_not
from gateway.console.publishing.draft import zip_response
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.days import yesterday
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import auditor, needs, note, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import MOST, base_of, to_draft
from sessions.drafts import review_comments, review_requests, rollback_draft, two_person_rule
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing import publication, restored_rows, revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.publication import PublishFailure
from storage.schema.tables import Draft, Revision

LONGEST_SHOWN = 400_000  # characters of a file that a page shows; the rest is in the zip


def revision_or_404(flow: str, number: int) -> Revision:
    """A revision of a flow; answers 404 if there is none."""
    found = revision_history.find_revision(sunwai().database, flow, number) if 0 < number <= MOST else None
    if found is None:
        abort(404, _("There is no such revision of this flow."))
    return found


def _page(flow: str, template: str, **shown: Any) -> str:
    return render_template(f"console/lifecycle/{template}.html", flow=flow, flow_name=flow, tab="revisions", **shown)


@blueprint.get("/flows/<flow>/revisions")
@needs("look")
def revisions(flow: str) -> str:
    """Every revision, newest first."""
    live = live_of(flow)
    if live is None:
        abort(404, _("This flow has not been published yet."))
    return _page(flow, "revisions", history=revision_history.history(sunwai().database, flow), live=live)


@blueprint.get("/flows/<flow>/revisions/<int:number>")
@needs("look")
def revision(flow: str, number: int) -> str:
    """One revision: who published it, when and why, the checks, its files, and what callers noticed."""
    found, live = revision_or_404(flow, number), live_of(flow)
    before = base_of(found)
    shown = request.args.get("file", "")
    main = main_of(found)
    names = sorted(found.source, key=lambda name: (name != main, name.startswith("transcripts/"), name))
    return _page(
        flow,
        "revision",
        revision=found,
        live=live,
        intact=main is not None,
        names=names,
        before=before,
        groups=diff_view.groups(flow_in(before), flow_in(found), diff_view.asked_page()),
        comments=review_comments.threads_of_revision(sunwai().database, found.flow, found.number),
        shown=shown if shown in found.source else "",
        text=found.source.get(shown, "")[:LONGEST_SHOWN],
    )


@blueprint.get("/flows/<flow>/revisions/<int:number>/files.zip")
@needs("look")
def revision_files(flow: str, number: int) -> Download:
    """The files of a revision as a zip."""
    found = revision_or_404(flow, number)
    note("exported", "flow", found.flow, format="zip", revision=number)
    return zip_response(found.source, f"{found.flow}-{number}.zip", found)


@blueprint.get("/flows/<flow>/compare")
@needs("look")
def compare(flow: str) -> str:
    """What callers notice between two revisions."""
    history = revision_history.history(sunwai().database, flow)
    if not history:
        abort(404, _("This flow has not been published yet."))
    newest = history[0].number
    second = request.args.get("to", newest, type=int)
    first = request.args.get("from", max(second - 1, 1), type=int)
    before, after = revision_or_404(flow, first), revision_or_404(flow, second)
    groups = diff_view.groups(flow_in(before), flow_in(after), diff_view.asked_page())
    return _page(
        flow,
        "compare",
        history=history,
        before=before,
        after=after,
        damaged=flow_in(before) is None or flow_in(after) is None,
        groups=groups,
        moved=diff_view.count_moved_numbers(groups),
        files=diff_view.files(before.source, after.source),
    )


@blueprint.get("/flows/<flow>/rollback/<int:number>")
@needs("publish")
def rollback(flow: str, number: int) -> str:
    """What going back to a revision would change for callers."""
    return _rollback(flow, number)


@blueprint.post("/flows/<flow>/rollback/<int:number>")
@needs("publish")
@require_reauthentication
def bring_back(flow: str, number: int) -> Response | tuple[str, int]:
    """Publish the files of an earlier revision again, as a new revision, with the rows restored that complaints use.

    Where two people are required, such files become a draft that somebody else publishes.
    """
    message = one_line(request.form.get("message", ""))[:1000]
    if not message:
        wrong = _("Say in one sentence why callers get the earlier menu again.")
        return _rollback(flow, number, wrong=wrong), 422
    live, seen = live_of(flow), request.form.get("live", "")
    if live is not None and seen and seen != str(live.number):
        refused = _("Revision %(n)s has been published since: check what rolling back would change now.", n=live.number)
        return _rollback(flow, number, message=message, refused=refused), 409
    if sunwai().settings.two_people and restored_rows.find_missing_rows(sunwai().database, flow, number):
        return _ask_second_person(flow, number, message)
    words = publication.RevisionNote(person().name, message, auditor=auditor())
    done = two_person_rule.roll_back(
        sunwai().database,
        sunwai().clock(),
        flow,
        number,
        words,
        two_people=sunwai().settings.two_people,
        last=yesterday(),
        policy=sunwai().policy,
    )
    if isinstance(done, frozenset):
        note("publish_refused", "flow", flow, reason="editor", revision=number)
        refused = _(
            "You are one of the authors of revision %(n)s (%(authors)s), and rolling back to it takes two people: "
            "somebody with the right to publish who did not work on it must do it.",
            n=number,
            authors=", ".join(sorted(done)),
        )
        return _rollback(flow, number, message=message, refused=refused), 409
    if isinstance(done, PublishFailure):
        if done.why == "missing":
            abort(404, _("There is no such revision of this flow."))
        return _rollback(flow, number, message=message, refused=_why(done, number), unfit=done), 409
    sunwai().shelf.refresh()
    if not done.changed:
        flash(_("Revision %(n)s has the same files and is already live: nothing changed.", n=done.number), "info")
    return redirect(url_for("console.lifecycle.flow", flow=flow, published=done.number), 303)


@blueprint.post("/flows/<flow>/rollback/<int:number>/draft")
@needs("publish")
def begin_back(flow: str, number: int) -> Response | tuple[str, int]:
    """Start a draft of an earlier revision with the rows restored that complaints use, to correct it first."""
    done = _begin_draft(flow, number)
    if isinstance(done, CopyFailure):
        revision_or_404(flow, number)
        return _rollback(flow, number, refused=why_not(done, flow)), 409
    flash(_("This is revision %(n)s with the rows restored that complaints use. Correct it, then publish it.",
            n=number), "good")  # fmt: skip
    return to_draft(done.id)


def _begin_draft(flow: str, number: int) -> Draft | CopyFailure:
    app = sunwai()
    edit = Edit(person().name, app.clock())
    return rollback_draft.create_rollback_draft(app.database, edit, flow, number, yesterday())


def _ask_second_person(flow: str, number: int, message: str) -> Response | tuple[str, int]:
    """The same files as a draft, ready for the review of somebody else; asked again, the same draft."""
    app = sunwai()
    edit = Edit(person().name, app.clock())
    done = rollback_draft.find_or_create_rollback_draft(app.database, edit, flow, number, yesterday())
    if isinstance(done, CopyFailure):
        revision_or_404(flow, number)
        return _rollback(flow, number, message=message, refused=why_not(done, flow)), 409
    if done.state != "review":
        review_requests.request_review(app.database, app.clock(), done, message[:500], who=person().name)
    flash(_("Ready for review: somebody else must publish this draft, because publishing takes two people."), "good")
    return to_draft(done.id)


def _rollback(
    flow: str,
    number: int,
    *,
    message: str = "",
    wrong: str = "",
    refused: str = "",
    unfit: PublishFailure | None = None,
) -> str:
    app, found, live = sunwai(), revision_or_404(flow, number), live_of(flow)
    made = restored_rows.find_restored_files(app.database, flow, number, yesterday())
    held = made.rows if made else ()
    after = parse_once(made.files, made.main).flow if made and held else flow_in(found)
    two_people = app.settings.two_people
    lost = publication.protections_lost_by_rollback(app.database, flow, number, yesterday(), app.policy)
    author = two_person_rule.is_revision_author(app.database, flow, number, person().name)
    return _page(
        flow,
        "rollback",
        lost=lost,
        revision=found,
        live=live,
        groups=diff_view.groups(flow_in(live), after, diff_view.asked_page()),
        message=message or (_("Back to revision %(n)s: ", n=number) if not wrong else ""),
        wrong=wrong,
        refused=refused,
        to_review=two_people and bool(held),
        barred=author and ((two_people and not held) or bool(lost)),
        held=held,
        calls=made.calls if made else 0,
        problems=[each for each in unfit.problems if each.severity == "E"] if unfit else [],
    )


def _why(done: PublishFailure, number: int) -> str:
    """Why nobody can roll back to a revision, and what to do."""
    match done.why:
        case "damaged":
            return _("The files of revision %(n)s do not match its hash, so you cannot roll back to it: choose "
                     "another one.",
                     n=number)  # fmt: skip
        case "dialled":
            return _("%(codes)s is connected to this flow, but revision %(n)s only answers texts: connect it to a menu "
                     "first.",
                     codes=", ".join(done.codes), n=number)  # fmt: skip
        case "stale":
            return _("Revision %(live)s was published while revision %(n)s was being checked: check again.",
                     live=done.live, n=number)  # fmt: skip
    return _(
        "Revision %(n)s has errors by today's checks. Start a draft from it, fix them, and publish that.", n=number
    )
