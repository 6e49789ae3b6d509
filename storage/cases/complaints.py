"""Complaints and their history, the audit trail. Functions act in the caller's transaction and never commit."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import CursorResult, Table, bindparam, func, literal, select, union_all, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from storage.cases.case_custody import CUSTODY_DIGEST, custody_at, new_digest, remember_custody
from storage.connection.database import memory
from storage.connection.insert_once import add_row_once, add_rows
from storage.connection.write_batch import write_batch
from storage.encryption.data_keys import data_keys
from storage.schema.cases import CaseChange, CodeCount, key_of_owner
from storage.schema.sealed_columns import seal_columns
from storage.schema.tables import Complaint, History

LATEST = "latest complaints"  # in the memory of a transaction, by their contact
DETAILS_DIGEST = "details_sha256"  # in the data of a step: the words of the complaint as it left them
_DIGESTS = frozenset({DETAILS_DIGEST, CUSTODY_DIGEST})
NOT_BY_CALL = ("sms", "api")  # how the keys of filings begin that no call made
CLOSINGS = frozenset({"resolved", "refused", "decided"})  # acts by which an office says that it is done
# What is asked for each step of each case is built once.
_OF_NUMBER = select(Complaint).where(Complaint.number == bindparam("number"))
_OF_KEY = select(Complaint).where(Complaint.filed_in == bindparam("filed_in"))
_HISTORY = select(History).where(History.complaint_id == bindparam("complaint_id")).order_by(History.version)
_ROW = cast("Table", Complaint.__table__)
_MOVED = update(_ROW).where(_ROW.c.id == bindparam("this"), _ROW.c.version == bindparam("seen"))
_STEP = select(Complaint).from_statement(_MOVED.returning(*_ROW.c)).execution_options(populate_existing=True)
_ATTRIBUTES = {each.columns[0].name: each.key for each in Complaint.__mapper__.column_attrs}

CODE_LISTS = ("category", "district", "office", "status")  # whose codes a flow may not lose while cases hold them
# The counts and the changes that are not added to them yet, in one statement: so both are of the same moment.
_CODE_CHANGES = union_all(
    select(CodeCount.list, CodeCount.code, CodeCount.cases).where(CodeCount.flow == bindparam("flow")),
    *(
        select(literal(name), getattr(CaseChange, name), CaseChange.change).where(CaseChange.flow == bindparam("flow"))
        for name in CODE_LISTS
    ),
).subquery()
_CODES = (
    select(_CODE_CHANGES.c.list, _CODE_CHANGES.c.code)
    .group_by(_CODE_CHANGES.c.list, _CODE_CHANGES.c.code)
    .having(func.sum(_CODE_CHANGES.c.cases) > 0)
)


class NewComplaint(TypedDict):
    """The columns of a complaint or suggestion that its filing says."""

    kind: Literal["complaint", "suggestion"]
    contact_id: int
    flow: str
    revision: int
    category: str | None
    district: str | None
    office: str
    details: str | None
    private: bool
    call_back: bool
    urgent: bool
    against: str | None
    limit_days: int
    due_on: dt.date
    clock_at: NotRequired[dt.datetime | None]


class ComplaintChanges(TypedDict, total=False):
    """The columns of a complaint that a later act may change."""

    category: str | None
    district: str | None
    details: str | None
    note: str | None
    rating: int | None
    private: bool
    call_back: bool
    coerced: bool
    off_phone_at: dt.datetime | None
    urgent: bool
    against: str | None
    office: str
    desk: str | None
    officer_id: int | None
    closed_by: int | None
    level: int
    transfers: int
    reopenings: int
    parent_id: int | None
    outcome: str | None
    limit_days: int
    due_on: dt.date
    clock_from: dt.datetime
    paused: int
    waiting_since: dt.datetime | None
    clock_at: dt.datetime | None


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """A row of history: what was done, when, by whom and in which part, and the status that it led to."""

    act: str
    status: str
    at: dt.datetime
    actor: str
    role: str = ""
    staff_id: int | None = None
    note: str | None = None
    data: dict[str, Any] | None = None


class NextStep(Struct, frozen=True):
    """A step that follows a filing at once: its row of history, and what it changed of what was said or empty."""

    entry: HistoryEntry
    changes: ComplaintChanges


def without_row(columns: Mapping[str, Any]) -> Complaint:
    """A complaint that is not stored, for rules that read what will be: none of its columns is noted as changed."""
    case = Complaint()
    case.__dict__.update(columns)
    for name in Complaint.SEALED:
        setattr(case, name, case.__dict__.pop(name, None))
    return case


def add(
    db: Session,
    number: str,
    filed_in: str,
    filed: HistoryEntry,
    columns: NewComplaint,
    following: Sequence[NextStep] = (),
) -> Complaint | None:
    """Add a complaint with the first row of its history, and with those of the steps that follow at once.

    None when the number or `filed_in` is taken: `by_key` then says whether this very filing was done before.
    """
    changed: dict[str, Any] = {}
    for each in following:
        changed |= each.changes
    last = following[-1].entry if following else filed
    added = add_row_once(
        db,
        Complaint,
        **{**columns, **changed},
        number=number,
        filed_in=filed_in,
        status=last.status,
        version=1 + len(following),
        filed_at=filed.at,
        last_step_at=last.at,
        clock_from=filed.at,
    )
    if added is None:
        return None
    memory(db).pop(LATEST, None)
    memory(db)[Complaint, number] = added
    # Each step commits to the custody as it left it: as it is now, but for what a later one changed.
    before = {name: columns.get(name) for name in changed}
    rows = [
        _row(added.id, 1, filed, {DETAILS_DIGEST: details_digest(columns["details"])}, custody_at(db, added, before))
    ]
    for version, each in enumerate(following, start=2):
        before |= each.changes
        rows.append(_row(added.id, version, each.entry, {}, custody_at(db, added, before)))
    _insert_steps(db, added.id, rows)
    return added


def details_digest(details: str | None) -> str:
    """SHA-256 of a complaint's words in hexadecimal digits, by which a step commits to them; no words are "".

    It needs no salt: it stands in the data of a step, which is encrypted, salted in the log and erased with the words.
    """
    return hashlib.sha256((details or "").encode(errors="surrogatepass")).hexdigest()


def by_key(db: Session, filed_in: str) -> Complaint | None:
    """The complaint filed by this session, hop and step."""
    return db.scalars(_OF_KEY, {"filed_in": filed_in}).one_or_none()


def by_number(db: Session, number: str) -> Complaint | None:
    """The complaint with these nine digits, for staff. A citizen's own ones: contact_complaints.py."""
    return db.scalars(_OF_NUMBER, {"number": number}).one_or_none()


def lock(db: Session, number: str) -> Complaint | None:
    """The same, held until the transaction ends, so that what is done to it comes one after the other."""
    query = select(Complaint).where(Complaint.number == number).with_for_update(key_share=True)
    return db.scalars(query.execution_options(populate_existing=True)).one_or_none()


def lock_pair(db: Session, one: int, other: int) -> None:
    """Hold two until the transaction ends, read again: everybody locks two in this order."""
    query = (
        select(Complaint).where(Complaint.id.in_((one, other))).order_by(Complaint.id).with_for_update(key_share=True)
    )
    db.scalars(query.execution_options(populate_existing=True)).all()


def record_act(db: Session, complaint: Complaint, entry: HistoryEntry, changes: ComplaintChanges) -> bool:
    """One step in a complaint's life: its status, these changes, the next version and the row of history.

    False, and nothing is changed, when somebody has taken it further since it was read.
    """
    seen = complaint.version
    remember_custody(db, complaint)
    memory(db).pop(LATEST, None)  # it may be off the phone
    changed = "details" in changes and changes["details"] != complaint.details
    if complaint.key_id is None:
        key_of_owner(db, complaint.id, None)
    columns = {
        "status": entry.status,
        "version": seen + 1,
        "last_step_at": entry.at,
        **complaint.seal_changes(db, changes),
    }
    if (batch := write_batch(db)) is not None:
        batch.add(_move, {"this": complaint.id, "seen": seen, **columns})
        for name, value in columns.items():
            set_committed_value(complaint, _ATTRIBUTES[name], value)
    elif db.scalars(_STEP, {"this": complaint.id, "seen": seen, **columns}).one_or_none() is None:
        return False
    _add_step(db, complaint, entry, details_digest(changes["details"]) if changed else None)
    return True


def _add_step(db: Session, complaint: Complaint, entry: HistoryEntry, digest: str | None) -> None:
    """The row of history of the version that a complaint has now; `digest` is of its words, if the act changed them.

    It commits to how the complaint is handled, too, if that has changed since the step before.
    """
    digests = {} if digest is None else {DETAILS_DIGEST: digest}
    row = _row(complaint.id, complaint.version, entry, digests, new_digest(db, complaint))
    _insert_steps(db, complaint.id, [row])


def _row(
    complaint_id: int, version: int, entry: HistoryEntry, digests: dict[str, str], custody: str | None
) -> dict[str, Any]:
    """A row of history with the digests that it commits to."""
    row = {"complaint_id": complaint_id, "version": version, **asdict(entry)}
    if custody is not None:
        digests = {**digests, CUSTODY_DIGEST: custody}
    return row | {"data": {**(entry.data or {}), **digests}} if digests else row


def _insert_steps(db: Session, complaint_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Add rows of history, in order, and keep them for who asks in this transaction."""
    sealed = [seal_columns(db, History, row) for row in rows]
    if (batch := write_batch(db)) is None:
        _write_steps(db, sealed)
    else:
        for row in sealed:
            batch.add(_write_steps, row)
    kept = memory(db)
    before = kept.get((History, complaint_id), ())
    if len(before) == rows[0]["version"] - 1:
        kept[History, complaint_id] = (*before, *(History(**row) for row in rows))


def _move(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    """The changes of many complaints, which the transaction holds."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for same in alike.values():
        done = cast("CursorResult[Any]", db.execute(_MOVED, same))
        if done.rowcount != len(same):
            raise RuntimeError(f"{len(same) - done.rowcount} complaints were moved though they were held")


def _write_steps(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    add_rows(db, History, rows)


def data_of_act(step: History) -> dict[str, Any] | None:
    """What belongs to the act of a step: its data without the digests that it commits to. None if that is nothing."""
    return {name: each for name, each in (step.data or {}).items() if name not in _DIGESTS} or None


def history(db: Session, complaint_id: int) -> Sequence[History]:
    """Every step of a complaint, in order."""
    return db.scalars(_HISTORY, {"complaint_id": complaint_id}).all()


def find_step(db: Session, complaint_id: int, version: int) -> History | None:
    """One step of a complaint."""
    query = select(History).where(History.complaint_id == complaint_id, History.version == version)
    return db.scalars(query).one_or_none()


def history_of(db: Session, complaint: Complaint) -> Sequence[History]:
    """The history of a complaint at the version that was read. It is read once in a transaction: it only grows."""
    kept = memory(db)
    rows: Sequence[History] = kept.get((History, complaint.id), ())
    if not rows or rows[-1].version != complaint.version:
        rows = kept[History, complaint.id] = tuple(history(db, complaint.id))
    return rows


def read_histories(db: Session, complaint_ids: Collection[int]) -> None:
    """Read the histories of several with one statement, for `history_of`."""
    steps = select(History).where(History.complaint_id.in_(tuple(complaint_ids)))
    keep_histories(db, complaint_ids, db.scalars(steps.order_by(History.complaint_id, History.version)))


def keep_histories(db: Session, complaint_ids: Collection[int], steps: Iterable[History]) -> None:
    """`history_of` gets these, which are all that the complaints have, in order."""
    found: dict[int, list[History]] = {each: [] for each in complaint_ids}
    for row in steps:
        found[row.complaint_id].append(row)
    kept = memory(db)
    for each, rows in found.items():
        kept[History, each] = tuple(rows)


def closers(db: Session, complaint: Complaint) -> frozenset[int]:
    """Everybody of the staff who ever closed a complaint: they will not have it again."""
    ever = {row.staff_id for row in history_of(db, complaint) if row.act in CLOSINGS}
    return frozenset(each for each in (*ever, complaint.closed_by) if each is not None)


def count_acts(db: Session, complaint: Complaint, act: str, since: dt.datetime | None = None) -> int:
    """How often `act` was done to a complaint, since then or ever."""
    rows = history_of(db, complaint)
    return sum(1 for row in rows if row.act == act and (since is None or row.at >= since))


def codes_in_use(db: Session, flow: str) -> frozenset[str]:
    """The list codes that complaints of a flow hold, each as `list:code`: `category:mun01`. No complaint is read."""
    found = db.execute(_CODES, {"flow": flow})
    return frozenset(f"{row.list}:{row.code}" for row in found if row.code)


def newest_id(db: Session) -> int:
    """The id of the complaint that was filed last; 0 if there is none."""
    return db.scalars(select(func.max(Complaint.id))).one() or 0


def list_filings_by_call(
    db: Session, categories: Sequence[str], *, after: int, until: int
) -> list[tuple[str, str, dt.datetime]]:
    """(words, category, when) of what calls filed in these categories, oldest first: no private case, nothing by SMS.

    Of the ids `after` the one and up to the other: so it is known how many rows are read. The key of a filing by SMS or
    through an API begins with where it came from.
    """
    query = (
        select(Complaint)
        .where(Complaint.id > after, Complaint.id <= until)
        .where(Complaint.kind == "complaint", Complaint.private.is_(False), Complaint.against.is_(None))
        .where(Complaint.category.in_(categories), Complaint.details.is_not(None))
        .where(*(Complaint.filed_in.not_like(f"{source}:%") for source in NOT_BY_CALL))
        .order_by(Complaint.id)
    )
    found = db.scalars(query).all()
    data_keys(db).read(db, (each.key_id for each in found if each.key_id is not None))
    return [(each.details, str(each.category), each.filed_at) for each in found if each.details]
