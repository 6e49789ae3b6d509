"""Filings that a model may learn from: calls in which the caller chose the category and also wrote words.

Texts are left out, because there the words chose the category. Private and sensitive complaints are never read, nor
those against an office.
"""

import datetime as dt
from collections.abc import Sequence

from flows.menu.model import Flow
from storage.cases import complaints
from storage.connection.database import Database

MOST_FILINGS = 100_000  # that one training reads: more take hours, and teach hardly anything
AT_A_TIME = 20_000  # complaints that one statement reads: a second at most
AGAINST = "against"  # a column of a category

Filing = tuple[str, str, dt.datetime]


def list_training_filings(
    database: Database, flow: Flow, most: int = MOST_FILINGS, at_a_time: int = AT_A_TIME
) -> Sequence[Filing]:
    """(words, category code, when) of the latest `most` filings, oldest first, read `at_a_time` complaints at a time.

    Names and numbers are still in the words.
    """
    rows, sensitive = flow.rows.get("category", {}), flow.sensitive.get("category", frozenset())
    learned = [code for code, row in rows.items() if code not in sensitive and not row.columns.get(AGAINST)]
    found: list[Filing] = []
    with database.read.begin() as db:
        until = complaints.newest_id(db)
    while until > 0 and len(found) < most:
        after = max(until - at_a_time, 0)
        with database.read.begin() as db:
            found = [*complaints.list_filings_by_call(db, learned, after=after, until=until), *found]
        until = after
    return found[-most:]
