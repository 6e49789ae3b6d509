"""The health page: problems first, then the figures. It refreshes every ten seconds."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from gateway.aggregators import registry
from gateway.console.health.probes import of_database, of_redis
from gateway.console.health.problems import health_problems, pieces, reason_words
from gateway.console.site.guard import auditor, needs, note, person, sunwai
from gateway.console.site.i18n import _
from gateway.console.site.requested_draft import MOST
from gateway.endpoints import health as checking
from gateway.monitoring.counters import HOW
from gateway.monitoring.logs import fault, log
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.offices import case_reassignment
from sessions.operations import service_status, unheard_review
from sessions.operations.service_status import ServiceStatus
from sessions.operations.unheard_review import Review

blueprint = Blueprint("health", __name__, url_prefix="/health")
MOST_UNHEARD = 100  # phones on the page of texts that nobody understood
REFUSED = ("bad_secret", "bad_signature", "foreign_network", "wrong_codes", "bad_form", "bad_phone")


@blueprint.get("")
@needs("look")
def page() -> str:
    """The whole page."""
    return render_template("console/health/page.html", **_seen())


@blueprint.get("/now")
@needs("look")
def now() -> str:
    """The part that changes."""
    return render_template("console/health/now.html", **_seen())


@blueprint.get("/unheard")
@needs("edit")
def unheard() -> str:
    """Texts that nobody understood, each with what can be done about it."""
    note("list_exported", "text")
    waiting = unheard_review.list_unheard(sunwai().database, MOST_UNHEARD)
    return render_template("console/health/unheard.html", waiting=waiting, longest=unheard_review.LONGEST)


@blueprint.post("/unheard/<int:unheard_id>")
@needs("edit")
def settle(unheard_id: int) -> Response:
    """File them as a case of triage, answer them or discard them, as the button says."""
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
            told = _("It is a case of triage now, and the phone gets its number.")
        case "answer":
            done, told = unheard_review.answer_unheard(review, unheard_id, words), _("The answer will be sent.")
        case "discard":
            done, told = unheard_review.discard_unheard(review, unheard_id, words), _("Discarded.")
        case _:
            abort(400)
    if isinstance(done, Refusal):
        flash(done.message, "warn")
    else:
        flash(told, "good")
    return redirect(url_for("console.health.unheard"), 303)


def _seen() -> dict[str, Any]:
    """Everything that the templates show."""
    app = sunwai()
    database, redis = of_database(app.database), of_redis(app.settings.redis_url)
    found = _wellbeing()
    checks = checking.checks(app.database, app.settings.redis_url)
    said = {check.name: checking.run_check(check) for check in checks}
    if said["database"] != "ok":  # then nothing else that needs it is asked
        said = {name: words for name, words in said.items() if name in ("database", "redis")}
    resting = app.hops.without_redis
    answers = [
        (field.removeprefix(HOW), redis.within_hour(field), redis.within_day(field)) for field in redis.fields(HOW)
    ]
    return {
        "lines": health_problems(said, found, redis, resting, _moving() if found is not None else 0),
        "found": found,
        "database": database,
        "redis": redis,
        "resting": resting,
        "budget": app.settings.texts_per_hour,
        "answers": sorted(answers, key=lambda each: -each[2]),
        "refused": [(why, redis.within_day(why)) for why in REFUSED],
        "pieces": pieces,
        "reason_words": reason_words,
        "at": app.clock(),
    }


def _moving() -> int:
    """How many cases are still to change hands because the staff changed."""
    app = sunwai()
    return sum(case_reassignment.cases_to_move(app.database, app.policy).values())


def _wellbeing() -> ServiceStatus | None:
    """The status by the tables; None while the database does not answer."""
    app = sunwai()
    named = sorted(registry.configured_routes(app.settings).named())
    try:
        return service_status.read_service_status(
            app.database, app.clock(), app.settings.texts_per_hour, named, app.policy
        )
    except SQLAlchemyError as error:
        log().warning("not_asked", problem="database", **fault(error))
        return None
