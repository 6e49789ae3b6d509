"""What the health page needs beyond the tables: Redis, the queue, and the speed of the database. Nothing raises."""

import time
from collections.abc import Mapping, Sequence

from msgspec import Struct
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway.delivery.worker_wakeup_queue import queue_figures
from gateway.monitoring import shared_counters
from gateway.monitoring.logs import fault, log
from sessions.redis.redis_client import open_redis
from storage.connection import error_codes
from storage.connection.database import Database, check_writable

PATIENCE = 1.0  # seconds Redis gets to answer
KEEPS_ALL = "noeviction"


class RedisFacts(Struct, frozen=True):
    """The state of Redis. `hours` are the counts of this hour and the 23 before, the latest first."""

    up: bool
    milliseconds: float = 0.0  # for one request and its answer
    used: int = 0  # bytes
    most: int = 0  # bytes it may use; 0: no limit
    keys: int = 0
    evicts: str = ""  # the policy by which it deletes keys when it is full; "" if it deletes none
    jobs_waiting: int = 0
    jobs_failed: int = 0
    hours: Sequence[Mapping[str, int]] = ()
    lately: Mapping[str, int] = {}  # the counts of the last five to ten minutes

    def within_hour(self, field: str) -> int:
        """The count of a field in this hour."""
        return self.hours[0].get(field, 0) if self.hours else 0

    def within_day(self, field: str) -> int:
        """The count of a field in this hour and the 23 before."""
        return sum(hour.get(field, 0) for hour in self.hours)

    def fields(self, head: str) -> list[str]:
        """Every field of the last day with this prefix."""
        return sorted({field for hour in self.hours for field in hour if field.startswith(head)})


class DatabaseFacts(Struct, frozen=True):
    """The state of the database: `problem` is "" if a write could begin within `milliseconds`."""

    kind: str
    milliseconds: float
    problem: str = ""


def of_redis(url: str) -> RedisFacts:
    """Ask Redis; if it does not answer within a second, it is down."""
    try:
        with open_redis(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as redis:
            redis.ping()
            began = time.perf_counter()
            redis.ping()
            took = (time.perf_counter() - began) * 1000
            memory: Mapping[str, int | str] = redis.info("memory")
            keys, hours = int(redis.dbsize()), shared_counters.by_hour(redis)
            lately = shared_counters.lately(redis)
        waiting, failed = queue_figures(url, PATIENCE)
    except (RedisError, OSError) as error:
        log().warning("not_asked", problem="redis", **fault(error))
        return RedisFacts(up=False)
    policy = str(memory.get("maxmemory_policy", KEEPS_ALL))
    return RedisFacts(
        up=True,
        milliseconds=took,
        used=int(memory.get("used_memory", 0)),
        most=int(memory.get("maxmemory", 0)),
        keys=keys,
        evicts="" if policy == KEEPS_ALL else policy,
        jobs_waiting=waiting,
        jobs_failed=failed,
        hours=hours,
        lately=lately,
    )


def of_database(database: Database) -> DatabaseFacts:
    """Check whether a write can begin, and how soon."""
    kind = "PostgreSQL" if database.engine.dialect.name == "postgresql" else "SQLite"
    began = time.perf_counter()
    try:
        problem = check_writable(database)
    except SQLAlchemyError as error:
        problem = error_codes.explain_error(error) or "does not answer"
    except Exception as error:  # noqa: BLE001 - SQLite's driver raises its own, and the page must be drawn
        log().warning("not_asked", problem="database", **fault(error))
        problem = error_codes.explain_error(error) or "does not answer"
    return DatabaseFacts(kind, (time.perf_counter() - began) * 1000, problem)
