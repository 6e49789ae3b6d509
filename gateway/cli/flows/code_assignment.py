"""`flask flows route`: which flow a code leads to, and what to type when a published flow has no code yet."""

import click

from flows.engine.sms_channel import is_texted
from flows.menu.model import Flow
from gateway.cli.flows.command_group import flows
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import Usage, command, sunwai, when
from sessions.publishing import publication, revision_history, short_codes
from sessions.publishing.flow_files_and_hash import flow_of
from storage.audit.entry import AuditOrigin

OWN = ("line", "ussd")  # entries of a flow's `service:` that may be its own code
OWN_TEXTED = ("sms",)


@flows.command("route")
@click.argument("code")
@click.argument("flow", required=False)
@click.option("--force", is_flag=True, help="Also if the code leads to another flow now, or would lead nowhere.")
@click.option("--remove", is_flag=True, help="Let CODE lead nowhere.")
def route(code: str, flow: str | None, force: bool, remove: bool) -> None:
    """Make CODE (*8484# or 8484) lead to the published FLOW. Put it in quotes, because shells interpret * and #.

    People dial *8484# to reach a menu. They text 8484, and a flow with `channel: sms` takes complaints there.
    """
    if not short_codes.is_code(code):
        raise Usage(f"{code} is neither a service code such as '*8484#' nor a short code such as 8484.")
    if remove:
        click.echo(_removed(code, flow, force))
        return
    if flow is None:
        raise Usage(f"Say which flow {code} leads to: {command('route', code)} FLOW, or --remove.")
    try:
        known = short_codes.assign_code(sunwai().database, code, flow, instead=force, by=_origin())
    except short_codes.LeadsElsewhere as now:
        said = f"{code} leads to {now.flow} now (revision {now.number} of {when(now.since)})"
        raise click.ClickException(f"{said}. To give it to {flow}: {command('route', code, flow, '--force')}") from None
    except short_codes.MadeForTexts:
        said = f"{code} is dialled, and {flow} answers texts only (channel: sms)"
        raise click.ClickException(f"{said}. Give it a short code: {_texted(flow)}") from None
    if not known:
        raise click.ClickException(f"No flow named {flow} is published: publish it first (flask flows list shows all).")
    click.echo(f"{code} leads to {flow}.")
    if not short_codes.is_dialled(code) and (found := _live(flow)) and not is_texted(found):
        click.echo(f"Whoever texts a new complaint to {code} is asked to dial: only a flow with channel: sms takes it.")


def _removed(code: str, flow: str | None, force: bool) -> str:
    if flow is not None:
        raise Usage(f"Without a flow: {command('route', '--remove', code)}")
    database = sunwai().database
    leads = next((each for each in publication.list_published_flows(database) if code in each.codes), None)
    if leads is not None and not force:
        said = f"{code} leads to {leads.flow} now (revision {leads.number} of {when(leads.published_at)})"
        sure = command("route", "--remove", code, "--force")
        raise click.ClickException(f"{said}: nobody would answer it any more. If you are sure: {sure}")
    led = short_codes.unassign_code(database, code, _origin())
    if led is None:
        raise click.ClickException(f"{code} leads to no flow: flask flows status shows which codes do.")
    back = command("route", code, led)
    return f"{code} leads nowhere now; it led to {led}. Calls in progress continue. To give it back: {back}"


def missing_route_hint(flow: str) -> str:
    """The command that gives a published flow a code of its own, or why its own code is not free."""
    found = _live(flow)
    words = OWN_TEXTED if found and is_texted(found) else OWN
    service = found.service if found else {}
    own = next((service[key] for key in words if short_codes.is_code(service.get(key, ""))), None)
    led = next((each.flow for each in publication.list_published_flows(sunwai().database) if own in each.codes), None)
    if own is None or led is not None:
        taken = f", with a code of its own: {own} leads to {led}" if led else ""
        return f"flask flows route CODE {flow}{taken}"
    return command("route", own, flow)


def _origin() -> AuditOrigin:
    return AuditOrigin(command_actor(), sunwai().clock())


def _texted(flow: str) -> str:
    """The command that gives an SMS flow the short code from the settings."""
    return command("route", sunwai().settings.short_code, flow)


def _live(flow: str) -> Flow | None:
    live = revision_history.find_revision(sunwai().database, flow)
    return flow_of(live) if live else None
