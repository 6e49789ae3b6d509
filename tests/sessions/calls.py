"""A telephone for tests: it dials, types, and repeats the whole input as Africa's Talking does."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select

from flows.menu.model import Room
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.publication import PublishedRevision, RevisionNote, publish
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.ussd.action_transaction import CallSigns, perform_actions
from sessions.ussd.hop import HopActions, HopLimits, Hops
from sessions.ussd.hop_types import AnsweredHop, Hop
from sessions.ussd.session_record import SessionKeys
from sessions.ussd.session_store import SINCE, SessionStore
from storage.connection.database import Database
from storage.encryption import key_source
from storage.menus import revisions
from storage.menus.revisions import live_of, route
from storage.schema.tables import Complaint
from tests.flows.library import shipped_files
from tests.keys import RING

NOW = dt.datetime(2026, 6, 17, 7, 0, tzinfo=dt.UTC)
CODE = "*8484#"
SESSION_KEYS = SessionKeys(key_source.from_ring(RING))
WORDS = "Gali 4 Shadbagh mein 3 din se pani nahi"
NUMBER = re.compile(r"\d{3}-\d{3}-\d{3}")  # of a complaint, as screens show it
NEW_CALLER = ["1", "1", "1", "1", "lahor", WORDS, "1"]  # Roman Urdu, new, water, no water, place
HELD = ("flow", "digest", "source", "compiled", "author", "message", "reason", "checks")
SESSIONS = itertools.count(1)
SERVICE = {"ussd": CODE, "sms": "8484", "help": "15"}


_published: dict[tuple[str, str, str], dict[str, Any]] = {}  # what a revision holds, by flow, author and message


def publish_shipped(database: Database, at: dt.datetime, author: str, message: str, flow: str = "complaints") -> None:
    """A shipped flow is live since then. Only a process's first is checked: that takes longer than most tests."""
    key = (flow, author, message)
    with database.write.begin() as db:
        if key in _published and live_of(db, flow) is None:
            revisions.publish(db, now=at, **_published[key])
            return
    done = publish(database, at, shipped_files(), f"{flow}.yaml", RevisionNote(author, message))
    assert isinstance(done, PublishedRevision), done
    with database.read() as db:
        live = live_of(db, flow)
        assert live is not None
        _published[key] = {name: getattr(live, name) for name in HELD}


@dataclass
class Line:
    """A gateway in miniature: the shipped flow published, hops answered, woken texts noted."""

    database: Database
    redis_url: str
    woken: list[int] = field(default_factory=list)
    signs: CallSigns = field(default_factory=CallSigns)

    def __post_init__(self) -> None:
        publish_shipped(self.database, NOW - dt.timedelta(days=1), "test", "first")
        with self.database.write.begin() as db:
            route(db, CODE, "complaints")
            route(db, "8484", "complaints")
        with contextlib.suppress(RedisError):  # it has been running for long
            Redis.from_url(self.redis_url).set(SINCE, int((NOW - dt.timedelta(days=1)).timestamp()), nx=True)
        self.hops = self.process()

    def process(
        self,
        *,
        room: Room | None = None,
        timeout: float = 0.25,
        store: SessionStore | None = None,
        keys: SessionKeys | None = None,
    ) -> Hops:
        """Another process that answers the same line: nothing in common but Redis and the database."""
        self.shelf = PublishedFlowCache(self.database, SERVICE)
        self.shelf.refresh()
        return Hops(
            self.database,
            store or SessionStore(self.redis_url, timeout=timeout),
            self.shelf,
            HopActions(perform_actions, SHIPPED_POLICY, self.woken.extend, random.randrange, self.signs.caller_facts),
            HopLimits(keys or self.keys(), room_of=lambda _: room or Room()),
        )

    def keys(self) -> SessionKeys:
        """Those of a process, which shortens its sessions."""
        return SessionKeys(key_source.from_ring(RING), self.shelf.flow_of)


@dataclass
class Phone:
    """One caller in one call at a time."""

    line: Line
    number: str = "+923001234567"
    now: dt.datetime = NOW
    session: str = ""
    text: str = ""
    last: AnsweredHop | None = None
    code: str = CODE

    def dial(self, text: str = "") -> str:
        """Begin a call; `text` is what was dialled behind the code."""
        self.session, self.text = f"ATUid_{next(SESSIONS)}", text
        return self.again()

    def type(self, words: str) -> str:
        """Answer the screen."""
        self.text = f"{self.text}*{words}" if self.text else words
        return self.again()

    def again(self, hops: Hops | None = None) -> str:
        """The same request (again)."""
        hop = Hop("africastalking", self.session, self.number, self.code, self.text, "99999")
        self.last = (hops or self.line.hops).answer(hop, self.now)
        return self.last.body

    def walk(self, entries: Sequence[str]) -> list[str]:
        """Dial and type each entry: every screen."""
        return [self.dial(), *(self.type(words) for words in entries)]


def complaints(database: Database) -> Sequence[Complaint]:
    """Everything filed so far, in order."""
    with database.read() as db:
        return db.scalars(select(Complaint).order_by(Complaint.id)).all()
