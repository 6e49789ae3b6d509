"""docs/operators/production.md: every command on it, run in order as it stands there, while somebody calls."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import click
import pytest

from gateway.program import Program
from tests.deploy.conftest import need
from tests.deploy.machine import Machine

PAGE = Path(__file__).parents[2] / "docs" / "operators" / "production.md"
LONGEST = 600.0  # seconds for the first eight sections


def sections() -> dict[str, str]:
    """The commands of each section, by its heading."""
    parts = re.split(r"^## [0-9]+\. (.*)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        heading: "".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_each_command_of_the_page_exists() -> None:
    named = set(re.findall(r"^sunwai ([a-z]+)(?: ([a-z]+))?", "\n".join(sections().values()), re.MULTILINE))
    assert len(named) > 6
    for name, word in named:
        command = Program().get_command(click.Context(Program()), name)
        assert command is not None, name
        if isinstance(command, click.Group):
            assert word in command.commands


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    for program, package in (("nginx", "nginx-light"), ("openssl", "openssl"), ("curl", "curl")):
        need(program, package)
    made = Machine(tmp_path)
    yield made
    made.stop()


class Caller(threading.Thread):
    """Dials again and again through the proxy, and remembers what went wrong."""

    def __init__(self, machine: Machine, secret: str) -> None:
        super().__init__(daemon=True)
        self._port, self._path = machine.ports["443"], f"/hooks/africastalking/{secret}/ussd"
        self._trust = ssl.create_default_context(cafile=str(machine.folder / "etc/sunwai/tls/fullchain.pem"))
        self._over = threading.Event()
        self.answers, self.wrong = 0, list[str]()

    def run(self) -> None:
        while not self._over.wait(0.1):
            try:
                said = self._dial()
            except OSError as error:
                said = repr(error)
            self.answers += 1
            if not said.startswith("CON "):
                self.wrong.append(said[:100])

    def end(self) -> None:
        self._over.set()
        self.join(20)

    def _dial(self) -> str:
        name = "sunwai.example.org"
        connection = HTTPSConnection(name, self._port, timeout=20)
        raw = socket.create_connection(("127.0.0.1", self._port), 20)
        connection.sock = self._trust.wrap_socket(raw, server_hostname=name)
        form = (
            f"sessionId=s{time.monotonic_ns()}&phoneNumber=%2B923001234567&serviceCode=*8484%23&text=&networkCode=41001"
        )
        try:
            connection.request(
                "POST", self._path, form, {"Host": name, "Content-Type": "application/x-www-form-urlencoded"}
            )
            return connection.getresponse().read().decode()
        finally:
            connection.close()


@pytest.mark.long
def test_every_command_of_the_page_does_what_it_says(machine: Machine) -> None:
    commands = sections()
    names = list(commands)
    first, upgrade, backup = names[:8], names[8], names[9]
    done = machine.run("".join(commands[name] for name in first), LONGEST)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "revision 1" in done.stdout
    assert "/console/join/" in done.stdout
    assert '"ready":true' in done.stdout.replace(" ", "")
    assert '"alive":true' in done.stdout.replace(" ", "")
    assert "CON " in done.stdout  # the first call
    assert 'sunwai_ready{need="worker"} 1.0' in done.stdout
    for name, mode in (("sunwai.env", 0o640), ("migrate.env", 0o600)):
        assert (machine.folder / "etc/sunwai" / name).stat().st_mode & 0o777 == mode
    first_release = (machine.folder / "opt/sunwai").readlink()
    assert (machine.folder / "opt/sunwai/docs/operators/production.md").exists()  # where the units say it is

    env = (machine.folder / "etc/sunwai/sunwai.env").read_text()
    caller = Caller(machine, str(re.search(r"WEBHOOK_SECRETS=(\w+)", env)[1]))  # type: ignore[index]  # it is there
    caller.start()
    done = machine.run(commands[upgrade], LONGEST)
    caller.end()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (machine.folder / "opt/sunwai").readlink() != first_release
    assert first_release.exists()  # to go back to
    assert caller.answers > 20
    assert caller.wrong == []

    done = machine.run(commands[backup], LONGEST)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert '"ready":true' in done.stdout.replace(" ", "")
    logs = "".join(path.read_text("utf-8", "replace") for path in machine.folder.rglob("*.log"))
    assert "sweep_stopped" in logs
    assert str(re.search(r"WEBHOOK_SECRETS=(\w+)", env)[1]) not in logs  # type: ignore[index]  # as above
