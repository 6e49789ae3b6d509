"""Decides about one due text: send it by a route, defer it, or drop it. Nothing is read or written here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from flows.cases.officer_code import OfficerCodes
from flows.delivery.message_policy import NUMBER_BUDGET, QUIET_HOURS, ROAD_RESTS, TO_OWN_MESSAGE, Quota, quota_for
from sessions.delivery.restore_detection import Marks
from sessions.delivery.route_breaker import REST, STOPPED
from storage.cases.contacts import NO_NUMBER
from storage.messages.outbox_claims import Candidate, ClaimCount
from storage.messages.route_health import OFF
from storage.schema.tables import RouteHealth

DAY = dt.timedelta(days=1)


def _everybody(phone: str) -> bool:  # noqa: ARG001
    return True


def _never_quiet(now: dt.datetime, province: str | None) -> dt.datetime | None:  # noqa: ARG001
    return None


class Rules(Struct, frozen=True):
    """The rules for texts from the settings.

    `routes` are the names of all usable routes. `routes_for` returns those for a phone that was last seen on a network
    (or ""), the preferred one first; none if no rule fits. `quiet_until` returns the end of the quiet hours of a
    province if `now` is within them.
    """

    routes: Sequence[str]
    routes_for: Callable[[str, str], Sequence[str]]
    may_be_texted: Callable[[str], bool] = _everybody
    quiet_until: Callable[[dt.datetime, str | None], dt.datetime | None] = _never_quiet
    per_number: int = 10  # texts within 24 hours, besides these:
    answers_per_number: int = 60  # replies to what the phone asked for: it stops two machines that text each other
    per_officer: int = 300  # to those who work on cases
    per_complaint: int = 20  # texts, ever
    per_hour: int = 20_000  # texts in an hour of the clock
    codes: OfficerCodes = OfficerCodes(())
    marks: Marks | None = None  # where this database's mark is copied: it is checked before each claim

    def a_day(self, of: Quota) -> int:
        """The most texts to one number within 24 hours."""
        return {"own": self.answers_per_number, "told": self.per_number, "staff": self.per_officer}[of]


class SendDecision(Struct, frozen=True):
    """Send it by this route."""

    route: str


class DeferDecision(Struct, frozen=True):
    """Do not send it before `until`."""

    until: dt.datetime
    reason: str


class DropDecision(Struct, frozen=True):
    """Do not send it at all."""

    state: str
    reason: str


class KeepDecision(Struct, frozen=True):
    """Every route rests: leave it as it is, in its place."""


DispatchDecision = SendDecision | DeferDecision | DropDecision | KeepDecision


class RouteAvailability:
    """The current state of the routes. One that has rested is tried with one text; `tried` lists them.

    One that a person switched off is not tried. Its texts are looked at again every ten minutes while another route is
    in use; while none is, they stay as they are, and those that are too late expire when one is.
    """

    def __init__(self, known: Mapping[str, RouteHealth], names: Sequence[str], now: dt.datetime) -> None:
        until = {name: known[name].rests_until if name in known else None for name in names}
        until |= {name: now + STOPPED for name in names if name in known and known[name].reason == OFF}
        self._open = {name for name, at in until.items() if at is None}
        self._rests = {name: at for name, at in until.items() if at is not None}
        self._rested = {name for name, at in self._rests.items() if at <= now}
        self._now = now
        self.tried: list[str] = []

    def __bool__(self) -> bool:
        """True while at least one route may be used."""
        return bool(self._open or self._rested)

    def first(self, names: Sequence[str]) -> str | None:
        """The first of these that may be used now."""
        for name in names:
            if name in self._rested:
                self._rested.remove(name)
                self._rests[name] = self._now + REST  # by then the trial has a result
                self.tried.append(name)
                return name
            if name in self._open:
                return name
        return None

    def until(self, names: Sequence[str]) -> dt.datetime:
        """When the first of these resting routes may be used again."""
        return min(self._rests[name] for name in names)


class QuotaUsage(Struct):
    """The quota in use: texts to each contact within a day (and the time of the first), and texts of each order key."""

    to: dict[tuple[int, Quota], tuple[int, dt.datetime]]
    about: Counter[str]

    @classmethod
    def of(cls, given: Iterable[ClaimCount], about: Mapping[str, int]) -> QuotaUsage:
        """The sum of these claims."""
        spent = cls({}, Counter(about))
        for each in given:
            spent._add(each.contact_id, quota_for(each.event, each.kind, urgent=each.urgent), each.texts, each.first)
        return spent

    def count(self, text: Candidate, now: dt.datetime) -> None:
        """Count one more text."""
        if text.claimed_at is None or text.claimed_at < now - DAY:
            self._add(text.contact_id, _purse(text), 1, now)
        if text.claimed_at is None:
            self.about[text.order_key] += 1

    def _add(self, contact_id: int, of: Quota, more: int, since: dt.datetime) -> None:
        texts, first = self.to.get((contact_id, of), (0, since))
        self.to[contact_id, of] = (texts + more, min(first, since))


def _purse(text: Candidate) -> Quota:
    return quota_for(text.event, text.kind, urgent=text.urgent)


def decide_dispatch(
    text: Candidate, now: dt.datetime, rules: Rules, spent: QuotaUsage, ways: RouteAvailability
) -> DispatchDecision:
    """Decide about one text. A text to send is counted, and may use up the trial of a rested route."""
    fate = _needless(text, now, rules) or _over_budget(text, now, rules, spent) or _untimely(text, now, rules)
    if fate is None:
        fate = _route(text, rules, ways)
    if isinstance(fate, DeferDecision) and text.expires_at is not None and fate.until >= text.expires_at:
        return _gone(text, fate.reason)
    if isinstance(fate, SendDecision):
        spent.count(text, now)
    return fate


def _needless(text: Candidate, now: dt.datetime, rules: Rules) -> DropDecision | None:
    if text.phone.startswith(NO_NUMBER):  # the number is another person's now
        return DropDecision("unconfirmed" if text.ambiguous else "cancelled", "phone_changed")
    if not rules.may_be_texted(text.phone):
        return DropDecision("failed", "country_not_served")
    if not text.wants_texts and text.kind not in TO_OWN_MESSAGE:
        return DropDecision("cancelled", "opted_out")
    if text.overtaken:
        return DropDecision("skipped", "superseded")
    if text.expires_at is not None and text.expires_at <= now:
        return _gone(text, "expired")
    return None


def _gone(text: Candidate, reason: str) -> DropDecision:
    """It expired before it could be sent. If it may have arrived, a person must check."""
    return DropDecision("unconfirmed" if text.ambiguous else "expired", reason)


def _over_budget(text: Candidate, now: dt.datetime, rules: Rules, spent: QuotaUsage) -> DispatchDecision | None:
    """A text that was attempted before was counted then."""
    about = text.kind not in TO_OWN_MESSAGE and text.claimed_at is None
    if about and spent.about[text.order_key] >= rules.per_complaint:
        return DropDecision("failed", "complaint_budget")
    of = _purse(text)
    texts, first = spent.to.get((text.contact_id, of), (0, now))
    counted = text.claimed_at is not None and text.claimed_at >= now - DAY
    if not counted and texts >= rules.a_day(of):
        return DeferDecision(first + DAY, NUMBER_BUDGET)
    return None


def _untimely(text: Candidate, now: dt.datetime, rules: Rules) -> DeferDecision | None:
    if text.urgent or text.kind in TO_OWN_MESSAGE:
        return None
    until = rules.quiet_until(now, text.province)
    return None if until is None else DeferDecision(until, QUIET_HOURS)


def _route(text: Candidate, rules: Rules, ways: RouteAvailability) -> DispatchDecision:
    """A text that one route may have accepted is never given to another: nothing would show that it was sent twice."""
    if text.ambiguous:
        if text.route is None or text.route not in rules.routes:
            return DropDecision("unconfirmed", "road_gone")
        names: Sequence[str] = [text.route]
    else:
        names = rules.routes_for(text.phone, text.network or "")
    if not names:
        return DropDecision("failed", "no_road")
    route = ways.first(names)
    if route is not None:
        return SendDecision(route)
    return DeferDecision(ways.until(names), ROAD_RESTS) if ways else KeepDecision()
