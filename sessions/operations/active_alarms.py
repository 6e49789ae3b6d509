"""Alarms: what a person must look at, read from the tables, so the same after any restart and on every machine."""

import datetime as dt
from functools import partial

from msgspec import Struct

from flows.text.printable import length_in_words, pluralize
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.drafts import scheduled_publishing
from sessions.encryption.key_rotation import STANDS_STILL
from sessions.operations import sweep_steps
from storage.cases import due_clocks
from storage.connection import connection_limits
from storage.connection.database import Database
from storage.encryption import key_jobs
from storage.menus import drafts
from storage.messages import outbox_admin, outbox_claims, quarantine, route_health
from storage.operations import failing_steps, restore_mark
from storage.transparency import log_marks

LATE = dt.timedelta(minutes=10)
UNSIGNED = dt.timedelta(minutes=10)  # for so long a row may have a place in the log and no signature
HELD_LONG = dt.timedelta(hours=1)
_STEP_ADVICE = {
    "transparency_log": "the record is not signed any more: see `flask audit verify`",
    "months": "rows of a month without a partition are kept in the one for others, `reports_other`: nothing is lost",
}


class Alarm(Struct, frozen=True):
    """`name` is for machines, `words` say what is wrong and what to do. Neither contains personal data or a secret."""

    name: str
    words: str
    route: str = ""  # the route it is about: each has its own alarm
    reason: str = ""  # why that route failed last, as its aggregator or we call it
    step: str = ""  # the step of the sweep it is about: each has its own alarm too
    count: int = 0  # of texts, cases or requests
    waited: dt.timedelta = dt.timedelta()  # for how long it has been so, or the first has waited
    about: str = ""  # the flow that was not published, or the aggregator whose requests could not be read


def find_active_alarms(
    database: Database, now: dt.datetime, per_hour: int, policy: CasePolicy = SHIPPED_POLICY
) -> list[Alarm]:
    """Every alarm that is active now; `per_hour` is the hourly limit of texts."""
    hour = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    with database.read.begin() as db:
        row = restore_mark.load_mark(db)
        known, spent = route_health.all_of_them(db), outbox_claims.hourly_claims(db, hour)
        unconfirmed = outbox_admin.count_unconfirmed_messages(db)
        routeless = outbox_admin.count_without_route(db)
        held = outbox_admin.count_before_restore(db, row.epoch) if row.epoch else 0
        over_budget = outbox_admin.count_over_quota(db, row.epoch, now - HELD_LONG)
        due, since = outbox_claims.backlog(db, row.epoch, now, 1)
        given = connection_limits.connection_limit(db)
        used = connection_limits.connection_count(db) if given is not None else 0
        failing = failing_steps.failing_since(db, now - sweep_steps.LONG, now - sweep_steps.STALE)
        unheld, waiting = due_clocks.count_unheld(db, policy.running_statuses, now - _unheld(policy))
        unsigned = log_marks.unsigned_since(db)
        unreadable = quarantine.count_each(db)
        idle = [(job.job, job.since) for job in key_jobs.find_idle(db, now - STANDS_STILL)]
        unpublished = [
            (draft.id, draft.flow)
            for draft in drafts.list_missed_schedules(db)
            if scheduled_publishing.has_failed_schedule(draft)
        ]
    found: list[Alarm] = []
    if unheld and waiting is not None:
        cases, have = pluralize(unheld, "danger case"), "has" if unheld == 1 else "have"
        long = length_in_words(now - waiting)
        words = f"{cases} {have} no officer, the first for {long}: see `flask complaints list --unheld`"
        found.append(Alarm("danger_unheld", words, count=unheld, waited=now - waiting))
    found += [
        Alarm(
            "road_stopped",
            f"{name} takes no texts ({route.reason}). Once that is fixed: `flask texts roads --open {name}`",
            name,
            route.reason or "",
        )
        for name, route in sorted(known.items())
        if route.stopped_at is not None
    ]
    found += [
        Alarm(
            "sweep_step",
            f"the step {step.name} of the sweep has failed for {length_in_words(now - step.since)} ({step.reason}): "
            + _STEP_ADVICE.get(step.name, "its line `sweep_step_failed` in the log says where"),
            step=step.name,
            waited=now - step.since,
        )
        for step in failing
    ]
    if unsigned is not None and now - unsigned > UNSIGNED:
        long = length_in_words(now - unsigned)
        words = f"the record of cases has not been signed for {long}: see `flask audit verify`"
        found.append(Alarm("log_unsigned", words, waited=now - unsigned))
    if given is not None and used > given * connection_limits.NEARLY:
        words = f"PostgreSQL has {used} of {given} connections in use: raise max_connections, or run fewer processes"
        found.append(Alarm("connections", words))
    found += [
        Alarm(
            "key_job",
            f"`flask keys {job}` was begun and stands still: run it again until it says that it is over",
            waited=now - began,
        )
        for job, began in idle
    ]
    waited = (now - since) if due and since is not None else dt.timedelta()
    texts = partial(pluralize, name="text")
    alarms = (
        (
            spent >= per_hour,
            "budget_spent",
            "went within this hour: the next go when it is over (TEXTS_PER_HOUR)",
            spent,
        ),
        (
            over_budget,
            "budget",
            f"{'waits' if over_budget == 1 else 'wait'} for more than an hour, to phones that had enough within a day: "
            "see `flask texts stuck`",
            over_budget,
        ),
        (
            held,
            "restored",
            f"{'is' if held == 1 else 'are'} from before a restore: see `flask texts list --held`",
            held,
        ),
        (unconfirmed, "unconfirmed", "may or may not have arrived: see `flask texts stuck`", unconfirmed),
        (routeless, "no_road", "failed: no route to their numbers (ROADS), see `flask texts stuck`", routeless),
    )
    found += [Alarm(name, f"{texts(count)} {words}", count=count) for holds, name, words, count in alarms if holds]
    if waited > LATE:
        words = f"a text has been due for {length_in_words(waited)}: see `flask texts stuck`"
        found.append(Alarm("late", words, waited=waited))
    found += [
        Alarm(
            "unreadable",
            f"{pluralize(each.requests, 'request')} of {each.aggregator} to {each.door} could not be read: "
            "see `flask sms unreadable list`",
            about=each.aggregator,
            count=each.requests,
        )
        for each in unreadable
    ]
    found += [
        Alarm(
            "unpublished",
            f"draft {number} of {flow} was not published at its time: it says why in the console",
            about=flow,
        )
        for number, flow in unpublished
    ]
    return found


def _unheld(policy: CasePolicy) -> dt.timedelta:
    return dt.timedelta(minutes=policy.life.emergencies.unheld)
