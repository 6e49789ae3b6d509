"""A wheel and a source distribution of what git knows, and the wheel installed where no checkout is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNTRACKED = (
    "gateway/console/templates/mine.html",
    "flows/library/backup.yaml",
    "docs/notes.md",
    "build/lib/flows/old.py",
)


@dataclass(frozen=True, slots=True)
class Built:
    """The two files of a release, and what was printed while they were built."""

    wheel: Path
    source: Path
    said: str


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that has Sunwai from its wheel only, and an empty folder to work in."""

    python: Path
    folder: Path

    def command(self, *words: str) -> list[str]:
        return [str(self.python.parent / "sunwai"), *words]

    def environment(self, **settings: str) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **settings}

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=120,
        )


def tracked(*under: str) -> list[str]:
    """The files that git knows or would add, and that are there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *under]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What `make dist` builds in a copy of ours, with UNTRACKED and what an earlier build left beside the sources."""
    copy = tmp_path_factory.mktemp("sources")
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "-A"], cwd=copy, check=True)
    for name in UNTRACKED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("nobody added this to git\n")
    command = ["make", "-o", ".venv/.dev", "dist", f"PY={sys.executable}"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # it warns
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (source,) = (copy / "dist").glob("*.whl"), (copy / "dist").glob("*.tar.gz")
    return Built(wheel, source, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own. What it needs comes from ours by a path file, so no index is asked."""
    where, folder = tmp_path_factory.mktemp("installed"), tmp_path_factory.mktemp("empty")
    venv.create(where, with_pip=True)
    python = where / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*command, str(built.wheel)], check=True, timeout=300)
    found = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (Path(found) / "beside.pth").write_text("".join(f"{path}\n" for path in sorted(paths)))
    return Installed(python, folder)
