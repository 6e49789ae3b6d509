"""The counts of cases: changes are added to them every round of the sweep, and they are compared with the cases.

What keeps them is storage/schema/cases.py.
"""

from collections import Counter

from msgspec import Struct
from sqlalchemy.orm import Session

from storage.cases import complaints
from storage.connection.database import Database
from storage.operations import case_counts
from storage.operations.case_counts import AT_ONCE, CountKey

PARTS = 20  # transactions of one round: it has other things to do
CASES_AT_ONCE = 20_000  # that one statement counts


class CountDifference(Struct, frozen=True):
    """A count that is wrong: what it says, and how many cases there are."""

    key: CountKey
    counted: int
    cases: int


def see_one_moment(db: Session) -> None:
    """Every statement of the transaction sees the database as the first one did. On SQLite it is always so."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def add_changes(database: Database) -> int:
    """Add the changes that were noted since the last round to the counts; how many. Any number of sweeps may do it."""
    added = 0
    for _part in range(PARTS):
        with database.write.begin() as db:
            done = case_counts.add_changes(db)
        added += done
        if done < AT_ONCE:
            break
    return added


def find_differences(database: Database) -> list[CountDifference]:
    """Every count that is not what the cases say, by its key.

    All statements see one moment, so nobody has to wait and nothing is reported that only changed meanwhile. No
    statement reads more than CASES_AT_ONCE cases.
    """
    cases: Counter[CountKey] = Counter()
    with database.read.begin() as db:
        see_one_moment(db)
        newest = complaints.newest_id(db)
        for after in range(0, newest, CASES_AT_ONCE):
            cases.update(case_counts.count_cases_between(db, after, min(after + CASES_AT_ONCE, newest)))
        counted = case_counts.kept_counts(db)
    return [
        CountDifference(key, counted.get(key, 0), cases[key])
        for key in sorted(counted.keys() | cases.keys())
        if counted.get(key, 0) != cases[key]
    ]


def repair(database: Database) -> list[CountDifference]:
    """Correct every count that is wrong; what was wrong.

    A correction is noted as a change of its own, so what others note meanwhile stays right.
    """
    found = find_differences(database)
    for first in range(0, len(found), AT_ONCE):
        lacks = {each.key: each.cases - each.counted for each in found[first : first + AT_ONCE]}
        with database.write.begin() as db:
            case_counts.correct(db, lacks)
    return found
