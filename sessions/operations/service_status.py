"""The status of the service by its tables, for the health page and `/metrics`, without phone numbers or words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.delivery.outbox_admin import OPENED
from sessions.operations import active_alarms
from sessions.operations.active_alarms import Alarm
from storage.connection.database import Database
from storage.encryption import key_jobs
from storage.encryption.key_use import count_some_data_keys
from storage.messages import outbox_admin, outbox_claims, quarantine, route_health, unheard_texts
from storage.operations import restore_mark, service_figures
from storage.operations.service_figures import RouteFault, UnreadableCount
from storage.schema.tables import RouteHealth
from storage.transparency import log_marks

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MOST_COUNTED = 100_000
MOST_KEYS = 10_000  # a wrapping key that encrypts as many is in use; `flask keys list` has the number


class Texts(Struct, frozen=True):
    """Texts going out. Counts stop at MOST_COUNTED."""

    by_state: Mapping[str, int]  # ready, sending, unknown, unconfirmed
    due: int
    oldest: dt.timedelta  # for how long the first of the due ones has been; 0 when none is
    this_hour: int  # given to a route in this hour
    today: int  # … in this hour and the 23 before
    over_budget: int  # their phone has reached its daily limit
    held: int  # from before a restore
    without_route: int


# "opened" by a person and not proved yet; "unwell" fails at times. /metrics and the console compare with these words.
Condition = Literal["works", "opened", "unwell", "rests", "stopped"]


class RouteState(Struct, frozen=True):
    """A route and its condition."""

    name: str
    state: Condition
    failures: int = 0
    reason: str = ""
    until: dt.datetime | None = None  # it rests until then
    since: dt.datetime | None = None  # it has been stopped since then


class Process(Struct, frozen=True):
    """A worker or a sweep, and when it was last seen."""

    name: str
    kind: str  # worker or sweep
    seen_at: dt.datetime


class ServiceStatus(Struct, frozen=True):
    """The whole status at one moment."""

    alarms: Sequence[Alarm]
    texts: Texts
    routes: Sequence[RouteState]
    faults: Sequence[RouteFault]  # of texts, in the last day
    set_aside: Sequence[UnreadableCount]  # requests that could not be read, in the last day
    processes: Sequence[Process]
    drafts: Mapping[str, int]  # open, review
    quarantine: Mapping[str, int]  # unreadable requests that wait for a person, by endpoint
    unheard: Mapping[str, int]  # phones whose texts nobody understood, by reason
    data_keys: Mapping[str, int]  # by the id of their wrapping key; counts stop at MOST_KEYS
    revisions: Mapping[str, int]  # flow -> the number that is live
    bytes: int
    key_jobs: Mapping[str, int] = {}  # encrypt, rotate index, …: rows changed so far by those that are not over
    clear: bool = False  # rows of an earlier release may be in clear
    unsigned: dt.timedelta = dt.timedelta()  # how long the oldest entry of the transparency log has no signature
    signed: int = 0  # entries of the transparency log that are signed


def read_service_status(
    database: Database,
    now: dt.datetime,
    per_hour: int,
    named: Sequence[str] = (),
    policy: CasePolicy = SHIPPED_POLICY,
) -> ServiceStatus:
    """How it is now. `per_hour` is the hourly budget of texts, `named` are the routes of the settings."""
    hour = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    standing = active_alarms.find_active_alarms(database, now, per_hour, policy)
    with database.read.begin() as db:
        epoch = restore_mark.epoch(db)
        due, since = outbox_claims.backlog(db, epoch, now, MOST_COUNTED)
        texts = Texts(
            by_state=service_figures.open_texts(db),
            due=due,
            oldest=max(now - since, dt.timedelta()) if since is not None else dt.timedelta(),
            this_hour=outbox_claims.hourly_claims(db, hour),
            today=service_figures.claimed_since(db, hour - DAY + HOUR),
            over_budget=outbox_admin.count_over_quota(db, epoch, now),
            held=outbox_admin.count_before_restore(db, epoch) if epoch else 0,
            without_route=outbox_admin.count_without_route(db),
        )
        known = route_health.all_of_them(db)
        return ServiceStatus(
            alarms=standing,
            texts=texts,
            routes=[_route(name, known.get(name), now) for name in sorted({*named, *known})],
            faults=service_figures.faults_since(db, now - DAY),
            set_aside=service_figures.unreadable_since(db, now - DAY),
            processes=[
                Process(name, name.partition("-")[0], seen) for name, seen in service_figures.heartbeats(db).items()
            ],
            drafts=service_figures.drafts(db),
            quarantine=quarantine.count_by_door(db),
            unheard=unheard_texts.count_open(db),
            data_keys={str(key): count for key, count in count_some_data_keys(db, MOST_KEYS).items()},
            revisions=service_figures.live_revisions(db),
            bytes=service_figures.size(db),
            key_jobs={
                job.job: sum(part.changed for part in key_jobs.parts(db, job.job)) for job in key_jobs.open_jobs(db)
            },
            clear=key_jobs.has_mark(db, key_jobs.CLEAR),
            unsigned=max(now - (log_marks.unsigned_since(db) or now), dt.timedelta()),
            signed=log_marks.signed_size(db),
        )


def _route(name: str, row: RouteHealth | None, now: dt.datetime) -> RouteState:
    if row is None:
        return RouteState(name, "works")
    reason = row.reason or ""
    if row.stopped_at is not None:
        return RouteState(name, "stopped", row.failures, reason, since=row.stopped_at)
    if row.rests_until is not None and row.rests_until > now:
        return RouteState(name, "rests", row.failures, reason, until=row.rests_until)
    if row.failures or row.rests_until is not None:
        return RouteState(name, "unwell", row.failures, reason)
    return RouteState(name, "opened" if reason == OPENED else "works")
