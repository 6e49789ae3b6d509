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
    lost = alone is not None and bool(publication.protections_lost_by_rollback(database, name, number, last))
    done = publication.roll_back(
        database,
        sunwai().clock(),
        name,
        number,
        revision_note(name, by, said, one_line(reason) or None, alone, _IN_THE_CONSOLE, lost=lost),
        last=last,
    )
    if isinstance(done, publication.PublishFailure):
        match done.why:
            case "missing":
                raise click.ClickException(f"{name} has no revision {number}: flask flows list shows all.")
            case "damaged":
                said = f"{name} revision {number}: its files do not match its hash, so it was not rolled back to."
                raise click.ClickException(f"{said} Restore the database from a backup, or publish from files.")
            case "dialled":
                raise click.ClickException(f"Not rolled back: {codes_to_remove(done, name)}")
            case "lost":
                record_refusal(name, "lost")
                click.echo("\n".join(lines_of(publication.lost_protections(done.problems), "E")))
                said = f"going back to revision {number} loses what protects people (E above). If it is meant, two "
                said += f"people must agree to it. {_IN_THE_CONSOLE}"
                alone = "In an emergency, add --alone 'why nobody else can look at it'."
                raise click.ClickException(f"Not rolled back: {said} {alone}")
            case "stale":
                said = f"revision {done.live} of {name} was published while revision {number} was being checked"
                look = command("diff", number, done.live, *flow_option(name))
                raise click.ClickException(f"Not published: {said}. Look first: {look}")
            case _:
                click.echo("\n".join(lines_of(done.problems, "E")))
                again = once_more(said, one_line(reason), by if author else "", alone)
                raise click.ClickException(_unfit_to_go_back_to(done, name, number, again))
    click.echo(_gone_back(done, number, flow_option(name)))


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
    correct = f"Correct a copy: {copy}, then {command('publish', folder, '--base', done.live, *again)}"
    if held:
        back = command("rollback", number, *flow_option(name), "--restore-rows", *again)
        correct = f"Restore the rows too: {back}. Or correct a copy{correct.removeprefix('Correct a copy')}"
    return f"Not rolled back: revision {number} {said} (above). Nothing was changed. {correct}"
