"""The health page: what is wrong first, with what to do, and nobody's number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy import select

from gateway.endpoints.application import Sunwai
from gateway.flow_folder.files import read_flow
from gateway.monitoring.counters import Counters
from gateway.monitoring.shared_counters import SharedCounters
from sessions.audit import audit_notes
from sessions.messages.inbound_types import Sms
from sessions.publishing import publication, short_codes
from sessions.publishing.publication import RevisionNote
from storage.audit.audit_log import AuditFilter
from storage.schema.tables import Contact, Heartbeat, OutboxMessage, RouteHealth, UnreadableForm
from tests.gateway.console.conftest import Visit
from tests.gateway.outside import PHONE
from tests.sessions.filing import LIBRARY


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
    assert "All is well." in page
    assert "worker-host-7" in page
    assert 'class="notice bad"' not in page


def test_a_request_that_nobody_could_read_stands_there_until_a_person_settles_it(visit: Visit) -> None:
    operator = visit()
    well(operator.app)
    now = dt.datetime.now(dt.UTC)
    what = {"aggregator": "jasmin", "door": "sms", "problem": "coding", "shape": {}, "since": now, "at": now}
    make(operator.app, UnreadableForm(id=1, **what, raw=b"words of a citizen", phone=PHONE, state="open"))
    page = operator.get("/console/health").text
    assert page.count("Requests that could not be read") == 1
    assert "1 request of jasmin to sms could not be read" in page
    assert "flask sms unreadable list" in page
    assert "words of a citizen" not in page
    assert PHONE not in page
    make(operator.app, UnreadableForm(id=1, **what, state="discarded"))
    assert "flask sms unreadable list" not in operator.get("/console/health").text


def test_what_is_wrong_comes_first_and_says_what_to_type(visit: Visit) -> None:
    operator = visit()
    now = dt.datetime.now(dt.UTC)
    ago = now - dt.timedelta(minutes=25)
    well(operator.app)
    make(
        operator.app,
        Contact(id=1, phone=PHONE, created_at=now),
        RouteHealth(name="africastalking", failures=5, stopped_at=now, reason="http_401"),
        RouteHealth(name="spare", failures=5, rests_until=now + dt.timedelta(minutes=5), reason="connect"),
        UnreadableForm(aggregator="infobip", door="sms", problem="field", shape={}, at=now),
    )
    for state, reason in (("ready", None), ("unconfirmed", None), ("failed", "no_road"), ("failed", "<b>odd</b>")):
        key = f"{state}{reason}"
        text = OutboxMessage(
            contact_id=1, event="received", dedupe=key, order_key=key, body="secret words",
            state=state, reason=reason, next_at=ago, created_at=ago, claimed_at=ago, aggregator="africastalking",
        )  # fmt: skip
        with operator.app.database.write.begin() as db:
            db.add(text)
    page = operator.get("/console/health").text
    assert page.index(" problems") < page.index("texts due now")
    for words in (
        "flask texts roads --open africastalking",
        "The key, the account or the balance is refused.",
        "Next try",
        "5 failures in a row",
        "a text has been due for 25 minutes",
        "flask texts retry ID",
        "25 min",
        "infobip",
    ):
        assert words in page, words
    assert "<b>odd</b>" not in page
    assert PHONE not in page
    assert PHONE[-6:] not in page
    assert "secret words" not in page


def test_it_is_drawn_when_redis_and_the_workers_are_away(visit: Visit) -> None:
    operator = visit()
    operator.app.settings = replace(operator.app.settings, redis_url="redis://127.0.0.1:1/0")
    page = operator.get("/console/health").text
    assert "Redis does not answer" in page
    assert "No worker is running" in page
    assert "flask sweep" in page


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
    assert "phones whose texts nobody understood" in health
    assert ("A person must read the texts of one phone" in health, "All is well." in health) == (True, False)
    page = operator.get("/console/health/unheard").text
    assert "xyzzy &lt;b&gt;plugh" in page
    assert PHONE not in page
    assert visit("translator").get("/console/health/unheard").status_code == 403
    one = page.split("/console/health/unheard/")[1].split('"')[0]
    assert operator.post(f"/console/health/unheard/{one}", {"do": "nothing"}).status_code == 400
    for do, words, said in (
        ("discard", "", "Say in a few words why"),
        ("answer", "Masla likh kar bhejein", "The answer will be sent."),
        ("file", "", "answered by"),
    ):
        operator.post(f"/console/health/unheard/{one}", {"do": do, "words": words})
        assert said in operator.get("/console/health/unheard").text
    with operator.app.database.read() as db:
        assert db.scalars(select(OutboxMessage.event).order_by(OutboxMessage.id)).all() == ["unknown", "unheard_answer"]
    read = audit_notes.list_entries(operator.app.database, AuditFilter(event="list_exported"), 50)
    assert [(each.row.actor_kind, each.row.subject_kind) for each in read] == [("staff", "text")] * 4
    done = audit_notes.list_entries(operator.app.database, AuditFilter(event="case_changed"), 50)
    assert [(each.who, each.about, each.row.detail) for each in done] == [(read[0].who, one, {"act": "answered"})]
