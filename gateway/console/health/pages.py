"""The page Health: the line about callers, what waits for a person, and the figures. It refreshes every ten seconds."""

from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy.exc import SQLAlchemyError

from gateway.aggregators import registry
from gateway.console.health import labels
from gateway.console.health.headline import headline
from gateway.console.health.lengths import length_words
from gateway.console.health.probes import of_database, of_redis
from gateway.console.health.problems import health_problems
from gateway.console.site.guard import needs, sunwai
from gateway.endpoints import health as checking
from gateway.monitoring.counters import HOW
from gateway.monitoring.logs import fault, log
from sessions.offices import case_reassignment
from sessions.operations import attention_lists, service_status
from sessions.operations.service_status import RouteState, ServiceStatus

blueprint = Blueprint("health", __name__, url_prefix="/health")
FIRST = 3  # rows of each list on the page
ON_PAGE = 25  # rows on a page of one list
REFUSED = ("bad_secret", "bad_signature", "foreign_network", "wrong_codes", "bad_form", "bad_phone")
TOPICS = ("worker", "sweep", "database", "redis", "migrations", "durability", "connections", "budget", "calls", "texts")


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


@blueprint.get("/lists/<name>")
@needs("look")
def whole_list(name: str) -> str:
    """One list, a page of it at a time."""
    app = sunwai()
    if name not in attention_lists.NAMES:
        abort(404)
    number = min(max(request.args.get("page", 1, int), 1), attention_lists.MOST_COUNTED // ON_PAGE)
    found = attention_lists.read_list(
        app.database, app.clock(), app.policy, name, ON_PAGE, offset=(number - 1) * ON_PAGE
    )
    last = max(-(-found.total // ON_PAGE), 1)
    return render_template(
        "console/health/list.html", each=found, number=number, last=last, back=name, **words_of_lists()
    )


@blueprint.get("/help")
@needs("look")
def help_page() -> str:
    """What the words of this page mean, and what to tell the engineer."""
    return render_template("console/health/help.html", topics=TOPICS)


def words_of_lists() -> dict[str, Any]:
    """What every template with lists needs."""
    return {
        "titles": labels.list_titles(),
        "hints": labels.list_hints(),
        "text_title": labels.text_title,
        "text_reason": labels.text_reason,
        "unheard_reason": labels.unheard_reason,
        "route_reason": labels.route_reason,
        "length_words": length_words,
        "most_counted": attention_lists.MOST_COUNTED,
        "at": sunwai().clock(),
    }


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
    lists = attention_lists.read_attention_lists(app.database, app.clock(), app.policy, FIRST) if found else []
    return {
        "line": headline(said, found, redis, resting=resting),
        "problems": health_problems(said, found, redis, resting, _moving() if found is not None else 0),
        "lists": lists,
        "to_switch_on": _routes_to_switch_on(found) if found is not None else [],
        "back": "",
        "found": found,
        "database": database,
        "redis": redis,
        "resting": resting,
        "budget": app.settings.texts_per_hour,
        "answers": sorted(answers, key=lambda each: -each[2]),
        "refused": [(why, redis.within_day(why)) for why in REFUSED],
        **words_of_lists(),
    }


def _routes_to_switch_on(found: ServiceStatus) -> list[RouteState]:
    """Routes that only a person can switch on, while texts are due or no route works."""
    stopped = [route for route in found.routes if route.state == "stopped"]
    return stopped if found.texts.due or len(stopped) == len(found.routes) else []


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
