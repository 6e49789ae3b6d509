"""`python -m tests.upgrade.write`: fill a database and a Redis, keep them, and keep what is answered next.

It writes what the code it is run with writes: run it at the commit whose data is wanted (a checkout of that commit
with this folder put into it), then bring `before/` to where the tests shall read it. What is there was written by
9a60d7c, before all modules moved. Running it later replaces old data by new and proves nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import subprocess
import tempfile
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from gateway.development.demodata import console_data
from gateway.development.demodata.distributions import SAMPLE
from gateway.development.demodata.months import Months
from sessions.cases.access import acts_by_number
from sessions.cases.core.act_record import ActResult
from sessions.cases.core.actors import operator
from sessions.drafts import draft_editing, scheduled_publishing
from sessions.drafts.draft_editing import Edit
from sessions.drafts.review_requests import PublishTerms
from sessions.staff import invitations
from sessions.staff.sealed_secrets import seal
from tests.gateway.console.conftest import arrive
from tests.recordings.phones import SPOKEN, Handset, knock
from tests.recordings.product import Sms, Sunwai, create_app, prepare
from tests.recordings.world import BEGINS, KEY, Clock, opened, settings, sqlite_in
from tests.servers import Valkey
from tests.sessions.filing import enough
from tests.sessions.posting import owe
from tests.upgrade import continuing
from tests.upgrade.earlier import FACTS, FOLDER, write_database, write_redis

CALLS, DAYS = 90, 12
WORDS = {"ur-Latn": "Gali 4 Shadbagh mein 3 din se pani nahi", "ur": "گلی 4 میں 3 دن سے پانی نہیں",
         "en": "No water in street 4 for 3 days"}  # fmt: skip
SPEAKS = {"ur-Latn": "1", "ur": "2", "en": "3"}  # what is typed for a language where it is asked for
STATES = {  # of texts, with what belongs to each
    "sending": "lease = 'lease-of-before', lease_until = '2026-06-17 07:10:00', attempts = 1,"
    " claimed_at = '2026-06-17 06:59:59', aggregator = 'africastalking'",
    "unknown": "attempts = 1, ambiguous = 1, aggregator = 'africastalking'",
    "unconfirmed": "attempts = 3, ambiguous = 3, aggregator = 'africastalking', settled_at = '2026-06-17 06:59:59'",
    "buffered": "attempts = 1, aggregator = 'africastalking', provider_id = 'ATXid_b'",
    "failed": "attempts = 8, reason = 'no_road', settled_at = '2026-06-17 06:59:59'",
    "cancelled": "reason = 'opt_out', settled_at = '2026-06-17 06:59:59'",
    "skipped": "reason = 'later_move', settled_at = '2026-06-17 06:59:59'",
    "expired": "reason = 'too_late', settled_at = '2026-06-17 06:59:59'",
}


def main() -> None:
    """All of it, into `before/`."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sunwai-before-") as folder, redirect_stderr(StringIO()):
        valkey = Valkey(Path(folder))
        try:
            write(Path(folder), valkey)
        finally:
            valkey.stop()


def write(folder: Path, valkey: Valkey) -> None:
    """Fill, keep, go on, and keep what was answered."""
    config, clock = settings(sqlite_in(folder), valkey.url), Clock()
    chosen = random.Random(7)
    sample = create_app(config, random_below=chosen.randrange)
    database = sample.database
    end = BEGINS - dt.timedelta(hours=7)
    start = end - dt.timedelta(days=DAYS)
    assert not prepare(database, config, start - dt.timedelta(days=1))
    console_data.hire(database, start)
    months = Months(sample, chosen)
    release = partial(console_data.publish_release, database, end, SAMPLE.releases[0])
    months.later(start + dt.timedelta(days=5), release)
    for _ in months.play(start.date(), DAYS, CALLS, end):
        pass
    console_data.open_drafts(database, end)
    database.close()
    with opened(config, clock) as app:
        facts = furnish(app, clock)
        head = subprocess.run(
            ["git", "log", "-1", "--format=%H", "--", "flows", "sessions", "storage", "gateway"],
            capture_output=True,
            text=True,
            check=True,
        )
        facts["commit"] = head.stdout.strip()
    facts["alembic"] = write_database(database.engine)
    write_redis(valkey.client())
    with opened(config, clock, seed=1) as app:  # a new process: it knows nothing but what was kept
        facts |= continuing.everything(app, clock, facts)
    database.close()
    (FOLDER / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def furnish(app: Sunwai, clock: Clock) -> dict[str, Any]:
    """What made months lack: calls in the middle, questions that are open, people who are signed in."""
    facts: dict[str, Any] = {"texts": _texts(app, clock), "browsers": _browsers(app, clock)}
    _schedule(app, clock)
    _states(app, clock)
    _odd(app)
    facts["calls"] = list(_calls(app, clock))
    facts["left"] = list(_left(app, clock))
    app.wake([1])
    facts["now"] = clock().isoformat()
    with app.database.engine.connect() as connection:
        query = "SELECT min(number) FROM complaints GROUP BY status, flow, kind ORDER BY 1"
        facts["complaints"] = dict.fromkeys(connection.exec_driver_sql(query).scalars(), "")
    return facts


def _calls(app: Sunwai, clock: Clock) -> Any:
    """Calls in the middle: each flow, each language, each aggregator, at different screens."""
    numbers = (f"+92399{at:07}" for at in range(1, 1000))
    ways: list[tuple[str, list[str], list[str]]] = []
    for language, key in SPEAKS.items():
        said = WORDS[language]
        ways += [
            ("*8484#", [key], ["1", "1", "1"]),
            ("*8484#", [key, "1", "1"], ["1", "1", "lahor", said, "1"]),
            ("*8484#", [key, "1", "1", "1", "lahor"], [said, "1"]),
            ("*8484#", [key, "1", "1", "1", "lahor", said], ["1"]),
            ("*8484#", [key, "1", "1", "1", "lahor", said, "1"], ["0"]),
            ("*8484#", [key, "2"], ["1", "0"]),
            ("*8484#", [key, "3"], ["482719304", "0"]),
            ("*8484#", [key, "4"], [said, "1"]),
            ("*8484#", [key, "1", "99"], ["77", "0"]),
            ("*8485#", ["1"], ["1", "lahor", said, "1"]),
            ("*8485#", ["1", "1"], ["lahor", "1"]),
            ("*8486#", ["1"], ["3", "1"]),
            ("*8486#", ["000", key], ["2", "5", "1"]),
        ]
    for at, (code, before, then) in enumerate(ways):
        aggregator = list(SPOKEN)[at % len(SPOKEN)] if at % 3 else "africastalking"
        phone = Handset(aggregator, next(numbers), code, network="41008" if at % 11 == 5 else "41001")
        phone.dial(app, f"before-{at}")
        for words in before:
            clock.passes(seconds=2)
            phone.type(app, words)
        yield {"phone": phone.kept(), "then": then}


def _left(app: Sunwai, clock: Clock) -> Any:
    """Calls that were left in the middle of a complaint, to be gone on with at the next dial."""
    for at, (language, key) in enumerate(SPEAKS.items()):
        for choice in ("1", "2"):
            phone = Handset("africastalking", f"+92398800{at:03}{choice}", "*8484#")
            phone.dial(app, f"left-{at}-{choice}")
            for words in (key, "1", "1", "1", "lahor", WORDS[language]):
                clock.passes(seconds=2)
                phone.type(app, words)
            yield {"phone": phone.kept(), "then": [choice, "1"]}


def _texts(app: Sunwai, clock: Clock) -> list[dict[str, str]]:
    """Questions that are open, and what their phones will answer."""
    after: list[dict[str, str]] = []
    begun = {
        "+923977000001": ("NEW pani nahi aa raha", "Lahore"),
        "+923977000002": ("NEW Lahore mein masla hai", "bijli"),
        "+923977000003": ("شکایت پانی نہیں آ رہا", "لاہور"),
        "+923977000004": ("NEW no water in Lahore street 4", "STATUS"),
        "+923977000005": ("STOP", "START"),
        "+923977000006": ("HELP", "SUGGEST More benches in the park"),
        "+923977000007": ("NEW bijli nahi hai Lahore", "1"),
        "+923977000008": ("NEW bijli nahi hai Multan", "2"),
    }
    for at, (phone, (first, then)) in enumerate(begun.items()):
        clock.passes(seconds=20)
        app.texting.take(clock(), Sms("africastalking", f"before-{at}", phone, "8484", first, clock()))
        after.append({"id": f"after-{at}", "from": phone, "text": then})
    with app.database.write.begin() as db:  # they have left
        db.connection().exec_driver_sql("UPDATE outbox SET state = 'sent' WHERE state = 'ready'")
    query = (
        "SELECT complaints.number FROM complaints JOIN contacts ON contacts.id = contact_id"
        " WHERE phone IN ('+923977000007', '+923977000008') ORDER BY complaints.id"
    )
    with app.database.engine.connect() as connection:
        numbers = list(connection.exec_driver_sql(query).scalars())
    texts = app.shelf.for_code("8484")
    assert texts is not None and len(numbers) == 2, numbers
    for number in numbers:
        for status in ("in_progress", "resolved_pending"):
            clock.passes(minutes=1)
            done = acts_by_number.change_status(
                acts_by_number.ActRequest(app.database, clock(), operator("officer"), texts.flow, app.policy),
                number,
                status,
                enough(status, words="Kaam mukammal ho gaya hai"),
            )
            assert isinstance(done, ActResult), done
    with app.database.write.begin() as db:
        db.connection().exec_driver_sql("UPDATE outbox SET state = 'sent' WHERE state = 'ready'")
    return after


def _browsers(app: Sunwai, clock: Clock) -> list[dict[str, str]]:
    """People of each role who are signed in, and one who has a password and a second factor besides."""
    found = [(name, arrive(app, role, name).cookie()) for name, role in console_data.PEOPLE.items()]
    invited = invitations.invite(app.database, clock(), console_data.OMAR)
    assert isinstance(invited, invitations.Invitation)
    assert isinstance(invitations.accept(app.database, clock(), invited.token, continuing.PASSWORD), int)
    invited = invitations.invite(app.database, clock(), console_data.TAHIRA)
    assert isinstance(invited, invitations.Invitation)
    login = invitations.accept(app.database, clock(), invited.token, continuing.PASSWORD)
    with app.database.write.begin() as db:
        sealed = seal(KEY, continuing.SECOND)
        db.connection().exec_driver_sql(f"UPDATE logins SET second = '{sealed}' WHERE id = {login}")
    signed_in = [(name, token) for name, token in found if name not in (console_data.OMAR, console_data.TAHIRA)]
    signed_in.append((console_data.OMAR, arrive(app, "operator", console_data.OMAR).cookie()))
    return [{"name": name, "token": token} for name, token in signed_in]


def _schedule(app: Sunwai, clock: Clock) -> None:
    """A draft that is to be published tomorrow."""
    draft = console_data._worded(app.database, clock(), console_data.WARMER, console_data.NADIA, "bye: words in en")
    at = (clock() + dt.timedelta(days=1)).replace(minute=0)
    done = scheduled_publishing.schedule_publication(
        app.database, Edit(console_data.NADIA, clock(), "Warmer"), draft, at, PublishTerms(reason="As it is live now.")
    )
    assert draft_editing.find_draft(app.database, draft.id) is not None
    assert getattr(done, "publish_at", None) is not None, done


def _states(app: Sunwai, clock: Clock) -> None:
    """A text in each state, and two that are due."""
    for at, (state, columns) in enumerate(STATES.items()):
        made = owe(app.database, clock(), to=f"+92396600000{at}", body=f"A text that is {state}")
        with app.database.write.begin() as db:
            db.connection().exec_driver_sql(f"UPDATE outbox SET state = '{state}', {columns} WHERE id = {made}")
    for at in (8, 9):
        owe(app.database, clock(), to=f"+92396600000{at}", body="A text that is due")


def _odd(app: Sunwai) -> None:
    """Forms that cannot be read, reports of texts that nobody knows, and the end of a call."""
    for path, body in (
        ("sms", "from=&text=x"),
        ("delivery", "id=ATXid_of_nobody&status=Success&phoneNumber=%2B923001234567&networkCode=41001"),
        ("opt-out", "senderId=8484&phoneNumber=%2B923966000001"),
        ("ussd-events", "sessionId=before-0&status=Success&phoneNumber=%2B923990000001&serviceCode=*8484%23"),
    ):
        assert knock(app, "africastalking", path, body).startswith("200")


if __name__ == "__main__":
    main()
