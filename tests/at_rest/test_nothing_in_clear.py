"""No number and no word of a citizen stands in the database, a dump of it, Redis' files, a log or a page for machines.

The whole run files a thousand complaints on each database; what `make test` does is the same with twelve.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.at_rest.line import ROOT, Line, running
from tests.at_rest.marks import LETTERS, Marks, Search, hashes, spellings
from tests.servers import PostgreSQL

FEW, MANY = 12, 1000


def test_the_search_finds_what_it_should() -> None:
    """A search that finds nothing proves nothing: each form of a number and of a word is found in a heap of bytes."""
    marks = Marks(7)
    phone = marks.phone(12)
    search = Search(marks, marks.digests([phone]))
    heap = random.Random(7).randbytes(1 << 20)
    assert search.found(heap) == []
    for form in (*marks.needles(), phone.encode(), *(f"0{phone[3:]}".encode(),)):
        if len(form) >= 6:
            assert search.found(heap[:333] + form + heap[333:])
    for spelt in spellings(phone):
        for name, digest in hashes(spelt.encode()):
            for form in (digest, digest.hex().encode()):
                at = random.Random(len(name)).randrange(1000)
                assert search.found(heap[:at] + form + heap[at : at + 4000]), (name, spelt)


@contextlib.contextmanager
def prepared(folder: Path, kind: str, server: PostgreSQL | None) -> Iterator[str]:
    """A database with the shipped flows; the URL with which the service uses it."""
    if server is None:
        url = f"sqlite:///{folder}/sunwai.db"
        _prepare(url)
        yield url
        return
    with server.fresh() as url, server.roles(url) as (owner, runtime):
        _prepare(owner)
        with psycopg.connect(_plain(url), autocommit=True) as db:
            for setting in ("log_min_duration_statement = 0", "log_parameter_max_length = -1"):
                db.execute(f"ALTER DATABASE {make_url(url).database} SET {setting}")
        yield runtime


def _prepare(url: str) -> None:
    from tests.keys import KEYS_FILE

    environ = {"ENVIRONMENT": "development", "KEYS_FILE": KEYS_FILE, "DATABASE_URL": url, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "gateway.development.processes.prepare_database"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def live_through(line: Line, count: int) -> float:
    """Everything that people do and that goes wrong; the seconds that the filings took."""
    marks, tags = line.marks, list(LETTERS)
    took = line.call_all(count)
    first = count + 10
    for at, tag in enumerate(tags, first):
        line.call(at, tag, broken_off=True)
        line.text(at, f"{marks.words[tag]} kuch samajh nahi aata")  # nobody understands it
        line.text(at, f"SHIKAYAT pani lahore {marks.words[tag]} {at}", f"f{at}")
        line.text(at, f"STATUS {line.numbers[0]} {marks.words[tag]}", f"s{at}")
        phone, word = marks.phone(at), marks.words[tag]
        line.post("sms", json.dumps({"from": phone, "text": word}, ensure_ascii=False).encode())  # no form
        line.post("sms", f"from={phone}&text=%ff%fe{word}".encode("utf-8", "replace"))  # no UTF-8, and no id
        line.post("ussd", {"sessionId": "x", "phoneNumber": phone, "text": word})
        line.post(
            "delivery",
            {"id": f"ATX{at}", "status": "Failed", "failureReason": "AbsentSubscriber", "phoneNumber": phone},
        )
        line.post("opt-out", {"phoneNumber": phone, "senderId": "8484"})
        line.get(f"/hooks/africastalking/{line.secret}/ussd?phoneNumber={phone[1:]}")
        line.get(f"/nowhere/{phone}")
    number, word = line.numbers[-1], marks.words["en"]
    for words in (
        ("complaints", "move", number, "in_progress", "--note", f"we dig at {word}"),
        ("complaints", "move", number, "waiting_citizen", "--note", f"which house? {word}"),
    ):
        said = line.command(*words)
        assert number in said.replace("-", "") and "rror" not in said, said
    last = marks.phone(count - 1)
    line.post(
        "sms", {"date": "2026-11-30 07:00:00", "from": last, "id": "r1", "text": f"{number} {word} 12", "to": "8484"}
    )
    return took


def hold_up(line: Line, server: PostgreSQL | None) -> None:
    """A call and a text while the database lets nobody write: their errors are logged."""
    url = make_url(line.database_url)
    with contextlib.ExitStack() as held:
        if server is None:
            db = held.enter_context(contextlib.closing(sqlite3.connect(str(url.database), isolation_level=None)))
            db.execute("BEGIN IMMEDIATE")
        else:
            locked = held.enter_context(psycopg.connect(_plain(server.url(str(url.database)))))
            locked.execute("LOCK TABLE complaints, contacts, inbound IN ACCESS EXCLUSIVE MODE")
        before = len((line.folder / "web.log").read_bytes())
        line.call(9000, "en")
        line.text(9001, f"SHIKAYAT pani lahore {line.marks.words['ur']}")
        logged = (line.folder / "web.log").read_bytes()[before:]
        assert b'"error"' in logged, logged[-2000:]


def test_twelve_filings_leave_nothing_in_clear(tmp_path: Path) -> None:
    file_and_look(tmp_path, "sqlite", None, FEW)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_thousand_filings_leave_nothing_in_clear(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgresql_server") if kind == "postgresql" else None
    file_and_look(tmp_path, kind, server, MANY)


def file_and_look(folder: Path, kind: str, server: PostgreSQL | None, count: int) -> None:
    with prepared(folder, kind, server) as url, running(folder, url, random.SystemRandom().randrange(10**6)) as line:
        took = live_through(line, count)
        hold_up(line, server)
        pages = b"".join(line.get(path) for path in ("/metrics", "/healthz", "/readyz", "/console/sign-in"))
        pages += "".join(line.command("keys", each) for each in ("list", "check")).encode()
        assert b"cannot be opened" not in pages and b"sunwai_" in pages, pages[-2000:]
        seen = {"pages": pages, **redis_of(line), **database_of(line, server, folder)}
        seen |= {path.name: path.read_bytes() for path in folder.glob("*.log")}
        search = Search(line.marks, line.marks.digests(line.phones, line.names))
        began = time.monotonic()
        leaks = {name: sorted(set(found))[:5] for name, data in seen.items() if (found := search.found(data))}
        looked = time.monotonic() - began
        sizes = ", ".join(f"{name} {len(data) / 1e6:.2f}" for name, data in sorted(seen.items()))
        print(
            f"\n{kind}: {count} filings in {took:.1f} s; {len(line.phones)} numbers looked for in {looked:.1f} s; "
            f"MB: {sizes}"
        )
        assert leaks == {}


def redis_of(line: Line) -> dict[str, bytes]:
    """Its two kinds of files, its slow log, and RQ's keys."""
    client = line.store.client()
    slow = b"\n".join(each["command"] for each in client.slowlog_get(20_000))
    assert len(slow) > 1000
    keys = b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.scan_iter(count=1000))
    client.save()
    files = {f"redis {path.name}": path.read_bytes() for path in line.store.folder.rglob("*") if path.is_file()}
    assert any(name.endswith(".rdb") for name in files) and any(".aof" in name for name in files), list(files)
    return {"redis slow log": slow, "redis keys": keys, **files}


def database_of(line: Line, server: PostgreSQL | None, folder: Path) -> dict[str, bytes]:
    """The files of a database, and a backup of it."""
    url = make_url(line.database_url)
    if server is None:
        path, backup = Path(str(url.database)), folder / "backup.db"
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(backup)) as copy:
            source.backup(copy)
        names = (path, path.with_name(path.name + "-wal"), backup)
        return {each.name: each.read_bytes() for each in names if each.exists()}
    dumped: dict[str, bytes] = {}
    admin = _plain(server.url(str(url.database)))
    for kind in ("plain", "custom"):
        command = [str(server.programs / "pg_dump"), f"--format={kind}", "--compress=0", admin]
        dumped[f"pg_dump {kind}"] = subprocess.run(command, capture_output=True, check=True, timeout=300).stdout
    data = server.folder / "data"
    for path in data.rglob("*"):
        if path.is_file() and os.access(path, os.R_OK) and path.stat().st_size < 1 << 27:
            part = path.relative_to(data).parts[0]
            with contextlib.suppress(FileNotFoundError):
                dumped[f"files {part}"] = dumped.get(f"files {part}", b"") + path.read_bytes()
    return dumped
