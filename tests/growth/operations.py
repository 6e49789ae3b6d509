"""Every operation that the harness measures, as data: what is done, what is made ready before, and when it is red.

`before` is not measured. What an operation changes, it changes alike at every size: a case is filed, a text settled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text, update

from gateway.endpoints import health
from sessions.cases.acts import me_too
from sessions.counts import case_counts
from sessions.offices import case_reassignment
from sessions.operations import active_alarms, case_clock_sweep, service_status, sweep
from sessions.publishing import codes_in_use
from sessions.retention import retention_plan
from sessions.retention.retention_sweep import RetentionSweep
from sessions.staff import staff_and_their_cases
from sessions.staff.staff_and_their_cases import StaffChange
from storage.audit.entry import SERVICE
from storage.cases import contacts
from storage.messages import questions
from storage.messages.inbound_sms import of_phone
from storage.schema.tables import Inbound, OutboxMessage, Reassignment, Staff
from tests.growth.installation import CALLER, OFFICER, Installation, autocommit
from tests.growth.rows import COPIED
from tests.sessions import posting
from tests.sessions.calls import NEW_CALLER

Act = Callable[[Installation], object]
RUNS = 5  # at first and, of most, once more: the time is that of the median of the first, CPU that of the cheapest
CLAIMED = 64  # texts
ESCALATED = 8  # cases
FLOW = "complaints"
COPIED_NUMBER = f"{COPIED:09}"


def _nothing(there: Installation) -> None: ...


@dataclass(frozen=True)
class Bound:
    """Known growth: as long as an operation reads at most so many rows and pages among many, it is not red."""

    rows: int
    pages: int
    why: str  # "grows with …, bounded by …"; docs/engineers/known-faults.md says the same


OF_A_YEAR = Bound(100_000, 2_500, "grows with the days of the period, bounded by a month of days and sums of 24 months")
OF_PEOPLE = Bound(30_000, 1_000, "grows with the people who have cases, bounded by a count for each of them and status")
OF_HEALTH = Bound(20_000, 1_000, "grows with what waits, bounded by 1,000 of each list")
OF_THE_SAME = Bound(
    3_000,
    1_500,
    "grows with what is open about the same, bounded by the latest 500 cases and 500 of those who joined them",
)
OF_THEIR_PAGE = Bound(
    3_000,
    1_500,
    "grows until each of the phones that it shows lies on a page of its own, bounded by 50 phones and 20 texts of each",
)


@dataclass(frozen=True)
class Operation:
    """Something that runs periodically or for somebody who waits."""

    name: str
    act: Act
    before: Act = _nothing
    runs: int = RUNS
    beside: str = ""  # the operation among few that it is compared with, if that is another one
    bound: Bound | None = None  # of what is known to grow


def _claims(there: Installation) -> None:
    """Claim and settle as a worker does."""
    posts = posting.take(there.database, there.now, CLAIMED)
    if len(posts) != CLAIMED:
        raise RuntimeError(f"{len(posts)} texts were claimed")
    done = [(post, there.aggregator.send(post.phone, post.body)) for post in posts]
    posting.write(there.database, there.now, *done)


def _silent(phone: str) -> Act:
    """What this phone wrote and was answered is two days old: the fourth of equal SMS in an hour gets no reply."""

    def act(there: Installation) -> None:
        earlier, since = there.now - dt.timedelta(days=2), there.now - dt.timedelta(days=1)
        with there.database.write.begin() as db:
            contact = contacts.find_or_add(db, phone, there.now)
            written = (of_phone(db, Inbound, phone), Inbound.received_at > since)
            db.execute(update(Inbound).where(*written).values(received_at=earlier))
            answered = (OutboxMessage.contact_id == contact.id, OutboxMessage.created_at > since)
            db.execute(update(OutboxMessage).where(*answered).values(created_at=earlier))

    return act


def _owe(there: Installation) -> None:
    while posts := posting.take(there.database, there.now, 200):  # what other operations owed is out of the way
        sent = [(post, there.aggregator.send(post.phone, post.body)) for post in posts]
        posting.write(there.database, there.now, *sent)
    for number in range(CLAIMED):
        posting.owe(there.database, there.now, to=posting.phone(number))


def _sent(there: Installation) -> None:
    _owe(there)
    _claims(there)


def _report(there: Installation) -> None:
    """The last text that was sent has arrived."""
    phone, _ = there.aggregator.got[-1]
    posting.report(there.database, there.now, f"ATXid_{len(there.aggregator.got)}", phone=phone)


def _clocks(there: Installation) -> object:
    app = there.app
    texts_of: Any = {FLOW: there.act(None).flow}.get
    return case_clock_sweep.sweep_case_clocks(app.database, there.now, texts_of, policy=app.policy)


def _escalate(there: Installation) -> None:
    found: Any = _clocks(there)
    if found.made < ESCALATED:
        raise RuntimeError(f"{found} of {ESCALATED} cases")


def _remove(there: Installation) -> None:
    gone = staff_and_their_cases.remove(there.database, there.manager, there.busy)
    assert isinstance(gone, StaffChange), gone


_THEIRS_AGAIN = """UPDATE complaints SET officer_id = (SELECT id FROM staff WHERE name = :busy)
    WHERE desk = :desk AND status = 'assigned' AND officer_id <> (SELECT id FROM staff WHERE name = :busy)"""


def _bring_back(there: Installation) -> None:
    """The busy officer works here as if they had never gone, with all that was given away."""
    with there.database.write.begin() as db:
        db.execute(update(Staff).where(Staff.name == there.busy).values(active=True))
        db.execute(update(Reassignment).where(Reassignment.done_at.is_(None)).values(done_at=there.now))
    with autocommit(there.database) as connection:
        connection.execute(text(_THEIRS_AGAIN), {"desk": there.desk, "busy": there.busy})
    case_counts.add_changes(there.database)


def _gone(there: Installation) -> None:
    _bring_back(there)
    _remove(there)


def _reassign(there: Installation) -> None:
    """One part of what is to change hands: how many parts a round of the sweep does depends on how quick they are."""
    case_reassignment.sweep_reassignments(
        there.database, there.now, dict, policy=there.app.policy, batches=1, seconds=60.0
    )


def _me_too(there: Installation) -> None:
    with there.database.write.begin() as db:
        contact = contacts.find_or_add(db, there.new_phone(), there.now)
        done = me_too.me_too(there.act(db), contact, COPIED_NUMBER)
    if done.result != "ok":
        raise RuntimeError(done.result)


def _overdue(there: Installation) -> None:
    with there.database.read.begin() as db:
        for kind in ("filing", "join"):
            questions.overdue(db, kind, there.now, 50)


def _checks(there: Installation) -> None:
    for check in health.checks(there.database, there.app.settings.redis_url):
        check.holds()


def _retain(there: Installation) -> None:
    """One round of a process that has just started."""
    app = there.app
    RetentionSweep(app.database, retention_plan.load_retention(""), app.policy).look(there.now)


def _confirm(there: Installation) -> None:
    retention = retention_plan.load_retention("")
    retention_plan.confirm(there.database, retention, there.now, SERVICE, two_people=False)


class _Called:
    """A hop behind a dial that is not measured."""

    def __init__(self, *typed: str) -> None:
        self._typed = typed
        self._next: Callable[[], object] = lambda: None

    def before(self, there: Installation) -> None:
        """Walk as far as that."""
        phone = there.phone(CALLER)
        phone.walk(self._typed[:-1])
        self._next = lambda: phone.type(self._typed[-1])

    def act(self, _there: Installation) -> object:
        """The hop."""
        return self._next()


def _pages() -> Iterator[Operation]:
    def page(path: str, *, by_admin: bool = False) -> Operation:
        def act(there: Installation) -> None:
            there.page(there.admin if by_admin else there.looker, path.format(draft=there.draft))

        bound = OF_HEALTH if path == "/console/health" else None
        return Operation(f"page: {path}", act, lambda there: (there.admin, there.looker, there.draft), bound=bound)

    for path in (
        "/console/", "/console/health", f"/console/flows/{FLOW}", f"/console/flows/{FLOW}/funnel",
        f"/console/flows/{FLOW}/funnel?period=30", f"/console/flows/{FLOW}/codes",
        "/console/drafts/{draft}", "/console/drafts/{draft}/problems", "/console/drafts/{draft}/problems/count",
    ):  # fmt: skip
        yield page(path)
    for path in ("/console/people", "/console/audit", "/console/models", "/console/drafts/{draft}/publish"):
        yield page(path, by_admin=True)

    def year(there: Installation) -> None:
        last = there.now.date()
        first = last - dt.timedelta(days=364)
        there.page(there.looker, f"/console/flows/{FLOW}/funnel?from={first}&to={last}")

    month = f"page: /console/flows/{FLOW}/funnel?period=30"
    yield Operation("page: funnel of 365 days", year, lambda there: there.looker, beside=month, bound=OF_A_YEAR)


def _sweeps() -> Iterator[Operation]:
    yield Operation("sweep: round, nothing due", Installation.sweep, Installation.sweep)
    for name in SWEEP_STEPS:
        yield Operation(f"sweep: {name}", lambda there, name=name: _step(there, name))
    yield Operation("sweep: clocks, nothing due", _clocks)
    yield Operation("sweep: alarms", lambda there: active_alarms.find_active_alarms(there.database, there.now, 1000))
    yield Operation(f"sweep: {ESCALATED} escalations", _escalate, lambda there: there.fall_due(ESCALATED))


SWEEP_STEPS = (
    "expired_leases",
    "overdue_texts",
    "early_reports",
    "old_offers",
    "old_drafts",
    "due_texts",
    "left_over_sms",
)


def _step(there: Installation, wanted: str) -> None:
    ran = []

    def only(name: str, step: Callable[[], Any], otherwise: Any) -> Any:
        ran.append(name)
        return step() if name == wanted else otherwise

    app = there.app
    sweep.sweep(app.database, there.now, lambda _: None, answer_left_over=app.texting.left_over, run=only)
    if wanted not in ran:
        raise RuntimeError(f"the sweep has no step {wanted}")


_MENU = _Called("1")

OPERATIONS: tuple[Operation, ...] = (
    Operation("hop: dial, known", lambda there: there.phone(CALLER).dial()),
    Operation("hop: dial, new", lambda there: there.phone(there.new_phone()).dial()),
    Operation("hop: menu", _MENU.act, _MENU.before),
    Operation("hop: call that files", lambda there: there.phone(there.new_phone()).walk(NEW_CALLER)),
    Operation("hop: call of status", lambda there: there.phone(CALLER).walk(["3", there.filed.number])),
    Operation("hop: own complaints", lambda there: there.phone(CALLER).walk(["2", "1"])),
    Operation("hop: wrong number", lambda there: there.phone(there.new_phone()).walk(["1", "3", there.filed.number])),
    Operation("SMS: status", lambda there: there.text(CALLER, f"STATUS {there.filed.number}"), _silent(CALLER)),
    Operation("SMS: LOG", lambda there: there.text(CALLER, f"LOG {there.filed.number}"), _silent(CALLER)),
    Operation("SMS: files", lambda there: there.text(there.new_phone(), "bijli nahi aa rahi lahore")),
    Operation("SMS: not understood", lambda there: there.text(there.new_phone(), "zzz qqq")),
    Operation("SMS: officer's inbox", lambda there: there.text(OFFICER, "CASES"), _silent(OFFICER)),
    Operation("me too on an old case", _me_too, bound=OF_THE_SAME),
    Operation(f"texts: claim and settle {CLAIMED}", _claims, _owe),
    Operation("texts: delivery report", _report, _sent),
    *_sweeps(),
    Operation("questions: overdue", _overdue),
    Operation("staff: remove a busy officer", _remove, _bring_back),
    Operation("staff: a part of reassignment", _reassign, _gone, runs=2),
    Operation("staff: list", lambda there: there.command("staff", "list"), bound=OF_PEOPLE),
    Operation("staff: mistyped name", lambda there: there.command("staff", "remove", f"{there.busy}x", code=1)),
    Operation("texts list NUMBER", lambda there: there.command("texts", "list", "000000002")),
    Operation("texts list --state failed", lambda there: there.command("texts", "list", "--state", "failed")),
    Operation("complaints list --office", lambda there: there.command("complaints", "list", "--office", there.rare)),
    Operation("complaints list --unheld", lambda there: there.command("complaints", "list", "--unheld")),
    Operation("sms unheard", lambda there: there.command("sms", "unheard"), bound=OF_THEIR_PAGE),
    Operation("flows: codes in use", lambda there: codes_in_use.codes_in_use(there.database, FLOW)),
    Operation("published flows", lambda there: there.app.shelf.refresh()),
    Operation("published model", lambda there: there.app.models.refresh()),
    Operation("metrics: tables", lambda there: service_status.read_service_status(there.database, there.now, 1000)),
    Operation("readyz", _checks),
    *_pages(),
    Operation("retention: a round", _retain, _confirm),
)
