"""Calls while Redis forgets, freezes or is not there, and while the database cannot be written."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from sessions.publishing.publication import PublishedRevision, RevisionNote, publish
from storage.connection.database import Database
from tests.flows.library import shipped_files
from tests.servers import Valkey
from tests.sessions.calls import NEW_CALLER, NOW, NUMBER, WORDS, Line, Phone, complaints


def test_a_call_survives_redis_flushed_between_each_two_hops(line: Line, valkey: Valkey) -> None:
    undisturbed = Phone(line, "+923000000001").walk(NEW_CALLER)
    phone = Phone(line, "+923000000002")
    screens = [phone.dial()]
    for entry in NEW_CALLER:
        valkey.client().flushall()
        line.hops = line.process()  # nor does this process remember anything
        screens.append(phone.type(entry))
    assert screens[:-1] == undisturbed[:-1]
    assert NUMBER.sub("#", screens[-1]) == NUMBER.sub("#", undisturbed[-1])
    assert len(complaints(line.database)) == 2
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.again() == screens[-1]  # the last hop repeated, with nothing left of the session
    assert len(complaints(line.database)) == 2


@pytest.mark.parametrize("processes", [1, 2])
def test_a_call_survives_a_redis_that_is_not_there(line: Line, processes: int) -> None:
    deaf = Line(line.database, "redis://127.0.0.1:1/0")
    phone = Phone(deaf)
    screens = [phone.dial()]
    for entry in NEW_CALLER:
        deaf.hops = deaf.process() if processes > 1 else deaf.hops
        screens.append(phone.type(entry))
    assert [screen[:4] for screen in screens] == ["CON "] * 7 + ["END "]
    assert len(complaints(line.database)) == 1


def test_a_call_survives_a_redis_frozen_from_the_third_hop_on(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    screens = phone.walk(NEW_CALLER[:3])
    with valkey.frozen():
        screens += [phone.type(entry) for entry in NEW_CALLER[3:]]
    assert [screen[:4] for screen in screens] == ["CON "] * 7 + ["END "]
    assert len(complaints(line.database)) == 1


def test_a_star_in_a_text_whose_session_is_lost_brings_the_question_again(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER[:5])
    phone.type("Gali 4*Shadbagh mein pani nahi")
    valkey.client().flushall()
    line.hops = line.process()
    phone.type("1")
    assert phone.last is not None and phone.last.screen == "details"
    assert not complaints(line.database)
    phone.type(WORDS)
    assert phone.type("1").startswith("END ")
    assert complaints(line.database)[0].details == WORDS


def test_a_lost_session_is_not_guessed_when_the_menu_has_just_changed(line: Line, valkey: Valkey) -> None:
    phone = Phone(line)
    phone.walk(NEW_CALLER)
    phone.walk(["1", "1"])
    files = {name: text for name, text in shipped_files().items() if not name.startswith("transcripts/")}
    header, *rows = files["lists/group.csv"].splitlines()
    files["lists/group.csv"] = "\n".join([header, *reversed(rows), ""])
    done = publish(line.database, NOW, files, "complaints.yaml", RevisionNote("test", "rows are reversed"))
    assert isinstance(done, PublishedRevision), done
    valkey.client().flushall()
    line.hops = line.process()
    assert phone.type("1").startswith("END ")
    assert phone.last is not None and phone.last.how == "changed"


def test_a_locked_database_is_told_in_the_callers_language_inside_the_deadline(
    sqlite_database: Database, valkey: Valkey
) -> None:
    line = Line(sqlite_database, valkey.url)
    phone = Phone(line)
    phone.walk(NEW_CALLER[:-1])
    with sqlite_database.write.begin() as rival:
        rival.execute(text("UPDATE routes SET flow = flow"))
        started = time.monotonic()
        said = phone.type("1")
        assert time.monotonic() - started < 8
        assert said.startswith("END ") and "zaya nahi hua" in said
    assert phone.again().startswith("END ")
    assert len(complaints(sqlite_database)) == 1


def test_a_database_that_keeps_hanging_is_left_alone_so_that_no_caller_waits_for_it(
    sqlite_database: Database, valkey: Valkey
) -> None:
    line = Line(sqlite_database, valkey.url)
    phones = [Phone(line, f"+9230000000{n:02}") for n in range(20)]
    for phone in phones:
        phone.walk(NEW_CALLER[:-1])
    with sqlite_database.write.begin() as rival:
        rival.execute(text("UPDATE routes SET flow = flow"))
        answers = []
        for phone in phones:
            started = time.monotonic()
            answers.append((phone.type("1")[:4], time.monotonic() - started))
        assert Phone(line, "+923009999999").dial().startswith("CON ")  # nobody else is shut out
    assert {said for said, _ in answers} == {"END "}
    assert sum(1 for _, waited in answers if waited > 1) <= 6  # of twenty: three, and one for each rest that ended
