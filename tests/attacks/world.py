"""What is attacked: a hook process and a console process as in production, with their stores, all on loopback."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks.browser import Browser
from tests.keys import KEYS_FILE
from tests.servers import free_port

KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
PASSWORD = "four unrelated words of an attacker"
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 10.0
OLD = (  # the one process of the code before there were two
    *("granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "1", "--runtime-mode", "st"),
    *("--http", "1", "--no-ws", "--no-access-log", "wsgi:app"),
)


@dataclass
class World:
    """Where an attack goes. `code` is the folder whose program is attacked: this one, or one from before a change."""

    folder: Path
    code: Path
    database_url: str
    redis_url: str
    secret: str = field(default_factory=lambda: secrets.token_hex(16))  # of the callbacks
    console_key: str = field(default_factory=lambda: secrets.token_hex(32))
    metrics_token: str = field(default_factory=lambda: secrets.token_hex(16))
    extra: dict[str, str] = field(default_factory=dict)  # settings that an attack needs
    hooks: int = 0  # the port of the callbacks
    console: int = 0  # the port of the console; the same where one process serves both
    _people: dict[str, Sequence[Browser]] = field(default_factory=dict)

    @property
    def hop_path(self) -> str:
        """The USSD endpoint."""
        return f"/hooks/africastalking/{self.secret}/ussd"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every process, without any other setting of ours."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {
            "ENVIRONMENT": "production",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "WEBHOOK_SECRETS": self.secret,
            "CONSOLE_KEY": self.console_key,
            "CONSOLE_SECOND_FACTOR": "optional",
            "METRICS_TOKEN": self.metrics_token,
            "AT_USERNAME": "attacks",
            "AT_API_KEY": secrets.token_hex(16),
            "AT_BASE_URL": "http://127.0.0.1:9/version1",
            "PUBLIC_URL": "https://sunwai.example.org",
            "TRUSTED_HOSTS": "sunwai.example.org,127.0.0.1",  # attackers come by the address
            "QUIET_HOURS": "off",
            **self.extra,
        }

    def command(self, *words: str) -> str:
        """What a command of the program prints. Raises if it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *words],
            cwd=self.code, env=self.environ, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr[-1000:]}"
        return done.stdout

    def stranger(self) -> Browser:
        """Somebody who is not signed in to the console."""
        return Browser(self.console)

    def signed_in(self, role: str, name: str = "") -> Browser:
        """Somebody with this role, invited by the command and signed in by a password of their own."""
        name = name or f"Attacker {secrets.token_hex(3)}"
        said = self.command("staff", "add", name, "--role", role)
        found = re.search(r"(/console/join/\S+)", said)
        assert found, said
        browser = Browser(self.console)
        browser.get(found[1])
        status, _ = browser.post(found[1], {"password": PASSWORD, "again": PASSWORD})
        assert status == 303, f"{name} could not join: {status}"
        return browser

    def people(self, role: str) -> Sequence[Browser]:
        """Four people with this role, the same each time. Only before attacks: it is not made for several threads."""
        if role not in self._people:
            self._people[role] = [self.signed_in(role) for _ in range(4)]
        return self._people[role]

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The stores filled and both processes up, until the block ends."""
        prepare = [sys.executable, "-m", "gateway.development.processes.prepare_database"]
        done = subprocess.run(
            prepare, cwd=self.code, env=self.environ, check=False, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, f"nothing to attack: {done.stderr[-1000:]}"
        with contextlib.ExitStack() as stack:
            if (self.code / "gateway" / "server").is_dir():
                self.hooks, self.console = free_port(), free_port()
                for side, port in (("hooks", self.hooks), ("console", self.console)):
                    words = ("gateway", "serve", side, "--host", "127.0.0.1", "--port", str(port))
                    stack.enter_context(self._process(side, words, port))
            else:
                self.hooks = self.console = free_port()
                words = (*OLD, "--host", "127.0.0.1", "--port", str(self.hooks))
                stack.enter_context(self._process("web", words, self.hooks))
            yield

    @contextlib.contextmanager
    def _process(self, name: str, words: Sequence[str], port: int) -> Iterator[None]:
        path = self.folder / f"{name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *words], cwd=self.code, env=self.environ, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        try:
            deadline = time.monotonic() + STARTS_WITHIN
            while not _listens(port):
                late = process.poll() is not None or time.monotonic() > deadline
                assert not late, f"{name} did not start: {path.read_text(errors='replace')[-2000:]}"
                time.sleep(0.05)
            yield
        finally:
            _end(process)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPS_WITHIN)
            return


def told_settings(world: World, given: Mapping[str, str]) -> None:
    """Add settings; two attacks of one run may not want different values."""
    for name, value in given.items():
        assert world.extra.setdefault(name, value) == value, f"two attacks want different values of {name}"
