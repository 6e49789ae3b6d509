"""What is installed from the wheel is whole, and works from an empty folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

import gateway
from gateway.development.processes.run_folder import free_ports
from tests.package.conftest import ROOT, UNTRACKED, Built, Installed, tracked

PACKAGES = ("gateway", "sessions", "flows", "storage")
TIP = "There are .env files present"


def test_the_wheel_holds_every_file_of_the_four_packages_and_nothing_else(built: Built) -> None:
    names = set(zipfile.ZipFile(built.wheel).namelist())
    ours = {name for name in names if ".dist-info/" not in name}
    assert ours == set(tracked(*PACKAGES))
    licences = {name.partition(".dist-info/licenses/")[2] for name in names} - {""}
    assert licences == {
        "LICENSE",
        "NOTICE",
        "gateway/console/static/LICENCES.md",
        "gateway/console/static/fonts/OFL.txt",
    }


def test_the_source_distribution_holds_what_a_build_needs_and_no_tests(built: Built) -> None:
    with tarfile.open(built.source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames() if archive.getmember(name).isfile()}
    assert set(tracked(*PACKAGES, "docs")) <= names
    assert {"pyproject.toml", "requirements.txt", "requirements.lock", "LICENSE", "README.md", "wsgi.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "var/", ".venv/"))]


def test_a_release_has_no_file_that_git_does_not_track(built: Built) -> None:
    with tarfile.open(built.source) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()} | set(zipfile.ZipFile(built.wheel).namelist())
    assert not packed & {*UNTRACKED, "flows/old.py"}


def test_building_warns_of_nothing_and_the_index_would_take_it(built: Built) -> None:
    warned = re.findall(r"(?im)^.*(?:warning|deprecat).*$", built.said)
    assert not [line for line in warned if "no previously-included" not in line]  # tests are left out where none are
    command = [sys.executable, "-m", "twine", "check", "--strict", str(built.wheel), str(built.source)]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_version_is_told_in_one_place(built: Built, installed: Installed) -> None:
    assert f"sunwai-{gateway.__version__}-" in built.wheel.name
    assert installed.run("--version").stdout == f"sunwai {gateway.__version__}\n"


def test_help_lists_every_command_without_any_setting(installed: Installed) -> None:
    said = installed.run("--help")
    assert said.returncode == 0, said.stderr
    listed = set(re.findall(r"^  ([a-z][a-z-]+)", said.stdout.split("Commands:")[1], re.MULTILINE))
    assert listed >= {"flows", "complaints", "staff", "offices", "texts", "sms", "worker", "sweep", "migrate"}
    assert listed >= {"run", "demo", "demo-story", "demo-data", "simulate"}


@pytest.mark.parametrize("name", [".env", ".flaskenv"])
def test_no_command_gives_a_tip_about_env_files(installed: Installed, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("ENVIRONMENT=production\n")
    settings = installed.environment(ENVIRONMENT="development", DATABASE_URL=f"sqlite:///{tmp_path / 'sunwai.db'}")
    for words in (["--version"], ["--help"], ["migrate"], ["flows", "list"]):
        done = subprocess.run(
            installed.command(*words), cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert TIP not in done.stdout + done.stderr


def test_flask_gives_none_either_where_the_settings_of_a_run_or_of_the_example_were_read(tmp_path: Path) -> None:
    """`flask` looks for the file before it knows of us: only its own setting keeps it from that."""
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text("utf-8"))
    script = 'set -a; . ./.env; set +a; exec "$0" -m flask --app gateway.wsgi migrate'
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", script, sys.executable], cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=120
    )
    assert TIP not in done.stdout + done.stderr


def eventually(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_a_complaint_is_filed_and_answered_from_an_empty_folder(installed: Installed) -> None:
    script = "import flows, gateway, sessions, storage; print(flows.__file__, gateway.__file__, storage.__file__)"
    found = subprocess.run(
        [str(installed.python), "-P", "-c", script],
        cwd=installed.folder,
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(Path(each).is_relative_to(installed.python.parents[1]) for each in found.stdout.split())

    web, standin = free_ports(2)
    started = subprocess.Popen(
        installed.command("run"),
        cwd=installed.folder,
        env=installed.environment(PORT=str(web), STANDIN_PORT=str(standin)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert started.stdout is not None
        assert started.stdout.readline() == f"ready http://127.0.0.1:{web}/simulator\n"
        number = _file(f"http://127.0.0.1:{web}")
        inbox = f"http://127.0.0.1:{standin}/messages"
        assert eventually(lambda: number in requests.get(inbox, {"to": "+923331234567"}, timeout=5).text, 30)
        for page in ("simulator", "simulator/static/page.js", "console/sign-in", "console/static/console.css"):
            assert requests.get(f"http://127.0.0.1:{web}/{page}", timeout=20).status_code == 200, page
        for program in (installed.command(), [str(installed.python), "-m", "flask"]):
            words = [*program, "complaints", "show", number]
            shown = subprocess.run(
                ["sh", "-c", '. var/env && exec "$0" "$@"', *words],
                cwd=installed.folder,
                env=installed.environment(),
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert number in shown.stdout, shown.stderr
        family = psutil.Process(started.pid).children(recursive=True)
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(timeout=20)
    assert started.returncode == 0
    assert psutil.wait_procs(family, timeout=10)[1] == []
    assert {each.name for each in installed.folder.iterdir()} == {"var"}
    assert not (installed.python.parents[1] / "var").exists()


def _file(url: str) -> str:
    """Dials and files a complaint, as an aggregator would; its number."""
    typed, answer = "", ""
    for entry in ("", "1", "1", "1", "1", "lahor", "Gali 4 Shadbagh mein 3 din se pani nahi", "1"):
        typed = f"{typed}*{entry}".strip("*")
        hop = {"sessionId": "wheel-1", "serviceCode": "*8484#", "networkCode": "41001", "text": typed}
        answer = requests.post(
            f"{url}/hooks/africastalking/local/ussd", {**hop, "phoneNumber": "+923331234567"}, timeout=20
        ).text
    found = re.search(r"END Darj:.*?(\d{3}-\d{3}-\d{3})", answer, re.DOTALL)
    assert found is not None, answer
    return found[1]
