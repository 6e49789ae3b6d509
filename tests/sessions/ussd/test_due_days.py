"""The day that is promised before filing is the day that is filed: in working days of the complaint's province."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from flows.cases.working_time import parse_calendars
from flows.menu.model import Action
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy, case_policy
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd import action_handlers
from sessions.ussd.action_context import ActionContext
from storage.connection.database import Database
from storage.schema.tables import Complaint
from tests.sessions.filing import KARACHI, SARA, shipped

WHEN = dt.datetime(2027, 12, 24, 23, 30, tzinfo=KARACHI)  # a Friday; Monday is a holiday in Sindh


def scene(now: dt.datetime, policy: CasePolicy = SHIPPED_POLICY) -> ActionContext:
    published = PublishedFlow(1, 1, shipped(), now)
    return ActionContext("a1b2", 5, SARA, published, now, policy, lambda _: 12_345_678)


@pytest.mark.parametrize(
    ("category", "district", "office", "due"),
    [
        ("mun02", "lahore", "wasa_lahore", dt.date(2027, 12, 29)),  # three working days
        ("mun02", "karachi_south", "kwsc", dt.date(2027, 12, 30)),
        ("nrg02", "karachi_south", "k_electric", dt.date(2027, 12, 25)),  # a fallen wire: one day and night
    ],
)
def test_what_is_promised_is_what_is_filed(
    database: Database, category: str, district: str, office: str, due: dt.date
) -> None:
    given = {"category": category, "district": district}
    promised = action_handlers.plan(Action("plan_complaint", given), scene(WHEN))
    assert promised.record == {"office": office, "due": due.isoformat()}
    with database.write.begin() as db:
        run = action_handlers.ActionRun.begin(db, scene(WHEN))
        filed = action_handlers.HANDLERS["file_complaint"](run, dict(given))
    assert isinstance(filed.record, dict)
    assert (filed.record["office"], filed.record["due"]) == (office, due.isoformat())
    with database.read.begin() as db:
        complaint = db.scalars(select(Complaint)).one()
    assert (complaint.due_on, complaint.urgent) == (due, category == "nrg02")
    assert complaint.limit_days == (1 if complaint.urgent else 3)
    assert complaint.clock_at is not None


PLAIN, DANGER, SUICIDE = "gali mein masla hai", "ghar mein aag lagi hai", "main khud kushi kar lunga"


@pytest.mark.parametrize("details", [PLAIN, DANGER, SUICIDE])
def test_every_category_promises_the_day_and_the_office_that_it_is_filed_with(database: Database, details: str) -> None:
    """Words of danger are due sooner than their category, and the check screen must say so."""
    of_danger = details != PLAIN
    for category in shipped().rows["category"]:
        given = {"category": category, "district": "lahore", "details": details}
        planned = action_handlers.plan(Action("plan_complaint", given), scene(WHEN))
        with database.write.begin() as db:
            run = action_handlers.ActionRun.begin(db, scene(WHEN))
            filed = action_handlers.HANDLERS["file_complaint"](run, dict(given))
            assert isinstance(planned.record, dict)
            assert isinstance(filed.record, dict)
            assert (planned.result == "danger") == of_danger, category
            assert planned.record["due"] == filed.record["due"], category
            assert filed.record["office"] in (planned.record["office"], ""), category  # a private one names none
            db.rollback()


def test_the_operators_calendars_decide_for_whoever_is_handed_them_and_for_nobody_else() -> None:
    given = Action("plan_complaint", {"category": "mun02", "district": "lahore"})
    saturdays = parse_calendars("zone: Asia/Karachi\nhours: {sat: [09:00-12:00]}")
    own = case_policy(None, saturdays, "Asia/Karachi")
    promised = [action_handlers.plan(given, scene(WHEN, policy)).record for policy in (own, SHIPPED_POLICY)]
    # the third Saturday, or three of the working days of Punjab
    assert [each["due"] for each in promised if isinstance(each, dict)] == ["2028-01-08", "2027-12-29"]
