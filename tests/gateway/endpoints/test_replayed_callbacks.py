"""Callbacks that somebody captured and sends again: at once, after ten minutes and after two days they file nothing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from storage.menus.revisions import route
from storage.schema.tables import Complaint, History, Inbound, OutboxMessage, Report
from tests.faults import menu
from tests.gateway.outside import HOP, REPORT, SMS, post, rows, settings
from tests.servers import Valkey
from tests.sessions.calls import publish_shipped

BEGAN = dt.datetime(2026, 6, 17, 9, 0, tzinfo=dt.UTC)
AGAIN = (dt.timedelta(), dt.timedelta(minutes=10), dt.timedelta(days=2))
CALLS, MOST_HOPS = 4, 30


class Line:
    """The service on a clock of its own, and every callback that it was sent."""

    def __init__(self, database_url: str, redis_url: str) -> None:
        self.now, self.captured = BEGAN, list[tuple[str, dict[str, str]]]()
        self.app: Sunwai = create_app(settings(database_url, redis_url), lambda: self.now)
        publish_shipped(self.app.database, BEGAN - dt.timedelta(days=1), "test", "first")
        with self.app.database.write.begin() as db:
            for code in ("*8484#", "8484"):
                route(db, code, "complaints")
        self.app.shelf.refresh()

    def send(self, door: str, form: dict[str, str]) -> str:
        self.captured.append((door, form))
        return str(post(self.app, door, form).text)

    def call(self, number: int) -> None:
        """Somebody files by phone."""
        rng, entered = random.Random(number), list[str]()
        who = {"sessionId": f"ATUid_{number}", "phoneNumber": f"+92300123456{number}"}
        for _ in range(MOST_HOPS):
            screen = self.send("ussd", HOP | who | {"text": "*".join(entered)})
            self.now += dt.timedelta(seconds=5)
            if not screen.startswith("CON "):
                return
            entered.append(menu.typed(screen, "Gali mein pani nahi aa raha", rng))

    def kept(self) -> list[list[object]]:
        """What callbacks may change."""
        complaints = [[each.number, each.status, each.version, each.details] for each in rows(self.app, Complaint)]
        sent = [[each.id, each.event, each.body, each.state] for each in rows(self.app, OutboxMessage)]
        others = [[table.__tablename__, len(rows(self.app, table))] for table in (History, Inbound, Report)]
        return [*complaints, *sent, *others]


@pytest.fixture
def line(database_url: str, valkey: Valkey) -> Iterator[Line]:
    made = Line(database_url, valkey.url)
    yield made
    made.app.close()


@pytest.mark.parametrize("forgotten", [False, True], ids=["redis_remembers", "redis_is_empty"])
def test_a_captured_callback_files_nothing_when_it_is_sent_again(
    line: Line, valkey: Valkey, *, forgotten: bool
) -> None:
    for number in range(CALLS):
        line.call(number)
    for number, text in enumerate(("NEW bijli nahi hai Lahore", "STATUS", "WITHDRAW", "STOP", "START")):
        line.send("sms", SMS | {"id": f"sms-{number}", "text": text})
    line.send("delivery", REPORT)
    before, captured = line.kept(), list(line.captured)
    assert len(rows(line.app, Complaint)) == CALLS
    ended = line.now
    for later in AGAIN:
        line.now = ended + later
        if forgotten:
            valkey.client().flushall()
        for door, form in captured:
            assert post(line.app, door, form).status_code == 200
        assert line.kept() == before, later
