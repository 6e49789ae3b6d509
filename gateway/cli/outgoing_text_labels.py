"""Words for texts and routes: what a state, a reason, a route and a time are called in `flask texts`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.text.printable import one_line, pluralize
from gateway.aggregators import registry
from gateway.delivery.rules_from_settings import rules
from gateway.terminal.errors import sunwai
from sessions.delivery import outbox_admin
from sessions.delivery.outbox_admin import FailingRoute, MessageSummary
from sessions.operations import active_alarms

STATES = {
    "ready": "waits to be sent",
    "sending": "is being sent",
    "unknown": "may have arrived: its report is awaited",
    "sent": "taken by the aggregator, no report yet",
    "buffered": "the network has it, the phone is off",
    "delivered": "delivered",
    "failed": "did not arrive",
    "unconfirmed": "may or may not have arrived: decide by hand",
    "cancelled": "will not be sent",
    "skipped": "not sent: a later text tells more",
    "expired": "not sent: it came too late to be of use",
}
HELD = "held since a restore: decide by hand"
REASONS = {
    "by_hand": "by hand",
    "adopted": "told by its report: the answer to the send was lost",
    "status_unknown": "the aggregator did not say whether it took it",
    "released": "let go by hand",
    "quiet_hours": "quiet hours",
    "number_budget": "this phone had enough texts of this kind today "
    "(TEXTS_PER_NUMBER_DAY, or its like for answers and officers)",
    "complaint_budget": "its complaint had enough texts (TEXTS_PER_COMPLAINT)",
    "country_not_served": "a number abroad (COUNTRY_CODES)",
    "road_rests": "its road rests (flask texts roads)",
    "no_road": "no road leads to this number (ROADS)",
    "road_gone": "the road that may have taken it is not in the settings any more",
    "opted_out": "its phone wants no texts (STOP)",
    "superseded": "a later move of the case",
    "lease_expired": "its worker ended while sending",
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
    """How a route is doing."""
    if trouble is None:
        return "opened by hand, no text has shown yet whether it works" if opened else "works"
    why = f"{pluralize(trouble.failures, 'failure')} in a row: {one_line(trouble.reason or '-')}"
    if trouble.stopped_at is not None:
        return f"stopped {ago(trouble.stopped_at)}, a person must act ({why})"
    if trouble.rests_until is not None:
        again = ago(trouble.rests_until) if trouble.rests_until > now() else "with the next text"
        return f"rests, tried again {again} ({why})"
    return f"used, but not well ({why})"


def hindrance() -> str:
    """What keeps every due text from leaving: no route takes any, or a budget is spent; "" when nothing does."""
    app = sunwai()
    names = sorted(registry.configured_routes(app.settings).named())
    if not names:
        return "no road can send (AGGREGATORS)"
    shut = {
        each.name: each
        for each in outbox_admin.list_failing_routes(app.database)
        if each.rests_until and each.rests_until > now()
    }
    if all(name in shut for name in names):
        said = [
            f"{name} {'is stopped' if shut[name].stopped_at else 'paused'}: {one_line(shut[name].reason or '-')}"
            for name in names
        ]
        return f"{', '.join(said)} (flask texts roads)"
    spent = active_alarms.find_active_alarms(app.database, now(), app.settings.texts_per_hour)
    return next((alarm.words for alarm in spent if alarm.name.endswith("_spent")), "")


def delay_reasons() -> list[str]:
    """What may hold texts that a person made due, each in a line."""
    quiet = rules(sunwai().settings).quiet_until(now(), None)
    hours = f"Quiet hours: what is not urgent waits until {local(quiet)} all the same." if quiet else ""
    kept = hindrance()
    return [line for line in (hours, f"They wait all the same: {kept}." if kept else "") if line]


def now() -> datetime:
    """The time that commands go by."""
    return sunwai().clock()


def local(at: datetime) -> str:
    """A time as it stands on the wall where the service is."""
    return f"{at.astimezone(ZoneInfo(sunwai().settings.timezone)):%a %d %b %H:%M}"


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
