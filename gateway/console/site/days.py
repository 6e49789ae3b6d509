"""Today and yesterday where the callers are, as lists write them."""

import datetime as dt
from zoneinfo import ZoneInfo

from gateway.console.site.guard import sunwai


def today() -> str:
    """The day it is where the callers are."""
    app = sunwai()
    return app.clock().astimezone(ZoneInfo(app.settings.timezone)).date().isoformat()


def yesterday() -> str:
    """The day before: the last one on which a row was offered that is not offered from today on."""
    return (dt.date.fromisoformat(today()) - dt.timedelta(days=1)).isoformat()
