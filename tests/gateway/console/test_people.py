"""Who gets into the console, as admins and the command line have it."""

from __future__ import annotations

import json
import threading

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.offices.case_reassignment import StaffManager
from sessions.staff import browser_sessions, console_users, staff_and_their_cases
from sessions.staff.staff_and_their_cases import NewStaff, StaffChange
from storage.connection.database import Database
from storage.people import staff
from tests.gateway.console.conftest import Visit
from tests.gateway.console.test_access import JOIN, PASSWORD, joined, send, sign_in
from tests.gateway.operating import run
from tests.gateway.outside import settings
from tests.servers import Valkey
from tests.sessions.filing import NOW

BOSS = operator("Rehana")
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def test_the_first_admin_comes_from_the_command_line(console: Sunwai, visit: Visit) -> None:
    said = run(console, "staff", "add", "Rehana", "--role", "admin").output
    assert "Rehana is an admin now." in said
    assert "can use this address once to get into the console, until" in said
    found = JOIN.search(said)
    assert found
    rehana = visit("")
    assert send(rehana, found[0], password=PASSWORD, again=PASSWORD).status_code == 303
    assert rehana.get("/console/people").status_code == 200
    assert "works in the console" in run(console, "staff", "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--role", "admin", "--office", "lesco"), "works in the console, at no office: leave out --office."),
        (("--role", "admin", "--phone", "03001234567"), "leave out --phone"),
    ],
)
def test_who_works_in_the_console_has_no_office_and_no_phone(console: Sunwai, words: list[str], said: str) -> None:
    assert said in run(console, "staff", "add", "Rehana", *words).output
    assert said not in run(console, "staff", "list").output


def test_where_there_is_no_console_nobody_is_invited(published_url: str, valkey: Valkey) -> None:
    app = create_app(settings(published_url, valkey.url))
    try:
        assert "set CONSOLE_KEY" in run(app, "staff", "add", "Rehana", "--role", "admin").output
        assert "No staff yet" in run(app, "staff", "list").output
        assert app.test_client().get("/console/").status_code == 404
    finally:
        app.close()


def test_an_admin_invites_changes_and_lets_go(console: Sunwai, visit: Visit) -> None:
    admin, ali = visit("admin"), visit("")
    page = admin.post("/console/people", {"name": "Ali", "role": "translator"}).text
    address = JOIN.search(page)
    assert address
    assert address[0] not in admin.get("/console/people").text  # shown once
    send(ali, address[0], password=PASSWORD, again=PASSWORD)
    ali.name = "Ali"
    assert ali.get("/console/people").status_code == 403
    role = {"name": "Ali", "role": "admin"}
    asked = admin.post("/console/people/role", role).text.translate(ISOLATES)
    assert "Ali is signed out at once. What they have typed and not saved is lost." in asked
    assert ali.get("/console/account").status_code == 200
    admin.confirm("/console/people/role", role)
    assert ali.get("/console/account").status_code == 303  # signed out, and in again with the new role
    ali.name = ""
    sign_in(ali, "Ali")
    assert ali.get("/console/people").status_code == 200
    admin.confirm("/console/people/go", {"name": "Ali"})
    assert ali.get("/console/people").status_code == 303
    assert sign_in(visit(""), "Ali").status_code == 401
    assert JOIN.search(admin.post("/console/people/invite", {"name": "Ali", "back": "yes"}).text)
    assert sign_in(visit(""), "Ali").status_code == 401  # back, but by the new invitation only


@pytest.mark.parametrize(("path", "form"), [("go", {}), ("role", {"role": "operator"})])
def test_the_last_admin_stays(console: Sunwai, visit: Visit, path: str, form: dict[str, str]) -> None:
    admin = visit("admin", name="Rehana")
    refused = admin.post(f"/console/people/{path}", {"name": "Rehana"} | form)
    assert (refused.status_code, "Rehana is the last admin" in refused.text) == (422, True)
    assert admin.get("/console/people").status_code == 200
    assert "no longer works here" in run(console, "staff", "remove", "Rehana").output  # the command line may


def test_of_two_admins_who_let_each_other_go_at_once_one_stays(database: Database) -> None:
    for name in ("Rehana", "Ali"):
        done = staff_and_their_cases.add(
            database, StaffManager(NOW, BOSS, SHIPPED_POLICY, {}), NewStaff(name, "admin", None, None)
        )
        assert isinstance(done, StaffChange)
    ready = threading.Barrier(2)
    answers: list[StaffChange | Refusal] = []

    def go(name: str) -> None:
        ready.wait(10)
        answers.append(console_users.deactivate_console_user(database, StaffManager(NOW, BOSS, SHIPPED_POLICY), name))

    threads = [threading.Thread(target=go, args=(name,)) for name in ("Rehana", "Ali")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(type(each).__name__ for each in answers) == ["Refusal", "StaffChange"]
    with database.read.begin() as db:
        assert sum(each.active for each, _ in staff.list_staff(db, ())) == 1


def test_officers_are_out_of_an_admins_reach(console: Sunwai, visit: Visit) -> None:
    run(console, "staff", "add", "Bilal", "--role", "officer", "--office", "water-lahore")
    admin = visit("admin")
    for path, form in (("go", {}), ("role", {"role": "admin"}), ("invite", {"back": "yes"}), ("invite", {})):
        assert admin.post(f"/console/people/{path}", {"name": "Bilal"} | form).status_code == 422
    assert "Bilal" not in admin.get("/console/people").text


def test_an_officer_may_become_an_operator_and_leaves_phone_and_desk(console: Sunwai) -> None:
    run(console, "staff", "add", "Bilal", "--role", "officer", "--office", "water-lahore", "--phone", "03001112222")
    said = run(console, "staff", "change", "Bilal", "--role", "operator").output
    assert "Bilal is an operator now" in said
    assert "flask staff invite 'Bilal'" in said
    assert "Bilal  operator  -  works in the console" in run(console, "staff", "list").output
    assert "works in the console, not on cases" in run(console, "complaints", "list", "--as", "Bilal").output


def test_a_name_that_is_html_stays_words(console: Sunwai, visit: Visit) -> None:
    joined(visit, console)
    page = visit("admin").post("/console/people", {"name": "<img src=x onerror=alert(1)>", "role": "operator"}).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_name_is_known_whatever_its_capitals_where_only_one_has_it_so(console: Sunwai, visit: Visit) -> None:
    joined(visit, console, "Sadia", "operator")
    assert sign_in(visit(""), "sadia").status_code == 303
    assert sign_in(visit(""), "SADIA").status_code == 303
    joined(visit, console, "Sadiya", "translator")
    rename(console, "Sadiya", "sadia")  # as earlier releases let it be
    assert sign_in(visit(""), "Sadia").status_code == 303
    assert sign_in(visit(""), "SADIA").status_code == 401


def test_the_log_says_who_made_an_invitation_for_whom_and_no_names(
    console: Sunwai, visit: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = visit("admin", name="Rehana")
    admin.post("/console/people", {"name": "Ali", "role": "operator"})
    with console.database.read.begin() as db:
        by, whom = (staff.by_name(db, name) for name in ("Rehana", "Ali"))
    assert by
    assert whom
    logs.flush()
    said = "".join(capsys.readouterr())
    [line] = [json.loads(line) for line in said.splitlines() if '"event": "invited"' in line]
    assert (line["by"], line["staff"], line["door"]) == (by.id, whom.id, "console")
    assert "Ali" not in said


def rename(app: Sunwai, name: str, new: str) -> None:
    with app.database.write.begin() as db:
        there = staff.by_name(db, name)
        assert there
        there.name = new


def test_nobody_gets_a_name_that_differs_in_capitals_only(console: Sunwai, visit: Visit) -> None:
    admin = visit("admin")
    assert JOIN.search(admin.post("/console/people", {"name": "Élodie", "role": "operator"}).text)
    refused = admin.post("/console/people", {"name": "élodie", "role": "operator"})
    assert (refused.status_code, "There is somebody with that name already" in refused.text) == (422, True)
    said = run(console, "staff", "add", "ÉLODIE", "--office", "water-lahore").output
    assert "There is somebody called Élodie already" in said
    assert JOIN.search(run(console, "staff", "invite", "élodie").output)
    assert "operator" in run(console, "staff", "list").output


def test_two_names_from_before_that_differ_in_capitals_only_go_on_and_are_told(console: Sunwai, visit: Visit) -> None:
    joined(visit, console, "Sadia", "operator")
    joined(visit, console, "Sadiya", "translator")
    rename(console, "Sadiya", "sadia")
    page = visit("admin").get("/console/people").text
    assert "These names differ in capital letters only" in page
    assert "More than one person is called that: Sadia, sadia." in run(console, "staff", "invite", "SADIA").output
    assert "sadia is a publisher now" in run(console, "staff", "change", "sadia", "--role", "publisher").output


def test_the_audit_knows_a_name_in_any_letter_case(console: Sunwai, visit: Visit) -> None:
    joined(visit, console, "Sadia", "operator")
    assert "Sadia (operator)  sign_in" in run(console, "audit", "list", "--who", "SADIA").output
    assert ">Sadia" in visit("admin").get("/console/audit?who=sADIA").text


def test_an_invitation_comes_with_a_text_to_send(console: Sunwai, visit: Visit) -> None:
    page = visit("admin", name="Ayesha").post("/console/people", {"name": "Ali", "role": "operator"}).text
    letter = page.partition('<textarea id="letter"')[2].partition("</textarea>")[0]
    assert "Ayesha invites you to Sunwai" in letter
    assert JOIN.search(letter.splitlines()[-1])
    assert 'data-copy="invitation"' in page
    assert 'data-copy="letter"' in page


def test_the_text_to_send_in_urdu_has_a_link_without_signs_that_nobody_sees(console: Sunwai, visit: Visit) -> None:
    admin = visit("admin", name="Ayesha")
    admin.post("/console/language", {"language": "ur", "next": "/console/people"})
    page = admin.post("/console/people", {"name": "Ali", "role": "operator"}).text
    letter = page.partition('<textarea id="letter"')[2].partition("</textarea>")[0]
    assert letter.splitlines()[-1].isascii()


def test_an_admin_sees_when_each_person_signed_in_and_ends_their_sessions(console: Sunwai, visit: Visit) -> None:
    admin, ali = visit("admin", name="Ayesha"), joined(visit, console, "Ali", "operator")
    there = visit("")
    assert sign_in(there, "Ali").status_code == 303
    there.name = "Ali"
    page = admin.get("/console/people").text
    assert "2 sessions" in page
    row = page.partition("<bdi>Ali</bdi>")[2].partition("</tr>")[0]
    assert "<time" in row
    key = browser_sessions.key_of(there.cookie())
    assert admin.confirm("/console/people/sessions", {"name": "Ali", "key": key}).status_code == 303
    assert there.get("/console/").status_code == 303  # signed out
    assert ali.get("/console/").status_code == 200
    assert "1 session of Ali was ended." in admin.get("/console/people").text
    admin.confirm("/console/people/sessions", {"name": "Ali"})
    assert ali.get("/console/").status_code == 303
    ended = run(console, "audit", "list", "--event", "session_ended").output
    assert ended.count("Ayesha (admin)  session_ended  staff:Ali  rows=1") == 2
    assert visit("publisher").post("/console/people/sessions", {"name": "Ali"}).status_code == 403
    assert admin.post("/console/people/sessions", {"name": "Nobody"}).status_code == 422


def test_a_new_invitation_says_that_the_password_ends_before_it_does(console: Sunwai, visit: Visit) -> None:
    admin, ali = visit("admin"), joined(visit, console, "Ali", "operator")
    asked = admin.post("/console/people/invite", {"name": "Ali"}).text
    assert "Their password, codes and passkeys no longer work." in asked
    assert not JOIN.search(asked)
    assert ali.get("/console/").status_code == 200
    assert JOIN.search(admin.confirm("/console/people/invite", {"name": "Ali"}).text)
    assert ali.get("/console/").status_code == 303


def test_who_ends_an_own_session_leaves_an_entry(console: Sunwai, visit: Visit) -> None:
    here, there = joined(visit, console, "Ali", "operator"), visit("")
    sign_in(there, "Ali")
    here.post("/console/account/browsers", {"key": "others"})
    there.name = "Ali"
    assert there.get("/console/").status_code == 303
    assert here.get("/console/").status_code == 200
    here.post("/console/account/browsers", {"key": ""})
    assert here.get("/console/").status_code == 200
    assert "Ali (operator)  session_ended  staff:Ali" in run(console, "audit", "list").output
