"""Who calls: a phone number and what it told us. Functions act in the caller's transaction and never commit."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar, cast

from msgspec import Struct
from sqlalchemy import BindParameter, Select, Table, bindparam, or_, select
from sqlalchemy.orm import Session

from storage.connection.autocommit_reads import RowQuery
from storage.connection.database import Database, memory
from storage.connection.driver_statements import DriverStatement, to_row, write_columns
from storage.connection.insert_once import add_row_once
from storage.encryption.data_keys import DataKeys, data_keys
from storage.encryption.rows_in_clear import clear_phone
from storage.schema.sealed_columns import KEYS
from storage.schema.tables import Contact

_KNOWN = ("language", "province", "district", "complaints")  # what a flow gets to know of its caller: first in _TOLD
_TOLD = select(
    *(Contact.language, Contact.province, Contact.district, Contact.complaints, Contact.texts),
    *(Contact.changed_in, Contact.previous, Contact.seen_at, Contact.id),
)
_PHONES: BindParameter[Any] = bindparam("phones", expanding=True)
_BY_INDEX = Contact.phone_ix == bindparam("phone")
_BY_EACH_INDEX = or_(Contact.phone_ix.in_(_PHONES), Contact.phone_ix_next.in_(_PHONES))
_IN_CLEAR = clear_phone(Contact) == bindparam("clear")
# By whether the index key is being replaced, and whether rows may be in clear. Each is one statement: of two, the
# rotation or the online migration could change the row between them, and neither would find it.
_WHICH = {
    (False, False): _BY_INDEX,
    (False, True): or_(_BY_INDEX, _IN_CLEAR),
    (True, False): _BY_EACH_INDEX,
    (True, True): or_(_BY_EACH_INDEX, _IN_CLEAR),
}
_TOLD_OF = {case: _TOLD.where(which) for case, which in _WHICH.items()}
_KNOWN_OF = RowQuery(_TOLD_OF[False, False])
_OF_PHONE = {case: select(Contact).where(which) for case, which in _WHICH.items()}
_LOCKED = {
    case: query.with_for_update(key_share=True).execution_options(populate_existing=True)
    for case, query in _OF_PHONE.items()
}
_ROW = cast("Table", Contact.__table__)
_LOCKED_ROW = DriverStatement(
    select(*_ROW.c).where(_ROW.c.phone_ix == bindparam("phone")).with_for_update(key_share=True)
)  # as _LOCKED[False, False]
Q = TypeVar("Q", bound=Select[Any])
TABLE = "contacts"  # whose phones these are, for the key that finds them
_HELD = "held contacts"  # in the memory of a transaction
_NEW = "a new contact"
CALL_UNFINISHED = "draft_saved"  # the event of a text that says that a call was not finished, and is kept
NO_NUMBER = "-"  # what stands for the number of a contact that lost it begins with this: no number does
STRANGER: dict[str, Any] = {"language": None, "province": None, "district": None, "complaints": 0}  # who never called


class CallerFacts(Struct, frozen=True):
    """What a flow gets to know of its caller, the contact that has the phone, and when it last called or wrote."""

    known: dict[str, Any]
    contact_id: int | None = None
    seen_at: dt.datetime | None = None


def find(db: Session, phone: str) -> Contact | None:
    """The contact with this E.164 number: one indexed read."""
    return _held(db, phone) or db.scalars(*_asked(db, _OF_PHONE, phone)).one_or_none()


def find_or_add(db: Session, phone: str, now: dt.datetime, network: str = "") -> Contact:
    """The contact with this E.164 number, made if need be; two callers at once get the same row.

    `network` is remembered where it is known: it says by which route a text goes best.
    """
    known = find(db, phone) or _add(db, phone, now) or db.scalars(*_asked(db, _OF_PHONE, phone)).one()
    return _on_network(db, known, network)


def lock_or_add(db: Session, phone: str, now: dt.datetime, network: str = "") -> Contact:
    """`find_or_add` and `lock` in one."""
    known = find_and_lock(db, phone) or _add(db, phone, now) or find_and_lock(db, phone)
    if known is None:
        raise LookupError("a contact is there and cannot be read")
    return _on_network(db, known, network)


def find_and_lock(db: Session, phone: str) -> Contact | None:
    """`find` and `lock` in one."""
    known = _held(db, phone)
    if known is None and (found := _lock_row(db, phone)) is not None:
        known = _hold(db, found)
    return known


def lock(db: Session, contact: Contact) -> None:
    """Make others that act for this contact wait until the transaction ends (SQLite: they wait already).

    Only rows that name it may still be added: who holds one of its complaints and owes it a text must not wait.
    """
    if not is_locked(db, contact.id):
        db.flush()  # refreshing would lose what was not written yet
        db.refresh(contact, with_for_update={"key_share": True})
        _hold(db, contact)


def is_new(db: Session, contact: Contact) -> bool:
    """True if this transaction has added the contact: nothing else is stored about it."""
    return (_NEW, contact.id) in memory(db)


def is_locked(db: Session, contact_id: int) -> bool:
    """True if this transaction has locked the contact."""
    return contact_id in memory(db).get(_HELD, {})


def lock_by_id(db: Session, contact_id: int) -> Contact:
    """The contact with this id, read again and locked as by `lock`."""
    held: dict[int, Contact] = memory(db).get(_HELD, {})
    return held.get(contact_id) or _hold(
        db, db.get_one(Contact, contact_id, with_for_update={"key_share": True}, populate_existing=True)
    )


def note_locks(db: Session, found: Iterable[Contact]) -> None:
    """Note that a query of this transaction has locked these contacts as by `lock`."""
    for each in found:
        _hold(db, each)


def last_number(db: Session, contact: Contact) -> str:
    """The number that texts to a contact went to: of one that lost it, that of its successor."""
    if contact.successor_id is not None:
        contact = db.get_one(Contact, contact.successor_id)
    return contact.phone


def lock_all(db: Session, ids: Collection[int]) -> None:
    """The same for several, in the one order in which everybody locks several."""
    query = select(Contact.id).where(Contact.id.in_(tuple(ids))).order_by(Contact.id)
    db.execute(query.with_for_update(key_share=True))


def change(db: Session, contact: Contact, session: str, **told: str | None) -> None:
    """Remember a language, province or district told in `session`, and what was known before that session."""
    unknown = told.keys() - {"language", "province", "district"}
    if unknown:
        raise ValueError(f"a contact does not remember {', '.join(sorted(unknown))}")
    write_columns(db, contact, **_previous(contact, session), **told)


def forget(db: Session, contact: Contact) -> None:
    """Forget its language, province and district, and what they were before."""
    contact.language = contact.province = contact.district = None
    contact.previous = contact.changed_in = None
    db.flush()


def increment_complaints(db: Session, contact: Contact, session: str, language: str | None = None) -> None:
    """One more complaint filed by this contact, which the caller holds, in `session`; in this `language`, which is
    remembered where none is known.
    """
    columns = _previous(contact, session)
    if language is not None and contact.language is None:
        columns["language"] = language
    write_columns(db, contact, complaints=contact.complaints + 1, **columns)


def set_texts(db: Session, contact: Contact, wanted: bool, now: dt.datetime) -> None:
    """STOP and START: whether this contact is texted about the complaints that it has."""
    contact.texts, contact.stopped_at = wanted, None if wanted else now
    db.flush()


def caller_facts(database: Database, phone: str, session: str) -> CallerFacts:
    """What `flows.engine.engine.begin` gets to know of the caller in `session`: one indexed read at every first dial.

    A session that itself changed the contact gets what was known when it began, so that replaying its inputs
    shows the same screens again.
    """
    query, values = _given(database.info[KEYS], None, _TOLD_OF, phone)
    if query is _TOLD_OF[False, False]:
        row = database.glances.first(_KNOWN_OF, values)
    else:
        row = database.glances.one(query, values)
    if row is None:
        return CallerFacts(dict(STRANGER))
    now = dict(zip(_KNOWN, row, strict=False))
    if not row.texts:
        now["stopped"] = True
    return CallerFacts(now | (row.previous or {}) if row.changed_in == session else now, row.id, row.seen_at)


def _lock_row(db: Session, phone: str) -> Contact | None:
    query, values = _asked(db, _LOCKED, phone)
    if query is not _LOCKED[False, False]:
        return db.scalars(query, values).one_or_none()
    db.flush()  # what was set on it would be lost
    row = _LOCKED_ROW.one(db, values)
    return None if row is None else to_row(db, Contact, row._asdict())


def _asked(db: Session, queries: Mapping[tuple[bool, bool], Q], phone: str) -> tuple[Q, dict[str, Any]]:
    """The query of these that finds a number, and what it finds it by."""
    return _given(data_keys(db), db, queries, phone)


def _given(
    keys: DataKeys, db: Session | None, queries: Mapping[tuple[bool, bool], Q], phone: str
) -> tuple[Q, dict[str, Any]]:
    index, mixed = keys.phone_index(TABLE, phone), keys.in_clear.any(db, TABLE)
    found_by: dict[str, Any] = {"phones": index.any()} if index.others else {"phone": index.now}
    return queries[bool(index.others), mixed], found_by | {"clear": phone} if mixed else found_by


def _held(db: Session, phone: str) -> Contact | None:
    """The contact with this number, if this transaction has locked it: then nobody else can have changed it."""
    held: dict[int, Contact] = memory(db).get(_HELD, {})
    return next((each for each in held.values() if each.phone == phone), None)


def _hold(db: Session, contact: Contact) -> Contact:
    """Note that this transaction has locked it."""
    memory(db).setdefault(_HELD, {})[contact.id] = contact
    return contact


def _add(db: Session, phone: str, now: dt.datetime) -> Contact | None:
    """A new contact, which nobody else sees before the COMMIT; None if there is one."""
    found_by, following = data_keys(db).phone_index(TABLE, phone).columns
    added = add_row_once(
        db,
        Contact,
        phone=phone,
        phone_ix=found_by,
        phone_ix_next=following,
        complaints=0,
        texts=True,
        created_at=now,
        seen_at=now,
    )
    if added is None:
        return None
    memory(db)[_NEW, added.id] = True
    return _hold(db, added)


def _on_network(db: Session, contact: Contact, network: str) -> Contact:
    if network and contact.network != network:
        write_columns(db, contact, network=network)
    return contact


def _previous(contact: Contact, session: str) -> dict[str, Any]:
    """The columns that say what was known before this session, if it is the first change in it."""
    if contact.changed_in == session:
        return {}
    return {"previous": {name: getattr(contact, name) for name in _KNOWN}, "changed_in": session}
