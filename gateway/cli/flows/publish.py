"""`flask flows publish`: a new revision answers new calls; calls in progress end on the one they started on."""

import getpass
from pathlib import Path

import click

from flows.parsing.flow import parse_flow
from flows.text.printable import one_line
from gateway.cli.flows.code_assignment import missing_route_hint
from gateway.cli.flows.command_group import flows
from gateway.cli.flows.show_and_diff import flow_option
from gateway.flow_folder.base_revision_note import note, read_base_revision
from gateway.flow_folder.files import FlowFileError, read_flow
from gateway.terminal.errors import Usage, command, sunwai, when
from gateway.terminal.findings_formats import as_blockers, lines_of, relative_findings
from gateway.terminal.flow_arguments import FILE
from gateway.terminal.second_person import ALONE, record_refusal, revision_note
from sessions.publishing import publication, revision_history
from sessions.publishing.base_revision import BaseRevision

AUTHOR = click.option("--author", help="Who publishes it; by default, your user name on this computer.")
REASON = click.option("--reason", default="", help="Why its warnings (W) are acceptable; required if it has any.")


@flows.command("publish")
@FILE
@click.option("--message", required=True, help="What changed and why, in one sentence.")
@REASON
@AUTHOR
@ALONE
@click.option(
    "--base", type=click.IntRange(min=0), help="The revision it was made from; by default, read from the files."
)
def publish(file: Path, message: str, reason: str, author: str | None, alone: str | None, base: int | None) -> None:
    """Check the flow FILE, play its scripted calls, and let it answer new calls.

    Calls in progress end on the revision they started on. A flow is refused if it has errors (E), warnings (W)
    without a --reason, or a scripted call that fails, or if its files were made from an older revision than the live
    one: they would undo what somebody else has published since.
    """
    files, main = read_flow(file)
    flow = parse_flow(files, main).flow
    name, by = flow.name if flow else "", person(author)
    message, reason = one_line(message), one_line(reason)
    if not message:
        raise Usage("--message cannot be empty: others must be able to see what changed and why.")
    app = sunwai()
    again = once_more(message, reason, by if author else "", alone)
    unfit = publication.find_failure(app.database, files, main, app.policy) if alone is not None else None
    if unfit is not None and unfit.why == "errors":
        raise _refused(unfit, file, name, again)
    lost = unfit is not None and unfit.why == "lost"
    done = publication.publish(
        app.database,
        app.clock(),
        files,
        main,
        revision_note(name, by, message, reason, alone, _in_the_console(file), lost=lost),
        base=publication.FromFiles(read_base_revision(file.parent, name)) if base is None else base,
        policy=app.policy,
    )
    if isinstance(done, publication.PublishFailure):
        raise _refused(done, file, name, again)
    _tell_accepted(done, file.parent)
    state = "is live now" if done.changed else "is live already, nothing changed"
    click.echo(f"{done.flow}: revision {done.number} {state}.")
    if not any(each.codes for each in publication.list_published_flows(sunwai().database) if each.flow == done.flow):
        click.echo(f"No code leads to it yet: {missing_route_hint(done.flow)}")
    try:
        note(file.parent, done.flow, BaseRevision(done.number, done.digest))
    except FlowFileError as error:
        click.echo(f"{error} Use --base {done.number} when you publish from this folder again.", err=True)


def _in_the_console(file: Path) -> str:
    """How the files of a flow are published by two people."""
    packed = command("export", file, "--zip", file.with_suffix(".zip").name)
    return f"Import the files in the console ({packed}); somebody who did not work on them publishes that draft."


def _tell_accepted(done: publication.PublishedRevision, folder: Path) -> None:
    """Print the warnings that were accepted, and what protects people and is lost."""
    found = relative_findings(done.problems, folder)
    if lost := lines_of(publication.lost_protections(found), "E"):
        click.echo("\n".join(["Lost, as two people agreed, for the reason given:", *lost]))
    accepted = lines_of(found, "W")
    if accepted:
        click.echo("\n".join(["Warnings, accepted for the reason given:", *accepted]))


def _refused(done: publication.PublishFailure, file: Path, name: str, again: list[str]) -> click.ClickException:
    """Print the findings that block a flow; return why it was not published, and what to do.

    `again` are the arguments that stay the same when the command is repeated.
    """
    if done.why == "stale":
        return click.ClickException(f"Not published: {_stale(done, file, name, again)}")
    if done.why == "dialled":
        return click.ClickException(f"Not published: {codes_to_remove(done, name)}")
    blocks = "W" if done.why == "warnings" else "E"
    click.echo(as_blockers(relative_findings(done.problems, file.parent), blocks, file.as_posix()))
    if done.why == "warnings":
        said = "the warnings (W) above need a reason. Fix them, or say why they are acceptable: --reason"
        return click.ClickException(f"Not published: {said} '...'")
    if done.why == "lost":
        record_refusal(name, "lost")
        said = "it loses what protects people (E above). Put it back. If it is meant, two people must agree to it"
        alone = "In an emergency, add --reason 'why it is right' --alone 'why nobody else can look at it'."
        return click.ClickException(f"Not published: {said}, with a reason. {_in_the_console(file)} {alone}")
    return click.ClickException("Not published: fix the errors (E) above first.")


def once_more(message: str, reason: str, author: str, alone: str | None) -> list[str]:
    """The arguments of a command that stay the same when it is repeated; "" and None mean not given."""
    said = {"--message": message, "--reason": reason, "--author": author, "--alone": one_line(alone or "")}
    return [word for name, words in said.items() if words for word in (name, words)]


def codes_to_remove(done: publication.PublishFailure, name: str) -> str:
    """The codes that keep a flow from becoming an SMS flow, and how to remove them."""
    first = done.codes[0]
    others = f" (and so for {', '.join(done.codes[1:])})" if done.codes[1:] else ""
    away = command("route", "--remove", first, "--force")
    return (
        f"{', '.join(done.codes)} leads to {name}, and an SMS flow (channel: sms) answers no calls. "
        f"Make it lead to a menu, or nowhere: {away}{others}"
    )


def _stale(done: publication.PublishFailure, file: Path, name: str, again: list[str]) -> str:
    """The other person's revision, what publishing would undo, and what to do."""
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
            f"{live.rolls_back}. To publish your changes anyway: {retry}"
        )
    made = "were" if read_base_revision(file.parent, name) else "seem to be"
    return (
        f"{who}, and these files {made} made from revision {done.base}: they would undo what has changed since. "
        f"See it with `{command('diff', done.base, live.number, *flow_option(name))}`, add it to your files, "
        f"then publish: {retry}"
    )


def person(author: str | None) -> str:
    """Who publishes, in one line. Raises Usage if no name was given and this computer does not know one."""
    if author is None:
        try:
            author = getpass.getuser()
        except (KeyError, OSError):  # a container may run under a user id without a name
            author = ""
    author = one_line(author)
    if not author:
        raise Usage("--author is needed: others must be able to see who published it.")
    return author[:64]
