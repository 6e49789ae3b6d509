"""Every setting that is a limit moves what the service does, and an operator's own life cycle holds everywhere.

The settings are read from the code, so a new one fails here by name until it has an example.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select

from gateway.app import create_app
from gateway.cli.sweep_round import SweepRound
from gateway.delivery.rules_from_settings import rules
from gateway.delivery.worker_job import build_worker_context
from gateway.endpoints.application import Sunwai
from gateway.settings.clock import utc_now
from gateway.settings.config import Config
from gateway.settings.values import readers
from sessions.cases.core.act_record import Refusal
from sessions.cases.core.actors import operator
from sessions.operations import quarantine_review
from sessions.operations.quarantine_review import QuarantineReview
from sessions.sms import inbound_transaction
from storage.menus.revisions import route
from storage.messages.quarantine import UnreadableRequest
from storage.schema.tables import History, UnreadableForm
from tests.flows.library import shipped_files
from tests.gateway.console.conftest import KEY, arrive
from tests.gateway.console.test_access import joined
from tests.gateway.limits.town import DAY, FILED, HOUR
from tests.gateway.operating import run
from tests.gateway.outside import HOP, PHONE, post, settings
from tests.servers import Valkey
from tests.sessions.calls import SESSION_KEYS, publish_shipped
from tests.sessions.posting import Aggregator, owe, send


class Service(Struct):
    """The application with some settings, and a clock that can be set."""

    database_url: str
    valkey: Valkey
    set: dict[str, str]
    now: dt.datetime = FILED
    app: Sunwai | None = None

    def start(self) -> Sunwai:
        """The application, with the shipped flow published."""
        environ = {"CONSOLE_KEY": KEY, "CONSOLE_SECOND_FACTOR": "optional", "QUIET_HOURS": "off"} | self.set
        self.app = create_app(settings(self.database_url, self.valkey.url, **environ), lambda: self.now)
        return self.app

    def sent(self, event: str, many: int = 3, **more: Any) -> int:
        """How many of some texts that are due leave at once."""
        app = self.start()
        for _ in range(many):
            owe(app.database, self.now, event=event, **more)
        under = rules(app.settings)
        return sum(len(send(app.database, self.now, Aggregator(), 1, under)) for _ in range(many + 1))

    def dialled(self, session: str, text: str = "") -> str:
        """A hop through the door."""
        assert self.app is not None
        return str(post(self.app, "ussd", HOP | {"sessionId": session, "text": text}).text)

    def open_line(self) -> Sunwai:
        """The application, with the shipped flow on a code."""
        app = self.start()
        publish_shipped(app.database, self.now - DAY, "test", "first")
        with app.database.write.begin() as db:
            route(db, "*8484#", "complaints")
        app.shelf.refresh()
        return app

    def break_off(self) -> None:
        """A call that is begun and breaks off in the middle of filing."""
        self.open_line()
        for typed in ("", "3", "3*1", "3*1*1"):
            self.dialled("ATUid_1", typed)


def _kept(service: Service) -> bool:
    """Whether a call in progress is kept for more than two minutes."""
    service.set = {"RESUME_HOURS": "0"} | service.set
    service.break_off()
    key = SESSION_KEYS.name("africastalking", "ATUid_1", PHONE, "*8484#").key
    return service.valkey.client().ttl(key) > 120


def _offered(service: Service) -> bool:
    """Whether a call that broke off an hour ago can be gone on with."""
    service.break_off()
    service.now += HOUR
    return "cut off" in service.dialled("ATUid_2")


def _signed_in(service: Service) -> int:
    """The console after an hour and a half: 200, or 303 to sign in again."""
    app = service.start()
    visitor = joined(lambda role: arrive(app, role), app)
    service.now += HOUR * 1.5
    return visitor.get("/console/account").status_code


def _hands(service: Service) -> int:
    """How many threads of a worker send three texts."""
    app = service.start()
    for number in range(3):
        owe(app.database, utc_now(), event="received", to=f"+92300123456{number}")
    before = {each.ident for each in threading.enumerate()}
    build_worker_context(app.settings).room.work(lambda: False, 1.0)
    return sum(each.name.startswith("send-") for each in threading.enumerate() if each.ident not in before)


def _at_night(service: Service) -> int:
    service.now = FILED.replace(hour=23)
    return service.sent("assigned", 1, province="punjab")


def _in_the_evening(service: Service) -> int:
    """How many texts that can wait leave at eleven at night in Karachi, which is seven in London."""
    service.set = {"QUIET_HOURS": "22:00-07:00"} | service.set
    return _at_night(service)


def _kept_words(service: Service) -> bool:
    """Whether a request that nobody could read still has its words ten days after somebody settled it."""
    app = service.start()
    request = UnreadableRequest(aggregator="jasmin", door="sms", problem="coding", shape={}, raw=b"bijli nahi")
    assert inbound_transaction.set_aside(app.database, service.now, request)
    review = QuarantineReview(app.database, service.now, operator("Sara"), (), app.texting.answer)
    assert not isinstance(quarantine_review.discard_unreadable(review, 1, "a test of ours"), Refusal)
    service.now += 10 * DAY
    SweepRound(app).run()
    with app.database.read() as db:
        return db.get_one(UnreadableForm, 1).raw is not None


SETTINGS: dict[str, tuple[str, Callable[[Service], object], object, object]] = {  # changed, looked at, shipped, then
    "texts_per_number_day": ("2", lambda service: service.sent("assigned"), 3, 2),
    "answers_per_number_day": ("2", lambda service: service.sent("help"), 3, 2),
    "texts_per_officer_day": ("2", lambda service: service.sent("officer_new"), 3, 2),
    "texts_per_complaint": ("2", lambda service: service.sent("received", order="complaint:1"), 3, 2),
    "texts_per_hour": ("2", lambda service: service.sent("received"), 3, 2),
    "unreadable_days": ("9", _kept_words, True, False),
    "senders": ("1", _hands, 3, 1),
    "session_seconds": ("60", _kept, True, False),
    "resume_hours": ("0", _offered, True, False),
    "console_hours": ("1", _signed_in, 200, 303),
    "timezone": ("Europe/London", _in_the_evening, 0, 1),
    "quiet_hours": ("22:00-07:00", _at_night, 1, 0),
    "quiet_hours_by_province": ("punjab=22:00-07:00", _at_night, 1, 0),
}


def settings_that_are_limits() -> set[str]:
    """Every setting that is a number, hours or a time zone. How many proxies or witnesses there are is no limit."""
    return {
        each.name
        for each in dataclasses.fields(Config)
        if (each.type in (int, "int") and each.name not in ("trusted_proxy_hops", "transparency_quorum"))
        or "Quiet" in str(each.type)
        or each.metadata.get("read") is readers.timezone
    }


def test_every_setting_that_is_a_limit_has_an_example() -> None:
    assert set(SETTINGS) == settings_that_are_limits()


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("changed", [False, True])
def test_a_setting_moves_what_the_service_does(database_url: str, valkey: Valkey, name: str, changed: bool) -> None:
    value, observe, shipped_so, then = SETTINGS[name]
    service = Service(database_url, valkey, {name.upper(): value} if changed else {})
    try:
        assert observe(service) == (then if changed else shipped_so)
    finally:
        if service.app is not None:
            service.app.close()


def test_an_operators_own_life_cycle_and_zone_hold_at_every_door(
    database_url: str, valkey: Valkey, tmp_path: Path
) -> None:
    """One call files a complaint, and the sweep's command escalates it, as the file named in LIFECYCLE says."""
    own = tmp_path / "lifecycle.yaml"
    text = shipped_files()["lifecycle.yaml"]
    was, now = "answers: {days: 15, danger: 1, most: 40}", "answers: {days: 2, danger: 1, most: 2}"
    own.write_text(text.replace(was, now), "utf-8")
    # The role of this database owns it: in production no command would send or sweep with it.
    chosen = {"LIFECYCLE": str(own), "TIMEZONE": "Asia/Dhaka", "ENVIRONMENT": "development"}
    service = Service(database_url, valkey, chosen)
    app = service.open_line()
    typed = ["3", "1", "1", "1", "Multan", "No water in street 4 near the mosque", "1"]
    for at in range(len(typed) + 1):
        seen = service.dialled("ATUid_9", "*".join(typed[:at]))
    try:
        assert "2 Sep" in seen
        assert app.policy.zone.key == "Asia/Dhaka"
        service.now += 4 * DAY
        with app.app_context():
            assert run(app, "sweep", "--once").exit_code == 0
        with app.database.read() as db:
            assert "late_3" in [row.act for row in db.scalars(select(History))]
    finally:
        app.close()
