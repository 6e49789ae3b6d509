"""Cases that change hands because somebody came, went or changed: in parts, so that nobody waits long for a case.

What is to be done is a row, written with the change itself. The first part is done right after it, which is all of it
at most offices; the sweep does the others, each in a transaction that also says how far it came. So a process that
dies repeats nothing and leaves nothing out.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from flows.cases.escalation_clock import ASKED
from flows.menu.model import Flow
from sessions.cases.acts import assignee_selection
from sessions.cases.core import act_record
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.cases.core.actors import Actor
from sessions.cases.core.case_clock import PROMPTS
from sessions.cases.rules.case_policy import CasePolicy
from storage.audit.entry import SERVICE, AuditActor
from storage.cases import complaints
from storage.connection import error_codes
from storage.connection.database import Database
from storage.connection.write_batch import gather_writes
from storage.encryption.data_keys import data_keys
from storage.messages import outgoing_history
from storage.people import officer_codes, reassignments, staff
from storage.people.staff import CasesOfNobody, NextCases
from storage.schema.tables import Complaint, Reassignment, Staff

BATCH = 50  # cases in one transaction: a fraction of a second
BATCHES = 20  # of one reassignment in one round of the sweep
SECONDS = 1.0  # after which a round begins no other part
LEAVE, JOIN = "leave", "join"
SETTLED = dt.timedelta(seconds=10)  # longer than a transaction: what was given to them meanwhile can be seen by then


class StaffManager(Struct, frozen=True):
    """Who changes the staff, and when. `flows`, by name, have the texts that tell officers of the cases they get.

    At most `batch` cases change hands in one transaction.
    """

    now: dt.datetime
    actor: Actor
    policy: CasePolicy
    flows: Mapping[str, Flow] = {}
    batch: int = BATCH
    auditor: AuditActor = SERVICE  # the same person as the audit log names them


class ReassignmentCounts(Struct, frozen=True):
    """Cases so far: `taken` by others, `lying` at an office where nobody can have them, `theirs` who came.

    `left` may still change hands: the sweep has not looked at them yet.
    """

    taken: int = 0
    lying: int = 0
    theirs: int = 0
    left: int = 0


def leave(db: Session, by: StaffManager, gone: Staff) -> Reassignment:
    """Every open case of a person is to be reassigned within its office; what nobody can take is left to nobody.

    Also one that they are being given at the same moment, which cannot be seen yet: the sweep looks once more.
    """
    return _begin(db, by, gone, LEAVE, CasesOfNobody(None))


def join(db: Session, by: StaffManager, here: Staff) -> Reassignment:
    """The open cases of the office that nobody has are to be assigned; to the newcomer where the rules choose them."""
    return _begin(db, by, here, JOIN, CasesOfNobody(here.office, 0 if here.office else by.policy.lifecycle.top))


def move_first_part(database: Database, by: StaffManager, reassignment_id: int) -> list[int]:
    """Give away the first cases; the ids of the texts it owes. Where somebody holds one of them, the sweep does it."""
    try:
        with database.write.begin() as db:
            row = reassignments.lock(db, reassignment_id)
            return [] if row is None else _continue_row(db, by, row, by.batch)
    except SQLAlchemyError as error:
        if not error_codes.is_row_conflict(error):
            raise
        return []  # what is left is counted from the row


def _continue_row(db: Session, by: StaffManager, row: Reassignment, limit: int) -> list[int]:
    """Give away the next cases, at most so many; the ids of the texts it owes."""
    owed = list[int]()
    found, more = _next(db, by.policy, row, limit)
    with gather_writes(db):
        if found:
            _read_ahead(db, found)
        for case in found:
            owed += _give_away(db, by, row, case)
    if not more and (row.kind == JOIN or by.now - row.began_at >= SETTLED):
        if row.kind == LEAVE and row.after:  # one with a lower id may have come at the same moment: look once more
            row.after = 0
        else:
            row.done_at = by.now
    db.flush()
    return owed


def _read_ahead(db: Session, found: Sequence[Complaint]) -> None:
    """Read what giving these away asks for, of all with one statement each."""
    ids = [each.id for each in found]
    complaints.read_histories(db, ids)
    officer_codes.read_codes(db, ids)
    data_keys(db).read(db, [each.key_id for each in found if each.key_id is not None])
    if asked := [each.id for each in found if each.status in ASKED]:
        outgoing_history.read_deliveries(db, asked, PROMPTS)


def _give_away(db: Session, by: StaffManager, row: Reassignment, case: Complaint) -> list[int]:
    """Give one case to who should have it, and say so in the row; the ids of the texts it owes."""
    workloads = assignee_selection.workloads_of(db, by.policy)
    to = assignee_selection.officer_for(db, by.policy, case, case.desk, case.level)
    row.after = case.id
    if (to.id if to else None) == case.officer_id:
        return []  # they keep it, or nobody can have it
    workloads.move(case.officer_id, to.id if to else None)
    row.taken += row.kind == LEAVE and to is not None
    row.lying += row.kind == LEAVE and to is None
    row.theirs += to is not None and row.kind == JOIN and to.id == row.staff_id
    return _give(db, by, case, to)


def counts_of(database: Database, policy: CasePolicy, ids: Sequence[int]) -> ReassignmentCounts:
    """How far these have come."""
    with database.read.begin() as db:
        rows = reassignments.by_ids(db, ids)
        return ReassignmentCounts(
            taken=sum(row.taken for row in rows),
            lying=sum(row.lying for row in rows),
            theirs=sum(row.theirs for row in rows),
            left=sum(_left(db, policy, row) for row in rows if row.done_at is None),
        )


def cases_to_move(database: Database, policy: CasePolicy) -> dict[int, int]:
    """How many cases are still to change hands because of each person (`Staff.id`)."""
    found: dict[int, int] = {}
    with database.read.begin() as db:
        for row in reassignments.list_open(db):
            if left := _left(db, policy, row):
                found[row.staff_id] = found.get(row.staff_id, 0) + left
    return found


def sweep_reassignments(
    database: Database,
    now: dt.datetime,
    live_flows: Callable[[], Mapping[str, Flow]],
    *,
    policy: CasePolicy,
    batches: int = BATCHES,
    batch: int = BATCH,
    seconds: float = SECONDS,
) -> int:
    """One round over everything that is not done: at most `batches` parts of each, in turn. How many parts were done.

    It begins no part after `seconds`. One that raises holds no other back: its exception goes on when all had their
    turn. A case that can never be given away stays where it is, and those after it go on.
    """
    with database.read.begin() as db:
        waiting = [(row.id, Actor(row.actor, row.role, row.actor_id)) for row in reassignments.list_open(db)]
    done, failed, until = 0, list[Exception](), time.monotonic() + seconds
    flows = live_flows() if waiting else {}
    for _ in range(batches):
        for each in tuple(waiting):
            reassignment_id, actor = each
            if time.monotonic() >= until:
                break
            by = StaffManager(now, actor, policy, flows, batch)
            try:
                if _continue(database, by, reassignment_id, batch):
                    done += 1
                else:
                    waiting.remove(each)
            except SQLAlchemyError as error:
                failed.append(error)
                waiting.remove(each)
            except Exception:  # noqa: BLE001 - one case of this part: the others are given away one by one
                failed += _one_by_one(database, by, reassignment_id)
    if failed:
        raise failed[0]
    return done


def _begin(db: Session, by: StaffManager, whose: Staff, kind: str, which: CasesOfNobody) -> Reassignment:
    row = Reassignment(
        staff_id=whose.id,
        kind=kind,
        desk=which.desk,
        level=which.level,
        actor=by.actor.name,
        role=by.actor.role,
        actor_id=by.actor.staff_id,
        after=0,
        taken=0,
        lying=0,
        theirs=0,
        began_at=by.now,
    )
    db.add(row)
    db.flush()
    return row


def _continue(database: Database, by: StaffManager, reassignment_id: int, limit: int) -> bool:
    """Do the next part in a transaction; False if there is none, or another process does it."""
    with database.write.begin() as db:
        row = reassignments.lock(db, reassignment_id)
        if row is None:
            return False
        before = row.after
        _continue_row(db, by, row, limit)
        return row.after != before


def _one_by_one(database: Database, by: StaffManager, reassignment_id: int) -> list[Exception]:
    """The next part again, each case in a transaction of its own; one that fails is passed over."""
    failed: list[Exception] = []
    for _ in range(by.batch):
        try:
            if not _continue(database, by, reassignment_id, 1):
                break
        except SQLAlchemyError as error:
            return [*failed, error]
        except Exception as error:  # noqa: BLE001 - it would fail in each round, and those behind it would wait for ever
            failed.append(error)
            with database.write.begin() as db:
                row = reassignments.lock(db, reassignment_id)
                if row is not None:
                    row.after = next((case.id for case in _next(db, by.policy, row).cases), row.after)
    return failed


def _next(db: Session, policy: CasePolicy, row: Reassignment, limit: int = 1) -> NextCases:
    if row.kind == LEAVE:
        return staff.cases(db, row.staff_id, policy.open_statuses, after=row.after, limit=limit)
    return staff.nobodys(db, policy.open_statuses, CasesOfNobody(row.desk, row.level), after=row.after, limit=limit)


def _left(db: Session, policy: CasePolicy, row: Reassignment) -> int:
    if row.kind == LEAVE:
        return staff.count_open(db, row.staff_id, policy.open_statuses)
    return staff.count_nobodys(db, policy.open_statuses, CasesOfNobody(row.desk, row.level), after=row.after)


def _give(db: Session, by: StaffManager, case: Complaint, officer: Staff | None) -> list[int]:
    """Record that a locked case goes to an officer or to nobody, and create the text that tells the officer."""
    to, flow = officer.id if officer else None, by.flows.get(case.flow)
    step = Step("reassigned", data={"from": case.officer_id, "to": to})
    if flow is None:  # it is not published any more: there are no words for a text
        act_record.append_required_step(db, by.now, by.actor, case, step, officer_id=to)
        return []
    context = ActContext(db, by.now, by.actor, flow, by.policy)
    act_record.require_success(act_record.record_act(context, case, step, officer_id=to))
    text = assignee_selection.notify_officer(context, case)
    return [] if text is None else [text]
