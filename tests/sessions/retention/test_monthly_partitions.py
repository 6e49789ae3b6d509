"""Reports in monthly partitions: none is refused, stored twice or forgotten too early, and whole months go at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, text
from sqlalchemy.exc import DBAPIError

from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.retention import retention_plan
from sessions.retention.months_ahead import MonthsAhead
from sessions.retention.retention_sweep import RetentionSweep
from storage.audit.entry import AuditActor
from storage.connection import monthly_partitions
from storage.connection.database import Database
from storage.messages import delivery_reports
from storage.migrations.runner import downgrade, migrate
from storage.schema.tables import AuditRow, Report
from tests.examples import examples
from tests.keys import open_database
from tests.servers import PostgreSQL
from tests.sessions.retention.kept_rows import RETENTION

pytestmark = pytest.mark.both_databases
SARA = AuditActor("command", "sara")
MOMENT = dt.timedelta(microseconds=1)
NAMES = text("SELECT relname FROM pg_class WHERE relname ~ '^reports_(to_)?(y|other)' AND relkind = 'r' ORDER BY 1")


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Database]:
    opened = open_database(postgresql_url)
    yield opened
    opened.close()


def end_of_first(database: Database) -> dt.datetime:
    """Until when the partition reaches that was the whole table."""
    with database.read.begin() as db:
        return monthly_partitions.partitions(db)[0].end


def later(at: dt.datetime, months: int) -> dt.datetime:
    for _ in range(months):
        at = monthly_partitions.next_month(at)
    return at


def add(database: Database, at: dt.datetime, name: str) -> int | None:
    with database.write.begin() as db:
        told = {"aggregator": "a", "provider_id": name, "status": "Success", "reason": "", "phone": "+923001234567"}
        return delivery_reports.add(db, at, **told)


def stored(database: Database) -> dict[str, str]:
    """The partition of each report, by the id that it names."""
    with database.read.begin() as db:
        return dict(db.execute(text("SELECT provider_id, tableoid::regclass::text FROM reports ORDER BY id")).all())


def names(database: Database) -> list[str]:
    with database.read.begin() as db:
        return list(db.scalars(NAMES))


def confirm(database: Database, now: dt.datetime) -> RetentionSweep:
    retention_plan.confirm(database, RETENTION, now, SARA, two_people=False)
    return RetentionSweep(database, RETENTION, SHIPPED_POLICY)


def test_each_month_has_its_partition_two_months_before_and_a_row_goes_where_its_time_is(postgresql: Database) -> None:
    first = end_of_first(postgresql)
    ahead = MonthsAhead(postgresql)
    assert ahead.look(first) == 3
    assert MonthsAhead(postgresql).look(later(first, 1) - MOMENT) == 0
    assert ahead.look(later(first, 1)) == 1
    add(postgresql, first - MOMENT, "last of the month before")
    add(postgresql, first, "first")
    add(postgresql, later(first, 1) - MOMENT, "last")
    add(postgresql, later(first, 1), "first of the next")
    add(postgresql, later(first, 9), "of a month that nobody expects")
    parts = [f"reports_y{later(first, each):%Ym%m}" for each in (0, 1, 9)]
    before = f"reports_to_y{first:%Ym%m}"
    assert list(stored(postgresql).values()) == [before, parts[0], parts[0], parts[1], "reports_other"]
    assert MonthsAhead(postgresql).look(later(first, 9)) == 3, "those that nobody expected move to where they belong"
    assert list(stored(postgresql).values())[-1] == parts[2]


@pytest.mark.parametrize("months", [0, 1])
def test_a_report_that_comes_again_is_stored_once_on_whichever_side_of_the_border(
    postgresql: Database, months: int
) -> None:
    border = later(end_of_first(postgresql), months)
    MonthsAhead(postgresql).look(border)
    assert add(postgresql, border - MOMENT, "one") is not None
    assert add(postgresql, border - MOMENT, "one") is None
    assert add(postgresql, border + dt.timedelta(days=20), "one") is None
    with ThreadPoolExecutor(4) as pool:
        either = [border - MOMENT, border + MOMENT] * 10
        ids = list(pool.map(lambda given: add(postgresql, given[1], f"at once {given[0] // 2}"), enumerate(either)))
    assert sum(each is not None for each in ids) == len(stored(postgresql)) - 1 == len(either) // 2


def test_a_month_goes_at_once_when_all_of_it_is_due_and_not_before(postgresql: Database) -> None:
    first = end_of_first(postgresql)
    for month in (first, later(first, 2)):
        MonthsAhead(postgresql).look(month)
    for months in range(4):
        add(postgresql, later(first, months), f"{months}")
        add(postgresql, later(first, months + 1) - MOMENT, f"{months} last")
    add(postgresql, first - MOMENT, "old")
    fifth = later(first, 4) - dt.timedelta(days=2)  # 30 days before it, the third had not ended
    sweep = confirm(postgresql, fifth)
    planned = {each.rule.name: each for each in retention_plan.plan(postgresql, RETENTION, fifth, SHIPPED_POLICY)}
    assert (planned["reports"].due, planned["reports"].oldest) == (5, first - MOMENT)
    deleted: list[str] = []
    event.listen(
        postgresql.engine,
        "before_cursor_execute",
        lambda *given: deleted.append(given[2]) if given[2].startswith("DELETE FROM reports") else None,
    )
    assert sweep.look(fifth) == 5
    assert deleted == []
    assert set(stored(postgresql)) == {"2", "2 last", "3", "3 last"}
    assert names(postgresql)[:2] == ["reports_other", f"reports_y{later(first, 2):%Ym%m}"]
    with postgresql.read.begin() as db:
        said = db.scalars(select(AuditRow.detail).where(AuditRow.event == "words_removed").order_by(AuditRow.id)).all()
    assert said == [{"rows": rows, "to": "nothing"} for rows in ("1", "2", "2")]


@settings(
    max_examples=examples(60, quick=6),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
)
@given(st.lists(st.tuples(st.integers(-40, 200), st.lists(st.integers(0, 3 * 24 * 60), max_size=2)), max_size=6))
def test_however_the_clock_leaps_the_reports_are_kept_that_the_rule_says(
    database: Database, steps: list[tuple[int, list[int]]]
) -> None:
    """Days by which the clock leaps, and minutes before the new time at which reports came."""
    now = dt.datetime(2027, 1, 31, 23, 59, tzinfo=dt.UTC)
    confirm(database, now)
    with database.write.begin() as db:
        db.execute(delete(Report))
    kept: dict[str, dt.datetime] = {}
    for leap, came in steps:
        now += dt.timedelta(days=leap)
        MonthsAhead(database).look(now)
        for minutes in came:
            at = now - dt.timedelta(minutes=minutes)
            name = f"report {len(kept)} {at.timestamp()}"
            add(database, at, name)
            kept[name] = at
        while RetentionSweep(database, RETENTION, SHIPPED_POLICY).look(now):
            pass
        over = now - dt.timedelta(days=30)  # its month had ended then
        kept = {name: at for name, at in kept.items() if (at.year, at.month) >= (over.year, over.month)}
        with database.read.begin() as db:
            assert set(db.scalars(select(Report.provider_id))) == set(kept)


def test_who_reads_the_table_for_long_is_left_in_peace_and_the_month_goes_later(
    postgresql: Database,
) -> None:
    first = end_of_first(postgresql)
    MonthsAhead(postgresql).look(first)
    add(postgresql, first, "old")
    now = later(first, 3)
    sweep = confirm(postgresql, now)
    with postgresql.engine.connect() as backup:
        backup.execute(text("SELECT count(*) FROM reports"))
        assert sweep.look(now) == 1, "its row goes all the same"
        assert f"reports_y{first:%Ym%m}" in names(postgresql)
    add(postgresql, first, "late")
    assert RetentionSweep(postgresql, RETENTION, SHIPPED_POLICY).look(now) == 1
    assert f"reports_y{first:%Ym%m}" not in names(postgresql)


def test_the_run_time_role_makes_and_drops_months_and_no_other_table(postgresql_server: PostgreSQL) -> None:
    with postgresql_server.served() as url:
        database = open_database(url)
        first = end_of_first(database)
        assert MonthsAhead(database).look(first) == 3
        add(database, first, "old")
        with database.write.begin() as db:
            [old, month] = monthly_partitions.find_over(db, "reports", later(first, 1))
            assert (monthly_partitions.drop(db, old), monthly_partitions.drop(db, month)) == (0, 1)
        for call in (
            f"make_month('history', '{later(first, 4):%Y-%m-%d}')",
            f"make_month('reports', '{later(first, 4):%Y-%m}-02')",
            "drop_month('reports', 'history')",
            "drop_month('reports', 'reports_other')",
            "drop_month('history', 'history')",
        ):
            with pytest.raises(DBAPIError) as refused, database.write.begin() as db:
                db.execute(text(f"SELECT {call}"))
            assert getattr(refused.value.orig, "sqlstate", "") == "42501", call
        database.close()


def test_every_report_is_there_after_going_back_a_release_and_up_again(postgresql: Database) -> None:
    first = end_of_first(postgresql)
    MonthsAhead(postgresql).look(first)
    for at in (first - MOMENT, first, later(first, 1), later(first, 7)):
        add(postgresql, at, f"{at:%m}")
    everything = text("SELECT id, provider_id, status, phone, phone_ix, at FROM reports ORDER BY id")
    with postgresql.read.begin() as db:
        before = db.execute(everything).all()
    downgrade(postgresql, "0037")
    with postgresql.read.begin() as db:
        assert db.execute(everything).all() == before
        assert names(postgresql) == []
    with postgresql.write.begin() as db:  # of an upgrade that was given up in another month
        db.execute(text("ALTER TABLE reports ADD CONSTRAINT reports_before_204001 CHECK (at < '2040-01-01')"))
    migrate(postgresql)
    with postgresql.read.begin() as db:
        assert db.scalars(text("SELECT conname FROM pg_constraint WHERE conname LIKE 'reports_before%'")).all() == []
    with postgresql.read.begin() as db:
        assert db.execute(everything).all() == before
    assert end_of_first(postgresql) == later(first, 9), "two months after the last report, whatever its clock said"
    assert add(postgresql, later(first, 1), f"{first:%m}") is None
    added = add(postgresql, first, "another")
    assert added is not None and added > before[-1].id
