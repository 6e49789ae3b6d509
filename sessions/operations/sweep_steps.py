"""The steps of the sweep's round: each fails alone, and one that fails for long is an alarm.

What failed is kept in the database, because `/readyz`, `/metrics` and the health page are other processes.
"""

import datetime as dt
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from storage.connection import error_codes
from storage.connection.database import Database
from storage.operations import failing_steps

LONG = dt.timedelta(minutes=1)  # a step that fails for longer needs a person
STALE = dt.timedelta(minutes=5)  # the last failure was longer ago: the sweep that failed is not running any more

T = TypeVar("T")


class SweepSteps:
    """Runs the steps of one process's rounds, one after the other; what fails does not keep the next from its turn.

    `notify` is called with the name of the step and what it raised. Once `stopping` is true, no step begins. For one
    thread.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], dt.datetime],
        notify: Callable[[str, Exception], object] = lambda name, error: None,  # noqa: ARG005
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database, self._clock, self._notify, self._stopping = database, clock, notify, stopping
        self._working: set[str] = set()  # steps of which no failure is on record

    def run(self, name: str, step: Callable[[], T], otherwise: T) -> T:
        """What the step returns, or `otherwise` if it raises. Never raises."""
        if self._stopping():
            return otherwise
        try:
            done = step()
        except Exception as error:  # noqa: BLE001 - every other step has its turn, and this one again in the next round
            self._working.discard(name)
            self._notify(name, error)
            if not _is_out_of_reach(error):
                self._record(name, failure_reason(error))
            return otherwise
        if name not in self._working and self._record(name, ""):
            self._working.add(name)
        return done

    def _record(self, name: str, reason: str) -> bool:
        """Keep that a step fails, or that it works; False if the database cannot."""
        try:
            with self._database.write.begin() as db:
                if reason:
                    failing_steps.record_failure(db, name, self._clock(), reason)
                else:
                    failing_steps.forget(db, name)
        except SQLAlchemyError:
            return False  # the database's own line in `/readyz` says it; the next round tries again
        return True


def _is_out_of_reach(error: Exception) -> bool:
    """True if there was no connection to the database: to record that would only be one more wait."""
    return isinstance(error, OperationalError) and not error_codes.code(error)


def failure_reason(error: Exception) -> str:
    """The kind of error and the database's code for it: never its message, which may hold anything."""
    return f"{type(error).__name__} {error_codes.code(error)}".strip()[:128]
