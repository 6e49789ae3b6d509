"""Files that cannot be read or are dangerous: one clear line from each command, and nothing changed."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.translation.text_inventory import SHEETS
from gateway.cli.flows.exchange import export, import_
from gateway.exchange import xlsx
from tests.gateway.exchange.exchanging import bytes_of, copied, exported, run, taken


def spoil(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoilt(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return spoilt


def leads_out(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("code,en\n")
    (folder / "lists" / "office.csv").unlink()
    (folder / "lists" / "office.csv").symlink_to(folder.parent / "secret.csv")


def main_leads_out(folder: Path) -> None:
    (folder / "complaints.yaml").rename(folder.parent / "complaints.yaml")
    (folder / "complaints.yaml").symlink_to(folder.parent / "complaints.yaml")


FAULTS = {
    "a broken CSV": (spoil("lists/status.csv", lambda data: data + b'x,"y\n'), "lists/status.csv:23: F000"),
    "a duplicate key": (spoil("texts.yaml", lambda data: data + b"help: {en: x}\n"), "F000: it cannot be read as YAML"),
    "a tab": (
        spoil("complaints.yaml", lambda data: data.replace(b"  menu:\n", b"\tmenu:\n", 1)),
        "use spaces, not tabs",
    ),
    "50 MB": (spoil("lists/group.csv", lambda data: data + b"x" * 50_000_000), "more than 2,000,000 bytes"),
    "a link outside": (leads_out, "lists/office.csv: this link leads out of the flow's folder"),
    "the flow a link outside": (main_leads_out, "complaints.yaml: this link leads out of the flow's folder"),
    "an object": (
        spoil("texts.yaml", lambda data: data + b"x: !!python/object:os.system y\n"),
        "F000: flow files cannot have the tag",
    ),
    "UTF-16": (spoil("keywords.yaml", lambda data: data.decode().encode("utf-16")), "keywords.yaml: saved as UTF-16"),
    "a file that is not there": (lambda folder: (folder / "texts.yaml").unlink(), "F603: there is no file texts.yaml"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_flow_that_cannot_be_read_is_one_line_and_nothing_is_changed(tmp_path: Path, fault: str) -> None:
    flow = copied(tmp_path)
    workbook = exported(flow, "xlsx")
    spoilt, said = FAULTS[fault]
    spoilt(flow.parent)
    before = bytes_of(tmp_path)
    for command in (
        (export, flow, "--xlsx", tmp_path / "new.xlsx"),
        (export, flow, "--zip", tmp_path / "new.zip"),
        (import_, flow, "--xlsx", workbook),
    ):
        result = run(*command)
        assert result.exit_code == 2
        assert said in result.output
        assert result.output.count("\n") == 1
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda data: b"\xef\xbb\xbf" + data,
            "texts.yaml: a byte-order mark (BOM) ignored: this is harmless, and the file is not changed.",
        ),
        (
            lambda data: data.replace(b"\n", b"\r\n"),
            "texts.yaml: Windows line ends ignored: this is harmless, and the file is not changed.",
        ),
    ],
)
def test_what_windows_puts_into_a_file_is_one_line_and_changes_nothing(
    tmp_path: Path, change: Callable[[bytes], bytes], said: str
) -> None:
    flow = copied(tmp_path)
    spoil("texts.yaml", change)(flow.parent)
    before = bytes_of(flow.parent)
    for form in ("xlsx", "zip"):
        result = taken(flow, exported(flow, form))
        assert result.exit_code == 0
        assert said in result.output and result.output.count("\n") == 2  # and: no differences
        assert bytes_of(flow.parent) == before


@pytest.mark.parametrize("words", [(), ("--xlsx", "a.xlsx", "--zip", "a.zip")])
def test_one_of_the_two_forms_is_to_be_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    flow = copied(tmp_path)
    for command in (export, import_):
        assert run(command, flow, *words).exit_code == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not a workbook", "not readable as XLSX"),
        (b"x" * 4_000_001, "more than 4,000,000 bytes"),
        (None, "there is no such file"),
    ],
)
def test_what_is_no_workbook_is_one_line(tmp_path: Path, data: bytes | None, said: str) -> None:
    flow = copied(tmp_path)
    given = tmp_path / "given.xlsx"
    if data is not None:
        given.write_bytes(data)
    result = taken(flow, given)
    assert result.exit_code == 2 and said in result.output and result.output.count("\n") == 1


def test_a_workbook_that_declares_entities_or_is_broken_inside_is_refused(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    good = exported(flow, "xlsx")
    doctype = '<!DOCTYPE x [<!ENTITY a "b">]><x/>'
    for part, said in (
        (doctype.encode(), "declares XML entities"),
        (doctype.encode("utf-16"), "declares XML entities"),
        (b"<x", "not readable as XLSX"),
    ):
        given = tmp_path / "bad.xlsx"
        with zipfile.ZipFile(good) as old, zipfile.ZipFile(given, "w") as new:
            for name in old.namelist():
                new.writestr(name, part if name == "xl/workbook.xml" else old.read(name))
        result = taken(flow, given)
        assert result.exit_code == 2 and said in result.output and result.output.count("\n") == 1


def test_an_export_does_not_write_over_a_file_of_another_kind(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    before = bytes_of(tmp_path)
    for form in ("xlsx", "zip"):
        result = run(export, flow, f"--{form}", flow)
        assert result.exit_code == 2 and f"use a file name that ends in .{form}" in result.output
    assert bytes_of(tmp_path) == before


def test_a_workbook_whose_parts_are_larger_than_they_say_takes_no_room(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    given = exported(flow, "xlsx")
    with zipfile.ZipFile(given, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/more.xml", bytes(100_000_000))
    data = bytearray(given.read_bytes())
    at = data.rindex(b"xl/more.xml") - 46  # its entry in the directory: its checksum stands at 16, its size at 24
    data[at + 16 : at + 20], data[at + 24 : at + 28] = zlib.crc32(bytes(8)).to_bytes(4, "little"), b"\x08\0\0\0"
    tracemalloc.start()
    assert xlsx.read_workbook(bytes(data), "given.xlsx", "complaints").keys() == {*SHEETS}
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000


def test_a_workbook_with_a_range_merged_to_its_end_is_read_at_once(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    good, given = exported(flow, "xlsx"), tmp_path / "merged.xlsx"
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="J1:XFD1048576"/></mergeCells>'
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(given, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</sheetData>", merged))
    began = time.thread_time()
    assert taken(flow, given).output.endswith("no differences, nothing was changed.\n")
    assert time.thread_time() - began < 10


def test_an_export_into_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    for parent in ("none", "line/complaints.yaml"):
        result = run(export, flow, "--zip", tmp_path / parent / "out.zip")
        assert result.exit_code == 2 and result.output.count("\n") == 1
        assert f"there is no folder {tmp_path / parent}: create it first, or name another." in result.output


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_an_export_does_not_write_over_a_file_unless_it_is_told_to(tmp_path: Path, form: str) -> None:
    flow, out = copied(tmp_path), tmp_path / f"out.{form}"
    out.write_bytes(b"weeks of a translator's work")
    refused = run(export, flow, f"--{form}", out)
    assert refused.exit_code == 2 and refused.output.count("\n") == 1
    assert "already exists: name another file, or overwrite it with --force." in refused.output
    assert out.read_bytes() == b"weeks of a translator's work"
    assert run(export, flow, f"--{form}", out, "--force").exit_code == 0
    assert out.read_bytes().startswith(b"PK")


def test_an_export_into_a_file_of_another_kind_is_one_line(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    before = flow.read_bytes()
    for form, name in (("xlsx", "words.csv"), ("zip", "line/complaints.yaml")):
        result = run(export, flow, f"--{form}", tmp_path / name, "--force")
        assert result.exit_code == 2 and f"use a file name that ends in .{form}" in result.output
        assert result.output.count("\n") == 1
    assert flow.read_bytes() == before and not (tmp_path / "words.csv").exists()
