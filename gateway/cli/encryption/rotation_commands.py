"""`flask keys encrypt`, `rotate` and `remove`: encrypt what an earlier release wrote, and replace keys beside calls."""

import sys
import time
from pathlib import Path

import click

from gateway.cli.encryption.commands import keys
from gateway.settings.key_ring_settings import key_file_of, replace_key_file
from gateway.terminal.errors import Usage, sunwai
from sessions.encryption import clear_rows
from sessions.encryption.key_rotation import KINDS, Kind, Rotation, RotationError, rotation_status
from sessions.encryption.row_rounds import Pace, Progress, TableCount
from storage.encryption.key_ring import KeyRing, Purpose

COUNTED_AT_ONCE = 5000  # ids that --dry-run reads at once
SHOWN_EVERY = {True: 1.0, False: 30.0}  # seconds between two lines, in a terminal and in a log
WIDTH = 30  # signs of the bar
OLD_PAGES = {
    "postgresql": "Words in clear are still in pages that PostgreSQL has not used again, in its WAL, and in backups of "
    "before. Run `VACUUM FULL` in a quiet hour (it locks each table) or `VACUUM` on several nights, let the WAL pass, "
    "make a new backup, and destroy the old ones.",
    "sqlite": "Words in clear may still be in free pages and in backups of before. Stop the service, run "
    "`sqlite3 FILE 'VACUUM; PRAGMA wal_checkpoint(TRUNCATE)'`, make a new backup, and destroy the old ones.",
}
_BATCH = click.option(
    "--batch", type=click.IntRange(50, 20_000), help="Rows of a transaction. Default: 1000; SQLite: 200."
)
_REST = click.option(
    "--rest", type=click.FloatRange(0, 100), default=1.0, show_default=True,
    help="After each batch, pause so many times as long as it took: 0 is fastest, more is gentler to callers.",
)  # fmt: skip


@keys.command("encrypt")
@click.option("--dry-run", is_flag=True, help="Only count the rows that would be encrypted.")
@_BATCH
@_REST
def encrypt(dry_run: bool, batch: int | None, rest: float) -> None:
    """Encrypt the rows that a release before encryption wrote, beside the service. It may be stopped and run again."""
    app = sunwai()
    if dry_run:
        every = clear_rows.count_clear_rows(app.database, COUNTED_AT_ONCE)
        total = TableCount("all tables", sum(each.rows for each in every), sum(each.wanted for each in every))
        for each in (*every, total):
            click.echo(f"{each.table:<16} {each.rows:>12,} rows, {each.wanted:>12,} to encrypt")
        return
    clear_rows.encrypt_rows(app.database, pace=_pace(batch, rest), clock=app.clock, tell=_Bar().show)
    click.echo("No row is left in clear.")
    click.echo(OLD_PAGES[app.database.engine.dialect.name])


@keys.command("rotate")
@click.argument("kind", type=click.Choice(KINDS), required=False)
@click.option("--status", is_flag=True, help="Show how far each rotation is.")
@click.option(
    "--one-machine", is_flag=True, help="No other machine has a copy of the key file: do not stop between steps."
)
@click.option("--back", is_flag=True, help="Undo the last step, as long as the old key is not removed.")
@_BATCH
@_REST
def rotate(kind: Kind | None, status: bool, one_machine: bool, back: bool, batch: int | None, rest: float) -> None:
    """Replace a key beside the service: wrap (encrypts data keys), data (encrypt words) or index (finds numbers).

    Run it again until it says that it is over; after each step that changes the key file, copy that to every machine.
    """
    app = sunwai()
    if status or kind is None:
        for line in rotation_status(app.database, app.clock()):
            click.echo(line)
        return
    rotation = _rotation(_pace(batch, rest), one_machine=one_machine)
    try:
        if back and kind == "data":
            raise Usage("Data keys have no step to undo: run `sunwai keys rotate data` again until it is over.")
        outcome = rotation.back("wrap" if kind == "wrap" else "index") if back else rotation.run(kind)
    except RotationError as error:
        raise click.ClickException(str(error)) from None
    click.echo(outcome.words)


@keys.command("remove")
@click.argument("purpose", type=click.Choice(["wrap", "index"]))
@click.argument("number", type=click.IntRange(1, 2**16 - 1))
def remove(purpose: Purpose, number: int) -> None:
    """Take an old key off the key file; it is refused while anything needs it."""
    try:
        click.echo(_rotation(_pace(None, 1.0)).remove(purpose, number).words)
    except RotationError as error:
        raise click.ClickException(str(error)) from None


def _pace(batch: int | None, rest: float) -> Pace:
    usual = 200 if sunwai().database.engine.dialect.name == "sqlite" else 1000
    return Pace(batch or usual, rest)


def _rotation(pace: Pace, *, one_machine: bool = False) -> Rotation:
    app = sunwai()
    from_command = bool(app.settings.keys_command)
    return Rotation(app.database, _write, app.clock, _Bar().show, pace, one_machine, from_command=from_command)


def _write(ring: KeyRing) -> None:
    """Put a key ring where this machine reads it."""
    settings = sunwai().settings
    if settings.keys_command:
        raise Usage(
            "KEYS_COMMAND prints the keys, and this command cannot change what it prints. Change the ring there, as "
            "docs/operators/encryption-keys.md says for each step, and run this again."
        )
    path = Path(settings.keys_file) if settings.keys_file else key_file_of(settings.database_url)
    kept = replace_key_file(path, ring)
    click.echo(f"{path} was changed. What it was is in {kept}: keep both apart from the backups of the database.")


class _Bar:
    """How far a table is, with its rate and the time that is left."""

    def __init__(self) -> None:
        self._table, self._began, self._from, self._shown = "", 0.0, 0, 0.0
        self._full: dict[str, int] = {}  # table -> rows that were changed when its bar was full

    def show(self, progress: Progress) -> None:
        """One line, written over in a terminal. A full bar is shown once, and again only if more was changed."""
        now, terminal = time.monotonic(), sys.stderr.isatty()
        if progress.table != self._table:
            self._table, self._began, self._from, self._shown = progress.table, now, progress.passed, 0.0
        over = progress.passed >= progress.total
        if now - self._shown < SHOWN_EVERY[terminal] and not over:
            return
        if over and self._full.get(progress.table) == progress.changed:
            return
        if over:
            self._full[progress.table] = progress.changed
        self._shown = now
        rate = (progress.passed - self._from) / max(now - self._began, 0.001)
        left = "" if over or rate < 1 else f", {_left((progress.total - progress.passed) / rate)} left"
        full = WIDTH if over else WIDTH * progress.passed // max(progress.total, 1)
        line = (
            f"{progress.table:<16} [{'#' * full}{'.' * (WIDTH - full)}] {progress.passed:,} of {progress.total:,}, "
            f"{progress.changed:,} changed, {rate:,.0f} a second{left}"
        )
        click.echo(f"\r\x1b[K{line}" if terminal else line, err=True, nl=over or not terminal)


def _left(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
