"""The checker finds what it is there for. Each test plants one thing that must not happen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.canaries import Canaries
from tests.faults.checker import ONCE, SAME, SILENT, TEXTED, TOLD, broken, check
from tests.faults.evidence import Evidence, Owed

SARA, NUMBER, OTHER = "+923001234567", "482719304", "130000008"
BODY = "No/low water: complaint 482-719-304 received."
BUSY = "END Not available right now. Nothing was lost. Please dial *8484# again in a few minutes."


@pytest.fixture
def seen() -> Evidence:
    """One citizen, one complaint, one text: as it should be."""
    good = Evidence()
    good.told[SARA].append(NUMBER)
    good.complaints.append((SARA, NUMBER))
    good.owed.append(Owed(SARA, BODY, "delivered", 1, 0))
    good.accepted.append((SARA, BODY))
    good.answers["s", "1*1"] = ["END Filed. Your number:\n482-719-304"] * 2
    return good


def test_nothing_is_found_where_all_is_well(seen: Evidence) -> None:
    assert broken(check(seen)) == set()


def test_a_citizen_told_a_number_that_is_not_stored_is_found(seen: Evidence) -> None:
    seen.told[SARA].append(OTHER)
    assert broken(check(seen)) == {TOLD}


def test_a_complaint_stored_twice_is_found(seen: Evidence) -> None:
    seen.complaints.append((SARA, OTHER))
    seen.accepted.append((SARA, BODY.replace("482-719-304", OTHER)))
    seen.owed.append(Owed(SARA, BODY.replace("482-719-304", OTHER), "delivered", 1, 0))
    assert broken(check(seen)) == {TOLD}


def test_a_complaint_nobody_was_texted_about_is_found_also_when_its_row_says_sent(seen: Evidence) -> None:
    seen.accepted.clear()
    assert broken(check(seen)) == {TEXTED}


def test_a_text_that_reached_another_phone_does_not_count(seen: Evidence) -> None:
    seen.accepted = [("+923007654321", BODY)]
    assert broken(check(seen)) == {TEXTED, ONCE}


def test_a_text_accepted_twice_without_an_ambiguous_attempt_is_found(seen: Evidence) -> None:
    seen.accepted.append((SARA, BODY))
    assert broken(check(seen)) == {ONCE}


def test_a_text_accepted_twice_after_an_ambiguous_attempt_may_be(seen: Evidence) -> None:
    seen.accepted.append((SARA, BODY))
    seen.owed = [Owed(SARA, BODY, "delivered", 2, 1)]
    assert broken(check(seen)) == set()


def test_a_text_accepted_more_often_than_its_ambiguous_attempts_explain_is_found(seen: Evidence) -> None:
    seen.accepted += [(SARA, BODY)] * 2
    seen.owed = [Owed(SARA, BODY, "delivered", 3, 1)]
    assert broken(check(seen)) == {ONCE}


def test_a_text_with_four_ambiguous_attempts_is_found(seen: Evidence) -> None:
    seen.owed = [Owed(SARA, BODY, "delivered", 4, 4)]
    assert broken(check(seen)) == {ONCE}


def test_a_hop_answered_in_two_ways_is_found(seen: Evidence) -> None:
    seen.answers["s", "1*1"].append("CON What is it about?")
    assert broken(check(seen)) == {SAME}


def test_an_apology_is_no_second_answer(seen: Evidence) -> None:
    seen.answers["s", "1*1"].append(BUSY)
    assert broken(check(seen)) == set()


def test_an_answer_that_is_no_screen_is_found(seen: Evidence) -> None:
    seen.odd.append("502 'Bad Gateway'")
    assert broken(check(seen)) == {SAME}


def test_a_leak_is_found(seen: Evidence) -> None:
    seen.leaks.append("web1.log")
    assert broken(check(seen)) == {SILENT}


def test_numbers_words_and_secrets_are_found_in_a_log_however_they_are_written(tmp_path: Path) -> None:
    canaries = Canaries(random.Random(1), ("s3cr3t-of-the-door",))
    phone, words = canaries.phone(7), canaries.words(7)
    national = "0" + phone.removeprefix("+92")
    for planted in (phone, national, words, f"POST /hooks/x/s3cr3t-of-the-door/ussd {phone}", "filed 482-719-304"):
        (tmp_path / "web.log").write_text(f'{{"event": "hop", "ms": 1.5}}\n{planted}\n')
        assert canaries.in_files([tmp_path / "web.log"], {NUMBER}), planted
    (tmp_path / "web.log").write_text('{"event": "text", "outbox": 130000008, "at": "2026-11-25T10:38:28Z"}\n')
    assert not canaries.in_files([tmp_path / "web.log"], {NUMBER})
