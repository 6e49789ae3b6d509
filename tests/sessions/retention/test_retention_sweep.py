"""Nothing is removed a day too early or without a word, and all that is due goes wherever a process dies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import delete, event, func, insert, select, text
from sqlalchemy.orm import Session

from flows.retention.retention_file import Retention
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.delivery import outbox_admin
from sessions.retention import retention_plan
from sessions.retention.retention_sweep import REST, RetentionSweep
from storage.audit.entry import AuditActor
from storage.connection.database import Database
from storage.schema.tables import AuditRow, ConfirmedRule, Inbound, OutboxMessage
from tests.examples import examples
from tests.sessions.retention.kept_rows import MAKES, NOW, RETENTION, Kept, is_due, kept, make, prepare, stands
from tests.work import measured

pytestmark = pytest.mark.both_databases
SARA, AMIR = AuditActor("command", "sara"), AuditActor("command", "amir")


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_after(database: Database, statements: int) -> Iterator[None]:
    """The process dies before one more statement than these."""
    left = [statements]

    def count(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        yield
    except Killed:
        pass
    finally:
        event.remove(database.engine, "before_cursor_execute", count)


def sweep_of(database: Database, retention: Retention = RETENTION) -> RetentionSweep:
    """A process that has just started."""
    return RetentionSweep(database, retention, SHIPPED_POLICY, at_once=3)


@pytest.fixture
def confirmed(database: Database) -> Database:
    prepare(database)
    retention_plan.confirm(database, RETENTION, NOW, SARA, two_people=False)
    return database


@settings(
    max_examples=examples(150, quick=12),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(kept(), max_size=25), st.lists(st.integers(0, 60), max_size=8))
def test_what_is_due_goes_and_nothing_else_wherever_the_process_dies(
    confirmed: Database, rows: list[Kept], deaths: list[int]
) -> None:
    with confirmed.write.begin() as db:
        for table, *_ in MAKES.values():
            db.execute(delete(table))
        made = [(row, make(db, row)) for row in rows]
        newest(db)
    for statements in deaths:
        with killed_after(confirmed, statements):
            sweep_of(confirmed).look(NOW)
        with confirmed.read.begin() as db:
            assert [row for row, key in made if not is_due(row) and not _as_made(db, row, key)] == []
    while sweep_of(confirmed).look(NOW):
        pass
    with confirmed.read.begin() as db:
        assert [(row, _as_made(db, row, key)) for row, key in made if _as_made(db, row, key) is is_due(row)] == []


def newest(db: Session) -> None:
    """A text and an SMS that are not due, after all others: the latest of each stays whatever its age."""
    for rule in ("outbox_rows", "inbound_rows"):
        make(db, Kept(rule, 0, False, False))


@pytest.mark.parametrize(("rule", "table"), [("outbox_rows", OutboxMessage), ("inbound_rows", Inbound)])
def test_the_latest_row_stays_so_that_no_id_is_given_twice(
    confirmed: Database, rule: str, table: type[OutboxMessage | Inbound]
) -> None:
    """Keys that are kept for ever are made of ids."""
    ids = []
    for _ in range(3):
        with confirmed.write.begin() as db:
            ids += [make(db, Kept(rule, 500 * 24 * 60, False, False)) for _ in range(2)]
        while sweep_of(confirmed).look(NOW):
            pass
        with confirmed.read.begin() as db:
            assert db.scalars(select(table.id)).all() == ids[-1:]
    assert len(set(ids)) == len(ids)


def _as_made(db: Any, row: Kept, key: object) -> bool:
    return stands(db, row.rule, key)


def test_a_rule_removes_nothing_before_somebody_confirmed_it_as_it_stands(database: Database) -> None:
    prepare(database)
    old = Kept("reports", 100 * 24 * 60, False, False)
    with database.write.begin() as db:
        key = make(db, old)
    assert sweep_of(database).look(NOW) == 0
    [planned] = [each for each in planned_rules(database) if each.rule.name == "reports"]
    assert (planned.due, planned.runs, planned.oldest) == (1, False, NOW - dt.timedelta(days=100))
    longer = Retention(tuple(replace(rule, days=rule.days and rule.days + 100) for rule in RETENTION.rules))
    retention_plan.confirm(database, longer, NOW, SARA, two_people=False)
    assert sweep_of(database).look(NOW) == 0, "a stricter file than the one that was confirmed"
    retention_plan.confirm(database, RETENTION, NOW, SARA, two_people=False)
    assert sweep_of(database, longer).look(NOW) == 0, "a file that keeps more is carried out as it stands"
    assert sweep_of(database).look(NOW) == 1
    with database.read.begin() as db:
        assert not stands(db, "reports", key)
        said = db.scalars(select(AuditRow).where(AuditRow.event == "words_removed")).one()
        assert (said.subject, said.detail) == ("reports", {"rows": "1", "to": "nothing"})


def planned_rules(database: Database) -> list[retention_plan.PlannedRule]:
    return retention_plan.plan(database, RETENTION, NOW, SHIPPED_POLICY)


def test_where_two_people_are_needed_one_alone_confirms_nothing(database: Database) -> None:
    first = retention_plan.confirm(database, RETENTION, NOW, SARA, two_people=True)
    again = retention_plan.confirm(database, RETENTION, NOW, SARA, two_people=True)
    assert first.confirmed == again.confirmed == ()
    assert all(each.asked_by == "sara" and not each.runs for each in planned_rules(database))
    other = Retention(tuple(replace(rule, days=rule.days and rule.days - 1) for rule in RETENTION.rules))
    assert retention_plan.confirm(database, other, NOW, AMIR, two_people=True).confirmed == (), "it is another file"
    assert retention_plan.confirm(database, RETENTION, NOW, SARA, two_people=True).confirmed == ()
    assert len(retention_plan.confirm(database, RETENTION, NOW, AMIR, two_people=True).confirmed) == len(MAKES)
    assert all(each.runs for each in planned_rules(database))


def test_when_nothing_is_due_a_round_asks_once_in_ten_minutes(confirmed: Database) -> None:
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.extend(each for each in given[2:3] if each != "BEGIN")

    event.listen(confirmed.engine, "before_cursor_execute", note)
    process = sweep_of(confirmed)
    for second in range(0, 600, 2):
        process.look(NOW + dt.timedelta(seconds=second))
    assert len(asked) == 1 + len(RETENTION.rules), "once: which rules are confirmed, and each rule whether a row is due"
    process.look(NOW + REST)
    assert len(asked) == 2 * (1 + len(RETENTION.rules))


def test_several_sweeps_at_once_remove_each_row_once(confirmed: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with confirmed.write.begin() as db:
        for age in range(40):
            make(db, Kept("reports", 90 * 24 * 60 + age, False, False))

    def run(_: int) -> int:
        return sum(sweep_of(confirmed).look(NOW) for _ in range(5))

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(run, range(4)))
    assert done == 40
    with confirmed.read.begin() as db:
        batches = db.scalars(select(AuditRow).where(AuditRow.event == "words_removed")).all()
        assert sum(int(each.detail["rows"]) for each in batches) == 40
        assert db.scalar(select(func.count()).select_from(ConfirmedRule)) == len(RETENTION.rules)


def test_a_text_without_words_is_never_sent_again(confirmed: Database) -> None:
    with confirmed.write.begin() as db:
        old, new = (make(db, Kept("outbox", days * 24 * 60, False, False)) for days in (91, 89))
        for text in db.scalars(select(OutboxMessage)):
            text.state = "failed"
    assert sweep_of(confirmed).look(NOW) == 1
    with confirmed.read.begin() as db:
        assert db.scalars(select(OutboxMessage.id)).all() == [new]
    assert outbox_admin.retry(confirmed, NOW, [int(str(old)), int(str(new))]) == [new]


def test_finding_the_texts_that_are_due_costs_the_same_among_ten_times_as_many(confirmed: Database) -> None:
    def store(begin: int, end: int) -> None:
        same = {"contact_id": 1, "event": "received", "body_": "", "kind": "status", "urgent": False}
        same |= {"state": "delivered", "next_at": NOW, "created_at": NOW, "settled_at": NOW}
        texts = [same | {"dedupe": f"many:{each}", "order_key": f"many:{each}"} for each in range(begin, end)]
        with confirmed.write.begin() as db:
            db.execute(insert(OutboxMessage), texts)
            db.execute(text("ANALYZE outbox"))

    def round_of_three() -> int:
        with confirmed.write.begin() as db:
            for _ in range(3):
                make(db, Kept("outbox_rows", 91 * 24 * 60, False, False))
            newest(db)
        with measured(confirmed) as work:
            assert sweep_of(confirmed).look(NOW) == 3
        return work.cost

    store(0, 500)
    few = round_of_three()
    store(500, 5000)
    assert round_of_three() <= few * 1.2


def test_texts_of_a_case_stay_while_one_of_them_still_waits(confirmed: Database) -> None:
    """A text that waits is not sent once a later one of its case was: that one must be known until then."""
    with confirmed.write.begin() as db:
        old, waits = (make(db, Kept("outbox_rows", 200 * 24 * 60, each, False)) for each in (False, True))
        for text in db.scalars(select(OutboxMessage)):
            text.order_key = "complaint:1"
        newest(db)
    while sweep_of(confirmed).look(NOW):
        pass
    with confirmed.write.begin() as db:
        assert {old, waits} < set(db.scalars(select(OutboxMessage.id)))
        assert db.get_one(OutboxMessage, old).body == "", "its words are gone all the same"
        db.get_one(OutboxMessage, waits).state = "expired"
    while sweep_of(confirmed).look(NOW):
        pass
    with confirmed.read.begin() as db:
        assert not {old, waits} & set(db.scalars(select(OutboxMessage.id)))
