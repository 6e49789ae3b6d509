"""Replies about the complaints of a phone: the status of the only or latest one, or the numbers of all."""

from collections.abc import Sequence

from sessions.cases.core import own_cases
from sessions.messages import render_text
from sessions.messages.sms_context import Reply, SmsContext
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


def _list(inbound: SmsContext, mine: Sequence[Complaint]) -> Reply:
    flow, spoken = inbound.flow, inbound.contact.language or inbound.spoken
    title = render_text.render_sms(flow, "numbers", spoken) or ""
    lines = [render_text.render_sms(inbound.flow_of(each), "number_line", spoken, each) or "" for each in mine]
    return Reply(
        "numbers", body=render_text.render_list(flow, spoken, title, lines, max(len(lines), inbound.contact.complaints))
    )
