"""Problems, the worst first, each with what to do about it (docs/operators/troubleshooting-texts.md)."""

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
    """A problem: what is wrong, in words that may contain `commands`, and what to do about it."""

    kind: str  # bad or warn
    title: str
    words: str
    do: str = ""


def pieces(words: str) -> list[tuple[bool, str]]:
    """Words split at each `command`: (is it a command, the words)."""
    return [(bool(at % 2), piece) for at, piece in enumerate(CODE.split(words)) if piece]


def health_problems(
    needs: Mapping[str, str], found: ServiceStatus | None, redis: RedisFacts, resting: bool, moving: int = 0
) -> list[HealthProblem]:
    """Every problem; an empty list if all is well.

    `needs` are the lines of /readyz; `found` is None if the database does not answer; `resting`: this process does not
    use Redis for a moment; `moving` cases are still to change hands because the staff changed.
    """
    lines = [
        *_needs(needs),
        *(_of_tables(found) if found is not None else ()),
        *_of_redis(redis, resting),
        *_of_staff(moving),
    ]
    return sorted(lines, key=lambda line: line.kind != BAD)


def _needs(needs: Mapping[str, str]) -> Iterator[HealthProblem]:
    titles = {
        "database": (_("The database cannot be written"), "", _("Nothing can be filed. Check its disk and its log.")),
        "redis": (
            _("Redis does not answer"),
            _("Calls continue more slowly, and no text is lost."),
            _("Start it again."),
        ),
        "migrations": (
            _("The tables are older than the program"),
            _("New features may fail."),
            _("Type `flask migrate`."),
        ),
        "durability": (_("The database may lose what it has confirmed"), "", _("Change the setting that it names.")),
        "worker": (
            _("No worker is running"),
            _("None has been seen for 30 seconds, so no text is sent."),
            _("Start `flask worker`."),
        ),
        "sweep": (
            _("No sweep is running"),
            _("None has been seen for 30 seconds, so lost texts are not found and cases are not escalated."),
            _("Start `flask sweep`."),
        ),
    }
    for name, said in needs.items():
        if said != "ok":
            title, words, do = titles.get(name, (name, "", ""))
            yield HealthProblem(BAD, title, words or said, do)


def _of_tables(found: ServiceStatus) -> Iterator[HealthProblem]:
    titles = {
        "unpublished": _("A draft was not published at its scheduled time"),
        "danger_unheld": _("Somebody is in danger, and no officer has their case"),
        "road_stopped": _("A route for texts is stopped"),
        "budget_spent": _("The hourly limit of texts is used up"),
        "budget": _("Texts are waiting: their phones have reached the daily limit"),
        "restored": _("Texts have been held back since a backup was restored"),
        "unconfirmed": _("Texts may or may not have arrived"),
        "no_road": _("Some numbers have no route"),
        "late": _("Texts are late"),
        "connections": _("The database has hardly any connections left"),
        "sweep_step": _("A step of the sweep fails"),
        "unreadable": _("Requests that could not be read"),
    }
    for alarm in found.alarms:
        do = _alarm_do(alarm.name, alarm.reason)
        yield HealthProblem(BAD, titles.get(alarm.name, alarm.name), alarm.words, do)
    for road in found.routes:
        if road.state == "rests":
            told = ngettext(
                "%(road)s failed (%(reason)s) and will be retried automatically.",
                "%(road)s failed %(num)d times in a row (%(reason)s) and will be retried automatically.",
                road.failures,
                road=road.name,
                reason=road.reason or "-",
            )
            yield HealthProblem(WARN, _("A route for texts is paused"), told, reason_words(road.reason))
    waiting = sum(found.unheard.values())
    if waiting:
        words = ngettext(
            "A person must read the texts of one phone: `flask sms unheard`.",
            "A person must read the texts of %(num)d phones: `flask sms unheard`.",
            waiting,
        )
        yield HealthProblem(WARN, _("Texts that nobody understood"), words)
    if found.set_aside and not any(alarm.name == "unreadable" for alarm in found.alarms):
        forms = sum(each.forms for each in found.set_aside)
        who = ", ".join(sorted({each.aggregator for each in found.set_aside}))
        words = ngettext(
            "One request from %(who)s could not be read in the last day.",
            "%(num)d requests from %(who)s could not be read in the last day.",
            forms,
            who=who,
        )
        yield HealthProblem(
            WARN, _("Requests that could not be read"), words, _("Has the aggregator changed its format?")
        )


def _alarm_do(name: str, reason: str) -> str:
    """What to do about an alarm, if its own words do not say it."""
    return {
        "danger_unheld": _(
            "Phone an office now, and give it the case: `flask complaints move NUMBER assigned --office CODE`."
        ),
        "road_stopped": reason_words(reason),
        "budget_spent": _("List them with `flask texts list`. If it is a flood, stop the workers first."),
        "unconfirmed": _(
            "Ask the aggregator, then `flask texts retry ID` (may arrive twice) or `flask texts cancel ID`."
        ),
        "no_road": _("Add a rule to `ROADS` and restart the workers, then `flask texts retry ID`."),
        "unpublished": _("Its first page says why. Schedule it again, publish it, or press “I have seen this” there."),
        "sweep_step": _("Everything else continues. Tell your administrator: the log of `flask sweep` says why."),
        "unreadable": _("Has the aggregator changed its format?"),
        "late": _("Check that a worker is running and that the routes work: `flask texts roads`."),
    }.get(name, "")


def _of_staff(moving: int) -> Iterator[HealthProblem]:
    if moving:
        words = ngettext(
            "One case is still to be reassigned.",
            "%(num)d cases are still to be reassigned.",
            moving,
        )
        yield HealthProblem(
            WARN, _("The staff of an office changed"), words, _("The sweep reassigns them within minutes.")
        )


def _of_redis(redis: RedisFacts, resting: bool) -> Iterator[HealthProblem]:
    if resting and redis.up:
        words = _("After several failures this process does not use Redis for a few seconds.")
        yield HealthProblem(WARN, _("Redis failed a moment ago"), words, _("It will be retried automatically."))
    if redis.evicts:
        words = _("If Redis is full, it deletes keys (%(policy)s), and calls are lost.", policy=redis.evicts)
        yield HealthProblem(WARN, _("Redis may delete calls"), words, _("Set `maxmemory-policy noeviction`."))
    if redis.most and redis.used > redis.most * 0.9:
        yield HealthProblem(WARN, _("Redis is nearly full"), _("Over nine tenths of its memory is used."), "")
    if redis.jobs_failed:
        words = ngettext(
            "One job in the queue failed. No text is lost, because the sweep finds them.",
            "%(num)d jobs in the queue failed. No text is lost, because the sweep finds them.",
            redis.jobs_failed,
        )
        yield HealthProblem(WARN, _("Jobs failed"), words, _("Check the worker's log, and tell your administrator."))
    failed = redis.within_hour("hops_failed")
    if failed:
        words = ngettext(
            "One caller was told this hour that the service is busy.",
            "%(num)d callers were told this hour that the service is busy.",
            failed,
        )
        yield HealthProblem(BAD, _("Calls fail"), words, _("A `fault` line in the log says where."))
    replayed, hops = redis.within_hour(f"{HOW}replayed"), redis.within_hour("hops")
    if hops >= 100 and replayed > hops / 10:
        words = _(
            "%(count)d of %(all)d requests this hour were replayed from the beginning of the call.",
            count=replayed,
            all=hops,
        )
        yield HealthProblem(WARN, _("Calls are being lost"), words, _("Was Redis flushed or restarted?"))


def reason_words(reason: str) -> str:
    """What an aggregator's reason means and what to do about it, or ""."""
    code = reason.rpartition(": ")[2]
    if code in ("http_401", "http_402", "http_403"):
        return _("The key, the account or the balance is refused. Correct it, then open the route.")
    if code in ("http_404", "http_405"):
        return _("Nothing answers at its address. Check its `…_BASE_URL` and account name, then open the route.")
    if code in ("http_429", "http_503"):
        return _("It is overloaded. It will be retried automatically.")
    if code in ("http_500", "http_502", "http_504", "read_timeout"):
        return _("It failed after it got the text. We wait two minutes for its delivery report.")
    if code == "status_unknown":
        return _("It answered with an unknown status. Tell your administrator.")
    if code == "no_road":
        return _("No rule in `ROADS` covers this number.")
    return ""
