"""Reads the fields of an aggregator's payload strictly. Raises Unreadable, with a token for the log."""

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
_PLUS_CODE = re.compile(r"\+[0-9]{2,6}")  # shorter than any phone number
SESSION_ID = re.compile(r"[!-~]{1,64}")


def short(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """A required field with printable text on one line."""
    value = required_field(fields, name)
    if not 0 < len(value) <= longest or not value.isprintable():
        raise Unreadable("field_value")
    return value


def required_match(fields: Mapping[str, Any], name: str, shape: re.Pattern[str], problem: str = "id") -> str:
    """A required field that matches a pattern, such as an id."""
    value = required_field(fields, name)
    if not shape.fullmatch(value):
        raise Unreadable(problem)
    return value


def words(fields: Mapping[str, Any], name: str) -> str:
    """A required field of free text, which may be empty, fit to be stored."""
    return clean(required_field(fields, name))


def optional_text(fields: Mapping[str, Any], name: str, longest: int) -> str:
    """An optional field of free text, cut to a length."""
    return clean(as_text(fields.get(name)) or "")[:longest]


def required_field(fields: Mapping[str, Any], name: str) -> str:
    """The text of a required field."""
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
    """A phone number with or without its plus sign: E.164, or None."""
    return phones.read(f"+{raw}" if raw[:1].isdigit() else raw)


def phone_or_none(phones: Phones, fields: Mapping[str, Any], name: str) -> str:
    """The phone number in an optional field: E.164, or ""."""
    return number(phones, as_text(fields.get(name)) or "") or ""


def sender(phones: Phones, fields: Mapping[str, Any], name: str) -> str:
    """The sender of an SMS. A name or a short code is kept as it is: it is stored and never answered."""
    raw = short(fields, name, 32)
    return number(phones, raw) or raw


def short_code(fields: Mapping[str, Any], name: str) -> str:
    """The number that an SMS was sent to. Some gateways write a plus sign before a short code too."""
    raw = short(fields, name, 32)
    return raw[1:] if _PLUS_CODE.fullmatch(raw) else raw


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
        to=short_code(fields, names.to),
        text=words(fields, names.text),
        sent_at=sent_at,
    )


def parse_time(text: str) -> datetime | None:
    """An ISO 8601 date, in UTC if it has no zone. None for anything else: an SMS is not lost over its date."""
    if not text.isascii():
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):  # the latter for an hour before the first year or after the last
        return None


def each(results: Iterable[Any], read: Callable[[Mapping[str, Any]], T]) -> list[T]:
    """Read each of several results. If one cannot be read, the Unreadable carries the others."""
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
    """The choices dialled with the code (`*8484*1*2#` gives `1*2`); "" for the code alone or anything else."""
    ours = code.rstrip("#") + "*"
    return typed.removeprefix(ours).rstrip("#") if typed.startswith(ours) else ""


def _mapping(one: Any) -> Mapping[str, Any]:
    if not isinstance(one, Mapping):
        raise Unreadable("field_value")
    return one


def find_sender(phones: Phones, raw: bytes, names: Iterable[str]) -> str:
    """The sender of an SMS that cannot be read, if one of these fields, in a form or in JSON, holds a number; or ""."""
    for name in names:
        field = re.escape(name.encode())
        for found in re.finditer(rb"(?:^|&)" + field + rb"=((?:%2B|[+])?[0-9]{7,15})(?=&|$)", raw):
            if phone := number(phones, found[1].decode().replace("%2B", "+")):
                return phone
        for found in re.finditer(rb'"' + field + rb'"\s{0,8}:\s{0,8}"?([+]?[0-9]{7,15})\b', raw):
            if phone := number(phones, found[1].decode()):
                return phone
    return ""
