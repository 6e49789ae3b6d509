"""What callers did on each screen: fetched from Redis, where hops count it, and added to the database.

A hop is counted by the command that saves it (ussd/session_store.py), so only answered hops count, and each once. If
Redis loses what was not fetched yet, a few seconds are missing from a statistic, but no call is lost.

Fetching renames the hash: that is a batch. Its counts and a row with its name are added in one transaction, and only
then is it deleted. If a process dies in between, the batch was added once or not at all, and the next round finds it by
its name. Any number of sweeps may run.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any, cast

from redis.backoff import NoBackoff
from redis.retry import Retry

from sessions.redis.redis_client import open_redis
from sessions.ussd import screen_counters
from sessions.ussd.session_store import COUNTS
from storage.connection.database import Database
from storage.menus import call_steps, screen_counts

BATCHES = b"footfall:batches"
EVERY = dt.timedelta(seconds=10)  # between two fetches of one sweep
TIDY = dt.timedelta(hours=1)
REMEMBERED = dt.timedelta(days=1)  # a batch that was added: no sweep hangs for longer than this
PATHS_KEPT = dt.timedelta(days=14)  # of calls; the counts stay
MONTHS = 400  # days for which wrong entries are kept, in whole months
PARTS = 100  # transactions in which old paths are deleted at one time
PATIENCE = 2.0  # seconds a fetch may take; nobody waits for it

_FETCH = """
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('RENAME', KEYS[1], KEYS[3])
  redis.call('SADD', KEYS[2], KEYS[3])
end
return redis.call('SMEMBERS', KEYS[2])
"""


class RedisScreenCounts:
    """The counts in Redis. Its methods raise what redis-py raises."""

    def __init__(self, redis_url: str) -> None:
        self._redis = open_redis(
            redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )

    def fetch(self) -> list[bytes]:
        """Make a batch of what was counted so far; the names of all batches to add, in order."""
        name = b"%s:%s" % (COUNTS, secrets.token_hex(16).encode())
        return sorted(cast("list[bytes]", self._redis.eval(_FETCH, 3, COUNTS, BATCHES, name)))

    def fields(self, batch: bytes) -> dict[bytes, bytes]:
        """The counts of a batch; nothing if it has been dropped since."""
        return cast("dict[bytes, bytes]", self._redis.hgetall(cast("Any", batch)))

    def drop(self, batch: bytes) -> None:
        """Delete a batch that has been added."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(batch)
        pipe.srem(cast("Any", BATCHES), batch)
        pipe.execute()


def collect_screen_counts(database: Database, now: dt.datetime, tally: RedisScreenCounts) -> int:
    """Add everything counted so far; how many batches were added.

    A batch that fails does not stop the others. Raises what Redis or the database raised; the next round continues.
    """
    added, failed = 0, None
    for batch in tally.fetch():
        try:
            if add_batch(database, now, batch, tally.fields(batch)):
                added += 1
            tally.drop(batch)
        except Exception as error:  # noqa: BLE001 - raised below, when every other batch had its turn
            failed = error
    if failed is not None:
        raise failed
    return added


def add_batch(database: Database, now: dt.datetime, batch: bytes, fields: dict[bytes, bytes]) -> bool:
    """Add the counts of a batch; False if it was added before, or is empty."""
    sums = screen_counters.parse_counts(fields)
    if not sums.spots and not sums.words and not sums.steps:
        return False
    with database.write.begin() as db:
        if not screen_counts.record_batch(db, batch.decode(), now):
            return False
        screen_counts.add(db, sums.spots)
        screen_counts.add_words(db, sums.words)
        call_steps.add(db, sums.steps)
    return True


def tidy(database: Database, now: dt.datetime) -> None:
    """Delete batches that were added long ago, wrong entries that are rare or old, and paths of calls."""
    today = now.date()
    with database.write.begin() as db:
        screen_counts.forget(
            db,
            batches=now - REMEMBERED,
            words=(today - dt.timedelta(days=MONTHS)).replace(day=1),
            month=(today - dt.timedelta(days=1)).replace(day=1),  # somewhere it is still yesterday
        )
    for _part in range(PARTS):
        with database.write.begin() as db:
            if not call_steps.forget(db, today - PATHS_KEPT):
                break


class ScreenCountCollector:
    """Collects every few seconds, however often it is called, and tidies every hour."""

    def __init__(self, database: Database, tally: RedisScreenCounts, clock: Callable[[], dt.datetime]) -> None:
        self._database, self._tally, self._clock = database, tally, clock
        self._collects_at = self._tidies_at = dt.datetime.min.replace(tzinfo=dt.UTC)

    def look(self) -> None:
        """Do what is due. Raises what Redis or the database raises."""
        now = self._clock()
        if now >= self._collects_at:
            self._collects_at = now + EVERY
            collect_screen_counts(self._database, now, self._tally)
        if now >= self._tidies_at:
            self._tidies_at = now + TIDY
            tidy(self._database, now)
