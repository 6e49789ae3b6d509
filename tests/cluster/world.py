"""What stands in the trial: nginx, PostgreSQL, Redis with its sentinels, and our five processes, all on loopback."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.nginx import Nginx
from tests.faults.world import AT_WORK
from tests.keys import KEYS_FILE, open_database
from tests.sentinels import RedisGroup, redis_group
from tests.servers import PostgreSQL, free_port

ROOT = Path(__file__).parents[2]
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV")
STOPS_WITHIN = 12.0  # seconds


class Cluster:
    """Every part by its name. `settings` is the environment of our processes."""

    def __init__(self, folder: Path, postgresql: PostgreSQL, redis: RedisGroup, urls: tuple[str, str, str]) -> None:
        self.folder, self.postgresql, self.redis = folder, postgresql, redis
        self.superuser_url, self.owner_url, runtime_url = urls
        self.secret, self.key = secrets.token_hex(16), secrets.token_hex(16)
        self._hooks, self._console = (free_port(), free_port()), free_port()
        self.aggregator_port = 0
        self._runtime_url = runtime_url
        (folder / "nginx").mkdir()
        self.nginx = Nginx(folder / "nginx", self._hooks, self._console)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log_from: dict[str, int] = {}  # where the log of the present process begins
        self.ended: dict[str, float] = {}  # the longest that each took to end when it was told to, in seconds
        self.commands = {
            "hooks1": ("serve", "hooks", "--port", str(self._hooks[0])),
            "hooks2": ("serve", "hooks", "--port", str(self._hooks[1])),
            "console": ("serve", "console", "--port", str(self._console)),
            "worker": ("worker",),
            "sweep": ("sweep",),
        }

    @property
    def path(self) -> str:
        """The USSD endpoint."""
        return f"/hooks/africastalking/{self.secret}/ussd"

    @property
    def reports(self) -> str:
        """The endpoint of delivery reports."""
        return f"/hooks/africastalking/{self.secret}/delivery"

    @property
    def settings(self) -> dict[str, str]:
        """As docs/operators/production.md has them."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {
            "ENVIRONMENT": "production",
            "KEYS_FILE": KEYS_FILE,
            "DATABASE_URL": self._runtime_url,
            "REDIS_URL": self.redis.url,
            "WEBHOOK_SECRETS": self.secret,
            "CONSOLE_KEY": secrets.token_hex(32),
            "METRICS_TOKEN": secrets.token_hex(16),
            "PUBLIC_URL": "https://sunwai.example.org",
            "TRUSTED_PROXIES": "127.0.0.1",
            "AT_USERNAME": "cluster",
            "AT_API_KEY": self.key,
            "AT_BASE_URL": f"http://127.0.0.1:{self.aggregator_port}/version1",
            "QUIET_HOURS": "off",
        }

    def prepare(self) -> None:
        """Tables and shipped flows, by the role that owns the tables."""
        command = [sys.executable, "-m", "gateway.development.processes.prepare_database"]
        environ = self.settings | {"KEYS_FILE": KEYS_FILE, "DATABASE_URL": self.owner_url}
        subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=180)
        database = open_database(self.owner_url)
        database.close()

    def start(self, name: str) -> None:
        """Start one of our processes."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self._log_from[name] = log.tell()
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", "gateway", *self.commands[name]], cwd=ROOT, env=self.settings,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def end(self, name: str, number: int) -> None:
        """Send a signal to one of our processes and wait for its end; it is killed if that takes too long."""
        process = self._processes[name]
        began = time.monotonic()
        process.send_signal(number)
        try:
            process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        self.ended[name] = max(self.ended.get(name, 0.0), time.monotonic() - began)

    def answers(self, name: str) -> bool:
        """True once one that serves HTTP accepts connections, and another has said that it is at work."""
        command = self.commands[name]
        if "--port" not in command:
            with (self.folder / f"{name}.log").open("rb") as log:
                log.seek(self._log_from[name])
                return AT_WORK[name].encode() in log.read()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", int(command[-1])), 1).close()
            return True
        return False

    def died(self) -> list[str]:
        """Which of our processes ended by themselves."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def logs(self) -> list[Path]:
        """Everything that anybody wrote."""
        return [*self.folder.glob("*.log"), *(self.folder / "nginx").glob("*.log")]

    def close(self) -> None:
        """End our processes and nginx."""
        for process in self._processes.values():
            process.kill()
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            self.nginx.stop()


@contextlib.contextmanager
def open_cluster(folder: Path) -> Iterator[Cluster]:
    """The stores, up; our processes and nginx are the caller's to start."""
    (folder / "redis").mkdir(parents=True)
    postgresql = PostgreSQL()
    try:
        with (
            redis_group(folder / "redis") as redis,
            postgresql.fresh() as url,
            postgresql.roles(url) as (owner, runtime),
        ):
            cluster = Cluster(folder, postgresql, redis, (url, owner, runtime))
            try:
                yield cluster
            finally:
                cluster.close()
    finally:
        postgresql.stop()
