"""What operators do with texts and routes: `flask texts` and the page Health call the same acts.

Each act stores an audit entry for each row that it changes, in its own transaction: `by` is who did it. Phone numbers
are masked, and only `find_message` returns the body of a text: a complaint's number and the event say what a text is
about.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row
from sqlalchemy.orm import Session

from flows.delivery.message_policy import NUMBER_BUDGET, QUIET_HOURS, ROAD_RESTS
from flows.text import tracking_number
from sessions.delivery import restore_detection
from storage.audit import audit_log
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from storage.connection.database import Database
from storage.messages import outbox, outbox_admin, outbox_claims, route_health
from storage.operations import restore_mark

LATE = dt.timedelta(minutes=10)
HELD_LONG = dt.timedelta(hours=1)  # a text that a quota has held for so long is listed
FRESH = dt.timedelta(hours=24)  # how long a text that is retried manually stays valid
OVER = ("failed", "unconfirmed", "expired", "skipped", "cancelled")  # may be retried
AT_ONCE = 500  # texts changed in one transaction
WAIT_FOR_MORE = (QUIET_HOURS, NUMBER_BUDGET)  # reasons unrelated to a route
OPENED = "opened_by_hand"  # the reason of a route that was reset and has not sent a text yet
OFF = route_health.OFF  # the reason of a route that a person switched off
MOST_COUNTED = 100_000
STILL = ("ready", "unknown", "unconfirmed")  # may be cancelled
IN_DOUBT = ("unknown", "unconfirmed")  # may have arrived


class MessageSummary(Struct, frozen=True):
    """One text, as an operator may see it."""

    id: int
    state: str
    event: str
    number: str | None  # of its complaint, formatted
    attempts: int
    ambiguous: int
    route: str | None
    reason: str | None
    held: bool  # from before a restore: it waits for an operator
    next_at: dt.datetime
    created_at: dt.datetime
    settled_at: dt.datetime | None


class MessageDetail(Struct, frozen=True):
    """All details of one text, with its body."""

    line: MessageSummary
    phone: str  # masked
    wanted: bool  # False after STOP
    body: str
    parts: int | None
    cost: str | None
    provider_id: str | None
    expires_at: dt.datetime | None
    claimed_at: dt.datetime | None  # for its last attempt
    officer: str | None = None  # the member of staff whose phone it goes to, if it is one's
    office: str | None = None  # the name of their office


class FailingRoute(Struct, frozen=True):
    """A route that failed since it last worked."""

    name: str
    failures: int
    rests_until: dt.datetime | None
    stopped_at: dt.datetime | None
    reason: str | None


class MessageFilter(Struct, frozen=True):
    """Which texts: in these states, with these ids, about this complaint, or `held` since a restore."""

    states: Collection[str] = ()
    ids: Collection[int] = ()
    number: str | None = None
    held: bool = False


ALL_MESSAGES = MessageFilter()


def list_messages(database: Database, which: MessageFilter = ALL_MESSAGES, limit: int = 50) -> list[MessageSummary]:
    """Texts, the latest first."""
    unknown = set(which.states) - set(outbox.RANK)
    if unknown:
        raise ValueError(f"there is no state {', '.join(sorted(unknown))}: use {', '.join(outbox.RANK)}")
    number = which.number
    digits = None if number is None else tracking_number.parse_tracking_number(number).number or number
    with database.read.begin() as db:
        epoch = restore_mark.epoch(db)
        older = epoch if which.held else None
        rows = outbox_admin.list_messages(
            db, states=which.states, ids=which.ids, number=digits, older_than=older, limit=limit
        )
    return [summary_of_row(row, epoch) for row in rows]


def find_message(database: Database, outbox_id: int) -> MessageDetail | None:
    """All details of one text; None if it does not exist."""
    with database.read.begin() as db:
        row, epoch = outbox_admin.whole(db, outbox_id), restore_mark.epoch(db)
    if row is None:
        return None
    return MessageDetail(
        line=summary_of_row(row, epoch),
        phone=mask_phone(row.Contact.phone),
        wanted=row.texts,
        body=row.OutboxMessage.body,
        parts=row.parts,
        cost=row.cost,
        provider_id=row.provider_id,
        expires_at=row.expires_at,
        claimed_at=row.claimed_at,
        officer=row.officer,
        office=row.office,
    )


def mask_phone(phone: str) -> str:
    """A phone number with only its country and last three digits: enough to distinguish two."""
    return f"{phone[:3]}…{phone[-3:]}"


def list_stuck_messages(database: Database, now: dt.datetime, limit: int = 50) -> list[MessageSummary]:
    """Texts that need an operator, or should have been sent ten minutes ago, the oldest first.

    Texts that a quota has held for more than an hour are included.
    """
    with database.read.begin() as db:
        epoch = restore_mark.epoch(db)
        rows = outbox_admin.list_stuck_messages(db, epoch, now - LATE, limit, owed_before=now - HELD_LONG)
    return [summary_of_row(row, epoch) for row in rows]


def retry(
    database: Database,
    now: dt.datetime,
    ids: Collection[int],
    by: AuditActor = SERVICE,
    seen: Mapping[int, int] | None = None,
) -> list[int]:
    """Retry texts that were given up; returns their ids. One that may have arrived is sent again by the same route.

    The id of the earlier attempt is cleared, so that its reports do not settle the new one. `seen` are the attempts
    that somebody saw: a text that was tried since is left alone, so that a form that is sent twice sends one text.
    So is one whose words were removed by a rule of retention.
    """
    again: dict[str, Any] = {"state": "ready", "reason": "by_hand", "settled_at": None}
    again |= {"next_at": now, "expires_at": now + FRESH, "version": None}
    again |= {"provider_id": None, "parts": None, "cost": None}
    with database.write.begin() as db:
        columns = again | {"epoch": restore_mark.epoch(db)}
        done = outbox_admin.change(db, ids, OVER, attempts=seen, columns=columns, with_words=True)
        return _recorded(db, now, by, "retry", done)


def cancel(
    database: Database,
    now: dt.datetime,
    ids: Collection[int],
    by: AuditActor = SERVICE,
    seen: Mapping[int, int] | None = None,
) -> list[int]:
    """Cancel these texts; returns the ids of those that were not sent yet. `seen` as in `retry`."""
    gone = {"state": "cancelled", "reason": "by_hand", "settled_at": now, "lease": None}
    with database.write.begin() as db:
        done = outbox_admin.change(db, ids, STILL, attempts=seen, or_without_route=True, columns=gone)
        return _recorded(db, now, by, "cancel", done)


def settle(
    database: Database,
    now: dt.datetime,
    ids: Collection[int],
    *,
    sent: bool,
    by: AuditActor = SERVICE,
    seen: Mapping[int, int] | None = None,
) -> list[int]:
    """Settle texts that may have arrived: the aggregator has said whether they were sent. Returns their ids.

    One that was not sent counts as failed, and can be retried. A delivery report that arrives later still counts.
    `seen` as in `retry`: what the aggregator said was about those attempts.
    """
    found = {"state": "sent" if sent else "failed", "reason": "by_hand", "settled_at": now, "lease": None}
    with database.write.begin() as db:
        done = outbox_admin.change(db, ids, IN_DOUBT, attempts=seen, columns=found)
        return _recorded(db, now, by, "settle_sent" if sent else "settle_not_sent", done)


def skip_backoff(database: Database, now: dt.datetime, ids: Collection[int], by: AuditActor = SERVICE) -> list[int]:
    """Make texts due that only wait for a retry; returns their ids. Quiet hours and quotas still apply."""
    with database.write.begin() as db:
        done = outbox_admin.hasten(db, now, restore_mark.epoch(db), ids, WAIT_FOR_MORE)
        return _recorded(db, now, by, "hasten", done)


def release(
    database: Database, now: dt.datetime, ids: Collection[int] | None = None, by: AuditActor = SERVICE
) -> list[int]:
    """Release texts from before a restore (all, or these); returns their ids. Expired ones are dropped then.

    Quiet hours and quotas still apply.
    """
    if ids is None:
        with database.read.begin() as db:
            ids = outbox_admin.ids_before_restore(db, restore_mark.epoch(db))
    released: list[int] = []
    for some in _parts(sorted(ids)):
        with database.write.begin() as db:
            done = outbox_admin.release(db, now, restore_mark.epoch(db), some, WAIT_FOR_MORE)
            released += _recorded(db, now, by, "release", done)
    return released


def _recorded(db: Session, now: dt.datetime, by: AuditActor, act: str, ids: list[int]) -> list[int]:
    """The ids, once each has its audit entry."""
    for each in ids:
        audit_log.record(db, AuditEntry("text_changed", by, now, "text", each, {"act": act}))
    return ids


def declare_restore(database: Database, now: dt.datetime) -> None:
    """Declare that the database was restored: no text created so far is sent by itself."""
    restore_detection.begin_epoch(database, now)


def list_failing_routes(database: Database) -> Sequence[FailingRoute]:
    """Every route that failed since it last worked."""
    with database.read.begin() as db:
        known = route_health.all_of_them(db)
    return [
        FailingRoute(name, route.failures, route.rests_until, route.stopped_at, route.reason)
        for name, route in sorted(known.items())
        if route.failures or route.rests_until or route.stopped_at
    ]


def reset_route(database: Database, now: dt.datetime, route: str, by: AuditActor = SERVICE) -> int | None:
    """Switch a route on that was repaired or off: it is tried at once. How many texts are due; None if it was in use.

    Only an accepted text shows that it works; until then it is `opened`.
    """
    with database.write.begin() as db:
        if not route_health.reset_failures(db, route, OPENED):
            return None
        audit_log.record(db, AuditEntry("route_changed", by, now, "route", route, {"act": "on"}))
    with database.read.begin() as db:
        waiting = outbox_admin.ids_waiting_for_route(db, restore_mark.epoch(db), now, route, ROAD_RESTS, WAIT_FOR_MORE)
    for some in _parts(waiting):
        with database.write.begin() as db:
            outbox_admin.change(db, some, ("ready",), columns={"next_at": now, "reason": None})
    with database.read.begin() as db:
        due, _ = outbox_claims.backlog(db, restore_mark.epoch(db), now, MOST_COUNTED)
    return due


def switch_route_off(database: Database, now: dt.datetime, route: str, by: AuditActor = SERVICE) -> bool:
    """Send nothing by a route until somebody switches it on again; False if it is off already.

    A text that it has at this moment is sent. Texts that have another route go there; others wait.
    """
    with database.write.begin() as db:
        if not route_health.switch_off(db, route, now):
            return False
        audit_log.record(db, AuditEntry("route_changed", by, now, "route", route, {"act": "off"}))
        return True


def list_reopened_routes(database: Database) -> set[str]:
    """Routes that were reset and have accepted no text since."""
    with database.read.begin() as db:
        known = route_health.all_of_them(db)
    return {name for name, route in known.items() if route.reason == OPENED and not route.failures}


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """These ids, in groups for one transaction each."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def summary_of_row(row: Row[Any], epoch: int) -> MessageSummary:
    """A text from its columns; `epoch` is that of the database."""
    return MessageSummary(
        id=row.id,
        state=row.state,
        event=row.event,
        number=tracking_number.format_number(row.number) if row.number else None,
        attempts=row.attempts,
        ambiguous=row.ambiguous,
        route=row.aggregator,
        reason=row.reason,
        held=row.state == "ready" and row.epoch < epoch,
        next_at=row.next_at,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )
