"""Labels of states, reasons, routes and times in `flask texts`."""

from datetime import datetime, timedelta

from flows.text.printable import one_line, pluralize
from gateway.aggregators import registry
from gateway.delivery.rules_from_settings import rules
from gateway.settings.local_time import in_zone
from gateway.terminal.errors import sunwai
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import FailingRoute, MessageSummary
from sessions.operations import active_alarms

STATES = {
    "ready": "waiting to be sent",
    "sending": "being sent",
    "unknown": "may have arrived: waiting for its delivery report",
    "sent": "accepted by the aggregator, no delivery report yet",
    "buffered": "the network has it, but the phone is off",
    "delivered": "delivered",
    "failed": "did not arrive",
    "unconfirmed": "may or may not have arrived: decide manually",
    "cancelled": "will not be sent",
    "skipped": "not sent: a later text says more",
    "expired": "not sent: too late to be useful",
}
HELD = "held since a restore: decide manually"
REASONS = {
    "by_hand": "manually",
    "adopted": "known from its delivery report: the response to the send was lost",
    "status_unknown": "the aggregator did not say whether it accepted it",
    "released": "released manually",
    "quiet_hours": "quiet hours",
    "number_budget": "this phone has had its daily limit of texts of this kind "
    "(TEXTS_PER_NUMBER_DAY, or the limit for replies or officers)",
    "complaint_budget": "its complaint has reached its limit of texts (TEXTS_PER_COMPLAINT)",
    "country_not_served": "a foreign number (COUNTRY_CODES)",
    "road_rests": "its route is paused (flask texts roads)",
    "no_road": "there is no route to this number (ROADS)",
    "road_gone": "the route that may have accepted it is no longer in the settings",
    "opted_out": "its phone opted out of texts (STOP)",
    "superseded": "a later change to the case",
    "lease_expired": "its worker stopped while sending",
}


def state(line: MessageSummary) -> str:
    """What became of a text, and why."""
    words = HELD if line.held else STATES[line.state]
    return f"{words} ({_reason(line.reason)})" if line.reason else words


def _reason(reason: str) -> str:
    head, _, rest = reason.partition(": ")
    if head in ("expired", "gave_up") and rest:
        return f"{'no time left' if head == 'expired' else 'tried too often'}, last: {one_line(rest)}"
    return REASONS.get(reason, one_line(reason))


def route_label(trouble: FailingRoute | None, opened: bool) -> str:
    """The state of a route."""
    if trouble is None:
        return "reopened manually, no text has shown yet whether it works" if opened else "works"
    if trouble.reason == outbox_admin.OFF and trouble.stopped_at is not None:
        return f"switched off by a person {ago(trouble.stopped_at)}"
    why = f"{pluralize(trouble.failures, 'failure')} in a row: {one_line(trouble.reason or '-')}"
    if trouble.stopped_at is not None:
        return f"stopped {ago(trouble.stopped_at)}, a person must act ({why})"
    if trouble.rests_until is not None:
        again = ago(trouble.rests_until) if trouble.rests_until > now() else "with the next text"
        return f"paused, next try {again} ({why})"
    return f"in use, with failures ({why})"


def hindrance() -> str:
    """What keeps every due text from being sent: no route takes any, or a quota is used up; "" when nothing does."""
    app = sunwai()
    names = sorted(registry.configured_routes(app.settings).named())
    if not names:
        return "no route can send (AGGREGATORS)"
    shut = {
        each.name: each
        for each in outbox_admin.list_failing_routes(app.database)
        if each.rests_until and each.rests_until > now()
    }
    if all(name in shut for name in names):
        said = [
            f"{name} {'is stopped' if shut[name].stopped_at else 'is paused'}: {one_line(shut[name].reason or '-')}"
            for name in names
        ]
        return f"{', '.join(said)} (flask texts roads)"
    spent = active_alarms.find_active_alarms(app.database, now(), app.settings.texts_per_hour, app.policy)
    return next((alarm.words for alarm in spent if alarm.name.endswith("_spent")), "")


def delay_reasons() -> list[str]:
    """What may still hold texts that a person released, one line each."""
    quiet = rules(sunwai().settings).quiet_until(now(), None)
    hours = f"Quiet hours: texts that are not urgent still wait until {local(quiet)}." if quiet else ""
    kept = hindrance()
    return [line for line in (hours, f"They still wait: {kept}." if kept else "") if line]


def now() -> datetime:
    """The time that commands use."""
    return sunwai().clock()


def local(at: datetime) -> str:
    """A time in the time zone of the service."""
    return f"{in_zone(at, sunwai().settings.timezone):%a %d %b %H:%M}"


def ago(at: datetime) -> str:
    """`5 min ago`, `in 3 h`."""
    away = at - now()
    length = abs(away)
    for unit, name in ((timedelta(days=2), "days"), (timedelta(hours=2), "h"), (timedelta(minutes=2), "min")):
        if length >= unit:
            amount = f"{length // (unit / 2)} {name}"
            break
    else:
        amount = f"{length // timedelta(seconds=1)} s"
    return f"in {amount}" if away > timedelta() else f"{amount} ago"
