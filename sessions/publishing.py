"""Publishing a flow: checked source becomes an immutable numbered revision, and new calls are answered by it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from flows.checks import check
from flows.model import Flow
from flows.parse import parse
from flows.problems import Problem
from storage import revisions
from storage.database import Database
from storage.revisions import Listed

_CODE = re.compile(r"\*[0-9]+(\*[0-9]+)*#|[0-9]{2,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Published:
    """The flow's live revision; `changed` is False when exactly this was live already."""

    flow: str
    number: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Unfit:
    """A flow that was not published, and the findings that block it."""

    problems: tuple[Problem, ...]


def publish(
    database: Database, now: dt.datetime, files: Mapping[str, str], main: str, author: str, message: str
) -> Published | Unfit:
    """Check the flow in `main` and make it live. The same source as the live one changes nothing.

    A release that compiles the same source to something else publishes it anew, so that no old form stays live.
    """
    flow, problems = examined(files, main)
    if flow is None:
        return Unfit(problems)
    compiled, digest = msgspec.msgpack.encode(flow), digest_of(files, main)
    with database.write.begin() as db:
        live = revisions.live_of(db, flow.name)
        if live and live.digest == digest and live.compiled == compiled:
            return Published(flow.name, live.number, changed=False)
        number = revisions.publish(
            db,
            flow=flow.name,
            digest=digest,
            source=dict(files),
            compiled=compiled,
            author=author,
            message=message,
            now=now,
        )
    return Published(flow.name, number, changed=True)


def examined(files: Mapping[str, str], main: str) -> tuple[Flow | None, tuple[Problem, ...]]:
    """The flow in `main`, or None when findings block it; and every finding, in order of file and line."""
    parsed = parse(files, main)
    found = [*parsed.problems, *(check(parsed) if parsed.flow else ())]
    problems = tuple(sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.line, problem.code)))
    blocked = any(problem.severity == "E" for problem in problems)
    return (None if blocked else parsed.flow), problems


def digest_of(files: Mapping[str, str], main: str) -> str:
    """SHA-256, in hexadecimal, of a flow's files with their names."""
    return hashlib.sha256(msgspec.msgpack.encode([main, sorted(files.items())])).hexdigest()


def live_id(database: Database, flow: str) -> int | None:
    """The id of the live revision of a flow."""
    with database.read.begin() as db:
        revision = revisions.live_of(db, flow)
        return revision.id if revision else None


def is_code(text: str) -> bool:
    """True for a service code (`*8484#`) or a short code (`8484`)."""
    return _CODE.fullmatch(text) is not None


def route(database: Database, code: str, flow: str) -> bool:
    """Let a service code (`*8484#`) or short code (`8484`) lead to a flow; False when no such flow is published."""
    with database.write.begin() as db:
        if revisions.live_of(db, flow) is None:
            return False
        revisions.route(db, code, flow)
        return True


def listing(database: Database) -> list[Listed]:
    """Every live flow with the codes that lead to it."""
    with database.read.begin() as db:
        return list(revisions.listing(db))
