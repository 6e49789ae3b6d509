"""What tests of publishing share: the shipped flow, and how it is published with other words."""

from __future__ import annotations

from gateway.flow_folder.files import read_flow
from sessions.publishing import publication, revision_history
from sessions.publishing.publication import PublishedRevision, PublishFailure
from storage.connection.database import Database
from storage.schema.tables import Revision
from tests.sessions.filing import LIBRARY, NOW

FILES, MAIN = read_flow(LIBRARY)


def publish(
    database: Database, *, reason: str | None = None, base: int | publication.FromFiles | None = None, **replaced: str
) -> PublishedRevision | PublishFailure:
    """The shipped flow with some of its files replaced: `complaints_yaml` is complaints.yaml."""
    files = FILES | {name.replace("_", "."): text for name, text in replaced.items()}
    return publication.publish(
        database, NOW, files, MAIN, publication.RevisionNote("Bilal", "first words", reason=reason), base=base
    )


def revision(database: Database, number: int) -> Revision:
    """A revision of it that must be there."""
    found = revision_history.find_revision(database, "complaints", number)
    assert found is not None
    return found


def retitled(title: str) -> str:
    """Its file with another title, which nothing else notices."""
    return FILES[MAIN].replace("title: Citizen complaint line 8484", f"title: {title}")


def silent(files: dict[str, str]) -> dict[str, str]:
    """A flow's files without scripted calls, which would notice every change."""
    return {name: text for name, text in files.items() if not name.startswith("transcripts/")}
