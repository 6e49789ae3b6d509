"""`flask complaints`: show complaints and act on them, as an officer would. Phone numbers are never shown."""

from collections.abc import Sequence

import click
from msgspec.structs import replace

from flows.cases.lifecycle_rules import OPERATOR, TransitionInput
from flows.cases.local_offices import kinds_of_office
from flows.menu.diagnostics import suggest_nearest
from flows.text import tracking_number
from flows.text.printable import one_line, pluralize
from gateway.cli.complaints import complaint_details, missing_options
from gateway.cli.complaints.acting_person import actor
from gateway.cli.complaints.labels import STATES, ComplaintLabels, day, local, state
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import CommandGroup, Usage, accept, sunwai
from gateway.terminal.live_flows import live_flow, live_flows
from sessions.audit import audit_notes
from sessions.cases.access import acts_by_number, staff_listing, visibility
from sessions.cases.acts import office_work
from sessions.cases.core.act_record import ActResult, Refusal
from sessions.cases.core.actors import Actor
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from storage.audit.entry import AuditEntry

_as = click.option(
    "--as", "who", help=f"Show what this member of staff sees, by name; or a role: {', '.join(visibility.PARTS)}."
)
_by = click.option(
    "--by", default=OPERATOR, show_default=True, help="Who does this; staff act with their own permissions."
)
_part = click.option(
    "--as",
    "part",
    help=f"Act as this member of staff, by name; or in a role: {', '.join(visibility.PARTS)}. "
    "Without it, in every role of an office.",
)

LIFE = SHIPPED_POLICY.life

complaints = CommandGroup("complaints", help="Show complaints and act on them.")


@complaints.command("list")
@click.option("--office", help="Only those of this office (water-lahore) or of this kind of office (water).")
@click.option("--state", "states", multiple=True, type=click.Choice(list(STATES)), help="Only those in this state.")
@click.option("--unheld", is_flag=True, help="Only danger that no officer has.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@_as
def list_(office: str | None, states: Sequence[str], unheld: bool, limit: int, who: str | None) -> None:
    """List complaints, newest first."""
    app = sunwai()
    found = accept(
        staff_listing.list_complaints(
            app.database, office=office, statuses=states, limit=limit, as_=who, unheld=unheld, policy=app.policy
        )
    )
    if office is not None and not found:
        _refuse_strange(office)
    names = ComplaintLabels(found)
    for each in found:
        times = f"filed {local(each.filed_at)}, due {day(each.due_on)}"
        private = "  private" if each.private else ""
        waits = f"  {said}" if (said := names.waits(each)) else ""
        known = f"{names.about(each)}  {names.whose(each)}  {state(each.status)}"
        click.echo(f"{tracking_number.format_number(each.number)}  {times}  {known}{private}{waits}")
    more = "; there may be more: --limit" if len(found) == limit else ""
    click.echo(f"{pluralize(len(found), 'complaint')}{more}.")


def _refuse_strange(office: str) -> None:
    """Raise Usage for an office that does not exist."""
    known = {code for flow in live_flows().values() for code in kinds_of_office(flow)}
    known |= staff_listing.office_names(sunwai().database).keys()
    if known and office not in known:
        hint = f" ({meant})" if (meant := suggest_nearest(office, known)) else ""
        raise Usage(
            f"There is no office {one_line(office)}{hint}: use a code from `flask offices show`, or a kind of office."
        )


@complaints.command("show")
@click.argument("number")
@_as
def show(number: str, who: str | None) -> None:
    """Show the complaint NUMBER and its history."""
    app = sunwai()
    found = staff_listing.show_complaint(app.database, number, who, app.policy)
    _note_view(number, shown=not isinstance(found, Refusal))
    if who is None:
        complaint_details.print_for_operator(accept(found))
    else:
        complaint_details.print_for_staff(accept(found))


def _note_view(number: str, *, shown: bool) -> None:
    """Store the entry of a view before anything of the case is printed, or that of an attempt."""
    app, read = sunwai(), tracking_number.parse_tracking_number(number).number or ""
    event, why = ("case_opened", {}) if shown else ("refused", {"reason": "not_theirs"})
    detail = {"command": "complaints show"} | why
    audit_notes.note_view(app.database, AuditEntry(event, command_actor(), app.clock(), "case", read, detail))


@complaints.command("move")
@click.argument("number")
@click.argument("status")
@click.option("--note", default="", help="Plain words for the citizen; they are put into the SMS.")
@_by
@_part
@click.option("--office", help="assigned: the code of the office that gets it.")
@click.option(
    "--outcome",
    default="",
    help=f"resolved: {', '.join(SHIPPED_POLICY.lifecycle.relief)}. closed_final: any of {', '.join(LIFE.outcomes)}.",
)
@click.option("--proof", default="", help=f"resolved: {', '.join(LIFE.proofs)}; add words after a colon.")
@click.option("--reason", default="", help=f"refused: {', '.join(LIFE.refusals)}. dropped: {', '.join(LIFE.drops)}.")
@click.option("--second", default="", help="dropped: the second person who agrees.")
@click.option("--parent", default="", help="merged: the number of the complaint that it joins.")
def move(number: str, status: str, note: str, by: str, part: str | None, office: str | None, **given: str) -> None:
    """Move the complaint NUMBER to STATUS and text the citizen.

    STATUS is assigned (with --office: a transfer), screening (back to triage), in_progress, waiting_citizen,
    resolved_pending (or resolved), refused_pending, dropped, merged; for a suggestion noted, adopted, declined.
    Only allowed moves are made. resolved needs --note, --outcome and --proof; refused and dropped --note and --reason.
    """
    seen, who = _seen(number), actor(by, part)
    wanted = TransitionInput(words=note, office=office or "", **given)
    done = acts_by_number.change_status(_request(seen, who), number, status, wanted, seen.complaint.version)
    if isinstance(done, Refusal):
        said = replace(wanted, words=" ".join(note.split()))
        rest = {"--by": "" if by == OPERATOR else by, "--as": part or ""}
        hint = missing_options.suggest_command(sunwai().policy, seen.complaint, number, status, who.role, said, rest)
        raise click.ClickException(f"{done.message}{hint}")
    _tell(done)


@complaints.command("interim")
@click.argument("number")
@click.option("--note", required=True, help="Why it takes longer, in plain words; they are put into the SMS.")
@_by
@_part
def interim(number: str, note: str, by: str, part: str | None) -> None:
    """Send an interim reply to the citizen of NUMBER. A late complaint needs one before anything else is done."""
    seen, given = _seen(number), TransitionInput(words=" ".join(note.split()))
    done = acts_by_number.apply_act(
        _request(seen, actor(by, part)),
        number,
        lambda context, complaint: office_work.send_interim_reply(context, complaint, given),
        seen.complaint.version,
    )
    _tell(accept(done))


def _request(seen: acts_by_number.ComplaintHistory, who: Actor) -> acts_by_number.ActRequest:
    """An act of `who`, with the texts of the live flow with which the complaint was filed."""
    app, flow = sunwai(), live_flow(seen.complaint.flow)
    if flow is None:
        raise click.ClickException(f"The flow {seen.complaint.flow} is not published here, and its texts are needed.")
    return acts_by_number.ActRequest(app.database, app.clock(), who, flow, app.policy)


def _tell(done: ActResult) -> None:
    sunwai().wake(done.outbox_ids)
    told = "the citizen will be texted" if done.outbox_ids else "no text is sent"
    click.echo(f"{tracking_number.format_number(done.complaint.number)} is {done.complaint.status} now; {told}.")


def _seen(number: str) -> acts_by_number.ComplaintHistory:
    return accept(acts_by_number.find_complaint(sunwai().database, number))
