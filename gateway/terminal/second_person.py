"""The two-person rule for commands: they cannot know who types, so they publish alone only in an emergency."""

import click

from flows.text.printable import one_line
from gateway.terminal.audited_commands import command_actor
from gateway.terminal.errors import Usage, sunwai
from sessions.audit import audit_notes
from sessions.publishing.publication import RevisionNote
from storage.audit.entry import LONGEST, AuditEntry

ALONE = click.option(
    "--alone",
    metavar="WHY",
    help="In an emergency, where two people are required: publish without a second person. The audit log shows it.",
)


def revision_note(
    flow: str, author: str, message: str, reason: str | None, alone: str | None, way: str, *, lost: bool = False
) -> RevisionNote:
    """The note of a revision that a command publishes.

    Where two people are required for everything, `alone` must say why nobody else looks at it; it is added to the
    message. Otherwise the refusal is recorded, and says the `way` to publish it with a second person. Elsewhere `alone`
    is only for protections that are `lost`; without it their loss is refused later. Raises ClickException.
    """
    app, alone = sunwai(), one_line(alone) if alone is not None else None
    if alone is not None and not (app.settings.two_people or lost):
        raise Usage("--alone is only for what takes two people (TWO_PEOPLE=yes, or F903 to F905): leave it out.")
    if alone == "":
        raise Usage("--alone needs a reason: others must be able to see why nobody else looked at it.")
    if not app.settings.two_people and not lost:
        return RevisionNote(author, message, reason, command_actor())
    if alone is None:
        record_refusal(flow, "alone")
        raise click.ClickException(
            "Not published: two people are required here (TWO_PEOPLE=yes), and a command cannot know who the second "
            f"one is. {way} In an emergency, add --alone 'why nobody else can look at it'."
        )
    return RevisionNote(author, f"{message} (alone: {alone})", reason, command_actor(), how="alone", second=True)


def record_refusal(flow: str, why: str) -> None:
    """Record that a command was kept from publishing a flow: "alone", or "lost" for what protects people."""
    app = sunwai()
    entry = AuditEntry("publish_refused", command_actor(), app.clock(), "flow", flow[:LONGEST], {"reason": why})
    audit_notes.note(app.database, entry)
