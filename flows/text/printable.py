"""Words for a terminal or a page: a count with its noun, a length of time, and what people wrote on one line."""

from datetime import timedelta

_UNITS = ((timedelta(days=2), "day", timedelta(days=1)), (timedelta(hours=2), "hour", timedelta(hours=1)))


def pluralize(count: int, name: str) -> str:
    """`1 note`, `3 notes`."""
    return f"{count} {name}{'' if count == 1 else 's'}"


def length_in_words(of: timedelta) -> str:
    """A length of time in its largest unit, rounded down: `3 days`, `5 hours`, `25 minutes`."""
    for least, name, unit in _UNITS:
        if of >= least:
            return pluralize(of // unit, name)
    return pluralize(max(of, timedelta()) // timedelta(minutes=1), "minute")


def one_line(words: str) -> str:
    """What people wrote, without line breaks and control characters that could disturb a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in words).strip()
