"""`flask flows export` and `import`: a workbook for translators, or a zip of a whole flow. No database is needed."""

from collections.abc import Iterable
from pathlib import Path

import click

from flows.menu.model import Flow
from flows.text.printable import pluralize
from flows.translation.text_inventory import TranslatableText
from gateway.cli.flows.command_group import flows
from gateway.exchange import archive, xlsx
from gateway.exchange.import_preview import ImportPreview, archive_into, workbook_into
from gateway.exchange.readable_files import plain_texts, readable, texts_of
from gateway.flow_folder.base_revision_note import format_line, note, read_base_revision
from gateway.flow_folder.files import FlowFileError, read_raw, write_all
from gateway.terminal.errors import Usage, command
from gateway.terminal.flow_arguments import FILE, FORCE, FlowFile, refuse_place
from sessions.publishing.flow_files_and_hash import select_flow_files

NAMED = 3  # files named in one line; more are counted


@flows.command("export", with_appcontext=False)
@FILE
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path), help="The texts as a workbook for translators.")
@click.option("--zip", "packed", type=click.Path(path_type=Path), help="The flow and every file it names, as one zip.")
@FORCE
def export(file: Path, workbook: Path | None, packed: Path | None, force: bool) -> None:
    """Export the texts of the flow FILE as a workbook, or FILE with its lists, texts and scripted calls as a zip."""
    out = _one_of(workbook, packed)
    form = ".xlsx" if workbook is not None else ".zip"
    if out.suffix.lower() != form:
        raise Usage(f"{out}: use a file name that ends in {form}, so that nothing else is overwritten.")
    refuse_place(out, force)
    raw, main = read_raw(file)
    flow = readable(raw, main)
    data, told = _workbook(raw, main, flow) if workbook is not None else _archive(raw, file, flow)
    write_all(out.parent, {out.name: data})
    click.echo(f"{out}: {told} of {flow.name}.")


@flows.command("import", with_appcontext=False)
@click.argument("file", type=FlowFile(spoilt=True))
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path), help="A workbook written by export.")
@click.option("--zip", "packed", type=click.Path(path_type=Path), help="A zip written by export.")
@click.option("--overwrite", is_flag=True, help="Use the texts of the workbook even where the file has newer ones.")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing it.")
def import_(file: Path, workbook: Path | None, packed: Path | None, overwrite: bool, dry_run: bool) -> None:
    """Import texts from a workbook, or a whole flow from a zip, into the flow FILE and the files it names.

    Every change is shown. If one row cannot be imported, nothing is, and the exit code is 1. Texts that were
    changed in the file after the workbook was exported are listed and keep the words of the file.
    """
    given = _one_of(workbook, packed)
    incoming = archive_into(file, given) if workbook is None else workbook_into(file, given, overwrite=overwrite)
    _tell(incoming)
    if incoming.problems:
        raise click.ClickException("Nothing was changed: fix the problems above first.")
    many = len(incoming.files) > NAMED  # a zip's are named above already, each with what changes in it
    names = pluralize(len(incoming.files), "file") if many else ", ".join(_seen(file, incoming.files))
    if not incoming.files:
        click.echo(f"{file}: no differences, nothing was changed.")
    elif dry_run:
        click.echo(f"Would change {names}. Nothing was changed.")
    else:
        write_all(file.parent, incoming.files)
        if incoming.flow:
            note(file.parent, incoming.flow, incoming.taken)
        click.echo(f"Changed {names}. Now: {command('check', file)}")


def _seen(file: Path, names: Iterable[str]) -> list[str]:
    """Files beside a flow's, as seen from where the command was given."""
    return [(file.parent / name).as_posix() for name in sorted(names)]


def _one_of(workbook: Path | None, packed: Path | None) -> Path:
    given = workbook or packed
    if given is None or (workbook and packed):
        raise Usage("Give either --xlsx or --zip with a file name.")
    return given


def _workbook(raw: dict[str, bytes], main: str, flow: Flow) -> tuple[bytes, str]:
    found: list[TranslatableText] = texts_of(raw, main, flow)
    return xlsx.write(found, flow), pluralize(len(found), "text")


def _archive(raw: dict[str, bytes], file: Path, flow: Flow) -> tuple[bytes, str]:
    names = sorted(select_flow_files(plain_texts(raw), file.name, flow.name))
    taken = read_base_revision(file.parent, flow.name)
    packed = archive.pack({name: raw[name] for name in names}, format_line(flow.name, taken) if taken else "")
    if len(packed) > archive.LARGEST:
        raise FlowFileError(f"{file}: more than {archive.LARGEST:,} bytes as a zip: that is too large for one flow.")
    return packed, pluralize(len(names), "file")


def _tell(incoming: ImportPreview) -> None:
    for line in (*incoming.shown, *incoming.problems):
        click.echo("".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in line))
