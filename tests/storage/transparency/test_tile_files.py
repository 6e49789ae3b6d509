"""The log as files: appended in any steps, read at any size, never rewritten."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from storage.transparency import merkle_tree
from storage.transparency.merkle_tree import leaf_hash, tree_of
from storage.transparency.tile_files import TileConflictError, TileFiles, entries_path, hashes_path


def entries(count: int, seed: int = 1) -> list[bytes]:
    drawn = random.Random(seed)
    return [drawn.randbytes(drawn.randrange(1, 40)) for _ in range(count)]


@pytest.mark.parametrize("steps", [[1, 1, 254, 1, 255, 300], [256, 256, 256], [700], [255, 2, 66_000, 1]])
def test_files_lead_to_the_same_roots_whatever_the_steps(tmp_path: Path, steps: list[int]) -> None:
    files, given, size = TileFiles(tmp_path), entries(sum(steps)), 0
    sizes = []
    for step in steps:
        size = files.append(size, given[size : size + step])
        sizes.append(size)
    tree = tree_of([leaf_hash(each) for each in given])
    for each in sizes:
        assert merkle_tree.root(files.subtree(each), each) == merkle_tree.root(tree, each)
    assert list(files.entries(0, size, size)) == given
    assert list(files.entries(3, size - 2, size)) == given[3:-2]


def test_paths_are_in_groups_of_three_digits() -> None:
    assert hashes_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert entries_path(7) == "tile/entries/007"


def test_what_was_written_is_not_written_again_with_other_contents(tmp_path: Path) -> None:
    files, given = TileFiles(tmp_path), entries(300)
    files.append(0, given)
    assert files.append(0, given) == 300  # a process that died before its checkpoint does it once more
    with pytest.raises(TileConflictError, match="other contents"):
        files.append(0, entries(300, seed=2))


def test_missing_and_short_files_are_named(tmp_path: Path) -> None:
    files = TileFiles(tmp_path)
    files.append(0, entries(300))
    bundle = tmp_path / "tile/entries/000"
    kept = bundle.read_bytes()
    bundle.write_bytes(kept[:-1])
    with pytest.raises(TileConflictError, match=r"tile/entries/000 ends inside an entry"):
        list(files.entries(0, 300, 300))
    bundle.unlink()
    with pytest.raises(TileConflictError, match=r"tile/entries/000 is missing"):
        list(files.entries(0, 300, 300))


def test_folders_can_be_read_by_a_web_server_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        TileFiles(tmp_path / "a/log").append(0, entries(300))
    finally:
        os.umask(before)
    folders = [each for each in tmp_path.rglob("*") if each.is_dir()]
    assert len(folders) == 9
    assert {each.stat().st_mode & 0o777 for each in folders} == {0o755}


def test_parts_of_a_tile_go_when_it_is_full(tmp_path: Path) -> None:
    files, given = TileFiles(tmp_path), entries(300)
    for size in (0, 100, 200):
        files.append(size, given[size : size + 100])
    assert sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()) == [
        *("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"),
    ]
    assert list(files.entries(0, 200, 200)) == given[:200]


def test_a_checkpoint_that_is_no_text_or_far_too_large_is_read_as_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_bytes(b"\xff" * 1_000_000)
    assert 16_384 < len(TileFiles(tmp_path).checkpoint()) < 17_000
