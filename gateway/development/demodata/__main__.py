"""`make demo-data`: fills the database of `make run` with three months of sample data for every page to show."""

import datetime as dt
import gc
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import click

from gateway.app import create_app
from gateway.development.demodata import console_data, demo_stores
from gateway.development.demodata.distributions import SAMPLE
from gateway.development.demodata.health_data import HealthData
from gateway.development.demodata.months import Months
from gateway.development.processes.own_redis import temporary_redis
from gateway.development.processes.prepare_database import prepare
from gateway.development.processes.run_folder import ROOT, CannotRun, Place, running_facts
from gateway.endpoints.application import Sunwai
from gateway.monitoring import logs
from gateway.settings.loader import ConfigError
from storage.connection.database import Database
from storage.migrations.runner import migrate

DAYS = 90
HERE = "DATABASE_URL=sqlite:///var/demo.db"


@click.command()
@click.option("--sessions", type=click.IntRange(1, 200_000), default=20_000, show_default=True, help="Calls to make.")
@click.option("--days", type=click.IntRange(1, 365), default=DAYS, show_default=True, help="Days they are spread over.")
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed makes the same data.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The last moment, in UTC. Default: this hour.")
@click.option("--again", is_flag=True, help="Replace the sample data that is there.")
@click.option(
    "--var", "folder", type=click.Path(path_type=Path), default=ROOT / "var", help="The folder of `make run`."
)
def main(sessions: int, days: int, seed: int, until: dt.datetime | None, again: bool, folder: Path) -> None:
    """Fill the database with sample calls, complaints, offices at work and drafts."""
    end = until.replace(tzinfo=dt.UTC) if until else dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0)
    if running_facts(folder):
        raise click.ClickException(
            "make run is running here: stop it (Ctrl-C in its terminal) and start it again afterwards."
        )
    try:
        place = Place(folder)
        with TemporaryDirectory(prefix="sunwai-demo-") as own, temporary_redis(Place(Path(own))) as url:
            random = Random(seed)  # noqa: S311 - sample data, not secrets
            app = create_app(demo_stores.settings(place, url), random_below=random.randrange)
            logs.configure("ERROR")  # a line for each key press and each audit entry would bury the progress
            demo_stores.relax_durability(app.database.engine)
            migrate(app.database)
            if _may_fill(app.database, again=again):
                with _rare_collections():
                    _fill(app, random, end, days, sessions)
            click.echo(console_data.invitation_hint(app.database, dt.datetime.now(dt.UTC)))
            app.close()
    except (CannotRun, ConfigError, OSError) as error:
        raise click.ClickException(str(error)) from None


def _may_fill(database: Database, *, again: bool) -> bool:
    """True if there is room for sample data. Raises CannotRun if it would be mixed with real complaints."""
    there = demo_stores.database_content(database)
    if there == "real":
        raise CannotRun(
            "There are complaints or callers in this database that demo-data did not make. Nothing was changed. "
            f"Fill another one: {HERE} make demo-data, then {HERE} make run"
        )
    if there == "sample" and not again:
        click.echo("Sample data is there already. Replace it: make demo-data ARGS=--again")
        return False
    if there:
        demo_stores.clear(database)
    return True


def _fill(app: Sunwai, random: Random, end: dt.datetime, days: int, sessions: int) -> None:
    database = app.database
    begin = end.date() - dt.timedelta(days=days - 1)
    before = dt.datetime.combine(begin, dt.time(), dt.UTC) - dt.timedelta(days=1)
    click.echo("Publishing the flows …")
    with _quietly():
        if problem := prepare(database, app.settings, before):
            raise CannotRun(problem)
    word = secrets.token_hex(6)
    demo_stores.mark(database, word, whole=False)
    console_data.hire(database, before)
    months = Months(app, random)
    for release in SAMPLE.releases:
        at = before + (end - before) * release.at
        months.later(at, partial(console_data.publish_release, database, at, release))
    gc.collect()
    gc.freeze()  # flows are never garbage
    with click.progressbar(length=sessions, label="Calls", file=sys.stdout) as bar, _quietly():
        for count in months.play(begin, days, sessions, end):
            bar.update(count - bar.pos)
    with _quietly():
        copied = console_data.open_drafts(database, end)
        health = HealthData(app, random, end)
        health.feed()
        health.miss_schedule(copied)
    demo_stores.mark(database, word, whole=True)
    click.echo(
        f"{sessions:,} calls with {months.line.hops:,} key presses, {months.filed:,} complaints and suggestions, "
        f"{months.carrier.texts:,} texts, from {begin} to {end:%Y-%m-%d %H:%M} UTC. All of it is made up."
    )


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for garbage seldom: going through libraries and flows again and again would take a tenth of the time."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@contextmanager
def _quietly() -> Iterator[None]:
    """Drop what the parts print."""
    with redirect_stdout(StringIO()):
        yield


if __name__ == "__main__":
    main()
