"""Problems, the worst first, each with what to do about it (docs/operators/troubleshooting-texts.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from gateway.console.health.probes import RedisFacts
from gateway.console.site.i18n import _, ngettext
from gateway.monitoring.counters import HOW
from sessions.operations.service_status import ServiceStatus

BAD, WARN = "bad", "warn"
CODE = re.compile(r"`([^`]*)`")


class HealthProblem(Struct, frozen=True):
    """Something that is wrong: what, in words that may hold `commands`, and what to do about it."""

    kind: str  # bad or warn
    title: str
    words: str
    do: str = ""


def pieces(words: str) -> list[tuple[bool, str]]:
    """Words cut where a `command` stands in them: (is it a command, the words)."""
    return [(bool(at % 2), piece) for at, piece in enumerate(CODE.split(words)) if piece]


def health_problems(
    needs: Mapping[str, str], found: ServiceStatus | None, redis: RedisFacts, resting: bool
) -> list[HealthProblem]:
    """Everything that is not as it should be; an empty list when all is well.

    `needs` are the lines of /readyz; `found` is None when the database does not answer; `resting`: this process leaves
    Redis alone for a moment.
    """
    lines = [*_needs(needs), *(_of_tables(found) if found is not None else ()), *_of_redis(redis, resting)]
    return sorted(lines, key=lambda line: line.kind != BAD)


def _needs(needs: Mapping[str, str]) -> Iterator[HealthProblem]:
    titles = {
        "database": (_("The database cannot be written"), "", _("Nothing can be filed. See its disk and its own log.")),
        "redis": (_("Redis does not answer"), _("Calls go on, slower, and no text is lost."), _("Start it again.")),
        "migrations": (
            _("The tables are older than the program"),
            _("What is new in the program may fail."),
            _("Type `flask migrate`."),
        ),
        "durability": (_("The database may forget what it acknowledged"), "", _("Change the setting it names.")),
        "worker": (
            _("No worker is at work"),
            _("None was seen for 30 seconds: no text leaves."),
            _("Start `flask worker`."),
        ),
        "sweep": (
            _("No sweep is at work"),
            _("None was seen for 30 seconds: what is lost is not found, and no case gets late."),
            _("Start `flask sweep`."),
        ),
    }
    for name, said in needs.items():
        if said != "ok":
            title, words, do = titles.get(name, (name, "", ""))
            yield HealthProblem(BAD, title, words or said, do)


def _of_tables(found: ServiceStatus) -> Iterator[HealthProblem]:
    titles = {
        "unpublished": _("A draft was not published at its time"),
        "road_stopped": _("One of the ways by which texts leave is stopped"),
        "budget_spent": _("As many texts were sent as one hour may have"),
        "budget": _("Texts wait: their phones got the most that one may get in a day"),
        "restored": _("Texts are held back since a backup was brought back"),
        "unconfirmed": _("Texts may or may not have arrived"),
        "no_road": _("No way out is set for some numbers"),
        "late": _("Texts are late"),
    }
    for alarm in found.alarms:
        do = _alarm_do(alarm.name, alarm.reason)
        yield HealthProblem(BAD, titles.get(alarm.name, alarm.name), alarm.words, do)
    for road in found.routes:
        if road.state == "rests":
            told = ngettext(
                "%(road)s failed (%(reason)s) and is tried again by itself.",
                "%(road)s failed %(num)d times in a row (%(reason)s) and is tried again by itself.",
                road.failures,
                road=road.name,
                reason=road.reason or "-",
            )
            yield HealthProblem(WARN, _("One of the ways by which texts leave rests"), told, reason_words(road.reason))
    if found.set_aside:
        forms = sum(each.forms for each in found.set_aside)
        who = ", ".join(sorted({each.aggregator for each in found.set_aside}))
        words = ngettext(
            "One form of %(who)s could not be read within a day.",
            "%(num)d forms of %(who)s could not be read within a day.",
            forms,
            who=who,
        )
        yield HealthProblem(
            WARN, _("Forms that nobody could read"), words, _("Has an aggregator changed what it sends?")
        )


def _alarm_do(name: str, reason: str) -> str:
    """What to do about an alarm, where its own words do not say it."""
    return {
        "road_stopped": reason_words(reason),
        "budget_spent": _("See what they are with `flask texts list`. A flood: stop the workers first."),
        "unconfirmed": _(
            "Ask the aggregator, then `flask texts retry ID` (may arrive twice) or `flask texts cancel ID`."
        ),
        "no_road": _("Add a rule to `ROADS` and restart the workers, then `flask texts retry ID`."),
        "unpublished": _(
            "Its first page says why. Choose another time or publish it, or press “I have seen this” there."
        ),
        "late": _("Is a worker running? Do the roads work: `flask texts roads`."),
    }.get(name, "")


def _of_redis(redis: RedisFacts, resting: bool) -> Iterator[HealthProblem]:
    if resting and redis.up:
        words = _("This process leaves it alone for a few seconds after several failures.")
        yield HealthProblem(WARN, _("Redis failed a moment ago"), words, _("It is tried again by itself."))
    if redis.evicts:
        words = _("It throws keys out when it is full (%(policy)s): calls would be forgotten.", policy=redis.evicts)
        yield HealthProblem(WARN, _("Redis may forget"), words, _("Set `maxmemory-policy noeviction`."))
    if redis.most and redis.used > redis.most * 0.9:
        yield HealthProblem(WARN, _("Redis is nearly full"), _("More than nine tenths of its memory are used."), "")
    if redis.jobs_failed:
        words = ngettext(
            "One job of the queue failed. No text is lost: the sweep finds each.",
            "%(num)d jobs of the queue failed. No text is lost: the sweep finds each.",
            redis.jobs_failed,
        )
        yield HealthProblem(
            WARN, _("Jobs failed"), words, _("See the worker's log, and tell who looks after the program.")
        )
    failed = redis.within_hour("hops_failed")
    if failed:
        words = ngettext(
            "One caller was told that the service is busy, since the clock struck.",
            "%(num)d callers were told that the service is busy, since the clock struck.",
            failed,
        )
        yield HealthProblem(BAD, _("Calls fail"), words, _("A line `fault` of the log says where."))
    replayed, hops = redis.within_hour(f"{HOW}replayed"), redis.within_hour("hops")
    if hops >= 100 and replayed > hops / 10:
        words = _(
            "%(count)d of %(all)d requests were computed again, since the clock struck.", count=replayed, all=hops
        )
        yield HealthProblem(WARN, _("Calls are forgotten"), words, _("Was Redis emptied or restarted?"))


def reason_words(reason: str) -> str:
    """What an aggregator's reason means and what to do about it; "" where nothing more is known."""
    code = reason.rpartition(": ")[2]
    if code in ("http_401", "http_402", "http_403"):
        return _("The key, the account or the money is refused. Put it right, then open the road.")
    if code in ("http_404", "http_405"):
        return _("Nothing is at its address: see its `…_BASE_URL` and account name, then open the road.")
    if code in ("http_429", "http_503"):
        return _("It has no time for us now. It goes again by itself.")
    if code in ("http_500", "http_502", "http_504", "read_timeout"):
        return _("It failed with the text in its hands: its report is awaited for two minutes.")
    if code == "status_unknown":
        return _("It answered with a status that is in no list of ours. Tell who looks after the program.")
    if code == "no_road":
        return _("No rule of `ROADS` leads to this number.")
    return ""
