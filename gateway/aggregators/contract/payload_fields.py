"""The fields of what an aggregator sent, each read as what it must be; else Unreadable, with a token for the log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from gateway.aggregators.contract.protocol import Unreadable
from gateway.http.forms import clean
from gateway.settings.values.phone_numbers import Phones
from sessions.messages.inbound_types import Sms

T = TypeVar("T")

MOST_DIGITS = 15  # of a number that is read as text, such as an id written without quotes
MESSAGE_ID = re.compile(r"[!-~]{1,128}")
SESSION_ID = re.compile(r"[!-~]{1,64}")


def short(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """A field that must be there and say something printable on one line."""
    value = required_field(fields, name)
    if not 0 < len(value) <= longest or not value.isprintable():
        raise Unreadable("field_value")
    return value


def required_match(fields: Mapping[str, Any], name: str, shape: re.Pattern[str], problem: str = "id") -> str:
    """A field that must be there and be of this shape, such as an id."""
    value = required_field(fields, name)
    if not shape.fullmatch(value):
        raise Unreadable(problem)
    return value


def words(fields: Mapping[str, Any], name: str) -> str:
    """Free text that must be there, empty or not, fit to be stored."""
    return clean(required_field(fields, name))


def optional_text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """Free text that may be missing, cut to a length."""
    return clean(as_text(fields.get(name)) or "")[:longest]


def required_field(fields: Mapping[str, Any], name: str) -> str:
    """The text of a field that must be there."""
    value = as_text(fields.get(name))
    if value is None:
        raise Unreadable("field_missing")
    return value


def as_text(value: Any) -> str | None:
    """Text as it is, a whole number as its digits; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**MOST_DIGITS:
        return str(value)
    return None


def number(phones: Phones, raw: str) -> str | None:
    """A number that may lack its plus sign, as most vendors write it: E.164, or None."""
    return phones.read(f"+{raw}" if raw[:1].isdigit() else raw)


def phone_or_none(phones: Phones, fields: Mapping[str, Any], name: str) -> str:
    """A number in a field that may be missing or hold something else: E.164, or ""."""
    return number(phones, as_text(fields.get(name)) or "") or ""


def sender(phones: Phones, fields: Mapping[str, Any], name: str) -> str:
    """Who an SMS is from. A name or a short code is kept as it came: it is stored and never answered."""
    raw = short(fields, name, 32)
    return number(phones, raw) or raw


class SmsFields(NamedTuple):
    """The names of the fields of an SMS."""

    id: str = "id"
    sender: str = "from"
    to: str = "to"
    text: str = "text"


def read_sms(
    aggregator: str, phones: Phones, fields: Mapping[str, Any], names: SmsFields, sent_at: datetime | None = None
) -> Sms:
    """The SMS of a form."""
    return Sms(
        aggregator=aggregator,
        id=required_match(fields, names.id, MESSAGE_ID),
        phone=sender(phones, fields, names.sender),
        to=short(fields, names.to, 32),
        text=words(fields, names.text),
        sent_at=sent_at,
    )


def parse_time(text: str) -> datetime | None:
    """A date of ISO 8601, in UTC where it names no zone. None for another: an SMS is not lost over its date."""
    if not text.isascii():
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for an hour before the first year or after the last
        return None


def each(results: Iterable[Any], read: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """Every one of several; what can be read is taken along with the Unreadable, whatever the others are."""
    found: list[T] = []
    wrong: Unreadable | None = None
    for one in results:
        try:
            found.append(read(_mapping(one)))
        except Unreadable as error:
            wrong = wrong or error
    if wrong is not None:
        raise Unreadable(wrong.problem, found)
    return found


def dialled_choices(typed: str, code: str) -> str:
    """The choices dialled with the code (`*8484*1*2#` is `1*2`); the code alone, or anything else, is no choice."""
    ours = code.rstrip("#") + "*"
    return typed.removeprefix(ours).rstrip("#") if typed.startswith(ours) else ""


def _mapping(one: Any) -> Mapping[str, Any]:
    if not isinstance(one, Mapping):
        raise Unreadable("field_value")
    return one
