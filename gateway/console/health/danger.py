"""People in danger whose case no officer has: which cases they are, and a form that gives each to an office."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.cases.lifecycle_rules import TransitionInput
from flows.text import tracking_number
from gateway.console.health.pages import ON_PAGE, blueprint, words_of_lists
from gateway.console.site.guard import auditor, needs, note, person, sunwai
from gateway.console.site.i18n import _
from sessions.cases.access import acts_by_number
from sessions.cases.access.acts_by_number import ActRequest
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.operations import attention_lists
from sessions.staff import staff_and_their_cases

LONGEST = 64  # characters of an office's code


@blueprint.get("/danger")
@needs("edit")
def danger() -> str:
    """The cases with their numbers: whoever phones an office must be able to name them."""
    return _page()


@blueprint.post("/danger/<number>")
@needs("edit")
def give_to_office(number: str) -> Response:
    """Give a case of danger to an office: its officer is told at once. What was typed stays if that is not possible."""
    app, office, version = sunwai(), _code(request.form.get("office", "")), request.form.get("version", "")
    found = acts_by_number.find_complaint(app.database, number)
    if isinstance(found, Refusal) or not found.complaint.urgent:
        abort(404)  # other cases are not given to offices here, whatever a form says
    if not office or len(office) > LONGEST:
        flash(_("Choose an office."), "warn")
        return Response(_page(number), 422, mimetype="text/html")
    app.shelf.refresh()
    published = app.shelf.named(found.complaint.flow)
    if published is None:
        abort(409, _("The flow of this case is not published."))
    act = ActRequest(app.database, app.clock(), operator(person().name), published.flow, app.policy, auditor())
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None
    given = TransitionInput(words=request.form.get("words", ""), office=office)
    done = acts_by_number.change_status(act, number, "assigned", given, seen)
    if isinstance(done, Refusal):
        flash(done.message, "warn")
        return Response(_page(number), 422, mimetype="text/html")
    app.wake(done.outbox_ids)
    flash(_("The office has it now, and its officer is told."), "good")
    return redirect(url_for("console.health.danger"), 303)


def _code(said: str) -> str:
    """The code of the office that was chosen from the list ("LESCO Lahore (lesco)"), or typed."""
    said = said.strip()
    return said[:-1].rpartition("(")[2].strip() if said.endswith(")") else said


def _page(kept: str = "") -> str:
    """The page; the form of the case `kept` holds what was sent."""
    app = sunwai()
    note("list_exported", "case")
    found = attention_lists.read_list(app.database, app.clock(), app.policy, "danger", ON_PAGE)
    typed = {kept: (request.form.get("office", ""), request.form.get("words", ""))} if kept else {}
    return render_template(
        "console/health/danger.html",
        cases=found.rows,
        offices=staff_and_their_cases.list_staffed_offices(app.database),
        most=app.policy.life.words.most,
        typed=typed,
        format_number=tracking_number.format_number,
        **words_of_lists(),
    )
