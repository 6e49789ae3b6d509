"""The rules by which calls on the phone file: those of this installation, with the lists and texts of the flow."""

from flows.menu.model import Flow
from flows.preview.filed_texts import FilingRules
from gateway.console.site.guard import sunwai
from sessions.drafts.filing_preview import FilingPreview


def filing_rules(flow: Flow | None) -> FilingRules | None:
    """The rules for a flow, with the calendar, the offices and the time of this installation; None without a flow."""
    if flow is None:
        return None
    app = sunwai()
    return FilingPreview(app.database, flow, app.policy, app.clock())
