"""The two-person rule: what goes live was not written by the person who publishes it alone.

The authors of a draft are the person who began it and everybody who saved it since, imports and merges included. The
authors of a revision are those of the draft that it was published from.
"""

import datetime as dt

from msgspec.structs import replace
from sqlalchemy.orm import Session

from sessions.cases.rules.case_policy import SHIPPED_POLICY, CasePolicy
from sessions.publishing import publication
from sessions.publishing.publication import PublishedRevision, PublishFailure, RevisionNote
from storage.connection.database import Database
from storage.menus import drafts, revisions
from storage.schema.tables import Draft


def draft_authors(db: Session, draft: Draft) -> frozenset[str]:
    """Who wrote what is in a draft, by name."""
    return frozenset({draft.started_by, draft.changed_by, *drafts.savers(db, draft.id)})


def is_author(database: Database, draft: Draft, who: str) -> bool:
    """True if this person wrote some of what is in a draft."""
    with database.read.begin() as db:
        return who in draft_authors(db, draft)


def revision_authors(db: Session, flow: str, number: int) -> frozenset[str]:
    """Who wrote what is in a revision. A rollback's are those of the revision that it brought back.

    A revision that was published from files, without a draft, has one author: whoever published it.
    """
    found = revisions.find_by_number(db, flow, number)
    while found is not None and found.rolls_back is not None:
        found = revisions.find_by_number(db, flow, found.rolls_back)
    if found is None:
        return frozenset()
    made_from = drafts.published_as(db, flow, found.number)
    return draft_authors(db, made_from) if made_from is not None else frozenset({found.author})


def is_revision_author(database: Database, flow: str, number: int, who: str) -> bool:
    """True if this person wrote some of what is in a revision."""
    with database.read.begin() as db:
        return who in revision_authors(db, flow, number)


def roll_back(
    database: Database,
    now: dt.datetime,
    flow: str,
    number: int,
    note: RevisionNote,
    *,
    two_people: bool,
    last: str = "",
    policy: CasePolicy = SHIPPED_POLICY,
) -> PublishedRevision | PublishFailure | frozenset[str]:
    """Roll a flow back, unless two people are required and `note.author` is an author of that revision.

    `last` and `policy` as in `publication.roll_back`.

    They are also required where going back loses what protects people. Then its authors are returned, and nothing is
    changed.
    """
    with database.read.begin() as db:
        authors = revision_authors(db, flow, number)
    if two_people and note.author in authors:
        return authors
    note = replace(note, second=note.second or note.author not in authors)
    done = publication.roll_back(database, now, flow, number, note, last=last, policy=policy)
    return authors if isinstance(done, PublishFailure) and done.why == "lost" else done
