"""Data that moves behaviour: every limit, percentage, zone and column that an operator may change is changed, and what
the service does follows. The names are read from the code, so a new one fails here by name until it has an example.
"""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import select

from flows.cases.lifecycle_file import Life, Limits
from flows.cases.lifecycle_rules import Lifecycle, TransitionInput
from flows.cases.local_offices import office_of_place
from flows.cases.working_hours_file import CalendarFile
from flows.cases.working_time import parse_calendars
from flows.menu.model import Flow, Room, State
from flows.understanding import category_and_district
from gateway.app import create_app
from gateway.cli.sweep_round import SweepRound
from gateway.delivery.rules_from_settings import rules
from gateway.delivery.worker_job import build_worker_context
from gateway.endpoints.application import Sunwai
from gateway.settings.clock import utc_now
from gateway.settings.config import Config
from gateway.settings.values import readers
from sessions.cases.acts import assignment, citizen_acts, citizen_verdicts, me_too, office_work, resolution
from sessions.cases.acts.all_acts import StaffAct
from sessions.cases.acts.file_complaint import ComplaintDraft, file_complaint
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import CITIZEN, Actor, of_staff, operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy, case_policy
from sessions.operations import quarantine_review
from sessions.operations.case_clock_sweep import sweep_case_clocks
from sessions.operations.quarantine_review import QuarantineReview
from sessions.operations.unfinished_calls import UnfinishedCallNotes, UnfinishedCallTexts
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms import inbound_transaction
from sessions.ussd.session_record import SessionState, session_key
from storage.cases import complaints, contacts
from storage.connection.database import Database
from storage.menus.revisions import route
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import Complaint, History, OutboxMessage, UnreadableForm
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import KEY, arrive
from tests.gateway.console.test_access import joined
from tests.gateway.operating import run
from tests.gateway.outside import HOP, PHONE, post, settings
from tests.servers import Valkey
from tests.sessions.calls import publish_shipped
from tests.sessions.filing import AMIR, KARACHI, SARA, shipped, shipped_with
from tests.sessions.posting import Aggregator, owe, send
from tests.sessions.roster import DESK, WATER, hire, import_
from tests.sessions.texter import Post

ROOT = Path(__file__).parents[2]
FILED = dt.datetime(2026, 8, 31, 10, tzinfo=KARACHI)  # a Monday; no holiday until the ninth of November
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WORDS = "The pipe was mended and water is back in the street"
LIFE = SHIPPED_POLICY.life


class Town(Struct):
    """A city whose offices work by some policy, with the words and lists of a flow."""

    database: Database
    policy: CasePolicy = SHIPPED_POLICY
    flow: Flow = field(default_factory=shipped)

    def staff(self) -> dict[str, Actor]:
        """Everybody of one office, and a desk above it."""
        import_(self.database, WATER, DESK)
        offices = {"officer": "water-lahore", "supervisor": "water-lahore", "oversight": "desk"}
        return {role: of_staff(hire(self.database, f"The {role}", at, role)) for role, at in offices.items()}

    def file(
        self, category: str | None = "mun01", now: dt.datetime = FILED, phone: str = SARA, **more: Any
    ) -> Complaint:
        """A complaint of a citizen."""
        with self.database.write.begin() as db:
            contact = contacts.find_or_add(db, phone, now)
            given = {"district": "lahore", "details": "No water in street 4"} | more
            draft = ComplaintDraft(contact=contact, revision=1, category=category, **given)
            at = ActContext(db, now, CITIZEN, self.flow, self.policy)
            return file_complaint(at, draft, f"{phone}{category}{now}:5:1").complaint

    def do(self, act: StaffAct, of: Complaint, actor: Actor, now: dt.datetime = FILED, **given: str) -> str:
        """An act of staff: the status that it led to, or "refused"."""
        with self.database.write.begin() as db:
            held = db.get_one(Complaint, of.id)
            done = act(ActContext(db, now, actor, self.flow, self.policy), held, TransitionInput(**given))
            return "refused" if isinstance(done, Refusal) else held.status

    def citizen(self, act: Callable[..., Any], of: Complaint, now: dt.datetime, *given: Any) -> Any:
        """An act of the citizen: what it comes back with, and the status that it led to."""
        with self.database.write.begin() as db:
            held = db.get_one(Complaint, of.id)
            return act(ActContext(db, now, CITIZEN, self.flow, self.policy), held, *given), held.status

    def days_until(self, act: str, of: Complaint, start: dt.datetime = FILED, most: int = 60) -> float | None:
        """After how many days the sweep, which looks every four hours, does this to a complaint."""
        for look in range(most * 6):
            while sweep_case_clocks(
                self.database, start + look * 4 * HOUR, lambda _: self.flow, policy=self.policy
            ).made:
                pass
            with self.database.read() as db:
                if act in [row.act for row in complaints.history(db, of.id)]:
                    return round(look / 6, 1)
        return None

    def resolved(self, category: str = "mun01", words: str = WORDS) -> tuple[Complaint, str]:
        """A complaint that its office says is done, and the status it has then."""
        staff, complaint = self.staff(), self.file(category)
        self.do(office_work.acknowledge, complaint, staff["officer"])
        given = {"outcome": "relief_granted", "proof": "visit", "words": words}
        return complaint, self.do(resolution.resolve, complaint, staff["officer"], **given)


Observe = Callable[[Town], object]


class Example(Struct, frozen=True):
    """What is changed and to what, what is looked at, and what it shows as shipped and once changed."""

    changed: Any
    observe: Observe
    shipped: object
    then: object


# ---- The life cycle ----


def _asked_again(town: Town) -> str:
    staff, complaint = town.staff(), town.file()
    officer = staff["officer"]
    town.do(office_work.acknowledge, complaint, officer)
    town.do(office_work.ask_citizen, complaint, officer, words="Which street?")
    town.do(office_work.resume_work, complaint, officer)
    return town.do(office_work.ask_citizen, complaint, officer, words="Which house?")


def _wait(town: Town) -> float | None:
    staff, complaint = town.staff(), town.file()
    town.do(office_work.acknowledge, complaint, staff["officer"])
    town.do(office_work.ask_citizen, complaint, staff["officer"], words="Which street?")
    return town.days_until("wait_over", complaint)


def _reopened(town: Town) -> object:
    complaint, _ = town.resolved()
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.citizen(citizen_verdicts.reopen, complaint, FILED + 10 * DAY, "No water again")[0]


def _level_of_reopened(town: Town) -> object:
    return town.citizen(citizen_verdicts.reopen, town.resolved()[0], FILED + HOUR, "Still no water")[1]


def _appealed(town: Town) -> object:
    staff, complaint = town.staff(), town.file()
    supervisor = staff["supervisor"]
    town.do(resolution.refuse, complaint, supervisor, reason="law_forbids", words=WORDS)
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.citizen(citizen_verdicts.appeal, complaint, FILED + 10 * DAY)[0]


def _transferred(town: Town) -> str:
    staff, complaint = town.staff(), town.file()
    given = {"office": "desk", "words": "It belongs to another office than ours"}
    return town.do(assignment.transfer, complaint, staff["officer"], **given)


def _confirmed(town: Town, category: str = "mun01") -> float | None:
    complaint, _ = town.resolved(category)
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.days_until("rechecked", complaint, FILED + HOUR)


def _reminded_again(town: Town) -> object:
    complaint = town.file()
    town.citizen(citizen_acts.remind, complaint, FILED + HOUR)
    return town.citizen(citizen_acts.remind, complaint, FILED + 3 * HOUR)[0]


def _looked_up(town: Town) -> str:
    """The sixth wrong number of a phone, a quarter of an hour after each other."""
    found: object = ""
    for at in range(6):
        with town.database.write.begin() as db:
            now = FILED + at * HOUR / 4
            contact = contacts.find_or_add(db, SARA, now)
            context = ActContext(db, now, CITIZEN, town.flow, town.policy)
            found = own_cases.look_up(context, contact, "123456782", f"key{at}")
    return str(found)


def _known(town: Town, asked: dt.timedelta | None, after: dt.timedelta) -> str:
    town.file("nrg01")
    with town.database.write.begin() as db:
        context = ActContext(db, FILED + after, CITIZEN, town.flow, town.policy)
        return me_too.known_problem(context, contacts.find_or_add(db, AMIR, FILED), "nrg01", "lahore", asked).result


class BrokenOffCall(UnfinishedCallNotes):
    """Notes of one call, which broke off with two answers."""

    def __init__(self, revision: int) -> None:
        state = State(revision, "where", "en", Room(), {"group": "mun", "category": "mun01"})
        self.live = SessionState(0, "", state, int(FILED.timestamp()), True, code="*8484#")

    def due(self, until: dt.datetime) -> list[bytes]:
        return [b"call"] if until >= FILED else []

    def left(self, key: bytes) -> tuple[SessionState, str]:  # noqa: ARG002
        return self.live, SARA

    def drop(self, key: bytes) -> None:
        pass


def _reminded_after(town: Town) -> int | None:
    """The minutes after which the caller is told that the answers are kept."""
    published = Post(town.database, policy=town.policy).shelf.for_code("8484")
    assert published is not None
    shelf = PublishedFlowCache(town.database)
    texts = UnfinishedCallTexts(BrokenOffCall(published.id), town.database, shelf, town.policy, lambda _: None)
    return next((late for late in range(1, 61) if texts.look(FILED + dt.timedelta(minutes=late))), None)


def _texted(town: Town, *texts: str) -> list[bool]:
    """Which of these SMS, within an hour, are answered."""
    post = Post(town.database, policy=town.policy)
    return [post.text(words) is not None for words in texts]


def _after_danger(town: Town) -> str:
    """The reply to what a phone writes three hours after words of danger."""
    post = Post(town.database, policy=town.policy)
    post.text("aag lagi hai Lahore mein")
    post.wait(hours=3)
    return post.event("bohat log jama ho gaye hain")


def _answered(town: Town) -> str:
    """What a case becomes whose citizen answers YES a week after the office says that it is done."""
    post, complaint = Post(town.database, policy=town.policy), town.resolved()[0]
    with town.database.write.begin() as db:
        for each in db.scalars(select(OutboxMessage)):
            each.state, each.settled_at = "delivered", FILED
    post.now = FILED + 7 * DAY
    post.text("1")
    with town.database.read() as db:
        return db.get_one(Complaint, complaint.id).status


def _reason_kept(town: Town) -> bool:
    """Whether the reason counts that a citizen gives three days after they said NO."""
    post, complaint = Post(town.database, policy=town.policy), town.resolved()[0]
    with town.database.write.begin() as db:
        for each in db.scalars(select(OutboxMessage)):
            each.state, each.settled_at = "delivered", FILED
    post.now = FILED + DAY
    post.text("2")
    post.now += 3 * DAY
    post.text("3")
    with town.database.read() as db:
        return "reason_given" in [row.act for row in complaints.history(db, complaint.id)]


def _language_chosen(town: Town) -> str | None:
    """The language that a phone chose two days after it was asked."""
    post = Post(town.database, policy=town.policy)
    post.text("LANG")
    post.now += 2 * DAY
    post.text("2")
    return post.contact().language


def _wrong_codes(town: Town) -> list[str]:
    """The replies to two wrong codes of an officer about one case."""
    import_(town.database, WATER, DESK)
    hire(town.database, "Officer", "water-lahore", "officer", AMIR)
    post, number = Post(town.database, policy=town.policy), town.file().number
    right = int(post.code(number, AMIR))
    return [post.event(f"ACK {number} {(right + wrong) % 10_000:04}", AMIR) for wrong in (1, 2)]


def _withdrawn_twice(town: Town) -> list[str]:
    """The replies to a citizen who says twice that a complaint is taken back."""
    post, number = Post(town.database, policy=town.policy), town.file(now=FILED).number
    return [post.event(f"WITHDRAW {number}") for _ in range(2)]


def _listed(town: Town, words: str, phone: str) -> int:
    """How many numbers of cases the answer lists."""
    post = Post(town.database, policy=town.policy)
    for category in ("mun01", "mun02", "mun03"):
        town.file(category, post.now, SARA)
    return post.says(words, phone).count("-") // 2


def _officers_list(town: Town) -> int:
    import_(town.database, WATER, DESK)
    hire(town.database, "Officer", "water-lahore", "officer", AMIR)
    return _listed(town, "CASES", AMIR)


def after(act: str, category: str = "mun01") -> Observe:
    """After how many days the sweep does this to a case that nobody touches."""

    def observe(town: Town) -> float | None:
        town.staff()
        return town.days_until(act, town.file(category))

    return observe


def silent(act: str) -> Observe:
    """The same to a case that its office says is done."""
    return lambda town: town.days_until(act, town.resolved()[0])


def due_without_days(town: Town) -> str:
    """The day that a complaint is due whose category does not say."""
    return due()(replace_flow(town, "mun01", days=""))


def due_in_danger(town: Town) -> str:
    """The day that an answer to words of danger is due, which are about nothing that has a category."""
    return town.file(None, danger=True).due_on.isoformat()


def replace_flow(town: Town, category: str, **columns: str) -> Town:
    """The same with other columns of a category."""
    return Town(town.database, town.policy, shipped_with(category, columns))


def due(category: str = "mun01", now: dt.datetime = FILED, district: str = "lahore") -> Observe:
    """The day that a complaint is due."""
    return lambda town: town.file(category, now, district=district).due_on.isoformat()


LIMITS: dict[str, Example] = {
    "words.least": Example(10, lambda town: town.resolved(words="It is mended")[1], "refused", "resolved_pending"),
    "words.most": Example(30, lambda town: town.resolved()[1], "resolved_pending", "refused"),
    "pauses.most": Example(1, _asked_again, "waiting_citizen", "refused"),
    "pauses.days": Example(2, _wait, 5, 2),
    "reopenings.most": Example(0, _level_of_reopened, "assigned", "appealed"),
    "reopenings.days": Example(5, _reopened, True, False),
    "appeal.days": Example(5, _appealed, True, False),
    "silence.reminder": Example(1, silent("reminded_citizen"), 3, 1),
    "silence.over": Example(5, silent("undelivered"), 7, 5),
    "transfers.most": Example(0, _transferred, "assigned", "screening"),
    "answers.days": Example(4, due_without_days, "2026-09-21", "2026-09-04"),
    "answers.danger": Example(3, due_in_danger, "2026-09-01", "2026-09-03"),
    "answers.most": Example(4, due(), "2026-09-09", "2026-09-04"),
    "escalation.nudge": Example(50, after("nudged"), 8.2, 4.0),
    "escalation.levels[0]": Example(90, after("late_1"), 9.3, 9.2),
    "escalation.levels[1]": Example(110, after("late_2"), 15.3, 10.3),
    "escalation.levels[2]": Example(160, after("late_3"), 21.3, 16.3),
    "escalation.acknowledge": Example(8, after("unacknowledged"), 3.2, 1.2),
    "recheck.days": Example(10, _confirmed, 28, 10),
    "recheck.categories": Example(("edu",), _confirmed, 28, None),
    "reminders.hours": Example(1, _reminded_again, "too_soon", "ok"),
    "lookups.most": Example(2, _looked_up, "missing", "too_many"),
    "lookups.hours": Example(6, _looked_up, "missing", "too_many"),
    "known_problems.hours": Example(2, lambda town: _known(town, None, 3 * HOUR), "ok", "none"),
    "known_problems.days": Example(2, lambda town: _known(town, 10 * DAY, 5 * DAY), "ok", "none"),
    "unfinished.minutes": Example(30, _reminded_after, 10, 30),
    "unfinished.answers": Example(3, _reminded_after, 10, None),
    "questions.case": Example(3, _answered, "closed_confirmed", "resolved_pending"),
    "questions.reason": Example(1, _reason_kept, True, False),
    "questions.other": Example(3, _language_chosen, None, "ur"),
    "robots.same": Example(1, lambda town: _texted(town, "HELP", "HELP"), [True, True], [True, False]),
    "robots.unclear": Example(1, lambda town: _texted(town, "xyzzy", "plugh"), [True, True], [True, False]),
    "robots.replies": Example(1, lambda town: _texted(town, "HELP", "STATUS"), [True, True], [True, False]),
    "emergencies.hours": Example(2, _after_danger, "emergency", "join_ask"),
    "guesses.codes": Example(2, _wrong_codes, ["officer_code_wrong"] * 2, ["officer_code_wrong", "officer_code_new"]),
    "guesses.numbers": Example(1, _withdrawn_twice, ["withdraw_ask"] * 2, ["withdraw_ask", "end_by_call"]),
    "lists.citizen": Example(2, lambda town: _listed(town, "SHIKAYAT KA NUMBER", SARA), 3, 2),
    "lists.officer": Example(2, _officers_list, 3, 2),
}


def names_of_limits() -> Iterator[str]:
    """Every number and list of the sections of limits."""
    for section, kind in get_type_hints(Life).items():
        if isinstance(kind, type) and issubclass(kind, Limits):
            for name in kind.__struct_fields__:
                value = getattr(getattr(LIFE, section), name)
                several = isinstance(value, tuple) and isinstance(value[0], int)
                yield from (
                    (f"{section}.{name}[{at}]" for at in range(len(value))) if several else (f"{section}.{name}",)
                )


def with_limit(name: str, value: object) -> CasePolicy:
    """The policy that ships with one limit changed, as reading an operator's file would make it."""
    section, _, rest = name.partition(".")
    limit, _, place = rest.partition("[")
    old = getattr(LIFE, section)
    if place:
        levels = list(getattr(old, limit))
        levels[int(place[:-1])] = value
        value = tuple(levels)
    life = replace(LIFE, **{section: replace(old, **{limit: value})})
    return replace(SHIPPED_POLICY, lifecycle=Lifecycle(life))


def test_every_limit_of_the_life_cycle_has_an_example() -> None:
    assert set(LIMITS) == set(names_of_limits())


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_of_the_life_cycle_moves_what_the_service_does(database: Database, name: str) -> None:
    each = LIMITS[name]
    assert each.observe(Town(database, with_limit(name, each.changed))) == each.then


@pytest.mark.parametrize("name", LIMITS)
def test_and_as_shipped_it_does_something_else(database: Database, name: str) -> None:
    each = LIMITS[name]
    assert each.observe(Town(database)) == each.shipped
    assert each.shipped != each.then


# ---- The calendar ----

LATE_MONDAY = FILED.replace(hour=20)  # Tuesday already in Auckland
# Field of the file -> its words, others, what is looked at, as shipped, and then.
CALENDAR: dict[str, tuple[str, str, Observe, object, object]] = {
    "zone": ("zone: Asia/Karachi", "zone: Pacific/Auckland", due(now=LATE_MONDAY), "2026-09-09", "2026-09-10"),
    "hours": ("  fri: [", "  sat: [09:00-13:00]\n  fri: [", due(), "2026-09-09", "2026-09-08"),
    "provinces": (
        *("provinces: {}", "provinces: {punjab: {hours: {mon: [09:00-17:00]}}}"),
        *(due(), "2026-09-09", "2026-10-05"),
    ),
    "holidays": ("holidays:\n", "holidays:\n  - {day: 2026-09-02, name: Flood}\n", due(), "2026-09-09", "2026-09-10"),
}


def test_every_part_of_the_calendar_has_an_example() -> None:
    assert set(CALENDAR) == set(CalendarFile.__struct_fields__)


@pytest.mark.parametrize("name", CALENDAR)
@pytest.mark.parametrize("changed", [False, True])
def test_a_part_of_the_calendar_moves_the_due_date(database: Database, name: str, changed: bool) -> None:
    words, other, observe, shipped_so, then = CALENDAR[name]
    text = shipped_files()["calendar.yaml"]
    calendars = parse_calendars(text.replace(words, other, 1) if changed else text)
    assert observe(Town(database, replace(SHIPPED_POLICY, calendars=calendars))) == (then if changed else shipped_so)


def test_the_days_that_people_read_begin_in_the_time_zone_of_the_settings(database: Database) -> None:
    late = FILED.replace(hour=23)  # a second complaint about the same is filed on the next day, not repeated
    for zone, filed in (("Asia/Karachi", 1), ("Asia/Dhaka", 2)):
        town = Town(database, case_policy(None, None, zone))
        for now in (late - HOUR / 2, late + HOUR / 2):
            town.file("mun02", now, phone=SARA if filed == 1 else AMIR)
        with database.read() as db:
            of = contacts.find(db, SARA if filed == 1 else AMIR)
            assert of is not None
            assert of.complaints == filed, zone


# ---- Columns of lists ----


def _with_district(town: Town, **columns: str) -> Town:
    return _with_row(town, "district", "lahore", **columns)


def _with_row(town: Town, name: str, code: str, **columns: str) -> Town:
    rows = tuple(
        replace(row, columns={**row.columns, **columns}) if row.code == code else row for row in town.flow.lists[name]
    )
    return Town(town.database, town.policy, replace(town.flow, lists=town.flow.lists | {name: rows}))


def _desk(town: Town) -> str | None:
    town.staff()
    return town.file().desk


COLUMNS: dict[str, tuple[Callable[[Town], Town], Observe, object]] = {  # column -> changed, what is looked at, then
    "days": (lambda town: replace_flow(town, "mun01", days="3"), due(), "2026-09-03"),
    "office": (lambda town: replace_flow(town, "mun01", office="lg"), lambda town: town.file().office, "lg"),
    "emergency": (lambda town: replace_flow(town, "mun01", emergency="yes"), due(), "2026-09-07"),
    "sensitive": (lambda town: replace_flow(town, "mun01", sensitive="yes"), lambda town: town.file().private, True),
    "against": (lambda town: replace_flow(town, "mun01", against="water"), _desk, "desk"),
    "province": (
        lambda town: _with_district(town, province="sindh"),
        due(now=dt.datetime(2026, 7, 24, 10, tzinfo=KARACHI)),  # Sindh has a holiday on 30 July
        "2026-08-05",
    ),
    "keywords": (
        lambda town: replace_flow(town, "mun01", keywords="zzyzx"),
        lambda town: category_and_district.category("zzyzx hai", town.flow).code,
        "mun01",
    ),
    "common_word": (
        lambda town: _with_district(town, common_word="yes"),
        lambda town: category_and_district.district("Lahore", town.flow).code,
        None,
    ),
    "part_of": (  # a district named with the city that it is a part of is meant, and not the city
        lambda town: _with_row(town, "district", "lahore", part_of="multan"),
        lambda town: category_and_district.district("Multan Lahore", town.flow).code,
        "lahore",
    ),
    "kind": (  # what citizens read as their office for water
        lambda town: _with_row(town, "office", "wasa_lahore", kind="gas"),
        lambda town: office_of_place(town.flow, "water", "lahore"),
        "water",
    ),
}


def columns_with_meaning() -> set[str]:
    """Every column that the code asks rows for by name."""
    found: set[str] = set()
    for file in sorted([*ROOT.glob("flows/**/*.py"), *ROOT.glob("sessions/**/*.py")]):
        tree = ast.parse(file.read_text("utf-8"))
        known = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("].columns.get", "row.columns.get")):
                name = known.get(node.args[0].id) if isinstance(node.args[0], ast.Name) else node.args[0]
                found |= {name.value} if isinstance(name, ast.Constant) else set()
    return found


def test_every_column_that_means_something_has_an_example() -> None:
    assert set(COLUMNS) == columns_with_meaning()


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_moves_what_becomes_of_a_complaint(database: Database, name: str) -> None:
    change, observe, then = COLUMNS[name]
    assert observe(change(Town(database))) == then


@pytest.mark.parametrize("name", COLUMNS)
def test_and_without_the_change_it_becomes_something_else(database: Database, name: str) -> None:
    _, observe, then = COLUMNS[name]
    assert observe(Town(database)) != then


# ---- Settings ----


class Service(Struct):
    """The application with some settings, and a clock that can be set."""

    database_url: str
    valkey: Valkey
    set: dict[str, str]
    now: dt.datetime = FILED
    app: Sunwai | None = None

    def start(self) -> Sunwai:
        """The application, with the shipped flow published."""
        environ = {"CONSOLE_KEY": KEY, "CONSOLE_SECOND_FACTOR": "optional", "QUIET_HOURS": "off"} | self.set
        self.app = create_app(settings(self.database_url, self.valkey.url, **environ), lambda: self.now)
        return self.app

    def sent(self, event: str, many: int = 3, **more: Any) -> int:
        """How many of some texts that are due leave at once."""
        app = self.start()
        for _ in range(many):
            owe(app.database, self.now, event=event, **more)
        under = rules(app.settings)
        return sum(len(send(app.database, self.now, Aggregator(), 1, under)) for _ in range(many + 1))

    def dialled(self, session: str, text: str = "") -> str:
        """A hop through the door."""
        assert self.app is not None
        return str(post(self.app, "ussd", HOP | {"sessionId": session, "text": text}).text)

    def open_line(self) -> Sunwai:
        """The application, with the shipped flow on a code."""
        app = self.start()
        publish_shipped(app.database, self.now - DAY, "test", "first")
        with app.database.write.begin() as db:
            route(db, "*8484#", "complaints")
        app.shelf.refresh()
        return app

    def break_off(self) -> None:
        """A call that is begun and breaks off in the middle of filing."""
        self.open_line()
        for typed in ("", "3", "3*1", "3*1*1"):
            self.dialled("ATUid_1", typed)


def _kept(service: Service) -> bool:
    """Whether a call in progress is kept for more than two minutes."""
    service.set = {"RESUME_HOURS": "0"} | service.set
    service.break_off()
    key = session_key("africastalking", "ATUid_1", PHONE, "*8484#")
    return service.valkey.client().ttl(key) > 120


def _offered(service: Service) -> bool:
    """Whether a call that broke off an hour ago can be gone on with."""
    service.break_off()
    service.now += HOUR
    return "cut off" in service.dialled("ATUid_2")


def _signed_in(service: Service) -> int:
    """The console after an hour and a half: 200, or 303 to sign in again."""
    app = service.start()
    visitor = joined(lambda role: arrive(app, role), app)
    service.now += HOUR * 1.5
    return visitor.get("/console/account").status_code


def _hands(service: Service) -> int:
    """How many threads of a worker send three texts."""
    app = service.start()
    for number in range(3):
        owe(app.database, utc_now(), event="received", to=f"+92300123456{number}")
    before = {each.ident for each in threading.enumerate()}
    build_worker_context(app.settings).room.work(lambda: False, 1.0)
    return sum(each.name.startswith("send-") for each in threading.enumerate() if each.ident not in before)


def _at_night(service: Service) -> int:
    service.now = FILED.replace(hour=23)
    return service.sent("assigned", 1, province="punjab")


def _in_the_evening(service: Service) -> int:
    """How many texts that can wait leave at eleven at night in Karachi, which is seven in London."""
    service.set = {"QUIET_HOURS": "22:00-07:00"} | service.set
    return _at_night(service)


def _kept_words(service: Service) -> bool:
    """Whether a request that nobody could read still has its words ten days after somebody settled it."""
    app = service.start()
    request = UnreadableRequest(aggregator="jasmin", door="sms", problem="coding", shape={}, raw=b"bijli nahi")
    assert inbound_transaction.set_aside(app.database, service.now, request)
    review = QuarantineReview(app.database, service.now, operator("Sara"), (), app.texting.answer)
    assert not isinstance(quarantine_review.discard_unreadable(review, 1, "a test of ours"), Refusal)
    service.now += 10 * DAY
    SweepRound(app).run()
    with app.database.read() as db:
        return db.get_one(UnreadableForm, 1).raw is not None


SETTINGS: dict[str, tuple[str, Callable[[Service], object], object, object]] = {  # changed, looked at, shipped, then
    "texts_per_number_day": ("2", lambda service: service.sent("assigned"), 3, 2),
    "answers_per_number_day": ("2", lambda service: service.sent("help"), 3, 2),
    "texts_per_officer_day": ("2", lambda service: service.sent("officer_new"), 3, 2),
    "texts_per_complaint": ("2", lambda service: service.sent("received", order="complaint:1"), 3, 2),
    "texts_per_hour": ("2", lambda service: service.sent("received"), 3, 2),
    "unreadable_days": ("9", _kept_words, True, False),
    "senders": ("1", _hands, 3, 1),
    "session_seconds": ("60", _kept, True, False),
    "resume_hours": ("0", _offered, True, False),
    "console_hours": ("1", _signed_in, 200, 303),
    "timezone": ("Europe/London", _in_the_evening, 0, 1),
    "quiet_hours": ("22:00-07:00", _at_night, 1, 0),
    "quiet_hours_by_province": ("punjab=22:00-07:00", _at_night, 1, 0),
}


def settings_that_are_limits() -> set[str]:
    """Every setting that is a number, hours or a time zone. How many proxies stand before us is no limit."""
    return {
        each.name
        for each in dataclasses.fields(Config)
        if (each.type in (int, "int") and each.name != "trusted_proxy_hops")
        or "Quiet" in str(each.type)
        or each.metadata.get("read") is readers.timezone
    }


def test_every_setting_that_is_a_limit_has_an_example() -> None:
    assert set(SETTINGS) == settings_that_are_limits()


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("changed", [False, True])
def test_a_setting_moves_what_the_service_does(database_url: str, valkey: Valkey, name: str, changed: bool) -> None:
    value, observe, shipped_so, then = SETTINGS[name]
    service = Service(database_url, valkey, {name.upper(): value} if changed else {})
    try:
        assert observe(service) == (then if changed else shipped_so)
    finally:
        if service.app is not None:
            service.app.close()


def test_an_operators_own_life_cycle_and_zone_hold_at_every_door(
    database_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    """One call files a complaint, and the sweep's command escalates it, as the file named in LIFECYCLE says."""
    own = tmp_path / "lifecycle.yaml"
    text = shipped_files()["lifecycle.yaml"]
    was, now = "answers: {days: 15, danger: 1, most: 40}", "answers: {days: 2, danger: 1, most: 2}"
    own.write_text(text.replace(was, now), "utf-8")
    # The role of this database owns it: in production no command would send or sweep with it.
    chosen = {"LIFECYCLE": str(own), "TIMEZONE": "Asia/Dhaka", "ENVIRONMENT": "development"}
    service = Service(database_url, valkey, chosen)
    app = service.open_line()
    typed = ["3", "1", "1", "1", "Multan", "No water in street 4 near the mosque", "1"]
    for at in range(len(typed) + 1):
        seen = service.dialled("ATUid_9", "*".join(typed[:at]))
    try:
        assert "2 Sep" in seen
        assert app.policy.zone.key == "Asia/Dhaka"
        service.now += 4 * DAY
        with app.app_context():
            assert run(app, "sweep", "--once").exit_code == 0
        with app.database.read() as db:
            assert "late_3" in [row.act for row in db.scalars(select(History))]
    finally:
        app.close()


def test_the_page_of_limits_has_every_one_with_what_ships() -> None:
    page = (ROOT / "docs" / "operators" / "limits.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for name in {each.partition("[")[0] for each in names_of_limits()}:
        (row,) = [line for line in rows if f"`{name}`" in line]
        at = [each.strip().strip("`") for each in row.split("|")[1].split(",")].index(name)
        value = getattr(getattr(LIFE, name.partition(".")[0]), name.partition(".")[2])
        shown = row.split("|")[2].strip()
        assert shown == ", ".join(map(str, value)) if isinstance(value, tuple) else shown.split(", ")[at] == str(value)


# ---- What stays in the code ----

CASEWORK = ("flows/cases", "sessions/cases", "sessions/sms", "sessions/officer_sms", "sessions/messages")
# Numbers of the machinery and of algorithms: no law and no operator would choose another. A new number in these folders
# is either one of them, with its reason beside it in the code, or data.
TECHNICAL = {
    *("DAY", "HOUR", "MINUTE", "A_DAY", "_INSTANT"),  # units
    *("FEWEST", "MOST_OF_AMOUNT", "MOST_WORDS"),  # shapes of numbers and names in redaction.py
    "LONGEST_HOLIDAY",  # a check for mistakes
    "LONGEST_CRY",  # words of a call for help: how people write, not what they may
    *("TRIES", "MOST_SESSION"),  # drawing a tracking number; characters of a column
    "FEW",  # offices that fit in a line
    *("REMEMBERED", "SHORTEST", "FRAME", "SENTENCE", "SAME_BREATH"),  # what counts as the same or our own words
    *("AT_ONCE", "LATER"),  # batches and retries
    *("OVERDUE", "TOGETHER", "REPEATED"),  # how networks send the parts of one SMS
    "MOST_WAITING",  # what a stranger may cost: requests that nobody can read
    "REPORTS_WITHIN",  # how long a route is known to report
    "PRESSED",  # a key
    *("PAIR", "SURE"),  # when words may be about an open case; when the model is believed
}


def test_a_new_number_in_casework_is_data_or_is_named_here() -> None:
    found = set()
    for folder in CASEWORK:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.parse(file.read_text("utf-8")).body:
                if isinstance(node, ast.Assign) and _is_number(node.value):
                    found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    assert found == TECHNICAL


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).endswith("timedelta")
    return (
        isinstance(value, ast.Constant) and isinstance(value.value, int | float) and not isinstance(value.value, bool)
    )
