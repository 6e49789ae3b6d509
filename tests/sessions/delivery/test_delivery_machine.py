"""Anything may happen in any order: texts are owed, claimed, sent, lost, reported, overtaken, and time goes by.

Whatever does, no text is accepted twice unless an attempt was in doubt, none is given to a second route after a doubt,
the texts of a case arrive in order, and when trouble ends everything still owed is sent.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event, select

from sessions.delivery.claim_batch import ClaimedMessage, release_claims
from sessions.delivery.outcome_types import Acceptance, Rejection, SendFailure, TemporaryRejection, Unknown
from sessions.operations.sweep import MOST_AMBIGUOUS
from storage.connection.database import Database
from storage.schema.tables import OutboxMessage
from tests.examples import examples
from tests.keys import open_database
from tests.sessions.posting import NAME, owe, phone, report, rules, swept, take, write

NOW = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
ROADS = rules(NAME, "jazz", per_number=999, answers_per_number=999, per_complaint=999)
OPEN = ("ready", "sending", "unknown")


class Delivery(RuleBasedStateMachine):
    template: Path

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "machine.db"
        path.write_bytes(self.template.read_bytes())
        self.database: Database = open_database(f"sqlite:///{path}")

        @event.listens_for(self.database.engine, "connect")
        def hurried(connection: Any, record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

        self.now, self.versions = NOW, Counter[int]()
        self.flying: list[ClaimedMessage] = []
        self.accepted: list[tuple[int, str]] = []  # (text, route), as the vendors know it
        self.doubts: dict[int, str] = {}  # text -> the route that may have it
        self.people: dict[int, str] = {}

    @rule(case=st.integers(1, 3), status=st.booleans())
    def owes(self, case: int, status: bool) -> None:
        self.versions[case] += 1
        kind = ("assigned", self.versions[case]) if status else ("received", None)
        to = phone(case)
        owed = owe(self.database, self.now, to=to, event=kind[0], order=f"complaint:{case}", version=kind[1])
        self.people[owed] = to

    @rule(most=st.integers(1, 4))
    def claims(self, most: int) -> None:
        posts = take(self.database, self.now, most, ROADS)
        for post in posts:
            assert post.route == self.doubts.get(post.id, post.route)
            assert post.ambiguous < MOST_AMBIGUOUS
        self.flying += posts

    @precondition(lambda self: self.flying)
    @rule(
        how=st.sampled_from(
            ("sent", "not sent", "refused", "rejected", "lost", "lost, and taken", "dies", "dies, and taken")
        )
    )
    def ends(self, how: str) -> None:
        post = self.flying.pop(0)
        if how == "sent" or "taken" in how:
            self.accepted.append((post.id, post.route))
        if how.startswith(("lost", "dies")):
            self.doubts.setdefault(post.id, post.route)
        outcome = {
            "sent": Acceptance(f"id{post.id}.{post.attempts}"),
            "not sent": SendFailure("x"),
            "refused": TemporaryRejection(20, "x"),
            "rejected": Rejection("x"),
        }.get(how, Unknown("x"))
        if not how.startswith("dies"):
            write(self.database, self.now, (post, outcome))

    @precondition(lambda self: self.flying)
    @rule()
    def gives_back(self) -> None:
        release_claims(self.database, [self.flying.pop()])

    @precondition(lambda self: self.accepted)
    @rule(status=st.sampled_from(("Sent", "Buffered", "Success", "Failed")), which=st.integers(0, 50))
    def reports(self, status: str, which: int) -> None:
        text, route = self.accepted[which % len(self.accepted)]
        attempt = 1 + sum(1 for each, _ in self.accepted[: which % len(self.accepted)] if each == text)
        report(self.database, self.now, f"id{text}.{attempt}", status, phone=self.people[text], aggregator=route)

    @rule(seconds=st.sampled_from((1, 15, 70, 130, 600)))
    def goes_by(self, seconds: int) -> None:
        self.now += dt.timedelta(seconds=seconds)
        if seconds > 60:  # nobody sends for so long: what was under way is lost
            for post in self.flying:
                self.doubts.setdefault(post.id, post.route)
            self.flying = []

    @rule()
    def sweeps(self) -> None:
        swept(self.database, self.now)

    @invariant()
    def nothing_is_sent_twice_without_a_doubt(self) -> None:
        for text, times in Counter(text for text, _ in getattr(self, "accepted", [])).items():
            assert times <= 1 or text in self.doubts
            assert times <= 1 + MOST_AMBIGUOUS
            assert len({route for each, route in self.accepted if each == text}) == 1

    @invariant()
    def the_first_copies_of_a_cases_texts_are_in_order(self) -> None:
        firsts: dict[str, list[int]] = {}
        for text in dict.fromkeys(text for text, _ in getattr(self, "accepted", [])):
            firsts.setdefault(self.people[text], []).append(text)
        for texts in firsts.values():
            certain = [text for text in texts if text not in self.doubts]
            assert certain == sorted(certain)

    def teardown(self) -> None:
        """Trouble ends: within hours, nothing is left to do."""
        if not hasattr(self, "database"):
            return
        for _ in range(60):
            self.now += dt.timedelta(minutes=10)
            swept(self.database, self.now)
            for post in take(self.database, self.now, 50, ROADS):
                assert post.route == self.doubts.get(post.id, post.route)
                self.accepted.append((post.id, post.route))
                write(self.database, self.now, (post, Acceptance(f"id{post.id}.{post.attempts}")))
        self.nothing_is_sent_twice_without_a_doubt()
        with self.database.read() as db:
            left = db.scalars(select(OutboxMessage.state).where(OutboxMessage.state.in_(OPEN))).all()
        assert not left
        self.database.close()
        self.folder.cleanup()


def test_nothing_is_lost_doubled_or_out_of_order_whatever_happens(sqlite_template: Path) -> None:
    Delivery.template = sqlite_template
    run_state_machine_as_test(
        Delivery,
        settings=settings(
            max_examples=examples(40),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


def test_the_machine_itself_notices_a_second_route(sqlite_template: Path) -> None:
    """A check that never fails proves nothing."""
    Delivery.template = sqlite_template
    machine = Delivery()
    machine.begin()
    machine.owes(1, False)
    machine.claims(1)
    machine.ends("lost, and taken")
    machine.accepted.append((machine.accepted[0][0], "jazz"))
    with pytest.raises(AssertionError):
        machine.nothing_is_sent_twice_without_a_doubt()
    machine.database.close()
