"""From the keywords of a live flow to the same rule in a draft, where it can be changed."""

import functools

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from gateway.console.drafts.new_draft import DraftPlace, go_to_draft
from gateway.console.keywords.rule_form import NEW, rule_hash
from gateway.console.site.area_blueprints import keywords as blueprint
from gateway.console.site.flow_status import flow_in, live_of
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _


@blueprint.post("/flows/<flow>/keywords/edit")
@needs("edit")
def edit(flow: str) -> Response | str:
    """Go to a rule in a draft, or to the form of a new one (`rule=new`); without `rule` to all of them."""
    found = flow_in(live_of(flow))
    if found is None or not found.keywords:
        abort(404, _("This flow has no keyword rules, so it does not answer SMS."))
    asked = request.form.get("rule", "")[:5]
    at = int(asked) - 1 if asked.isascii() and asked.isdigit() else -1
    seen = rule_hash(found.keywords[at]) if 0 <= at < len(found.keywords) else ""
    rule = asked if seen or asked == NEW else ""
    there = functools.partial(_rule_address, rule=rule, seen=seen)
    return go_to_draft(flow, DraftPlace("keywords", url_for(".edit", flow=flow), there, {"rule": rule}))


def _rule_address(draft_id: int, rule: str, seen: str) -> str:
    """The form of a rule in a draft. A draft may have it elsewhere: `seen` is the hash that finds it there."""
    if not rule:
        return url_for(".of_draft", draft_id=draft_id)
    return url_for(".of_draft", draft_id=draft_id, rule=rule, seen=seen or None, _anchor=f"rule-{rule}")
