"""Times for people, in the time zone of the service."""

import datetime as dt

from gateway.settings.local_time import exact_words, in_zone, minute_words

EVENING = dt.datetime(2026, 11, 30, 19, 5, 7, tzinfo=dt.UTC)


def test_a_time_is_told_in_the_zone_with_its_name() -> None:
    assert minute_words(EVENING, "Asia/Karachi") == "2026-12-01 00:05 PKT"
    assert minute_words(EVENING, "UTC") == "2026-11-30 19:05 UTC"


def test_the_exact_time_has_seconds_zone_and_offset() -> None:
    assert exact_words(EVENING, "Asia/Karachi") == "2026-12-01 00:05:07 Asia/Karachi (UTC+05:00)"
    assert exact_words(EVENING, "UTC") == "2026-11-30 19:05:07 UTC (UTC+00:00)"


def test_a_time_without_a_zone_is_utc() -> None:
    assert in_zone(EVENING.replace(tzinfo=None), "Asia/Karachi") == EVENING
