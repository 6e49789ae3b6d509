"""Where the sample data goes: the database of `make run`, unless real complaints are in it."""

import os
from typing import Any

from sqlalchemy import Engine, event, func, select

from gateway.development.processes.run_folder import Place
from gateway.settings.config import Config
from gateway.settings.loader import load_config
from sessions.delivery import restore_detection
from storage.connection.database import Database, sqlite_path
from storage.migrations.runner import downgrade, migrate
from storage.schema.tables import Complaint, Contact, DatabaseMark

WHOLE, PART = "demo-", "demo-part-"  # prefixes of the names of databases with sample data, and with a part of it
NO_URDU = "41008"  # as `make run` has it


def settings(place: Place, redis_url: str) -> Config:
    """The settings of `make run` in this folder, with another Redis. Raises ConfigError."""
    database_url = os.environ.get("DATABASE_URL") or f"sqlite:///{place.folder / 'sunwai.db'}"
    here = {
        "ENVIRONMENT": "development",
        "DATABASE_URL": database_url,
        **place.key_file(database_url),
        "NETWORKS_WITHOUT_UCS2": os.environ.get("NETWORKS_WITHOUT_UCS2", NO_URDU),
        "REDIS_URL": redis_url,
    }
    return load_config({**os.environ, **here})


def relax_durability(engine: Engine) -> None:
    """Do not make SQLite wait for the disk, nor read pages again: if the power fails, it is all created again."""

    def synchronize_never(connection: Any, _record: Any) -> None:
        for setting in ("synchronous=OFF", "cache_size=-65536", "mmap_size=268435456", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {setting}")

    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", synchronize_never)


def database_content(database: Database) -> str:
    """What is in a migrated database: "sample" data, a "part" of it, "real" people, or "" for nothing."""
    with database.read() as db:
        name = db.scalars(select(DatabaseMark.name)).one()
        found = db.scalars(select(func.count()).select_from(Complaint)).one()
        found += db.scalars(select(func.count()).select_from(Contact)).one()
    if name.startswith(WHOLE):
        return "part" if name.startswith(PART) else "sample"
    return "real" if found else ""


def mark(database: Database, word: str, *, whole: bool) -> None:
    """Give the database a name that shows that its complaints are sample data. `word` makes the name unique."""
    restore_detection.rename_database(database, f"{WHOLE if whole else PART}{word}")


def clear(database: Database) -> None:
    """Empty a database of sample data."""
    path = sqlite_path(str(database.engine.url.render_as_string(hide_password=False)))
    database.close()
    if path is None:
        downgrade(database, "base")
    else:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    migrate(database)
