"""`flask flows export` and `import`: a workbook or PO file for translators, or a zip. No database is needed."""

from collections.abc import Iterable
from pathlib import Path

import click

from flows.engine.variables import base_language
from flows.menu.model import Flow
from flows.text.printable import pluralize
from flows.translation.flow_texts import load_flow_texts
from flows.translation.text_inventory import TranslatableText
from flows.translation.translation_hashes import stale_translations
from gateway.cli.flows.command_group import flows
from gateway.exchange import archive, po, xlsx
from gateway.exchange.import_preview import ImportPreview, archive_into, po_into, workbook_into
from gateway.exchange.readable_files import plain_texts, readable, texts_of
from gateway.flow_folder.base_revision_note import format_line, note, read_base_revision
from gateway.flow_folder.files import FlowFileError, read_raw, write_all
from gateway.terminal.errors import Usage, command
from gateway.terminal.flow_arguments import FILE, FORCE, FlowFile, own_life, refuse_place
from sessions.cases.rules.case_policy import SHIPPED_POLICY, case_policy
from sessions.publishing.flow_files_and_hash import select_flow_files

NAMED = 3  # files named in one line; more are counted


@flows.command("export", with_appcontext=False)
@FILE
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path), help="The texts as a workbook for translators.")
@click.option("--po", "catalogue", type=click.Path(path_type=Path), help="The texts in one language as a PO file.")
@click.option("--language", default="", help="The language of --po: a tag such as ur-Latn.")
@click.option("--zip", "packed", type=click.Path(path_type=Path), help="The flow and every file it names, as one zip.")
@FORCE
def export(
    file: Path, workbook: Path | None, catalogue: Path | None, language: str, packed: Path | None, force: bool
) -> None:
    """Export the texts of the flow FILE as a workbook or a PO file, or FILE with every file it names as a zip."""
    out = _one_of(workbook, catalogue, packed)
    form = ".xlsx" if workbook is not None else ".po" if catalogue is not None else ".zip"
    if out.suffix.lower() != form:
        raise Usage(f"{out}: use a file name that ends in {form}, so that nothing else is overwritten.")
    refuse_place(out, force)
    raw, main = read_raw(file)
    flow = readable(raw, main)
    if catalogue is not None:
        data, told = _catalogue(raw, main, flow, language)
    else:
        data, told = _workbook(raw, main, flow) if workbook is not None else _archive(raw, file, flow)
    write_all(out.parent, {out.name: data})
    click.echo(f"{out}: {told} of {flow.name}.")


@flows.command("import", with_appcontext=False)
@click.argument("file", type=FlowFile(spoilt=True))
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path), help="A workbook written by export.")
@click.option("--po", "catalogue", type=click.Path(path_type=Path), help="A PO file written by export.")
@click.option("--zip", "packed", type=click.Path(path_type=Path), help="A zip written by export.")
@click.option(
    "--overwrite", is_flag=True, help="Use the texts of the workbook or PO file even where FILE has newer ones."
)
@click.option("--dry-run", is_flag=True, help="Show what would change without changing it.")
def import_(
    file: Path, workbook: Path | None, catalogue: Path | None, packed: Path | None, overwrite: bool, dry_run: bool
) -> None:
    """Import texts from a workbook or a PO file, or a whole flow from a zip, into the flow FILE and the files it names.

    Every change is shown. If one row cannot be imported, nothing is, and the exit code is 1. Texts that were
    changed in the file after the workbook was exported are listed and keep the words of the file.
    """
    given = _one_of(workbook, catalogue, packed)
    policy = case_policy(own_life(), None, SHIPPED_POLICY.zone.key)
    if catalogue is not None:
        incoming = po_into(file, given, overwrite=overwrite, policy=policy)
    elif workbook is not None:
        incoming = workbook_into(file, given, overwrite=overwrite, policy=policy)
    else:
        incoming = archive_into(file, given)
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


def _one_of(*given: Path | None) -> Path:
    """The one file that was given of --xlsx, --po and --zip."""
    named = [each for each in given if each is not None]
    if len(named) != 1:
        raise Usage("Give one of --xlsx, --po and --zip, with a file name.")
    return named[0]


def _workbook(raw: dict[str, bytes], main: str, flow: Flow) -> tuple[bytes, str]:
    found: list[TranslatableText] = texts_of(raw, main, flow)
    return xlsx.write(found, flow), pluralize(len(found), "text")


def _catalogue(raw: dict[str, bytes], main: str, flow: Flow, language: str) -> tuple[bytes, str]:
    tag, base = po.language_tag(language, flow.languages), base_language(flow)
    known = ", ".join(each for each in flow.languages if each != base)
    if not tag or tag == base:
        raise Usage(f"Say in which language with --language, one of {known}.")
    now = load_flow_texts(plain_texts(raw), main)
    stale = stale_translations(now)
    data = po.write_po(texts_of(raw, main, flow), flow, tag, stale)
    return data, f"{pluralize(data.count(b'msgctxt '), 'text')} in {tag}"


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
