"""The live flows, whose texts are sent after an act on a complaint."""

from flows.menu.model import Flow
from gateway.terminal.errors import sunwai
from sessions.publishing import publication


def live_flow(name: str) -> Flow | None:
    """The live flow with this name, with the settings of this process; None if it is not published here."""
    app = sunwai()
    live = publication.live_id(app.database, name)
    published = app.shelf.revision(live) if live is not None else None
    return published.flow if published else None


def live_flows() -> dict[str, Flow]:
    """Every live flow by its name."""
    names = [each.flow for each in publication.list_published_flows(sunwai().database)]
    return {name: flow for name in names if (flow := live_flow(name))}
