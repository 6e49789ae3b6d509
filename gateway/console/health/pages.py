"""The health page: problems first, then the figures. It refreshes every ten seconds."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.exc import SQLAlchemyError

from gateway.aggregators import registry
from gateway.console.health.probes import of_database, of_redis
from gateway.console.health.problems import health_problems, pieces, reason_words
from gateway.console.site.guard import needs, sunwai
from gateway.endpoints import health as checking
from gateway.monitoring.counters import HOW
from gateway.monitoring.logs import fault, log
from sessions.operations import service_status
from sessions.operations.service_status import ServiceStatus

blueprint = Blueprint("health", __name__, url_prefix="/health")
REFUSED = ("bad_secret", "bad_signature", "bad_form", "bad_phone")


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
        "lines": health_problems(said, found, redis, resting),
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


def _wellbeing() -> ServiceStatus | None:
    """The status by the tables; None while the database does not answer."""
    app = sunwai()
    named = sorted(registry.configured_routes(app.settings).named())
    try:
        return service_status.read_service_status(app.database, app.clock(), app.settings.texts_per_hour, named)
    except SQLAlchemyError as error:
        log().warning("not_asked", problem="database", **fault(error))
        return None
