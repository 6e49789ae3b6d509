"""How the tables stand, counted in the same words on both databases."""

from __future__ import annotations

import datetime as dt

import pytest

from sessions.delivery.outcome_types import SendFailure
from sessions.operations import service_status
from storage.connection.database import Database
from tests.sessions.posting import AMIR, NAME, Aggregator, owe, send

pytestmark = pytest.mark.both_databases


def test_how_the_tables_stand_is_told_on_each_database(database: Database, now: dt.datetime) -> None:
    owe(database, now)
    send(database, now, Aggregator(SendFailure("http_503")))
    owe(database, now, to=AMIR)
    found = service_status.read_service_status(database, now, per_hour=100, named=(NAME,))
    assert found.texts.by_state["ready"] == 2
    assert found.texts.due == 1
    assert (found.drafts, found.revisions, found.set_aside) == ({"open": 0, "review": 0}, {}, [])
    assert [route.name for route in found.routes] == [NAME]
    assert found.bytes > 100_000
