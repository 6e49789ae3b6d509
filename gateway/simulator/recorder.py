"""A call played by hand, written down as a scripted call that `flask flows test` plays again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import has_app_context
from sqlalchemy.exc import SQLAlchemyError

from flows.checks.scripts import read_script
from flows.model import Flow
from flows.recording import Heard, written
from flows.transcripts import difference
from gateway.commands.plainly import Usage, sunwai
from gateway.flowfiles import write_all

UNNAMED = "name_of_the_flow"


def place(name: str) -> Path:
    """Where a scripted call of this name goes: `transcripts/` here, or the folder that stands before the name."""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    path = path if path.parent != Path() else Path("transcripts") / path
    if path.exists():
        raise Usage(f"{path} is there already: give another name, or remove it first.")
    return path


def write(path: Path, dialled: str, code: str, heard: Sequence[Heard], texted: str) -> str:
    """Write the call down and say where, and whether it goes as written with the flow that is live here."""
    if not heard:
        raise click.ClickException("No call was made, so nothing was written.")
    flow = _live(code)
    test = path.stem.replace("_", " ").replace("-", " ").capitalize()
    text = written(test, flow.name if flow else UNNAMED, dialled, heard, sms=texted, flow=flow)
    write_all(path.parent, {path.name: text.encode()})
    if flow is None:
        return f"{path}: written. No flow for {code} is published here: write its name behind `flow:` yourself."
    unlike = difference(flow, read_script(path.name, text).said)
    told = "it goes as written" if unlike is None else f"it does not go as written yet: {unlike}"
    return f"{path}: written; {told}. Give it a better name behind `test:`."


def _live(code: str) -> Flow | None:
    """The flow that answers this code in the database of this installation, if there is one."""
    if not has_app_context():
        return None
    shelf = sunwai().shelf
    try:
        shelf.refresh()
    except SQLAlchemyError:
        return None
    published = shelf.for_code(code)
    return published.flow if published else None
