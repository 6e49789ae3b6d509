"""Working on a flow before it is published: a draft holds its files, and nobody saves over another unseen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec import Struct

from flows.model import Flow
from flows.parse import parse
from flows.problems import Parsed, Problem
from sessions import publishing
from sessions.sources import flow_of
from storage import complaints, drafts, revisions
from storage.database import Database
from storage.tables import Draft


class Overtaken(Struct, frozen=True):
    """Somebody saved this draft meanwhile, or it is over: `now` is how it stands."""

    now: Draft


class Examined(Struct, frozen=True):
    """What a draft's files say: the flow where it can be read, where things stand, and every finding of the checks."""

    flow: Flow | None
    parsed: Parsed
    problems: tuple[Problem, ...]

    @property
    def blocked(self) -> bool:
        """True when it cannot be published as it is."""
        return self.flow is None or any(problem.severity == "E" for problem in self.problems)


def find(database: Database, draft_id: int) -> Draft | None:
    """A draft by its id."""
    with database.read.begin() as db:
        return drafts.find(db, draft_id)


def save(
    database: Database,
    now: dt.datetime,
    draft: Draft,
    files: Mapping[str, str],
    *,
    who: str,
    what: str,
) -> Draft | Overtaken:
    """Keep `files` as a draft's next version; the draft as it is then. `what` says in a few words what changed.

    Overtaken where it has another version by now than the `draft` that was looked at: nothing is saved.
    """
    with database.write.begin() as db:
        saved = drafts.save(db, now, draft.id, draft.version, files, who=who, what=what)
        db.expire_all()
        there = drafts.find(db, draft.id)
        assert there is not None  # noqa: S101 - drafts are never deleted while they are looked at
        return there if saved else Overtaken(there)


def examine(database: Database, flow: str, files: Mapping[str, str], main: str) -> Examined:
    """Read and check files as publishing them would, against what is live."""
    parsed = parse(files, main)
    with database.read.begin() as db:
        live, used = revisions.live_of(db, flow), complaints.codes_in_use(db, flow)
    before = flow_of(live) if live else None
    _, problems = publishing.examined(files, main, before=before, used=used)
    return Examined(parsed.flow, parsed, problems)
