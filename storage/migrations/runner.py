"""Bringing a database from one version's tables to the next. Revisions are files in `versions/`, never edited later.

Alembic is run from here, without an alembic.ini: the folder is found next to this file, wherever it is installed.
"""

from __future__ import annotations

import functools
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from storage.connection import error_codes

if TYPE_CHECKING:
    from alembic.config import Config

    from storage.connection.database import Database

TABLE = "alembic_version"
# To get the tables for ourselves. Whoever reads a table waits behind us while we wait for it, a second at most
# (PG_SETTINGS): so we wait for less, milliseconds, and try again after the pause, in seconds. But PostgreSQL ends an
# autovacuum in our way only when we have waited for its `deadlock_timeout`, a second: once in a while we wait longer.
TRIES, PAUSE, PATIENCE = 60, 1.0, 500
LONG_PATIENCE, LONG_EVERY = 1150, 5


def migrate(database: Database, to: str = "head") -> None:
    """Bring the database up to revision `to`; two processes at once do it one after the other.

    Where somebody else reads a table for long, such as a backup, it lets go, so that the service goes on, and begins
    again. A failure leaves it at the revision before; on SQLite, where it was. The folder of an SQLite file is made if
    it is missing. Raises what the database raises.
    """
    from alembic import command

    _make_folder(database)
    for tries in range(1, TRIES + 1):
        try:
            command.upgrade(_config(database, LONG_PATIENCE if tries % LONG_EVERY == 0 else PATIENCE), to)
        except OperationalError as error:
            if error_codes.code(error) not in error_codes.ROW_CONFLICTS or tries == TRIES:
                raise
            time.sleep(PAUSE)
        else:
            return


def downgrade(database: Database, to: str) -> None:
    """Take the database back to revision `to`, or to nothing with "base"."""
    from alembic import command

    command.downgrade(_config(database, LONG_PATIENCE), to)


def is_current(database: Database) -> bool:
    """True when the database has exactly the tables this version of the code was written for."""
    with database.read() as db:
        if not inspect(db.connection()).has_table(TABLE):
            return False
        return list(db.scalars(text("SELECT version_num FROM alembic_version"))) == [head()]


@functools.cache
def head() -> str:
    """The newest revision there is."""
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory(str(Path(__file__).parent)).get_current_head()
    if newest is None:
        raise RuntimeError("storage/migrations/versions holds no revision: the installation is incomplete")
    return newest


def _config(database: Database, patience: int) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["engine"], config.attributes["patience"] = database.write.kw["bind"], patience
    return config


def _make_folder(database: Database) -> None:
    file = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and file and file != ":memory:":
        Path(file).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
