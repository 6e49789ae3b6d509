"""Plant, check as an operator does (`flask flows check`, in this process), and compare with the findings before."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner
from msgspec import Struct

from gateway.cli.flows.check import check
from tests.planted_faults.plants import Plant, base_folder, changed_texts, main_file, places

TOLD = "EW"  # what stops a publication: a note does not
NAMED = re.compile(r"(?P<file>[\w./-]+\.(?:yaml|csv)):(?P<line>\d+)")
LINE = re.compile(r"(?:Error: )?(?P<file>[^\s:]+):(?P<line>\d+)?:? ?(?P<message>.*)")


class Finding(Struct, frozen=True):
    """One line of `flask flows check`, with the name of its file beside the flow."""

    code: str
    severity: str
    file: str
    line: int
    screen: str
    language: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code} {self.screen}[{self.language}]: {self.message}"


class Outcome(Struct, frozen=True):
    """What the check said of a plant that it did not say without it."""

    plant: Plant
    findings: tuple[Finding, ...]
    right: tuple[Finding, ...]
    named: tuple[Finding, ...] = ()
    crash: str = ""

    @property
    def is_found(self) -> bool:
        """True if an error or a warning is new."""
        return any(each.severity in TOLD for each in self.findings)

    @property
    def is_right(self) -> bool:
        """True if one of them points at an accepted place."""
        return any(each.severity in TOLD for each in self.right)

    @property
    def is_named(self) -> bool:
        """True if one of them points at an accepted place, or names one in its words."""
        return self.is_right or any(each.severity in TOLD for each in self.named)


class Bench:
    """Copies of the flows that are planted in, and what the check says of each without a plant."""

    def __init__(self, folders: Sequence[Path], room: Path) -> None:
        self._folders = folders
        self._room = room
        self._before: dict[tuple[str, str, bool], list[Finding]] = {}
        self._copies: dict[str, Path] = {}

    def copy(self, name: str) -> Path:
        """The copy of a flow's folder."""
        if name not in self._copies:
            self._copies[name] = Path(shutil.copytree(base_folder(name, self._folders), self._room / name / "now"))
            shutil.copytree(self._copies[name], self._room / name / "before")
        return self._copies[name]

    def findings(self, name: str, flow: str, *, before: bool) -> list[Finding]:
        """What the check says of a copy as it is."""
        copy = self.copy(name)
        earlier = ["--before", str(copy.parent / "before" / flow)] if before else []
        return _checked(copy, flow, earlier)

    def untouched(self, name: str, flow: str, *, before: bool = False) -> list[Finding]:
        """The same without any plant, once."""
        key = (name, flow, before)
        if key not in self._before:
            self._before[key] = self.findings(name, flow, before=before)
        return self._before[key]

    def trial(self, plant: Plant) -> Outcome:
        """Plant it, check, and put everything back. Raises WrongPlantError."""
        base = self.copy(plant.base)
        before = plant.before or not plant.is_fault
        earlier = self.untouched(plant.base, plant.flow, before=before)
        texts = changed_texts(plant, base)
        accepted = places(plant, base, texts)
        old = {name: (base / name).read_text(encoding="utf-8") for name in texts}
        try:
            for name, text in texts.items():
                (base / name).write_text(text, encoding="utf-8")
            found = self.findings(plant.base, plant.flow, before=before)
        except CrashError as error:
            return Outcome(plant, (), (), crash=str(error))
        finally:
            for name, text in old.items():
                (base / name).write_text(text, encoding="utf-8")
        new = tuple(_new(found, earlier, old, texts))
        right = tuple(each for each in new if each.line in accepted.get(each.file, ()))
        return Outcome(plant, new, right, tuple(each for each in new if _names(each, accepted)))

    def flow(self, name: str) -> list[Finding]:
        """What the check says of a whole flow."""
        return self.untouched(name, main_file(self.copy(name)))


class CrashError(Exception):
    """The check ended with a traceback."""


@contextmanager
def open_bench(folders: Sequence[Path]) -> Iterator[Bench]:
    """A bench with a folder of its own."""
    with tempfile.TemporaryDirectory() as room:
        yield Bench(folders, Path(room))


def _checked(folder: Path, flow: str, more: list[str]) -> list[Finding]:
    result = CliRunner().invoke(check, [str(folder / flow), "--format", "json", *more])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise CrashError(repr(result.exception)[:300])
    try:
        told = json.loads(result.stdout)
    except ValueError:
        return [_unreadable(folder, flow, result.output)]
    return [
        Finding(
            each["code"],
            each["severity"],
            _beside(folder, each["file"]),
            each["line"],
            each["screen"],
            each["language"],
            each["message"],
        )
        for each in told
    ]


def _unreadable(folder: Path, flow: str, output: str) -> Finding:
    line = next((found for each in output.splitlines() if (found := LINE.match(each))), None)
    if line is None:
        return Finding("", "E", flow, 0, "", "", output.strip()[:200])
    return Finding("", "E", _beside(folder, line["file"]), int(line["line"] or 0), "", "", line["message"])


def _names(finding: Finding, accepted: dict[str, set[int]]) -> bool:
    return any(int(each["line"]) in accepted.get(each["file"], ()) for each in NAMED.finditer(finding.message))


def _beside(folder: Path, file: str) -> str:
    return Path(file).relative_to(folder).as_posix() if Path(file).is_relative_to(folder) else file


def _new(found: list[Finding], earlier: list[Finding], old: dict[str, str], texts: dict[str, str]) -> Iterator[Finding]:
    moved = {name: _moves(old[name].splitlines(), texts[name].splitlines()) for name in texts}
    known = Counter(_key(each, moved.get(each.file, {}).get(each.line, each.line)) for each in earlier)
    for each in found:
        key = _key(each, each.line)
        if known[key]:
            known[key] -= 1
        else:
            yield each


def _key(each: Finding, line: int) -> tuple[str, str, str, int, str, str]:
    return each.code, each.severity, each.file, line, each.screen, each.language


def _moves(old: list[str], new: list[str]) -> dict[int, int]:
    """Old line -> the line where it is now, or where what it became begins."""
    moves: dict[int, int] = {}
    for kind, begin, end, start, _ in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for at in range(begin, end):
            moves[at + 1] = start + 1 + (at - begin if kind in ("equal", "replace") else 0)
    return moves
