"""Hiding a complaint: from then on its texts tell nothing, and those that wait to be sent are rewritten."""

from flows.cases import officer_code
from flows.text import tracking_number
from sessions.cases.acts import assignee_selection
from sessions.cases.core import act_record
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.act_record import Step
from sessions.messages import render_text
from storage.messages import outgoing_history
from storage.people import officer_codes
from storage.schema.tables import Complaint, Contact


def hide(context: ActContext, complaint: Complaint) -> None:
    """Its texts are neutral from now on, and its citizen is not named. The caller holds its contact and the complaint.

    A text that a worker is sending leaves as it is; if it must be sent again, it tells nothing.
    """
    if complaint.private:
        return
    act_record.note_act(context, complaint, Step("hidden"), private=True)
    contact = context.db.get_one(Contact, complaint.contact_id)
    for text in outgoing_history.lock_unsent_messages(context.db, complaint):
        event = text.event if text.event in context.flow.texts else "status_is"
        body = render_text.render_sms(context.flow, event, contact.language, complaint)
        text.body = body or tracking_number.format_number(complaint.number)
    _hide_from_officers(context, complaint)
    context.db.flush()


def _hide_from_officers(context: ActContext, complaint: Complaint) -> None:
    """Texts that wait for who has or had it, or is above them, name its subject or have the citizen's words."""
    order = assignee_selection.officer_order_key(complaint)
    for text in outgoing_history.lock_unsent_to_officers(context.db, complaint, order):
        contact = context.db.get_one(Contact, text.contact_id)
        code = officer_code.places(officer_codes.current(context.db, complaint.id, contact.id).renewals)
        body = render_text.render_sms(context.flow, text.event, contact.language, complaint, note="", code=code)
        text.body = body or tracking_number.format_number(complaint.number)
