"""Claims due texts under a lease and chooses their routes. They are sent with no transaction open.

claim -> COMMIT -> send -> settle (record_outcomes.py). A text that may not be sent now is deferred or dropped, and the
reason is recorded.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases import officer_code
from flows.cases.officer_code import CodeHolder, OfficerCodes
from sessions.delivery import restore_detection, route_breaker
from sessions.delivery.dispatch_policy import (
    DAY,
    DeferDecision,
    DispatchDecision,
    DropDecision,
    QuotaUsage,
    RouteAvailability,
    Rules,
    SendDecision,
    decide_dispatch,
)
from storage.connection.database import Database
from storage.messages import outbox_claims, route_health
from storage.messages.outbox_claims import Candidate, DueTexts
from storage.operations import restore_mark
from storage.people import officer_codes

__all__ = ["ClaimBatch", "ClaimedMessage", "Rules", "claim_messages", "release_claims", "release_lease"]

ROUNDS = 8  # queries in one claim: texts that are dropped or deferred make room for others
NONE_DUE = DueTexts([], [])


class ClaimedMessage(Struct, frozen=True):
    """A claimed text. Only the holder of `lease` may settle it."""

    id: int
    lease: str
    route: str
    phone: str
    body: str
    attempts: int  # this one included
    ambiguous: int  # earlier ones that may have arrived
    order_key: str
    event: str
    created_at: dt.datetime
    contact_id: int
    claimed_at: dt.datetime
    expires_at: dt.datetime | None = None
    claimed_before: dt.datetime | None = None  # for the attempt before this one


class ClaimBatch(Struct, frozen=True):
    """The texts of one claim. `more` says that other due texts are left for the next claim.

    `unopened` are the ids of texts whose words or number could not be opened.
    """

    posts: list[ClaimedMessage]
    more: bool
    unopened: tuple[int, ...] = ()


def claim_messages(
    database: Database, now: dt.datetime, most: int, rules: Rules, token: Callable[[], str]
) -> ClaimBatch:
    """At most `most` texts to send now, one for each order key at most, the longest due first. One transaction.

    `token` returns a unique string of at most 32 characters: the lease. Raises what the database raises; if it did so
    before `token` was called, nothing was claimed.
    """
    known = rules.marks is not None and restore_detection.detect_restore(database, now, rules.marks) is not None
    with database.read.begin() as db:
        due = outbox_claims.is_due(db, restore_mark.epoch(db), now)
        if not due or not RouteAvailability(route_health.all_of_them(db), rules.routes, now):
            return ClaimBatch([], more=False)  # while every route rests, texts and their order stay unchanged
    with restore_detection.marked_transaction(database, now, rules.marks if known else None) as db:
        return _claim(db, now, most, rules, token)


def release_claims(database: Database, posts: Sequence[ClaimedMessage]) -> None:
    """Release claimed texts whose sending never began. They do not count against any quota."""
    together: dict[tuple[str, dt.datetime, dt.datetime | None], list[int]] = defaultdict(list)
    for post in posts:
        together[post.lease, post.claimed_at, post.claimed_before].append(post.id)
    for (lease, claimed_at, before), ids in together.items():
        with database.write.begin() as db:
            if given := outbox_claims.release_claim(db, ids, lease, before):
                outbox_claims.add_hourly_claims(db, _hour(claimed_at), -given)


def is_over(claimed_at: dt.datetime, now: dt.datetime) -> bool:
    """True if the lease of a claim of then has run out: the sweep has its texts."""
    return now >= claimed_at + outbox_claims.LEASE


def release_lease(database: Database, lease: str, claimed_at: dt.datetime) -> int:
    """Release the texts of a claim that ended in an error after all: its COMMIT may have been done, its answer lost.

    Nobody has them, so none was sent. Returns how many there were.
    """
    with database.write.begin() as db:
        if given := outbox_claims.release_lease(db, lease, claimed_at):
            outbox_claims.add_hourly_claims(db, _hour(claimed_at), -given)
    return given


def _claim(db: Session, now: dt.datetime, most: int, rules: Rules, token: Callable[[], str]) -> ClaimBatch:
    spendable = rules.per_hour - outbox_claims.lock_hourly_claims(db, _hour(now))  # from here on no other claim can run
    lease = token()
    epoch, ways = restore_mark.epoch(db), RouteAvailability(route_health.all_of_them(db), rules.routes, now)
    posts: list[ClaimedMessage] = []
    unopened: list[int] = []
    for _ in range(ROUNDS):
        free = min(most, spendable) - len(posts)
        found = outbox_claims.candidates(db, epoch, now, free) if free > 0 and ways else NONE_DUE
        if not found.texts and not found.unopened:
            more = len(posts) == most
            break
        unopened += found.unopened
        if found.texts:
            posts += _fill_codes(db, _write(db, now, _decide(db, now, found.texts, rules, ways), lease), rules.codes)
    else:
        more = True
    for name in sorted(ways.tried):
        route_breaker.begin_route_trial(db, name, now)
    if posts:
        outbox_claims.add_hourly_claims(db, _hour(now), len(posts))
    return ClaimBatch(posts, more, tuple(unopened))


def _hour(at: dt.datetime) -> dt.datetime:
    """The clock hour that contains this time."""
    return at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _decide(
    db: Session, now: dt.datetime, found: Sequence[Candidate], rules: Rules, ways: RouteAvailability
) -> list[tuple[Candidate, DispatchDecision]]:
    """Decide about each text."""
    spent = QuotaUsage.of(
        outbox_claims.claims_by_contact(db, {each.contact_id for each in found}, now - DAY),
        outbox_claims.claims_by_order_key(db, {each.order_key for each in found}),
    )
    return [(each, decide_dispatch(each, now, rules, spent, ways)) for each in found]


def _write(
    db: Session, now: dt.datetime, decided: Sequence[tuple[Candidate, DispatchDecision]], lease: str
) -> list[ClaimedMessage]:
    """Write each decision, and return the texts to send."""
    going: dict[str, list[Candidate]] = defaultdict(list)
    waiting: dict[DeferDecision, list[Candidate]] = defaultdict(list)
    dropped: dict[DropDecision, list[int]] = defaultdict(list)
    for each, decision in decided:
        match decision:
            case SendDecision(route):
                going[route].append(each)
            case DeferDecision() as wait:
                waiting[wait].append(each)
            case DropDecision() as drop:
                dropped[drop].append(each.id)
    for route, texts in going.items():
        outbox_claims.claim_messages(db, [each.id for each in texts], route, lease, now)
    for wait, texts in waiting.items():
        outbox_claims.put_off(db, texts, wait.until, wait.reason)
    for drop, ids in dropped.items():
        outbox_claims.drop(db, ids, drop.state, drop.reason, now)
    return [_post(each, route, lease, now) for route, texts in going.items() for each in texts]


def _fill_codes(db: Session, posts: list[ClaimedMessage], codes: OfficerCodes) -> list[ClaimedMessage]:
    """The same texts, with the codes of officers in their places."""
    with_places = [each.id for each in posts if officer_code.PLACE in each.body]
    if not with_places:
        return posts
    holders = officer_codes.of_messages(db, with_places)
    return [
        replace(each, body=codes.fill(each.body, CodeHolder.of(holders[each.id]))) if each.id in holders else each
        for each in posts
    ]


def _post(text: Candidate, route: str, lease: str, now: dt.datetime) -> ClaimedMessage:
    return ClaimedMessage(
        id=text.id,
        lease=lease,
        route=route,
        phone=text.phone,
        body=text.body,
        attempts=text.attempts + 1,
        ambiguous=text.ambiguous,
        order_key=text.order_key,
        event=text.event,
        created_at=text.created_at,
        contact_id=text.contact_id,
        claimed_at=now,
        expires_at=text.expires_at,
        claimed_before=text.claimed_at,
    )
