"""Times that people read: in the time zone of the setting TIMEZONE, on every page and in every command.

What machines read (JSON, CSV, logs, `datetime` attributes) stays UTC.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def in_zone(at: datetime, timezone: str) -> datetime:
    """The same moment in this time zone. A time without a zone is UTC, as the database gives it."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(timezone))


def minute_words(at: datetime, timezone: str) -> str:
    """A moment to the minute, with the short name of its zone: `2026-11-30 19:03 PKT`."""
    return f"{in_zone(at, timezone):%Y-%m-%d %H:%M %Z}"


def exact_words(at: datetime, timezone: str) -> str:
    """A moment to the second, with its zone and the offset from UTC: `2026-11-30 19:03:12 Asia/Karachi (UTC+05:00)`."""
    return f"{in_zone(at, timezone):%Y-%m-%d %H:%M:%S} {timezone} ({in_zone(at, timezone):UTC%:z})"
