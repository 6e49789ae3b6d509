"""How a draft of a live flow starts: the reader's own goes on, or a new one starts; those of others are never first."""

from collections.abc import Callable, Mapping, Sequence

from flask import abort, flash, redirect, render_template, request
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.text.printable import one_line
from gateway.console.site.flow_status import OpenDraft, mine, open_drafts
from gateway.console.site.guard import person, sunwai
from gateway.console.site.i18n import _
from sessions.drafts import flow_copy
from sessions.drafts.draft_editing import Edit
from sessions.drafts.flow_copy import CopyFailure
from storage.schema.tables import Draft

LONGEST_TITLE = 80


class DraftPlace(Struct, frozen=True):
    """What somebody wants to do in a draft: `to` is the address of that place in the draft with a number.

    `action` and `fields` are the form that starts a new draft for it, and `tab` the tab that they came from.
    """

    tab: str
    action: str
    to: Callable[[int], str]
    fields: Mapping[str, str] = {}


def own_draft(drafts: Sequence[OpenDraft]) -> Draft | None:
    """The reader's draft to go on with: neither under review nor scheduled, since a change would end that."""
    own = (each.draft for each in drafts if mine(each) and each.draft.state == "open" and not each.draft.publish_at)
    return next(own, None)


def offer_drafts(flow: str, drafts: Sequence[OpenDraft], wanted: DraftPlace) -> str:
    """The page that offers the reader's own draft or a new one, and below it the others, saying whose they are."""
    own = own_draft(drafts)
    return render_template(
        "console/lifecycle/another.html",
        flow=flow,
        flow_name=flow,
        tab=wanted.tab,
        own=own,
        others=[each for each in drafts if own is None or each.draft.id != own.id],
        wanted=wanted,
    )


def go_to_draft(flow: str, wanted: DraftPlace) -> Response | str:
    """Go to a place in the reader's draft, or in a new one.

    Where only others have drafts, they are asked whether to start their own (the form then says `anyway`).
    """
    drafts = [] if request.form.get("anyway") == "yes" else open_drafts(flow)
    own = own_draft(drafts)
    if own is not None:
        flash(_("You continue with your draft %(id)s. Callers notice nothing until it is published.", id=own.id))
        return redirect(wanted.to(own.id), 303)
    if drafts:
        return offer_drafts(flow, drafts, wanted)
    done = start_copy(flow)
    if isinstance(done, CopyFailure):
        abort(409, why_not(done, flow))
    flash(_("This is your draft. Callers notice nothing until it is published."), "good")
    return redirect(wanted.to(done.id), 303)


def title_of(form: Mapping[str, str]) -> str:
    """The title of a new flow in a form, "" for none."""
    return one_line(form.get("title", ""))[:LONGEST_TITLE]


def start_copy(flow: str) -> Draft | CopyFailure:
    """A new draft of the live revision, for the reader."""
    return flow_copy.copy_revision(sunwai().database, Edit(person().name, sunwai().clock()), flow, None)


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
