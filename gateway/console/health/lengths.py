"""Lengths of time in plain words: nobody reads minutes by the hundred thousand."""

import datetime as dt

from gateway.console.site.i18n import ngettext

_MINUTE, _HOUR, _DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def length_words(of: dt.timedelta) -> str:
    """A length in its largest unit, rounded down: "40 seconds", "12 minutes", "5 hours", "3 days"."""
    of = max(of, dt.timedelta())
    if of >= 2 * _DAY:
        return ngettext("%(num)d day", "%(num)d days", of // _DAY)
    if of >= 2 * _HOUR:
        return ngettext("%(num)d hour", "%(num)d hours", of // _HOUR)
    if of >= 2 * _MINUTE:
        return ngettext("%(num)d minute", "%(num)d minutes", of // _MINUTE)
    return ngettext("%(num)d second", "%(num)d seconds", of // dt.timedelta(seconds=1))
