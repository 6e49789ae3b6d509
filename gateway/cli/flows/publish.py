"""`flask flows publish`: a new revision answers new calls; calls in progress end on the one they began on."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from flask.cli import with_appcontext

from flows.parsing.flow import parse_flow
from flows.text.printable import one_line
from gateway.cli.flows.code_assignment import missing_route_hint
from gateway.cli.flows.show_and_diff import flow_option
from gateway.flow_folder.base_revision_note import note, read_base_revision
from gateway.flow_folder.files import FlowFileError, read_flow
from gateway.terminal.errors import Usage, command, one_line_errors, sunwai, when
from gateway.terminal.findings_formats import as_blockers, lines_of, relative_findings
from gateway.terminal.flow_arguments import FILE
from sessions.publishing import publication, revision_history
from sessions.publishing.base_revision import BaseRevision

AUTHOR = click.option("--author", help="Who publishes it; your name on this computer by default.")
REASON = click.option("--reason", default="", help="Why its warnings (W) are acceptable; asked for when it has any.")


@click.command("publish")
@FILE
@click.option("--message", required=True, help="What changed and why: one sentence for those who come after.")
@REASON
@AUTHOR
@click.option(
    "--base", type=click.IntRange(min=0), help="The revision it was made from; read from the files by default."
)
@with_appcontext
@one_line_errors
def publish(file: Path, message: str, reason: str, author: str | None, base: int | None) -> None:
    """Check the flow FILE, play its scripted calls, and let it answer new calls.

    Calls in progress end on the revision they began on. Refused are errors (E), warnings (W) without a --reason, a
    scripted call that fails, and files made from an older revision than the live one: they would undo what somebody
    else published since.
    """
    files, main = read_flow(file)
    by = person(author)
    message, reason = one_line(message), one_line(reason)
    if not message:
        raise Usage("--message cannot be empty: others must be able to see what changed, and why.")
    done = publication.publish(
        sunwai().database,
        sunwai().clock(),
        files,
        main,
        publication.RevisionNote(by, message, reason=reason),
        base=publication.FromFiles(read_base_revision(file.parent, _name_of(files, main))) if base is None else base,
    )
    if isinstance(done, publication.PublishFailure):
        raise _refused(done, file, _name_of(files, main), once_more(message, reason, by if author else ""))
    _tell_accepted(done, file.parent)
    state = "is live now" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")
    if not any(each.codes for each in publication.list_published_flows(sunwai().database) if each.flow == done.flow):
        click.echo(f"No code leads to it yet: {missing_route_hint(done.flow)}")
    try:
        note(file.parent, done.flow, BaseRevision(done.number, done.digest))
    except FlowFileError as error:
        click.echo(f"{error} So say --base {done.number} when you publish from this folder again.", err=True)


def _tell_accepted(done: publication.PublishedRevision, folder: Path) -> None:
    """The warnings that a reason was given for."""
    accepted = lines_of(relative_findings(done.problems, folder), "W")
    if accepted:
        click.echo("\n".join(["Warnings, accepted for the reason given:", *accepted]))


def _refused(done: publication.PublishFailure, file: Path, name: str, again: list[str]) -> click.ClickException:
    """Why a flow was not published, after the findings that block it were told, and what to do.

    `again` are the words of the command that stay when it is given once more.
    """
    if done.why == "stale":
        return click.ClickException(f"Not published: {_stale(done, file, name, again)}")
    if done.why == "dialled":
        return click.ClickException(f"Not published: {codes_to_remove(done, name)}")
    blocks = "W" if done.why == "warnings" else "E"
    click.echo(as_blockers(relative_findings(done.problems, file.parent), blocks, file.as_posix()))
    if done.why == "warnings":
        said = "the warnings (W) above need a reason. Mend them, or say why callers can live with them: --reason"
        return click.ClickException(f"Not published: {said} '...'")
    return click.ClickException("Not published: mend the errors (E) above first.")


def once_more(message: str, reason: str, author: str) -> list[str]:
    """The words of a command that stay when it is given once more; "" for what was not said."""
    said = {"--message": message, "--reason": reason, "--author": author}
    return [word for name, words in said.items() if words for word in (name, words)]


def codes_to_remove(done: publication.PublishFailure, name: str) -> str:
    """The codes that keep a flow from being one for texts, and how they are taken away."""
    first = done.codes[0]
    others = f" (and so for {', '.join(done.codes[1:])})" if done.codes[1:] else ""
    away = command("route", "--remove", first, "--force")
    return (
        f"{', '.join(done.codes)} leads to {name}, and a flow for texts (channel: sms) answers no calls. "
        f"Let it lead to a menu, or nowhere: {away}{others}"
    )


def _stale(done: publication.PublishFailure, file: Path, name: str, again: list[str]) -> str:
    """The other person's revision, what publishing would undo, and the way out."""
    database = sunwai().database
    live = revision_history.find_revision(database, name)
    if not done.live or live is None:
        return f"no revision of {name} is live, so it cannot be made from revision {done.base}: leave --base out."
    if done.base and revision_history.find_revision(database, name, done.base) is None:
        return f"{name} has no revision {done.base}, so these files were not made from it: flask flows list shows all."
    who = f"revision {live.number} is live ({live.author}, {when(live.published_at)}: {live.message})"
    if not done.base:
        return f"{who}. Look at it: {command('diff', live.number, file)}"
    retry = command("publish", file, "--base", live.number, *again)
    if live.rolls_back is not None and live.base == done.base:
        return (
            f"{who}; it took revision {done.base}, from which these files were made, back to revision "
            f"{live.rolls_back}. To publish your words in spite of that: {retry}"
        )
    made = "were" if read_base_revision(file.parent, name) else "seem to be"
    return (
        f"{who}, and these files {made} made from revision {done.base}: they would undo what changed since. "
        f"See it with `{command('diff', done.base, live.number, *flow_option(name))}`, take it into your files, "
        f"then say so: {retry}"
    )


def _name_of(files: dict[str, str], main: str) -> str:
    flow = parse_flow(files, main).flow
    return flow.name if flow else ""


def person(author: str | None) -> str:
    """Who publishes, in one line. Raises Usage where nobody was named and this computer does not know."""
    if author is None:
        try:
            author = getpass.getuser()
        except (KeyError, OSError):  # a container may run under a number without a name
            author = ""
    author = one_line(author)
    if not author:
        raise Usage("--author is needed: others must be able to see who published it.")
    return author[:64]
