"""What cannot be used is told in one line."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.endpoints.application import Sunwai
from gateway.settings.config import DEVELOPMENT, Config
from tests.gateway.operating import publish, run
from tests.servers import Valkey
from tests.sessions.filing import LIBRARY


def test_files_that_cannot_be_used_are_one_line(
    app: Sunwai, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(app, LIBRARY)
    there = run(app, "flows", "show", "1", "--to", flow / "below")
    assert there.exit_code == 2
    assert "cannot be written" in there.output
    assert run(app, "flows", "check", f"{'long' * 70}.yaml").exit_code == 2
    (tmp_path / "empty.yaml").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "There is no flow file in this folder" in run(app, "flows", "test").output


def test_what_is_given_in_the_place_of_a_flow_is_told_from_it(app: Sunwai, flow: Path) -> None:
    folder = flow.parent
    for other in ("by_text", "power_cut", "survey"):
        folder.joinpath(f"{other}.yaml").unlink()
    assert run(app, "flows", "check", folder).output == run(app, "flows", "check", flow).output
    for name, what in (
        ("lists/group.csv", "a list"), ("texts.yaml", "a file without screens"),
        ("transcripts/remind_ur.yaml", "a scripted call"),
    ):  # fmt: skip
        command = "graph" if name == "texts.yaml" else "check"  # texts are checked, with the flows that name them
        told = run(app, "flows", command, folder / name)
        assert (told.exit_code, told.output) == (
            2,
            f"Error: {folder / name}: this is {what}, not a flow; give {flow}.\n",
        )
    shutil.copy(flow, folder / "second.yaml")
    several = run(app, "flows", "publish", folder, "--message", "x")
    assert several.exit_code == 2
    assert f"has several flows: name one of {flow}, {folder / 'second.yaml'}.\n" in several.output
    assert "has no flow file" in run(app, "flows", "check", folder / "lists").output


def test_a_folder_that_cannot_be_read_is_one_line(app: Sunwai, flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def locked(path: str) -> object:
        if Path(path).name == "lists":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    told = run(app, "flows", "check", flow)
    assert told.exit_code == 2
    assert told.output == f"Error: {flow.parent / 'lists'}: this folder cannot be read: Permission denied.\n"


def test_a_database_that_may_only_be_read_is_one_line(app: Sunwai, sqlite_url: str, valkey: Valkey) -> None:
    publish(app, LIBRARY)
    url = f"sqlite:///file:{sqlite_url.removeprefix('sqlite:///')}?mode=ro&uri=true"
    reader = create_app(Config(environment=DEVELOPMENT, database_url=url, redis_url=valkey.url))
    told = run(reader, "flows", "route", "*8484#", "complaints")
    reader.close()
    assert told.exit_code == 1
    assert told.output.startswith("Error: The database is read-only from here. Nothing was changed")
    assert told.output.count("\n") == 1


def test_files_are_named_with_the_folder_they_stand_in(
    app: Sunwai, flow: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = Path("line/lists/group.csv")
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    passed = "line/lists/group.csv: a byte-order mark (BOM) ignored: this is harmless, and the file is not changed.\n"
    assert run(app, "flows", "check", "line/complaints.yaml").output.startswith(passed)
    assert run(app, "flows", "export", "line/complaints.yaml", "--zip", "line.zip").exit_code == 0
    table.write_bytes(table.read_bytes() + b"new,New,Naya,\xd9\x86\xdb\x8c\xd8\xa7\n")
    imported = run(app, "flows", "import", "line/complaints.yaml", "--zip", "line.zip")
    assert "Changed line/lists/group.csv. Now: flask flows check line/complaints.yaml\n" in imported.output
    Path("line/other.yaml").symlink_to(tmp_path / "x.yaml")
    Path("x.yaml").write_text("a: b\n", encoding="utf-8")
    told = run(app, "flows", "check", "line/complaints.yaml")
    assert told.output.startswith("Error: line/other.yaml: this link leads out of the flow's folder")
    Path("line/other.yaml").unlink()
    flow.write_text("screens: [\n", encoding="utf-8")
    told = run(app, "flows", "translated", "line/complaints.yaml")
    assert told.output.splitlines()[-1].startswith("Error: line/complaints.yaml:1: F000")
