"""A call goes on in another flow: its live revision, replayed, counted and left as any other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from msgspec import msgpack
from sqlalchemy import delete, event

from flows.parsing.flow import parse_flow
from flows.preview.transcripts import play
from sessions.publishing.publication import PublishedRevision, PublishFailure, RevisionNote, publish
from storage.connection.database import Database
from storage.menus import revisions
from storage.menus.revisions import route
from storage.schema.tables import LiveFlow
from tests.flows.library import shipped_files
from tests.servers import Valkey
from tests.sessions.calls import NOW, Line, Phone

FIRST = """
flow: first
title: First
languages: {en: English, ur-Latn: Roman Urdu, ur: اردو}
service: {ussd: "*700#", sms: "8484", help: "15"}
errors: {bad_choice: {en: Again, ur-Latn: Dobara, ur: دوبارہ}, too_many: {en: Over, ur-Latn: Khatam, ur: ختم}}
screens:
  language:
    ask: {en: Which language?, ur-Latn: Zaban?, ur: کون سی زبان؟}
    choose_from: languages
    save: contact.language
    skip_if: contact.language
    go: menu
  menu:
    ask: {en: First menu, ur-Latn: Pehla menu, ur: پہلا مینو}
    choose:
      rate: {en: Rate, ur-Latn: Rai, ur: رائے, go: rate}
      tongue: {en: Language, ur-Latn: Zaban, ur: زبان, go: tongue}
  tongue: {ask: {en: Which?, ur-Latn: Kaunsi?, ur: کون سی؟}, choose_from: languages, save: contact.language, go: menu}
  rate: {do: open_flow, with: {flow: "survey"}, then: {else: later}}
  later: {end: {en: Later, ur-Latn: Baad mein, ur: بعد میں}}
"""
DOOR = """
flow: door
title: Door
languages: {en: English, ur-Latn: Roman Urdu, ur: اردو}
errors: {bad_choice: {en: Again, ur-Latn: Dobara, ur: دوبارہ}, too_many: {en: Over, ur-Latn: Khatam, ur: ختم}}
screens:
  enter: {do: open_flow, with: {flow: "first"}, then: {else: later}}
  later: {end: {en: Later, ur-Latn: Baad mein, ur: بعد میں}}
"""
DESK = DOOR.replace(
    "screens:\n",
    """screens:
  desk:
    ask: {en: Which desk?, ur-Latn: Kaunsa?, ur: کون سا؟}
    choose: {one: {en: One, ur-Latn: Aik, ur: ایک, go: enter}, two: {en: Two, ur-Latn: Do, ur: دو, go: later}}
""",
)
LOOP = """
flow: NAME
title: Round
languages: {en: English}
errors: {bad_choice: {en: Again}, too_many: {en: Over}}
screens:
  round: {do: open_flow, with: {flow: "OTHER"}, then: {else: later}}
  later: {end: {en: Later}}
"""
OTHER = "*700#"


def published(database: Database, files: dict[str, str], main: str, message: str) -> PublishedRevision:
    done = publish(database, NOW, files, main, RevisionNote("test", message))
    assert isinstance(done, PublishedRevision), done
    return done


@pytest.fixture
def call(line: Line) -> Callable[[str], Phone]:
    """A caller of a line whose first flow leads to the survey."""
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    published(line.database, files, "survey.yaml", "survey")
    published(line.database, {"first.yaml": FIRST}, "first.yaml", "first")
    with line.database.write.begin() as db:
        route(db, OTHER, "first")
    line.shelf.refresh()
    return lambda number: Phone(line, number, code=OTHER)


def where(phone: Phone) -> str:
    return phone.last.screen if phone.last is not None else ""


def test_the_call_goes_on_at_the_start_of_the_other_flow_with_its_language_and_its_own_keys(
    call: Callable[[str], Phone], line: Line, valkey: Valkey
) -> None:
    phone = call("+923000000001")
    phone.dial()
    assert phone.type("1").startswith("CON First menu")
    asked = phone.type("1")
    assert asked.startswith("CON ") and "First" not in asked
    assert phone.last is not None and phone.last.revision == 1
    assert phone.again() == asked  # a repeat of the hop
    start = where(phone)
    assert phone.type("0") == asked, "the way back ends where the flow begins"
    rated = phone.type("1")
    assert rated.startswith("CON ") and where(phone) != start

    lost = call("+923000000002")
    assert lost.walk(["1", "1"])[-1] == asked
    lost.type("1")
    valkey.client().flushall()
    line.hops = line.process()
    assert lost.again() == rated, "a lost session is replayed through both flows"
    assert call("+923000000003").walk(["1"]) and call("+923000000002").dial("1*1") == rated, "and dialled through both"


def test_a_replayed_call_goes_on_in_the_revision_of_the_first_time(
    call: Callable[[str], Phone], line: Line, valkey: Valkey
) -> None:
    phone = call("+923000000001")
    before = phone.walk(["1", "1"])[-1]
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    files["survey.yaml"] += "\n# another revision\n"
    assert published(line.database, files, "survey.yaml", "second").number == 2
    line.shelf.refresh()
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == before
    assert phone.last is not None and phone.last.revision == 1
    later = call("+923000000002")
    assert later.walk(["1", "1"])[-1] == before
    assert later.last is not None and later.last.revision == 2


def test_a_call_that_depends_on_the_time_is_replayed_from_where_it_began(
    call: Callable[[str], Phone], line: Line, valkey: Valkey
) -> None:
    timed = FIRST.replace("go: rate}", "go: rate, when: time between 00:00 and 23:59}")
    published(line.database, {"first.yaml": timed}, "first.yaml", "timed")
    line.shelf.refresh()
    later = NOW + dt.timedelta(minutes=10)  # no call of the revision before can be going on
    phone = Phone(line, "+923000000001", now=later, code=OTHER)
    phone.walk(["1"])  # its language is known from now on
    rated = phone.dial("1*1")
    assert phone.last is not None and phone.last.revision == 1, "in the survey"
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == rated


def test_choices_that_waited_for_the_language_are_played_in_the_other_flow_and_so_is_what_follows(
    call: Callable[[str], Phone], line: Line, valkey: Valkey
) -> None:
    phone = call("+923000000001")
    assert "Which language" in phone.dial("1*1")
    assert "CON " in phone.type("1")
    there = phone.type("1")
    assert phone.last is not None and phone.last.revision == 1, "in the survey"
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == there


@pytest.mark.parametrize(("start", "dialled"), [(DOOR, "1*1"), (DESK, "1*1*1")])
def test_what_was_dialled_waits_for_the_language_that_the_other_flow_asks(
    call: Callable[[str], Phone], line: Line, valkey: Valkey, start: str, dialled: str
) -> None:
    call("+923000000009")
    published(line.database, {"door.yaml": start}, "door.yaml", "door")
    with line.database.write.begin() as db:
        route(db, "*702#", "door")
    line.shelf.refresh()
    later = NOW + dt.timedelta(minutes=10)  # no call of a revision before can be going on
    phone = Phone(line, "+923000000001", now=later, code="*702#")
    asked = phone.dial(dialled)
    assert asked.startswith("CON Which language")
    rated = phone.type("2")  # Roman Urdu; then the menu of the second flow, and the survey
    assert phone.last is not None and phone.last.revision == 1 and where(phone) in survey_screens(line)
    chosen = phone.type("1")
    assert chosen != rated
    for _ in range(2):
        valkey.client().flushall()
        line.hops = line.process()
        assert phone.again() == chosen, "a lost session is replayed"
    known = Phone(line, "+923000000001", now=later, code="*702#")
    assert known.dial(dialled) == rated, "the same string means the same for who has chosen"


def survey_screens(line: Line) -> set[str]:
    survey = line.shelf.named("survey")
    return set(survey.flow.screens) - {"menu"} if survey is not None else set()


def test_the_hop_that_opens_a_flow_reads_neither_its_files_nor_its_screens(
    call: Callable[[str], Phone], line: Line
) -> None:
    phone = call("+923000000001")
    phone.walk(["1"])
    asked: list[str] = []
    event.listen(line.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    phone.type("1")
    assert phone.last is not None and phone.last.revision == 1, "in the survey"
    assert any("live_flows" in each for each in asked)
    assert not [each for each in asked if "revisions.source" in each or "revisions.compiled" in each]


def test_a_flow_without_a_code_is_found_by_its_name(call: Callable[[str], Phone], line: Line) -> None:
    call("+923000000001")
    found = line.shelf.named("survey")
    assert found is not None and found.flow.name == "survey"


def test_each_flow_counts_its_own_screens(call: Callable[[str], Phone], valkey: Valkey) -> None:
    phone = call("+923000000001")
    phone.walk(["1", "1"])
    client = valkey.client()
    fields = [
        name.decode() for key in client.scan_iter("*") if client.type(key) == b"hash" for name in client.hkeys(key)
    ]
    steps = {(part[2], part[4], part[6], part[8]) for part in (name.split("\t") for name in fields) if part[0] == "s"}
    assert ("first", "a", "menu", "menu") in steps
    assert any(flow == "survey" and letters == "S" and shown == where(phone) for flow, letters, _, shown in steps)


def test_a_flow_that_is_not_live_leads_to_the_else(line: Line) -> None:
    published(line.database, {"first.yaml": FIRST.replace('"survey"', '"nothing"')}, "first.yaml", "first")
    with line.database.write.begin() as db:
        route(db, OTHER, "first")
    line.shelf.refresh()
    assert Phone(line, "+923000000001", code=OTHER).walk(["1", "1"])[-1] == "END Later"


def test_a_call_that_broke_off_in_the_other_flow_is_offered_at_the_code_it_began_with(
    call: Callable[[str], Phone], line: Line
) -> None:
    phone = call("+923000000001")
    phone.walk(["1", "1"])
    there = phone.type("1")
    assert "Your last call was cut off" in phone.dial()
    assert phone.type("1") == there
    assert phone.last is not None and line.shelf.named("survey") is not None


def test_start_again_begins_the_flow_that_was_dialled(call: Callable[[str], Phone], line: Line, valkey: Valkey) -> None:
    phone = call("+923000000001")
    phone.walk(["1", "1"])
    phone.type("1")
    assert "Your last call was cut off" in phone.dial()
    again = phone.type("2")
    assert again.startswith("CON First menu")
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == again, "a lost session is replayed from there"
    survey = phone.type("1")
    assert survey.startswith("CON ") and "First" not in survey and phone.last is not None and phone.last.revision == 1
    assert "CON First menu" in phone.dial(), "and nothing is offered once more"


def test_start_again_begins_the_flow_that_is_there_if_the_dialled_one_is_live_no_more(
    call: Callable[[str], Phone], line: Line
) -> None:
    phone = call("+923000000001")
    survey = phone.walk(["1", "1"])[-1]
    phone.type("1")
    assert "Your last call was cut off" in phone.dial()
    with line.database.write.begin() as db:
        db.execute(delete(LiveFlow).where(LiveFlow.flow == "first"))
    assert phone.type("2") == survey


def test_start_again_at_the_code_of_the_other_flow_begins_that_one(call: Callable[[str], Phone], line: Line) -> None:
    call("+923000000001").walk(["1"])
    with line.database.write.begin() as db:
        route(db, "*701#", "survey")
    line.shelf.refresh()
    phone = Phone(line, "+923000000001", code="*701#")
    survey = phone.dial()
    phone.type("1")
    assert "Your last call was cut off" in phone.dial()
    assert phone.type("2") == survey


def test_flows_that_open_each_other_without_a_question_are_refused_and_a_call_in_them_ends(line: Line) -> None:
    first, second = (
        LOOP.replace("NAME", name).replace("OTHER", other) for name, other in (("first", "second"), ("second", "first"))
    )
    published(line.database, {"loop.yaml": first}, "loop.yaml", "first")
    refused = publish(line.database, NOW, {"loop.yaml": second}, "loop.yaml", RevisionNote("test", "second"))
    assert isinstance(refused, PublishFailure)
    assert [(each.code, each.line) for each in refused.problems if each.severity != "I"] == [("F108", 7)]
    flow = parse_flow({"loop.yaml": second}, "loop.yaml").flow
    with line.database.write.begin() as db:  # published by an older version, which did not follow it
        compiled = msgpack.encode(flow)
        revisions.publish(
            db, flow="second", digest="x", source={}, compiled=compiled, author="test", message="", now=NOW
        )
        revisions.route(db, OTHER, "second")
    line.shelf.refresh()
    phone = Phone(line, "+923000000001", code=OTHER)
    assert phone.dial().startswith("END ")
    assert phone.last is not None and phone.last.how == "busy"


def test_a_preview_names_the_flow_that_the_call_goes_on_in() -> None:
    flow = parse_flow({"first.yaml": FIRST}, "first.yaml").flow
    assert flow is not None
    last = [*play(flow, {"dial": OTHER, "caller": {"language": "en"}, "steps": [{"enter": "1"}]})][-1]
    assert (last.body, last.ends) == ("> survey", True)
