"""`flask flows publish` and `rollback`: a new revision answers new calls; calls in progress end on their own."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from flows.parse import parse
from gateway.commands.findings import as_blocked, lines_of, placed
from gateway.commands.flows_revisions import FLOW, NUMBER, flow_named, said_which
from gateway.commands.flows_route import way_in
from gateway.commands.given import FILE
from gateway.commands.plainly import Usage, command, one_line, plainly, sunwai, when
from gateway.flowfiles import FlowFileError, read_flow
from gateway.takenfrom import note, taken_from
from sessions import earlier, publishing
from sessions.origin import Taken

_AUTHOR = click.option("--author", help="Who publishes it; your name on this computer by default.")
_REASON = click.option("--reason", default="", help="Why its warnings (W) are acceptable; asked for when it has any.")


@click.command("publish")
@FILE
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
        taken=taken_from(file.parent, _name_of(files, main)),
    )
    if isinstance(done, publishing.Unfit):
        raise _refused(done, file, main, files)
    _tell_accepted(done, file.parent)
    state = "is live now" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")
    if not any(each.codes for each in publishing.listing(sunwai().database) if each.flow == done.flow):
        click.echo(f"No code leads to it yet: {way_in(done.flow)}")
    try:
        note(file.parent, done.flow, Taken(done.number, done.digest))
    except FlowFileError as error:
        click.echo(f"{error} So say --base {done.number} when you publish from this folder again.", err=True)


def _tell_accepted(done: publishing.Published, folder: Path) -> None:
    """The warnings that a reason was given for."""
    accepted = lines_of(placed(done.problems, folder), "W")
    if accepted:
        click.echo("\n".join(["Warnings, accepted for the reason given:", *accepted]))


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
                look = command("diff", number, done.live, *said_which(name))
                raise click.ClickException(f"Not published: {said}. Look first: {look}")
            case _:
                click.echo("\n".join(lines_of(done.problems, "E")))
                raise click.ClickException(_unfit_to_go_back_to(done, name, number))
    click.echo(_gone_back(done, number, said_which(name)))


def _gone_back(done: publishing.Published, number: int, which: tuple[str, ...]) -> str:
    if not done.changed:
        return f"{done.flow}: revision {done.number} has the files of revision {number} and is live: nothing changed."
    undo = command("rollback", done.number - 1, *which)
    return (
        f"{done.flow}: revision {done.number} is live now, with the files of revision {number}. "
        f"Your own files are as they were. To undo this: {undo}"
    )


def _unfit_to_go_back_to(done: publishing.Unfit, name: str, number: int) -> str:
    """Why an earlier revision cannot simply answer calls again, and how to get what is good in it."""
    held = all(each.code in ("F605", "F902") for each in done.problems if each.severity == "E")
    said = (
        "lacks, or means something else by, codes that complaints hold by now"
        if held
        else "has errors (E) by today's checks"
    )
    folder = f"{name}-{number}"
    copy, again = command("show", number, *said_which(name), "--to", folder), command("publish", folder)
    mend = f"Mend a copy: {copy}, then {again} --base {done.live} --message '...'"
    return f"Not brought back: revision {number} {said} (above). Nothing was changed. {mend}"


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
    name = _name_of(files, main)
    live = earlier.find(sunwai().database, name)
    if not done.live or live is None:
        return f"Not published: no revision of {name} is live, so it cannot be made from revision {done.base}."
    who = f"revision {live.number} is live ({live.author}, {when(live.published_at)}: {live.message})"
    if not done.base:
        return f"Not published: {who}. Look at it: {command('diff', live.number, file)}"
    again = command("publish", file, "--base", live.number, "--message")
    if live.rolls_back is not None and live.base == done.base:
        return (
            f"Not published: {who}; it took revision {done.base}, from which these files were made, back to revision "
            f"{live.rolls_back}. To publish your words in spite of that: {again} '...'"
        )
    made = "were" if taken_from(file.parent, name) else "seem to be"
    return (
        f"Not published: {who}, and these files {made} made from revision {done.base}: they would undo what changed "
        f"since. See it with `{command('diff', done.base, live.number, *said_which(name))}`, take it into your files, "
        f"then say so: {again} '...'"
    )


def _name_of(files: dict[str, str], main: str) -> str:
    flow = parse(files, main).flow
    return flow.name if flow else ""


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
