"""`flask flows`: check a flow file, publish it, say which code leads to it, list what is live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from flask.cli import AppGroup

from flows.problems import Problem
from gateway.commands.plainly import Usage, plainly, sunwai
from gateway.flowfiles import read_flow
from sessions import publishing

flows = AppGroup("flows", help="Check, publish and list menu flows.")

_BLOCKS = {"error": ("E",), "warning": ("E", "W")}
_HEADINGS = {
    "E": "Errors, to be mended before it can be published:",
    "W": "Warnings, each to be looked at:",
    "I": "Notes:",
}
_NAMES = {"E": "error", "W": "warning", "I": "note"}
_FILE = click.argument("file", type=click.Path(path_type=Path))


@flows.command("check", with_appcontext=False)
@_FILE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True)
@plainly
def check(file: Path, form: str, fail_on: str) -> None:
    """Look for mistakes in the flow FILE and in the lists and texts it names.

    Exit code 0: fit to publish. 1: findings. 2: the file cannot be read.
    """
    _, problems = publishing.examined(*read_flow(file))
    placed = [_placed(problem, file) for problem in problems]
    click.echo(msgspec.json.format(msgspec.json.encode(placed)).decode() if form == "json" else _lines(placed, file))
    if any(problem.severity in _BLOCKS[fail_on] for problem in problems):
        raise SystemExit(1)


@flows.command("publish")
@_FILE
@click.option("--message", required=True, help="What changed and why: one sentence for those who come after.")
@click.option("--author", required=True, help="Who publishes it.")
@plainly
def publish(file: Path, message: str, author: str) -> None:
    """Check the flow FILE and let it answer new calls. Calls in progress end on the revision they began on."""
    files, main = read_flow(file)
    if not message.strip() or not author.strip():
        raise Usage("--message and --author cannot be empty: others must be able to see who changed what, and why.")
    done = publishing.publish(sunwai().database, datetime.now(UTC), files, main, author.strip()[:64], message.strip())
    if isinstance(done, publishing.Unfit):
        blocking = [problem for problem in done.problems if problem.severity == "E"]
        click.echo(_lines([_placed(problem, file) for problem in blocking], file))
        raise click.ClickException("Not published: mend the errors above first.")
    state = "is live now" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")
    if not any(each.codes for each in publishing.listing(sunwai().database) if each.flow == done.flow):
        click.echo(f"No code leads to it yet: flask flows route '*8484#' {done.flow}")


@flows.command("list")
@plainly
def list_() -> None:
    """Show every live flow: its revision, the codes that lead to it, who published it, when and why."""
    found = publishing.listing(sunwai().database)
    if not found:
        click.echo("No flow is published yet: flask flows publish FILE --message ... --author ...")
    for each in found:
        codes = " ".join(each.codes) or "no code leads to it"
        when = f"{each.published_at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{each.flow}  revision {each.number}  [{codes}]  {when}  {each.author}: {each.message}")


@flows.command("route")
@click.argument("code")
@click.argument("flow")
@plainly
def route(code: str, flow: str) -> None:
    """Let CODE (*8484# or 8484) lead to the published FLOW. Put it in quotes: a shell reads * and # itself."""
    if not publishing.is_code(code):
        raise Usage(f"{code} is neither a service code such as '*8484#' nor a short code such as 8484.")
    if not publishing.route(sunwai().database, code, flow):
        raise click.ClickException(f"No flow named {flow} is published: publish it first (flask flows list shows all).")
    click.echo(f"{code} leads to {flow}.")


def _placed(problem: Problem, file: Path) -> Problem:
    """The problem with its file as seen from where the command was given."""
    return msgspec.structs.replace(problem, file=(file.parent / problem.file).as_posix())


def _lines(problems: Sequence[Problem], file: Path) -> str:
    counts = [(sum(each.severity == letter for each in problems), name) for letter, name in _NAMES.items()]
    told = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for count, name in counts if count)
    lines = []
    for letter, heading in _HEADINGS.items():
        found = [str(each) for each in problems if each.severity == letter]
        lines += [heading, *found, ""] if found else []
    return "\n".join([*lines, f"{file.as_posix()}: {told or 'no problems found'}"])
