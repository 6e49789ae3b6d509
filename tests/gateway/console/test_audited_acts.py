"""What somebody does and its audit entry are stored together: a process that dies between two commits leaves both or
neither, and no file goes out without its entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from gateway.endpoints.application import Sunwai
from gateway.flow_folder.base_revision_note import format_line
from sessions.publishing import revision_history
from sessions.publishing.base_revision import BaseRevision
from storage.connection.database import Database
from storage.schema.tables import AuditRow, ConsoleSession, Draft, ServiceCode
from tests.browser.addresses import FILES
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted
from tests.gateway.console.formfields import fields
from tests.gateway.console.test_lists import CATEGORY
from tests.gateway.console.test_lists import PACKED as PACKED_LIST
from tests.gateway.console.test_lists import address as list_address
from tests.gateway.console.test_lists import uploaded as upload_list
from tests.gateway.console.test_words_workbook import PACKED, downloaded, uploaded, write
from tests.gateway.console.test_zip_import import packed, sent

MOST_COMMITS = 20  # of one request

Form = tuple[str, Mapping[str, Any]]


class Died(Exception):
    """The process is gone."""


@contextmanager
def dying_at_commit(database: Database, number: int) -> Iterator[list[int]]:
    """No commit from this one on succeeds. Yields the numbers of the commits that were tried."""
    seen: list[int] = []

    def die(_: object) -> None:
        seen.append(len(seen) + 1)
        if seen[-1] >= number:
            raise Died

    event.listen(database.engine, "commit", die)
    try:
        yield seen
    finally:
        event.remove(database.engine, "commit", die)


@contextmanager
def no_room_for_entries(database: Database) -> Iterator[None]:
    def fail(*given: object) -> None:
        if "INSERT INTO audit" in str(given[2]):
            raise RuntimeError("the disk is full")

    event.listen(database.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(database.engine, "before_cursor_execute", fail)


def csv_form(app: Sunwai, visitor: Visitor) -> Form:
    draft = drafted(app)
    more = draft.files[CATEGORY] + "mun,mun07,Stray dogs,Awara kuttay,آوارہ کتے,lg,7,,,,,,\n"
    found = PACKED_LIST.search(upload_list(visitor, draft, more).text)
    assert found
    return list_address(draft, act="/take"), {"packed": found[1]}


def workbook_form(app: Sunwai, visitor: Visitor) -> Form:
    draft = drafted(app)
    book = downloaded(visitor, draft)
    write(book, "screens", ("menu", "ask"), "ur-Latn", "Nayi line")
    found = PACKED.search(uploaded(visitor, draft, book).text)
    assert found
    return f"/console/drafts/{draft.id}/words/workbook/take", {"packed": found[1]}


def zip_form(app: Sunwai, visitor: Visitor) -> Form:
    draft = drafted(app, "survey")
    there = f"/console/drafts/{draft.id}/import"
    data = packed({**draft.files, "survey.yaml": draft.files["survey.yaml"] + "# words\n"})
    return there, fields(sent(visitor, there, data).text, "take")


def new_zip_form(app: Sunwai, visitor: Visitor) -> Form:
    live = revision_history.find_revision(app.database, "survey")
    assert live is not None
    files = {**live.source, "survey.yaml": live.source["survey.yaml"] + "# words\n"}
    data = packed(files, format_line("survey", BaseRevision(live.number, live.digest)))
    return "/console/import", fields(sent(visitor, "/console/import", data).text, "take")


def fixed(path: str, **form: str) -> Callable[[Sunwai, Visitor], Form]:
    return lambda _app, _visitor: (path, form)


ACTS: Mapping[str, tuple[str, Callable[[Sunwai, Visitor], Form]]] = {
    "signs out": ("sign_out", fixed("/console/sign-out")),
    "leads a code to a flow": ("code_routed", fixed("/console/flows/survey/codes", code="*9999#")),
    "takes a code away": ("code_routed", fixed("/console/flows/survey/codes", away="*8486#", sure="yes")),
    "imports a list": ("imported", csv_form),
    "imports a workbook": ("imported", workbook_form),
    "imports a zip into a draft": ("imported", zip_form),
    "imports a zip as a draft": ("imported", new_zip_form),
}


def state(app: Sunwai) -> object:
    """Whatever one of the acts changes."""
    with app.database.read.begin() as db:
        return (
            db.execute(select(ServiceCode.code, ServiceCode.flow).order_by(ServiceCode.code)).all(),
            db.execute(select(Draft.id, Draft.version).order_by(Draft.id)).all(),
            db.scalars(select(ConsoleSession.key).order_by(ConsoleSession.key)).all(),
        )


def entries(app: Sunwai, name: str) -> int:
    with app.database.read.begin() as db:
        return db.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.event == name)) or 0


def send(visitor: Visitor, form: Form) -> TestResponse:
    """The form as it is, without other requests on the way."""
    path, data = form
    return visitor.client.post(path, data=dict(data), base_url="https://localhost")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_and_its_entry_are_committed_together(console: Sunwai, visit: Visit, act: str) -> None:
    visitor = visit("publisher", "Sara")
    name, prepare = ACTS[act]
    path, data = prepare(console, visitor)
    form = path, {**data, "csrf_token": visitor.csrf()}
    visitor.post("/console/nowhere")  # proves who it is
    before, known = state(console), entries(console, name)
    for number in range(1, MOST_COMMITS):
        with dying_at_commit(console.database, number) as seen:
            answer = send(visitor, form)
        acted, recorded = state(console) != before, entries(console, name) - known
        assert acted == bool(recorded), f"it died at commit {number}"
        assert recorded <= 1
        if acted:
            break
        assert answer.status_code == 500, answer.text
    assert acted, "it was done in the end"
    assert answer.status_code == 303 or len(seen) >= number


@pytest.mark.parametrize("act", ACTS)
def test_what_cannot_be_recorded_is_not_done(console: Sunwai, visit: Visit, act: str) -> None:
    visitor = visit("publisher", "Sara")
    _name, prepare = ACTS[act]
    path, data = prepare(console, visitor)
    form = path, {**data, "csrf_token": visitor.csrf()}
    visitor.post("/console/nowhere")
    before = state(console)
    with no_room_for_entries(console.database):
        assert send(visitor, form).status_code == 500
    assert state(console) == before


def test_no_file_of_the_console_goes_out_without_its_entry(console: Sunwai, visit: Visit) -> None:
    """Every address of a file, found in the application's own table: none may be added without an entry."""
    admin, draft = visit("admin", "Rehana"), drafted(console)
    known = {
        "draft_id": str(draft.id),
        "flow": "complaints",
        "flow_name": "complaints",
        "name": "category",
        "number": "1",
    }
    walked = []
    for rule in console.url_map.iter_rules():
        if not rule.rule.startswith("/console/") or not rule.rule.endswith(FILES):
            continue
        path = rule.rule
        for argument in rule.arguments:
            for converter in ("", "int:"):
                path = path.replace(f"<{converter}{argument}>", known[argument])
        with no_room_for_entries(console.database):
            refused = admin.get(path)
        assert refused.status_code == 500, path
        assert "Content-Disposition" not in refused.headers, path
        before = entries(console, "exported")
        answer = admin.get(path)
        assert (answer.status_code, answer.headers["Content-Disposition"][:10]) == (200, "attachment"), path
        assert entries(console, "exported") == before + 1, path
        walked.append(path)
    assert len(walked) >= 6, walked
