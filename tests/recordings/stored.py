"""What outlives a process: compiled flows, calls in Redis, jobs in the queue, and files that are taken away."""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import load_workbook

from tests.flows.library import FOLDER
from tests.recordings.phones import SPOKEN, Handset
from tests.recordings.product import Sunwai
from tests.recordings.world import FLOWS, Clock

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIMES = ("created_at", "enqueued_at")  # of a job, by the machine's clock
ENTRIES = ("1", "1", "1", "1", "lahor", "Gali 4 Shadbagh mein 3 din se pani nahi")
MINUTE = 60
NONCE_AND_TAG = 12 + 16  # bytes that AES-GCM adds


def record(app: Sunwai, clock: Clock, redis: Any) -> dict[str, str]:
    """A file for each kind."""
    return {
        "revisions.txt": "".join(_revisions(app)),
        **{f"compiled_{flow}.json": _compiled(app, flow) for flow in FLOWS},
        "redis.txt": "".join(_calls(app, clock, redis)),
        "job.txt": "".join(_job(app, redis)),
        "exports.txt": "".join(_exports(app)),
    }


def _revisions(app: Sunwai) -> Iterator[str]:
    """What publishing stored, the compiled bytes by their hash."""
    columns = "flow, number, digest, source, compiled, author, message, reason, checks, base"
    query = f"SELECT {columns} FROM revisions ORDER BY id"
    with app.database.engine.connect() as connection:
        for flow, number, digest, source, compiled, *more in connection.exec_driver_sql(query):
            yield f"{flow} {number} {digest} compiled {len(compiled)} bytes {_hash(compiled)} {more}\n"
            for name, text in json.loads(source).items():
                yield f"    {name} {_hash(text.encode())}\n"
        for code, flow in connection.exec_driver_sql("SELECT code, flow FROM routes ORDER BY code"):
            yield f"{code} leads to {flow}\n"


def _compiled(app: Sunwai, flow: str) -> str:
    """The same bytes read as plain msgpack: names of fields and variants as they are stored, in their order."""
    query = f"SELECT compiled FROM revisions WHERE flow = '{flow}'"
    with app.database.engine.connect() as connection:
        found = connection.exec_driver_sql(query).scalar()
    return json.dumps(msgspec.msgpack.decode(bytes(found)), ensure_ascii=False, indent=0) + "\n"


def _calls(app: Sunwai, clock: Clock, redis: Any) -> Iterator[str]:
    """A call by each aggregator, hop by hop: every key of Redis that changed, its bytes in hex, how long it stays.

    What is encrypted is shown opened, behind what stands before it in clear.
    """
    redis.flushall()
    before: dict[bytes, str] = {}
    for aggregator in SPOKEN:
        phone = Handset(aggregator, "+923001234567", "*8484#")
        phone.dial(app, f"kept-{aggregator}")
        yield from _changes(app, redis, before, f"{aggregator} dials")
        for words in ENTRIES:
            clock.passes(seconds=9)
            phone.type(app, words)
            yield from _changes(app, redis, before, f"{aggregator} types {words}")


def _changes(app: Sunwai, redis: Any, before: dict[bytes, str], when: str) -> Iterator[str]:
    """What Redis holds now and did not before. A save that nobody waits for is asked for until it is there.

    The id of a path that is kept is random, and left out.
    """
    redis.ping()
    yield f"== {when}\n"
    ids = {each.split(b"\t")[1] for each in redis.hkeys("footfall") if each.startswith(b"p\t")}
    for key in sorted(redis.keys("*")):
        if key.startswith(b"rq:"):
            continue
        kind = redis.type(key)
        if kind == b"hash":
            value = repr(sorted((_without(ids, field), number) for field, number in redis.hgetall(key).items()))
        elif kind == b"zset":
            value = repr(redis.zrange(key, 0, -1))  # its scores are times
        else:
            shown = _opened(app, key.decode(), redis.get(key)).hex().encode()
            value = _without({each.hex().encode() for each in ids}, shown).decode()
        held = f"{kind.decode()} for {-(-redis.ttl(key) // MINUTE)} minutes: {value}"
        if before.get(key) != held:
            before[key] = held
            yield f"{key.decode()} {held}\n"


def _opened(app: Sunwai, key: str, value: bytes) -> bytes:
    """A value with what is encrypted in it in clear and whole, without the random nonce; one in clear as it is."""
    name = key.rpartition(":")[2]
    plain, whole = app.session_keys.open(name, value), app.session_keys.read(name, value)
    return value if plain is None or whole is None else value[: len(value) - len(plain) - NONCE_AND_TAG] + whole


def _without(ids: set[bytes], said: bytes) -> bytes:
    for each in ids:
        said = said.replace(each, b"<path>")
    return said


def _job(app: Sunwai, redis: Any) -> Iterator[str]:
    """The job that wakes a worker. Its id is random and its times are the machine's: each is left out."""
    redis.flushall()
    app.wake([1])
    for key in sorted(redis.keys("rq:*")):
        name = ID.sub("<id>", key.decode())
        match redis.type(key):
            case b"hash":
                for field, value in sorted(redis.hgetall(key).items()):
                    told = zlib.decompress(value) if field == b"data" else value
                    yield f"{name} {field.decode()} = {'<time>' if field.decode() in TIMES else told.decode()}\n"
            case b"list":
                yield f"{name}: {[ID.sub('<id>', each.decode()) for each in redis.lrange(key, 0, -1)]}\n"
            case b"set":
                yield f"{name}: {sorted(each.decode() for each in redis.smembers(key))}\n"


def _exports(app: Sunwai) -> Iterator[str]:
    """What `flask flows export` writes: names and hashes of a zip, texts of a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        for flow in FLOWS:
            packed, book = Path(folder) / f"{flow}.zip", Path(folder) / f"{flow}.xlsx"
            for option, out in (("--zip", packed), ("--xlsx", book)):
                said = app.test_cli_runner().invoke(
                    args=["flows", "export", str(FOLDER / f"{flow}.yaml"), option, str(out)]
                )
                yield f"== {option} {flow}: {said.output.replace(folder, '')}"
            with zipfile.ZipFile(packed) as archive:
                for name in archive.namelist():
                    yield f"{name} {_hash(archive.read(name))}\n"
            for sheet in load_workbook(book):
                cells = json.dumps([[cell.value for cell in row] for row in sheet.iter_rows()], default=str)
                yield f"sheet {sheet.title} {sheet.dimensions} {_hash(cells.encode())}\n"


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
