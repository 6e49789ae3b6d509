"""What an entry of the log says: it commits to a row without telling what stands in it."""

import base64
import datetime as dt
import hashlib
from typing import Any

from storage.audit.canonical_bytes import canonical_bytes
from storage.encryption.key_ring import UnknownKey
from storage.schema.audit import AuditRow
from storage.schema.cases import History

SALT = 32  # bytes
_STEP = b"sunwai-history-row/v1\n"
_ENTRY = b"sunwai-audit/v1\n"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

# What an entry may be known as to everybody who reads the files. All others are `service`. The kind of an event never
# changes: entries that were logged with another could not be computed again. A new event may have any.
KINDS = {
    **dict.fromkeys(("case_opened", "list_exported"), "seen"),
    **dict.fromkeys(("text_changed", "message_settled", "route_changed"), "text"),
    **dict.fromkeys(("published", "rolled_back", "publish_refused", "code_routed", "draft_dropped"), "publish"),
    **dict.fromkeys(("role_changed", "invited", "access_removed", "second_factor_changed"), "staff"),
    "case_changed": "case",
    **dict.fromkeys(("reveal_asked", "reveal_agreed", "reveal_refused", "revealed"), "reveal"),
    "exported": "export",
}


def log_entry(kind: str, at: dt.datetime, salt: bytes, event: bytes) -> bytes:
    """The entry for an event: lines of text with its kind, its day (UTC), and a salted SHA-256 of the event.

    Without the salt, nobody can find out by trying which row an entry stands for.
    """
    digest = base64.b64encode(hashlib.sha256(salt + event).digest())
    return _ENTRY + b"\n".join([kind.encode(), at.astimezone(dt.UTC).date().isoformat().encode(), digest, b""])


def audit_event(row: AuditRow) -> tuple[str, bytes]:
    """The kind and the bytes of an audit row."""
    return KINDS.get(row.event, "service"), canonical_bytes(row)


def history_event(row: History, number: str, words: bytes) -> tuple[str, bytes]:
    """The kind and the bytes of a step of the complaint `number`; `words` is the digest of `words_digest`.

    They are _STEP and then the fields id, complaint_id, the number, version, act, actor, role, staff_id ("" for none),
    status, at (microseconds since 1970 UTC) and the digest: each its length as four bytes, most significant first, and
    its UTF-8 bytes.
    """
    microseconds = (row.at - _EPOCH) // dt.timedelta(microseconds=1)
    told = (row.id, row.complaint_id, number, row.version, row.act, row.actor, row.role)
    rest = ("" if row.staff_id is None else row.staff_id, row.status, microseconds)
    return "case", _STEP + b"".join(_field(str(each).encode()) for each in (*told, *rest)) + _field(words)


def words_digest(row: History, salt: bytes) -> bytes:
    """A salted SHA-256 of the words and details of a step, which are erased one day while the step remains."""
    try:
        said = _value(row.note) + _value(row.data)
    except UnknownKey:  # whoever put in what does not open shall not keep all later rows out of the log
        said = _value([row.note_, row.data_])
    return hashlib.sha256(salt + said).digest()


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _value(value: Any) -> bytes:
    """The bytes of a value of JSON, in which no two values are the same."""
    if isinstance(value, dict):
        pairs = sorted((_text(str(key)), _value(each)) for key, each in value.items())
        return b"d" + _field(b"".join(_field(part) for pair in pairs for part in pair))
    if isinstance(value, list | tuple):
        return b"l" + _field(b"".join(_field(_value(each)) for each in value))
    return {str: b"s", bool: b"b", int: b"i", float: b"f"}.get(type(value), b"n") + _field(
        b"" if value is None else _text(str(value))
    )


def _text(value: str) -> bytes:
    """UTF-8, also of half a character, which JSON can hold: a row that cannot be logged would hold up all others."""
    return value.encode(errors="surrogatepass")
