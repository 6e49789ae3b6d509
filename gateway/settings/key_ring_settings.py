"""Where the key ring of these settings is; in development one is made where there is none."""

import datetime as dt
import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from gateway.monitoring.logs import fault, log
from gateway.settings.config import Config
from gateway.settings.loader import variables_of_others
from gateway.settings.production_checks import KEYS_NOT_SET
from sessions.encryption.key_check import check_keys, check_new_ring
from storage.connection.database import Database, open_database, sqlite_path
from storage.connection.durable_files import sync_folder
from storage.encryption import key_source
from storage.encryption.data_keys import DataKeys
from storage.encryption.key_ring import KeyRing, UnusableKeys, new_key_ring
from storage.encryption.key_source import KeySource
from storage.schema.sealed_columns import KEYS


def key_source_of(config: Config) -> KeySource:
    """The key ring of the settings. It is read when it is first needed; then it may raise UnusableKeys."""
    if config.keys_command:
        return key_source.from_command(config.keys_command, variables_of_others())
    if config.keys_file:
        return key_source.from_file(Path(config.keys_file))
    if not config.in_development:
        return key_source.without_keys(KEYS_NOT_SET)  # never a file that only stands beside the database
    path = key_file_of(config.database_url)
    make_development_keys(config.database_url, path)
    return key_source.from_file(path)


def key_file_of(database_url: str, folder: Path = Path("var")) -> Path:
    """The key file of a database in development: beside an SQLite file, else in this folder."""
    database = sqlite_path(database_url)
    return database.with_suffix(".keys") if database is not None else folder / "development.keys"


def make_development_keys(database_url: str, path: Path) -> None:
    """Make a key file that no process in production accepts, unless there is one.

    None is made for a database that was written with keys that are gone: its own must be put back.
    """
    if not path.exists() and not _had_keys(database_url):
        with suppress(FileExistsError):  # another process was quicker
            write_key_file(path, new_key_ring(dt.datetime.now(dt.UTC).date(), development=True))


def _had_keys(database_url: str) -> bool:
    from storage.encryption.key_use import key_use  # no hop needs it

    path = sqlite_path(database_url)
    if path is None or not path.exists():
        return False
    database = open_database(database_url)
    try:
        return key_use(database).known
    except SQLAlchemyError:
        return False  # it has no tables yet
    finally:
        database.close()


def write_key_file(path: Path, ring: KeyRing) -> None:
    """Write a new key file that only its owner may read, whole or not at all.

    Raises FileExistsError where there is one.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = _write_beside(path, ring)
    try:
        os.link(beside, path)  # fails where there is one
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def replace_key_file(path: Path, ring: KeyRing) -> Path:
    """Write a key file anew, whole or not at all, with the owner that it had; where what it was is kept.

    Raises OSError, and then the file is as it was.
    """
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # two commands at once: the second finds another ring, and is refused
        before = path.stat()
        kept = path.with_name(f"{path.name}.before-{secrets.token_hex(4)}")
        beside = _write_beside(path, ring)
        try:
            if before.st_uid != os.geteuid():  # as root: the service's user must go on reading it
                os.chown(beside, before.st_uid, before.st_gid)
            os.link(path, kept)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)
    return kept


def _write_beside(path: Path, ring: KeyRing) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(ring.text())
        file.flush()
        os.fsync(file.fileno())
    return beside


def refuse_keys(config: Config, database: Database) -> str:
    """Why a process must not start with its key ring; "" if it may.

    If the database does not answer, the process starts without it, as after a power cut, and checks at first use.
    """
    check_keys_at_first_use(config, database)
    keys: DataKeys = database.info[KEYS]
    try:
        keys.check()
    except UnusableKeys as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, the database cannot be asked now
        log().warning("keys_not_checked", **fault(error))
    return ""


def refuse_keys_of_command(config: Config, database: Database) -> str:
    """Why a command must not open this database with its key ring in production; "" if it may.

    One that has no tables yet, or does not answer, is no reason: the command itself says so, and checks at first use.
    """
    if config.in_development:
        return ""
    check_keys_at_first_use(config, database)
    keys: DataKeys = database.info[KEYS]
    try:
        _refuse_development(config, keys.ring)
        keys.check()
    except UnusableKeys as error:
        return str(error)
    except SQLAlchemyError:
        return ""
    return ""


def check_keys_at_first_use(config: Config, database: Database) -> None:
    """Check before the first value is encrypted, opened or looked for: each then raises UnusableKeys.

    A ring that comes later, in an exchanged file or from the command, is checked before it comes into force.
    """
    keys: DataKeys = database.info[KEYS]

    def check() -> None:
        _refuse_development(config, keys.ring)
        check_keys(database, keys.ring)

    def accept(ring: KeyRing) -> None:
        try:
            _refuse_development(config, ring)
            check_new_ring(database, ring)
        except UnusableKeys:
            log().error("new_keys_refused", outcome="keys_of_before_stay")  # `sunwai keys check` says why
            raise
        except Exception as error:
            log().warning("keys_not_checked", **fault(error))
            raise UnusableKeys("The database cannot be asked whether the new key ring is its own.") from error

    keys.check_first(check)
    keys.source.check_changes(accept)


def _refuse_development(config: Config, ring: KeyRing) -> None:
    if ring.development and not config.in_development:
        raise UnusableKeys(
            "KEYS_FILE holds development keys: make real ones with `sunwai keys init`. A database that was written "
            "with them cannot be used in production."
        )
