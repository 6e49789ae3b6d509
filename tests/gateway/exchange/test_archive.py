"""A whole flow as one zip: it comes back as it went, and nothing in a zip is trusted."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from gateway.exchange import archive
from tests.gateway.exchange.exchanging import FLOWS, bytes_of, copied, exported, taken


@pytest.mark.parametrize("name", FLOWS)
def test_what_was_exported_comes_back_without_a_byte_changed(tmp_path: Path, name: str) -> None:
    flow = copied(tmp_path, name)
    before = bytes_of(flow.parent)
    given = exported(flow, "zip")
    result = taken(flow, given)
    assert (result.exit_code, result.output) == (0, f"{flow}: no differences, nothing was changed.\n")
    assert bytes_of(flow.parent) == before
    elsewhere = tmp_path / "elsewhere" / name
    assert taken(elsewhere, given).exit_code == 0
    there = bytes_of(elsewhere.parent)
    assert there == {name: data for name, data in before.items() if name in there}
    assert exported(elsewhere, "zip").read_bytes() == given.read_bytes()


def test_a_flow_goes_with_its_lists_texts_keywords_and_scripted_calls_only(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    (flow.parent / "other.yaml").write_text("flow: other\n")
    (flow.parent / "transcripts" / "other.yaml").write_text("test: Another line\nflow: other\n")
    names = zipfile.ZipFile(exported(flow, "zip")).namelist()
    assert {"complaints.yaml", "texts.yaml", "keywords.yaml", "lists/office.csv", "transcripts/remind_ur.yaml"} <= {
        *names
    }
    assert "other.yaml" not in names and "transcripts/other.yaml" not in names and "README.md" not in names


def test_the_working_days_of_a_flow_go_with_it(tmp_path: Path) -> None:
    flow = copied(tmp_path, "survey.yaml")
    flow.write_text(flow.read_text(encoding="utf-8").replace("title:", "calendar: calendar.yaml\ntitle:", 1), "utf-8")
    given = exported(flow, "zip")
    assert "calendar.yaml" in zipfile.ZipFile(given).namelist()
    assert taken(flow, given).exit_code == 0


def test_what_changes_is_shown_before_it_is_written(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    given = exported(flow, "zip")
    table = flow.parent / "lists" / "group.csv"
    table.write_text(table.read_text(encoding="utf-8") + "extra,Extra,Extra,مزید,\n", encoding="utf-8")
    spoilt = bytes_of(flow.parent)
    shown = taken(flow, given, "--dry-run").output
    assert "-extra,Extra,Extra,مزید," in shown
    assert "lists/group.csv: codes gone: extra. Complaints may use them" in shown
    assert f"Would change {table.as_posix()}. Nothing was changed." in shown
    assert bytes_of(flow.parent) == spoilt
    assert f"Changed {table.as_posix()}." in taken(flow, given).output
    assert "extra" not in table.read_text(encoding="utf-8")


def packed(tmp_path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes], main: bytes = b"") -> Path:
    out = tmp_path / "given.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("complaints.yaml", main or (tmp_path / "line" / "complaints.yaml").read_bytes())
        for name, data in entries:
            made.writestr(name, data)
    return out


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("../outside.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("/etc/outside.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("lists/../../outside.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("..\\outside.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("C:/outside.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("lists//x.csv", b"code,en\n", "is not a valid name in a flow"),
        (".hidden.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("run.sh", b"rm\n", "is not a valid name in a flow"),
        ("a\x1b[31m.yaml", b"a: 1\n", "is not a valid name in a flow"),
        ("COMPLAINTS.yaml", b"a: 1\n", "is in it twice"),
        (link("lists/secret.csv"), b"/etc/passwd", "is a link"),
        ("lists/big.csv", b"x" * 2_000_001, "more than 2,000,000 bytes"),
        ("lists/wide.csv", b"\xff\xfec\x00", "saved as UTF-16"),
        ("new.yaml", b"a: !!python/object:os.system x\n", "new.yaml:1: F000: flow files cannot have the tag"),
        ("new.yaml", b"a: 1\na: 2\n", "new.yaml:2: F000: it cannot be read as YAML"),
    ],
)
def test_a_doubtful_entry_is_one_line_and_nothing_is_written(
    tmp_path: Path, name: str | zipfile.ZipInfo, data: bytes, said: str
) -> None:
    flow = copied(tmp_path)
    before = bytes_of(tmp_path)
    given = packed(tmp_path, (name, data))
    result = taken(flow, given)
    assert result.exit_code == 2
    assert said in result.output and result.output.count("\n") == 1 and "\x1b" not in result.output
    given.unlink()
    assert bytes_of(tmp_path) == before


def test_a_folder_that_is_a_link_to_elsewhere_is_not_written_through(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    (tmp_path / "outside").mkdir()
    given = packed(tmp_path, ("more/x.csv", b"code,en\n"))
    (flow.parent / "more").symlink_to(tmp_path / "outside")
    result = taken(flow, given)
    assert result.exit_code == 2 and "more/x.csv: this link leads out of the flow's folder" in result.output
    assert not list((tmp_path / "outside").iterdir())


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    entries = [(f"lists/{at}.csv", b"x" * 1_900_000) for at in range(5)]
    result = taken(flow, packed(tmp_path, *entries))
    assert result.exit_code == 2 and "more than 8,000,000 bytes when unpacked" in result.output


def test_an_entry_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    data = bytearray(packed(tmp_path, ("lists/x.csv", b"code,en\n" * 1000)).read_bytes())
    at = data.rindex(b"lists/x.csv") - 46  # its entry in the directory at the end; the size stands at 24
    data[at + 24 : at + 28] = (8).to_bytes(4, "little")
    given = tmp_path / "lying.zip"
    given.write_bytes(data)
    result = taken(flow, given)
    assert result.exit_code == 2 and "not readable as a zip" in result.output


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"x" * 100])
def test_what_is_no_zip_is_one_line(tmp_path: Path, data: bytes) -> None:
    flow = copied(tmp_path)
    given = tmp_path / "given.zip"
    given.write_bytes(data)
    result = taken(flow, given)
    assert result.exit_code == 2 and "not readable as a zip: it is" in result.output and result.output.count("\n") == 1


def test_another_flow_does_not_replace_this_one(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    main = flow.read_bytes().replace(b"flow: complaints", b"flow: other", 1)
    names = [
        name for name in bytes_of(flow.parent) if name.startswith("lists/") or name in ("texts.yaml", "keywords.yaml")
    ]
    given = packed(tmp_path, *((name, (flow.parent / name).read_bytes()) for name in names), main=main)
    assert "it contains the flow other" in taken(flow, given).output
    renamed = flow.with_name("mine.yaml")
    assert "it has no mine.yaml; it contains complaints.yaml, keywords.yaml" in taken(renamed, given).output


def test_an_archive_does_not_bring_files_of_other_flows(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    before = bytes_of(flow.parent)
    entries = [
        (name, data)
        for name, data in before.items()
        if name.startswith("lists/") and not any(word in name for word in ("lesco", "service", "common", "city"))
    ]
    entries += [(name, before[name]) for name in ("texts.yaml", "keywords.yaml")]
    result = taken(flow, packed(tmp_path, *entries, ("survey.yaml", b"flow: survey\n")))
    assert result.exit_code == 2
    assert "survey.yaml is not a file of the flow complaints: remove it." in result.output
    assert bytes_of(flow.parent) == before


def test_an_archive_without_a_file_that_the_flow_names_is_refused(tmp_path: Path) -> None:
    flow = copied(tmp_path)
    result = taken(flow, packed(tmp_path))
    assert result.exit_code == 2 and "F603" in result.output and result.output.count("\n") == 1


def test_the_same_files_always_make_the_same_archive() -> None:
    files = {"b.yaml": b"b: 1\n", "a.yaml": b"a: 1\n"}
    assert archive.pack(files) == archive.pack(dict(reversed(files.items())))
    assert archive.unpack(archive.pack(files), "x.zip") == files
    assert zipfile.ZipFile(io.BytesIO(archive.pack(files))).namelist() == ["a.yaml", "b.yaml"]
