"""The one line of Health: what callers meet now, from measures of the last minutes and from the tables."""

import datetime as dt
from collections.abc import Iterator, Mapping

from msgspec import Struct

from gateway.console.health.lengths import length_words
from gateway.console.health.probes import RedisFacts
from gateway.console.site.i18n import _, ngettext
from gateway.monitoring.counters import MICROSECONDS, SLOWEST, TOOK, WITHIN
from sessions.operations.service_status import ServiceStatus

SLOW = 1.0  # seconds within which a screen should come; networks give up after some more
MOST_SLOW, MOST_FAILED = 0.05, 0.01  # shares of the key presses of the last minutes
LATE, VERY_LATE = dt.timedelta(minutes=2), dt.timedelta(minutes=30)
GOOD, WARN, BAD = "good", "warn", "bad"
_ORDER = (BAD, WARN, GOOD)


class Headline(Struct, frozen=True):
    """The line, its kind (good, warn, bad), and the figures it comes from."""

    kind: str
    words: str
    figures: str


class KeyPresses(Struct, frozen=True):
    """The key presses of the last five to ten minutes: how many, failed, slow, and the average milliseconds."""

    all: int
    failed: int
    slow: int
    milliseconds: float

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "KeyPresses":
        """From the fields of the counters."""
        hops = counts.get("hops", 0)
        slow = sum(
            counts.get(f"{TOOK}{within}", 0) for within in (*WITHIN, SLOWEST) if within == SLOWEST or _slow(within)
        )
        took = counts.get(MICROSECONDS, 0) / 1000 / hops if hops else 0.0
        return cls(hops, counts.get("hops_failed", 0), slow, took)


def _slow(within: float | str) -> bool:
    return isinstance(within, float) and within > SLOW


def headline(
    said: Mapping[str, str], found: ServiceStatus | None, redis: RedisFacts, *, resting: bool = False
) -> Headline:
    """What callers meet now. `said` are the lines of /readyz, and `found` is None while the database is silent."""
    presses = KeyPresses.of(redis.lately)
    calls, kind = _calls(said, redis, presses, resting=resting)
    rest = list(_texts_and_cases(said, found)) if found is not None else []
    if rest:
        kinds = [kind, *(each for each, _words in rest)]
        for _kind, words in rest:
            calls = _("%(first)s; %(second)s", first=calls, second=words)
        return Headline(min(kinds, key=_ORDER.index), _("%(line)s.", line=calls), _figures(redis, presses, found))
    if kind == GOOD:
        quiet = redis.up and not presses.all
        words = _("Nobody is calling; all is ready for callers.") if quiet else _("Callers are fine.")
    else:
        words = _("%(line)s.", line=calls)
    return Headline(kind, words, _figures(redis, presses, found))


def _calls(said: Mapping[str, str], redis: RedisFacts, presses: KeyPresses, *, resting: bool) -> tuple[str, str]:
    if said.get("database", "ok") != "ok":
        return _("Callers are asked to dial again, because nothing can be stored"), BAD
    every = f"{presses.all:,}"
    if presses.failed > presses.all * MOST_FAILED:
        words = ngettext(
            "%(num)d of the last %(all)s key presses was answered only with “busy”",
            "%(num)d of the last %(all)s key presses were answered only with “busy”",
            presses.failed,
            all=every,
        )
        return words, BAD
    if presses.slow > presses.all * MOST_SLOW:
        words = ngettext(
            "Callers wait: %(num)d of the last %(all)s screens took longer than a second",
            "Callers wait: %(num)d of the last %(all)s screens took longer than a second",
            presses.slow,
            all=every,
        )
        return words, WARN
    if not redis.up or resting:
        return _("Callers are answered, but more slowly"), WARN
    return _("Callers are answered"), GOOD


def _texts_and_cases(said: Mapping[str, str], found: ServiceStatus) -> Iterator[tuple[str, str]]:
    """What else is not as it should be for them, with its kind."""
    for alarm in found.alarms:
        if alarm.name == "danger_unheld":
            words = ngettext(
                "%(num)d person in danger waits for an officer",
                "%(num)d people in danger wait for an officer",
                alarm.count,
            )
            yield BAD, words
    late = found.texts.oldest if found.texts.due else dt.timedelta()
    if said.get("worker", "ok") != "ok":
        yield BAD, _("no text is sent")
    elif not any(route.state in ("works", "opened", "unwell") for route in found.routes):
        yield BAD, _("no text can be sent, because no route works")
    elif late >= LATE:
        yield (BAD if late >= VERY_LATE else WARN), _("texts are %(length)s late", length=length_words(late))
    elif any(alarm.name == "budget_spent" for alarm in found.alarms):
        yield WARN, _("texts wait for the next hour")
    elif found.texts.held:
        words = ngettext(
            "%(num)d text is held until somebody releases it",
            "%(num)d texts are held until somebody releases them",
            found.texts.held,
        )
        yield WARN, words
    if said.get("sweep", "ok") != "ok":
        yield WARN, _("late cases are not passed on")


def _figures(redis: RedisFacts, presses: KeyPresses, found: ServiceStatus | None) -> str:
    """The measures behind the line, in one line."""
    parts = []
    if redis.up and presses.all:
        average = f"{max(presses.milliseconds, 1):.0f}"
        words = ngettext(
            "%(num)d key press answered in the last minutes, within %(ms)s ms on average",
            "%(num)d key presses answered in the last minutes, within %(ms)s ms on average",
            presses.all,
            ms=average,
        )
        parts += [words]
    elif redis.up:
        parts += [_("no key press in the last ten minutes")]
    if found is not None:
        parts += [ngettext("%(num)d text due", "%(num)d texts due", found.texts.due)]
        if found.texts.due:
            parts += [_("the oldest has waited %(length)s", length=length_words(found.texts.oldest))]
    return " · ".join(parts)
