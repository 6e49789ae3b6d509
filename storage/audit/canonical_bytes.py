"""The canonical bytes of an audit row: what a chain or a signature over the table covers."""

import datetime as dt

from storage.schema.audit import AuditRow

MAGIC = b"sunwai-audit-row/v1\n"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def canonical_bytes(row: AuditRow) -> bytes:
    """The bytes of a stored row, the same on every database and for ever.

    They are MAGIC and then, in this order, the fields id, at, event, actor_kind, actor, role, subject_kind, subject,
    network and detail. Each field is its length as four bytes, most significant first, and its UTF-8 bytes. Numbers are
    decimal digits. `at` is microseconds since 1970-01-01 UTC. `detail` is the fields key, value, key, value, … in the
    order of the keys' bytes, put together as one field. There is no JSON in it and no empty value that could be
    written in two ways, so two different rows never have the same bytes.

    Another format needs another MAGIC: rows that were signed keep theirs.
    """
    pairs = sorted((_text(key), _text(str(value))) for key, value in row.detail.items())
    detail = b"".join(_field(part) for pair in pairs for part in pair)
    microseconds = (row.at - _EPOCH) // dt.timedelta(microseconds=1)
    told = (row.id, microseconds, row.event, row.actor_kind, row.actor, row.role, row.subject_kind, row.subject)
    fields = [*(str(each).encode() for each in (*told, row.network)), detail]
    return MAGIC + b"".join(map(_field, fields))


def _text(value: str) -> bytes:
    """UTF-8, also of half a character, which JSON can hold."""
    return value.encode(errors="surrogatepass")


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value
