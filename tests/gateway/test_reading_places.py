"""Wherever staff and operators can read a case, a citizen's words or a number, an entry says that they did.

A case, texts and numbers are put into the service; whatever shows one of them is compared with the table in
docs/operators/audit.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import update

from flows.cases.officer_code import CodeHolder, OfficerCodes
from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from sessions.delivery.outbox_admin import mask_phone
from sessions.messages.inbound_types import Sms
from sessions.sms import inbound_transaction
from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.cases import complaints
from storage.messages.quarantine import UnreadableRequest
from storage.people import officer_codes, staff
from storage.schema.tables import Complaint, Draft, OutboxMessage
from tests.browser.addresses import pages
from tests.gateway.cli.test_audit_commands import every_command
from tests.gateway.console.conftest import KEY, arrive
from tests.gateway.console.drafting import drafted
from tests.gateway.operating import run
from tests.gateway.outside import settings
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY, file_one
from tests.sessions.posting import owe
from tests.sessions.roster import hire

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/operators/audit.md"
WORDS = "qanarizwort"
PHONE, ASKER, OFFICER = "+923009988776", "+923009988665", "+923009988554"
STRANGER = "+923009988443"
READS = {"case_opened", "list_exported", "revealed", "case_changed"}
NOT_RUN = {
    "worker": "runs until it is stopped",
    "sweep": "runs until it is stopped",
    "migrate": "changes no row that is read here",
    "model train": "takes minutes, and writes a file of weights",
    "simulate": "needs a running service; it has a test of its own",
    "audit list": "shows the entries themselves",
}
NO_PAGES_OF_CASES = {"/console/audit"}  # the audit log itself


class World(Struct):
    """A service with one case and what hangs on it, and the words that betray that something of it is shown."""

    app: Sunwai
    case: Complaint
    text: int
    draft: Draft
    danger: str  # the number of a case of danger that no officer has

    def shows(self, said: str, *typed: str) -> bool:
        """True if something of it is shown that was not typed."""
        secrets = {WORDS}
        for number in (self.case.number, self.danger):
            secrets |= {number, f"{number[:3]}-{number[3:6]}-{number[6:]}"}
        for phone in (PHONE, ASKER, STRANGER):
            secrets |= {phone, phone[1:], mask_phone(phone)}
        return any(each in said for each in secrets - set(typed))


@pytest.fixture
def world(published_url: str, valkey: Valkey) -> Iterator[World]:
    app = create_app(
        settings(published_url, valkey.url, CONSOLE_KEY=KEY, CONSOLE_SECOND_FACTOR="optional", QUIET_HOURS="off")
    )
    now = app.clock()
    hire(app.database, "Imran", phone=OFFICER)
    case, _ = file_one(app.database, PHONE, details=f"No water, {WORDS}", now=now)
    text = owe(app.database, now - dt.timedelta(hours=1), to=PHONE, body=f"{case.number}: {WORDS}")
    assert run(app, "complaints", "move", case.number, "in_progress").exit_code == 0
    danger, _ = file_one(app.database, "+923009988332", now=now)
    with app.database.write.begin() as db:  # they wait for a person
        unheld = {"urgent": True, "officer_id": None, "clock_from": now - dt.timedelta(hours=1)}
        db.execute(update(Complaint).where(Complaint.id == danger.id).values(**unheld))
        db.execute(update(OutboxMessage).values(next_at=now - dt.timedelta(hours=1)))
    for phone, words in ((ASKER, f"SHIKAYAT gutter band hai {WORDS}"), (STRANGER, f"{WORDS} xyzzy")):
        take(app, phone, words)
    request = UnreadableRequest(
        aggregator="jasmin", door="sms", problem="coding", shape={}, method="POST", raw=WORDS.encode(), phone=PHONE
    )
    assert inbound_transaction.set_aside(app.database, now, request)
    yield World(app, case, text, drafted(app), danger.number)
    app.close()


def reveal_agreed(app: Sunwai, number: str) -> str:
    """Nargis may see the number of the case now: her code. Nadia is another of her colleagues."""
    for at, name in enumerate(("Nargis", "Ayla", "Nadia")):
        hire(app.database, name, office=None, role="oversight", phone=f"+92300998811{at}")
    with app.app_context():
        asked = run(
            app, "complaints", "reveal", "ask", number, "--by", "Nargis", "--second", "Ayla", "--reason", "No address"
        )
        agreed = run(app, "complaints", "reveal", "agree", number, "--by", "Ayla", "--code", code(app, number, "Ayla"))
    assert (asked.exit_code, agreed.exit_code) == (0, 0), asked.output + agreed.output
    return code(app, number, "Nargis")


def code(app: Sunwai, number: str, name: str) -> str:
    with app.database.write.begin() as db:
        case, known = complaints.by_number(db, number), staff.by_name(db, name)
        assert case is not None
        assert known is not None
        assert known.contact_id is not None
        row = officer_codes.current(db, case.id, known.contact_id)
        return OfficerCodes(app.settings.signing_secrets).code(CodeHolder.of(row))


def take(app: Sunwai, phone: str, words: str) -> None:
    app.shelf.refresh()
    now = app.clock()
    app.texting.take(now, Sms("africastalking", f"{phone} {words}", phone, "8484", words, now))


def entries(app: Sunwai) -> list[tuple[str, str]]:
    """The event of each entry and the kind of its actor, the newest first."""
    with app.database.read.begin() as db:
        return [(row.event, row.actor_kind) for row in audit_log.find(db, AuditFilter(), 200)]


def table() -> dict[str, str]:
    """The event of each place in the table of the page."""
    [part] = re.findall(r"^## Where cases and texts can be read$(.*?)^## ", PAGE.read_text("utf-8"), re.M | re.S)
    rows = re.findall(r"^\| `([^`]+)`(?: from an officer's phone)? \| .* \| `(\w+)` \|$", part, re.MULTILINE)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def told(start: str, *rest: str) -> set[str]:
    return {place.removeprefix(start) for place in table() if place.startswith((start, *rest))}


def given(world: World, tmp_path: Path) -> dict[str, tuple[str, ...]]:
    """What is typed after each command, so that it shows as much as it ever does."""
    number, text, flow = world.case.number, str(world.text), str(LIBRARY)
    offices = tmp_path / "offices.csv"
    first, *others = (LIBRARY.parent / "offices.csv").read_text("utf-8").splitlines()
    offices.write_text("\n".join([first, *(each for each in others if "water" not in each)]) + "\n", "utf-8")
    return {
        "complaints show": (number,),
        "complaints reset-pin": (
            *(number, "--district", "multan", "--category", "mun01"),
            *("--month", "2026-01", "--by", "Ayla"),
        ),
        "complaints reveal ask": (number, "--by", "Ayla", "--second", "Nadia", "--reason", "No address"),
        "complaints reveal agree": (number, "--by", "Ayla", "--code", "0000"),
        "complaints reveal show": (number, "--by", "Nargis", "--code", reveal_agreed(world.app, number)),
        "citizen export": (PHONE, "--to", str(tmp_path / "held")),
        "citizen erase": (PHONE, "--reason", "citizen"),
        "citizen hold": (PHONE, "--reason", "court"),
        "audit proof": (number, "--to", str(tmp_path)),
        "audit key": (),
        "audit keygen": ("sunwai.example.org/line", str(tmp_path / "key")),
        "complaints move": (number, "screening", "--note", "not ours"),
        "complaints interim": (number, "--note", "It takes longer than we thought"),
        "sms which": ("gutter band hai",),
        "sms unreadable show": ("1",),
        "sms unreadable file": ("1", "bijli nahi"),
        "sms unreadable discard": ("1", "noise"),
        "texts show": (text,),
        "texts retry": (text,),
        "texts cancel": (text,),
        "texts settle": (text, "--sent"),
        "texts release": (text,),
        "texts restored": ("--yes",),
        "offices import": (str(offices), "--dry-run"),
        "offices whatif": (str(offices),),
        "staff add": ("Rehana", "--role", "admin"),
        "staff invite": ("Rehana",),
        "staff change": ("Imran", "--role", "supervisor"),
        "staff remove": ("Imran",),
        "model publish": (str(ROOT / "flows/model/model.npz"), "--message", "again"),
        "model rollback": ("0",),
        "model compare": (str(ROOT / "flows/model/model.npz"),),
        "flows check": (flow,),
        "flows translated": (flow,),
        "flows test": (flow,),
        "flows export": (flow, "--zip", str(tmp_path / "x.zip")),
        "flows import": (flow, "--zip", str(tmp_path / "x.zip"), "--dry-run"),
        "flows graph": (flow,),
        "flows show": ("live", "--flow", "complaints"),
        "flows diff": ("live", flow),
        "flows publish": (flow, "--message", "again"),
        "flows rollback": ("1", "--flow", "complaints"),
        "flows route": ("*9999#", "survey"),
        "keys encrypt": ("--dry-run",),
        "keys remove": ("index", "9"),
    }


LATE = ("complaints move", "complaints interim", "sms unreadable file", "sms unreadable discard", "texts cancel")


def test_each_command_that_shows_something_of_a_case_is_in_the_table_and_recorded(world: World, tmp_path: Path) -> None:
    commands = [name for name in every_command(world.app.cli) if name not in {"run", "shell", "routes", *NOT_RUN}]
    commands.sort(key=lambda name: (name in LATE, name.startswith(("staff", "texts re"))))
    arguments, found = given(world, tmp_path), dict[str, str]()
    for name in commands:
        before = len(entries(world.app))
        typed = arguments.get(name, ())
        with world.app.app_context():  # as under `flask`
            said = run(world.app, *name.split(), *typed).output
        assert "Usage:" not in said, said
        assert "Missing" not in said, said
        if world.shows(said, *(typed if name not in ("complaints move", "complaints interim") else ())):
            new = entries(world.app)[: len(entries(world.app)) - before]
            assert ("command" in {kind for _, kind in new}) and READS & {event for event, _ in new}, (name, said)
            [found[name]] = {event for event, kind in new if kind == "command"} & READS
    assert found == {name: table()[f"flask {name}"] for name in told("flask ") - {"simulate"}}


def test_each_page_that_shows_something_of_a_case_is_in_the_table_and_recorded(world: World) -> None:
    found, known = dict[str, str](), table()
    visitors = [arrive(world.app, role) for role in ("admin", "publisher")]
    for path in pages(world.app, world.draft.id):
        for visitor in visitors:
            before = len(entries(world.app))
            answer = visitor.get(path)
            assert "Content-Disposition" not in answer.headers, f"{path}: a file's address ends like a file's name"
            if path in NO_PAGES_OF_CASES or not world.shows(answer.text):
                continue
            new = entries(world.app)[: len(entries(world.app)) - before]
            [found[path]] = {event for event, kind in new if kind == "staff"} & READS
    assert found == {path: known[path] for path in known if path.startswith("/console/")}


@pytest.mark.parametrize(("said", "event"), [("{number}", "case_opened"), ("CASES", "list_exported")])
def test_what_officers_read_by_sms_is_recorded_as_theirs(world: World, said: str, event: str) -> None:
    with world.app.database.write.begin() as db:
        case = db.get(Complaint, world.case.id)
        assert case is not None
        assert case.officer_id is not None
    before = len(entries(world.app))
    take(world.app, OFFICER, said.format(number=world.case.number))
    new = entries(world.app)[: len(entries(world.app)) - before]
    assert new == [(event, "staff")]
    assert {event for place, event in table().items() if re.fullmatch(r"\d{9}|CASES", place)} == {
        "case_opened",
        "list_exported",
    }
    take(world.app, OFFICER, "482719305")  # mistyped
    assert len(entries(world.app)) == before + 1
    for words in ("482719300", "482-719-300"):  # nobody's: each attempt is recorded
        take(world.app, OFFICER, words)
    assert entries(world.app)[:2] == [("refused", "staff")] * 2
    assert len(entries(world.app)) == before + 3


def test_a_call_from_the_terminal_is_recorded_in_production(world: World) -> None:
    before = len(entries(world.app))
    with world.app.app_context():  # as under `flask`
        said = run(world.app, "simulate", "--url", "http://127.0.0.1:1", "--phone", PHONE)
    assert said.exit_code == 1
    assert entries(world.app)[: len(entries(world.app)) - before] == [("command", "command")]
