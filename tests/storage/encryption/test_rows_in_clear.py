"""Rows that an earlier release stored in clear answer every question as encrypted ones do.

Two callers do the same; of one some rows are put in clear again all the time, as before the online migration.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, inspect, select, text
from sqlalchemy.orm import Session

from storage.cases import contacts
from storage.connection.database import Database
from storage.encryption.data_keys import unlock
from storage.encryption.key_source import from_ring
from storage.messages import delivery_reports, inbound_parts, inbound_sms
from storage.schema.cases import key_of_owner
from storage.schema.tables import Contact, Inbound, InboundPart, Report
from tests.keys import RING

NOW = dt.datetime(2026, 11, 30, 7, tzinfo=dt.UTC)
AGO = NOW - dt.timedelta(hours=2)
STEPS = 70
PHONES = {"sealed": "+92300111000{}", "clear": "+92300222000{}"}

pytestmark = pytest.mark.both_databases


class Caller:
    """Three phones, and what is done with them. Ids of rows begin with its name, and are left out of answers."""

    def __init__(self, database: Database, name: str) -> None:
        self._database, self._name = database, name

    def phone(self, at: int) -> str:
        return PHONES[self._name].format(at)

    def called(self, at: int, told: int) -> object:
        with self._database.write.begin() as db:
            known = contacts.find(db, self.phone(at))
            there = contacts.find_or_add(db, self.phone(at), NOW, network=f"4100{told}")
            assert there.phone == self.phone(at)
            contacts.change(db, there, f"s{told}", language=("en", "ur")[told % 2])
            return known is None, there.complaints

    def filed(self, at: int, told: int) -> object:
        with self._database.write.begin() as db:
            there = contacts.lock_or_add(db, self.phone(at), NOW)
            contacts.increment_complaints(db, there, f"s{told}")
            return there.complaints, there.language

    def dialled(self, at: int, told: int) -> object:
        facts = contacts.caller_facts(self._database, self.phone(at), f"s{told}")
        return facts and (facts.known, facts.seen_at)

    def texted(self, at: int, told: int) -> object:
        sms = {"aggregator": "at", "provider_id": f"{self._name}{told}", "phone": self.phone(at), "short_code": "8484"}
        with self._database.write.begin() as db:
            row = inbound_sms.add(db, **sms, text=f"words {told}", sent_at=None, now=NOW, state="new")
            if row is None:
                return "it came before"
            inbound_sms.settle(db, row, ("status", "new")[told % 2])
            before = [str(each).removeprefix(self._name) for each in inbound_sms.texts_since(db, row, AGO)]
            return before, inbound_sms.of_intent_since(db, row, "new", AGO)

    def part(self, at: int, told: int) -> object:
        part = InboundPart(
            aggregator="at", provider_id=f"{self._name}{told}", phone=self.phone(at), short_code="8484", total=3,
            number=told % 3, reference=told % 2, text=f"part {told}", sent_at=None, received_at=NOW, joined_at=None,
        )  # fmt: skip
        with self._database.write.begin() as db:
            added = inbound_parts.add(db, part)
            return added is not None, [(each.text, each.number) for each in inbound_parts.others(db, part, AGO)]

    def reported(self, at: int, told: int) -> object:
        phone = self.phone(at) if told % 4 else ""
        with self._database.write.begin() as db:
            added = delivery_reports.add(
                db, NOW, aggregator=self._name, provider_id=f"id{told % 5}", status=("Sent", "Success")[told % 2],
                reason="", phone=phone,
            )  # fmt: skip
            of = delivery_reports.reports_of_message(db, self._name, f"id{told % 5}", self.phone(at))
            lost = delivery_reports.orphans_of(db, self._name, self.phone(at), AGO)
            return added is not None, [each.status for each in of], [each.provider_id for each in lost]

    def recent(self, _at: int, _told: int) -> object:
        mine = {self.phone(at) for at in range(3)}
        with self._database.read() as db:
            found = inbound_sms.recent_texts(db, AGO, 200)
            rows = db.scalars(select(Inbound).order_by(Inbound.id.desc())).all()
            return [each for each, row in zip(found, rows, strict=True) if row.phone in mine]


def put_in_clear(db: Session, row: Any) -> None:
    """A row as an earlier release would have stored it."""
    names = {name: f"{name} = :{name}" for name in type(row).SEALED}
    values = {name: getattr(row, name) for name in names}
    db.expire(row)
    keys = [f"{each} = NULL" for each in ("phone_ix", "key_id") if each in inspect(type(row)).columns]
    statement = f"UPDATE {row.__tablename__} SET {', '.join([*names.values(), *keys])} WHERE id = :id"
    db.execute(text(statement), values | {"id": row.id})


def put_some_in_clear(database: Database, choose: random.Random) -> None:
    tables: tuple[type[Any], ...] = (Contact, Inbound, InboundPart, Report)
    with database.write.begin() as db:
        for table in tables:
            for row in db.scalars(select(table)).all():
                clear = row.aggregator == "clear" if table is Report else row.phone.startswith(PHONES["clear"][:-2])
                if clear and choose.random() < 0.4:
                    put_in_clear(db, row)
    unlock(database, from_ring(RING))  # another process, which has to find out


@pytest.mark.parametrize("seed", range(5))
def test_both_forms_answer_alike(database: Database, seed: int) -> None:
    choose = random.Random(seed)
    sealed, clear = Caller(database, "sealed"), Caller(database, "clear")
    acts = ("called", "filed", "dialled", "texted", "part", "reported", "recent")
    for step in range(STEPS):
        act, at, told = choose.choice(acts), choose.randrange(3), choose.randrange(12)
        expected, found = (getattr(each, act)(at, told) for each in (sealed, clear))
        assert found == expected, (step, act, at, told)
        if choose.random() < 0.3:
            put_some_in_clear(database, choose)


def asked_of(database: Database, act: Callable[[], object]) -> list[str]:
    heard: list[str] = []

    def hear(*given: Any) -> None:
        heard.append(given[2])

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        act()
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)
    return [each for each in heard if "phone_ix IS NULL" in each]


def test_a_database_without_such_rows_is_asked_once(database: Database) -> None:
    caller = Caller(database, "sealed")
    assert len(asked_of(database, lambda: caller.called(0, 1))) == 1
    for act in (caller.filed, caller.dialled, caller.texted, caller.part, caller.reported, caller.recent):
        assert asked_of(database, lambda act=act: act(0, 1)) == []


def test_two_at_once_give_a_row_in_clear_the_same_data_key(database: Database) -> None:
    with database.write.begin() as db:
        there = contacts.find_or_add(db, "+923001110009", NOW)
        put_in_clear(db, there)
    seen, given = threading.Event(), list[int]()
    overlap = database.engine.dialect.name == "postgresql"  # SQLite lets the second begin when the first has ended

    def give() -> None:
        with database.write.begin() as db:
            assert db.get_one(Contact, there.id).key_id is None or not overlap
            seen.set()
            given.append(key_of_owner(db, None, there.id))

    second = threading.Thread(target=give)
    with database.write.begin() as db:
        given.append(key_of_owner(db, None, there.id))
        second.start()
        assert seen.wait(10) if overlap else True
    second.join(10)
    with database.read() as db:
        assert given == [db.get_one(Contact, there.id).key_id] * 2
