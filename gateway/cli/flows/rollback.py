"""`flask flows rollback`: an earlier revision answers new calls again, as a new revision."""

import datetime as dt
from zoneinfo import ZoneInfo

import click

from flows.text.printable import one_line
from gateway.cli.flows.command_group import flows
from gateway.cli.flows.publish import AUTHOR, REASON, codes_to_remove, once_more, person
from gateway.cli.flows.show_and_diff import FLOW, NUMBER, flow_option, resolve_flow_name
from gateway.terminal.errors import command, sunwai
from gateway.terminal.findings_formats import lines_of
from gateway.terminal.second_person import ALONE, record_refusal, revision_note
from sessions.publishing import publication, revision_history

_IN_THE_CONSOLE = (
    "Somebody who is not one of its authors rolls back to it in the console, on the page of its revisions."
)


@flows.command("rollback")
@click.argument("number", type=NUMBER)
@FLOW
@click.option("--message", default="", help="Why; by default, which revision it was rolled back to.")
@REASON
@AUTHOR
@ALONE
@click.option(
    "--restore-rows",
    "restore",
    is_flag=True,
    help="Restore the rows that complaints use and revision NUMBER lacks. New calls do not offer them.",
)
def rollback(
    number: int, flow: str | None, message: str, reason: str, author: str | None, alone: str | None, restore: bool
) -> None:
    """Publish revision NUMBER again, as a new revision. Nothing is deleted, and a rollback can be rolled back."""
    name = resolve_flow_name(flow)
    database = sunwai().database
    earlier_one = revision_history.find_revision(database, name, number)
    by = person(author)
    said = one_line(message) or (f"Back to revision {number}: {earlier_one.message}" if earlier_one else "")
    last = _yesterday() if restore else ""
    policy, two_people = sunwai().policy, sunwai().settings.two_people
    if two_people or alone is not None:  # what nobody can go back to is told before a second person is asked for
        unfit = publication.find_rollback_failure(database, name, number, last, policy)
        if unfit is not None and unfit.why in ("missing", "damaged", "errors"):
            raise _refused(unfit, name, number, once_more(said, one_line(reason), by if author else "", alone))
    lost = alone is not None and bool(
        publication.protections_lost_by_rollback(database, name, number, last, sunwai().policy)
    )
    done = publication.roll_back(
        database,
        sunwai().clock(),
        name,
        number,
        revision_note(name, by, said, one_line(reason) or None, alone, _IN_THE_CONSOLE, lost=lost),
        last=last,
        policy=policy,
    )
    if isinstance(done, publication.PublishFailure):
        raise _refused(done, name, number, once_more(said, one_line(reason), by if author else "", alone))
    click.echo(_gone_back(done, number, flow_option(name)))


def _refused(done: publication.PublishFailure, name: str, number: int, again: list[str]) -> click.ClickException:
    """Print the findings that keep a revision from answering calls again; return why, and what to do.

    `again` are the arguments that stay the same when the command is repeated.
    """
    match done.why:
        case "missing":
            return click.ClickException(f"{name} has no revision {number}: flask flows list shows all.")
        case "damaged":
            said = f"{name} revision {number}: its files do not match its hash, so it was not rolled back to."
            return click.ClickException(f"{said} Restore the database from a backup, or publish from files.")
        case "dialled":
            return click.ClickException(f"Not rolled back: {codes_to_remove(done, name)}")
        case "lost":
            record_refusal(name, "lost")
            click.echo("\n".join(lines_of(publication.lost_protections(done.problems), "E")))
            said = f"going back to revision {number} loses what protects people (E above). If it is meant, two "
            said += f"people must agree to it. {_IN_THE_CONSOLE}"
            alone = "In an emergency, add --alone 'why nobody else can look at it'."
            return click.ClickException(f"Not rolled back: {said} {alone}")
        case "stale":
            said = f"revision {done.live} of {name} was published while revision {number} was being checked"
            look = command("diff", number, done.live, *flow_option(name))
            return click.ClickException(f"Not published: {said}. Look first: {look}")
        case _:
            click.echo("\n".join(lines_of(done.problems, "E")))
            return click.ClickException(_unfit_to_go_back_to(done, name, number, again))


def _yesterday() -> str:
    """The last day on which a restored row was offered, in the time zone of the callers."""
    now = sunwai().clock().astimezone(ZoneInfo(sunwai().settings.timezone))
    return (now.date() - dt.timedelta(days=1)).isoformat()


def _gone_back(done: publication.PublishedRevision, number: int, which: tuple[str, ...]) -> str:
    if not done.changed:
        return f"{done.flow}: revision {done.number} has the files of revision {number} and is live: nothing changed."
    undo = command("rollback", done.number - 1, *which)
    return (
        f"{done.flow}: revision {done.number} is live now, with the files of revision {number}. "
        f"Your own files are unchanged. To undo this: {undo}"
    )


def _publish_copy(folder: str, name: str, live: int, again: list[str]) -> str:
    """How a corrected copy is published. Two people do that in the console: --alone is for what cannot wait."""
    if not sunwai().settings.two_people:
        plain = again[: again.index("--alone")] if "--alone" in again else again
        return command("publish", folder, "--base", live, *plain)
    packed = command("export", f"{folder}/{name}.yaml", "--zip", f"{folder}.zip")
    return f"import it in the console ({packed}), where somebody who did not work on it publishes that draft"


def _unfit_to_go_back_to(done: publication.PublishFailure, name: str, number: int, again: list[str]) -> str:
    """Why an earlier revision cannot answer calls again as it is, and how to publish a corrected copy."""
    held = all(each.code in ("F605", "F902") for each in done.problems if each.severity == "E")
    said = (
        "lacks codes that complaints now use, or gives them another meaning"
        if held
        else "has errors (E) by today's checks"
    )
    folder = f"{name}-{number}"
    copy = command("show", number, *flow_option(name), "--to", folder)
    correct = f"Correct a copy: {copy}, then {_publish_copy(folder, name, done.live, again)}"
    if held:
        back = command("rollback", number, *flow_option(name), "--restore-rows", *again)
        correct = f"Restore the rows too: {back}. Or correct a copy{correct.removeprefix('Correct a copy')}"
    return f"Not rolled back: revision {number} {said} (above). Nothing was changed. {correct}"
