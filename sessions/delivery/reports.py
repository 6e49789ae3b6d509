"""What an aggregator tells of a text it took: kept once, and the text moves on."""

from __future__ import annotations

import datetime as dt

from sessions.delivery import match_reports
from sessions.delivery.outcome_types import DeliveryReport
from storage.connection.database import Database


def record_delivery_report(database: Database, now: dt.datetime, report: DeliveryReport) -> None:
    """Keep a delivery report and move its text on; a repeated, late or strange one changes nothing."""
    with database.write.begin() as db:
        match_reports.store_report(
            db,
            now,
            aggregator=report.aggregator,
            provider_id=report.provider_id,
            status=report.status,
            reason=report.reason,
            phone=report.phone,
        )
