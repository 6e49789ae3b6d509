"""What an aggregator tells of a text it took: kept once, and the text moves on."""

from __future__ import annotations

import datetime as dt

from sessions import receipts
from sessions.outcomes import DeliveryReport
from storage.database import Database


def report(database: Database, now: dt.datetime, report: DeliveryReport) -> None:
    """Keep a delivery report and move its text on; a repeated, late or strange one changes nothing."""
    with database.write.begin() as db:
        receipts.take(
            db,
            now,
            aggregator=report.aggregator,
            provider_id=report.provider_id,
            status=report.status,
            reason=report.reason,
            phone=report.phone,
        )
