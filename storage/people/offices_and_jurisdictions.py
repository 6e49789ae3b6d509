"""Offices and what each is responsible for. Functions act in the caller's transaction and never commit or delete."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Select, Table, bindparam, insert, or_, select, true, update
from sqlalchemy.orm import Session

from storage.connection.database import memory
from storage.connection.driver_statements import DriverStatement, to_row
from storage.schema.tables import Complaint, Jurisdiction, Office

_OF_CODE = select(Office).where(Office.code == bindparam("code"))
_first = select(Office.code, Office.oversight).where(Office.code.in_(bindparam("codes", expanding=True)), Office.active)
_above = _first.cte("above", recursive=True)
_above = _above.union(select(Office.code, Office.oversight).where(Office.code == _above.c.oversight, Office.active))
_ABOVE = "which offices are above others"  # in the memory of a transaction
_CHAINS = "offices with those above them"
_WITH_ABOVE = select(Office).where(Office.code.in_(select(_above.c.code)))
_RULES = (
    select(Jurisdiction)
    .where(
        Jurisdiction.kind == bindparam("kind"),
        Jurisdiction.since <= bindparam("day"),
        or_(Jurisdiction.until.is_(None), Jurisdiction.until > bindparam("day")),
        or_(Jurisdiction.district.is_(None), Jurisdiction.district == bindparam("district")),
        or_(
            Jurisdiction.province.is_(None),
            Jurisdiction.province == bindparam("province"),
            Jurisdiction.district == bindparam("district"),
        ),
    )
    .order_by(Jurisdiction.id)
)
_fitting = _RULES.order_by(None).cte("fitting")
_ruled = select(Office.code, Office.oversight).where(Office.code.in_(select(_fitting.c.office)), Office.active)
_over = _ruled.cte("over", recursive=True)
_over = _over.union(select(Office.code, Office.oversight).where(Office.code == _over.c.oversight, Office.active))
_office, _RULE = cast("Table", Office.__table__), "rule_"
_BOOK = (
    select(_office, *(each.label(f"{_RULE}{each.name}") for each in _fitting.c))
    .outerjoin(_fitting, _fitting.c.office == _office.c.code)
    .where(_office.c.code.in_(select(_over.c.code)))
)
_BOOK_ALONE = DriverStatement(_BOOK.order_by(_fitting.c.id))
_OFFICE_COLUMNS = tuple(each.name for each in _office.c)
_RULE_COLUMNS = tuple(each.name for each in _fitting.c)


class Place(NamedTuple):
    """What rules are read by: the kind of office, where, and on which day."""

    kind: str
    province: str | None
    district: str | None
    day: dt.date


def by_code(db: Session, code: str | None) -> Office | None:
    """The office with this code, active or not: read once in a transaction."""
    if not code:
        return None
    kept = memory(db)
    if (Office, code) not in kept:
        kept[Office, code] = db.scalars(_OF_CODE, {"code": code}).one_or_none()
    found: Office | None = kept[Office, code]
    return found


def every(db: Session) -> Sequence[Office]:
    """All offices, active or not, by code."""
    return db.scalars(select(Office).order_by(Office.code)).all()


def names_of(db: Session, codes: Collection[str]) -> dict[str, str]:
    """The names of some offices, by code."""
    found = db.execute(select(Office.code, Office.name).where(Office.code.in_(tuple(codes))))
    return {row.code: row.name for row in found}


def rules(db: Session) -> Sequence[Jurisdiction]:
    """All rules, current or not, in the order of creation."""
    return db.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all()


def rules_for(
    db: Session, kind: str, province: str | None, district: str | None, day: dt.date
) -> Sequence[Jurisdiction]:
    """Rules of a kind that apply on a day and may match this place: few, however many districts there are."""
    return db.scalars(_RULES, {"kind": kind, "province": province, "district": district, "day": day}).all()


def beside_rules(columns: Select[Any]) -> DriverStatement:
    """The statement that reads these columns, which are one row, and what `rules_and_offices` of a Place reads."""
    one, book = columns.subquery(), _BOOK.subquery()
    both = select(*one.c, *book.c).select_from(one.outerjoin(book, true()))
    return DriverStatement(both.order_by(book.c[f"{_RULE}id"]))


def keep_rules(db: Session, place: Place, rows: Sequence[Any]) -> None:
    """Keep what was read `beside_rules` for who asks `rules_and_offices` next in this transaction."""
    memory(db)[place] = [row[-len(_OFFICE_COLUMNS + _RULE_COLUMNS) :] for row in rows if row.code is not None]


def rules_and_offices(
    db: Session, kind: str, province: str | None, district: str | None, day: dt.date
) -> tuple[list[Jurisdiction], dict[str, Office]]:
    """`rules_for` whose office takes cases, and `with_above` of their offices: one statement."""
    place = Place(kind, province, district, day)
    found = memory(db).pop(place, None)
    if found is None:
        found = _BOOK_ALONE.run(db, place._asdict())
    every = [dict(zip(_OFFICE_COLUMNS, row, strict=False)) for row in found]
    offices = {code: to_row(db, Office, each) for code, each in {each["code"]: each for each in every}.items()}
    memory(db).update({(Office, code): office for code, office in offices.items()})
    ruled = [dict(zip(_RULE_COLUMNS, row[len(_OFFICE_COLUMNS) :], strict=True)) for row in found]
    return [to_row(db, Jurisdiction, each) for each in ruled if each["id"] is not None], offices


def with_above(db: Session, codes: Iterable[str]) -> dict[str, Office]:
    """Active offices with these codes, and all offices above them: read once in a transaction."""
    kept, wanted = memory(db), tuple(sorted(set(codes)))
    chains: dict[tuple[str, ...], dict[str, Office]] = kept.setdefault(_CHAINS, {})
    if wanted and wanted not in chains:
        chains[wanted] = {office.code: office for office in db.scalars(_WITH_ABOVE, {"codes": wanted})}
        kept.update({(Office, code): office for code, office in chains[wanted].items()})
    return chains.get(wanted, {})


def is_above(db: Session, code: str) -> bool:
    """True for an office that is the oversight of another one: read once in a transaction."""
    kept: dict[str, bool] = memory(db).setdefault(_ABOVE, {})
    if code not in kept:
        below = select(Office.id).where(Office.oversight == code, Office.active).limit(1)
        kept[code] = db.scalars(below).first() is not None
    return kept[code]


def under(db: Session, code: str) -> frozenset[str]:
    """The codes of every office below this one, active or not: inactive ones keep the cases they have."""
    found: set[str] = set()
    above = {code}
    while above:
        below = set(db.scalars(select(Office.code).where(Office.oversight.in_(tuple(above)))))
        above = below - found - {code}
        found |= above
    return frozenset(found)


def add(db: Session, offices: Sequence[Mapping[str, Any]]) -> None:
    """Add offices: `code`, `name`, `kind`, `oversight` of each."""
    if offices:
        db.execute(insert(Office), [dict(each, active=True) for each in offices])
        for each in offices:
            _forget(db, each["code"])


def change(db: Session, code: str, **columns: Any) -> None:
    """Write these columns of an office."""
    db.execute(update(Office).where(Office.code == code).values(**columns))
    _forget(db, code)


def _forget(db: Session, code: str) -> None:
    """What was read of an office, and of which is above which, is not true any more."""
    for kept in ((Office, code), _ABOVE, _CHAINS):
        memory(db).pop(kept, None)


def add_rules(db: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rules: the columns of `Jurisdiction`."""
    if rows:
        db.execute(insert(Jurisdiction), [dict(each) for each in rows])


def end(db: Session, rule_id: int, until: dt.date | None) -> None:
    """Let a rule apply until this day, exclusive; None: until further notice."""
    db.execute(update(Jurisdiction).where(Jurisdiction.id == rule_id).values(until=until))


def latest_cases(db: Session, most: int) -> Sequence[Complaint]:
    """The complaints filed last, newest first."""
    query = select(Complaint).where(Complaint.kind == "complaint").order_by(Complaint.id.desc()).limit(most)
    return db.scalars(query).all()
