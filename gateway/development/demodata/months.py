"""Three months, call by call, at simulated times: the real hop, the real outbox and the real case clock."""

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random
from zoneinfo import ZoneInfo

from redis import Redis

from flows.menu.model import Flow
from gateway.development.demodata import distributions
from gateway.development.demodata.call_simulation import AGGREGATOR, CallResult, UssdLine
from gateway.development.demodata.case_simulation import Caseload
from gateway.development.demodata.distributions import SAMPLE, Caller, weighted_choice
from gateway.development.demodata.text_delivery import Carrier
from gateway.endpoints.application import Sunwai
from sessions.messages.inbound_types import SessionEndNotice
from sessions.operations import case_clock_sweep, screen_counts
from sessions.operations.timed_out_screen import TimeoutDetector
from sessions.sms import inbound_transaction
from sessions.ussd.session_store import SessionStore

REPORTED = 0.5  # of unfinished calls, the share whose network reports a timeout
EVERY = dt.timedelta(hours=3)  # between two sweeps
TEXTS_EVERY = 2  # sweeps: a claim costs as much for one text as for many
COLLECT, PROGRESS = 400, 25  # calls between two collections of counts, and between two updates of the progress bar


class Months:
    """The sample months of one application, which must draw its tracking numbers from `random` too."""

    def __init__(self, app: Sunwai, random: Random) -> None:
        self._app, self._config, self._database, self._random = app, app.settings, app.database, random
        app.shelf.refresh()
        config = app.settings
        self._zone = ZoneInfo(config.timezone)
        self._waits = TimeoutDetector(
            SessionStore(config.redis_url),
            app.shelf,
            config.timezone,
            app.session_keys,
            config.session_seconds,
            config.resume_hours * 3600,
        )
        self._redis = Redis.from_url(config.redis_url)
        self._counts = screen_counts.RedisScreenCounts(config.redis_url)
        self.line = UssdLine(app.hops, config.service_code, random)
        self.cases = Caseload(app, random)
        self.carrier = Carrier(app, random)
        self._later: list[tuple[dt.datetime, Callable[[], None]]] = []
        self._callers: list[Caller] = []
        self._filers: list[Caller] = []
        self.filed, self._sweeps = 0, 0

    def later(self, at: dt.datetime, what: Callable[[], None]) -> None:
        """Do something to the flows at that time. Call this in order of time."""
        self._later.append((at, what))

    def play(self, begin: dt.date, length: int, sessions: int, until: dt.datetime) -> Iterator[int]:
        """Play these days. Yields the number of calls so far, often."""
        moment = dt.datetime.combine(begin, dt.time(), self._zone).astimezone(dt.UTC)
        self.cases.hire(None, SAMPLE.central_roles, moment)
        times = distributions.call_times(self._random, begin, length, sessions, self._zone, until)
        for count, at in enumerate(times, start=1):
            moment = self._pass(moment, at)
            self._publish(at)
            self._call(f"demo-{count - 1}", at)
            if count % COLLECT == 0:
                screen_counts.collect_screen_counts(self._database, at, self._counts)
            if count % PROGRESS == 0:
                yield count
        self._pass(moment, until)
        self.carrier.carry(until)
        screen_counts.collect_screen_counts(self._database, until, self._counts)
        yield sessions

    def _publish(self, now: dt.datetime) -> None:
        """Do what is planned for the flows by now."""
        while self._later and self._later[0][0] <= now:
            self._later.pop(0)[1]()
            self._app.shelf.refresh()

    def _pass(self, moment: dt.datetime, to: dt.datetime) -> dt.datetime:
        """Let time pass: offices work, clocks run, texts leave. Returns the time of the last sweep."""
        while moment + EVERY <= to:
            moment += EVERY
            self.cases.work_until(moment)
            while case_clock_sweep.sweep_case_clocks(self._database, moment, self._flow, policy=self._app.policy).made:
                pass
            self._sweeps += 1
            if self._sweeps % TEXTS_EVERY == 0:
                self.carrier.carry(moment)
        return moment

    def _flow(self, name: str) -> Flow | None:
        published = self._app.shelf.named(name)
        return published.flow if published else None

    def _call(self, session: str, at: dt.datetime) -> None:
        by = self._caller()
        if by.left_at and at.timestamp() - by.left_at > self._config.resume_hours * 3600:
            self._redis.delete(
                self._app.session_keys.draft(by.phone, self._config.service_code)
            )  # Redis expires keys by the real time
        wants = weighted_choice(self._random, SAMPLE.again_wants if by.numbers else SAMPLE.first_wants)
        called = self.line.call(by, session, wants, at)
        by.known = True
        by.left_at = 0.0 if called.ended else called.until.timestamp()
        if called.number:
            if not by.numbers:
                self._filers.append(by)
            by.numbers.append(called.number)
            self.filed += 1
            self.cases.file(called.number, by.phone, called.until)
        if not called.ended and self._random.random() < REPORTED:
            self._report_end(by, called)

    def _caller(self) -> Caller:
        """A new caller, or one who has called before; most of those filed something recently."""
        if not self._callers or self._random.random() < SAMPLE.new_callers:
            self._callers.append(distributions.caller(self._random, len(self._callers)))
            return self._callers[-1]
        known = self._filers if self._filers and self._random.random() < 0.8 else self._callers
        return self._random.choice(known[-max(len(known) // 3, 10) :])

    def _report_end(self, by: Caller, called: CallResult) -> None:
        """The network reports that they waited too long on the last screen."""
        code = self._config.service_code
        end = SessionEndNotice(
            called.session, "Timeout", aggregator=AGGREGATOR, phone=by.phone, service_code=code, network=by.network
        )
        at = called.until + dt.timedelta(seconds=60)
        inbound_transaction.record_session_end(self._database, at, end, self._waits.spot(end))
