"""What only an engineer can put right, the worst first, in words for operators. Nothing here is a command."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from gateway.console.health.lengths import length_words
from gateway.console.health.probes import RedisFacts
from gateway.console.site.i18n import _, ngettext
from gateway.monitoring.counters import HOW
from sessions.operations.active_alarms import Alarm
from sessions.operations.service_status import ServiceStatus

BAD, WARN = "bad", "warn"


class HealthProblem(Struct, frozen=True):
    """A problem: what is wrong, what it means, what to do about it, and the topic of the help page that explains it."""

    kind: str  # bad or warn
    title: str
    words: str
    do: str = ""
    topic: str = ""


def health_problems(
    needs: Mapping[str, str], found: ServiceStatus | None, redis: RedisFacts, resting: bool, moving: int = 0
) -> list[HealthProblem]:
    """Every problem that no list of the page shows; an empty list if there is none.

    `needs` are the lines of /readyz; `found` is None if the database does not answer; `resting`: this process does not
    use Redis for a moment; `moving` cases are still to change hands because the staff changed.
    """
    lines = [
        *_of_parts(needs),
        *(_of_tables(found) if found is not None else ()),
        *_of_redis(redis, resting),
        *_of_staff(moving),
    ]
    return sorted(lines, key=lambda line: line.kind != BAD)


def _of_parts(needs: Mapping[str, str]) -> Iterator[HealthProblem]:
    known = {
        "database": (
            _("The database cannot be written"),
            _("Nothing can be filed, and callers are asked to dial again."),
            _("Tell the engineer: the database cannot be written."),
        ),
        "redis": (
            _("Redis does not answer"),
            _("Calls continue more slowly, and no text is lost."),
            _("Tell the engineer: Redis does not answer."),
        ),
        "migrations": (
            _("The tables are older than the program"),
            _("New features may fail."),
            _("Tell the engineer: the tables must be migrated."),
        ),
        "durability": (
            _("The database may lose what it has confirmed"),
            _("After a power cut, complaints might be missing."),
            _("Tell the engineer: a setting of the database is not safe."),
        ),
        "worker": (
            _("No worker is running"),
            _("None has been seen for 30 seconds, so no text is sent. Texts wait, and none is lost."),
            _("Tell the engineer: no worker is running."),
        ),
        "sweep": (
            _("No sweep is running"),
            _("None has been seen for 30 seconds, so lost texts are not found and late cases are not passed on."),
            _("Tell the engineer: no sweep is running."),
        ),
    }
    for name, said in needs.items():
        if said != "ok":
            title, words, do = known.get(name, (name, said, _("Tell the engineer.")))
            yield HealthProblem(BAD, title, words, do, name)


def _of_tables(found: ServiceStatus) -> Iterator[HealthProblem]:
    for alarm in found.alarms:
        if alarm.name in ("budget_spent", "connections", "sweep_step", "log_unsigned"):
            yield _of_alarm(alarm)


def _of_alarm(alarm: Alarm) -> HealthProblem:
    if alarm.name == "budget_spent":
        words = ngettext(
            "%(num)d text was sent this hour, as many as the settings allow. The others wait for the next hour.",
            "%(num)d texts were sent this hour, as many as the settings allow. The others wait for the next hour.",
            alarm.count,
        )
        do = _("If you do not expect so many, tell the engineer at once: something floods the service.")
        return HealthProblem(BAD, _("The hourly limit of texts is used up"), words, do, "budget")
    if alarm.name == "connections":
        words = _("When none is left, callers are turned away.")
        do = _("Tell the engineer: the database needs more connections.")
        return HealthProblem(BAD, _("The database has hardly any connections left"), words, do, "connections")
    if alarm.name == "log_unsigned":
        words = _(
            "For %(length)s nothing was signed. Cases go on, but a change of their history could not be proved.",
            length=length_words(alarm.waited),
        )
        do = _("Tell the engineer: the transparency log is not signed any more.")
        return HealthProblem(BAD, _("The record of cases is not signed"), words, do, "sweep")
    words = _(
        "Its step %(step)s has failed for %(length)s. Everything else continues.",
        step=alarm.step,
        length=length_words(alarm.waited),
    )
    do = _("Tell the engineer: the step %(step)s of the sweep fails.", step=alarm.step)
    return HealthProblem(BAD, _("A step of the sweep fails"), words, do, "sweep")


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
        yield HealthProblem(
            WARN, _("Redis failed a moment ago"), words, _("It will be retried automatically."), "redis"
        )
    if redis.evicts:
        words = _("If Redis is full, it deletes keys (%(policy)s), and calls are lost.", policy=redis.evicts)
        do = _("Tell the engineer: Redis must not delete keys.")
        yield HealthProblem(WARN, _("Redis may delete calls"), words, do, "redis")
    if redis.most and redis.used > redis.most * 0.9:
        do = _("Tell the engineer: Redis is nearly full.")
        words = _("Over nine tenths of its memory is used.")
        yield HealthProblem(WARN, _("Redis is nearly full"), words, do, "redis")
    if redis.jobs_failed:
        words = ngettext(
            "One job in the queue failed. No text is lost, because the sweep finds them.",
            "%(num)d jobs in the queue failed. No text is lost, because the sweep finds them.",
            redis.jobs_failed,
        )
        yield HealthProblem(WARN, _("Jobs failed"), words, _("Tell the engineer: jobs of the worker fail."), "worker")
    failed = redis.within_hour("hops_failed")
    if failed:
        words = ngettext(
            "One caller was told this hour that the service is busy.",
            "%(num)d callers were told this hour that the service is busy.",
            failed,
        )
        yield HealthProblem(BAD, _("Calls fail"), words, _("Tell the engineer: calls fail."), "calls")
    replayed, hops = redis.within_hour(f"{HOW}replayed"), redis.within_hour("hops")
    if hops >= 100 and replayed > hops / 10:
        words = _(
            "%(count)d of %(all)d requests this hour were replayed from the beginning of the call.",
            count=replayed,
            all=hops,
        )
        do = _("Tell the engineer: Redis has perhaps been restarted.")
        yield HealthProblem(WARN, _("Calls are being lost"), words, do, "redis")
