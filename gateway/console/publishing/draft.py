"""One draft: what callers will notice, what stands in the way, who did what; and its steps beside being written."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response as Download
from flask import flash, redirect, render_template, request, url_for
from msgspec import Struct
from werkzeug.wrappers import Response

from flows.menu.model import Flow
from flows.parsing.transcript_file import Transcript
from flows.preview.transcript_coverage import transcripts_for
from flows.preview.transcript_writer import update_transcript
from flows.preview.transcripts import Difference, difference
from flows.text.printable import one_line
from gateway.console.publishing import schedule
from gateway.console.publishing.blueprint import blueprint
from gateway.console.site import diff_view
from gateway.console.site.flow_status import counts_of, flow_in, live_of, withheld_from_me
from gateway.console.site.guard import needs, person, sunwai
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import draft_or_404, is_going_on
from gateway.exchange import archive
from gateway.flow_folder.base_revision_note import format_line
from sessions.drafts import draft_editing, review_requests
from sessions.drafts.draft_editing import ClosedDraft, Edit, StaleDraft
from sessions.publishing import revision_history
from sessions.publishing.base_revision import BaseRevision
from storage.menus import drafts
from storage.schema.tables import Draft, Revision

MOST_OTHERWISE = 8  # ways in which scripted calls go otherwise, told in full


class TranscriptMismatch(Struct, frozen=True):
    """Scripted calls that go otherwise than written in the same way: on which screen, and how."""

    screen: str
    said: str
    calls: tuple[Transcript, ...]


class TranscriptResults(Struct, frozen=True):
    """The scripted calls of a draft: how many there are, and those that go otherwise, those alike together."""

    calls: int = 0
    otherwise: tuple[TranscriptMismatch, ...] = ()

    @property
    def failed(self) -> int:
        """How many go otherwise."""
        return sum(len(each.calls) for each in self.otherwise)


@blueprint.get("/drafts/<int:draft_id>")
@needs("look")
def draft(draft_id: int) -> str:
    """The draft as a whole."""
    return page(draft_or_404(draft_id))


def page(found: Draft, *, trouble: str = "", message: str | None = None, wrong: str = "") -> str:
    """The overview of a draft; `trouble` is why what was asked for was not done, `message` what was typed for it.

    `wrong` is what is wrong with the message.
    """
    database = sunwai().database
    base = revision_history.find_revision(database, found.flow, found.base) if found.base else None
    flow = draft_editing.check_draft(database, found.flow, found.files, found.main).flow
    before = flow_in(base) if base else None
    live = live_of(found.flow)
    counts = counts_of(found)
    return render_template(
        "console/lifecycle/draft.html",
        draft=found,
        tab="overview",
        going_on=is_going_on(found),
        groups=diff_view.groups(before, flow),
        files=diff_view.files(base.source if base else {}, found.files),
        flow=flow,
        counts=counts,
        played=run_transcripts(found.files, flow),
        most=MOST_OTHERWISE,
        edits=draft_editing.edits(database, found.id),
        live=live,
        behind=live is not None and live.number != found.base,
        withheld=withheld_from_me(found),
        two_people=sunwai().settings.two_people,
        missed=schedule.missed_reason(found),
        missed_at=schedule.at_words(found),
        trouble=trouble,
        wrong=wrong,
        message=found.message if message is None else message,
    )


def run_transcripts(files: Mapping[str, str], flow: Flow | None) -> TranscriptResults:
    """Every scripted call of these files, played."""
    if flow is None:
        return TranscriptResults()
    scripts = transcripts_for(files, flow.name)
    alike: dict[tuple[str, str], list[Transcript]] = {}
    for each in scripts:
        found = Difference(each.line, "", each.problem) if each.problem else difference(flow, each.said)
        if found is not None:
            alike.setdefault((found.screen, found.said), []).append(each)
    others = [TranscriptMismatch(screen, said, tuple(calls)) for (screen, said), calls in alike.items()]
    return TranscriptResults(len(scripts), tuple(sorted(others, key=lambda other: -len(other.calls))))


@blueprint.post("/drafts/<int:draft_id>/review")
@needs("words")
def review(draft_id: int) -> Response | tuple[str, int]:
    """Ask for a draft to be looked at."""
    found, message = draft_or_404(draft_id), one_line(request.form.get("message", ""))
    if not message:
        wrong = _("Say in one sentence what the draft changes, so that whoever looks at it knows where to look.")
        return page(found, message="", wrong=wrong), 422
    errors = counts_of(found).errors
    if errors and request.form.get("anyway") != "yes":
        wrong = ngettext(
            "%(num)d error keeps this draft from being published: mend it first, or tick the box below.",
            "%(num)d errors keep this draft from being published: mend them first, or tick the box below.",
            errors,
        )
        return page(found, message=message, wrong=wrong), 422
    done = review_requests.request_review(sunwai().database, sunwai().clock(), found, message[:500], who=person().name)
    words = _("Ready for review: whoever may publish sees it on their first page.")
    if errors:
        words += " " + _("It cannot be published before its errors are mended.")
    return _stepped(done, words, message, "warn" if errors else "good")


@blueprint.post("/drafts/<int:draft_id>/discard-review")
@needs("words")
def discard_review(draft_id: int) -> Response | tuple[str, int]:
    """Back to work: the draft is not to be looked at for now."""
    remark = one_line(request.form.get("remark", ""))[:500]
    done = review_requests.request_changes(
        sunwai().database, sunwai().clock(), draft_or_404(draft_id), remark, who=person().name
    )
    return _stepped(done, _("Back to work."))


@blueprint.post("/drafts/<int:draft_id>/drop")
@needs("edit")
def drop(draft_id: int) -> Response | tuple[str, int]:
    """Let a draft go."""
    done = review_requests.drop_draft(sunwai().database, sunwai().clock(), draft_or_404(draft_id), who=person().name)
    return _stepped(done, _("The draft is dropped. For %(n)s days it can be taken up again.", n=drafts.KEPT.days))


def _stepped(
    done: Draft | StaleDraft, words: str, message: str | None = None, kind: str = "good"
) -> Response | tuple[str, int]:
    if isinstance(done, StaleDraft):
        trouble = (
            _("%(who)s saved this draft meanwhile: look at what it is now, then press again.", who=done.now.changed_by)
            if is_going_on(done.now)
            else _("This draft is over: it was published or dropped meanwhile.")
        )
        return page(done.now, trouble=trouble, message=message), 409
    flash(words, kind)
    return redirect(url_for("console.lifecycle.draft", draft_id=done.id), 303)


@blueprint.post("/drafts/<int:draft_id>/take-up")
@needs("edit")
def take_up(draft_id: int) -> Response | tuple[str, int]:
    """Go on with a draft that was dropped."""
    done = review_requests.resume_draft(sunwai().database, sunwai().clock(), draft_id, who=person().name)
    if done is None:
        return page(draft_or_404(draft_id), trouble=_("Only a draft that was dropped can be taken up again.")), 409
    flash(_("The draft goes on where it was left."), "good")
    return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int:draft_id>/calls")
@needs("edit")
def calls(draft_id: int) -> Response | tuple[str, int]:
    """Write into the scripted calls that go otherwise what callers see now."""
    found, database = draft_or_404(draft_id), sunwai().database
    done = draft_editing.change_draft(
        database, Edit(person().name, sunwai().clock(), "scripted calls brought up to date"), draft_id, _brought_up
    )
    if isinstance(done, ClosedDraft):
        return page(done.now, trouble=_("This draft is over: it was published or dropped meanwhile.")), 409
    assert isinstance(done, Draft)  # noqa: S101 - _brought_up finds no clash
    changed = sum(done.files.get(name) != text for name, text in found.files.items())
    left = run_transcripts(
        done.files, draft_editing.check_draft(database, done.flow, done.files, done.main).flow
    ).failed
    words = ngettext("%(num)d scripted call says now what callers see.",
                     "%(num)d scripted calls say now what callers see.", changed)  # fmt: skip
    flash(words, "good")
    if left:
        flash(_("Still otherwise than written: %(n)s. These end in another way now: record them anew.", n=left), "warn")
    return redirect(url_for("console.lifecycle.draft", draft_id=draft_id), 303)


def _brought_up(found: Draft) -> dict[str, str]:
    flow = draft_editing.check_draft(sunwai().database, found.flow, found.files, found.main).flow
    made = dict(found.files)
    for other in run_transcripts(found.files, flow).otherwise:
        for script in other.calls:
            if flow and not script.problem:
                made[script.file] = update_transcript(made[script.file], flow)
    return made


@blueprint.get("/drafts/<int:draft_id>/files.zip")
@needs("look")
def files(draft_id: int) -> Download:
    """The files of a draft as an archive."""
    found = draft_or_404(draft_id)
    base = revision_history.find_revision(sunwai().database, found.flow, found.base) if found.base else None
    return zip_response(found.files, f"{found.flow}-draft-{found.id}.zip", base)


def zip_response(texts: Mapping[str, str], name: str, made_from: Revision | None) -> Download:
    """Files as an archive to keep, which remembers the revision they were made from, as an exported one does."""
    remark = format_line(made_from.flow, BaseRevision(made_from.number, made_from.digest)) if made_from else ""
    packed = archive.pack({each: text.encode() for each, text in texts.items()}, remark)
    answer = Download(packed, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
