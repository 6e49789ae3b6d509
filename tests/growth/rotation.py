"""`python -m tests.growth.rotation`: keys of all three kinds are replaced while real processes take 20 hops a second.

Web, worker, sweep, Valkey and PostgreSQL (or SQLite with --sqlite) run as in production. One phone calls again and
again while nothing is replaced. Then calls file complaints, the three rotations run one after the other as commands,
old keys are removed, and every row is opened with only the new keys. Each screen of the nth call of a phone must be
that of the nth call of the first phone, but for tracking numbers. It prints counts, and ends with 1 if a screen was
another one or a row does not open.
"""

from __future__ import annotations

import argparse
import itertools
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select, text

from gateway.development.processes.prepare_database import prepare
from gateway.settings.key_ring_settings import write_key_file
from gateway.settings.loader import load_config
from sessions.encryption import key_rotation
from storage.connection.database import Database, open_database
from storage.encryption import key_source
from storage.encryption.data_keys import unlock
from storage.encryption.key_ring import new_key_ring
from storage.encryption.sealed_tables import sealed_tables
from storage.schema.tables import Complaint, Contact, DataKey, OutboxMessage
from tests.gateways.processes import Programs, wait_for_port
from tests.servers import PostgreSQL, Valkey, free_port
from tests.sessions.calls import NEW_CALLER

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-the-rotation-trial"
RATE = 20.0  # hops a second
PHONES = 60
QUIET_CALLS = 20  # of one phone, before: as often as a phone calls in ten minutes
TRACKING = re.compile(r"[0-9][0-9 -]{7,}[0-9]")
_sessions = itertools.count()


class Callers:
    """Calls that file, at a rate, until they are told to stop; what was answered."""

    def __init__(self, url: str) -> None:
        self.url, self.answers, self.wrong = url, Counter[str](), list[str]()
        self.over, self.compared = threading.Event(), 0
        self.quiet = [list(self._call(f"quiet{each}", "+923459999999")) for each in range(QUIET_CALLS)]
        self.answers.clear()
        self._threads = [threading.Thread(target=self._run, args=(each,), daemon=True) for each in range(8)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self, _each: int) -> None:
        pause = len(self._threads) / RATE
        while not self.over.is_set():
            number = next(_sessions)
            nth, phone = divmod(number, PHONES)
            wanted = self.quiet[nth] if nth < QUIET_CALLS else []
            began = time.monotonic()
            for at, said in enumerate(self._call(f"rot{number}", f"+92345{phone:07}")):
                if wanted:
                    self.compared += 1
                    if said != "".join(wanted[at : at + 1]):
                        self.wrong.append(f"call {nth + 1} of a phone, screen {at + 1}: {said[:200]}")
                        break  # what follows is of another call
                self.over.wait(max(0.0, pause - (time.monotonic() - began)))
                began = time.monotonic()

    def _call(self, session: str, phone: str) -> Iterator[str]:
        """The screens of a call, without tracking numbers."""
        typed: list[str] = []
        for each in ["", *NEW_CALLER]:
            typed += [each] if each else []
            said = self._hop(session, phone, "*".join(typed))
            yield TRACKING.sub("#", said)
            if said.startswith("END"):
                return

    def _hop(self, session: str, phone: str, typed: str) -> str:
        form = {
            "sessionId": session,
            "serviceCode": "*8484#",
            "phoneNumber": phone,
            "networkCode": "41001",
            "text": typed,
        }
        try:
            with urllib.request.urlopen(self.url, urllib.parse.urlencode(form).encode(), timeout=15) as reply:
                said = str(reply.read().decode())
        except OSError as error:
            said = f"{type(error).__name__}: {error}"
        self.answers[said[:3]] += 1
        if said[:4] not in ("CON ", "END "):
            self.wrong.append(said[:200])
        return said


def settled(database: Database) -> str:
    """Opens every value of every row; what was found."""
    rows = values = 0
    with database.read() as db:
        for table in sealed_tables():
            for row in db.scalars(select(table)):
                rows += 1
                for name in table.SEALED:
                    values += getattr(row, name) not in (None, "", b"")
        filed = db.scalar(select(func.count()).select_from(Complaint))
        texts = db.scalar(select(func.count()).select_from(OutboxMessage))
        phones = [each.phone for each in db.scalars(select(Contact))]
        wrapping = sorted(set(db.scalars(select(DataKey.wrapping))))
    assert len(set(phones)) == len(phones), "a phone has two contacts"
    return f"{rows:,} rows and {values:,} values open; {filed} complaints, {texts} texts, wrapping keys {wrapping}"


def let_time_pass(database: Database) -> None:
    """The minutes that an old key stays on the ring, of which the trial has none."""
    with database.write.begin() as db:
        db.execute(text("UPDATE key_jobs SET since = :then"), {"then": datetime(2026, 1, 1, tzinfo=UTC)})


def main() -> None:
    """The trial."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sqlite", action="store_true")
    asked.add_argument(
        "--seconds", type=float, default=15, help="of calls before the first rotation and after the last"
    )
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rotation-"))
    server = None if given.sqlite else PostgreSQL()
    valkey = Valkey(folder)
    keys, port = folder / "keys", free_port()
    write_key_file(keys, new_key_ring(date.today(), development=True))
    url = f"sqlite:///{folder / 'sunwai.db'}" if server is None else server.url(server.create())
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "ENVIRONMENT": "development", "DATABASE_URL": url, "KEYS_FILE": str(keys), "REDIS_URL": valkey.url,
        "WEBHOOK_SECRETS": SECRET, "PUBLIC_URL": f"http://127.0.0.1:{port}", "QUIET_HOURS": "off",
        "FLASK_SKIP_DOTENV": "1", "FLASK_APP": "wsgi",
    }  # fmt: skip
    database = open_database(url)
    unlock(database, key_source.from_file(keys))
    problem = prepare(database, load_config(environ), datetime.now(UTC))
    assert not problem, problem
    programs = Programs(folder)
    wrong = 1
    try:
        line = [sys.executable, "-m", "gateway"]
        programs.start("hooks", [*line, "serve", "hooks", "--port", str(port)], environ, ROOT)
        for command in ("worker", "sweep"):
            programs.start(command, [*line, command], environ, ROOT)
        wait_for_port(port, "the service")
        began = time.monotonic()
        with Callers(f"http://127.0.0.1:{port}/hooks/africastalking/{SECRET}/ussd") as callers:
            time.sleep(given.seconds)
            for words in (("rotate", "wrap"), ("rotate", "index"), ("remove", "index", "1"), ("rotate", "data")):
                more = ["--one-machine"] if words[0] == "rotate" else []
                if words[0] == "remove":
                    let_time_pass(database)
                done = subprocess.run(
                    [*line, "keys", *words, *more], env=environ, cwd=ROOT, capture_output=True, text=True
                )
                print(
                    " ".join(words), f"{time.monotonic() - began:.0f} s:", (done.stdout or done.stderr).splitlines()[-1]
                )
            let_time_pass(database)
            done = subprocess.run(
                [*line, "keys", "remove", "wrap", "1"], env=environ, cwd=ROOT, capture_output=True, text=True
            )
            print("remove wrap:", (done.stdout or done.stderr).splitlines()[-1])
            time.sleep(given.seconds)
        took = time.monotonic() - began
        unlock(database, key_source.from_file(keys))
        hops, answers = sum(callers.answers.values()), dict(callers.answers)
        compared = f"{callers.compared:,} screens compared"
        print(f"{hops:,} hops in {took:.0f} s: {answers}, {compared}, wrong: {len(callers.wrong)}")
        print(callers.wrong[:5], settled(database))
        print("\n".join(key_rotation.rotation_status(database, datetime.now(UTC))))
        wrong = len(callers.wrong)
    finally:
        programs.close()
        valkey.stop()
        if server is not None:
            server.stop()
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
