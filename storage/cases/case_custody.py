"""The custody of a complaint: what decides who reads it, who works on it and when it is late; and its digest in steps.

The words of a complaint have a digest of their own: storage/cases/complaints.py.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring_ascii
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.schema.tables import Complaint

CUSTODY_DIGEST = "custody_sha256"  # in the data of a step: the custody of the complaint as it left it
# A column that is added here needs another name of the digest: steps that were written before have no place for it.
CUSTODY = (
    *("kind", "contact_id", "flow", "category", "district", "office", "against"),
    *("private", "call_back", "coerced", "off_phone_at"),
    *("desk", "officer_id", "closed_by", "level", "parent_id"),
    *("urgent", "filed_at", "due_on", "limit_days", "clock_from", "paused", "waiting_since"),
)
_SHA256 = 32  # bytes
_MARK = 2  # bytes of a column
_values_of = attrgetter(*CUSTODY)
_KEPT = "the custody of complaints as their last step in this transaction left it"


def custody_of(complaint: Complaint) -> tuple[Any, ...]:
    """The values of CUSTODY as they are now."""
    values: tuple[Any, ...] = _values_of(complaint)
    return values


def custody_digest(values: tuple[Any, ...]) -> str:
    """The digest of `custody_of`: SHA-256 over all values, and two bytes of a checksum of each; in Base64.

    The checksums only tell which columns are others; that any is, the SHA-256 tells. It needs no salt and no key: it
    stands in the data of a step, which is encrypted, salted in the log and erased with the words.
    """
    texts = ["null" if each is None else encode_basestring_ascii(str(each)) for each in values]  # as JSON
    marks = b"".join((binascii.crc32(each.encode()) & 0xFFFF).to_bytes(_MARK, "big") for each in texts)
    return base64.b64encode(hashlib.sha256("\n".join(texts).encode()).digest() + marks).decode()


def changed_columns(complaint: Complaint, digest: str) -> tuple[str, ...]:
    """The names of the columns that are others than when this digest was made; ("custody",) if none can be told."""
    now = custody_digest(custody_of(complaint))
    if now == digest:
        return ()
    return tuple(name for name, was, is_ in zip(CUSTODY, _marks(digest), _marks(now), strict=False) if was != is_) or (
        "custody",
    )


def _marks(digest: str) -> list[bytes]:
    marks = base64.b64decode(digest)[_SHA256:]
    return [marks[at : at + _MARK] for at in range(0, len(marks), _MARK)]


def remember_custody(db: Session, complaint: Complaint) -> None:
    """For who sets columns of CUSTODY before a step: the next one in this transaction commits to what they became."""
    _kept(db).setdefault(complaint.id, custody_of(complaint))


def forget_custody(db: Session, complaint_ids: Iterable[int]) -> None:
    """These were changed without a step: the next one of each in this transaction commits to what they are then."""
    _kept(db).update(dict.fromkeys(complaint_ids, ()))


def new_digest(db: Session, complaint: Complaint) -> str | None:
    """The digest for a step that was just taken; None if the custody is what it was when it was remembered."""
    return _digest_if_new(db, complaint.id, custody_of(complaint))


def custody_at(db: Session, complaint: Complaint, other: Mapping[str, Any]) -> str | None:
    """The same for an earlier step of this transaction, after which these columns had `other` values than now."""
    values = zip(CUSTODY, custody_of(complaint), strict=True)
    return _digest_if_new(db, complaint.id, tuple(other.get(name, value) for name, value in values))


def _digest_if_new(db: Session, complaint_id: int, values: tuple[Any, ...]) -> str | None:
    kept = _kept(db)
    if kept.get(complaint_id) == values:
        return None
    kept[complaint_id] = values
    return custody_digest(values)


def _kept(db: Session) -> dict[int, tuple[Any, ...]]:
    kept: dict[int, tuple[Any, ...]] = memory(db).setdefault(_KEPT, {})
    return kept
