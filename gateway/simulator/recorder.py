"""A call made on the phone, saved as a scripted call that `flask flows test` plays again."""

import re
from collections.abc import Sequence
from pathlib import Path

import click
from flask import has_app_context
from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from flows.engine.render import resume_screen
from flows.menu.model import Flow
from flows.menu.notation import template
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import FOLDER, parse_transcript
from flows.preview.transcript_writer import RecordedScreen, format_transcript
from flows.preview.transcripts import difference
from gateway.flow_folder.base_revision_note import SHIPPED
from gateway.flow_folder.files import read_flow, write_all
from gateway.terminal.errors import Usage, command, sunwai
from gateway.terminal.flow_arguments import flow_files
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.publishing.published_cache import PublishedFlowCache

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
NOTHING = "Nothing was saved"


class Recording(Struct, frozen=True):
    """Where a call is to be saved, and the flow file that it belongs to."""

    path: Path
    file: Path
    flow: Flow


def start_recording(name: str, beside: Path | None) -> Recording:
    """A scripted call with this name, for a flow file or else the only one here. Raises Usage."""
    name = name.removesuffix(".yaml")
    if not _SAFE.fullmatch(name):
        raise Usage("--record takes a name of letters, digits, - and _, such as rain_in_multan, without a folder.")
    file = beside or _only_here(name)
    flow = parse_flow(*read_flow(file)).flow
    if flow is None:
        raise Usage(f"{file}: it cannot be read as a flow: see {command('check', file)}")
    path = file.parent / FOLDER / f"{name}.yaml"
    if path.exists():
        raise Usage(f"{path} exists already: give another name, or remove it first.")
    return Recording(path, file, flow)


def refuse_other_flow(into: Recording, code: str) -> None:
    """Raise Usage, before anybody dials, if a code leads to another flow than the one a call is recorded for."""
    if said := _leads_elsewhere(into, code):
        instead = f"--dial a code of {into.flow.name}, or name the file of the other flow with --beside"
        raise Usage(f"{said}. {NOTHING}. Nobody was called: {instead}.")


def _leads_elsewhere(into: Recording, code: str) -> str:
    live = live_at(code)
    if live is None or live.name == into.flow.name:
        return ""
    return f"{code} leads to {live.name}, and {into.file} is {into.flow.name}"


def _only_here(name: str) -> Path:
    found = flow_files(Path())
    if len(found) != 1:
        said = "There are several flow files" if found else "There is no flow file"
        raise Usage(f"{said} in this folder. Say which flow the call belongs to: --record {name} --beside FILE")
    return found[0]


def write(into: Recording, dialled: str, code: str, heard: Sequence[RecordedScreen], texted: str) -> str:
    """Save the call. Returns a sentence: where it is, and whether it plays as recorded with the flow file."""
    if not heard:
        raise click.ClickException(f"No call was made. {NOTHING}.")
    flow, live = into.flow, live_at(code)
    if said := _leads_elsewhere(into, code):  # another code was dialled since
        raise click.ClickException(f"{said}. {NOTHING}.")
    test = into.path.stem.replace("_", " ").replace("-", " ").capitalize()
    text = format_transcript(test, flow.name, dialled, heard, sms=texted, flow=flow, statuses=SHIPPED_POLICY.statuses)
    differs = difference(flow, parse_transcript(into.path.name, text).said)
    if differs is not None:  # another revision answered: keep its words
        text = format_transcript(
            test, flow.name, dialled, heard, sms=texted, flow=live, statuses=SHIPPED_POLICY.statuses
        )
    write_all(into.path.parent, {into.path.name: text.encode()})
    result = f"it plays as recorded with {into.file}"
    if differs is not None:
        result = f"it does not play as recorded with {into.file}, which may not be what is live: {differs}"
    return f"{into.path}: saved; {result}. Give it a better name after `test:`."


def live_at(code: str) -> Flow | None:
    """The flow for this code in the database of this installation, if there is one."""
    shelf = _shelf()
    published = shelf.for_code(code) if shelf else None
    return published.flow if published else None


def shipped_flow() -> Flow:
    """The complaints flow that ships: what a service elsewhere probably answers with."""
    flow = parse_flow(*read_flow(SHIPPED / "complaints.yaml")).flow
    if flow is None:
        raise click.ClickException("The flow that ships cannot be read: install Sunwai again.")
    return flow


def discard_key(flow: Flow, screen: str) -> str | None:
    """The key that deletes an unfinished call, on a screen that offers to continue one; None on any other screen."""
    offers = resume_screen(flow)
    offered = any(template(words) in screen for words in offers.text.values() if words)
    return next(option.key for option in offers.options if option.code == "delete") if offered else None


def leads_nowhere(code: str) -> bool:
    """True if the database of this installation has flows, but none for this code."""
    shelf = _shelf()
    return shelf is not None and shelf.any() is not None and shelf.for_code(code) is None


def _shelf() -> PublishedFlowCache | None:
    if not has_app_context():
        return None
    shelf = sunwai().shelf
    try:
        shelf.refresh()
    except SQLAlchemyError:
        return None
    return shelf
