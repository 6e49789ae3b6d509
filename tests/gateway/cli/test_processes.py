"""What `flask worker` and `flask sweep` say before they work and while they do."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text

from gateway.cli.sweep_alarm_log import AlarmLog
from gateway.delivery import worker_job
from gateway.endpoints.application import Sunwai
from gateway.monitoring.counters import COUNTERS
from sessions.delivery import outbox_admin
from sessions.delivery.outcome_types import SendFailure, TemporaryRejection
from tests.gateway.outside import SECRET
from tests.sessions.posting import NAME, Aggregator, owe, rules, send


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def told(written: str) -> list[tuple[str, str]]:
    """Event and alarm of each line."""
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    return [(line["event"], line["problem"]) for line in lines if "problem" in line]


def test_a_worker_that_could_send_nothing_says_in_one_line_what_is_not_set(doors: Sunwai) -> None:
    worker_job.worker_context.cache_clear()
    without = {
        "WEBHOOK_SECRETS": SECRET,
        "ENVIRONMENT": "production",
        "AGGREGATORS": "africastalking,infobip",
        "FLASK_RUN_FROM_CLI": "true",
    }
    with doors.app_context():
        result = doors.test_cli_runner().invoke(args=["worker"], env=without)
    assert result.exit_code == 1
    assert "No text could be sent." in result.output
    assert "AT_API_KEY" in result.output
    assert "Traceback" not in result.output


def test_an_alarm_is_a_line_when_it_begins_and_when_it_is_over(
    doors: Sunwai, capsys: pytest.CaptureFixture[str]
) -> None:
    alarms = AlarmLog(doors.database, per_hour=1000, every=0.0)
    alarms.look()
    owe(doors.database, now())
    send(doors.database, now(), Aggregator(TemporaryRejection(600, "InsufficientBalance", account=True)))
    alarms.look()
    alarms.look()
    assert outbox_admin.reset_route(doors.database, now(), NAME)
    alarms.look()
    assert told(capsys.readouterr().err) == [("alarm", "road_stopped"), ("alarm_over", "road_stopped")]


def test_each_stopped_route_alarms_once_and_once_when_it_is_well_again(
    doors: Sunwai, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(route: str) -> None:
        owe(doors.database, now())
        no_money = Aggregator(TemporaryRejection(600, "InsufficientBalance", account=True))
        send(doors.database, now(), no_money, under=rules(route))

    alarms = AlarmLog(doors.database, per_hour=1000, every=0.0)
    for route in (NAME, "jazz"):
        stop(route)
        alarms.look()
        alarms.look()
    for route in (NAME, "jazz"):
        assert outbox_admin.reset_route(doors.database, now(), route)
        alarms.look()
        alarms.look()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "road_stopped" in line]
    assert [(each["event"], each["aggregator"]) for each in lines] == [
        ("alarm", NAME),
        ("alarm", "jazz"),
        ("alarm_over", NAME),
        ("alarm_over", "jazz"),
    ]


def test_alarms_are_not_asked_for_at_every_turn(doors: Sunwai, capsys: pytest.CaptureFixture[str]) -> None:
    alarms = AlarmLog(doors.database, per_hour=0)
    alarms.look()
    owe(doors.database, now())
    send(doors.database, now(), Aggregator(TemporaryRejection(600, "InsufficientBalance", account=True)))
    alarms.look()
    assert told(capsys.readouterr().err) == [("alarm", "budget_spent")]


def test_an_alarm_tells_why_its_route_stopped(doors: Sunwai, capsys: pytest.CaptureFixture[str]) -> None:
    owe(doors.database, now())
    send(doors.database, now(), Aggregator(TemporaryRejection(600, "http_401", account=True)))
    AlarmLog(doors.database, per_hour=1000, every=0.0).look()
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines() if "road_stopped" in line]
    assert (line["aggregator"], line["reason"]) == (NAME, "http_401")


def test_a_route_that_rests_is_a_line_and_so_is_its_being_used_again(
    doors: Sunwai, capsys: pytest.CaptureFixture[str]
) -> None:
    alarms = AlarmLog(doors.database, per_hour=1000, every=0.0)
    for _ in range(5):
        owe(doors.database, now())
    send(doors.database, now(), Aggregator(*[SendFailure("connect")] * 5), 9)
    alarms.look()
    alarms.look()
    owe(doors.database, now())
    later = now() + dt.timedelta(minutes=1)
    send(doors.database, later, Aggregator())
    alarms.look()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if '"road_' in line]
    assert [(each["event"], each["aggregator"], each.get("reason")) for each in lines] == [
        ("road_rests", NAME, "connect"),
        ("road_used_again", NAME, None),
    ]


def test_a_sweep_does_every_other_step_and_then_names_the_one_that_failed(
    doors: Sunwai, capsys: pytest.CaptureFixture[str]
) -> None:
    owe(doors.database, now())
    with doors.database.write.begin() as db:
        db.execute(text("ALTER TABLE reports RENAME TO away"))
    before = COUNTERS.fields().get("step:early_reports", 0)
    with doors.app_context():
        result = doors.test_cli_runner().invoke(args=["sweep", "--once"])
    assert result.exit_code == 1
    assert result.output.startswith("1 texts offered, ")
    assert "These steps failed, and the log says why: early_reports.\n" in result.output
    assert COUNTERS.fields()["step:early_reports"] == before + 1
    assert ("sweep_step_failed", "early_reports") in told(result.stderr)
