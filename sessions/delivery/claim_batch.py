"""Which due texts go now, and by which road. They are claimed under a lease and sent with no transaction open.

claim -> COMMIT -> send -> settle (record_outcomes.py). A text that may not go now is put off or dropped, with its
reason.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from sessions.delivery import restore_detection, route_breaker
from sessions.delivery.dispatch_policy import DAY, Drop, Go, Rules, Spent, Wait, Ways, sort
from storage.connection.database import Database
from storage.messages import outbox_claims, route_health
from storage.messages.outbox_claims import Candidate
from storage.operations import database_mark

__all__ = ["Claimed", "Post", "Rules", "claim", "give_back"]

ROUNDS = 8  # looks at the table in one claim: what is dropped or put off makes room for others


class Post(Struct, frozen=True):
    """A claimed text. Whoever holds `lease` may settle it, and nobody else."""

    id: int
    lease: str
    road: str
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


class Claimed(Struct, frozen=True):
    """What a claim found. `more` says that it did not look at everything that is due: the next one goes on there."""

    posts: list[Post]
    more: bool


def claim(database: Database, now: dt.datetime, most: int, rules: Rules, token: Callable[[], str]) -> Claimed:
    """At most `most` texts to send now, at most one of an order key; the one due longest first. One transaction.

    `token` gives a word of at most 32 characters that was never given before. Raises what the database raises.
    """
    known = rules.marks is not None and restore_detection.notice(database, now, rules.marks) is not None
    with database.read.begin() as db:
        due = outbox_claims.is_due(db, database_mark.epoch(db), now)
        if not due or not Ways(route_health.all_of_them(db), rules.roads, now):
            return Claimed([], more=False)  # while every road rests, texts stay as they are and in their order
    with restore_detection.marking(database, now, rules.marks if known else None) as db:
        return _claim(db, now, most, rules, token())


def give_back(database: Database, posts: Sequence[Post]) -> None:
    """Let go of claimed texts whose sending was never begun; whoever claims next takes them. None was ever counted."""
    together: dict[tuple[str, dt.datetime, dt.datetime | None], list[int]] = defaultdict(list)
    for post in posts:
        together[post.lease, post.claimed_at, post.claimed_before].append(post.id)
    for (lease, claimed_at, before), ids in together.items():
        with database.write.begin() as db:
            if given := outbox_claims.give_back(db, ids, lease, before):
                outbox_claims.spend(db, _hour(claimed_at), -given)


def _claim(db: Session, now: dt.datetime, most: int, rules: Rules, lease: str) -> Claimed:
    spendable = rules.per_hour - outbox_claims.spent(db, _hour(now))  # from here on no other claim is under way
    epoch, ways = database_mark.epoch(db), Ways(route_health.all_of_them(db), rules.roads, now)
    posts: list[Post] = []
    for _ in range(ROUNDS):
        free = min(most, spendable) - len(posts)
        found = outbox_claims.candidates(db, epoch, now, free) if free > 0 and ways else []
        if not found:
            more = len(posts) == most
            break
        posts += _sorted(db, now, found, rules, ways, lease)
    else:
        more = True
    for name in sorted(ways.tried):
        route_breaker.rest(db, name, now)
    if posts:
        outbox_claims.spend(db, _hour(now), len(posts))
    return Claimed(posts, more)


def _hour(at: dt.datetime) -> dt.datetime:
    """The hour of the clock it falls into."""
    return at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def _sorted(
    db: Session, now: dt.datetime, found: Sequence[Candidate], rules: Rules, ways: Ways, lease: str
) -> list[Post]:
    """Decide about each, write it, and say what goes."""
    spent = Spent.of(
        outbox_claims.sent_to(db, {each.contact_id for each in found}, now - DAY),
        outbox_claims.sent_about(db, {each.order_key for each in found}),
    )
    going: dict[str, list[Candidate]] = defaultdict(list)
    waiting: dict[Wait, list[Candidate]] = defaultdict(list)
    dropped: dict[Drop, list[int]] = defaultdict(list)
    for each in found:
        match sort(each, now, rules, spent, ways):
            case Go(road):
                going[road].append(each)
            case Wait() as wait:
                waiting[wait].append(each)
            case Drop() as drop:
                dropped[drop].append(each.id)
    for road, texts in going.items():
        outbox_claims.take(db, [each.id for each in texts], road, lease, now)
    for wait, texts in waiting.items():
        outbox_claims.put_off(db, texts, wait.until, wait.reason)
    for drop, ids in dropped.items():
        outbox_claims.drop(db, ids, drop.state, drop.reason, now)
    return [_post(each, road, lease, now) for road, texts in going.items() for each in texts]


def _post(text: Candidate, road: str, lease: str, now: dt.datetime) -> Post:
    return Post(
        id=text.id,
        lease=lease,
        road=road,
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
