"""`/metrics` for Prometheus: counts of all processes and figures from the tables (docs/operators/metrics.md).

Labels are fixed words and names from the settings: never a phone number, a session or a citizen's words.
"""

import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from flask import Blueprint, Response, abort, request
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from gateway.delivery.worker_wakeup_queue import queue_figures
from gateway.endpoints.cached_result import CachedResult
from gateway.endpoints.health import SEEN_WITHIN, Check, run_check
from gateway.monitoring import shared_counters
from gateway.monitoring.counters import HOW, MICROSECONDS, SENT, SLOWEST, STEP, TOOK, WITHIN
from gateway.monitoring.logs import fault, log
from gateway.settings.clock import Clock, utc_now
from sessions.cases.rules.case_policy import CasePolicy
from sessions.operations import service_status
from sessions.operations.service_status import ServiceStatus
from sessions.redis.redis_client import open_redis
from storage.connection.database import Database

PATIENCE = 1.0  # seconds Redis gets to answer
ROUTE_STATES = get_args(service_status.Condition)
REFUSALS = ("bad_phone", "bad_form", "bad_secret", "bad_signature", "foreign_network", "wrong_codes")
PLAIN = (  # field of the sums, metric, what it is
    ("hops_failed", "sunwai_hops_failed", "USSD hops answered with the text of last resort."),
    ("hops_without_store", "sunwai_hops_without_redis", "USSD hops answered without Redis."),
    ("sms", "sunwai_sms", "SMS accepted, repeats included."),
    ("reports", "sunwai_reports", "Delivery reports accepted."),
    (
        "unreadable",
        "sunwai_unreadable",
        "SMS, reports, opt-outs and notices set aside: nobody could read them.",
    ),
    ("faults", "sunwai_faults", "Requests that failed by a fault of ours."),
    ("wakes_lost", "sunwai_wakes_lost", "Texts whose worker could not be told at once; the sweep finds them."),
)


class MetricsCollector(Collector):
    """All metrics, collected on each request; figures of the tables are up to a second old.

    Those that cannot be read are left out, and `sunwai_up` shows it.
    """

    def __init__(
        self,
        redis_url: str,
        look: Callable[[], ServiceStatus],
        needs: Sequence[Check] = (),
        clock: Clock = utc_now,
    ) -> None:
        self._redis_url, self._clock = redis_url, clock
        self._look = CachedResult(look)
        self._needs = CachedResult(lambda: {need.name: run_check(need) == "ok" for need in needs})

    def collect(self) -> Iterable[Metric]:
        """Every metric, in the order of docs/operators/metrics.md."""
        up = GaugeMetricFamily("sunwai_up", "1 when this part could be asked.", labels=["part"])
        ready = GaugeMetricFamily("sunwai_ready", "1 for each need of /readyz that holds.", labels=["need"])
        for need, holds in self._needs.get().items():
            ready.add_metric([need], float(holds))
        found: list[Metric] = [ready]
        for part, ask in (("redis", self._of_redis), ("database", self._of_database)):
            try:
                asked = list(ask())
            except (RedisError, OSError, SQLAlchemyError) as error:
                log().warning("not_measured", problem=part, **fault(error))
                up.add_metric([part], 0)
            else:
                up.add_metric([part], 1)
                found += asked
        return [up, *found]

    def _of_redis(self) -> Iterator[Metric]:
        with open_redis(self._redis_url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as redis:
            counted = shared_counters.read_totals(redis)
        yield from _counters(counted)
        queued = GaugeMetricFamily("sunwai_jobs", "Jobs of the queue: a hint, no texts.", labels=["state"])
        for state, count in zip(("waiting", "failed"), queue_figures(self._redis_url, PATIENCE), strict=True):
            queued.add_metric([state], count)
        yield queued

    def _of_database(self) -> Iterator[Metric]:
        found = self._look.get()
        yield from _texts(found)
        yield from _routes(found)
        yield from _processes(found, self._clock())
        yield _by(
            "sunwai_alarms",
            "Alarms that stand: a person must look.",
            "alarm",
            Counter(alarm.name for alarm in found.alarms),
        )
        words = "Phones whose texts nobody understood and nobody has settled."
        yield _by("sunwai_unheard", words, "reason", found.unheard)
        words = "Requests in the quarantine: nobody could read them and nobody has settled them."
        yield _by("sunwai_quarantine", words, "door", found.quarantine)
        yield _by("sunwai_drafts", "Drafts of flows that people work on.", "state", found.drafts)
        words = "Data keys that each wrapping key encrypts: one that is old and has none may go."
        yield _by("sunwai_data_keys", words, "wrapping", found.data_keys)
        yield _by("sunwai_flow_revision", "The revision that answers new calls.", "flow", found.revisions)
        words = "Entries of the transparency log that are signed."
        yield GaugeMetricFamily("sunwai_log_entries", words, value=found.signed)
        words = "How long the oldest entry of the transparency log that is not signed has waited."
        yield GaugeMetricFamily("sunwai_log_unsigned_seconds", words, value=found.unsigned.total_seconds())
        words = "Rows changed so far by an encryption or a rotation of keys that is not over."
        yield _by("sunwai_key_job_rows", words, "job", found.key_jobs)
        words = "1 while rows of an earlier release may be in clear."
        yield GaugeMetricFamily("sunwai_rows_in_clear", words, value=float(found.clear))
        yield GaugeMetricFamily("sunwai_database_bytes", "How large the database is.", value=found.bytes)


def _counters(counted: Mapping[str, int]) -> Iterator[Metric]:
    """The counters of all processes since Redis was last emptied."""
    hops = _those(counted, HOW)
    yield _by("sunwai_hops", "USSD hops answered, by how they were.", "answer", hops, CounterMetricFamily)
    yield _histogram(counted)
    refused = CounterMetricFamily("sunwai_refused", "Requests that were refused.", labels=["why"])
    for why in REFUSALS:
        refused.add_metric([why.removeprefix("bad_")], counted.get(why, 0))
    yield refused
    for field, name, words in PLAIN:
        yield CounterMetricFamily(name, words, value=counted.get(field, 0))
    sent = _those(counted, SENT)
    yield _by("sunwai_sends", "Sends of texts, by the state they led to.", "outcome", sent, CounterMetricFamily)
    steps = _those(counted, STEP)
    yield _by("sunwai_sweep_failures", "Failures of the steps of the sweep.", "step", steps, CounterMetricFamily)


def _histogram(counted: Mapping[str, int]) -> Metric:
    took = HistogramMetricFamily("sunwai_hop_seconds", "How long a USSD hop took inside this service.")
    buckets, total = [], 0
    for within in (*WITHIN, SLOWEST):
        total += counted.get(f"{TOOK}{within}", 0)
        buckets.append(("+Inf" if within == SLOWEST else str(within), float(total)))
    took.add_metric([], buckets, counted.get(MICROSECONDS, 0) / 1_000_000)
    return took


def _texts(found: ServiceStatus) -> Iterator[Metric]:
    texts = found.texts
    yield _by("sunwai_texts", "Texts that are not settled, at most 100,000 of each.", "state", texts.by_state)
    yield GaugeMetricFamily("sunwai_texts_due", "Texts that could go now.", value=texts.due)
    oldest = texts.oldest.total_seconds()
    yield GaugeMetricFamily("sunwai_text_oldest_due_seconds", "How long the first of them has been due.", value=oldest)
    words = "Texts sent by a route since the beginning of the hour."
    yield GaugeMetricFamily("sunwai_texts_this_hour", words, value=texts.this_hour)


def _routes(found: ServiceStatus) -> Iterator[Metric]:
    state = GaugeMetricFamily("sunwai_road", "1 for the state each route is in.", labels=["road", "state"])
    failures = GaugeMetricFamily("sunwai_road_failures", "Failures of a route in a row.", labels=["road"])
    for route in found.routes:
        for name in ROUTE_STATES:
            state.add_metric([route.name, name], float(route.state == name))
        failures.add_metric([route.name], route.failures)
    yield from (state, failures)


def _processes(found: ServiceStatus, now: datetime) -> Iterator[Metric]:
    alive = GaugeMetricFamily("sunwai_processes", "Processes seen within 30 seconds.", labels=["kind"])
    age = GaugeMetricFamily("sunwai_last_seen_seconds", "How long ago the last of a kind was seen.", labels=["kind"])
    for kind in ("worker", "sweep"):
        seen = [now - each.seen_at for each in found.processes if each.kind == kind]
        alive.add_metric([kind], sum(ago <= SEEN_WITHIN for ago in seen))
        if seen:
            age.add_metric([kind], max(min(seen), timedelta()).total_seconds())
    yield from (alive, age)


def _by(
    name: str,
    words: str,
    label: str,
    counts: Mapping[str, int],
    kind: type[GaugeMetricFamily | CounterMetricFamily] = GaugeMetricFamily,
) -> Metric:
    family = kind(name, words, labels=[label])
    for each, count in sorted(counts.items()):
        family.add_metric([each], count)
    return family


def _those(counted: Mapping[str, int], prefix: str) -> dict[str, int]:
    return {field.removeprefix(prefix): count for field, count in counted.items() if field.startswith(prefix)}


def look(
    database: Database, clock: Clock, per_hour: int, named: Sequence[str], policy: CasePolicy
) -> Callable[[], ServiceStatus]:
    """Reads the status of the service on each call."""
    return lambda: service_status.read_service_status(database, clock(), per_hour, named, policy)


def blueprint(measures: MetricsCollector, token: str, *, open_to_all: bool = False) -> Blueprint:
    """`/metrics`, for requests with the token (`Authorization: Bearer …`); a 404 without it.

    `open_to_all`: no token is needed in development.
    """
    door = Blueprint("metrics", __name__)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(measures)

    @door.get("/metrics")
    def metrics() -> Response:
        if not (open_to_all or _shown(token, request.headers.get("Authorization", ""))):
            abort(404)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return door


def _shown(token: str, given: str) -> bool:
    right = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), f"Bearer {token}".encode())
    return bool(token) and right
