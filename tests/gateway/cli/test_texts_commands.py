"""`flask texts`: what a person at 3 a.m. learns of texts, and does about them, without anybody's number."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from flows.text import tracking_number
from gateway.app import create_app
from gateway.cli.texts import STATES, texts
from gateway.endpoints.application import Sunwai
from sessions.delivery.match_reports import PATIENCE
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, TemporaryRejection, Unknown
from storage.messages.outbox import RANK
from storage.schema.tables import OutboxMessage
from tests.gateway.cli.flows.test_commands import run
from tests.gateway.endpoints.test_health import keeping, seen
from tests.gateway.outside import settings
from tests.servers import Valkey
from tests.sessions.filing import file_one
from tests.sessions.posting import NAME, SARA, Aggregator, look, owe, rules, send, swept

ROOT = Path(__file__).parents[3]
HOUR = dt.timedelta(hours=1)
WORDS = "gutter band hai"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def owed(app: Sunwai, ago: dt.timedelta = dt.timedelta(), **other: str) -> int:
    return owe(app.database, now() - ago, body=WORDS, **other)


def unconfirmed(app: Sunwai) -> int:
    """A text that three attempts left in doubt."""
    text, at = owed(app, HOUR), now() - HOUR
    for _ in range(3):
        send(app.database, at, Aggregator(Unknown("read_timeout")))
        at += PATIENCE
        swept(app.database, at)
    assert look(app.database, text).state == "unconfirmed"
    return text


def failed(app: Sunwai) -> int:
    text = owed(app)
    send(app.database, now(), Aggregator(Rejection("InvalidPhoneNumber")))
    return text


def stopped(app: Sunwai) -> None:
    owed(app)
    send(app.database, now(), Aggregator(TemporaryRejection(600, "InsufficientBalance", account=True)))


def hints(output: str) -> list[list[str]]:
    """Every command an output tells to type, as it can be typed."""
    return [found.split()[1:] for found in re.findall(r"flask texts [^`\n,]+", output)]


def test_a_list_tells_plainly_what_became_of_texts(doors: Sunwai) -> None:
    first, second = owed(doors), owed(doors)
    send(doors.database, now(), Aggregator(Acceptance("ATXid_1", 1, "PKR 1")))
    output = run(doors, "texts", "list").output
    assert f"{first}  -  received  accepted by the aggregator, no delivery report yet  [sent, created " in output
    assert f" s ago, 1 send by {NAME}]" in output
    assert f"{second}  -  received  waiting to be sent  [ready, " in output
    assert output.endswith("2 texts.\n")


def test_a_list_names_no_phone_and_no_words(doors: Sunwai) -> None:
    unconfirmed(doors), failed(doors), stopped(doors)
    for words in (["list"], ["stuck"], ["alarms"], ["roads"]):
        output = run(doors, "texts", *words).output
        assert SARA[3:] not in output
        assert WORDS not in output


def test_a_list_is_narrowed_to_states_and_to_a_complaint(doors: Sunwai) -> None:
    text = failed(doors)
    owed(doors)
    complaint, _ = file_one(doors.database)
    number = tracking_number.format_number(complaint.number)
    with doors.database.write.begin() as db:
        db.get_one(OutboxMessage, text).complaint_id = complaint.id
    assert run(doors, "texts", "list", "--state", "failed").output.count("[") == 1
    assert f"{text}  {number}  received  did not arrive (InvalidPhoneNumber)" in run(doors, "texts", "list").output
    about = run(doors, "texts", "list", number).output
    assert about.startswith(f"{text}  {number}  ")
    assert about.endswith("1 text.\n")
    assert run(doors, "texts", "list", "--limit", "1").output.endswith("1 text; there may be more: --limit.\n")
    assert run(doors, "texts", "list", "--state", "lost").exit_code == 2


def test_show_tells_the_words_and_masks_the_number(doors: Sunwai) -> None:
    text = owed(doors)
    send(doors.database, now(), Aggregator(Acceptance("ATXid_1", 2, "PKR 2")))
    output = run(doors, "texts", "show", str(text)).output
    assert f"words     {WORDS}" in output
    assert "to        +92…567\n" in output
    assert SARA not in output
    assert "accepted  ATXid_1, 2 parts, PKR 2" in output
    assert run(doors, "texts", "show", "999").exit_code == 1


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("quiet_hours", "(quiet hours)"),
        (
            "number_budget",
            "(this phone has had its daily limit of texts of this kind "
            "(TEXTS_PER_NUMBER_DAY, or the limit for replies or officers))",
        ),
        ("gave_up: read_timeout", "(tried too often, last: read_timeout)"),
        ("InternalServerError", "(InternalServerError)"),
    ],
)
def test_reasons_are_told_in_words(doors: Sunwai, reason: str, words: str) -> None:
    text = owed(doors)
    with doors.database.write.begin() as db:
        db.get_one(OutboxMessage, text).reason = reason
    assert f"waiting to be sent {words}" in run(doors, "texts", "list").output


def test_a_text_given_up_is_tried_again(doors: Sunwai) -> None:
    text, fresh = failed(doors), owed(doors)
    result = run(doors, "texts", "retry", str(text), str(fresh), "999")
    assert result.exit_code == 0
    assert f"1 text will be sent again: {text}." in result.output
    assert f"{fresh}: waiting to be sent" in result.output
    assert "999: there is no such text" in result.output
    assert look(doors.database, text).state == "ready"
    assert run(doors, "texts", "retry", "999").exit_code == 1


def test_a_text_that_waits_is_cancelled_and_one_that_went_is_not(doors: Sunwai) -> None:
    gone, waits = owed(doors), owed(doors)
    send(doors.database, now(), Aggregator())
    result = run(doors, "texts", "cancel", str(gone), str(waits))
    assert f"1 text will not be sent: {waits}." in result.output
    assert f"{gone}: accepted by the aggregator" in result.output
    assert look(doors.database, waits).state == "cancelled"


def test_what_is_stuck_comes_with_what_to_type_and_it_works(doors: Sunwai) -> None:
    doubtful = unconfirmed(doors)
    late = owed(doors, HOUR)
    output = run(doors, "texts", "stuck").output
    assert f"{doubtful}  -  received  may or may not have arrived: decide manually" in output
    assert "Late: is a worker running" in output
    assert f"flask texts retry {doubtful}\n" in output
    for words in hints(output):
        assert run(doors, *words).exit_code == 0 or words[1] == "cancel"  # the retry before it has decided already
    assert look(doors.database, doubtful).state == "cancelled"
    assert look(doors.database, late).state == "ready"


def test_a_text_that_no_route_leads_to_is_stuck_with_what_to_type_and_it_works(doors: Sunwai) -> None:
    text = owed(doors)
    send(doors.database, now(), Aggregator(), 9, rules(routes_for=lambda *_: ()))
    output = run(doors, "texts", "stuck").output
    assert f"{text}  -  received  did not arrive (there is no route to this number (ROADS))" in output
    assert "no_road  1 text failed: no route to their numbers" in run(doors, "texts", "alarms").output
    assert [words[1:] for words in hints(output)] == [["retry", str(text)], ["cancel", str(text)]]
    assert run(doors, *hints(output)[1]).output == f"1 text will not be sent: {text}.\n"
    assert run(doors, "texts", "alarms").output == "0 alarms.\n"


def test_after_a_restore_nothing_goes_until_it_is_released(doors: Sunwai) -> None:
    one, other = owed(doors), owed(doors)
    assert run(doors, "texts", "restored").exit_code == 1  # it asks first, and nobody said yes
    assert run(doors, "texts", "restored", "--yes").exit_code == 0
    assert send(doors.database, now(), Aggregator(), 9) == []
    held = run(doors, "texts", "list", "--held").output
    assert f"{one}  -  received  held since a restore: decide manually" in held
    assert "restored  2 texts are from before a restore" in run(doors, "texts", "alarms").output
    assert run(doors, "texts", "release").exit_code == 2
    assert f"1 text will be sent: {other}." in run(doors, "texts", "release", str(other)).output
    assert f"1 text will be sent: {one}." in run(doors, "texts", "release", "--all").output
    assert send(doors.database, now(), Aggregator(), 9) == [one, other]


def test_routes_tell_how_they_do_and_a_stopped_one_is_opened(doors: Sunwai) -> None:
    assert run(doors, "texts", "roads").output == f"{NAME}  works\n"
    owed(doors)
    send(doors.database, now(), Aggregator(SendFailure("connect")))
    assert "in use, with failures (1 failure in a row: connect)" in run(doors, "texts", "roads").output
    stopped(doors)
    output = run(doors, "texts", "roads").output
    assert "a person must act" in output
    assert "InsufficientBalance" in output
    assert f"flask texts roads --open {NAME}" in output
    assert f"`flask texts roads --open {NAME}`" in run(doors, "texts", "alarms").output
    assert f"{NAME} is tried again with" in run(doors, *hints(output)[0]).output
    assert run(doors, "texts", "roads", "--open", NAME).output == f"{NAME} had no failures.\n"
    assert run(doors, "texts", "alarms").output == "0 alarms.\n"
    assert run(doors, "texts", "roads", "--open", "nowhere").exit_code == 2


def test_an_opened_route_is_tried_at_once_with_the_texts_that_wait_and_is_not_called_well_before(
    doors: Sunwai,
) -> None:
    stopped(doors)
    untried = owed(doors)
    assert send(doors.database, now(), Aggregator(), 9) == []
    said = run(doors, "texts", "roads", "--open", NAME).output
    assert said == f"{NAME} is tried again with the 2 texts that wait; `flask texts roads` shows whether it works.\n"
    routes = run(doors, "texts", "roads").output
    assert f"{NAME}  reopened manually, no text has shown yet whether it works" in routes
    assert untried in send(doors.database, now(), Aggregator(), 9)
    assert run(doors, "texts", "roads").output == f"{NAME}  works\n"


def test_a_route_whose_key_was_wrong_is_tried_at_once_too(doors: Sunwai) -> None:
    text = owed(doors)
    send(doors.database, now(), Aggregator(TemporaryRejection(3000, "http_401", account=True)))
    assert look(doors.database, text).next_at > now()
    assert "the 1 text that waits" in run(doors, "texts", "roads", "--open", NAME).output
    assert send(doors.database, now(), Aggregator(), 9) == [text]


def test_released_texts_are_due_at_once(doors: Sunwai) -> None:
    text = owed(doors)
    send(doors.database, now(), Aggregator(SendFailure("connect")))
    run(doors, "texts", "restored", "--yes")
    with doors.database.write.begin() as db:
        db.get_one(OutboxMessage, text).next_at = now() + HOUR
    assert f"1 text will be sent: {text}." in run(doors, "texts", "release", str(text)).output
    assert send(doors.database, now(), Aggregator(), 9) == [text]


def test_a_text_that_only_waits_is_made_due_by_retry(doors: Sunwai) -> None:
    text = owed(doors)
    with doors.database.write.begin() as db:
        db.get_one(OutboxMessage, text).next_at = now() + HOUR
    result = run(doors, "texts", "retry", str(text))
    assert (result.exit_code, result.output) == (0, f"1 text waited and will be sent at once: {text}.\n")
    assert look(doors.database, text).next_at <= now()


@pytest.mark.parametrize(("reason", "words"), [("quiet_hours", "quiet hours"), ("number_budget", "this phone has had")])
def test_quiet_hours_and_budgets_keep_what_a_person_lets_go_and_it_is_said(
    doors: Sunwai, reason: str, words: str
) -> None:
    text, until = owed(doors), now() + HOUR
    with doors.database.write.begin() as db:
        row = db.get_one(OutboxMessage, text)
        row.next_at, row.reason = until, reason
    assert f"{text}: waiting to be sent ({words}" in run(doors, "texts", "retry", str(text)).output
    run(doors, "texts", "restored", "--yes")
    released = run(doors, "texts", "release", str(text)).output
    assert f"{text}: waiting to be sent ({words}" in released
    assert ", until " in released
    assert (look(doors.database, text).next_at, look(doors.database, text).reason) == (until, reason)


def test_what_keeps_texts_that_a_person_made_due_is_said(published_url: str, valkey: Valkey) -> None:
    quiet = create_app(settings(published_url, valkey.url, QUIET_HOURS="00:00-23:59"))
    text = owed(quiet)
    run(quiet, "texts", "restored", "--yes")
    assert "Quiet hours: texts that are not urgent still wait until" in run(quiet, "texts", "release", str(text)).output
    quiet.close()


def test_a_text_not_tried_yet_says_that_its_route_is_stopped(doors: Sunwai) -> None:
    stopped(doors)
    text = owed(doors)
    line = run(doors, "texts", "list").output.splitlines()[0]
    assert line.startswith(f"{text}  ")
    assert f"waits: {NAME} is stopped: InsufficientBalance (flask texts roads)]" in line
    assert "next look" not in line


def test_a_text_not_tried_yet_says_that_the_budget_is_spent(published_url: str, valkey: Valkey) -> None:
    small = create_app(settings(published_url, valkey.url, TEXTS_PER_HOUR="1"))
    owed(small)
    send(small.database, now(), Aggregator(), under=rules(per_hour=1))
    owed(small)
    assert "TEXTS_PER_HOUR" in run(small, "texts", "list").output.splitlines()[0]
    small.close()


@pytest.mark.parametrize("number", ["abc", "999-999-999", "482-719-304"])
def test_a_list_about_a_complaint_that_is_not_there_says_so(doors: Sunwai, number: str) -> None:
    result = run(doors, "texts", "list", number)
    assert result.exit_code == 1
    assert "0 texts" not in result.output


def test_routes_say_how_many_texts_no_rule_leads_to(doors: Sunwai) -> None:
    owed(doors)
    send(doors.database, now(), Aggregator(), 9, rules(routes_for=lambda *_: ()))
    assert "1 text failed: no route to their numbers (ROADS)" in run(doors, "texts", "roads").output


def test_a_route_that_rests_says_so_until_a_text_was_taken(doors: Sunwai) -> None:
    for _ in range(5):
        owed(doors, HOUR)
    send(doors.database, now() - HOUR, Aggregator(*[SendFailure("connect")] * 5), 9)
    assert "paused, next try with the next text (5 failures in a row: connect)" in run(doors, "texts", "roads").output


def test_ready_names_each_alarm_and_stays_ready(doors: Sunwai, valkey: Valkey) -> None:
    unconfirmed(doors), stopped(doors)
    seen(doors, worker=0, sweep=0)  # the sweep of the past left a sign of life an hour old
    with keeping(valkey):
        answer = doors.test_client().get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True), answer.text
    assert NAME in answer.json["road_stopped"]
    assert answer.json["unconfirmed"].startswith("1 text may or may not have arrived")
    assert SARA[3:] not in answer.text


def test_every_state_has_words_and_is_on_the_page_for_the_night() -> None:
    assert set(STATES) == set(RANK)
    page = (ROOT / "docs" / "operators" / "troubleshooting-texts.md").read_text(encoding="utf-8")
    assert [state for state in STATES if f"`{state}`" not in page] == []


def test_every_command_of_the_page_for_the_night_is_one(doors: Sunwai) -> None:
    page = (ROOT / "docs" / "operators" / "troubleshooting-texts.md").read_text(encoding="utf-8")
    typed = [words.split() for words in re.findall(r"`flask (texts [^`]+)`", page)]
    assert {words[1] for words in typed} == set(texts.commands)
    example = {"NAME": NAME, "ID": "1", "NUMBER": "482-719-304", "STATE": "failed"}
    for words in typed:
        result = run(doors, *[example.get(word, word) for word in words])
        assert result.exit_code in (0, 1), result.output  # 2: it is not typed like that
