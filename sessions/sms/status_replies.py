"""The complaints of a phone, told to it: how the only or the latest one stands, or the numbers of all."""

from __future__ import annotations

from sessions.cases.core import own_cases
from sessions.messages import render_text
from sessions.messages.sms_context import Reply, SmsContext


def status(letter: SmsContext) -> Reply:
    """How the latest stands; a phone that never complained is told how to."""
    latest = next(iter(own_cases.latest(letter.db, letter.contact, 1)), None)
    return Reply("status_is" if latest else "status_none", latest)


def complaint_list_reply(letter: SmsContext) -> Reply:
    """The numbers of all, newest first, and how each stands; of one alone its status."""
    mine = own_cases.latest(letter.db, letter.contact, letter.world.policy.life.lists.citizen)
    if len(mine) < 2:
        return status(letter)
    flow, spoken = letter.flow, letter.contact.language or letter.spoken
    title = render_text.render_sms(flow, "numbers", spoken) or ""
    lines = [render_text.render_sms(flow, "number_line", spoken, each) or "" for each in mine]
    return Reply(
        "numbers", body=render_text.render_list(flow, spoken, title, lines, max(len(lines), letter.contact.complaints))
    )
