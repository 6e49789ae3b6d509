"""Replies about the complaints of a phone: the status of the only or latest one, or the numbers of all."""

from sessions.cases.core import own_cases
from sessions.messages import render_text
from sessions.messages.sms_context import Reply, SmsContext


def status(inbound: SmsContext) -> Reply:
    """The status of the latest; a phone that never complained is sent how to."""
    latest = next(iter(own_cases.latest(inbound.db, inbound.contact, 1)), None)
    return Reply("status_is" if latest else "status_none", latest)


def complaint_list_reply(inbound: SmsContext) -> Reply:
    """The numbers of all, newest first, with the status of each; if there is only one, its status."""
    mine = own_cases.latest(inbound.db, inbound.contact, inbound.environment.policy.life.lists.citizen)
    if len(mine) < 2:
        return status(inbound)
    flow, spoken = inbound.flow, inbound.contact.language or inbound.spoken
    title = render_text.render_sms(flow, "numbers", spoken) or ""
    lines = [render_text.render_sms(flow, "number_line", spoken, each) or "" for each in mine]
    return Reply(
        "numbers", body=render_text.render_list(flow, spoken, title, lines, max(len(lines), inbound.contact.complaints))
    )
