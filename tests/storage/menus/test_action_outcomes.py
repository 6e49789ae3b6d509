from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from storage.connection.database import Database
from storage.menus import action_outcomes, revisions

pytestmark = pytest.mark.both_databases

NOW = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)


def published(database: Database) -> int:
    with database.write.begin() as db:
        words = {"digest": "0", "source": {}, "compiled": b"", "author": "a", "message": "m"}
        revisions.publish(db, flow="f", now=NOW, **words)  # type: ignore[arg-type]
        live = revisions.live_of(db, "f")
        assert live is not None
        return live.id


def keep(database: Database, revision_id: int, hop: int, step: int, outcome: bytes) -> None:
    with database.write.begin() as db:
        action_outcomes.keep(db, "s", hop, step, action="remind", revision_id=revision_id, outcome=outcome, now=NOW)


def test_a_step_is_kept_once_and_its_first_outcome_stays(database: Database) -> None:
    revision_id = published(database)
    keep(database, revision_id, 3, 0, b"first")
    with pytest.raises(IntegrityError):
        keep(database, revision_id, 3, 0, b"second")
    with database.read.begin() as db:
        assert action_outcomes.first(db, "s", 3, 0) == ("remind", b"first")
        assert action_outcomes.first(db, "s", 3, 1) is None


def test_a_session_is_known_by_the_first_thing_it_did(database: Database) -> None:
    revision_id = published(database)
    for hop, step in ((5, 0), (2, 1), (2, 0)):
        keep(database, revision_id, hop, step, f"{hop}.{step}".encode())
    first = action_outcomes.earliest(database, ("s",))
    assert first is not None and tuple(first) == (0, b"2.0", revision_id, "s")
    assert action_outcomes.earliest(database, ("other",)) is None


def test_of_two_offers_in_one_session_the_first_counts(database: Database) -> None:
    revision_id = published(database)
    for state in (b"first", b"second"):
        with database.write.begin() as db:
            action_outcomes.keep_offer(db, "s", revision_id, state, NOW)
    first = action_outcomes.earliest(database, ("s",))
    assert first is not None and tuple(first) == (action_outcomes.OFFERED, b"first", revision_id, "s")
