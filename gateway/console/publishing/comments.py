"""Comments on a draft: said, answered and resolved on its overview."""

from flask import redirect, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from flows.text.western_digits import whole_number
from gateway.console.publishing.comment_view import NOTHING_TYPED, CommentTry
from gateway.console.publishing.draft import page
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.guard import audit_origin, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import review_comments
from sessions.drafts.review_comments import CommentRefusal, NewComment
from storage.schema.tables import DraftComment

_STATUS = {"over": 409, "gone": 409}


@blueprint.post("/drafts/<int:draft_id>/comments")
@needs("words")
def comment(draft_id: int) -> Response | tuple[str, int]:
    """Comment on a draft, or answer a comment."""
    app, said = sunwai(), request.form.get("said", "")
    draft_or_404(draft_id)
    answers = whole_number(request.form.get("answers", ""))
    place = one_line(request.form.get("place", "")) if answers is None else ""
    new = NewComment(person().name, said, place, answers)
    done = review_comments.add_comment(app.database, audit_origin(), draft_id, new)
    return _shown(draft_id, done, CommentTry(said, place=place, answers=answers))


@blueprint.post("/drafts/<int:draft_id>/comments/resolve")
@needs("words")
def resolve(draft_id: int) -> Response | tuple[str, int]:
    """Mark a comment as resolved, or as open again."""
    app, again = sunwai(), bool(request.form.get("again"))
    draft_or_404(draft_id)
    number = whole_number(request.form.get("comment", "")) or 0
    done = review_comments.resolve_comment(
        app.database, audit_origin(), draft_id, number, who=person().name, again=again
    )
    return _shown(draft_id, done)


@blueprint.post("/drafts/<int:draft_id>/comments/read")
@needs("look")
def acknowledge(draft_id: int) -> Response:
    """Go to a comment or an answer, which the first page then tells this person no more."""
    draft_or_404(draft_id)
    number = whole_number(request.form.get("comment", "")) or 0
    first = review_comments.acknowledge_comment(sunwai().database, draft_id, number, person().name)
    return redirect(url_for(".draft", draft_id=draft_id, _anchor=f"comment-{first}" if first else "comments"), 303)


def _shown(
    draft_id: int, done: DraftComment | CommentRefusal, tried: CommentTry = NOTHING_TYPED
) -> Response | tuple[str, int]:
    if isinstance(done, DraftComment):
        anchor = f"comment-{done.answers or done.id}"
        return redirect(url_for(".draft", draft_id=draft_id, _anchor=anchor), 303)
    wrong = _refusal_words(done)
    found = draft_or_404(draft_id)
    trouble = "" if done.why in ("empty", "long") and is_going_on(found) else wrong
    return page(found, trouble=trouble, unsent=replace(tried, wrong=wrong)), _STATUS.get(done.why, 422)


def _refusal_words(done: CommentRefusal) -> str:
    """Why a comment was not stored, in one sentence that says what to do."""
    match done.why:
        case "empty":
            return _("Write what you want to say first.")
        case "long":
            return _("A comment has at most %(most)s characters: shorten it.", most=review_comments.LONGEST)
        case "full":
            return _("This draft has %(most)s comments, which is the most. Speak with its authors.",
                     most=review_comments.MOST)  # fmt: skip
        case "gone":
            return _("That comment is not on this draft. Nothing was stored.")
    return _("This draft has been published or dropped, so nobody can comment on it any more.")
