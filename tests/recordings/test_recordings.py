"""What Sunwai does now is what was recorded of it, to the byte."""

from __future__ import annotations

import difflib
import itertools
from pathlib import Path

import pytest

from tests.recordings.recorder import GOLDEN, KINDS, PACKED, Studio, read
from tests.servers import Valkey

MOST = 60  # lines of a difference that are shown
TOGETHER = 3_000_000  # bytes that all recordings may take


@pytest.mark.parametrize("kind", KINDS)
def test_everything_is_as_it_was_recorded(kind: str, tmp_path: Path, valkey: Valkey) -> None:
    found = KINDS[kind](Studio(tmp_path, valkey))
    unlike = [difference(name, read(name), text) for name, text in found.items() if read(name) != text]
    assert not unlike, "\n".join([*unlike, "If this is meant: python -m tests.recordings, then look at `git diff`."])


def test_no_recording_is_kept_that_nobody_compares_and_all_are_small() -> None:
    kept = [path for path in GOLDEN.iterdir() if path.is_file()]
    assert len({path.name.removesuffix(PACKED) for path in kept}) == len(kept)
    assert sum(path.stat().st_size for path in kept) < TOGETHER


def difference(name: str, before: str, now: str) -> str:
    """The first lines that differ, with what stands around them."""
    names = f"{name} as recorded", f"{name} now"
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), *names, n=1, lineterm="")
    shown = [line[:400] for line in itertools.islice(lines, MOST)]
    return "\n".join(shown)
