"""What people wrote to a flow for SMS: how many were understood as what, in the days that are asked for."""

import datetime as dt
from zoneinfo import ZoneInfo

from flask import render_template, request
from msgspec import Struct

from flows.menu.model import Flow
from gateway.console.funnel.query import parse_funnel_query
from gateway.console.keywords.labels import meaning
from gateway.console.site.flow_status import live_flows_with_codes
from gateway.console.site.guard import sunwai
from gateway.console.site.i18n import _
from storage.menus.screen_counts import CountQuery
from storage.messages import inbound_sms


class TextCount(Struct, frozen=True):
    """How many SMS were understood as something, which is named in words."""

    words: str
    count: int


def texts_page(flow: Flow, number: int) -> str:
    """The page of a flow that answers SMS and no calls."""
    asked = parse_funnel_query(flow.name, request.args)
    counts = count_texts(flow.name, asked.chosen)
    return render_template(
        "console/funnel/texts.html",
        flow_name=flow.name,
        tab="funnel",
        number=number,
        flow=flow,
        asked=asked,
        counts=counts,
        total=sum(each.count for each in counts),
        before=sum(each.count for each in count_texts(flow.name, asked.before)),
    )


def count_texts(flow_name: str, chosen: CountQuery) -> list[TextCount]:
    """The SMS to the codes of a flow by what they were understood as, the most frequent first."""
    app = sunwai()
    codes = next((each.codes for each in live_flows_with_codes() if each.flow == flow_name), ())
    zone = ZoneInfo(app.settings.timezone)
    first, last = (
        dt.datetime.combine(day, dt.time(), zone) for day in (chosen.first, chosen.last + dt.timedelta(days=1))
    )
    with app.database.read() as db:
        found = inbound_sms.count_by_intent(db, codes, first, last)
    return [TextCount(meaning(intent) if intent else _("not answered yet"), count) for intent, count in found]
