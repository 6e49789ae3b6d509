"""`flask flows publish` and `rollback`: a new revision answers new calls; calls in progress end on their own."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from flows.parse import parse
from gateway.commands.findings import as_blocked, lines_of, placed
from gateway.commands.flows_revisions import FLOW, NUMBER, flow_named
from gateway.commands.plainly import Usage, one_line, plainly, sunwai, when
from gateway.flowfiles import read_flow
from sessions import earlier, publishing

_AUTHOR = click.option("--author", help="Who publishes it; your name on this computer by default.")
_REASON = click.option("--reason", default="", help="Why its warnings (W) are acceptable; asked for when it has any.")


@click.command("publish")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--message", required=True, help="What changed and why: one sentence for those who come after.")
@_REASON
@_AUTHOR
@click.option(
    "--base", type=click.IntRange(min=0), help="The revision it was made from; read from the files by default."
)
@with_appcontext
@plainly
def publish(file: Path, message: str, reason: str, author: str | None, base: int | None) -> None:
    """Check the flow FILE, play its scripted calls, and let it answer new calls.

    Calls in progress end on the revision they began on. Refused are errors (E), warnings (W) without a --reason, a
    scripted call that fails, and files made from an older revision than the live one: they would undo what somebody
    else published since.
    """
    files, main = read_flow(file)
    author = _person(author)
    message, reason = one_line(message), one_line(reason)
    if not message:
        raise Usage("--message cannot be empty: others must be able to see what changed, and why.")
    done = publishing.publish(
        sunwai().database,
        datetime.now(UTC),
        files,
        main,
        author,
        message,
        reason=reason,
        base=publishing.FROM_FILES if base is None else base,
    )
    if isinstance(done, publishing.Unfit):
        raise _refused(done, file, main, files)
    state = "is live now" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")
    if not any(each.codes for each in publishing.listing(sunwai().database) if each.flow == done.flow):
        click.echo(f"No code leads to it yet: flask flows route '*8484#' {done.flow}")


@click.command("rollback")
@click.argument("number", type=NUMBER)
@FLOW
@click.option("--message", default="", help="Why; by default it says which revision was brought back.")
@_REASON
@_AUTHOR
@with_appcontext
@plainly
def rollback(number: int, flow: str | None, message: str, reason: str, author: str | None) -> None:
    """Publish revision NUMBER again, as a new revision. Nothing is deleted: what was live can be brought back too."""
    name = flow_named(flow)
    database = sunwai().database
    earlier_one = earlier.find(database, name, number)
    said = one_line(message) or (f"Back to revision {number}: {earlier_one.message}" if earlier_one else "")
    done = publishing.bring_back(
        database, datetime.now(UTC), name, number, _person(author), said, reason=one_line(reason) or None
    )
    if isinstance(done, publishing.Unfit):
        match done.why:
            case "missing":
                raise click.ClickException(f"{name} has no revision {number}: flask flows list shows all.")
            case "damaged":
                said = f"{name} revision {number}: its files do not match its hash, so it is not brought back."
                raise click.ClickException(f"{said} Restore the database from a backup, or publish from files.")
            case "stale":
                said = f"revision {done.live} of {name} was published while revision {number} was being checked"
                raise click.ClickException(f"Not published: {said}. Look first: flask flows diff {number} {done.live}")
            case _:
                click.echo("\n".join(lines_of(done.problems, "E")))
                said = f"revision {number} has errors (E) by today's checks"
                raise click.ClickException(f"Not published: {said}. Mend a copy: flask flows show {number} --to FOLDER")
    state = f"is live now, with the files of revision {number}" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")


def _refused(done: publishing.Unfit, file: Path, main: str, files: dict[str, str]) -> click.ClickException:
    """Why a flow was not published, after the findings that block it were told, and what to do."""
    if done.why == "stale":
        return click.ClickException(_stale(done, file, main, files))
    blocks = "W" if done.why == "warnings" else "E"
    click.echo(as_blocked(placed(done.problems, file.parent), blocks, file.as_posix()))
    if done.why == "warnings":
        said = "the warnings (W) above need a reason. Mend them, or say why callers can live with them: --reason"
        return click.ClickException(f"Not published: {said} '...'")
    return click.ClickException("Not published: mend the errors (E) above first.")


def _stale(done: publishing.Unfit, file: Path, main: str, files: dict[str, str]) -> str:
    """The other person's revision, what publishing would undo, and the way out."""
    flow = parse(files, main).flow
    name = flow.name if flow else ""
    live = earlier.find(sunwai().database, name)
    if not done.live or live is None:
        return f"Not published: no revision of {name} is live, so it cannot be made from revision {done.base}."
    who = f"revision {live.number} is live ({live.author}, {when(live.published_at)}: {live.message})"
    if not done.base:
        return f"Not published: {who}. Look at it: flask flows diff {live.number} {file}"
    return (
        f"Not published: {who}, and these files were made from revision {done.base}: they would undo what changed "
        f"since. See it with `flask flows diff {done.base} {live.number}`, take it into your files, "
        f"then publish with --base {live.number}"
    )


def _person(author: str | None) -> str:
    if author is None:
        try:
            author = getpass.getuser()
        except (KeyError, OSError):  # a container may run under a number without a name
            author = ""
    author = one_line(author)
    if not author:
        raise Usage("--author is needed: others must be able to see who published it.")
    return author[:64]
