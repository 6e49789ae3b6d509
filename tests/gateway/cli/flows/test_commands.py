from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from flows.text import tracking_number
from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from storage.connection.database import Database
from storage.schema.tables import OutboxMessage
from tests.gateway.operating import run, spoil
from tests.keys import KEYS_FILE
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY, file_one

SAID = ("--message", "First words", "--author", "Bilal")


@pytest.fixture
def app(database_url: str, valkey: Valkey) -> Iterator[Sunwai]:
    where = Config(environment=DEVELOPMENT, database_url=database_url, redis_url=valkey.url, keys_file=KEYS_FILE)
    made = create_app(where)
    yield made
    made.close()


def published(app: Sunwai) -> None:
    assert run(app, "flows", "publish", LIBRARY, *SAID).exit_code == 0


def test_a_flow_without_mistakes_passes_the_check(app: Sunwai) -> None:
    result = run(app, "flows", "check", LIBRARY)
    assert result.exit_code == 0, result.output


def test_a_mistake_is_told_with_its_file_line_code_and_screen(app: Sunwai, flow: Path) -> None:
    spoil(flow, "go: leaf", "go: laef")
    result = run(app, "flows", "check", flow)
    assert result.exit_code == 1
    assert re.search(rf"^{re.escape(flow.as_posix())}:\d+: F101 \w+(\[\S+\])?: .+$", result.output, re.MULTILINE)


def test_findings_can_be_read_by_a_program(app: Sunwai, flow: Path) -> None:
    spoil(flow, "go: menu", "go: mneu")
    result = run(app, "flows", "check", flow, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.output)
    assert "F101" in {each["code"] for each in found}
    assert {"code", "severity", "file", "line", "screen", "language", "message", "hint"} == set(found[0])


@pytest.mark.parametrize("words", [("none.yaml",), ("--fail-on", "nothing", "x.yaml"), ()])
def test_a_check_that_cannot_be_made_ends_with_2(app: Sunwai, words: tuple[str, ...]) -> None:
    assert run(app, "flows", "check", *words).exit_code == 2


def test_a_file_that_is_no_text_is_one_clear_line(app: Sunwai, flow: Path) -> None:
    (flow.parent / "texts.yaml").write_bytes(b"stop: caf\xe9")
    result = run(app, "flows", "check", flow)
    assert result.exit_code == 2
    assert result.output == f"Error: {flow.parent.as_posix()}/texts.yaml:1: not UTF-8 text: save it as UTF-8.\n"


def test_a_flow_is_published_routed_and_listed(app: Sunwai) -> None:
    assert "No flow is published" in run(app, "flows", "list").output
    first = run(app, "flows", "publish", LIBRARY, *SAID)
    assert "complaints: revision 1 is live now." in first.output
    assert "No code leads to it yet" in first.output
    assert run(app, "flows", "route", "*8484#", "complaints").exit_code == 0
    again = run(app, "flows", "publish", LIBRARY, *SAID)
    assert again.output == "complaints: revision 1 is live already, nothing changed.\n"
    listed = run(app, "flows", "list").output
    assert listed.startswith("complaints  revision 1  [*8484#]")
    assert "Bilal: First words" in listed


def test_a_flow_with_errors_is_not_published_and_they_are_named(app: Sunwai, flow: Path) -> None:
    spoil(flow, "go: menu", "go: mneu")
    result = run(app, "flows", "publish", flow, *SAID)
    assert result.exit_code == 1
    assert "F101" in result.output
    assert "Not published" in result.output


@pytest.mark.parametrize(
    ("code", "name", "status"), [("hello", "complaints", 2), ("*8484#", "other", 1), ("*8484#", "complaints", 0)]
)
def test_a_code_leads_to_a_published_flow_only(app: Sunwai, code: str, name: str, status: int) -> None:
    published(app)
    assert run(app, "flows", "route", code, name).exit_code == status


def test_a_complaint_is_moved_shown_and_its_citizen_owed_a_text(app: Sunwai, database: Database) -> None:
    published(app)
    complaint, _ = file_one(database)
    shown = tracking_number.format_number(complaint.number)
    moved = run(app, "complaints", "move", complaint.number, "in_progress", "--note", "Team sent", "--by", "Bilal")
    assert moved.output == f"{shown} is in_progress now; the citizen will be texted.\n"
    seen = run(app, "complaints", "show", shown)
    assert "by Bilal: being worked on (in_progress): Team sent" in seen.output
    assert "+92" not in seen.output
    with database.read.begin() as db:
        [text] = db.scalars(select(OutboxMessage)).all()
        assert shown in text.body


def test_a_private_complaint_can_be_worked_on_and_says_that_it_is_private(app: Sunwai, database: Database) -> None:
    complaint, _ = file_one(database, private=True, details="He asked for money")
    output = run(app, "complaints", "show", complaint.number).output
    assert "money" in output and "private" in output


def test_what_people_wrote_cannot_play_tricks_on_a_terminal(app: Sunwai, database: Database) -> None:
    complaint, _ = file_one(database, details="red \x1b[31m\r\nfiled by: me")
    output = run(app, "complaints", "show", complaint.number).output
    assert "\x1b" not in output
    assert "\r" not in output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "123"), "nine digits"),
        (("show", tracking_number.make(5)), "no complaint"),
        (("move", tracking_number.make(5), "assigned"), "no complaint"),
        (("move", "{number}", "flying"), "no status"),
        (("move", "{number}", "closed_final"), "can become"),
    ],
)
def test_what_cannot_be_done_is_one_line(app: Sunwai, database: Database, words: tuple[str, ...], said: str) -> None:
    published(app)
    complaint, _ = file_one(database)
    result = run(app, "complaints", *(word.format(number=complaint.number) for word in words))
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1


def test_a_database_without_tables_or_that_is_not_there_is_one_line(tmp_path: Path, valkey: Valkey) -> None:
    for url in (f"sqlite:///{tmp_path}/empty.db", f"sqlite:///{tmp_path}/none/none.db"):
        app = create_app(Config(environment=DEVELOPMENT, database_url=url, redis_url=valkey.url))
        result = run(app, "flows", "list")
        app.close()
        assert result.exit_code == 1
        assert result.output.startswith("Error: The database ")
        assert result.output.count("\n") == 1


def test_a_database_that_may_forget_is_not_migrated_and_says_which_setting(postgresql_url: str, valkey: Valkey) -> None:
    app = create_app(Config(environment=DEVELOPMENT, database_url=postgresql_url, redis_url=valkey.url))
    with app.database.engine.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {app.database.engine.url.database} SET synchronous_commit = off"))
    app.database.close()  # the setting holds for new connections
    with app.app_context():
        result = run(app, "migrate")
    app.close()
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "synchronous_commit = off" in result.output


def test_every_command_says_what_it_is_for(app: Sunwai) -> None:
    for name in ("flows", "complaints", "migrate", "worker", "sweep", "simulate"):
        assert name in app.cli.commands
        assert run(app, name, "--help").exit_code == 0
