"""Liveness and readiness: two addresses for monitoring. They show no personal data and no secret."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from redis.exceptions import ResponseError
from sqlalchemy import func, select

from gateway.endpoints.cached_result import CachedResult
from gateway.monitoring.logs import fault, log
from sessions.cases.rules.case_policy import CasePolicy
from sessions.operations import active_alarms
from sessions.operations.active_alarms import Alarm
from sessions.redis.redis_client import open_redis
from storage.connection import error_codes
from storage.connection.database import Database, NotDurable, check_durable, check_writable
from storage.migrations.runner import is_current
from storage.schema.tables import Heartbeat

SEEN_WITHIN = timedelta(seconds=30)
PATIENCE = 1.0  # seconds Redis gets to answer
KEEPS_ALL = "noeviction"  # the only policy with which Redis deletes no key
OF_PROMETHEUS = "version=0.0.4"  # of text/plain: what only Prometheus asks for
WRITTEN, WRITTEN_SECONDS = "readiness", 60  # a key that is written to see whether Redis takes it
FULL = 0.95  # of maxmemory: the rest is gone within a busy minute


@dataclass(frozen=True, slots=True)
class Check:
    """A condition of readiness: `holds` returns "" if it is met, otherwise what to do. It may raise.

    `without_database` is the answer for a condition that only the database can show, while it does not answer.
    """

    name: str
    holds: Callable[[], str]
    without_database: str = ""


def checks(database: Database, redis_url: str, *, in_production: bool = False) -> list[Check]:
    """The conditions for filing complaints and sending texts; in production, Redis must keep what it holds as well."""

    def database_answers() -> str:
        return check_writable(database)

    def redis_answers() -> str:
        with open_redis(redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as redis:
            facts = redis.info()
            return redis_problem(facts, in_production=in_production) or refused_write(redis)

    def migrated() -> str:
        return "" if is_current(database) else "the tables are older than the code: migrate them"

    def durable() -> str:
        try:
            check_durable(database)
        except NotDurable as error:
            return str(error)
        return ""

    def seen(name: str) -> Callable[[], str]:
        def look() -> str:
            query = select(func.max(Heartbeat.seen_at)).where(Heartbeat.name.startswith(name))
            with database.read() as db:
                last = db.scalar(query)
            fresh = last is not None and datetime.now(UTC) - last <= SEEN_WITHIN
            return "" if fresh else f"not seen for {SEEN_WITHIN.seconds} s: start it"

        return look

    return [
        Check("database", database_answers),
        Check("redis", redis_answers),
        Check("migrations", migrated),
        Check("durability", durable),
        Check("worker", seen("worker"), without_database="unknown: see the database first"),
        Check("sweep", seen("sweep"), without_database="unknown: see the database first"),
    ]


def redis_problem(facts: Mapping[str, Any], *, in_production: bool) -> str:
    """What is wrong with a Redis that answers, from its INFO; "" if nothing is."""
    used, most = int(facts.get("used_memory", 0)), int(facts.get("maxmemory", 0))
    policy = str(facts.get("maxmemory_policy", KEEPS_ALL))
    if most and used >= most * FULL:
        return f"full: {used:,} of {most:,} bytes are used, and what is new is not stored. Raise maxmemory"
    if policy != KEEPS_ALL:
        return f"it deletes keys when it is full ({policy}): set maxmemory-policy to {KEEPS_ALL}"
    if in_production and not int(facts.get("aof_enabled", 1)):
        return "it forgets every call in progress when it restarts: set appendonly to yes"
    if facts.get("aof_last_write_status", "ok") != "ok":
        return "it cannot write to its disk: see the free space where it keeps its append-only file"
    return ""


def refused_write(redis: Any) -> str:
    """Why Redis stores nothing, in its own words; "" if it does. Raises what redis-py raises if it does not answer."""
    try:
        redis.set(WRITTEN, 1, ex=WRITTEN_SECONDS)
    except ResponseError as error:
        return f"it stores nothing: {error}"
    return ""


def alarm_reader(database: Database, per_hour: int, policy: CasePolicy) -> Callable[[], Sequence[Alarm]]:
    """Reads the active alarms on each call; `per_hour` is the hourly quota of texts."""
    return lambda: active_alarms.find_active_alarms(database, datetime.now(UTC), per_hour, policy)


def blueprint(needs: Sequence[Check] | None = None, alarmed: Callable[[], Sequence[Alarm]] = tuple) -> Blueprint:
    """`/healthz`: this process answers. `/readyz`: all conditions are met, or 503 and those that are not.

    Prometheus gets the first in its own format. Without `needs` there is no `/readyz`: a process that answers calls has
    no time for it. Its answer is up to a second old, so that whoever asks often costs nothing. An alarm is only a line
    of it: a route without money must not stop calls from reaching this process.
    """
    health = Blueprint("health", __name__)
    alive = json.dumps({"alive": True}) + "\n"

    @health.get("/healthz")
    def healthz() -> Response:
        if OF_PROMETHEUS in request.headers.get("Accept", ""):
            return Response("sunwai_alive 1\n", content_type=f"text/plain; {OF_PROMETHEUS}; charset=utf-8")
        return Response(alive, content_type="application/json")

    if needs is None:
        return health
    latest = CachedResult(lambda: _readiness(needs, alarmed))

    @health.get("/readyz")
    def readyz() -> tuple[Response, int]:
        ready, said = latest.get()
        return jsonify(ready=ready, **said), 200 if ready else 503

    return health


def _readiness(needs: Sequence[Check], alarmed: Callable[[], Sequence[Alarm]]) -> tuple[bool, dict[str, str]]:
    """Whether all conditions are met, and the word on each, with a line for each alarm."""
    said: dict[str, str] = {}
    for check in needs:
        word = run_check(check)
        blind = word != "ok" and said.get("database", "ok") != "ok"
        said[check.name] = check.without_database if blind and check.without_database else word
    return all(word == "ok" for word in said.values()), said | _alarms(alarmed)


def _alarms(alarmed: Callable[[], Sequence[Alarm]]) -> dict[str, str]:
    """The text of each alarm by name; none while the database does not answer, which has its own line."""
    lines: dict[str, str] = {}
    try:
        for alarm in alarmed():
            lines[alarm.name] = f"{lines[alarm.name]}; {alarm.words}" if alarm.name in lines else alarm.words
    except Exception as error:  # noqa: BLE001 - the checks say what does not answer
        log().warning("not_ready", problem="alarms", **fault(error))
    return lines


def run_check(check: Check) -> str:
    """`ok`, or what to do. Never raises."""
    try:
        return check.holds() or "ok"
    except Exception as error:  # noqa: BLE001 - whatever it is, it does not answer
        log().warning("not_ready", problem=check.name, **fault(error))
        return error_codes.explain_error(error) or "does not answer"
