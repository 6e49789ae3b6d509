"""Somebody published while a draft was written: what they changed, and the draft brought onto it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.versions.three_way_merge import Conflict, MergeResult, Side
from flows.versions.word_diff import Piece, diff_words
from gateway.console.publishing.blueprint import blueprint
from gateway.console.publishing.draft import page
from gateway.console.site import diff_view
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from sessions.drafts import review_requests
from sessions.drafts.draft_editing import ClosedDraft, StaleDraft
from sessions.publishing import revision_history
from storage.schema.tables import Draft


class Choice(Struct, frozen=True):
    """A piece that both changed: its name, what either made of it against what it was, and what was chosen so far.

    `language` is set where it is one text, and `tongue` is that language as people call it.
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
    """What others published since the draft was begun, and what both changed."""
    found = draft_or_404(draft_id)
    if not is_going_on(found):
        return page(found, trouble=_("This draft is over: it was published or dropped already.")), 409
    live = live_of(found.flow)
    if live is None or live.number == found.base:
        return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)
    made, _number, _main = review_requests.merge_with_live(sunwai().database, found)
    return _shown(found, made, {})


@blueprint.post("/drafts/<int:draft_id>/onto")
@needs("edit")
def bring_onto(draft_id: int) -> Response | str | tuple[str, int]:
    """Lay the draft over the live revision, with what was chosen where both changed the same."""
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
        words = _("Revision %(n)s was published meanwhile, too: look once more.", n=live.number)
        return _shown(found, made, chosen, words), 409
    done = review_requests.rebase_draft(sunwai().database, sunwai().clock(), found, chosen, who=person().name)
    match done:
        case MergeResult():
            return _shown(found, done, chosen, _("Choose for each of these which one is to be in your draft.")), 422
        case ClosedDraft():
            return page(done.now, trouble=_("This draft is over: it was published or dropped already.")), 409
        case StaleDraft():
            made, _number, _main = review_requests.merge_with_live(sunwai().database, done.now, chosen)
            words = _("%(who)s saved this draft meanwhile: look once more.", who=done.now.changed_by)
            return _shown(done.now, made, chosen, words), 409
    flash(_("Your draft is made from revision %(n)s now: publishing it undoes nothing.", n=done.base), "good")
    return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)


def _shown(found: Draft, made: MergeResult, chosen: dict[str, Side], trouble: str = "") -> str:
    database = sunwai().database
    live = live_of(found.flow)
    base = revision_history.find_revision(database, found.flow, found.base) if found.base else None
    assert live is not None  # noqa: S101 - a revision is never taken away
    history = revision_history.history(database, found.flow)
    flow = flow_in(live)
    tongues = flow.languages if flow else {}
    # What was chosen is no conflict any more: to show it again, all are looked for without it.
    conflicts = review_requests.merge_with_live(database, found)[0].conflicts if chosen else made.conflicts
    return render_template(
        "console/lifecycle/onto.html",
        draft=found,
        tab="overview",
        live=live,
        since=[each for each in history if found.base < each.number <= live.number],
        groups=diff_view.groups(flow_in(base) if base else None, flow),
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
