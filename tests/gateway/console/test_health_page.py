"""The health page: what is wrong first, with what to do, and nobody's number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from flows.delivery.route_rules import parse_route_rules
from gateway.console.health.routes import OtherRoutes, other_routes
from gateway.endpoints.application import Sunwai
from gateway.flow_folder.files import read_flow
from gateway.monitoring.counters import Counters
from gateway.monitoring.shared_counters import SharedCounters
from sessions.audit import audit_notes
from sessions.audit.audit_notes import NamedEntry
from sessions.delivery import restore_detection
from sessions.messages.inbound_types import Sms
from sessions.publishing import publication, short_codes
from sessions.publishing.publication import RevisionNote
from storage.audit.audit_log import AuditFilter
from storage.schema.tables import Complaint, Contact, Heartbeat, OutboxMessage, RouteHealth, Staff, UnreadableForm
from tests.gateway.console.conftest import SURE, Visit
from tests.gateway.outside import PHONE
from tests.sessions.filing import LIBRARY, file_one
from tests.sessions.roster import hire

ISOLATES = dict.fromkeys(range(0x2066, 0x206A))


def make(app: Sunwai, *rows: object) -> None:
    with app.database.write.begin() as db:
        for row in rows:
            db.merge(row)


def well(app: Sunwai) -> None:
    now = dt.datetime.now(dt.UTC)
    make(app, Heartbeat(name="worker-host-7", seen_at=now), Heartbeat(name="sweep", seen_at=now))


def test_all_is_well_in_one_sentence(visit: Visit) -> None:
    operator = visit()
    well(operator.app)
    page = operator.get("/console/health").text
    assert "Nobody is calling; all is ready for callers." in page
    assert "Nothing waits for a person." in page
    assert "worker-host-7" in page
    assert "For the engineer" not in page


def test_a_request_that_nobody_could_read_stands_there_until_a_person_settles_it(visit: Visit) -> None:
    operator = visit()
    well(operator.app)
    now = dt.datetime.now(dt.UTC)
    what = {"aggregator": "jasmin", "door": "sms", "problem": "coding", "shape": {}, "since": now, "at": now}
    make(operator.app, UnreadableForm(id=1, **what, raw=b"words of a citizen", phone=PHONE, state="open"))
    page = operator.get("/console/health").text
    assert page.count("Messages that could not be read") == 1
    assert "SMS from jasmin" in page
    assert "words of a citizen" not in page
    assert PHONE not in page
    for reason, status, said in (
        ("x", 422, "Say in a few words why"),
        ("a test of ours", 200, "It was set aside."),
        ("twice", 422, "already"),
    ):
        answer = operator.post("/console/health/unreadable/1", {"reason": reason}, follow_redirects=True)
        assert (answer.status_code, said in answer.text) == (status, True)
        assert status == 200 or f'value="{reason}"' in answer.text  # what was typed stays
    assert "Messages that could not be read" not in operator.get("/console/health").text
    noted = audit_notes.list_entries(operator.app.database, AuditFilter(event="message_settled"), 50)
    assert [(each.row.subject_kind, each.about, each.row.detail) for each in noted] == [
        ("message", "1", {"act": "discarded"})
    ]
    assert changes(operator.app) == []  # that is about texts


def owe(app: Sunwai, key: str, **columns: object) -> int:
    """A text of 25 minutes ago; its id."""
    ago = app.clock() - dt.timedelta(minutes=25)
    made = {
        "contact_id": 1, "event": "received", "dedupe": key, "order_key": key, "body": "secret words", "state": "ready",
        "next_at": ago, "created_at": ago, "claimed_at": ago, "aggregator": "africastalking",
    }  # fmt: skip
    make(app, Contact(id=1, phone=PHONE, created_at=ago))
    with app.database.write.begin() as db:
        text = OutboxMessage(**made | columns)
        db.add(text)
        db.flush()
        return text.id


def changes(app: Sunwai) -> list[NamedEntry]:
    return list(audit_notes.list_entries(app.database, AuditFilter(event="text_changed"), 50))


def test_what_is_wrong_is_one_line_and_each_text_that_waits_stands_below_with_its_buttons(visit: Visit) -> None:
    operator, publisher = visit(), visit("publisher")
    now = dt.datetime.now(dt.UTC)
    well(operator.app)
    make(
        operator.app,
        RouteHealth(name="africastalking", failures=5, stopped_at=now, reason="http_401"),
        RouteHealth(name="spare", failures=5, rests_until=now + dt.timedelta(minutes=5), reason="connect"),
        UnreadableForm(aggregator="infobip", door="sms", problem="field", shape={}, at=now),
    )
    for state, reason in (("ready", None), ("unconfirmed", None), ("failed", "no_road"), ("failed", "<b>odd</b>")):
        owe(operator.app, f"{state}{reason}", state=state, reason=reason)
    page = publisher.get("/console/health").text
    for words in (
        "Callers are answered; no text can be sent, because no route works.",
        "the oldest has waited 25 minutes",
        "25 minutes late",
        "The key, the account or the balance is refused.",
        "Next try",
        "5 failures in a row",
        "Texts that may or may not have arrived",
        "It was not sent",
        "Switch on",
        "infobip",
    ):
        assert words in page, words
    assert "flask" not in page
    assert "<b>odd</b>" not in page
    assert PHONE not in page
    assert PHONE[-6:] not in page
    assert "secret words" not in page
    own = operator.get("/console/health").text
    assert ("Send again" in own, "Send now" in own) == (True, True)
    assert not [words for words in ("It was not sent", "Switch on", "Do not send") if words in own]
    assert "Send again" not in visit("translator").get("/console/health").text


def test_a_text_sent_again_by_a_double_click_is_sent_once(visit: Visit) -> None:
    operator = visit()
    text = owe(operator.app, "a", state="failed", reason="no_road", attempts=1)
    form = {"text": f"{text}-1", "do": "again", "back": "no_route"}
    answer = operator.post("/console/health/texts/again", form)
    assert (answer.status_code, answer.location) == (303, "/console/health/lists/no_route")
    assert "1 text will be sent now." in operator.get("/console/health").text
    operator.post("/console/health/texts/again", form)
    assert "1 text is due already." in operator.get("/console/health").text
    with operator.app.database.write.begin() as db:  # a worker tried it, and it failed again
        row = db.get_one(OutboxMessage, text)
        row.state, row.reason, row.attempts = "failed", "no_road", 2
    operator.post("/console/health/texts/again", form)
    page = operator.get("/console/health").text
    assert f"Text {text}: did not arrive (no route leads to this number). Nothing was changed." in page
    assert [(each.about, each.row.detail) for each in changes(operator.app)] == [(str(text), {"act": "retry"})]


def test_who_publishes_settles_releases_and_cancels_texts(visit: Visit) -> None:
    publisher = visit("publisher")
    doubts = [owe(publisher.app, key, state="unconfirmed", attempts=3) for key in "abc"]
    restore_detection.begin_epoch(publisher.app.database, publisher.app.clock())
    held = owe(publisher.app, "held")
    for do, text, said in (
        ("sent", doubts[0], "1 text counts as sent."),
        ("not_sent", doubts[1], "1 text counts as not sent."),
        ("cancel", doubts[2], "1 text will not be sent."),
        ("release", held, "1 text was released."),
    ):
        form = {"text": f"{text}-3", "do": do}
        publisher.confirm("/console/health/texts/settle", form)
        assert said in publisher.get("/console/health").text
        publisher.post("/console/health/texts/settle", form)
        assert "Nothing was changed." in publisher.get("/console/health").text
    with publisher.app.database.read() as db:
        states = db.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id)).all()
    assert states == ["sent", "failed", "cancelled", "ready"]
    acts = [each.row.detail["act"] for each in changes(publisher.app)]
    assert acts == ["release", "cancel", "settle_not_sent", "settle_sent"]
    assert publisher.post("/console/health/texts/settle", {"text": f"{held}-0", "do": "burn"}).status_code == 400
    for wrong in ("", "x-1", "1", "1-x"):
        assert publisher.post("/console/health/texts/settle", {"text": wrong, "do": "sent"}).status_code == 400
    long = {"text": "1" * 5_000 + "-1", "do": "sent"}
    assert publisher.post("/console/health/texts/settle", long).status_code == 404


def test_a_route_is_switched_off_and_on(visit: Visit) -> None:
    publisher = visit("publisher")
    well(publisher.app)
    route = "/console/health/routes/africastalking"
    assert "No other route works. No text will be sent" in publisher.post(route, {"do": "off"}).text
    for press, do, said in (
        (publisher.confirm, "off", "africastalking is off. No other route works. No text will be sent"),
        (publisher.post, "off", "africastalking was off already."),
        (publisher.post, "on", "africastalking is on."),
        (publisher.post, "on", "africastalking was on already."),
    ):
        press(route, {"do": do})
        page = publisher.get("/console/health").text
        assert said in page.translate(ISOLATES)
        assert ("Nothing waits for a person." in page) == (do == "on")
    assert publisher.post("/console/health/routes/nobody", {"do": "off"}).status_code == 404
    noted = audit_notes.list_entries(publisher.app.database, AuditFilter(event="route_changed"), 50)
    assert [(each.about, each.row.detail["act"]) for each in noted] == [
        ("africastalking", "on"),
        ("africastalking", "off"),
    ]


def test_whoever_may_not_switch_a_route_reads_who_can(visit: Visit) -> None:
    operator, publisher = visit("operator"), visit("publisher")
    well(operator.app)
    off, on = "A publisher or an admin can switch it off.", "A publisher or an admin can switch it on."
    page = operator.get("/console/health").text
    assert off in page
    assert on not in page
    assert "Switch off" not in page
    publisher.confirm("/console/health/routes/africastalking", {"do": "off"})
    page = operator.get("/console/health").text
    assert on in page.partition('id="routes"')[2]
    assert off not in page
    assert "A publisher or an admin can" not in publisher.get("/console/health").text


def test_whoever_cancels_a_text_reads_whose_it_is_and_who_will_not_learn_what(visit: Visit) -> None:
    publisher = visit("publisher")
    app = publisher.app
    case, _ = file_one(app.database, PHONE, details="No water", now=app.clock())
    hire(app.database, "Imran", phone="+923009988554")
    with app.database.write.begin() as db:
        officer = db.scalars(select(Staff.contact_id).where(Staff.name == "Imran")).one()
    number = f"{case.number[:3]}-{case.number[3:6]}-{case.number[6:]}"
    text = owe(app, "officer", event="officer_new", complaint_id=case.id, contact_id=officer)
    page = publisher.get("/console/health").text
    assert number not in page
    form = {"text": f"{text}-0", "do": "cancel"}
    asked = publisher.post("/console/health/texts/settle", form)
    assert asked.status_code == 200
    said = asked.text.translate(ISOLATES)
    for words in (f"The office will not learn about {number} from this text.", "Text to an officer", "Imran", number):
        assert words in said, words
    assert "secret words" not in said
    assert "+923009988554" not in said
    assert changes(app) == []
    sure = SURE.search(asked.text)
    assert sure
    make(app, OutboxMessage(id=text, state="unknown"))  # a worker tries it meanwhile
    again = publisher.post("/console/health/texts/settle", form | {"sure": sure[1]})
    assert (again.status_code, "Something has changed since you were asked." in again.text) == (409, True)
    assert changes(app) == []
    publisher.confirm("/console/health/texts/settle", form)
    assert [each.row.detail for each in changes(app)] == [{"act": "cancel"}]


def test_a_text_that_is_sent_again_while_its_route_is_off_says_so(visit: Visit) -> None:
    operator, publisher = visit(), visit("publisher")
    text = owe(operator.app, "a", state="failed", reason="no_road", attempts=1)
    publisher.confirm("/console/health/routes/africastalking", {"do": "off"})
    operator.post("/console/health/texts/again", {"text": f"{text}-1"})
    said = operator.get("/console/health").text.translate(ISOLATES)
    assert "1 text waits, because no route works: africastalking is switched off." in said


def test_a_text_that_may_have_arrived_asks_before_it_is_sent_again(visit: Visit) -> None:
    operator = visit()
    text = owe(operator.app, "a", state="unconfirmed", attempts=3)
    form = {"text": f"{text}-3", "back": "doubt"}
    assert "It may have arrived already" in operator.post("/console/health/texts/again", form).text
    assert changes(operator.app) == []
    assert operator.confirm("/console/health/texts/again", form).location == "/console/health/lists/doubt"
    assert [each.row.detail for each in changes(operator.app)] == [{"act": "retry"}]


@pytest.mark.parametrize(
    ("rules", "stopped", "working", "alone"),
    [
        ("*=at", [], [], ["*"]),
        ("*=at,jasmin", [], ["jasmin"], []),
        ("*=at,jasmin", ["jasmin"], [], ["*"]),
        ("+92300=at; *=jasmin", [], ["jasmin"], ["+92300"]),
        ("network:63902=at,jasmin; *=infobip", ["jasmin"], ["infobip"], ["63902"]),
    ],
)
def test_what_carries_the_texts_of_a_route_that_is_off_is_read_from_the_rules(
    rules: str, stopped: list[str], working: list[str], alone: list[str]
) -> None:
    assert other_routes(parse_route_rules(rules), "at", stopped) == OtherRoutes(working, alone)


def test_a_list_has_pages_and_no_other_name(visit: Visit) -> None:
    operator = visit()
    texts = [owe(operator.app, str(number), state="failed", reason="no_road") for number in range(27)]
    page = operator.get("/console/health").text
    assert page.count('name="text"') == 3
    assert "Show all 27" in page
    first = operator.get("/console/health/lists/no_route").text
    assert f'value="{texts[24]}-0"' in first
    assert "Send these 25 again" in first
    assert f'value="{texts[26]}-0"' in operator.get("/console/health/lists/no_route?page=2").text
    assert operator.get("/console/health/lists/everything").status_code == 404
    operator.post("/console/health/texts/again", {"text": [f"{text}-0" for text in texts[:25]], "do": "again"})
    assert "25 texts will be sent now." in operator.get("/console/health").text


def test_somebody_in_danger_is_given_to_an_office(visit: Visit) -> None:
    operator = visit()
    app, now = operator.app, operator.app.clock()
    hire(app.database, "Imran", phone="+923009988554")
    hire(app.database, "Bina", "lesco", phone="+923009988555")
    case, _ = file_one(app.database, PHONE, details="No water", now=now)
    usual = {"office": "lesco", "words": "Fori madad aa rahi hai", "version": str(case.version)}
    assert operator.post(f"/console/health/danger/{case.number}", usual).status_code == 404
    with app.database.write.begin() as db:
        row = db.get_one(Complaint, case.id)
        row.urgent, row.officer_id, row.clock_from = True, None, now - dt.timedelta(hours=3)
    health = operator.get("/console/health").text
    assert "1 person in danger waits for an officer" in health
    assert "It has waited 3 hours." in health
    assert case.number not in health
    assert visit("translator").get("/console/health/danger").status_code == 403
    page = operator.get("/console/health/danger").text
    assert f"{case.number[:3]}-{case.number[3:6]}" in page
    office = page.split('<option value="')[1].split('"')[0]
    form = {
        "office": office,
        "words": "Fori madad aa rahi hai",
        "version": page.split('name="version" value="')[1].split('"')[0],
    }
    refused = operator.post(f"/console/health/danger/{case.number}", form | {"office": ""})
    assert (refused.status_code, 'value="Fori madad aa rahi hai"' in refused.text) == (422, True)
    operator.post(f"/console/health/danger/{case.number}", form)
    said = operator.get("/console/health/danger").text
    assert "The office has it now" in said, said[said.index("flashes") :][:400]
    noted = audit_notes.list_entries(app.database, AuditFilter(event="case_changed"), 50)
    assert [(each.who, each.row.subject) for each in noted] == [(operator.name, case.number)]


def test_it_is_drawn_when_redis_and_the_workers_are_away(visit: Visit) -> None:
    operator = visit()
    operator.app.settings = replace(operator.app.settings, redis_url="redis://127.0.0.1:1/0")
    page = operator.get("/console/health").text
    assert "Redis does not answer" in page
    assert "No worker is running" in page
    assert "Tell the engineer: no sweep is running." in page
    assert "/console/health/help#sweep" in page
    assert "While none runs, texts wait" in operator.get("/console/health/help").text


def test_calls_are_told_by_how_they_were_answered(visit: Visit) -> None:
    operator = visit()
    well(operator.app)
    counters = Counters()
    for how in ("live", "live", "replayed", "expired"):
        counters.hop(how, 0.002)
    SharedCounters(operator.app.settings.redis_url, counters).add()
    page = operator.get("/console/health/now").text
    assert "Replayed from the beginning" in page
    assert "Came too late: the call was over" in page
    assert "<html" not in page


def test_who_is_not_signed_in_sees_nothing_of_it(visit: Visit) -> None:
    client = visit().app.test_client()
    assert client.get("/console/health").status_code in (302, 303)


def unheard(app: Sunwai, words: str) -> None:
    now = dt.datetime.now(dt.UTC)
    app.shelf.refresh()
    app.texting.take(now, Sms("africastalking", words, PHONE, app.settings.short_code, words, now))


def test_what_nobody_understood_is_read_answered_filed_or_discarded_by_who_may_edit(visit: Visit) -> None:
    operator = visit()
    flows = read_flow(LIBRARY.parent / "by_text.yaml")
    publication.publish(operator.app.database, dt.datetime.now(dt.UTC), *flows, RevisionNote("Sara", "texts"))
    short_codes.assign_code(operator.app.database, operator.app.settings.short_code, "by_text")
    unheard(operator.app, "xyzzy <b>plugh</b>")
    well(operator.app)
    health = operator.get("/console/health").text
    assert "1 text of one phone: not understood" in health
    assert "Nothing waits for a person." not in health
    page = operator.get("/console/health/unheard").text
    assert "xyzzy &lt;b&gt;plugh" in page
    assert PHONE not in page
    assert visit("translator").get("/console/health/unheard").status_code == 403
    one = page.split("/console/health/unheard/")[1].split('"')[0]
    assert operator.post(f"/console/health/unheard/{one}", {"do": "nothing"}).status_code == 400
    for press, do, words, status, said in (
        (operator.post, "discard", "no", 422, "Say in a few words why"),
        (operator.post, "answer", "Masla likh kar bhejein", 200, "you cannot take them back"),
        (operator.confirm, "answer", "Masla likh kar bhejein", 200, "The answer will be sent."),
        (operator.post, "file", "", 422, "answered by"),
    ):
        address = f"/console/health/unheard/{one}"
        answer = press(address, {"do": do, "words": words}, follow_redirects=True)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text
        assert status == 200 or do == "file" or f'value="{words}"' in answer.text  # what was typed stays
    with operator.app.database.read() as db:
        assert db.scalars(select(OutboxMessage.event).order_by(OutboxMessage.id)).all() == ["unknown", "unheard_answer"]
    read = audit_notes.list_entries(operator.app.database, AuditFilter(event="list_exported"), 50)
    assert [(each.row.actor_kind, each.row.subject_kind) for each in read] == [("staff", "text")] * 7
    done = audit_notes.list_entries(operator.app.database, AuditFilter(event="case_changed"), 50)
    assert [(each.who, each.about, each.row.detail) for each in done] == [(read[0].who, one, {"act": "answered"})]
