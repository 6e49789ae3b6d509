"""`flask flows list` and `status`: which revision of each flow is live."""

from pathlib import Path

import click

from flows.text.printable import pluralize
from flows.versions.revision_diff import diff_revisions
from gateway.cli.flows.code_assignment import missing_route_hint
from gateway.cli.flows.command_group import flows
from gateway.cli.flows.show_and_diff import resolve_flow_name
from gateway.flow_folder.base_revision_note import read_base_revision
from gateway.flow_folder.files import read_flow
from gateway.terminal.errors import command, sunwai, when
from gateway.terminal.flow_arguments import FlowFile
from sessions.publishing import publication, revision_history
from storage.menus.revisions import LiveFlowSummary


@flows.command("list")
@click.option("--flow", help="Only this flow.")
def list_(flow: str | None) -> None:
    """List every live flow with its codes, and all its revisions, newest first."""
    database, found = sunwai().database, _published()
    if flow is not None and found:
        found = [each for each in found if each.flow == resolve_flow_name(flow)]
    for each in found:
        codes = " ".join(each.codes) or "no code leads to it"
        words = f"{when(each.published_at)}  {each.author}: {each.message}"
        click.echo(f"{each.flow}  revision {each.number}  [{codes}]  {words}")
        for revision in revision_history.history(database, each.flow):
            mark = "*" if revision.number == each.number else " "
            back = f"  (rolled back to {revision.rolls_back})" if revision.rolls_back else ""
            words = f"{when(revision.published_at)}  {revision.author}: {revision.message}{back}"
            click.echo(f"  {mark} {revision.number}  {words}")


@flows.command("status")
@click.argument("file", required=False, type=FlowFile())
def status(file: Path | None) -> None:
    """Show which revision of each flow answers calls and since when. With FILE, compare that file with it."""
    if file is not None:
        click.echo(_standing(file))
        return
    for each in _published():
        codes = ", ".join(each.codes) or f"no code yet ({missing_route_hint(each.flow)})"
        click.echo(f"{each.flow}: revision {each.number} answers calls to {codes} since {when(each.since)}.")


def _published() -> list[LiveFlowSummary]:
    """Every live flow; prints a hint if there is none."""
    found = publication.list_published_flows(sunwai().database)
    if not found:
        click.echo("No flow is published yet: flask flows publish FILE --message ...")
    return found


def _standing(file: Path) -> str:
    files, main = read_flow(file)
    flow, problems = publication.check_flow(files, main, policy=sunwai().policy)
    if flow is None:
        errors = sum(problem.severity == "E" for problem in problems)
        return f"{file}: {pluralize(errors, 'error')} to fix before publishing: {command('check', file)}"
    taken = read_base_revision(file.parent, flow.name)
    stands = revision_history.source_status(sunwai().database, files, main, flow.name, taken)
    if not stands.live:
        return f"{flow.name}: not published yet."
    if stands.same:
        return f"{flow.name}: identical to live revision {stands.live}."
    changes = diff_revisions(stands.flow, flow) if stands.flow else ()
    made = f"{flow.name}: made from revision {stands.made_from}, revision {stands.live} is live"
    count = sum(change.notices == "caller" for change in changes)
    noticed = f"{pluralize(count, 'change')} callers would notice" if count else "nothing callers would notice"
    if recorded := sum(change.notices == "record" for change in changes):
        noticed = f"{noticed}, {pluralize(recorded, 'change')} officers or the record would"
    return f"{made}, {noticed}: {command('diff', stands.live, file)}"
