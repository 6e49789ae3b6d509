"""An earlier revision brought back, as a new one."""

from __future__ import annotations

import pytest

from sessions.publishing import publication, revision_history
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.connection.database import Database
from storage.menus import revisions
from tests.sessions.filing import NOW
from tests.sessions.overtaking import Overtaking
from tests.sessions.revising import MAIN, publish, retitled, revision

pytestmark = pytest.mark.both_databases


def test_rolling_back_is_a_new_revision_with_the_old_files(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    done = publication.roll_back(database, NOW, "complaints", 1, publication.RevisionNote("Sara", "Two was wrong"))
    assert done == PublishedRevision("complaints", 3, changed=True)
    first, third = revision(database, 1), revision(database, 3)
    assert (third.digest, third.source, third.compiled) == (first.digest, first.source, first.compiled)
    assert (third.rolls_back, third.base, third.author, third.message) == (1, 2, "Sara", "Two was wrong")
    live = revision_history.find_revision(database, "complaints")
    assert live is not None
    assert live.number == 3


def test_rolling_back_to_what_is_live_changes_nothing(database: Database) -> None:
    publish(database)
    assert publication.roll_back(
        database, NOW, "complaints", 1, publication.RevisionNote("Sara", "x")
    ) == PublishedRevision("complaints", 1, changed=False)


def test_what_is_not_there_or_does_not_match_its_hash_is_not_brought_back(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))
    assert publication.roll_back(
        database, NOW, "complaints", 9, publication.RevisionNote("Sara", "x")
    ) == PublishFailure(why="missing")
    with database.write.begin() as db:
        row = revisions.find_by_number(db, "complaints", 1)
        assert row is not None
        row.source = row.source | {MAIN: "flow: complaints"}
    assert publication.roll_back(
        database, NOW, "complaints", 1, publication.RevisionNote("Sara", "x")
    ) == PublishFailure(why="damaged")


def test_going_back_does_not_undo_what_somebody_publishes_meanwhile(database: Database) -> None:
    publish(database)
    publish(database, complaints_yaml=retitled("Line two"))

    def another(mine: Database) -> None:
        assert publish(mine, complaints_yaml=retitled("Line three")) == PublishedRevision("complaints", 3, changed=True)

    hurried = Overtaking.of(database, another)
    done = publication.roll_back(hurried, NOW, "complaints", 1, publication.RevisionNote("Sara", "x"))
    assert done == PublishFailure(why="stale", live=3, base=2)
    assert [each.number for each in revision_history.history(database, "complaints")] == [3, 2, 1]
