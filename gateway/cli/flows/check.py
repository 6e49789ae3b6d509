"""`flask flows check` looks for mistakes in a flow file; `translated` writes down that its translations are right."""

from __future__ import annotations

from pathlib import Path

import click

from flows.checks.analysis.network_rooms import PROFILES
from flows.checks.analysis.transcript_index import scripts_of
from flows.checks.runner import check as check_flow
from flows.checks.texts.translations import stamped
from flows.menu.model import Flow
from flows.parsing.flow import parse
from gateway.flow_folder.files import read_flow
from gateway.terminal.errors import Usage, plainly
from gateway.terminal.findings_output import FORMATS, placed
from gateway.terminal.flow_arguments import FILE, FlowFile

_BLOCKS = {"error": "E", "warning": "EW", "info": "EWI"}


@click.command("check")
@FILE
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", show_default=True)
@click.option("--fail-on", type=click.Choice([*_BLOCKS]), default="error", show_default=True)
@click.option(
    "--profile",
    type=click.Choice([*PROFILES]),
    default="usual",
    show_default=True,
    help="What screens hold on the network: wide shows all of 182/80 letters, strict 160/70 and no more, "
    "latin no Urdu letters at all.",
)
@click.option("--before", type=FlowFile(), help="The flow file as it was, to find what people lose.")
@plainly
def check(file: Path, form: str, fail_on: str, profile: str, before: Path | None) -> None:
    """Look for mistakes in the flow FILE and in the lists, texts and scripted calls beside it.

    Exit code 0: fit to publish. 1: findings. 2: the file cannot be read.
    """
    files, main = read_flow(file)
    earlier = _flow(before) if before is not None else None
    found = check_flow(parse(files, main), before=earlier, room=PROFILES[profile], scripts=scripts_of(files))
    click.echo(FORMATS[form](placed(found, file.parent), file.as_posix()))
    if any(problem.severity in _BLOCKS[fail_on] for problem in found):
        raise SystemExit(1)


@click.command("translated")
@FILE
@plainly
def translated(file: Path) -> None:
    """Say that every translation in the flow FILE is up to date.

    Prints the file of hashes by which a later check finds texts that changed since: keep it beside the flow as
    translations.yaml, and name it there (translations: translations.yaml).
    """
    files, main = read_flow(file)
    parsed = parse(files, main)
    if parsed.flow is None:
        raise Usage(str(placed(parsed.problems, file.parent)[0]))
    click.echo(stamped(parsed, parsed.flow), nl=False)
    click.echo(f"Keep this as {file.parent / 'translations.yaml'}, and name it in {file}.", err=True)


def _flow(file: Path) -> Flow:
    parsed = parse(*read_flow(file))
    if parsed.flow is None:
        raise Usage(str(placed(parsed.problems, file.parent)[0]))
    return parsed.flow
