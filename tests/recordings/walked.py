"""Random callers at the doors, from a seed: every screen as the aggregator gets it, and what is stored of all calls."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from collections.abc import Iterator
from itertools import count

from sqlalchemy import select

from tests.recordings.opened_rows import opened_lines
from tests.recordings.phones import SPOKEN, Handset
from tests.recordings.product import OutboxMessage, Sms, Sunwai, acts_by_number, case_clock_sweep, contacts, operator
from tests.recordings.world import Clock, shown
from tests.sessions.filing import enough

CALLS, TEXTS = 420, 160
BEFORE = dt.datetime(2026, 6, 17, 6, tzinfo=dt.UTC)  # some phones were known
LONGEST = 14  # entries of a call
CODES = ("*8484#", "*8484#", "*8484#", "*8485#", "*8486#", "*8484*1#", "*9999#")
LANGUAGES = ("en", "ur", "ur-Latn", None)
NETWORKS = ("41001", "41004", "41006", "41008", "99999")
JUNK = ("0", "000", "99", "77", "41", "", "۱", "*", "#", "1*2", "karachi", "lahor", "کراچی", "dg khan", "multan",
        "482719300", "482719304", "Gali 4 mein 3 din se pani nahi", "پانی نہیں آ رہا", "x" * 200, "\x07 <b>{ussd}</b>",
        "1 ", " 2", "１", "help", "😀 gutter")  # fmt: skip
TEXTED = ("NEW pani nahi Lahore", "NEW bijli nahi hai Lahore", "NEW gutter", "شکایت گٹر لاہور", "STATUS", "STATUS {}",
          "{}", "{} aur bhi kharab hai", "1", "2", "3", "STOP", "START", "HELP", "English", "اردو", "ROMAN",
          "SUGGEST Park", "bachao", "kya?", "Lahore", "bijli", "ACK {}", "DONE {} Kaam ho gaya hai aaj", "",
          "Please dial *8484#")  # fmt: skip
MOVES = ("in_progress", "in_progress", "resolved_pending", "resolved_pending", "waiting_citizen", "refused_pending")
OVER = (" END ", '"shouldClose":true', '"continueSession":false', '"type":"release"')  # as aggregators are told
OPTION = re.compile(r"^(\d{1,2})[ .)=]", re.MULTILINE)
NUMBER = re.compile(r"\d{3}-\d{3}-\d{3}")
NOT_HERE = ("revisions", "live_flows", "routes", "system", "offices", "jurisdictions", "heartbeats", "case_changes",
            "code_counts", "officer_counts", "footfall_months", "footfall_days")  # fmt: skip


class Walk:
    """The walk, and what it knows: the numbers it was told."""

    def __init__(self, app: Sunwai, clock: Clock) -> None:
        self._app, self._clock, self._random = app, clock, random.Random(20260617)
        self._numbers = ["482-719-304"]
        self._phones = [f"+92390{at:07}" for at in range(60)]
        self._ids = count()

    def languages(self) -> None:
        """Some phones are known, each language among them."""
        with self._app.database.write.begin() as db:
            for at, phone in enumerate(self._phones):
                language = LANGUAGES[at % len(LANGUAGES)]
                if language is not None:
                    contacts.find_or_add(db, phone, BEFORE).language = language

    def call(self, at: int) -> Iterator[str]:
        """One call, a line for each hop. Some hops come twice; some calls are left."""
        choose = self._random
        aggregator = choose.choice(("africastalking", "africastalking", *SPOKEN))
        phone = Handset(aggregator, choose.choice(self._phones), choose.choice(CODES), network=choose.choice(NETWORKS))
        yield f"== call {at} {aggregator} {phone.number} {phone.code} {phone.network}"
        screen = phone.dial(self._app, f"walk-{at}")
        yield screen
        for _ in range(choose.randrange(3, LONGEST)):
            if _over(screen):
                break
            self._clock.passes(seconds=choose.randrange(2, 30))
            typed = self._entry(screen)
            screen = phone.type(self._app, typed)
            self._numbers += NUMBER.findall(screen)
            yield f"> {shown(typed)}\n{screen}"
            if choose.random() < 0.05:
                yield f"again: {phone.again(self._app)}"
        self._clock.passes(minutes=choose.randrange(1, 90))

    def text(self) -> Iterator[str]:
        """One SMS, and each text that is owed for it."""
        phone, words = self._random.choice(self._phones[:20]), self._random.choice(TEXTED)
        words = words.format(self._random.choice(self._numbers))
        self._clock.passes(minutes=self._random.randrange(1, 90))
        before = self._last()
        sms = Sms("africastalking", f"walk-{next(self._ids)}", phone, "8484", words, self._clock())
        self._app.texting.take(self._clock(), sms)
        yield f"== SMS {phone} {shown(words)}"
        with self._app.database.write.begin() as db:
            for owed in db.scalars(select(OutboxMessage).where(OutboxMessage.id > before).order_by(OutboxMessage.id)):
                self._numbers += NUMBER.findall(owed.body)
                yield f"{owed.event}: {shown(owed.body)}"
            db.connection().exec_driver_sql("UPDATE outbox SET state = 'sent' WHERE state = 'ready'")

    def office(self) -> Iterator[str]:
        """Somebody at an office moves some case, and clocks go on."""
        number = self._random.choice(self._numbers)
        status = self._random.choice(MOVES)
        flow = self._app.shelf.for_code("*8484#")
        assert flow is not None
        done = acts_by_number.change_status(
            acts_by_number.ActRequest(
                self._app.database, self._clock(), operator("officer"), flow.flow, self._app.policy
            ),
            number,
            status,
            enough(status, words="Kaam mukammal ho gaya hai"),
        )
        yield f"== office {number} {status}: {getattr(done, 'message', 'moved')}"
        ticked = case_clock_sweep.sweep_case_clocks(
            self._app.database, self._clock(), self._texts_of, policy=self._app.policy
        )
        yield f"clocks: {ticked.made}"

    def _texts_of(self, flow: str) -> object:
        found = self._app.shelf.named(flow)
        return found.flow if found else None

    def _entry(self, screen: str) -> str:
        choose, shown_keys = self._random, OPTION.findall(screen.replace("\\n", "\n"))
        kind = choose.random()
        if kind < 0.62 and shown_keys:
            return choose.choice(shown_keys)
        if kind < 0.68:
            return choose.choice(self._numbers).replace("-", "")
        return choose.choice(JUNK)

    def _last(self) -> int:
        with self._app.database.engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM outbox").scalar() or 0)


def _over(screen: str) -> bool:
    """The call has ended."""
    return any(sign in screen for sign in OVER)


def record(app: Sunwai, clock: Clock) -> dict[str, str]:
    """Calls with offices at work between them, then texts; and every row that is left."""
    walk = Walk(app, clock)
    walk.languages()
    called: list[str] = []
    for at in range(CALLS):
        called += [*walk.call(at), *(walk.office() if at % 4 == 3 else ())]
    texted = [line for _ in range(TEXTS) for line in walk.text()]
    stored = [f"{table} {json.dumps(row, ensure_ascii=False)}" for table, row in opened_lines(app.database)
              if table not in NOT_HERE]  # fmt: skip
    return {
        "walk.txt": "\n".join(called) + "\n",
        "walk_texts.txt": "\n".join(texted) + "\n",
        "walk_stored.txt": "\n".join(stored) + "\n",
    }
