"""What was published: the list, one of them, two compared, and one brought back."""

from __future__ import annotations

from flask import Response as Download
from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from gateway.console.publishing.blueprint import blueprint
from gateway.console.publishing.draft import zip_response
from gateway.console.site import diff_view
from gateway.console.site.copy_refusals import why_not
from gateway.console.site.days import yesterday
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs, person, require_reauthentication, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import MOST
from sessions.drafts import rollback_draft
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure
from sessions.publishing import publication, revision_history
from sessions.publishing.flow_files_and_hash import main_of
from sessions.publishing.publication import PublishFailure
from storage.schema.tables import Revision

LONGEST_SHOWN = 400_000  # characters of a file that a page shows; a longer one is in the archive


def revision_or_404(flow: str, number: int) -> Revision:
    """A revision of a flow; ends the request with 404 where there is none."""
    found = revision_history.find_revision(sunwai().database, flow, number) if 0 < number <= MOST else None
    if found is None:
        abort(404, _("There is no such revision of this flow."))
    return found


@blueprint.get("/flows/<flow>/revisions")
@needs("look")
def revisions(flow: str) -> str:
    """Every revision, the newest first."""
    live = live_of(flow)
    if live is None:
        abort(404, _("Nothing of this flow was published yet."))
    return render_template(
        "console/lifecycle/revisions.html",
        flow=flow,
        flow_name=flow,
        tab="revisions",
        history=revision_history.history(sunwai().database, flow),
        live=live,
    )


@blueprint.get("/flows/<flow>/revisions/<int:number>")
@needs("look")
def revision(flow: str, number: int) -> str:
    """One of them: who, when, why, what the checks said, its files, and what callers noticed."""
    found, live = revision_or_404(flow, number), live_of(flow)
    before = revision_history.find_revision(sunwai().database, flow, found.base) if found.base else None
    shown = request.args.get("file", "")
    main = main_of(found)
    names = sorted(found.source, key=lambda name: (name != main, name.startswith("transcripts/"), name))
    return render_template(
        "console/lifecycle/revision.html",
        flow=flow,
        flow_name=flow,
        tab="revisions",
        revision=found,
        live=live,
        intact=main is not None,
        names=names,
        before=before,
        groups=diff_view.groups(flow_in(before) if before else None, flow_in(found)),
        shown=shown if shown in found.source else "",
        text=found.source.get(shown, "")[:LONGEST_SHOWN],
    )


@blueprint.get("/flows/<flow>/revisions/<int:number>/files.zip")
@needs("look")
def revision_files(flow: str, number: int) -> Download:
    """The files of a revision as an archive."""
    found = revision_or_404(flow, number)
    return zip_response(found.source, f"{found.flow}-{number}.zip", found)


@blueprint.get("/flows/<flow>/compare")
@needs("look")
def compare(flow: str) -> str:
    """What callers notice between two revisions."""
    history = revision_history.history(sunwai().database, flow)
    if not history:
        abort(404, _("Nothing of this flow was published yet."))
    newest = history[0].number
    second = request.args.get("to", newest, type=int)
    first = request.args.get("from", max(second - 1, 1), type=int)
    before, after = revision_or_404(flow, first), revision_or_404(flow, second)
    groups = diff_view.groups(flow_in(before), flow_in(after))
    return render_template(
        "console/lifecycle/compare.html",
        flow=flow,
        flow_name=flow,
        tab="revisions",
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
    """Let the files of an earlier revision answer new calls again, as a new revision."""
    message = one_line(request.form.get("message", ""))[:1000]
    if not message:
        wrong = _("Say in one sentence why callers get the earlier menu again.")
        return _rollback(flow, number, wrong=wrong), 422
    live, seen = live_of(flow), request.form.get("live", "")
    if live is not None and seen and seen != str(live.number):
        refused = _("Revision %(n)s was published meanwhile: look at what going back would change now.", n=live.number)
        return _rollback(flow, number, message=message, refused=refused), 409
    done = publication.roll_back(
        sunwai().database, sunwai().clock(), flow, number, publication.RevisionNote(person().name, message)
    )
    if isinstance(done, PublishFailure):
        if done.why == "missing":
            abort(404, _("There is no such revision of this flow."))
        return _rollback(flow, number, message=message, refused=_why(done, number), unfit=done), 409
    sunwai().shelf.refresh()
    if not done.changed:
        flash(_("Revision %(n)s has the same files and is live: nothing changed.", n=done.number), "info")
    return redirect(url_for("console.lifecycle.flow", flow=flow, published=done.number), 303)


@blueprint.post("/flows/<flow>/rollback/<int:number>/draft")
@needs("publish")
def begin_back(flow: str, number: int) -> Response | tuple[str, int]:
    """Begin a draft of an earlier revision with the rows put back that complaints hold: it can be published."""
    app = sunwai()
    done = rollback_draft.create_rollback_draft(
        app.database, Edit(person().name, app.clock()), flow, number, yesterday()
    )
    if isinstance(done, CopyFailure):
        revision_or_404(flow, number)
        return _rollback(flow, number, refused=why_not(done, flow)), 409
    flash(_("This is revision %(n)s with the rows put back that complaints hold. Publish it, and new calls get it.",
            n=number), "good")  # fmt: skip
    return redirect(url_for("console.lifecycle.draft", draft_id=done.id), 303)


def _rollback(
    flow: str,
    number: int,
    *,
    message: str = "",
    wrong: str = "",
    refused: str = "",
    unfit: PublishFailure | None = None,
) -> str:
    found, live = revision_or_404(flow, number), live_of(flow)
    groups = diff_view.groups(flow_in(live) if live else None, flow_in(found))
    return render_template(
        "console/lifecycle/rollback.html",
        flow=flow,
        flow_name=flow,
        tab="revisions",
        revision=found,
        live=live,
        groups=groups,
        moved=diff_view.count_moved_numbers(groups),
        message=message or (_("Back to revision %(n)s: ", n=number) if not wrong else ""),
        wrong=wrong,
        refused=refused,
        held=rollback_draft.find_missing_rows(sunwai().database, flow, number),
        tongues=_tongues(found, live),
        problems=[each for each in unfit.problems if each.severity == "E"] if unfit else [],
    )


def _tongues(*found: Revision | None) -> dict[str, str]:
    """The languages of some revisions as people call them, by tag."""
    flows = [flow_in(each) for each in found if each is not None]
    return {tag: name for flow in flows if flow for tag, name in flow.languages.items()}


def _why(done: PublishFailure, number: int) -> str:
    """Why a revision does not simply answer calls again, and what to do."""
    match done.why:
        case "damaged":
            return _("The files of revision %(n)s do not match its hash, so it stays where it is: choose another one.",
                     n=number)  # fmt: skip
        case "dialled":
            return _("%(codes)s leads here, and revision %(n)s answers texts only: let it lead to a menu first.",
                     codes=", ".join(done.codes), n=number)  # fmt: skip
        case "stale":
            return _("Revision %(live)s was published while revision %(n)s was being checked: look again.",
                     live=done.live, n=number)  # fmt: skip
    held = all(each.code in ("F605", "F902") for each in done.problems if each.severity == "E")
    if held:
        return _("Revision %(n)s lacks rows that complaints hold by now, or means something else by them. Begin a "
                 "draft of it with these put back, and publish that.", n=number)  # fmt: skip
    return _(
        "Revision %(n)s has errors by today's checks. Begin a draft from it, mend them, and publish that.", n=number
    )
