"""What people do in the console is recorded as theirs, and only admins read the record."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import event as sqlalchemy_event

from gateway.endpoints.application import Sunwai
from sessions.audit import audit_notes
from storage.audit import audit_log
from storage.audit.audit_log import AuditFilter
from storage.audit.entry import SERVICE, AuditActor, AuditEntry
from tests.gateway.console.conftest import Visit, Visitor
from tests.gateway.console.drafting import drafted

PAGE, FILE = "/console/audit", "/console/audit.csv"


def recorded(app: Sunwai, limit: int = 100) -> list[tuple[str, str, str, str]]:
    """Event, who, about what and details of every entry, oldest first."""
    found = audit_notes.list_entries(app.database, AuditFilter(), limit)
    shipped = ("published", "service")  # the flows of the fixture
    return [
        (each.row.event, each.who, f"{each.row.subject_kind}:{each.about}".strip(":"), _detail(each.row.detail))
        for each in reversed(found)
        if (each.row.event, each.row.actor_kind) != shipped
    ]


def _detail(told: dict[str, str]) -> str:
    return " ".join(f"{key}={told[key]}" for key in sorted(told))


def signed_in(app: Sunwai, visitor: Visitor, name: str, password: str) -> int:
    """The status of trying this name and password on the sign-in page."""
    return visitor.post(
        "/console/sign-in", {"sign_in_name": name, "sign_in_password": password}, proved=False
    ).status_code


def test_what_each_person_does_about_access_is_recorded_as_theirs(console: Sunwai, visit: Visit) -> None:
    admin, stranger = visit("admin", "Rehana"), visit("")
    invited = admin.post("/console/people", {"name": "Sana", "role": "operator"})
    token = invited.text.split("/console/join/")[1].split('"')[0]
    words = {"password": "four unrelated words here", "again": "four unrelated words here"}
    assert stranger.post(f"/console/join/{token}", words, proved=False).status_code == 303
    again = visit("")
    assert signed_in(console, again, "Sana", "not this one") == 401
    assert signed_in(console, again, "+923001234567", "typed into the wrong field") == 401
    assert signed_in(console, again, "Sana", "four unrelated words here") == 303
    again.name = "Sana"
    assert again.post("/console/sign-out", proved=False).status_code == 303
    admin.confirm("/console/people/role", {"name": "Sana", "role": "publisher"})
    admin.confirm("/console/people/go", {"name": "Sana"})
    assert recorded(console) == [
        ("role_changed", "Rehana", "staff:Sana", "from=none to=operator"),
        ("invited", "Rehana", "staff:Sana", "to=operator"),
        ("sign_in", "Sana", "staff:Sana", "how=invitation"),
        ("sign_in_failed", "", "staff:Sana", "how=password"),
        ("sign_in_failed", "", "", "how=password"),
        ("sign_in", "Sana", "staff:Sana", "how=password"),
        ("sign_out", "Sana", "", ""),
        ("role_changed", "Rehana", "staff:Sana", "from=operator to=publisher"),
        ("access_removed", "Rehana", "staff:Sana", "from=publisher"),
    ]
    with console.database.read.begin() as db:
        networks = {row.network for row in audit_log.find(db, AuditFilter(), 9)}
    assert networks == {"127.0.0.0/24"}


def test_a_refusal_is_recorded_and_a_page_of_another_site_too(console: Sunwai, visit: Visit) -> None:
    translator = visit("translator", "Omar")
    assert translator.get(PAGE).status_code == 403
    assert translator.post("/console/people", {"name": "x", "role": "admin"}).status_code == 403
    away = {"Origin": "https://evil.example"}
    assert translator.post("/console/sign-out", headers=away).status_code == 400
    assert recorded(console) == [
        ("refused", "Omar", "", "reason=right route=audit.page"),
        ("refused", "Omar", "", "reason=right route=people.invite_new"),
        ("refused", "Omar", "", "reason=form route=access.sign_out"),
    ]


def test_publishing_rolling_back_dropping_and_exporting_are_recorded(console: Sunwai, visit: Visit) -> None:
    sara = visit("publisher", "Sara")
    first = drafted(console, "survey", ("survey.yaml", "flow: survey", "flow: survey\n# words"))
    assert sara.post(f"/console/drafts/{first.id}/publish", {"message": "m", "reason": "r"}).status_code == 303
    assert sara.post("/console/flows/survey/rollback/1", {"message": "back"}).status_code == 303
    second = drafted(console, "survey")
    assert sara.get(f"/console/drafts/{second.id}/download.zip").status_code in (200, 404)
    sara.post(f"/console/drafts/{second.id}/drop", {"version": "1"})
    told = [each for each in recorded(console) if each[0] != "exported"]
    assert told == [
        ("published", "Sara", "flow:survey", "base=1 revision=2"),
        ("rolled_back", "Sara", "flow:survey", "base=2 restored=1 revision=3"),
        ("draft_dropped", "Sara", f"draft:{second.id}", ""),
    ]


def test_an_admin_finds_entries_by_who_what_and_when_page_by_page(console: Sunwai, visit: Visit) -> None:
    admin, now = visit("admin", "Rehana"), console.clock()
    root = AuditActor("command", "root")
    audit_notes.note(
        console.database,
        *(AuditEntry("command", root, now, detail={"command": "texts retry"}) for _ in range(60)),
        AuditEntry("case_opened", root, now, "case", "482719300"),
    )
    page = admin.get(PAGE).text
    assert page.count("<tr>") == 51
    assert "root on the server" in page
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert admin.get(older + "&event=command").text.count("<tr>") == 12
    assert admin.get(f"{PAGE}?event=case_opened").text.count("<tr>") == 2
    for kind in ("case", ""):  # the number as texts and pages write it
        assert admin.get(f"{PAGE}?who=root&kind={kind}&subject=482-719-300").text.count("<tr>") == 2
    assert "No entry matches." in admin.get(f"{PAGE}?who=Rehana").text
    assert "No entry matches." in admin.get(f"{PAGE}?until=2020-01-01").text
    for nonsense in ("since=yesterday", "since=0001-01-01", "until=9999-12-31"):
        assert admin.get(f"{PAGE}?{nonsense}").status_code == admin.get(f"{FILE}?{nonsense}").status_code == 422
    assert admin.get(f"{PAGE}?before={10**30}").status_code == 200
    assert admin.post(f"/console/health/unheard/{10**30}", {"do": "discard"}).status_code == 404
    admin.post("/console/language", {"language": "ur"}, proved=False)
    assert "کیس پڑھا" in admin.get(f"{PAGE}?event=case_opened").text


def test_the_page_says_in_words_what_the_file_has_as_codes(console: Sunwai, visit: Visit) -> None:
    admin, now = visit("admin", "Rehana"), console.clock()
    root = AuditActor("command", "root")
    old = {"act": "discarded"}  # as earlier releases recorded a message that could not be read
    audit_notes.note(
        console.database,
        AuditEntry("sign_in", root, now, detail={"how": "password"}),
        AuditEntry("session_ended", root, now, detail={"rows": 1}),
        AuditEntry("role_changed", root, now, detail={"from": "translator", "to": "officer"}),
        AuditEntry("text_changed", root, now, "text", 7, old),
        AuditEntry("message_settled", root, now, "message", 8, old),
        AuditEntry("text_changed", root, now, "text", 9, {"act": "cancel"}),
        AuditEntry("started", SERVICE, now, detail={"settings": "PUBLIC_URL=0123456789ab"}),
    )
    page = admin.get(PAGE).text.translate(dict.fromkeys(range(0x2066, 0x206A)))
    table = page[page.index("<tbody>") :]
    for words in ("with a password", "1 session", "Translator, then Officer", "not to be sent"):
        assert words in table, words
    for code in ("how=", "rows=", "from=", "act=", "PUBLIC_URL"):
        assert code not in table
    assert table.count("Settled a message that could not be read") == 2
    assert table.count("Unreadable message <bdi>") == 2
    assert table.count("Changed an outgoing text") == 1
    file = admin.get(FILE).text
    assert "how=password" in file
    assert "text_changed" in file
    admin.post("/console/language", {"language": "ur"}, proved=False)
    table = admin.get(PAGE).text
    assert "پاس ورڈ سے" in table
    assert "with a password" not in table


def test_the_file_holds_no_formula_and_its_export_is_recorded_too(console: Sunwai, visit: Visit) -> None:
    admin, now = visit("admin", "Rehana"), console.clock()
    evil = ("=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", '"quoted", and\nbroken')
    for user in evil:
        audit_notes.note(console.database, AuditEntry("command", AuditActor("command", user), now))
    answer = admin.get(FILE)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    rows = [row for row in rows if row["event"] != "published"]
    assert [row["event"] for row in rows] == ["exported", *["command"] * len(evil)]
    for row, user in zip(rows[:0:-1], evil, strict=True):
        assert row["actor"] == (user if user.startswith('"') else f"'{user}")
    assert visit("publisher").get(FILE).status_code == 403


def test_what_cannot_be_recorded_is_not_shown(console: Sunwai, visit: Visit) -> None:
    admin = visit("admin", "Rehana")

    def fail(*given: object) -> None:
        if "INSERT INTO audit" in str(given[2]):
            raise RuntimeError("the disk is full")

    sqlalchemy_event.listen(console.database.engine, "before_cursor_execute", fail)
    try:
        answer = admin.get(FILE)
    finally:
        sqlalchemy_event.remove(console.database.engine, "before_cursor_execute", fail)
    assert answer.status_code == 500
    assert "actor_kind" not in answer.text
    assert admin.get(FILE).status_code == 200


@pytest.mark.parametrize("role", ["translator", "operator", "publisher"])
def test_nobody_but_admins_reads_the_record(visit: Visit, role: str) -> None:
    visitor = visit(role)
    assert visitor.get(PAGE).status_code == visitor.get(FILE).status_code == 403
    assert PAGE not in visitor.get("/console/").text
