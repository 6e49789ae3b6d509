"""Two offices with their people, an oversight over both, and triage: who works on the cases of these tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sessions.cases.core.actors import Actor, of_staff
from storage.connection.database import Database
from storage.people import offices_and_jurisdictions, staff
from tests.sessions.filing import NOW

WATER, POWER, ABOVE = "water-lahore", "lesco", "ombudsman"


@dataclass(frozen=True)
class People:
    """Everybody who works here, by name."""

    actors: dict[str, Actor]

    def __getitem__(self, name: str) -> Actor:
        return self.actors[name]

    def id(self, name: str) -> int:
        """Their id among the staff."""
        found = self.actors[name].staff_id
        assert found is not None
        return found


def settle(database: Database, now: dt.datetime = NOW) -> People:
    """Offices, what each is for, and staff: two officers, a supervisor and a head in each."""
    with database.write.begin() as db:
        offices_and_jurisdictions.add(
            db,
            [
                {"code": ABOVE, "name": "Ombudsman", "kind": "ombudsman", "oversight": None},
                {"code": WATER, "name": "WASA Lahore", "kind": "water", "oversight": ABOVE},
                {"code": POWER, "name": "LESCO", "kind": "disco", "oversight": ABOVE},
            ],
        )
        since = now.date() - dt.timedelta(days=30)
        rules = [{"office": code, "kind": kind, "since": since} for code, kind in ((WATER, "water"), (POWER, "disco"))]
        offices_and_jurisdictions.add_rules(db, rules)
        people: dict[str, Actor] = {}
        for office in (WATER, POWER):
            for role in ("officer", "officer", "supervisor", "head"):
                name = f"{role} {sum(each.startswith(role) for each in people) + 1}"
                people[name] = _taken_on(db, now, name, role, office)
        for role in ("triage", "oversight"):
            for at in (1, 2):
                people[f"{role} {at}"] = _taken_on(db, now, f"{role} {at}", role, None)
    return People(people)


def _taken_on(db, now: dt.datetime, name: str, role: str, office: str | None) -> Actor:  # type: ignore[no-untyped-def]
    added = staff.add(db, now, name=name, role=role, office=office, contact_id=None)
    assert added is not None
    return of_staff(added)
