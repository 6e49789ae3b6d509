"""`flask audit verify`, `proof`, `key` and `keygen`: the transparency log from a terminal."""

import os
from pathlib import Path

import click

from flows.text import tracking_number
from flows.text.printable import pluralize
from gateway.cli.audit_log.commands import audit
from gateway.terminal.errors import Usage, sunwai
from sessions.transparency.log_verification import LogFilesError, LogVerification, verify_log
from storage.transparency import log_leaves
from storage.transparency.case_code import case_code, parse_case_code, steps_with_code
from storage.transparency.log_proof import step_proof
from storage.transparency.signed_note import (
    NoteError,
    VerifyKey,
    new_key,
    parse_checkpoint,
    parse_signing_key,
    parse_verify_key,
)
from storage.transparency.tile_files import TileConflictError, TileFiles

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILES = "The folder with the files of the log, best a copy that others keep. Default: TRANSPARENCY_FOLDER."
_BEHIND = (
    "This database is behind the log: {behind:,} entries of the log are not in it. It was restored from an older copy, "
    "or lost what it wrote last (on SQLite its WAL), or somebody removed its newest rows. What to do: "
    'docs/operators/transparency-log.md, "When the sweep stops signing".'
)
_KEY = "The public key of the log: name+hex+base64. Default: that of TRANSPARENCY_KEY_FILE."


@audit.command("verify")
@click.option("--from", "folder", type=_FOLDER, help=_FILES)
@click.option("--key", default="", help=_KEY)
def verify(folder: Path | None, key: str) -> None:
    """Check each step and audit entry in the database against the signed files of the log."""
    app = sunwai()
    files = TileFiles(folder or _folder())
    try:
        found = verify_log(app.database, files, [_verify_key(key)], app.clock())
    except (NoteError, LogFilesError, TileConflictError) as error:
        raise click.ClickException(str(error)) from None
    if found.behind:
        click.echo(_BEHIND.format(behind=found.behind))
    for step in found.erased_steps:
        click.echo(f"erased: {step}, has no words any more: they were removed, and its act is as it was signed.")
    if found.erased > len(found.erased_steps):
        click.echo(f"erased: {found.erased - len(found.erased_steps):,} more.")
    for each in found.mismatches:
        click.echo(f"{each.what}: {each.sentence}")
    click.echo(_summary(found))
    if found.bad:
        raise click.ClickException("The database is not what was signed. Keep it and the files as they are.")


def _summary(found: LogVerification) -> str:
    said = f"{found.checkpoint.size:,} entries of {found.checkpoint.origin}"
    erased = f", {found.erased:,} of them without their words, which were erased" if found.erased else ""
    return f"{said}{erased}: {f'{found.bad:,} not ' if found.bad else ''}as they were signed."


@audit.command("proof")
@click.argument("number")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where to.")
@click.option("--code", default="", help="A code that its citizen was texted (7KQM-2X9D-PT4V): of which steps it is.")
def proof(number: str, folder: Path, code: str) -> None:
    """Write a proof for each step of a case, which anybody can check with tools/verify.py, and say its code."""
    app = sunwai()
    files = TileFiles(_folder())
    parsed = tracking_number.parse_tracking_number(number).number
    if not parsed:
        raise Usage(f"{number} is no tracking number: it has nine digits.")
    if code and not parse_case_code(code):
        raise Usage(f"{code} is no code of a case: it looks like 7KQM-2X9D-PT4V.")
    try:
        note = files.checkpoint()
        checkpoint = parse_checkpoint(note, [_verify_key("")])
    except NoteError as error:
        raise click.ClickException(str(error)) from None
    with app.database.read() as db:
        steps = log_leaves.steps_of(db, parsed)
    signed = [step for step in steps if step.seq < checkpoint.size]
    folder.mkdir(parents=True, exist_ok=True)
    for step in signed:
        path = folder / f"{parsed}-{step.version}.tlog-proof"
        path.write_text(step_proof(files, note, checkpoint.size, step), encoding="utf-8")
        click.echo(str(path))
    waiting = len(steps) - len(signed)
    more = f" {pluralize(waiting, 'step')} will be signed within a minute." if waiting else ""
    leaves = [step.leaf for step in steps]
    if leaves:
        click.echo(f"Code: {case_code(leaves)}")
    click.echo(f"{pluralize(len(signed), 'proof')}.{more}")
    if code:
        _check_code(leaves, code)


def _check_code(leaves: list[bytes], code: str) -> None:
    """Say of how many of the first steps `code` is."""
    count = steps_with_code(leaves, parse_case_code(code))
    if not count:
        raise click.ClickException(f"{code} is of other steps: some were changed, added or removed since it was sent.")
    click.echo(f"{parse_case_code(code)} is the code of the first {count} of {pluralize(len(leaves), 'step')}.")


@audit.command("keygen")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make_key(name: str, file: Path) -> None:
    """Make a key for the log NAME (sunwai.example.org/line), and print its public half for those who check."""
    try:
        key = new_key(name)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except NoteError as error:
        raise Usage(str(error)) from None
    except FileExistsError:
        raise Usage(f"{file} exists already: a log keeps its key. Name another file.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(f"{key.secret_text}\n")
    click.echo(f"Set TRANSPARENCY_KEY_FILE={file}. Give this public key to everybody who is to check the log:")
    click.echo(str(key.verify_key))


@audit.command("key")
def show_key() -> None:
    """Print the public key of the log again, for `tools/verify.py --key` and for everybody who checks."""
    click.echo(str(_verify_key("")))


def _folder() -> Path:
    if not sunwai().settings.transparency_folder:
        raise Usage("TRANSPARENCY_FOLDER is not set: there is no log here. Name a copy of its files with --from.")
    return Path(sunwai().settings.transparency_folder)


def _verify_key(said: str) -> VerifyKey:
    path = sunwai().settings.transparency_key_file
    if not said and not path:
        raise Usage(
            "TRANSPARENCY_KEY_FILE is not set, so there is no key of a log here. Where the log is signed, "
            "`flask audit key` prints its public key: give that to `verify` with --key name+hex+base64."
        )
    try:
        if said:
            return parse_verify_key(said)
        return parse_signing_key(Path(path).read_text(encoding="utf-8")).verify_key
    except NoteError as error:
        raise Usage(str(error)) from None
