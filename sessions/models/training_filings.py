"""Filings that a model may learn from: calls in which the caller chose the category and also wrote words.

Texts are left out, because there the words chose the category. Private and sensitive complaints are never read, nor
those against an office.
"""

import datetime as dt
from collections.abc import Sequence

from flows.menu.model import Flow
from storage.cases import complaints
from storage.connection.database import Database

AGAINST = "against"  # a column of a category


def list_training_filings(database: Database, flow: Flow) -> Sequence[tuple[str, str, dt.datetime]]:
    """(words, category code, when) of each filing, oldest first. Names and numbers are still in the words."""
    rows, sensitive = flow.rows.get("category", {}), flow.sensitive.get("category", frozenset())
    learned = [code for code, row in rows.items() if code not in sensitive and not row.columns.get(AGAINST)]
    with database.read.begin() as db:
        return complaints.list_filings_by_call(db, learned)
