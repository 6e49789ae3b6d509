"""What our server needs to know before anyone dials: the published flow, and callers whose language is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sqlalchemy import insert

from benchmarks.servers import REPOSITORY, CannotMeasure
from benchmarks.walks import CALLER, FIRST_PHONE, SERVICE_CODE
from gateway.flow_folder.files import read_flow
from sessions.publishing import publication, short_codes
from storage.migrations.runner import migrate
from storage.schema.tables import Contact
from tests.keys import open_database

FLOW = REPOSITORY / "flows" / "library" / "complaints.yaml"
BATCH = 10_000


def lay_database(folder: Path, callers: int) -> str:
    """A migrated SQLite database with the shipped flow live and `callers` contacts; its URL."""
    url = f"sqlite:///{folder / 'sunwai.db'}"
    database = open_database(url)
    now = dt.datetime.now(dt.UTC)
    migrate(database)
    files, main = read_flow(FLOW)
    published = publication.publish(database, now, files, main, publication.RevisionNote("benchmark", "as shipped"))
    if isinstance(published, publication.PublishFailure):
        first = published.problems[0]
        raise CannotMeasure(f"the shipped flow cannot be published: {first.file}:{first.line}: {first.message}")
    short_codes.assign_code(database, SERVICE_CODE, published.flow)
    for start in range(0, callers, BATCH):
        rows = [
            {"phone": f"+{FIRST_PHONE + at}", **CALLER, "complaints": 0, "texts": True, "created_at": now}
            for at in range(start, min(start + BATCH, callers))
        ]
        with database.write.begin() as db:
            db.execute(insert(Contact), rows)
    database.close()
    return url
