"""What a process keeps of published flows: each with the code that leads to it now, and ready for its first caller."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from msgspec import msgpack
from sqlalchemy import event

from flows.engine import engine
from flows.menu.model import Room
from flows.parsing.flow import parse_flow
from sessions.publishing.published_cache import PublishedFlowCache
from storage.connection.database import Database
from storage.menus import revisions

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
SERVICE = {"ussd": "*8484#", "sms": "8484", "help": "15"}
VISIT = """
flow: visit
title: Visit
languages: {en: English, sw-Latn: Kiswahili}
errors: {bad_choice: {en: Again, sw-Latn: Tena}, too_many: {en: Over, sw-Latn: Mwisho}}
screens:
  day: {ask: {en: Day?, sw-Latn: Siku?}, answer: date, save: day, go: phone}
  phone: {ask: {en: Phone?, sw-Latn: Simu?}, answer: phone, country: KE, save: phone, go: over}
  over: {end: {en: Over, sw-Latn: Mwisho}}
"""


def publish(database: Database, text: str = VISIT) -> int:
    flow = parse_flow({"visit.yaml": text}, "visit.yaml").flow
    assert flow is not None
    compiled = msgpack.encode(flow)
    with database.write.begin() as db:
        return revisions.publish(
            db, flow=flow.name, digest=text[-9:], source={}, compiled=compiled, author="test", message="", now=NOW
        )


def word(shelf: PublishedFlowCache) -> str:
    published = shelf.named("visit")
    assert published is not None
    return published.flow.service["ussd"]


def test_a_code_that_was_taken_away_is_in_no_text_any_more(database: Database) -> None:
    publish(database)
    shelf = PublishedFlowCache(database, SERVICE)
    shelf.refresh()
    assert word(shelf) == "*8484#"
    with database.write.begin() as db:
        revisions.route(db, "*701#", "visit")
    assert shelf.refresh() and word(shelf) == "*701#"
    pinned = shelf.for_code("*701#")
    with database.write.begin() as db:
        revisions.unroute(db, "*701#")
    assert shelf.refresh() and word(shelf) == "*8484#"
    found = shelf.revision(pinned.id if pinned else 0)
    assert found is not None and found.flow.service["ussd"] == "*8484#"


def test_an_earlier_revision_has_the_code_that_leads_to_its_flow_now(database: Database) -> None:
    publish(database)
    shelf = PublishedFlowCache(database, SERVICE)
    shelf.refresh()
    first = shelf.named("visit")
    publish(database, VISIT + "# again\n")
    with database.write.begin() as db:
        revisions.route(db, "*701#", "visit")
    shelf.refresh()
    found = shelf.revision(first.id if first else 0)
    assert found is not None and found.number == 1 and found.flow.service["ussd"] == "*701#"


def test_a_flow_that_is_only_opened_is_kept_before_anybody_opens_it_and_no_source_is_loaded(database: Database) -> None:
    shelf = PublishedFlowCache(database, SERVICE)
    shelf.refresh()
    publish(database)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert shelf.refresh(), "a publication is seen although no code leads to the flow"
    first = shelf.named("visit")
    before = len(asked)
    assert first is not None and shelf.revision(first.id) is first
    assert len(asked) == before, "no caller waits for it"
    fresh = PublishedFlowCache(database, SERVICE)
    assert fresh.revision(first.id) is not None
    assert asked and not any("source" in each for each in asked)


def test_what_is_published_between_two_queries_of_a_refresh_disturbs_nobody(database: Database) -> None:
    publish(database)
    with database.write.begin() as db:
        revisions.route(db, "*701#", "visit")
    shelf = PublishedFlowCache(database, SERVICE)
    waits = [VISIT + "# again\n"]

    def come_between(*given: object) -> None:
        if waits and "routes" in str(given[2]) and "JOIN revisions" in str(given[2]):
            publish(database, waits.pop())

    event.listen(database.engine, "after_cursor_execute", come_between)
    assert shelf.refresh() and not waits
    assert word(shelf) == "*701#" and shelf.for_code("*701#") is shelf.named("visit")
    shelf.refresh()
    found = shelf.for_code("*701#")
    assert found is not None and found.number == 2


def test_what_typed_answers_need_is_loaded_before_the_first_call(database: Database) -> None:
    publish(database)
    opened: list[str] = []
    looking = [True]
    sys.addaudithook(lambda name, given: opened.append(str(given[0])) if looking[0] and name == "open" else None)
    shelf = PublishedFlowCache(database, SERVICE)
    shelf.refresh()
    assert "phonenumbers.data.region_KE" in sys.modules
    published = shelf.named("visit")
    assert published is not None
    opened.clear()
    turn = engine.begin(published.flow, 1, {"today": "2026-06-17"}, Room())
    turn = engine.advance(published.flow, turn.state, "jumatatu")
    turn = engine.advance(published.flow, turn.state, "0712345678")
    looking[0] = False
    assert turn.state.ended and turn.state.values["day"] == "2026-06-22"
    assert not [each for each in opened if "locale-data" in each or "phonenumbers" in each]
