"""A machine for docs/operators/production.md: its files in a folder, its ports free ones, its servers real.

What only root may do is imitated: packages, users, owners of files, and systemd, of which `systemctl` here starts and
stops what the units say. `python -m tests.deploy.machine systemctl …` is that command; it keeps pids in a folder.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.sentinels import redis_program
from tests.servers import PostgreSQL, free_port

ROOT = Path(__file__).parents[2]
FOLDERS = (
    *("/opt/sunwai", "/etc/sunwai", "/etc/systemd", "/etc/nginx", "/etc/prometheus", "/etc/redis", "/var/lib/sunwai"),
    *("/var/backups", "/var/log/nginx", "/usr/local/bin/sunwai"),
)
STOPS_WITHIN = 12.0  # seconds; the units say ten
SHIMS = {
    "apt-get": "exit 0",
    "useradd": "exit 0",
    "runuser": 'user=$2; shift 3; [ "$user" = postgres ] && export PGUSER=postgres; exec "$@"',
    "install": 'args=(); while [ $# -gt 0 ]; do case $1 in -o|-g) shift;; *) args+=("$1");; esac; shift; done\n'
    'exec {real_install} "${args[@]}"',
    "python3": '[ "$1 $2" = "-m venv" ] || exit 1; mkdir -p "$3/bin"; cp {shims}/pip "$3/bin/pip"; '
    'cp {shims}/program "$3/bin/sunwai"',
    "pip": 'for word in "$@"; do case $word in *.lock|.) [ -e "$word" ] || exit 1;; esac; done',
    "program": 'cd {root} && exec {python} -m gateway "$@"',
    "systemctl": 'cd {root} && exec {python} -m tests.deploy.machine {folder}/machine.json "$@"',
    "nginx": 'cd {root} && exec {python} -m tests.deploy.machine {folder}/machine.json nginx "$@"',
}
NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/log/own.log crit;
pid {folder}/nginx.pid;
{user}
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/etc/nginx/conf.d/*.conf;
    include {folder}/etc/nginx/sites-enabled/*;
}}
"""


DEBIAN_SITE = "server { listen 80 default_server; root /var/www/html; }"  # there as soon as nginx is installed


class Machine:
    """The machine and the shell on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgresql = PostgreSQL()
        self.ports = {name: free_port() for name in ("443", "80", "6379", "8000", "8001", "8002")}
        for name in (
            "etc/systemd/system",
            "etc/nginx/conf.d",
            "etc/nginx/sites-enabled",
            "opt",
            "etc/redis",
            "var/lib",
            "usr/local/bin",
            "var/log/nginx",
            "shims",
            "log",
            "run",
        ):
            (folder / name).mkdir(parents=True)
        (folder / "etc/redis/redis.conf").touch()
        (folder / "etc/nginx/sites-enabled/default").write_text(self.moved(DEBIAN_SITE))
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
        facts = {"folder": str(folder), "redis": redis_program(), "redis port": self.ports["6379"]}
        (folder / "machine.json").write_text(json.dumps(facts))
        names = {"root": ROOT, "python": sys.executable, "folder": folder, "shims": folder / "shims",
                 "real_install": shutil.which("install")}  # fmt: skip
        for name, text in SHIMS.items():
            for key, value in names.items():
                text = text.replace(f"{{{key}}}", str(value))
            (folder / "shims" / name).write_text(f"#!/bin/bash\n{text}\n")
            (folder / "shims" / name).chmod(0o755)
        self.checkout = folder / "checkout"
        self.checkout.mkdir()
        for name in ("flows", "docs", "requirements.lock"):
            (self.checkout / name).symlink_to(ROOT / name)
        for path in sorted((ROOT / "deploy").rglob("*")):
            if path.is_file():
                here = self.checkout / path.relative_to(ROOT)
                here.parent.mkdir(parents=True, exist_ok=True)
                here.write_text(self.moved(path.read_text("utf-8")), "utf-8")

    @property
    def socket(self) -> str:
        """The folder of PostgreSQL's socket."""
        return str(re.search(r"host=([^&]+)", self.postgresql.url("postgres").replace("%2F", "/"))[1])  # type: ignore[index]  # it is always there

    def moved(self, text: str) -> str:
        """A file or a command with the paths and ports of this machine."""
        for path in FOLDERS:
            text = text.replace(path, f"{self.folder}{path}")
        for port in ("8000", "8001", "8002", "6379"):
            text = re.sub(rf"(?<![0-9]){port}(?![0-9])", str(self.ports[port]), text)
        text = re.sub(r"listen (443|80)\b", lambda found: f"listen 127.0.0.1:{self.ports[found[1]]}", text)
        text = text.replace("sunwai.example.org:443:", f"sunwai.example.org:{self.ports['443']}:")
        text = re.sub(
            r"https://sunwai\.example\.org/(?=[a-z])", f"https://sunwai.example.org:{self.ports['443']}/", text
        )
        return text.replace("@127.0.0.1/sunwai", f"@/sunwai?host={self.socket}")

    def run(self, commands: str, timeout: float) -> subprocess.CompletedProcess[str]:
        """What a shell said and returned."""
        environ = {
            "PATH": f"{self.folder}/shims:{self.folder}/usr/local/bin:{self.postgresql.programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PGHOST": self.socket,
            "LANG": "C.UTF-8",
        }
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail"], input=self.moved(commands), cwd=self.checkout, env=environ,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def stop(self) -> None:
        """End every process that was started here."""
        units = Units(self.folder)
        for name in units.running():
            units.stop(name)
        self.postgresql.stop()


class Units:
    """What `systemctl` does here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        facts = json.loads((folder / "machine.json").read_text())
        self._own = {
            "redis-server": [facts["redis"], str(folder / "etc/redis/redis.conf"), "--port", str(facts["redis port"]),
                             "--dir", str(folder / "run")],
            "nginx": [
                str(shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")), "-c", str(folder / "nginx.conf")
            ],
        }  # fmt: skip

    def running(self) -> list[str]:
        """The names of what was started and not stopped."""
        return [path.stem for path in (self._folder / "run").glob("*.pid")]

    def expand(self, name: str) -> list[str]:
        """A target is what it wants."""
        if not name.endswith(".target"):
            return [name.removesuffix(".service")]
        wants = self._settings(self._units / name)["Wants"]
        return [each.removesuffix(".service") for each in wants[0].split()]

    def start(self, name: str) -> None:
        """Start what the unit says, as it says."""
        environ = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        command = self._own.get(name)
        if command is None:
            head, at, instance = name.partition("@")
            unit = self._settings(self._units / f"{head}{at}.service")
            command = shlex.split(unit["ExecStart"][0].replace("%i", instance))
            for file in unit["EnvironmentFile"]:
                environ |= dict(line.split("=", 1) for line in Path(file).read_text().splitlines() if "=" in line)
        with (self._folder / "log" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        (self._folder / "run" / f"{name}.pid").write_text(str(process.pid))

    def stop(self, name: str) -> None:
        """End it as systemd does: it is killed if it takes longer than its unit allows."""
        file = self._folder / "run" / f"{name}.pid"
        if not file.exists():
            return
        pid = int(file.read_text())
        deadline = time.monotonic() + STOPS_WITHIN
        try:
            os.kill(pid, signal.SIGTERM)
            while _is_alive(pid):
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                    raise SystemExit(f"{name} did not end in {STOPS_WITHIN:.0f} s")
                time.sleep(0.02)
        except ProcessLookupError:
            pass
        file.unlink()

    @property
    def _units(self) -> Path:
        return self._folder / "etc/systemd/system"

    def _settings(self, unit: Path) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for line in unit.read_text("utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(name, []).append(value)
        return found


def _is_alive(pid: int) -> bool:
    """Whether it still runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main(file: str, *words: str) -> None:
    """`systemctl` or `nginx -t` on the machine that this file describes."""
    units = Units(Path(file).parent)
    if words[0] == "nginx":
        command = [*units._own["nginx"], *words[1:]]
        raise SystemExit(subprocess.run(command, check=False).returncode)
    names = [name for word in words[1:] if not word.startswith("-") for name in units.expand(word)]
    for name in names:
        if words[0] in ("stop", "restart", "reload"):
            units.stop(name)
        if words[0] in ("enable", "start", "restart", "reload"):
            units.start(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
