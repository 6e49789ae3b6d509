"""`make run`: everything Sunwai needs on this machine, in the foreground; it leaves no process running."""

import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from gateway.development.processes import child_processes, own_redis
from gateway.development.processes.child_processes import Child
from gateway.development.processes.run_folder import ROOT, CannotRun, Place, claim_port, python
from gateway.http.client import HttpClient, LostAnswerError, UnsentRequestError
from gateway.settings.loader import environment_settings
from storage.connection.database import sqlite_path

SHARES_PORTS = sys.platform == "linux"  # two servers may listen on one port, and the kernel shares out the calls
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 5.0  # seconds for web, worker and the rest to finish their work; Redis gets 2 more
SERVER = {"FLASK_RUN_FROM_CLI": ""}  # `sunwai run` sets it, and a process that inherits it checks its settings less
FLASK = {
    "FLASK_APP": "gateway.wsgi",
    "FLASK_SKIP_DOTENV": "1",
}  # `flask` finds us and ignores .env files
GIVES_UP = 3  # deaths of one child before everything has been ready once


class Launcher:
    """One run: its children and their settings."""

    def __init__(self, place: Place, port: int, standin_port: int, settings: Mapping[str, str], earlier: str) -> None:
        """`settings` come from the environment or the command line. If this terminal read the `env` of an earlier run,
        `earlier` is the address of that run's own Redis: REDIS_URL then names no other Redis, and we start our own.
        """
        self.place, self.secret = place, settings["WEBHOOK_SECRETS"].split(",")[0].strip()
        self.url, self.standin = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{standin_port}"
        redis = "" if settings["REDIS_URL"] == earlier else settings["REDIS_URL"]
        own_url, listening = place.redis()
        database_url = settings["DATABASE_URL"] or f"sqlite:///{place.folder / 'sunwai.db'}"
        self.settings = {
            **settings,
            "ENVIRONMENT": "development",
            "DATABASE_URL": database_url,
            **place.key_file(database_url),
            "REDIS_URL": redis or own_url,
            "STANDIN_URL": self.standin,
            "WEB_URL": self.url,
            **place.transparency_log(settings),
            "ERASURE_JOURNAL": environment_settings().get("ERASURE_JOURNAL") or str(place.folder / "erasures"),
        }
        reports = {"STANDIN_REPORTS": f"{self.url}/hooks/africastalking/{self.secret}/delivery"}

        def child(name: str, *command: str) -> Child:
            return Child(place, name, command, self.settings | reports | SERVER, ROOT)

        self.redis = None if redis else child("redis", *own_redis.valkey_command(place, listening))
        self.prepare = child("prepare", *python("gateway.development.processes.prepare_database"))
        keep = str(place.folder / "phones.jsonl")
        self.children = [
            child("web", *python("gateway", "serve", "app", "--port", str(port))),
            child("worker", *python("gateway", "worker")),
            child("sweep", *python("gateway", "sweep")),
            child(
                "standin", *python("gateway.development.standin.server", "--port", str(standin_port), "--keep", keep)
            ),
        ]
        self.spare = child("spare", *python("gateway", "serve", "app", "--port", str(port))) if SHARES_PORTS else None
        self.starts_within = STARTS_WITHIN
        self.stopping = False
        self.unready = ""  # what /readyz said last

    def run(self) -> None:
        """Start everything, print where it is, and restart what dies until told to stop. Raises CannotRun."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        try:
            self._start()
            if not self.stopping:
                self._announce()
                self._start_spare()
            while not self.stopping:
                self._tend()
                time.sleep(0.2)
        finally:
            self._stop()

    def _start(self) -> None:
        if self.redis:
            self.redis.start()
        self._until(self._redis_answers, "Redis does not answer.")
        self.prepare.start()
        self._until(
            lambda: self.prepare.code is not None,
            f"{sqlite_path(self.settings['DATABASE_URL']) or 'The database'} could not be prepared within "
            f"{self.starts_within:.0f} s. Run it again: what was done stays, and it goes on from there.",
        )
        if self.prepare.code and not self.stopping:
            raise CannotRun(self.place.last_words("prepare", 1).strip() or "The database could not be prepared.")
        for child in self.children:
            if not self.stopping:
                child.start()
        self._until(self._ready, "It did not become ready in time.")

    def _start_spare(self) -> None:
        """Start a second web process: it answers while one that died restarts, which takes longer than a caller waits.

        It starts last, and nobody waits for it to be ready.
        """
        if self.spare:
            self.children.append(self.spare)
            self.spare.start()

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait for a condition, restarting children that die; returns early when told to stop."""
        deadline = time.monotonic() + self.starts_within
        while not self.stopping and not holds():
            self._tend()
            for child in self._all():
                if child.deaths >= GIVES_UP:
                    words = self.place.last_words(child.name)
                    raise CannotRun(
                        f"{child.name} does not start. The end of {self.place.logs / child.name}.log:\n{words}"
                    )
            if time.monotonic() > deadline:
                raise CannotRun(f"{otherwise} {self.unready} See {self.place.logs}")
            time.sleep(0.05)

    def _all(self) -> list[Child]:
        return [*self.children, *([self.redis] if self.redis else [])]

    def _tend(self) -> None:
        if self.redis:
            own_redis.data_folder(self.place).mkdir(exist_ok=True)  # somebody may have emptied var/ since the start
        for child in self._all():
            if line := child.tend():
                _say(f"{datetime.now(UTC):%H:%M:%S} {line}")

    def _redis_answers(self) -> bool:
        answers = own_redis.is_answering(self.settings["REDIS_URL"])
        if not answers and self.redis is None:
            raise CannotRun("Redis does not answer at REDIS_URL. Start it, or unset REDIS_URL to use our own.")
        return answers

    def _ready(self) -> bool:
        wire = HttpClient(connections=1)
        try:
            answer = wire.request("GET", f"{self.url}/readyz", timeout=(1, 3))
        except (UnsentRequestError, LostAnswerError):
            return False
        finally:
            wire.close()
        self.unready = answer.body.decode("utf-8", "replace").strip()
        return answer.status == 200

    def _announce(self) -> None:
        hooks = f"{self.url}/hooks/africastalking/{self.secret}"
        codes = {"code": self.settings["SERVICE_CODE"], "short_code": self.settings["SHORT_CODE"]}
        facts = {"url": self.url, "standin": self.standin, "secret": self.secret, **codes}
        own = {"OWN_REDIS_URL": self.settings["REDIS_URL"]} if self.redis else {}
        self.place.tell(facts, environment_settings() | self.settings | own | FLASK)
        _say(f"ready {self.url}/simulator")
        for name in ("ussd", "ussd-events", "sms", "delivery", "opt-out"):
            _say(f"  {name:<12} {hooks}/{name}")
        _say(f"  {'stand-in':<12} {self.standin}/messages")
        _say(f"  {'console':<12} {self.url}/console/  (to get in: flask staff add NAME --role admin)")
        _say(f"  {'commands':<12} . {_short(self.place.folder)}/env && {_short(Path(sys.executable))} -m flask --help")
        if keys := self.settings.get("KEYS_FILE"):
            _say(f"  {'keys':<12} {_short(Path(keys))}  (without this file nobody can read the database)")
        _say(f"  {'logs':<12} {_short(self.place.logs)}        stop: Ctrl-C")

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:  # the second time: at once
            child_processes.stop(self._all(), 0.0)
        self.stopping = True

    def _stop(self) -> None:
        self.stopping = True
        child_processes.stop([*self.children, self.prepare], STOPS_WITHIN)
        if self.redis:
            child_processes.stop([self.redis], 2.0)
        self.place.forget()


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _say(line: str) -> None:
    with suppress(BrokenPipeError):  # nobody reads our output any more; keep running
        print(line, flush=True)


@click.command()
@click.option("--port", envvar="PORT", type=click.IntRange(1, 65_534), default=8000, show_default=True)
@click.option("--standin-port", envvar="STANDIN_PORT", type=click.IntRange(1, 65_535), help="Default: PORT + 1.")
@click.option("--database-url", envvar="DATABASE_URL", default="", help="Default: a SQLite file in the folder.")
@click.option("--redis-url", envvar="REDIS_URL", default="", help="Default: our own Valkey.")
@click.option("--own-redis-url", "earlier", envvar="OWN_REDIS_URL", default="", hidden=True)
@click.option(
    "--secrets", "webhook_secrets", envvar="WEBHOOK_SECRETS", default="local", help="Secrets in the webhook addresses."
)
@click.option(
    "--no-urdu",
    "networks_without_ucs2",
    envvar="NETWORKS_WITHOUT_UCS2",
    default="41008",
    help="Networks without Urdu script.",
)
@click.option("--quiet-hours", envvar="QUIET_HOURS", default="off", help="When texts wait; never, by default.")
@click.option("--code", "service_code", envvar="SERVICE_CODE", default="*8484#", help="The USSD code.")
@click.option("--short-code", envvar="SHORT_CODE", default="8484", help="The number that people text.")
@click.option("--var", "folder", type=click.Path(path_type=Path), default=ROOT / "var", help="Where data and logs go.")
def main(port: int, standin_port: int | None, earlier: str, folder: Path, **settings: str) -> None:
    """Run everything on this machine until Ctrl-C."""
    standin_port = standin_port or port + 1
    if standin_port == port:
        raise click.ClickException(f"PORT and STANDIN_PORT are both {port}. Change STANDIN_PORT or leave it out.")
    try:
        place = Place(folder)
        patience = 8.0 if place.left else 0.0  # what a killed run left behind is just ending
        claim_port(port, "PORT", patience)
        claim_port(standin_port, "STANDIN_PORT", patience)
        named = {name.upper(): value for name, value in settings.items()}
        Launcher(place, port, standin_port, named, earlier).run()
    except (CannotRun, OSError) as error:
        raise click.ClickException(str(error)) from None


def run() -> None:
    """`main`, with every error in one line."""
    try:
        main(standalone_mode=False)
    except click.BadParameter as error:
        sys.exit(f"{error.param.envvar if error.param else ''} cannot be used: {error.message}")
    except click.ClickException as error:
        sys.exit(error.format_message())
    except click.Abort:
        sys.exit(130)


if __name__ == "__main__":
    run()
