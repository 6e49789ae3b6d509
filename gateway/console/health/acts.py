"""The buttons of Health: each does what `flask texts` does, says what happened, and may be pressed twice."""

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from gateway.console.health.labels import text_reason
from gateway.console.health.pages import blueprint
from gateway.console.health.routes import no_route_words
from gateway.console.health.text_questions import (
    back_address,
    chosen_texts,
    retry_question,
    settle_question,
)
from gateway.console.questions.ask_first import ask_first
from gateway.console.site.guard import auditor, needs, person, sunwai
from gateway.console.site.i18n import _, ngettext
from gateway.console.site.requested_draft import MOST
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import MessageFilter
from sessions.operations import quarantine_review
from sessions.operations.quarantine_review import QuarantineReview


@blueprint.post("/texts/again")
@needs("edit")
@ask_first(retry_question)
def send_again() -> Response:
    """Send texts again that were given up, and those at once that wait for their next try."""
    app, seen, at = sunwai(), chosen_texts(), sunwai().clock()
    again = outbox_admin.retry(app.database, at, list(seen), auditor(), seen)
    due = outbox_admin.skip_backoff(app.database, at, list(seen), auditor())
    waiting = outbox_admin.list_messages(app.database, MessageFilter(ids=list(seen), states=("ready",)), len(seen))
    app.wake([each.id for each in waiting])
    done, why = [*again, *due], no_route_words()
    due_already = [each.id for each in waiting if each.id not in done and each.next_at <= at and not each.held]
    if why and (done or due_already):
        words = ngettext(
            "%(num)d text waits, because no route works: %(why)s. It is sent as soon as one works again.",
            "%(num)d texts wait, because no route works: %(why)s. They are sent as soon as one works again.",
            len(done) + len(due_already),
            why=why,
        )
        flash(words, "warn")
    elif done:
        words = ngettext("%(num)d text will be sent now.", "%(num)d texts will be sent now.", len(done))
        flash(words, "good")
    if due_already and not why:
        words = ngettext(
            "%(num)d text is due already. It is sent as soon as a worker and a route are free.",
            "%(num)d texts are due already. They are sent as soon as a worker and a route are free.",
            len(due_already),
        )
        flash(words, "info")
    _tell_left(sorted(seen.keys() - {*done, *due_already}))
    return _back()


@blueprint.post("/texts/settle")
@needs("publish")
@ask_first(settle_question)
def settle_texts() -> Response:
    """Cancel texts, release held ones, or settle those in doubt, as the button says."""
    app, seen, at = sunwai(), chosen_texts(), sunwai().clock()
    ids = list(seen)
    match request.form.get("do"):
        case "cancel":
            done = outbox_admin.cancel(app.database, at, ids, auditor(), seen)
            told = ngettext("%(num)d text will not be sent.", "%(num)d texts will not be sent.", len(done))
        case "release":
            done = outbox_admin.release(app.database, at, ids, auditor())
            app.wake(done)
            told = ngettext("%(num)d text was released.", "%(num)d texts were released.", len(done))
        case "sent":
            done = outbox_admin.settle(app.database, at, ids, sent=True, by=auditor(), seen=seen)
            told = ngettext("%(num)d text counts as sent.", "%(num)d texts count as sent.", len(done))
        case "not_sent":
            done = outbox_admin.settle(app.database, at, ids, sent=False, by=auditor(), seen=seen)
            told = ngettext("%(num)d text counts as not sent.", "%(num)d texts count as not sent.", len(done))
        case _:
            abort(400)
    if done:
        flash(told, "good")
    _tell_left(sorted(set(ids) - set(done)))
    return _back()


@blueprint.post("/unreadable/<int:unreadable_id>")
@needs("edit")
def set_aside(unreadable_id: int) -> Response:
    """Settle a request that could not be read without doing anything, for a reason. What was typed stays if not."""
    app = sunwai()
    if unreadable_id > MOST:
        abort(404)
    review = QuarantineReview(
        app.database, app.clock(), operator(person().name), app.settings.own_senders, app.texting.answer, auditor()
    )
    reason = request.form.get("reason", "")
    done = quarantine_review.discard_unreadable(review, unreadable_id, reason)
    if isinstance(done, Refusal):
        words = render_template(
            "console/health/aside.html",
            unreadable_id=unreadable_id,
            reason=reason,
            error=done.message,
            back=request.form.get("back", ""),
            address=back_address(),
        )
        return Response(words, 422, mimetype="text/html")
    flash(_("It was set aside."), "good")
    return _back()


def _tell_left(ids: Sequence[int]) -> None:
    """Say of each text that nothing was done with in what state it is."""
    if not ids:
        return
    app = sunwai()
    known = {each.id: each for each in outbox_admin.list_messages(app.database, MessageFilter(ids=ids), len(ids))}
    states = state_words()
    for each in ids:
        if each not in known:
            flash(_("There is no text %(id)d.", id=each), "warn")
            continue
        words = states.get(known[each].state, known[each].state)
        reason = text_reason(known[each].reason)
        said = f"{words} ({reason})" if reason else words
        flash(_("Text %(id)d: %(state)s. Nothing was changed.", id=each, state=said), "info")


def state_words() -> dict[str, str]:
    """What became of a text."""
    return {
        "ready": _("waits to be sent"),
        "sending": _("is being sent"),
        "unknown": _("may have arrived: its delivery report is awaited"),
        "unconfirmed": _("may or may not have arrived"),
        "sent": _("was sent"),
        "buffered": _("the network has it, but the phone is off"),
        "delivered": _("has arrived"),
        "failed": _("did not arrive"),
        "cancelled": _("was cancelled"),
        "skipped": _("was not sent, because a later text says more"),
        "expired": _("was not sent, because it was too late"),
    }


def _back() -> Response:
    """To where the button was."""
    return redirect(back_address(), 303)
