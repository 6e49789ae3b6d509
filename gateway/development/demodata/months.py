"""Three months, call by call: the real hop, the real outbox, the real clock of cases, by a time that is set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random
from zoneinfo import ZoneInfo

from redis import Redis

from flows.menu.model import Flow, Room
from gateway.delivery.rules_from_settings import rules
from gateway.development.demodata import call_volume, people_and_phrases
from gateway.development.demodata.call_simulation import AGGREGATOR, CallResult, UssdLine
from gateway.development.demodata.case_simulation import Caseload
from gateway.development.demodata.people_and_phrases import Caller
from gateway.development.demodata.text_delivery import Carrier
from gateway.development.processes.prepare_database import LINE
from gateway.settings.config import Config
from sessions.messages.inbound_types import SessionEndNotice
from sessions.operations import case_clock_sweep, screen_counts
from sessions.operations.timed_out_screen import TimeoutDetector
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.sms import inbound_transaction
from sessions.sms.inbound_handler import SmsReceiver
from sessions.ussd.action_transaction import perform_actions
from sessions.ussd.hop import Hops
from sessions.ussd.session_record import draft_key
from sessions.ussd.session_store import SessionStore
from storage.connection.database import Database

NEW = 0.56  # of all calls, those from phones that never called before
TOLD = 0.5  # of calls that were left, those whose network tells that they waited too long
FIRST = {"file": 62, "mine": 22, "track": 2, "suggest": 6, "language": 8}  # what somebody dials for
AGAIN = {"file": 20, "mine": 56, "track": 14, "suggest": 5, "language": 5}  # … who filed before
EVERY = dt.timedelta(hours=2)  # between two looks at what is due
TEXTS_EVERY = 3  # looks: a claim costs as much for one text as for many
COLLECT, TELL = 400, 25  # calls between two collections of counts, and between two words of how far it is


class Months:
    """The made months of one database."""

    def __init__(self, database: Database, config: Config, random: Random) -> None:
        self._database, self._config, self._random = database, config, random
        self._zone = ZoneInfo(config.timezone)
        self._shelf = PublishedFlowCache(
            database, {"ussd": config.service_code, "sms": config.short_code, "help": config.help_number}
        )
        self._shelf.refresh()
        store = SessionStore(config.redis_url)
        latin, without = Room(ucs2=False), frozenset(config.networks_without_ucs2)
        keep = config.resume_hours * 3600
        hops = Hops(
            database,
            store,
            self._shelf,
            perform=perform_actions,
            wake=lambda ids: None,  # noqa: ARG005 - the carrier looks by itself
            random_below=random.randrange,
            timezone=config.timezone,
            seconds=config.session_seconds,
            resume_hours=config.resume_hours,
            room_of=lambda network: latin if network in without else Room(),
        )
        texting = SmsReceiver(
            database,
            self._shelf,
            wake=lambda ids: None,  # noqa: ARG005
            random_below=random.randrange,
            short_code=config.short_code,
            timezone=config.timezone,
        )
        self._waits = TimeoutDetector(store, self._shelf, config.timezone, config.session_seconds, keep)
        self._redis = Redis.from_url(config.redis_url)
        self._tally = screen_counts.RedisScreenCounts(config.redis_url)
        self.line = UssdLine(hops, config.service_code, random)
        self.cases = Caseload(database, texting, random, self._zone, config.short_code)
        self.carrier = Carrier(database, rules(config), random, lambda: f"{random.getrandbits(64):016x}")
        self._later: list[tuple[dt.datetime, Callable[[], None]]] = []
        self._callers: list[Caller] = []
        self._filers: list[Caller] = []
        self.filed, self._looks = 0, 0

    def later(self, at: dt.datetime, what: Callable[[], None]) -> None:
        """Something that somebody does to the flows then; told in order of time."""
        self._later.append((at, what))

    def play(self, begin: dt.date, length: int, sessions: int, until: dt.datetime) -> Iterator[int]:
        """Live through these days; yields the number of calls so far, often."""
        texts = self._texts()
        moment = dt.datetime.combine(begin, dt.time(), self._zone).astimezone(dt.UTC)
        self.cases.hire_centre(texts, moment)
        for count, at in enumerate(call_volume.calls(self._random, begin, length, sessions, self._zone, until)):
            while moment + EVERY <= at:
                moment += EVERY
                self._pass(moment, texts)
            if self._published(at):
                texts = self._texts()
            self._call(count, at, texts)
            if count % COLLECT == COLLECT - 1:
                screen_counts.collect_screen_counts(self._database, at, self._tally)
            if count % TELL == TELL - 1:
                yield count + 1
        while moment + EVERY <= until:
            moment += EVERY
            self._pass(moment, texts)
        self.carrier.carry(until)
        screen_counts.collect_screen_counts(self._database, until, self._tally)
        yield sessions

    def _published(self, now: dt.datetime) -> bool:
        """Do what is to be done to the flows by now; true where anything was."""
        due = [what for at, what in self._later if at <= now]
        for what in due:
            what()
        self._later = self._later[len(due) :]
        if due:
            self._shelf.refresh()
        return bool(due)

    def _texts(self) -> Flow:
        published = self._shelf.named(LINE)
        if published is None:
            raise RuntimeError(f"the flow {LINE} is not published")
        return published.flow

    def _pass(self, now: dt.datetime, texts: Flow) -> None:
        """Some time is over: offices worked, clocks went on, texts left."""
        for _ in self.cases.until(now, texts):
            pass
        while case_clock_sweep.sweep_case_clocks(self._database, now, self._texts_of).made:
            pass
        self._looks += 1
        if self._looks % TEXTS_EVERY == 0:
            self.carrier.carry(now)

    def _texts_of(self, flow: str) -> Flow | None:
        published = self._shelf.named(flow)
        return published.flow if published else None

    def _call(self, count: int, at: dt.datetime, texts: Flow) -> None:
        by = self._who()
        if by.left_at and at.timestamp() - by.left_at > self._config.resume_hours * 3600:
            self._redis.delete(draft_key(by.phone, self._config.service_code))  # it goes by its own clock
        wants = people_and_phrases.weighted_choice(self._random, AGAIN if by.numbers else FIRST)
        called = self.line.call(by, f"demo-{count}", wants, at)
        by.known = True
        by.left_at = 0.0 if called.ended else called.until.timestamp()
        if called.number:
            if not by.numbers:
                self._filers.append(by)
            by.numbers.append(called.number)
            self.filed += 1
            self.cases.filed(called.number, by.phone, texts, called.until)
        if not called.ended and self._random.random() < TOLD:
            self._waited(by, called)

    def _who(self) -> Caller:
        """Somebody new, or somebody who called before: most of these filed something, and not long ago."""
        if not self._callers or self._random.random() < NEW:
            self._callers.append(people_and_phrases.caller(self._random, len(self._callers)))
            return self._callers[-1]
        known = self._filers if self._filers and self._random.random() < 0.8 else self._callers
        return self._random.choice(known[-max(len(known) // 3, 10) :])

    def _waited(self, by: Caller, called: CallResult) -> None:
        """The network tells that they waited too long on the last screen."""
        end = SessionEndNotice(
            called.session,
            "Timeout",
            aggregator=AGGREGATOR,
            phone=by.phone,
            service_code=self._config.service_code,
            network=by.network,
        )
        inbound_transaction.record_session_end(
            self._database, called.until + dt.timedelta(seconds=60), end, self._waits.spot(end)
        )
