"""The shipped flow, read from its files once for the tests that walk it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from flows.model import Flow
from flows.parse import parse

FOLDER = Path(__file__).parent.parent.parent / "flows" / "library"


@cache
def shipped_files() -> dict[str, str]:
    """Every text file of the library by its relative name."""
    found = [path for path in sorted(FOLDER.rglob("*")) if path.suffix in (".yaml", ".csv")]
    return {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in found}


@cache
def shipped() -> Flow:
    """The shipped complaint flow."""
    flow = parse(shipped_files(), "complaints.yaml").flow
    assert flow is not None
    return flow


def transcript(name: str) -> dict[str, Any]:
    """One scripted call of the library."""
    return dict(YAML(typ="safe").load(shipped_files()[f"transcripts/{name}.yaml"]))
