"""What our server needs to know before anyone dials: the published flow, and callers whose language is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from benchmarks.servers import REPOSITORY, CannotMeasure
from benchmarks.walks import CALLER, FIRST_PHONE, SERVICE_CODE
from gateway.flow_folder.files import read_flow
from sessions.publishing import publication, short_codes
from storage.encryption.data_keys import data_keys
from storage.migrations.runner import migrate
from storage.schema.sealed_columns import seal_columns
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
        with database.write.begin() as db:
            key = data_keys(db).create(db, "contact")  # one for many: a hop reads none before it files
            rows = [_caller(db, key, f"+{FIRST_PHONE + at}", now) for at in range(start, min(start + BATCH, callers))]
            db.execute(insert(cast("Table", Contact.__table__)), rows)
    database.close()
    return url


def _caller(db: Session, key: int, phone: str, now: dt.datetime) -> dict[str, Any]:
    """A row of contacts."""
    found_by = data_keys(db).phone_index("contacts", phone).now
    told = {**CALLER, "complaints": 0, "texts": True, "created_at": now}
    return seal_columns(db, Contact, {"phone": phone, "phone_ix": found_by, "key_id": key, **told})
