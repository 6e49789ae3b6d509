"""Compares complaints with what their steps in the log commit to: their words, their custody, their state."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.cases.case_custody import CUSTODY_DIGEST, changed_columns
from storage.cases.complaints import DETAILS_DIGEST, details_digest
from storage.encryption.data_keys import data_keys, key_of
from storage.encryption.key_ring import UnknownKey
from storage.schema.sealed_columns import raw_value
from storage.schema.tables import Complaint, History


class CaseDigests(Struct, frozen=True):
    """The digests of a complaint's words and custody as a step left them, each "" if the step did not change it."""

    details: str = ""
    custody: str = ""


def digests_of(step: History) -> CaseDigests:
    """What a step commits to; nothing if its data are erased, or of an earlier release."""
    try:
        data = step.data
    except UnknownKey:
        return CaseDigests()
    if not isinstance(data, dict):
        return CaseDigests()
    return CaseDigests(str(data.get(DETAILS_DIGEST, "")), str(data.get(CUSTODY_DIGEST, "")))


class ChangedCase(Struct, frozen=True):
    """A complaint that is not as the last step that commits to it left it: its number and the names of what differs."""

    number: str
    names: tuple[str, ...]


def changed_cases(db: Session, steps: Iterable[tuple[int, int, CaseDigests]]) -> dict[int, ChangedCase]:
    """Those complaints that differ from what one of these steps left and no later step changed, by the step's place.

    Of each step: its place, the id of its complaint, and its digests; in the order of the log. A complaint whose steps
    commit to nothing, such as one of an earlier release or one that was erased, is not told.
    """
    words, custody = dict[int, tuple[int, str]](), dict[int, tuple[int, str]]()
    for seq, case, left in steps:
        if left.details:
            words[case] = (seq, left.details)
        if left.custody:
            custody[case] = (seq, left.custody)
    query = select(Complaint).where(Complaint.id.in_(words.keys() | custody.keys()))
    cases = db.scalars(query).all()
    data_keys(db).read_for(db, (case.details_ for case in cases))
    suspects = {
        case.id
        for case in cases
        if (case.id in words and _words_now(case) != words[case.id][1])
        or (case.id in custody and changed_columns(case, custody[case.id][1]))
    }
    told = dict[int, ChangedCase]()
    for each, last in _last_digests(db, suspects):
        for seq, names in _differences(each, last, words.get(each.id), custody.get(each.id)).items():
            told[seq] = ChangedCase(each.number, names)
    return told


def _differences(
    case: Complaint, last: CaseDigests, words: tuple[int, str] | None, custody: tuple[int, str] | None
) -> Mapping[int, tuple[str, ...]]:
    """The names of what is other than its last digest says, by the place of the step that has this digest."""
    found = dict[int, tuple[str, ...]]()
    if words is not None and words[1] == last.details != _words_now(case):
        found[words[0]] = ("words",)
    if custody is not None and custody[1] == last.custody and (names := changed_columns(case, last.custody)):
        found[custody[0]] = (*found.get(custody[0], ()), *names)
    return found


def _last_digests(db: Session, cases: Collection[int]) -> list[tuple[Complaint, CaseDigests]]:
    """Complaints with the last digests of all their steps.

    They are read again, complaints and steps with one statement: somebody may have gone on with them meanwhile.
    """
    if not cases:
        return []
    query = select(Complaint, History).join(History, History.complaint_id == Complaint.id)
    query = query.where(Complaint.id.in_(cases)).order_by(Complaint.id, History.version)
    found = db.execute(query.execution_options(populate_existing=True)).all()
    read_keys(db, (step for _, step in found))
    data_keys(db).read_for(db, {case.details_ for case, _ in found})
    last = dict[int, tuple[Complaint, CaseDigests]]()
    for case, step in found:
        left, (_, before) = digests_of(step), last.get(case.id, (case, CaseDigests()))
        last[case.id] = (case, CaseDigests(left.details or before.details, left.custody or before.custody))
    return list(last.values())


def _words_now(case: Complaint) -> str:
    """The digest of a complaint's words as they are, "" if they do not open."""
    try:
        return details_digest(case.details)
    except UnknownKey:
        return ""


def read_keys(db: Session, steps: Iterable[History]) -> None:
    """Read the data keys of many steps with one statement. Words that name none are told later, by their digest."""
    keys = set[int]()
    for held in (held for step in steps for held in (step.note_, step.data_)):
        with suppress(UnknownKey):
            keys |= {key_of(raw) for raw in (raw_value(held),) if raw is not None}
    data_keys(db).read(db, keys)


def states_without_step(db: Session, at_most: int) -> list[str]:
    """Complaints whose state or version is not that of their last step."""
    last = select(History.complaint_id, func.max(History.version).label("version")).group_by(History.complaint_id)
    steps = last.subquery()
    query = (
        select(Complaint.number, Complaint.status, Complaint.version, History.status, History.version)
        .outerjoin(steps, steps.c.complaint_id == Complaint.id)
        .outerjoin(History, (History.complaint_id == Complaint.id) & (History.version == steps.c.version))
        .where((History.id.is_(None)) | (History.status != Complaint.status) | (History.version != Complaint.version))
        .order_by(Complaint.id)
        .limit(at_most)
    )
    return [
        f"complaint {number}: it is {status} (version {version}), its last step says {said or 'nothing'}"
        for number, status, version, said, _ in db.execute(query)
    ]
