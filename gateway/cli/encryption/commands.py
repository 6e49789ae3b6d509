"""`flask keys init`, `list` and `check`: make the key file, show it without its secrets, and try it on the database."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from flows.text.printable import pluralize
from gateway.settings.key_ring_settings import write_key_file
from gateway.terminal.errors import CommandGroup, Usage, sunwai
from storage.encryption.data_keys import DataKeys
from storage.encryption.key_ring import KeyRing, UnusableKeys, new_key_ring
from storage.encryption.key_source import read_key_file
from storage.encryption.key_use import KeyUse, key_use, open_sample
from storage.schema.sealed_columns import KEYS

SAMPLE = 20  # rows of each table that `check` opens, the newest


@click.group(cls=CommandGroup)
def keys() -> None:
    """The keys that encrypt words and numbers."""


@keys.command("init")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def init(file: Path | None) -> None:
    """Make FILE with new keys, for a new database. Default: KEYS_FILE."""
    app = sunwai()
    path = file or (Path(app.settings.keys_file) if app.settings.keys_file else None)
    if path is None:
        raise Usage("Name a file for the keys, on a disk that the backups of the database do not cover.")
    try:
        used = key_use(app.database)
    except SQLAlchemyError:
        used = KeyUse()  # it has no tables yet, or does not answer
    if used.known:
        raise click.ClickException(
            "This database was written with other keys: put its own key file back. With new ones nothing in it can be "
            "read. To replace keys: `sunwai keys rotate`."
        )
    try:
        write_key_file(path, new_key_ring(app.clock().date(), development=app.settings.in_development))
    except FileExistsError:
        raise Usage(f"{path} exists already, and a key file is never written over. {_about(path)}") from None
    click.echo(f"{path} has new keys. Next:")
    click.echo(
        f"  1. Let only the service read it: chown it to the service's user (its mode is 0600), and set "
        f"KEYS_FILE={path}"
    )
    click.echo("  2. Copy it to a place apart from the database and its backups, on paper or on a disk in a safe.")
    click.echo("     Whoever has a backup and this file can read all. Without this file nobody can, not even you.")
    click.echo("  3. Run `sunwai migrate`, then `sunwai keys check`.")


def _about(path: Path) -> str:
    """What to do with a file that is there."""
    try:
        read_key_file(path)
    except UnusableKeys as error:
        return f"It cannot be used: {error} Mend it, or name another file."
    return "If it is this database's own, go on with `sunwai migrate` and `sunwai keys check`; else name another file."


@keys.command("list")
def list_keys() -> None:
    """Show each key without its secret, and how many data keys each wrapping key encrypts."""
    app = sunwai()
    ring, used = _keys().ring, key_use(app.database)
    click.echo(f"{'purpose':<8} {'id':>5}  {'state':<7} {'made':<11} {'fingerprint':<12} data keys")
    for key in ring.keys:
        count = f"{used.wrapped.get(key.id, 0):,}" if key.purpose == "wrap" else "-"
        click.echo(f"{key.purpose:<8} {key.id:>5}  {key.state:<7} {key.made} {key.fingerprint():<12} {count:>9}")
    for wrapping in sorted(used.wrapped.keys() - _wrapping(ring)):
        click.echo(f"{'wrap':<8} {wrapping:>5}  {'MISSING':<7} {'':<10} {'':<12} {used.wrapped[wrapping]:>9,}")


@keys.command("check")
def check() -> None:
    """Try the keys on this database: its canary rows, the newest rows of each table, and keys missing or unused."""
    app = sunwai()
    keys, used = _keys(), key_use(app.database)
    keys.check()
    ring, problems, opened, erased = keys.ring, 0, 0, 0
    for wrapping in sorted(used.wrapped.keys() - _wrapping(ring)):
        click.echo(f"Wrapping key {wrapping} is missing: {used.wrapped[wrapping]:,} data keys cannot be opened.")
        problems += 1
    for key in ring.keys:
        if key.purpose == "wrap" and key.state == "old" and not used.wrapped.get(key.id):
            click.echo(f"Wrapping key {key.id} is old and no data key needs it: it is only for backups from before.")
    with app.database.read() as db:
        for table in open_sample(db, SAMPLE):
            if table.failed:
                click.echo(
                    f"{table.name}: {pluralize(table.failed, 'value')} of {table.opened + table.failed} cannot "
                    f"be opened: {table.first}"
                )
                problems += 1
            if table.clear:
                click.echo(f"{table.name}: {pluralize(table.clear, 'value')} in the newest {SAMPLE} rows in clear.")
            opened, erased = opened + table.opened, erased + table.erased
    gone = f", {erased:,} erased" if erased else ""
    click.echo(f"{pluralize(len(ring.keys), 'key')}; {pluralize(opened, 'value')} of the newest rows opened{gone}.")
    if problems:
        raise click.ClickException("Something cannot be read. Put the keys that are missing back into the key file.")


def _keys() -> DataKeys:
    keys: DataKeys = sunwai().database.info[KEYS]
    return keys


def _wrapping(ring: KeyRing) -> set[int]:
    return {key.id for key in ring.keys if key.purpose == "wrap"}
