"""`make run` with its real processes: ready, once only, and gone without a trace."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from gateway.development.processes.launcher import Launcher
from gateway.development.processes.run_folder import CannotRun, Place, free_ports
from tests.servers import Valkey

ROOT = Path(__file__).parents[3]
SECRET = "a-secret-of-this-year"


class Run:
    """A launcher in a folder of its own."""

    def __init__(self, folder: Path, port: int = 0, **environment: str) -> None:
        web, self.standin = free_ports(2)
        self.folder, self.port = folder, port or web
        self.lines = list[str]()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        command = [sys.executable, "-m", "gateway.development.processes.launcher", "--var", str(folder)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=kept | {"PORT": str(self.port), "STANDIN_PORT": str(self.standin)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> list[str]:
        """The lines it printed, once everything is ready."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip())
            if line.lstrip().startswith("logs"):
                return lines
        raise AssertionError("\n".join(lines))

    def refused(self) -> str:
        """What it said when it did not start."""
        said, _ = self.process.communicate(timeout=30)
        assert self.process.returncode == 1, said
        return said.strip()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals) -> list[psutil.Process]:
        """Sends the signal; the processes of the run that are left ten seconds later."""
        family = self.family()
        assert len(family) >= 5, family  # redis, web, worker, sweep, stand-in
        self.process.send_signal(number)
        self.process.wait(timeout=10)
        _, left = psutil.wait_procs(family, timeout=10)
        return left


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(folder: Path = tmp_path / "var", **how: str) -> Run:
        started.append(Run(folder, **how))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.wait(timeout=15)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One that is ready, for tests that leave it as it was."""
    started = Run(tmp_path_factory.mktemp("running") / "var", WEBHOOK_SECRETS=SECRET)
    started.lines = started.ready()
    yield started
    started.process.terminate()
    started.process.wait(timeout=15)


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def test_it_becomes_ready_says_where_and_ends_without_an_orphan(run: Callable[..., Run]) -> None:
    first = run()
    lines = first.ready()
    assert lines[0] == f"ready {first.url}/simulator"
    assert f"{first.url}/hooks/africastalking/local/ussd" in "\n".join(lines)
    assert answers(f"{first.url}/readyz")
    assert answers(f"{first.url}/simulator")
    hop = {
        "sessionId": "ATUid_1",
        "serviceCode": "*8484#",
        "phoneNumber": "+923001234567",
        "text": "",
        "networkCode": "",
    }
    answer = requests.post(f"{first.url}/hooks/africastalking/local/ussd", hop, timeout=5)
    assert answer.text.startswith("CON ")

    second = run(port=first.port)
    said = second.refused()
    assert len(said.splitlines()) == 1
    assert f"already runs here at {first.url}/simulator" in said
    assert str(first.process.pid) in said

    began = time.monotonic()
    assert first.end(signal.SIGTERM) == []
    assert time.monotonic() - began < 10
    assert first.process.returncode == 0
    assert not (first.folder / "run.json").exists()

    again = run()  # what was filed is still there, and nothing is published twice
    again.ready()
    assert "unchanged" in (again.folder / "log" / "prepare.log").read_text()
    assert again.end(signal.SIGINT) == []


def test_even_killed_outright_it_leaves_nobody_behind(run: Callable[..., Run]) -> None:
    killed = run()
    killed.ready()
    assert killed.end(signal.SIGKILL) == []
    after = run(port=killed.port)  # the same port and folder can be used at once
    after.ready()


def test_a_child_that_dies_is_started_again_with_a_line(running: Run) -> None:
    tended = running
    (standin,) = [each for each in tended.family() if "gateway.development.standin.server" in each.cmdline()]
    standin.kill()
    assert tended.process.stdout is not None
    assert "standin stopped (signal 9); restarting" in tended.process.stdout.readline()
    assert eventually(lambda: answers(f"http://127.0.0.1:{tended.standin}/behaviour"))


def webs(run: Run) -> list[psutil.Process]:
    """The processes that serve HTTP."""
    return [each for each in psutil.Process(run.process.pid).children() if "serve" in each.cmdline()]


class Watch:
    """Asks /healthz again and again, and knows the longest time that nobody answered."""

    def __init__(self, url: str) -> None:
        self._url, self._over = f"{url}/healthz", threading.Event()
        self.longest = 0.0
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        last = time.monotonic()
        while not self._over.wait(0.02):
            with contextlib.suppress(requests.RequestException):
                requests.get(self._url, timeout=(1, 1)).raise_for_status()
                self.longest, last = max(self.longest, time.monotonic() - last), time.monotonic()
        self.longest = max(self.longest, time.monotonic() - last)


@pytest.mark.skipif(sys.platform != "linux", reason="one port is shared by two servers on Linux only")
def test_callers_wait_two_seconds_at_most_when_a_web_process_is_killed(run: Callable[..., Run]) -> None:
    tended = run()
    tended.ready()
    assert eventually(lambda: len(webs(tended)) == 2, 60)
    assert eventually(lambda: all(serves(each, tended.port) for each in webs(tended)), 60)
    for killed in webs(tended):  # each in turn, so that it cannot be luck which of them answers
        with Watch(tended.url) as watch:
            killed.kill()
            assert eventually(lambda: not psutil.pid_exists(killed.pid), 10)  # noqa: B023 - looked at in this round
            again = lambda: len(webs(tended)) == 2 and all(serves(each, tended.port) for each in webs(tended))  # noqa: E731
            assert eventually(again, 60)
        assert watch.longest <= 2.0


def serves(web: psutil.Process, port: int) -> bool:
    """True when this process listens on the port."""
    try:
        return any(
            found.status == psutil.CONN_LISTEN and found.laddr.port == port for found in web.net_connections("tcp")
        )
    except psutil.NoSuchProcess:
        return False


def test_a_secret_stands_on_no_command_line_and_in_no_file_for_others(running: Run) -> None:
    private = running
    assert f"{private.url}/hooks/africastalking/{SECRET}/sms" in "\n".join(private.lines)
    family = private.family()
    assert len(family) >= 5
    assert not [each for each in family if SECRET in " ".join(each.cmdline())]
    for name in ("env", "run.json"):
        assert SECRET in (private.folder / name).read_text()
        assert (private.folder / name).stat().st_mode & 0o077 == 0


def test_what_it_leaves_for_other_terminals_holds_every_setting_and_does_not_hinder_the_next_run(
    run: Callable[..., Run],
) -> None:
    settings = {"TEXTS_PER_HOUR": "77", "ROADS": "+92300=africastalking", "QUIET_HOURS": "22:00-07:00"}
    first = run(**settings)
    first.ready()
    sourced = ["sh", "-c", '. "$0" && env', str(first.folder / "env")]
    said = subprocess.run(sourced, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True).stdout
    known = dict(line.split("=", 1) for line in said.splitlines())
    assert known.items() >= settings.items()
    assert first.end(signal.SIGTERM) == []
    again = run(**{name: value for name, value in known.items() if name not in ("PATH", "PWD", "SHLVL", "_")})
    again.ready()


def test_texts_leave_at_any_hour_where_nobody_asks_for_quiet_ones_and_demo_data_waits_its_turn(
    running: Run,
) -> None:
    started = running
    assert "export QUIET_HOURS=off" in (started.folder / "env").read_text()
    command = [sys.executable, "-m", "gateway.development.demodata", "--var", str(started.folder)]
    refused = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: make run is running here: stop it")


def test_a_port_in_use_is_named_with_a_way_out(run: Callable[..., Run]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = run(port=port).refused()
    assert said.startswith(f"Port {port} cannot be used: Address already in use. Choose another: PORT=")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PORT": "eighty"}, "PORT cannot be used"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with sqlite:/// or postgresql://"),
        ({"DATABASE_URL": "postgresql://name:hidden@127.0.0.1:1/sunwai"}, "The database cannot be used"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "Redis does not answer at REDIS_URL"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    run: Callable[..., Run], environment: dict[str, str], words: str
) -> None:
    refused = run(**environment)
    said = refused.refused()
    assert words in said
    assert "hidden" not in said
    assert not (refused.folder / "run.json").exists()


def test_a_folder_that_cannot_be_written_is_named(run: Callable[..., Run]) -> None:
    said = run(folder=Path("/proc/var")).refused()
    assert said.startswith("Cannot write in /proc/var: ")
    assert len(said.splitlines()) == 1


def test_a_folder_too_deep_for_a_socket_uses_a_port(run: Callable[..., Run], tmp_path: Path) -> None:
    deep = run(folder=tmp_path / ("deep" * 25) / "var")
    deep.ready()
    assert "REDIS_URL=redis://127.0.0.1:" in (deep.folder / "env").read_text()
    assert json.loads((deep.folder / "run.json").read_text())["url"] == deep.url


def test_a_database_that_takes_too_long_is_named_with_the_limit_and_what_to_do(tmp_path: Path, valkey: Valkey) -> None:
    named = {"WEBHOOK_SECRETS": SECRET, "DATABASE_URL": f"sqlite:///{tmp_path}/large.db", "REDIS_URL": valkey.url}
    launcher = Launcher(Place(tmp_path / "var"), *free_ports(2), named, "")
    launcher.starts_within = 0.0
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        with pytest.raises(CannotRun, match=rf"{tmp_path}/large.db could not be prepared within 0 s. Run it again: "):
            launcher.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
