"""The step of the sweep that makes the partitions of the months that come, in good time (PostgreSQL alone)."""

import datetime as dt

from storage.connection import monthly_partitions
from storage.connection.database import Database

REST = dt.timedelta(hours=1)  # until it looks again, when nothing was missing


class MonthsAhead:
    """The rounds of one process. For one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked_at: dt.datetime | None = None  # nothing was missing then

    def look(self, now: dt.datetime) -> int:
        """Make what is missing; how many. Raises what the database raises: then rows go on among the others.

        Each in a transaction of its own, which waits 300 ms for the table and is tried again in the next round.
        """
        if self._looked_at is not None and dt.timedelta(0) <= now - self._looked_at < REST:
            return 0
        with self._database.read.begin() as db:
            missing = monthly_partitions.months_to_make(db, now)
        for table, month in missing:
            with self._database.write.begin() as db:
                monthly_partitions.make(db, table, month)
        self._looked_at = now
        return len(missing)
