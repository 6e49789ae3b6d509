"""The pages of the phone: a draft's, where calls are kept too, and that of the live flow."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from msgspec.structs import replace
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from flows.menu.model import Flow
from flows.parsing.transcript_file import ENDS, FOLDER
from flows.translation.flow_texts import load_flow_texts
from flows.versions.call_updates import CallSources, CallUpdate, apply_updates, call_updates
from gateway.console.phone.filing_rules import filing_rules
from gateway.console.phone.replay import PREFIX, parse_revision
from gateway.console.phone.scripted_calls import CannotKeep, calls_of, make_transcript, transcript_phone_fields
from gateway.console.phone.view_model import Phone, build_phone
from gateway.console.questions.ask_first import Fact, Question, ask_first
from gateway.console.site.flow_status import flow_in
from gateway.console.site.guard import may, needs, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import base_of, draft_or_404, is_going_on
from sessions.drafts import draft_editing
from sessions.drafts.draft_editing import Edit
from sessions.publishing import revision_history
from sessions.publishing.flow_files_and_hash import flow_of
from sessions.publishing.published_cache import with_own_code
from sessions.staff.rights import EDIT, LOOK
from storage.schema.tables import Draft

blueprint = Blueprint("phone", __name__)


@blueprint.route("/drafts/<int:draft_id>/phone", methods=["GET", "POST"])
@needs(LOOK)
def page(draft_id: int) -> str:
    """Call a draft as it is saved."""
    draft = draft_or_404(draft_id)
    return _page(draft, _phone(draft))


@blueprint.get("/drafts/<int:draft_id>/phone/keep")
@blueprint.get("/drafts/<int:draft_id>/phone/delete")
@blueprint.get("/drafts/<int:draft_id>/phone/update")
@needs(LOOK)
def back(draft_id: int) -> Response:
    """The addresses of forms, opened as pages: from the browser's history, or after a refusal."""
    return redirect(url_for(".page", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int:draft_id>/phone/keep")
@needs(EDIT)
def record(draft_id: int) -> Response | tuple[str, int]:
    """Keep the call on the phone as a scripted call of the draft."""
    draft = draft_or_404(draft_id)
    phone, flow, name = _phone(draft), _flow(draft), request.form.get("name", "")
    if flow is None:
        return _page(draft, replace(phone, name=name, refused=_("The flow cannot be read. Correct it first."))), 422

    def made(now: Draft) -> dict[str, str]:
        file, text = make_transcript(phone, flow, name, now.files, today_in_zone())
        return {**now.files, file: text}

    try:
        saved = change_calls(draft, made, _("scripted call: %(name)s", name=name))
    except CannotKeep as refused:
        return _page(draft, replace(phone, name=name, refused=str(refused))), 422
    if saved:
        flash(_("The call is kept. Every check will play it from now on."), "good")
    return redirect(url_for(".page", draft_id=draft_id, _anchor="calls"), 303)


def call_question(draft_id: int) -> Question | None:
    """That no check plays it any more, and whether it can be restored. None for a call that is gone."""
    draft, file = draft_or_404(draft_id), _script_asked()
    if file not in draft.files or not is_going_on(draft):
        return None
    base = revision_history.find_revision(sunwai().database, draft.flow, draft.base) if draft.base else None
    kept = base is not None and file in base.source
    return Question(
        title=_("Delete this scripted call from the draft?"),
        words=[
            _("No check of this draft plays it any more."),
            _("You can restore it under Files.") if kept else _("Only this draft has it, and you cannot restore it."),
        ],
        button=_("Delete the scripted call"),
        back=url_for(".page", draft_id=draft_id, _anchor="calls"),
        shown=[file, kept],
        facts=[Fact(_("File"), file)],
    )


@blueprint.post("/drafts/<int:draft_id>/phone/delete")
@needs(EDIT)
@ask_first(call_question)
def delete(draft_id: int) -> Response:
    """Delete a scripted call from the draft."""
    draft, file = draft_or_404(draft_id), _script_asked()
    if file not in draft.files:
        flash(_("%(file)s has already been deleted.", file=file), "warn")
    elif change_calls(
        draft, lambda now: {name: text for name, text in now.files.items() if name != file}, f"{file}: deleted"
    ):
        flash(_("%(file)s is deleted from this draft.", file=file), "good")
    return redirect(url_for(".page", draft_id=draft_id, _anchor="calls"), 303)


@blueprint.post("/drafts/<int:draft_id>/phone/update")
@needs(EDIT)
def update(draft_id: int) -> Response:
    """Update a scripted call to what callers see now, if it keeps doing what it did."""
    draft, file = draft_or_404(draft_id), _script_asked()
    if any(not each.same for each in _updates(draft, file)):
        words = _("%(file)s was not updated: it would no longer do what it did. This page says what would change, and "
                  "updates such calls if that is meant.", file=file)  # fmt: skip
        flash(words, "warn")
        return redirect(f"/console/drafts/{draft.id}#calls", 303)

    def made(now: Draft) -> dict[str, str]:
        flow, found = _flow(now), _updates(now, file)
        return apply_updates(now.files, flow, found) if flow is not None and found else now.files

    if change_calls(draft, made, _("%(file)s: updated", file=file)):
        flash(_("%(file)s now has what callers see.", file=file), "good")
    return redirect(url_for(".page", draft_id=draft_id, _anchor="calls"), 303)


def _updates(draft: Draft, file: str) -> tuple[CallUpdate, ...]:
    """The update that a scripted call of a draft needs; () if it needs none, or cannot be read."""
    flow, base = _flow(draft), base_of(draft)
    before = flow_in(base)
    if flow is None or file not in draft.files:
        return ()
    sources = CallSources(before, base.source) if base is not None and before is not None else None
    return call_updates({file: draft.files[file]}, flow, sources)


@blueprint.route("/flows/<flow>/phone", methods=["GET", "POST"])
@needs(LOOK)
def live(flow: str) -> str:
    """Call the live revision of a flow, or play a recent call again on the revision that answered it."""
    database = sunwai().database
    live = revision_history.find_revision(database, flow)
    number = parse_revision(request.form)
    revision = live if number is None else revision_history.find_revision(database, flow, number)
    compiled = flow_of(revision) if revision is not None else None
    if revision is None or compiled is None:
        abort(404, _("No flow of this name is live."))
    compiled = served_flow(compiled)
    phone = build_phone(
        compiled,
        _played(revision.source),
        action=url_for(".live", flow=flow),
        today=today_in_zone(),
        rules=filing_rules(compiled),
    )
    alone = phone.replay is not None or bool(request.headers.get("HX-Request"))
    calls = None if alone else calls_of(compiled, revision.source)
    is_live = live is not None and live.number == revision.number
    shown = {"flow_name": flow, "number": revision.number, "is_live": is_live}
    return _shown("live", phone, calls=calls, recordable=False, **shown)


def change_calls(draft: Draft, made: Callable[[Draft], Mapping[str, str]], what: str) -> bool:
    """Save a change of the draft. If the draft is closed, flash a sentence and return False."""
    app = sunwai()
    saved = draft_editing.change_draft(app.database, Edit(person().name, app.clock(), what), draft.id, made)
    if isinstance(saved, Draft):
        return True
    flash(_("This draft is closed and can no longer be changed."), "bad")
    return False


def _script_asked() -> str:
    """The file of the scripted call that a form names; any other file is refused."""
    file = request.form.get("file", "")
    if not file.startswith(FOLDER) or not file.endswith(ENDS):
        abort(400)
    return file


def _played(files: Mapping[str, str]) -> MultiDict[str, str]:
    """The fields of the phone: what was sent, those of the scripted call that the address names, or of the address."""
    call = request.args.get("call", "")
    if request.method != "POST" and call.startswith(FOLDER) and call in files:
        return transcript_phone_fields(call, files[call])
    return request.args if request.method != "POST" and f"{PREFIX}input" in request.args else request.form


def _phone(draft: Draft) -> Phone:
    flow = _flow(draft)
    return build_phone(
        flow,
        _played(draft.files),
        action=url_for(".page", draft_id=draft.id),
        screens=f"/console/drafts/{draft.id}/screens/",
        today=today_in_zone(),
        rules=filing_rules(flow),
    )


def _page(draft: Draft, phone: Phone) -> str:
    flow = phone.flow
    calls = calls_of(flow, draft.files) if flow is not None and not request.headers.get("HX-Request") else None
    recordable = may(EDIT) and is_going_on(draft) and flow is not None
    return _shown("draft", phone, calls=calls, draft=draft, recordable=recordable)


def _shown(page: str, phone: Phone, **more: object) -> str:
    """The whole page, or only the phone if htmx asks for it."""
    name = "part" if request.headers.get("HX-Request") else page
    return render_template(f"console/phone/{name}.html", phone=phone, **more)


def _flow(draft: Draft) -> Flow | None:
    flow = load_flow_texts(draft.files, draft.main).flow
    return served_flow(flow) if flow is not None else None


def served_flow(flow: Flow) -> Flow:
    """A flow with this installation's numbers and its own code put in, as callers get it."""
    app = sunwai()
    return replace(
        flow, service=with_own_code({**flow.service, **app.settings.service_words}, app.shelf.codes_of(flow.name))
    )


def today_in_zone() -> str:
    app = sunwai()
    return app.clock().astimezone(ZoneInfo(app.settings.timezone)).date().isoformat()
