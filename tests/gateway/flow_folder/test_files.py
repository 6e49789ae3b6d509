from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.flow_folder.files import LARGEST, FlowFileError, read_flow, write_all


def folder(tmp_path: Path, **files: bytes) -> Path:
    (tmp_path / "flow").mkdir()
    main = tmp_path / "flow" / "line.yaml"
    main.write_bytes(files.pop("main", b"flow: line\n"))
    for name, data in files.items():
        (main.parent / f"{name}.csv").write_bytes(data)
    return main


def test_a_flow_is_read_with_everything_below_its_folder(tmp_path: Path) -> None:
    main = folder(tmp_path, district=b"code,en\n")
    (main.parent / "lists").mkdir()
    (main.parent / "lists" / "category.csv").write_text("code,ur\npani,پانی\n", encoding="utf-8")
    (main.parent / "notes.txt").write_text("not a part of it")
    (main.parent / ".hidden.yaml").write_text("nor this")
    files, name = read_flow(main)
    assert name == "line.yaml"
    assert sorted(files) == ["district.csv", "line.yaml", "lists/category.csv"]
    assert "پانی" in files["lists/category.csv"]


def test_what_spreadsheets_put_around_text_is_left_out(tmp_path: Path) -> None:
    told: list[str] = []
    main = folder(tmp_path, list=b"\xef\xbb\xbfcode,en\r\npani,Water\r\n")
    files, _ = read_flow(main, told.append)
    assert files["list.csv"] == "code,en\npani,Water\n"
    (line,) = told
    said = "a byte-order mark (BOM) and Windows line ends ignored: this is harmless, and the file is not changed."
    assert line == f"{main.parent.as_posix()}/list.csv: {said}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfec\x00o\x00", "list.csv: saved as UTF-16"),
        (b"code,en\npani,Wat\xe9r\n", "list.csv:2: not UTF-8"),
        (b"x" * (LARGEST + 1), "list.csv: more than 2,000,000 bytes"),
    ],
)
def test_a_file_that_is_no_plain_text_is_refused_in_one_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(FlowFileError, match=said) as raised:
        read_flow(folder(tmp_path, list=data))
    assert "\n" not in str(raised.value)


def test_a_flow_file_that_is_itself_a_link_to_elsewhere_is_refused(tmp_path: Path) -> None:
    main = folder(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "line.yaml").symlink_to(main)
    with pytest.raises(FlowFileError, match=r"line\.yaml: this link leads out"):
        read_flow(elsewhere / "line.yaml")


def test_files_are_written_all_or_none(tmp_path: Path) -> None:
    main = folder(tmp_path, list=b"code,en\n")
    with pytest.raises(FlowFileError, match="cannot be written"):
        write_all(main.parent, {"list.csv": b"code,ur\n", "list.csv/x.csv": b"code,en\n"})
    assert sorted(path.name for path in main.parent.iterdir()) == ["line.yaml", "list.csv"]
    assert (main.parent / "list.csv").read_bytes() == b"code,en\n"
    write_all(main.parent, {"list.csv": b"code,ur\n", "lists/new.csv": b"code,en\n"})
    assert read_flow(main)[0]["lists/new.csv"] == "code,en\n"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FlowFileError, match="no such file"):
        read_flow(tmp_path / "none.yaml")


@pytest.mark.parametrize("link", ["secret.csv", "folder"])
def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, link: str) -> None:
    main = folder(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("code,en\n")
    target = outside / "secret.csv" if link == "secret.csv" else outside
    (main.parent / link).symlink_to(target)
    with pytest.raises(FlowFileError, match=f"{link}: this link leads out"):
        read_flow(main)


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    main = folder(tmp_path, district=b"code,en\n")
    (main.parent / "place.csv").symlink_to(main.parent / "district.csv")
    files, _ = read_flow(main)
    assert files["place.csv"] == "code,en\n"


def test_files_exchanged_before_one_that_cannot_be_are_put_back(tmp_path: Path) -> None:
    main = folder(tmp_path, list=b"code,en\n")
    (main.parent / "not-a-file.csv").mkdir()
    with pytest.raises(FlowFileError, match="Nothing was changed"):
        write_all(main.parent, {"list.csv": b"x", "new.csv": b"x", "not-a-file.csv": b"x"})
    assert sorted(path.name for path in main.parent.iterdir()) == ["line.yaml", "list.csv", "not-a-file.csv"]
    assert (main.parent / "list.csv").read_bytes() == b"code,en\n"


def test_a_new_file_is_as_private_as_this_person_wants_and_an_old_one_stays_as_it_was(tmp_path: Path) -> None:
    main = folder(tmp_path)
    main.chmod(0o664)
    usual = os.umask(0o077)
    try:
        write_all(main.parent, {"line.yaml": b"flow: x\n", "new.csv": b"code,en\n"})
    finally:
        os.umask(usual)
    assert [(main.parent / name).stat().st_mode & 0o777 for name in ("line.yaml", "new.csv")] == [0o664, 0o600]
