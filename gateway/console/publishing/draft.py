"""One draft: what callers will notice, what blocks it and who did what; and every step of it except editing."""

from collections.abc import Mapping

from flask import Response as Download
from flask import flash, render_template, request
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from flows.versions.call_updates import SAME
from gateway.console.diff import diff_view
from gateway.console.publishing import schedule
from gateway.console.publishing.comment_view import NOTHING_TYPED, CommentTry, arrange_comments
from gateway.console.publishing.scripted_calls import (
    GROUPS,
    MOST_OTHERWISE,
    failing_calls,
    flow_of_draft,
    run_transcripts,
    update_calls,
)
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import counts_of, flow_in, live_of, withheld_from_me
from gateway.console.site.guard import auditor, needs, note, person, sunwai
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import base_of, draft_or_404, is_going_on, to_draft
from gateway.exchange import archive
from gateway.flow_folder.base_revision_note import format_line
from gateway.http.attachment import attach
from sessions.drafts import draft_editing, review_comments, review_requests
from sessions.drafts.draft_editing import ClosedDraft, StaleDraft
from sessions.publishing.base_revision import BaseRevision
from storage.menus import drafts
from storage.schema.tables import Draft, Revision


@blueprint.get("/drafts/<int:draft_id>")
@needs("look")
def draft(draft_id: int) -> str:
    """The overview of a draft."""
    return page(draft_or_404(draft_id))


def page(
    found: Draft,
    *,
    trouble: str = "",
    message: str | None = None,
    wrong: str = "",
    unsent: CommentTry = NOTHING_TYPED,
) -> str:
    """The overview of a draft; `trouble` is why a request failed, `message` the message that was typed for it.

    `wrong` is what is wrong with the message, `unsent` a comment that could not be stored.
    """
    base, flow = base_of(found), flow_of_draft(found)
    live = live_of(found.flow)
    counts = counts_of(found)
    groups = diff_view.groups(flow_in(base), flow, diff_view.asked_page())
    threads = review_comments.threads(sunwai().database, found.id)
    return render_template(
        "console/lifecycle/draft.html",
        draft=found,
        tab="overview",
        going_on=is_going_on(found),
        groups=groups,
        comments=arrange_comments(threads, [each.key for each in groups], unsent),
        files=diff_view.files(base.source if base else {}, found.files),
        flow=flow,
        counts=counts,
        played=run_transcripts(found, flow),
        most=MOST_OTHERWISE,
        edits=draft_editing.edits(sunwai().database, found.id),
        live=live,
        behind=live is not None and live.number != found.base,
        withheld=withheld_from_me(found),
        missed=schedule.missed_reason(found),
        missed_at=schedule.at_words(found),
        trouble=trouble,
        wrong=wrong,
        message=found.message if message is None else message,
    )


@blueprint.post("/drafts/<int:draft_id>/review")
@needs("words")
def review(draft_id: int) -> Response | tuple[str, int]:
    """Ask for a review of a draft."""
    found, message = draft_or_404(draft_id), one_line(request.form.get("message", ""))
    if not message:
        wrong = _("Say in one sentence what the draft changes, so that reviewers know where to look.")
        return page(found, message="", wrong=wrong), 422
    errors = counts_of(found).errors
    if errors and request.form.get("anyway") != "yes":
        wrong = ngettext(
            "%(num)d error blocks publishing: fix it first, or tick the box below.",
            "%(num)d errors block publishing: fix them first, or tick the box below.",
            errors,
        )
        return page(found, message=message, wrong=wrong), 422
    done = review_requests.request_review(sunwai().database, sunwai().clock(), found, message[:500], who=person().name)
    words = _("Ready for review: everyone who may publish sees it on their home page.")
    if errors:
        words += " " + _("It cannot be published until its errors are fixed.")
    return _stepped(done, words, message, "warn" if errors else "good")


@blueprint.post("/drafts/<int:draft_id>/discard-review")
@needs("words")
def discard_review(draft_id: int) -> Response | tuple[str, int]:
    """End the review: the draft needs more work."""
    found, remark = draft_or_404(draft_id), one_line(request.form.get("remark", ""))[:500]
    words = _("The draft was returned for changes.")
    if found.asked_by == person().name:
        words = _("You took the draft back: nobody is asked to review it any more.")
    done = review_requests.request_changes(sunwai().database, sunwai().clock(), found, remark, who=person().name)
    return _stepped(done, words)


@blueprint.post("/drafts/<int:draft_id>/drop")
@needs("edit")
def drop(draft_id: int) -> Response | tuple[str, int]:
    """Drop a draft."""
    done = review_requests.drop_draft(
        sunwai().database, sunwai().clock(), draft_or_404(draft_id), who=person().name, auditor=auditor()
    )
    return _stepped(done, _("The draft is dropped. You can restore it within %(n)s days.", n=drafts.KEPT.days))


def _stepped(
    done: Draft | StaleDraft, words: str, message: str | None = None, kind: str = "good"
) -> Response | tuple[str, int]:
    if isinstance(done, StaleDraft):
        trouble = (
            _(
                "%(who)s has saved this draft since you opened it: check it, then press the button again.",
                who=done.now.changed_by,
            )
            if is_going_on(done.now)
            else _("This draft has since been published or dropped.")
        )
        return page(done.now, trouble=trouble, message=message), 409
    flash(words, kind)
    return to_draft(done.id)


@blueprint.post("/drafts/<int:draft_id>/take-up")
@needs("edit")
def take_up(draft_id: int) -> Response | tuple[str, int]:
    """Restore a dropped draft."""
    done = review_requests.resume_draft(sunwai().database, sunwai().clock(), draft_id, who=person().name)
    if done is None:
        return page(draft_or_404(draft_id), trouble=_("Only a dropped draft can be restored.")), 409
    flash(_("The draft is restored as it was."), "good")
    return to_draft(draft_id)


@blueprint.post("/drafts/<int:draft_id>/calls")
@needs("edit")
def calls(draft_id: int) -> Response | tuple[str, int]:
    """Update the scripted calls that keep doing what they did, or those of one group that do not."""
    found, group = draft_or_404(draft_id), request.form.get("group", "")
    groups = (group,) if group in GROUPS else SAME
    done = update_calls(found, groups)
    if isinstance(done, ClosedDraft):
        return page(done.now, trouble=_("This draft has since been published or dropped.")), 409
    changed = sum(done.files.get(name) != text for name, text in found.files.items())
    if groups == SAME:
        flash(
            ngettext(
                "%(num)d scripted call was updated. It does what it did before.",
                "%(num)d scripted calls were updated. They do what they did before.",
                changed,
            ),
            "good",
        )
    else:
        flash(
            ngettext(
                "%(num)d scripted call was updated. It no longer does what it did before.",
                "%(num)d scripted calls were updated. They no longer do what they did before.",
                changed,
            ),
            "warn",
        )
    if left := failing_calls(done):
        flash(ngettext("%(num)d scripted call still fails.", "%(num)d scripted calls still fail.", left), "warn")
    return to_draft(draft_id)


@blueprint.get("/drafts/<int:draft_id>/files.zip")
@needs("look")
def files(draft_id: int) -> Download:
    """The files of a draft as a zip."""
    found = draft_or_404(draft_id)
    note("exported", "draft", found.id, format="zip")
    return zip_response(found.files, f"{found.flow}-draft-{found.id}.zip", base_of(found))


def zip_response(texts: Mapping[str, str], name: str, made_from: Revision | None) -> Download:
    """Files as a zip to download, which records the revision they were made from, like an exported one."""
    remark = format_line(made_from.flow, BaseRevision(made_from.number, made_from.digest)) if made_from else ""
    packed = archive.pack({each: text.encode() for each, text in texts.items()}, remark)
    return attach(Download(packed, mimetype="application/zip"), name)
