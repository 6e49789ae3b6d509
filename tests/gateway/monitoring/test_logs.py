"""Log lines hold known keys in known shapes, whatever they are given."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError, ProgrammingError

from gateway.delivery.sender_pool import SenderPool
from gateway.monitoring import logs
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, SendOutcome, TemporaryRejection, Unknown
from storage.connection.database import Database
from tests.keys import open_database
from tests.sessions.posting import NAME, Aggregator, owe, take

PHONE = "+923001234567"
WORDS = "the tap has been dry for a week"
SECRET = "s3cret-s3cret-s3cret"


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def _fail() -> None:
    try:
        int(PHONE + "x")
    except ValueError as error:
        raise ValueError(WORDS) from error


@pytest.fixture(autouse=True)
def _configured() -> None:
    logs.configure("INFO")


def test_a_line_is_one_json_object_with_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    logs.log().warning("bad_phone", door="ussd", count=3)
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["level"], line["door"], line["count"]) == ("bad_phone", "warning", "ussd", 3)
    assert logs.TIME.fullmatch(str(line["at"]))


@pytest.mark.parametrize("value", [PHONE, WORDS, SECRET, 923001234567, {"phone": PHONE}, [PHONE], b"text", None])
def test_personal_data_is_dropped_under_any_key(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    keys = [*logs.NUMBERS, *logs.WORDS, *logs.SHAPES, "phone", "text", "ends", "secret", "anything"]
    for key in keys:
        logs.log().error("x", **{"event" if key == "event" else key: value} if key != "event" else {})
    logs.log().error(str(value))
    written = capsys.readouterr().err
    for private in (PHONE, PHONE[1:], WORDS, SECRET):
        assert private not in written


KNOWN = logs.NUMBERS | logs.STAFF | logs.WORDS | logs.SHAPES.keys() | {"ends"}
_keys = st.one_of(st.text(max_size=12), st.sampled_from(sorted(KNOWN)))


@given(st.dictionaries(_keys, st.one_of(st.text(), st.integers(), st.floats(), st.booleans())))
def test_whatever_is_logged_holds_no_space_and_no_long_number(event: dict[str, object]) -> None:
    for key, value in logs.drop_unlisted_keys(None, "", dict(event)).items():
        assert key in KNOWN
        assert " " not in str(value)
        assert isinstance(value, str) or abs(float(value)) < 1e9


def test_an_exception_is_told_by_type_and_place_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match=WORDS) as raised:
        _fail()
    logs.log().error("fault", **logs.fault(raised.value))
    (line,) = lines(capsys.readouterr().err)
    assert (line["error"], line["cause"]) == ("ValueError", "ValueError")
    assert PHONE not in str(line)


def test_the_place_of_a_fault_is_the_last_line_of_our_own_code() -> None:
    with pytest.raises(KeyError) as raised:
        logs.configure("LOUD")
    assert logs.fault(raised.value)["where"].startswith("gateway/monitoring/logs.py:")


def test_what_a_library_logs_is_cut_to_who_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("sqlalchemy.pool")
    library.error("could not store %s for %s", WORDS, PHONE, exc_info=OSError(PHONE))
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["logger"], line["error"]) == ("library", "sqlalchemy.pool", "OSError")
    assert not {PHONE, WORDS} & set(map(str, line.values()))


def test_a_thread_that_dies_says_so_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError(PHONE)

    kept, threading.excepthook = threading.excepthook, logs.thread_fault  # pytest has its own in place
    try:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    finally:
        threading.excepthook = kept
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["error"]) == ("thread_ended", "ValueError")


@pytest.mark.parametrize("network", ["41001", "", "x\n{}", PHONE, "٤١"])
def test_a_hop_is_one_line_whatever_its_network(network: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.hop(1.234, True, network, "live")
    logs.flush()
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["ms"], line["ends"], line["outcome"]) == ("hop", 1.2, True, "live")
    assert line.get("network") == (network if network == "41001" else None)
    assert logs.drop_unlisted_keys(None, "", dict(line)) == line


def test_a_log_that_cannot_be_written_costs_nobody_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    class Full:
        def write(self, text: str) -> int:
            tried.append(text)
            raise OSError("No space left on device")

    monkeypatch.setattr("sys.stderr", Full())
    for _ in range(logs.TOGETHER):
        logs.hop(1.0, True, "41001", "live")
    logs.log().warning("bad_phone", door="ussd")
    logging.getLogger("sqlalchemy.pool").error("x")
    assert len(tried) == 3  # the hops, the warning, the library's line


def test_a_higher_level_leaves_hop_lines_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("WARNING")
    logs.hop(1.0, False, "41001", "live")
    logs.flush()
    logs.log().info("published")
    assert capsys.readouterr().err == ""


def test_a_library_that_sets_its_own_level_still_says_nothing_below_warning(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("INFO")
    chatty = logging.getLogger("chatty")
    chatty.setLevel(logging.INFO)
    chatty.info("GET /hooks/africastalking/secret/ussd")
    chatty.warning("something")
    assert [line["level"] for line in lines(capsys.readouterr().err)] == ["warning"]


def test_a_fault_tells_the_databases_own_code_and_no_value(
    sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(OperationalError) as raised:
            connection.exec_driver_sql("INSERT INTO contacts (phone) VALUES (?)", (PHONE,))
    logs.log().error("fault", **logs.fault(raised.value))
    (line,) = lines(capsys.readouterr().err)
    assert (line["error"], line["code"]) == ("OperationalError", "SQLITE_READONLY")
    assert PHONE not in str(line)


def test_a_fault_of_postgresql_tells_its_sqlstate(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    with database.engine.connect() as connection, pytest.raises(ProgrammingError) as raised:
        connection.exec_driver_sql("SELECT * FROM nowhere")
    database.close()
    assert logs.fault(raised.value)["code"] == "42P01"


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Acceptance("ATXid_1"), "sent", None),
        (Rejection("InvalidPhoneNumber"), "failed", "InvalidPhoneNumber"),
        (Unknown("http_500"), "unknown", "http_500"),
        (SendFailure("connect"), "ready", "connect"),
        (TemporaryRejection(60, "code_20429"), "ready", "code_20429"),
        (Rejection(f"no route to {PHONE}"), "failed", None),
        (Rejection(PHONE), "failed", None),
    ],
)
def test_a_text_is_told_by_its_state_and_its_reason(
    sqlite_database: Database,
    now: dt.datetime,
    capsys: pytest.CaptureFixture[str],
    outcome: SendOutcome,
    state: str,
    reason: str | None,
) -> None:
    owe(sqlite_database, now)
    crew = SenderPool({NAME: Aggregator(outcome)}, 1)
    crew.give(take(sqlite_database, now), time.monotonic() + 9)
    assert len(crew.ended(5.0, 0.0, 1)) == 1
    logs.flush()
    (line,) = lines(capsys.readouterr().err)
    assert (line["event"], line["outcome"], line.get("reason")) == ("text", state, reason)
    assert PHONE not in str(line)
