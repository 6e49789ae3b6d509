"""`flask flows route`: which flow a code leads to; and the way in that is missing yet, for those who published."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from gateway.commands.plainly import Usage, command, plainly, sunwai, when
from sessions import earlier, publishing
from sessions.sources import flow_of

OWN = ("line", "ussd")  # words of a flow's `service:` that may be its own code


@click.command("route")
@click.argument("code")
@click.argument("flow", required=False)
@click.option("--force", is_flag=True, help="Also where the code leads to another flow now.")
@click.option("--remove", is_flag=True, help="Let CODE lead nowhere.")
@with_appcontext
@plainly
def route(code: str, flow: str | None, force: bool, remove: bool) -> None:
    """Let CODE (*8484# or 8484) lead to the published FLOW. Put it in quotes: a shell reads * and # itself."""
    if not publishing.is_code(code):
        raise Usage(f"{code} is neither a service code such as '*8484#' nor a short code such as 8484.")
    if remove:
        click.echo(_removed(code, flow))
        return
    if flow is None:
        raise Usage(f"Say which flow {code} leads to: {command('route', code)} FLOW, or --remove.")
    try:
        known = publishing.route(sunwai().database, code, flow, instead=force)
    except publishing.LeadsElsewhere as now:
        said = f"{code} leads to {now.flow} now (revision {now.number} of {when(now.since)})"
        raise click.ClickException(f"{said}. To give it to {flow}: {command('route', code, flow, '--force')}") from None
    if not known:
        raise click.ClickException(f"No flow named {flow} is published: publish it first (flask flows list shows all).")
    click.echo(f"{code} leads to {flow}.")


def _removed(code: str, flow: str | None) -> str:
    if flow is not None:
        raise Usage(f"Without a flow: {command('route', '--remove', code)}")
    led = publishing.unroute(sunwai().database, code)
    if led is None:
        raise click.ClickException(f"{code} leads to no flow: flask flows status shows which codes do.")
    back = command("route", code, led)
    return f"{code} leads nowhere now; it led to {led}. Calls in progress go on. To give it back: {back}"


def way_in(flow: str) -> str:
    """What gives a published flow that no code leads to its own one; what stands in the way of that is said."""
    database = sunwai().database
    live = earlier.find(database, flow)
    service = found.service if live and (found := flow_of(live)) else {}
    own = next((service[key] for key in OWN if publishing.is_code(service.get(key, ""))), None)
    led = next((each.flow for each in publishing.listing(database) if own in each.codes), None)
    if own is None or led is not None:
        taken = f", with a code of its own: {own} leads to {led}" if led else ""
        return f"flask flows route CODE {flow}{taken}"
    return command("route", own, flow)
