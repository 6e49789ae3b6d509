"""From a live flow to its words in a draft: also translators start one, since they may change nothing else in it."""

from flask import abort, url_for
from werkzeug.wrappers import Response

from gateway.console.drafts.new_draft import DraftPlace, go_to_draft
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import live_of
from gateway.console.site.guard import needs
from gateway.console.site.i18n import _


@blueprint.post("/flows/<flow>/words")
@needs("words")
def translate(flow: str) -> Response | str:
    """Go to the words of a flow in the reader's draft, or in a new one."""
    if live_of(flow) is None:
        abort(404, _("This flow has not been published yet."))
    return go_to_draft(flow, DraftPlace("overview", url_for(".translate", flow=flow), _words_address))


def _words_address(draft_id: int) -> str:
    return url_for("console.words.page", draft_id=draft_id)
