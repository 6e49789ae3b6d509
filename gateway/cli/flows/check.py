"""`flask flows check` finds mistakes in a flow or data file; `translated` confirms that translations are up to date."""

from functools import partial
from pathlib import Path

import click

from flows.checks.analysis.room_profiles import PROFILES
from flows.checks.folder import check_folder, is_flow
from flows.checks.runner import check as check_flow
from flows.checks.texts.translations import build_hash_file
from flows.menu.model import Flow
from flows.parsing.flow import parse_flow
from flows.parsing.transcript_file import transcripts_of
from gateway.cli.flows.command_group import flows
from gateway.flow_folder.files import read_flow
from gateway.settings.clock import utc_now
from gateway.settings.loader import service_words
from gateway.terminal.errors import Usage
from gateway.terminal.findings_formats import FORMATS, as_text_of_data, relative_findings
from gateway.terminal.flow_arguments import FILE, FlowFile, own_life
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.cases.rules.danger_files import shipped_helplines, shipped_lexicon
from sessions.cases.rules.first_words import shipped_first_words
from sessions.cases.rules.shipped_keywords import shipped_keywords

_BLOCKS = {"error": "E", "warning": "EW", "info": "EWI"}


@flows.command("check", with_appcontext=False)
@click.argument("file", type=FlowFile(parts=True))
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
    """Check the flow FILE, and the lists, texts, scripted calls and data files beside it.

    Data files are lifecycle.yaml, offices.csv, calendar.yaml, danger.yaml and helplines.yaml. FILE can also be one of
    them, a file of texts or keywords, or a folder: then everything in it is checked.

    Exit code 0: ready to publish. 1: findings. 2: the file cannot be read.
    """
    folder, files, only = _read(file)
    earlier = _flow(before) if before is not None else None
    room, own = PROFILES[profile], own_life()
    found = check_folder(
        files,
        only,
        today=utc_now().date(),
        life=own or SHIPPED_POLICY.life,
        own=own is not None,
        danger=shipped_lexicon(),
        check_one=partial(
            check_flow,
            before=earlier,
            room=room,
            scripts=transcripts_of(files),
            service=service_words(),
            helplines=shipped_helplines(),
            first_words=shipped_first_words(),
            keywords=shipped_keywords(),
            danger=shipped_lexicon(),
        ),
    )
    write = FORMATS[form]
    if form == "text" and only in files and not is_flow(files[only]):
        write = as_text_of_data
    click.echo(write(relative_findings(found, folder), file.as_posix()))
    if any(problem.severity in _BLOCKS[fail_on] for problem in found):
        raise SystemExit(1)


def _read(file: Path) -> tuple[Path, dict[str, str], str]:
    """The folder of a file, everything in it, and the name of the file; "" for the folder itself."""
    if file.is_dir():
        files, _ = read_flow(next(each for each in sorted(file.iterdir()) if each.suffix in (".yaml", ".yml", ".csv")))
        return file, files, ""
    files, main = read_flow(file)
    return file.parent, files, main


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
