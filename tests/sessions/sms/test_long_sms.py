"""Long SMS whose parts arrive one by one: joined in any order, once, and never lost if a part is missing."""

from __future__ import annotations

import datetime as dt
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from sessions.messages import long_sms
from sessions.messages.inbound_types import Sms, SmsPart
from sessions.sms import inbound_transaction
from storage.cases import contacts
from storage.connection.database import Database
from storage.messages import inbound_parts
from storage.schema.tables import Inbound, InboundPart
from tests.keys import open_database
from tests.sessions.patience import patiently
from tests.sessions.texter import CODE, SARA, Post

NOW = dt.datetime(2026, 6, 17, 7, tzinfo=dt.UTC)
WORDS = ("gali mein paani ", "khara hai aur ", "bijli bhi nahi")
pytestmark = pytest.mark.both_databases


def part(number: int, reference: int = 7, phone: str = SARA, to: str = "8484") -> Sms:
    """One of three parts."""
    identifier = f"{phone}-{reference}-{number}"
    return Sms("jasmin", identifier, phone, to, WORDS[number - 1], None, SmsPart(reference, 3, number))


def stored(database: Database) -> list[tuple[str, str]]:
    """The phone and text of every SMS that is stored."""
    with database.read.begin() as db:
        return [(row.phone, row.text) for row in db.scalars(select(Inbound).order_by(Inbound.id))]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_parts_are_one_sms_in_whatever_order_they_come_and_however_often(
    database: Database, order: tuple[int, ...]
) -> None:
    taken = [inbound_transaction.receive(database, NOW, part(number)) for number in (*order, *order)]
    assert [one is not None for one in taken] == [False, False, True, False, False, False]
    assert stored(database) == [(SARA, "".join(WORDS))]
    with database.read.begin() as db:
        assert {row.text for row in db.scalars(select(InboundPart))} == {""}


def test_parts_of_two_phones_and_of_two_references_are_never_mixed(database: Database) -> None:
    other = "+923007654321"
    for number in (1, 2, 3):
        for phone, reference in ((SARA, 7), (other, 7), (SARA, 8)):
            inbound_transaction.receive(database, NOW, part(number, reference, phone))
    assert sorted(stored(database)) == sorted([(SARA, "".join(WORDS))] * 2 + [(other, "".join(WORDS))])


def test_parts_that_come_at_the_same_moment_are_one_sms(database: Database) -> None:
    with ThreadPoolExecutor(3) as pool:
        received = lambda number: patiently(lambda: inbound_transaction.receive(database, NOW, part(number)))  # noqa: E731
        taken = list(pool.map(received, (1, 2, 3)))
    assert len([one for one in taken if one is not None]) == 1
    assert stored(database) == [(SARA, "".join(WORDS))]


def test_what_came_is_stored_when_the_rest_is_overdue(database: Database) -> None:
    for number in (3, 1):
        inbound_transaction.receive(database, NOW, part(number))
    assert inbound_transaction.receive_overdue_parts(database, NOW + long_sms.OVERDUE) == []
    later = NOW + long_sms.OVERDUE + dt.timedelta(seconds=1)
    [(_, code)] = inbound_transaction.receive_overdue_parts(database, later)
    assert (code, stored(database)) == ("8484", [(SARA, WORDS[0] + WORDS[2])])
    assert inbound_transaction.receive_overdue_parts(database, later) == []
    inbound_transaction.receive(database, later, part(2))
    inbound_transaction.receive_overdue_parts(database, later + 2 * long_sms.OVERDUE)
    assert stored(database)[1:] == [(SARA, WORDS[1])]


def test_parts_are_forgotten_when_no_aggregator_repeats_them_any_more(database: Database) -> None:
    for number in (1, 2, 3):
        inbound_transaction.receive(database, NOW, part(number))
    inbound_transaction.receive_overdue_parts(database, NOW + long_sms.REPEATED)
    with database.read.begin() as db:
        assert len(db.scalars(select(InboundPart)).all()) == 3
    inbound_transaction.receive_overdue_parts(database, NOW + long_sms.REPEATED + dt.timedelta(seconds=1))
    with database.read.begin() as db:
        assert db.scalars(select(InboundPart)).all() == []


def test_of_many_joined_parts_a_round_deletes_the_first_and_reads_no_others(database: Database) -> None:
    for reference in range(4):
        for number in (1, 2, 3):
            inbound_transaction.receive(database, NOW, part(number, reference))
    for left in (8, 4, 0):
        with database.write.begin() as db:
            inbound_parts.forget(db, NOW + dt.timedelta(seconds=1), 4)
            assert len(db.scalars(select(InboundPart.id)).all()) == left


def test_a_part_from_a_name_is_stored_as_it_is(database: Database) -> None:
    inbound_transaction.receive(database, NOW, part(1, phone="JAZZ"))
    assert stored(database) == [("JAZZ", WORDS[0])]


def test_a_part_whose_phone_is_held_keeps_no_other_sms_waiting(postgresql_url: str) -> None:
    """The overdue part is tried again in the next round; whoever wrote in between is answered in this one."""
    database = open_database(postgresql_url)
    post = Post(database)
    receive = inbound_transaction.receive
    receive(database, post.now, part(1))
    waiting = receive(database, post.now, Sms("jasmin", "other", "+923007654321", CODE, "salam", post.now))
    post.now += long_sms.OVERDUE + dt.timedelta(seconds=1)
    with database.write.begin() as db:
        contacts.lock(db, contacts.find_or_add(db, SARA, post.now))
        with pytest.raises(OperationalError):
            post.texting.left_over(post.now)
    assert waiting is not None
    with database.read() as db:
        assert db.get_one(Inbound, waiting.id).state == "done"
    assert post.texting.left_over(post.now) == 0
    assert (SARA, WORDS[0]) in stored(database)
    database.close()
