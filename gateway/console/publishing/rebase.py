"""Somebody published while a draft was being edited: what they changed, and rebasing the draft onto it."""

from collections.abc import Mapping
from typing import cast

from flask import flash, render_template, request
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.versions.three_way_merge import Conflict, MergeResult, Side
from flows.versions.word_diff import Piece, diff_words
from gateway.console.diff import diff_view
from gateway.console.publishing.draft import page
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import base_of, draft_or_404, is_going_on, to_draft
from sessions.drafts import review_requests
from sessions.drafts.draft_editing import ClosedDraft, StaleDraft
from sessions.publishing import revision_history
from storage.schema.tables import Draft


class Choice(Struct, frozen=True):
    """A piece that both changed: its name, what each changed in it, and the side that was chosen, if any.

    `language` is set if it is one text, and `tongue` is the name of that language.
    """

    name: str
    file: str
    piece: str
    language: str
    tongue: str
    mine: tuple[Piece, ...] | None
    theirs: tuple[Piece, ...] | None
    chosen: str


@blueprint.get("/drafts/<int:draft_id>/onto")
@needs("edit")
def onto(draft_id: int) -> Response | str | tuple[str, int]:
    """What others have published since the draft was started, and what both changed."""
    found = draft_or_404(draft_id)
    if not is_going_on(found):
        return page(found, trouble=_("This draft has already been published or dropped.")), 409
    live = live_of(found.flow)
    if live is None or live.number == found.base:
        return to_draft(draft_id)
    made, _number, _main = review_requests.merge_with_live(sunwai().database, found)
    return _shown(found, made, {})


@blueprint.post("/drafts/<int:draft_id>/onto")
@needs("edit")
def bring_onto(draft_id: int) -> Response | str | tuple[str, int]:
    """Rebase the draft onto the live revision, with the choices for what both changed."""
    found = draft_or_404(draft_id)
    chosen = {
        request.form.get(f"name-{at}", ""): cast("Side", side)
        for at in range(min(len(request.form), 2000))
        if (side := request.form.get(f"side-{at}")) in ("mine", "theirs")
    }
    live = live_of(found.flow)
    seen = request.form.get("live", "")
    if live is not None and seen and seen != str(live.number):
        made, _number, _main = review_requests.merge_with_live(sunwai().database, found, chosen)
        words = _("Revision %(n)s has been published as well: check again.", n=live.number)
        return _shown(found, made, chosen, words), 409
    done = review_requests.rebase_draft(sunwai().database, sunwai().clock(), found, chosen, who=person().name)
    match done:
        case MergeResult():
            return _shown(found, done, chosen, _("Choose for each of these which version your draft should have.")), 422
        case ClosedDraft():
            return page(done.now, trouble=_("This draft has already been published or dropped.")), 409
        case StaleDraft():
            made, _number, _main = review_requests.merge_with_live(sunwai().database, done.now, chosen)
            words = _("%(who)s has saved this draft since you opened it: check again.", who=done.now.changed_by)
            return _shown(done.now, made, chosen, words), 409
    flash(_("Your draft is now based on revision %(n)s: publishing it undoes nothing.", n=done.base), "good")
    return to_draft(draft_id)


def _shown(found: Draft, made: MergeResult, chosen: dict[str, Side], trouble: str = "") -> str:
    database = sunwai().database
    live = live_of(found.flow)
    base = base_of(found)
    assert live is not None  # noqa: S101 - revisions are never deleted
    history = revision_history.history(database, found.flow)
    flow = flow_in(live)
    tongues = flow.languages if flow else {}
    # Resolved conflicts are no longer listed: to show them again, merge without the choices.
    conflicts = review_requests.merge_with_live(database, found)[0].conflicts if chosen else made.conflicts
    return render_template(
        "console/lifecycle/merge.html",
        draft=found,
        tab="overview",
        live=live,
        since=[each for each in history if found.base < each.number <= live.number],
        groups=diff_view.groups(flow_in(base), flow, diff_view.asked_page()),
        files=diff_view.files(base.source if base else {}, live.source),
        choices=[_choice(each, chosen, tongues) for each in conflicts],
        calls=made.calls,
        trouble=trouble,
    )


def _choice(conflict: Conflict, chosen: dict[str, Side], tongues: Mapping[str, str]) -> Choice:
    before = conflict.base or ""
    mine, theirs = (
        None if text is None else diff_view.shorten_pieces(diff_words(before, text))
        for text in (conflict.mine, conflict.theirs)
    )
    last = conflict.piece.rpartition(" ")[2]
    return Choice(
        conflict.name,
        conflict.file,
        conflict.piece,
        last if last in tongues else "",
        tongues.get(last, ""),
        mine,
        theirs,
        chosen.get(conflict.name, ""),
    )
