"""What a hop hands over with an action: whose it is, when, and under which key it is done once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from flows.menu.model import Flow, Turn
from sessions.publishing.published_cache import PublishedFlow
from storage.connection.database import Database

if TYPE_CHECKING:  # a hop without an action needs neither casework nor its rules
    from sessions.cases.acts.file_complaint import Receipt
    from sessions.cases.rules.case_policy import CasePolicy


class FirstDial(Struct, frozen=True):
    """A call that begins: the phone, its session, when, the flow that answers and the rules."""

    phone: str  # E.164
    session: str
    now: dt.datetime
    flow: Flow
    policy: CasePolicy


class ActionContext(Struct, frozen=True):
    """Whose action it is, when, and under which key it is kept: one citizen's hop."""

    session: str  # hex digest of aggregator, session id, phone and code
    hop: int  # inputs taken, so that a repeat of the hop has the same key
    phone: str  # E.164
    published: PublishedFlow
    now: dt.datetime
    policy: CasePolicy
    random_below: Callable[[int], int]
    network: str = ""  # the caller's, if the aggregator says it
    receipt: Receipt | None = None  # how the receipt of a filing is sent; None: as the text of this hop
    flow_of: Callable[[int], PublishedFlow | None] = lambda revision: None  # noqa: ARG005 - that a call can go on in
    language: str | None = None  # that who files speaks from then on, where none is known
    done_once: bool = False  # by who performs it: no outcome is looked for, or kept
    completes: str = ""  # the number of the case that was filed before its question was answered


class DoneBeforeError(Exception):
    """An earlier try of this hop has filed: its outcome must be read."""


class AstrayReplayError(Exception):
    """A session that is replayed asks for another action than the first time: no outcome may be believed."""


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
