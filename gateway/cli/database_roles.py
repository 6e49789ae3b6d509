"""`flask roles` prints the SQL for two roles in PostgreSQL: one changes tables, the other runs the service."""

import re

import click
from sqlalchemy import make_url

from gateway.terminal.errors import one_line_errors, sunwai
from storage.operations.database_role import grant_statements, role_statements

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")  # what needs no quotes in SQL


def _name(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if value and not NAME.fullmatch(value):
        raise click.BadParameter("give a name of small letters, digits and _")
    return value


@click.command("roles")
@click.option("--owner", default="sunwai_owner", show_default=True, callback=_name, help="Runs `flask migrate`.")
@click.option("--runtime", default="sunwai", show_default=True, callback=_name, help="Runs everything else.")
@click.option("--database", default="", callback=_name, help="Default: the one in DATABASE_URL, or sunwai.")
@one_line_errors
def roles(owner: str, runtime: str, database: str) -> None:
    """Print SQL that makes the roles of the database and gives each what it needs. Nothing is executed.

    Run it as a superuser, before the first `flask migrate` and after each one.
    """
    if owner == runtime:
        raise click.UsageError("--owner and --runtime must differ: the service may not own its tables.")
    url = make_url(sunwai().settings.database_url)
    named = url.database if url.get_backend_name() == "postgresql" else ""
    for each in (*role_statements(owner, runtime, database or named or "sunwai"), *grant_statements(owner, runtime)):
        click.echo(f"{each};")
