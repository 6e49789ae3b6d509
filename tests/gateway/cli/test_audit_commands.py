"""Commands leave an entry in the name of the operating system's user before they do anything."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from flows.text import tracking_number
from gateway.cli import groups
from gateway.endpoints.application import Sunwai
from gateway.terminal.audited_commands import AUDITED, UNAUDITED, command_actor
from sessions.audit import audit_notes
from storage.audit.audit_log import AuditFilter
from tests.gateway.operating import run

ME = command_actor().id


def every_command(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from every_command(command, path)
        else:
            yield path


def test_each_command_either_leaves_an_entry_or_says_why_not(app: Sunwai) -> None:
    groups_of_ours = set(every_command(app.cli)) - {"run", "shell", "routes"}
    assert groups_of_ours == {*AUDITED, *UNAUDITED}
    assert not {*AUDITED} & {*UNAUDITED}
    assert groups


@pytest.mark.parametrize(
    ("login", "user"),
    [
        ("0", "root"),
        ("1", pwd.getpwuid(1).pw_name),  # … who became the user of the service with sudo or runuser
        ("4000000001", "uid-4000000001"),
        ("4294967295", pwd.getpwuid(os.getuid()).pw_name),  # nobody logged in
        ("", pwd.getpwuid(os.getuid()).pw_name),
        (None, pwd.getpwuid(os.getuid()).pw_name),  # a kernel that does not know
    ],
)
def test_a_command_is_of_who_logged_in_whatever_user_they_became(tmp_path: Path, login: str | None, user: str) -> None:
    if login is not None:
        (tmp_path / "loginuid").write_text(login)
    assert command_actor(tmp_path / "loginuid").id == user


def entries(app: Sunwai) -> list[tuple[str, str, str, str]]:
    found = audit_notes.list_entries(app.database, AuditFilter(), 50)
    return [
        (
            each.row.event,
            each.row.actor,
            f"{each.row.subject_kind}:{each.row.subject}",
            each.row.detail.get("command", ""),
        )
        for each in reversed(found)
    ]


def test_a_case_that_was_read_or_listed_is_recorded_and_a_mistyped_number_is_not_kept(app: Sunwai) -> None:
    number = tracking_number.make(48271930)
    run(app, "complaints", "list")
    run(app, "complaints", "show", tracking_number.format_number(number))
    run(app, "complaints", "show", "+923001234567")
    run(app, "complaints", "move", number, "screening", "--by", "Bilal")
    assert entries(app) == [
        ("list_exported", ME, "case:", "complaints list"),
        ("refused", ME, f"case:{number}", "complaints show"),  # nobody has it
        ("refused", ME, "case:", "complaints show"),
        ("case_changed", ME, f"case:{number}", "complaints move"),
    ]


def test_a_change_of_staff_names_the_user_of_the_server(app: Sunwai) -> None:
    assert run(app, "staff", "add", "Rehana", "--role", "triage").exit_code == 0
    assert entries(app) == [
        ("command", ME, "staff:", "staff add"),
        ("role_changed", ME, "staff:1", ""),
    ]


def test_the_record_is_listed_with_the_same_filters_as_the_page(app: Sunwai) -> None:
    number = tracking_number.make(48271930)
    run(app, "complaints", "show", number)
    run(app, "texts", "list")
    shown = run(app, "audit", "list", "--about", f"case:{tracking_number.format_number(number)}").output
    assert f"{ME}  refused  case:{number}  command=complaints show reason=not_theirs" in shown
    assert "1 row." in shown
    assert "0 rows." in run(app, "audit", "list", "--event", "sign_in").output
    assert "3 rows." not in run(app, "audit", "list", "--who", "nobody-at-all").output
    page = run(app, "audit", "list", "--limit", "1", "--who", ME).output
    assert "older ones: --before" in page
    wrong = run(app, "audit", "list", "--event", "sign_inn")
    assert wrong.exit_code == 2
    assert "sign_in" in wrong.output
    assert "0 rows." in run(app, "audit", "list", "--until", "2020-01-01").output


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "list", "--until", "9999-12-31"),
        ("audit", "list", "--since", "0001-01-01"),
        ("audit", "list", "--before", str(10**30)),
        ("sms", "unreadable", "show", str(10**30)),
        ("sms", "unheard", "--discard", str(10**30), "a reason"),
    ],
)
def test_a_number_or_a_day_that_no_database_can_store_is_refused_in_one_line(app: Sunwai, words: list[str]) -> None:
    done = run(app, *words)
    assert (done.exit_code, done.exception.__class__) == (2, SystemExit), done.output


@pytest.mark.parametrize("command", [("complaints", "list"), ("texts", "list"), ("sms", "unheard")])
def test_a_read_that_cannot_be_recorded_shows_nothing(app: Sunwai, command: tuple[str, ...]) -> None:
    with app.database.write.begin() as db:
        db.execute(text("ALTER TABLE audit RENAME TO gone"))
    refused = run(app, *command)
    assert refused.exit_code == 1
    assert "flask migrate" in refused.output
