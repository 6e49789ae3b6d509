"""`flask flows check` finds mistakes in a flow file; `translated` confirms that its translations are up to date."""

from pathlib import Path

import click

from flows.checks.analysis.room_profiles import PROFILES
from flows.checks.runner import check as check_flow
from flows.checks.texts.translations import build_hash_file
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from gateway.cli.flows.command_group import flows
from gateway.flow_folder.files import read_flow
from gateway.terminal.errors import Usage
from gateway.terminal.findings_formats import FORMATS, relative_findings
from gateway.terminal.flow_arguments import FILE, FlowFile
from sessions.cases.rules.case_policy import SHIPPED_POLICY

_BLOCKS = {"error": "E", "warning": "EW", "info": "EWI"}


@flows.command("check", with_appcontext=False)
@FILE
@click.option("--format", "form", type=click.Choice([*FORMATS]), default="text", show_default=True)
@click.option("--fail-on", type=click.Choice([*_BLOCKS]), default="error", show_default=True)
@click.option(
    "--profile",
    type=click.Choice([*PROFILES]),
    default="usual",
    show_default=True,
    help="How much a screen holds on the network: wide 182/80 characters, strict only 160/70, "
    "latin no Urdu characters at all.",
)
@click.option("--before", type=FlowFile(), help="The previous flow file, to find what people would lose.")
def check(file: Path, form: str, fail_on: str, profile: str, before: Path | None) -> None:
    """Check the flow FILE, and the lists, texts and scripted calls beside it.

    Exit code 0: ready to publish. 1: findings. 2: the file cannot be read.
    """
    files, main = read_flow(file)
    earlier = _flow(before) if before is not None else None
    found = check_flow(
        parse_flow(files, main),
        events=SHIPPED_POLICY.lifecycle.events,
        before=earlier,
        room=PROFILES[profile],
        scripts=transcripts_of(files),
    )
    click.echo(FORMATS[form](relative_findings(found, file.parent), file.as_posix()))
    if any(problem.severity in _BLOCKS[fail_on] for problem in found):
        raise SystemExit(1)


@flows.command("translated", with_appcontext=False)
@FILE
def confirm_file_translations(file: Path) -> None:
    """Confirm that every translation in the flow FILE is up to date.

    Prints a file of hashes, with which a later check finds texts that have changed. Save it beside the flow as
    translations.yaml, and name it in the flow (translations: translations.yaml).
    """
    files, main = read_flow(file)
    parsed = parse_flow(files, main)
    if parsed.flow is None:
        raise Usage(str(relative_findings(parsed.problems, file.parent)[0]))
    click.echo(build_hash_file(parsed, parsed.flow), nl=False)
    click.echo(f"Save this as {file.parent / 'translations.yaml'}, and name it in {file}.", err=True)


def _flow(file: Path) -> Flow:
    parsed = parse_flow(*read_flow(file))
    if parsed.flow is None:
        raise Usage(str(relative_findings(parsed.problems, file.parent)[0]))
    return parsed.flow
