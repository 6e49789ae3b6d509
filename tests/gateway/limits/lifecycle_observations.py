"""What becomes of complaints and texts: one function for each limit of the life cycle that moves it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from flows.menu.model import Room, State
from sessions.cases.acts import assignment, citizen_acts, citizen_verdicts, me_too, office_work, resolution
from sessions.cases.core import old_cases, own_cases, phone_holder
from sessions.cases.core.act_context import ActContext
from sessions.cases.core.actors import CITIZEN
from sessions.operations.active_alarms import find_active_alarms
from sessions.operations.unfinished_calls import UnfinishedCallNotes, UnfinishedCallTexts
from sessions.publishing.published_cache import PublishedFlowCache
from sessions.ussd.session_record import SessionState
from storage.cases import complaints, contacts
from storage.schema.tables import Complaint, OutboxMessage
from tests.gateway.limits.town import DAY, FILED, HOUR, WORDS, Observe, Town, due, replace_flow
from tests.sessions.filing import AMIR, SARA
from tests.sessions.roster import DESK, WATER, hire, import_
from tests.sessions.texter import Post


def asked_again(town: Town) -> str:
    staff, complaint = town.staff(), town.file()
    officer = staff["officer"]
    town.do(office_work.acknowledge, complaint, officer)
    town.do(office_work.ask_citizen, complaint, officer, words="Which street?")
    town.do(office_work.resume_work, complaint, officer)
    return town.do(office_work.ask_citizen, complaint, officer, words="Which house?")


def days_waited(town: Town) -> float | None:
    staff, complaint = town.staff(), town.file()
    town.do(office_work.acknowledge, complaint, staff["officer"])
    town.do(office_work.ask_citizen, complaint, staff["officer"], words="Which street?")
    return town.days_until("wait_over", complaint)


def reopened(town: Town) -> object:
    complaint, _ = town.resolved()
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.citizen(citizen_verdicts.reopen, complaint, FILED + 10 * DAY, "No water again")[0]


def level_of_reopened(town: Town) -> object:
    return town.citizen(citizen_verdicts.reopen, town.resolved()[0], FILED + HOUR, "Still no water")[1]


def appealed(town: Town) -> object:
    staff, complaint = town.staff(), town.file()
    supervisor = staff["supervisor"]
    town.do(resolution.refuse, complaint, supervisor, reason="law_forbids", words=WORDS)
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.citizen(citizen_verdicts.appeal, complaint, FILED + 10 * DAY)[0]


def transferred(town: Town) -> str:
    staff, complaint = town.staff(), town.file()
    given = {"office": "desk", "words": "It belongs to another office than ours"}
    return town.do(assignment.transfer, complaint, staff["officer"], **given)


def days_until_rechecked(town: Town, category: str = "mun01") -> float | None:
    complaint, _ = town.resolved(category)
    town.citizen(citizen_verdicts.confirm, complaint, FILED + HOUR)
    return town.days_until("rechecked", complaint, FILED + HOUR)


def reminded_again(town: Town) -> object:
    complaint = town.file()
    town.citizen(citizen_acts.remind, complaint, FILED + HOUR)
    return town.citizen(citizen_acts.remind, complaint, FILED + 3 * HOUR)[0]


def looked_up(town: Town) -> str:
    """The sixth wrong number of a phone, a quarter of an hour after each other."""
    found: object = ""
    for at in range(6):
        with town.database.write.begin() as db:
            now = FILED + at * HOUR / 4
            contact = contacts.find_or_add(db, SARA, now)
            context = ActContext(db, now, CITIZEN, town.flow, town.policy)
            found = own_cases.look_up(context, contact, "123456782", f"key{at}")
    return str(found)


def shown_after_silence(town: Town) -> bool:
    """Whether a phone that calls again after 100 days is shown what was filed from it."""
    filed = town.file()
    with town.database.write.begin() as db:
        now = FILED + 100 * DAY
        contact = phone_holder.find_or_add(ActContext(db, now, CITIZEN, town.flow, town.policy), SARA)
        return own_cases.find(db, contact, filed.number) is not None


def wrong_proofs(town: Town) -> str:
    """What is said to the fifth wrong proof of an old case within a day."""
    said: object = ""
    facts = old_cases.CaseFacts("123456782", "lahore", 9, "mun")
    for at in range(5):
        with town.database.write.begin() as db:
            context = ActContext(db, FILED + at * HOUR, CITIZEN, town.flow, town.policy)
            said = old_cases.claim(context, contacts.find_or_add(db, SARA, FILED), facts, f"key{at}")
    return str(said)


def known_problem(town: Town, asked: dt.timedelta | None, after: dt.timedelta) -> str:
    town.file("nrg01")
    with town.database.write.begin() as db:
        context = ActContext(db, FILED + after, CITIZEN, town.flow, town.policy)
        return me_too.known_problem(context, contacts.find_or_add(db, AMIR, FILED), "nrg01", "lahore", asked).result


class BrokenOffCall(UnfinishedCallNotes):
    """Notes of one call, which broke off with two answers."""

    def __init__(self, revision: int) -> None:
        state = State(revision, "where", "en", Room(), {"group": "mun", "category": "mun01"})
        self.live = SessionState(0, "", state, int(FILED.timestamp()), True, code="*8484#")

    def due(self, until: dt.datetime) -> list[bytes]:
        return [b"call"] if until >= FILED else []

    def left(self, key: bytes) -> tuple[SessionState, str]:  # noqa: ARG002
        return self.live, SARA

    def drop(self, key: bytes) -> None:
        pass


def reminded_after(town: Town) -> int | None:
    """The minutes after which the caller is told that the answers are kept."""
    published = Post(town.database, policy=town.policy).shelf.for_code("8484")
    assert published is not None
    shelf = PublishedFlowCache(town.database)
    texts = UnfinishedCallTexts(BrokenOffCall(published.id), town.database, shelf, town.policy, lambda _: None)
    return next((late for late in range(1, 61) if texts.look(FILED + dt.timedelta(minutes=late))), None)


def texted(town: Town, *texts: str) -> list[bool]:
    """Which of these SMS, within an hour, are answered."""
    post = Post(town.database, policy=town.policy)
    return [post.text(words) is not None for words in texts]


def after_danger(town: Town) -> str:
    """The reply to what a phone writes three hours after words of danger."""
    post = Post(town.database, policy=town.policy)
    post.text("aag lagi hai Lahore mein")
    post.wait(hours=3)
    return post.event("bohat log jama ho gaye hain")


def alarmed(town: Town) -> list[str]:
    """The alarms a quarter of an hour after words of danger that no officer has."""
    post = Post(town.database, policy=town.policy)
    post.text("aag lagi hai Lahore mein")
    found = find_active_alarms(town.database, post.now + dt.timedelta(minutes=15), 1_000, town.policy)
    return [each.name for each in found if each.name == "danger_unheld"]


def answered(town: Town) -> str:
    """What a case becomes whose citizen answers YES a week after the office says that it is done."""
    post, complaint = Post(town.database, policy=town.policy), town.resolved()[0]
    with town.database.write.begin() as db:
        for each in db.scalars(select(OutboxMessage)):
            each.state, each.settled_at = "delivered", FILED
    post.now = FILED + 7 * DAY
    post.text("1")
    with town.database.read() as db:
        return db.get_one(Complaint, complaint.id).status


def reason_kept(town: Town) -> bool:
    """Whether the reason counts that a citizen gives three days after they said NO."""
    post, complaint = Post(town.database, policy=town.policy), town.resolved()[0]
    with town.database.write.begin() as db:
        for each in db.scalars(select(OutboxMessage)):
            each.state, each.settled_at = "delivered", FILED
    post.now = FILED + DAY
    post.text("2")
    post.now += 3 * DAY
    post.text("3")
    with town.database.read() as db:
        return "reason_given" in [row.act for row in complaints.history(db, complaint.id)]


def language_chosen(town: Town) -> str | None:
    """The language that a phone chose two days after it was asked."""
    post = Post(town.database, policy=town.policy)
    post.text("LANG")
    post.now += 2 * DAY
    post.text("2")
    return post.contact().language


def wrong_codes(town: Town) -> list[str]:
    """The replies to two wrong codes of an officer about one case."""
    import_(town.database, WATER, DESK)
    hire(town.database, "Officer", "water-lahore", "officer", AMIR)
    post, number = Post(town.database, policy=town.policy), town.file().number
    right = int(post.code(number, AMIR))
    return [post.event(f"ACK {number} {(right + wrong) % 10_000:04}", AMIR) for wrong in (1, 2)]


def withdrawn_twice(town: Town) -> list[str]:
    """The replies to a citizen who says twice that a complaint is taken back."""
    post, number = Post(town.database, policy=town.policy), town.file(now=FILED).number
    return [post.event(f"WITHDRAW {number}") for _ in range(2)]


def listed(town: Town, words: str, phone: str) -> int:
    """How many numbers of cases the answer lists."""
    post = Post(town.database, policy=town.policy)
    for category in ("mun01", "mun02", "mun03"):
        town.file(category, post.now, SARA)
    return post.says(words, phone).count("-") // 2


def officers_list(town: Town) -> int:
    import_(town.database, WATER, DESK)
    hire(town.database, "Officer", "water-lahore", "officer", AMIR)
    return listed(town, "CASES", AMIR)


def after(act: str, category: str = "mun01") -> Observe:
    """After how many days the sweep does this to a case that nobody touches."""

    def observe(town: Town) -> float | None:
        town.staff()
        return town.days_until(act, town.file(category))

    return observe


def silent(act: str) -> Observe:
    """The same to a case that its office says is done."""
    return lambda town: town.days_until(act, town.resolved()[0])


def due_without_days(town: Town) -> str:
    """The day that a complaint is due whose category does not say."""
    return due()(replace_flow(town, "mun01", days=""))


def due_in_danger(town: Town) -> str:
    """The day that an answer to words of danger is due, which are about nothing that has a category."""
    return town.file(None, danger=True).due_on.isoformat()
