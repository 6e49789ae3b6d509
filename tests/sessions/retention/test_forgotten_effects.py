"""What a call did is forgotten after days: the call, should it come again, does nothing twice."""

from __future__ import annotations

import datetime as dt

import pytest
from redis import Redis
from sqlalchemy import func, select

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.retention import retention_plan
from sessions.retention.retention_sweep import RetentionSweep
from storage.audit.entry import AuditActor
from storage.schema.tables import ActionOutcome, History, OutboxMessage
from tests.sessions.calls import NEW_CALLER, NOW, Line, Phone, complaints
from tests.sessions.retention.kept_rows import RETENTION

pytestmark = pytest.mark.both_databases


def test_a_call_that_comes_again_when_its_effects_are_forgotten_files_nothing_twice(line: Line) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    database = line.database
    counted = [select(func.count()).select_from(table) for table in (OutboxMessage, History)]
    with database.read() as db:
        before = [db.scalar(each) for each in counted]
    [filed] = complaints(database)
    phone.now = NOW + dt.timedelta(days=8)
    retention_plan.confirm(database, RETENTION, NOW, AuditActor("command", "sara"), two_people=False)
    assert RetentionSweep(database, RETENTION, SHIPPED_POLICY).look(phone.now) > 0
    Redis.from_url(line.redis_url).flushall()
    with database.read() as db:
        assert db.scalars(select(ActionOutcome.id)).all() == []
    process = line.process()
    words = phone.text.split("*")
    for typed in range(len(words) + 1):
        phone.text = "*".join(words[:typed])
        phone.again(process)
    phone.again(line.process())
    assert [each.id for each in complaints(database)] == [filed.id]
    with database.read() as db:
        assert [db.scalar(each) for each in counted] == before
