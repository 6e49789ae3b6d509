"""Replies about the complaints of a phone: the status of one, the numbers of all, and that it shows them no more."""

import datetime as dt
from collections.abc import Sequence

from flows.engine.variables import base_language
from flows.text import tracking_number
from flows.text.date_format import show_date
from sessions.cases.access import case_views, pin_texts
from sessions.cases.core import old_cases, own_cases, phone_holder, pins
from sessions.cases.core.act_context import context_of_sms
from sessions.messages import render_text
from sessions.messages.sms_context import Reply, SmsContext
from sessions.transparency.case_record import case_record
from storage.schema.tables import Complaint


def status(inbound: SmsContext) -> Reply:
    """The status of the only open complaint, or of the latest if none is open; of several open ones, their list.

    A phone that never complained is sent how to.
    """
    mine = own_cases.latest(inbound.db, inbound.contact, inbound.environment.policy.life.lists.citizen)
    waiting = [each for each in mine if inbound.environment.policy.is_open(each.shown_status)]
    if len(waiting) > 1:
        return _list(inbound, mine)
    shown = next(iter(waiting or mine), None)
    return Reply("status_is" if shown else "status_none", shown)


def complaint_list_reply(inbound: SmsContext) -> Reply:
    """The numbers of all, newest first, with the status of each; if there is only one, its status."""
    mine = own_cases.latest(inbound.db, inbound.contact, inbound.environment.policy.life.lists.citizen)
    return status(inbound) if len(mine) < 2 else _list(inbound, mine)


def case_record_reply(inbound: SmsContext, complaint: Complaint) -> Reply:
    """What is on record about a case. It tells nothing of the matter: somebody else may hold the phone."""
    found = case_record(inbound.db, complaint)
    return Reply("log_later", complaint) if found is None else Reply("log_is", complaint, values=found.values())


def take_off_phone(inbound: SmsContext, complaint: Complaint) -> Reply:
    """HIDE and the number of a case, which the caller holds."""
    old_cases.take_off_phone(context_of_sms(inbound, complaint), complaint)
    return Reply("off_phone_ok", ref=tracking_number.format_number(complaint.number))


def ask_which(inbound: SmsContext) -> Reply:  # noqa: ARG001
    """HIDE alone: nobody guesses which case is meant."""
    return Reply("off_phone_which")


def give_to_new_holder(inbound: SmsContext) -> Reply:
    """NEW NUMBER YES: nothing that was filed from it before is told to whoever has it.

    A phone with a PIN needs it, unless the sender says that they have none.
    """
    unknown = inbound.intent.kind == "new_holder_no_pin"
    if inbound.pin in ("wrong", "too_many"):
        return pin_texts.refusal(inbound, "")
    if not unknown and inbound.pin != "right" and pins.has_pin(inbound.db, inbound.contact):
        return Reply("new_holder_pin")
    phone_holder.give_to_new_holder(context_of_sms(inbound), inbound.contact)
    return Reply("new_holder_ok")


def ask_new_holder(inbound: SmsContext) -> Reply:
    """NEW NUMBER: asked once more, so that no single SMS removes everything from a phone.

    In a flow whose keywords have no word to say it again, it is done at once.
    """
    if not any(rule.intent == "new_holder_yes" for rule in inbound.flow.keywords):
        return give_to_new_holder(inbound)
    return Reply("new_holder_ask")


def _list(inbound: SmsContext, mine: Sequence[Complaint]) -> Reply:
    flow, spoken = inbound.flow, inbound.contact.language or inbound.spoken
    title = render_text.render_sms(flow, "numbers", spoken) or ""
    lines = [render_text.render_sms(inbound.flow_of(each), "number_line", spoken, each) or "" for each in mine]
    return Reply(
        "numbers", body=render_text.render_list(flow, spoken, title, lines, max(len(lines), inbound.contact.complaints))
    )


def viewers(inbound: SmsContext, complaint: Complaint) -> Reply:
    """Which offices read the case of this phone, when last, and whether somebody saw its number.

    No office is named where the name tells what a shared phone must not: of a private case, and of one about a body
    that others than its own office work on. What else must be asked first, such as a PIN, is asked in own_cases.py.
    """
    flow, spoken = inbound.flow_of(complaint), inbound.contact.language or inbound.spoken
    found, zone = case_views.find_views(inbound.db, complaint), inbound.environment.policy.zone
    language = spoken if spoken in flow.languages else base_language(flow)

    def day(at: dt.datetime) -> str:
        return show_date(at.astimezone(zone).date(), language)

    title = render_text.render_sms(flow, "viewers_number" if found.revealed_at else "viewers", spoken, complaint) or ""
    title = f"{title} {day(found.revealed_at)};" if found.revealed_at else title
    if complaint.private or complaint.against is not None:
        last = f", {day(found.offices[0].last)}" if found.offices else ""
        return Reply("viewers", complaint, body=f"{title} {len(found.offices)}{last}")
    here = render_text.render_sms(flow, "viewers_line", spoken) or ""
    lines = [f"{name or here} {day(at)}" for name, at in case_views.office_names(inbound.db, found)]
    return Reply("viewers", complaint, body=render_text.render_list(flow, spoken, title, lines or ["-"], len(lines)))
