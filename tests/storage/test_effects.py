from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from storage import effects, revisions
from storage.database import Database

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
        effects.keep(db, "s", hop, step, action="remind", revision_id=revision_id, outcome=outcome, now=NOW)


def test_a_step_is_kept_once_and_its_first_outcome_stays(database: Database) -> None:
    revision_id = published(database)
    keep(database, revision_id, 3, 0, b"first")
    with pytest.raises(IntegrityError):
        keep(database, revision_id, 3, 0, b"second")
    with database.read.begin() as db:
        assert effects.first(db, "s", 3, 0) == b"first"
        assert effects.first(db, "s", 3, 1) is None


def test_the_steps_of_a_session_come_in_the_order_of_its_hops(database: Database) -> None:
    revision_id = published(database)
    for hop, step in ((5, 0), (2, 1), (2, 0)):
        keep(database, revision_id, hop, step, b"x")
    with database.read.begin() as db:
        assert [(each.hop, each.step) for each in effects.all_of(db, "s")] == [(2, 0), (2, 1), (5, 0)]
        assert effects.all_of(db, "other") == []
