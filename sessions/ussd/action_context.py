"""Whose action it is: what a hop hands to whoever performs what its flow asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from flows.menu.model import Turn
from sessions.publishing.published_cache import PublishedFlow
from storage.connection.database import Database


class ActionContext(Struct, frozen=True):
    """Whose action it is, when, and under which key it is kept: one citizen's hop."""

    session: str  # hex digest of aggregator, session id, phone and code
    hop: int  # inputs taken, so that a repeat of the hop has the same key
    phone: str  # E.164
    published: PublishedFlow
    now: dt.datetime
    zone: ZoneInfo
    random_below: Callable[[int], int]
    network: str = ""  # the caller's, where it is told


class Performer(Protocol):
    """Performs the actions of a turn. A hop is given one: most hops perform nothing, and need nothing of it."""

    def __call__(
        self,
        turn: Turn,
        scene: ActionContext,
        database: Database,
        wake: Callable[[Sequence[int]], None],
        before: Callable[[], None],
    ) -> Turn:
        """The turn after its actions. `before` is called before the database is asked, and may raise."""
