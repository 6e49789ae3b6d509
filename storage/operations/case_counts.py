"""Counts of cases kept beside them (storage/schema/cases.py): changes are added to them, and they are checked.

Functions act in the caller's transaction and never commit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, delete, func, literal, select, union_all
from sqlalchemy import insert as insert_rows
from sqlalchemy.orm import Session

from storage.cases.complaints import CODE_LISTS
from storage.connection.insert_once import insert
from storage.schema.cases import CaseChange, CodeCount, OfficerCount
from storage.schema.tables import Complaint

AT_ONCE = 1000  # changes that are added in one transaction
OFFICER = "officer"


class CountKey(NamedTuple):
    """What is counted: a code of a `list` among the cases of `owner`, a flow; or a status among those of an officer."""

    list: str  # one of CODE_LISTS, or OFFICER
    owner: str  # the flow, or Staff.id
    code: str


def add_changes(db: Session, most: int = AT_ONCE) -> int:
    """Add the oldest changes to the counts and delete them; how many. Another sweep's are left to it."""
    query = select(CaseChange).order_by(CaseChange.id).limit(most).with_for_update(skip_locked=True)
    rows = db.scalars(query).all()
    sums: Counter[CountKey] = Counter()
    for row in rows:
        for key in _keys_of(row):
            sums[key] += row.change
    codes = [
        {"flow": key.owner, "list": key.list, "code": key.code, "cases": cases}
        for key, cases in sorted(sums.items())
        if key.list != OFFICER and cases
    ]
    officers = [
        {"officer_id": int(key.owner), "status": key.code, "cases": cases}
        for key, cases in sorted(sums.items())
        if key.list == OFFICER and cases
    ]
    _add(db, CodeCount, ("flow", "list", "code"), codes)
    _add(db, OfficerCount, ("officer_id", "status"), officers)
    if rows:
        db.execute(delete(CaseChange).where(CaseChange.id.in_([row.id for row in rows])))
    return len(rows)


def _keys_of(row: CaseChange) -> Iterable[CountKey]:
    if row.flow is not None:
        for name in CODE_LISTS:
            if (code := getattr(row, name)) is not None:
                yield CountKey(name, row.flow, code)
    if row.officer_id is not None and row.status is not None:
        yield CountKey(OFFICER, str(row.officer_id), row.status)


def _add(db: Session, table: type[CodeCount] | type[OfficerCount], keys: tuple[str, ...], rows: list[Any]) -> None:
    """In the order of the keys, so that two sweeps do not wait for each other."""
    if rows:
        new = insert(db, table)
        more = {"cases": table.cases + new.excluded.cases}
        db.execute(new.on_conflict_do_update(index_elements=keys, set_=more), rows)


def kept_counts(db: Session) -> dict[CountKey, int]:
    """Every count as readers see it, with the changes that are not added yet."""
    change = CaseChange
    parts: list[Any] = [
        select(CodeCount.list, CodeCount.flow, CodeCount.code, CodeCount.cases),
        *(
            select(literal(name), change.flow, getattr(change, name), change.change).where(
                change.flow.is_not(None), getattr(change, name).is_not(None)
            )
            for name in CODE_LISTS
        ),
    ]
    officers = union_all(
        select(OfficerCount.officer_id, OfficerCount.status, OfficerCount.cases),
        select(change.officer_id, change.status, change.change).where(
            change.officer_id.is_not(None), change.status.is_not(None)
        ),
    ).subquery()
    codes = union_all(*parts).subquery()
    list_, flow, code, cases = codes.c
    query = select(list_, flow, code, func.sum(cases)).group_by(list_, flow, code)
    found = {CountKey(*row[:3]): int(row[3]) for row in db.execute(query)}
    who, status, cases = officers.c
    for row in db.execute(select(who, status, func.sum(cases)).group_by(who, status)):
        found[CountKey(OFFICER, str(row[0]), row[1])] = int(row[2])
    return {key: count for key, count in found.items() if count}


def count_cases_between(db: Session, after: int, until: int) -> dict[CountKey, int]:
    """The counts of the cases with ids `after` the one and up to the other, from the cases themselves."""
    columns = (Complaint.flow, *(getattr(Complaint, name) for name in CODE_LISTS), Complaint.officer_id)
    cases = select(*columns).where(Complaint.id > after, Complaint.id <= until).cte("cases").prefix_with("MATERIALIZED")
    parts = [
        select(literal(name), cases.c.flow, cases.c[name], func.count())
        .where(cases.c[name].is_not(None))
        .group_by(cases.c.flow, cases.c[name])
        for name in CODE_LISTS
    ]
    codes = {CountKey(*row[:3]): int(row[3]) for row in db.execute(union_all(*parts))}
    held = select(Complaint.officer_id, Complaint.status, func.count()).where(
        Complaint.id > after, Complaint.id <= until, Complaint.officer_id.is_not(None)
    )
    rows = db.execute(held.group_by(Complaint.officer_id, Complaint.status))
    return codes | {CountKey(OFFICER, str(row[0]), row[1]): int(row[2]) for row in rows}


def correct(db: Session, differences: Mapping[CountKey, int]) -> None:
    """Note what each count lacks as changes of its own: those that others note meanwhile are added all the same."""
    nothing: dict[str, Any] = dict.fromkeys(("flow", *CODE_LISTS, "officer_id"))
    rows = [
        nothing
        | (
            {"officer_id": int(key.owner), "status": key.code}
            if key.list == OFFICER
            else {"flow": key.owner, key.list: key.code}
        )
        | {"change": lacks}
        for key, lacks in sorted(differences.items())
    ]
    db.execute(insert_rows(cast("Table", CaseChange.__table__)), rows)
