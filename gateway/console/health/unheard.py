"""Texts that nobody understood: a person reads each phone's, and files, answers or sets them aside."""

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.console.health.labels import unheard_reason
from gateway.console.health.pages import blueprint
from gateway.console.questions.ask_first import Fact, Question, ask_first
from gateway.console.site.guard import auditor, needs, note, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import MOST
from gateway.monitoring.logs import log
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.operations import unheard_review
from sessions.operations.unheard_review import Review

MOST_UNHEARD = 25  # phones on the page; more follow as these are settled


@blueprint.get("/unheard")
@needs("edit")
def unheard() -> str:
    """Texts that nobody understood, each with what can be done about it."""
    return _page({})


def answer_question(unheard_id: int) -> Question | None:
    """An answer that was sent cannot be taken back, and whoever is set aside gets none. Filing does what it says."""
    do, words = request.form.get("do"), " ".join(request.form.get("words", "").split())
    most = unheard_review.LONGEST if do == "answer" else len(words)
    if do not in ("answer", "discard") or not unheard_review.SHORTEST <= len(words) <= most:
        return None
    waiting = unheard_review.list_unheard(sunwai().database, MOST_UNHEARD)
    row = next((each for each in waiting if each.id == unheard_id), None)
    if row is None:
        return None
    note("list_exported", "text")
    answers = do == "answer"
    facts = [
        Fact(_("Sender"), row.phone),
        Fact(_("Last text"), row.texts[-1] if row.texts else "–"),
        Fact(_("Your answer") if answers else _("Why it is set aside"), words),
    ]
    return Question(
        title=_("Send this answer?") if answers else _("Set these texts aside?"),
        words=[
            _("The citizen gets these words as an SMS, and you cannot take them back.")
            if answers
            else _("The citizen gets no answer, and nothing is filed. You cannot take this back.")
        ],
        button=_("Send the answer") if answers else _("Set them aside"),
        back=url_for("console.health.unheard", _anchor=f"unheard-{unheard_id}"),
        shown=[unheard_id, row.earlier, *row.texts, words],
        facts=facts,
    )


@blueprint.post("/unheard/<int:unheard_id>")
@needs("edit")
@ask_first(answer_question)
def settle(unheard_id: int) -> Response:
    """File them as a case of triage, answer them or set them aside, as the button says.

    What was typed stays if that is not possible.
    """
    app, words = sunwai(), request.form.get("words", "")
    published = app.texting.published(app.settings.short_code)
    if unheard_id > MOST:
        abort(404)
    if published is None:
        abort(409, _("No flow answers texts."))
    actor = operator(person().name)
    review = Review(app.database, app.clock(), actor, published, app.policy, app.wake, auditor())
    match request.form.get("do"):
        case "file":
            done: object = unheard_review.file_unheard(review, unheard_id)
            told = _("It is a complaint now. Triage has it, and the phone gets its number.")
        case "answer":
            done, told = unheard_review.answer_unheard(review, unheard_id, words), _("The answer will be sent.")
        case "discard":
            done, told = unheard_review.discard_unheard(review, unheard_id, words), _("It was set aside.")
        case _:
            abort(400)
    if isinstance(done, Refusal):
        flash(done.message, "warn")
        return Response(_page({unheard_id: words}), 422, mimetype="text/html")
    flash(told, "good")
    return redirect(url_for("console.health.unheard"), 303)


def _page(typed: Mapping[int, str]) -> str:
    """The page, with words that somebody has typed already, by row."""
    note("list_exported", "text")
    waiting = unheard_review.list_unheard(sunwai().database, MOST_UNHEARD)
    if unopened := sum(each.unopened for each in waiting):
        log().error("texts_not_opened", count=unopened)
    return render_template(
        "console/health/unheard.html",
        waiting=waiting,
        longest=unheard_review.LONGEST,
        most=MOST_UNHEARD,
        typed=typed,
        unheard_reason=unheard_reason,
    )
