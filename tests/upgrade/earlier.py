"""What an earlier commit left behind: rows of its database, keys of its Redis, and what it would have answered next.

`rows.jsonl.xz` holds every row, `schema.sql` the tables as SQLite had them, `redis.json` each key with its bytes in
hex, `facts.json` what to do with all of it and what the commit that wrote it answered.
"""

from __future__ import annotations

import contextlib
import json
import lzma
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from tests.recordings.product import migrate, open_database
from tests.recordings.rows import insert, lines
from tests.upgrade.reworded import in_new_words

FOLDER = Path(__file__).parent / "before"
ROWS, SCHEMA, REDIS, FACTS = "rows.jsonl.xz", "schema.sql", "redis.json", "facts.json"
END = "\n----\n"  # between two statements of the schema: triggers have semicolons in them
MASTER = text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND type = :kind")


def facts() -> dict[str, Any]:
    """What is known of the data."""
    found = json.loads((FOLDER / FACTS).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    for shown in ("complaints", "commands"):
        found[shown] = {key: in_new_words(said) for key, said in found[shown].items()}
    return found


def write_database(engine: Engine) -> str:
    """Keep all rows and the schema; the migration they stand at."""
    kept = "\n".join(json.dumps([table, row], ensure_ascii=False) for table, row in lines(engine))
    (FOLDER / ROWS).write_bytes(lzma.compress(kept.encode(), preset=9 | lzma.PRESET_EXTREME))
    with engine.connect() as connection:
        made = [sql for kind in ("table", "index", "trigger") for sql in connection.scalars(MASTER, {"kind": kind})]
        version = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    (FOLDER / SCHEMA).write_text(END.join(made) + "\n", encoding="utf-8")
    return version


def rows() -> list[tuple[str, dict[str, Any]]]:
    """Every row with its table."""
    return [tuple(json.loads(line)) for line in lzma.decompress((FOLDER / ROWS).read_bytes()).decode().splitlines()]


def fill_sqlite(path: Path) -> None:
    """The SQLite file as it was: its own tables, made by its own statements, and its rows."""
    database = open_database(f"sqlite:///{path}")
    with database.engine.begin() as connection:
        for statement in (FOLDER / SCHEMA).read_text(encoding="utf-8").rstrip("\n").split(END):
            connection.exec_driver_sql(statement)
        connection.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": facts()["alembic"]})
    insert(database.engine, rows())
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def fill_postgresql(url: str) -> None:
    """The same rows in a PostgreSQL database whose tables stand at the same migration."""
    database = open_database(url)
    migrate(database, facts()["alembic"])
    insert(database.engine, rows())
    database.close()


def write_redis(client: Any) -> None:
    """Keep every key: its kind, and its bytes in hex. When it would have been forgotten is not kept."""
    found = {key.hex(): _value(client, key) for key in sorted(client.keys("*"))}
    (FOLDER / REDIS).write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")


def fill_redis(client: Any) -> None:
    """Put every key back, to stay."""
    for key, (kind, value) in json.loads((FOLDER / REDIS).read_text(encoding="utf-8")).items():
        name = bytes.fromhex(key)
        match kind:
            case "string":
                client.set(name, bytes.fromhex(value))
            case "hash":
                client.hset(name, mapping={bytes.fromhex(field): bytes.fromhex(each) for field, each in value})
            case "list":
                client.rpush(name, *map(bytes.fromhex, value))
            case "set":
                client.sadd(name, *map(bytes.fromhex, value))
            case "zset":
                client.zadd(name, {bytes.fromhex(member): score for member, score in value})


def _value(client: Any, key: bytes) -> tuple[str, Any]:
    kind = client.type(key).decode()
    with contextlib.suppress(KeyError):
        return kind, {
            "string": lambda: client.get(key).hex(),
            "hash": lambda: [[field.hex(), each.hex()] for field, each in sorted(client.hgetall(key).items())],
            "list": lambda: [each.hex() for each in client.lrange(key, 0, -1)],
            "set": lambda: sorted(each.hex() for each in client.smembers(key)),
            "zset": lambda: [[member.hex(), score] for member, score in client.zrange(key, 0, -1, withscores=True)],
        }[kind]()
    raise ValueError(f"{key!r} is a {kind}, of which nobody thought here")
