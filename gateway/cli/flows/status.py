"""`flask flows`: everything an operator does with menu flows. Most commands have a file of their own beside this."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from flows.text.printable import pluralize
from flows.versions.revision_diff import diff_revisions
from gateway.cli.flows.check import check, confirm_file_translations
from gateway.cli.flows.code_assignment import missing_route_hint, route
from gateway.cli.flows.exchange import export, import_
from gateway.cli.flows.graph import graph
from gateway.cli.flows.publish import publish
from gateway.cli.flows.rollback import rollback
from gateway.cli.flows.show_and_diff import diff, resolve_flow_name, show
from gateway.cli.flows.test import test
from gateway.flow_folder.base_revision_note import read_base_revision
from gateway.flow_folder.files import read_flow
from gateway.terminal.errors import command, one_line_errors, sunwai, when
from gateway.terminal.flow_arguments import FlowFile
from sessions.publishing import publication, revision_history

flows = AppGroup("flows", help="Check, test, publish, compare, picture and list menu flows.")
for each_command in (
    check,
    test,
    publish,
    rollback,
    show,
    diff,
    route,
    export,
    import_,
    confirm_file_translations,
    graph,
):
    flows.add_command(each_command)


@flows.command("list")
@click.option("--flow", help="Only this flow.")
@one_line_errors
def list_(flow: str | None) -> None:
    """Show every live flow with the codes that lead to it, and under it all its revisions, newest first."""
    database = sunwai().database
    found = publication.list_published_flows(database)
    if flow is not None:
        found = [each for each in found if each.flow == resolve_flow_name(flow)]
    if not found:
        click.echo("No flow is published yet: flask flows publish FILE --message ...")
    for each in found:
        codes = " ".join(each.codes) or "no code leads to it"
        words = f"{when(each.published_at)}  {each.author}: {each.message}"
        click.echo(f"{each.flow}  revision {each.number}  [{codes}]  {words}")
        for revision in revision_history.history(database, each.flow):
            mark = "*" if revision.number == each.number else " "
            back = f"  (brought back {revision.rolls_back})" if revision.rolls_back else ""
            words = f"{when(revision.published_at)}  {revision.author}: {revision.message}{back}"
            click.echo(f"  {mark} {revision.number}  {words}")


@flows.command("status")
@click.argument("file", required=False, type=FlowFile())
@one_line_errors
def status(file: Path | None) -> None:
    """Show which revision of each flow answers calls and since when; with FILE, how that file stands to it."""
    if file is not None:
        click.echo(_standing(file))
        return
    found = publication.list_published_flows(sunwai().database)
    if not found:
        click.echo("No flow is published yet: flask flows publish FILE --message ...")
    for each in found:
        codes = ", ".join(each.codes) or f"no code yet ({missing_route_hint(each.flow)})"
        click.echo(f"{each.flow}: revision {each.number} answers calls to {codes} since {when(each.since)}.")


def _standing(file: Path) -> str:
    files, main = read_flow(file)
    flow, problems = publication.check_flow(files, main)
    if flow is None:
        errors = sum(problem.severity == "E" for problem in problems)
        return f"{file}: {pluralize(errors, 'error')} to mend before publishing: {command('check', file)}"
    taken = read_base_revision(file.parent, flow.name)
    stands = revision_history.source_status(sunwai().database, files, main, flow.name, taken)
    if not stands.live:
        return f"{flow.name}: not published yet."
    if stands.same:
        return f"{flow.name}: exactly what is live, revision {stands.live}."
    changes = diff_revisions(stands.flow, flow) if stands.flow else ()
    made = f"{flow.name}: made from revision {stands.made_from}, revision {stands.live} is live"
    noticed = f"{pluralize(len(changes), 'change')} callers would notice" if changes else "nothing callers would notice"
    return f"{made}, {noticed}: {command('diff', stands.live, file)}"
