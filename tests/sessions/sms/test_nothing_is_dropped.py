"""Whatever text comes is answered, or quiet for a reason that is kept; a matter is a case or listed as unheard."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError, OperationalError

from flows.understanding import message_kinds
from flows.understanding.intents import understand
from sessions.messages.inbound_types import Sms
from storage.connection.database import Database
from storage.schema.tables import Complaint, Inbound, OutboxMessage, Question, Unheard
from tests.examples import examples
from tests.keys import phone_ix
from tests.sessions.patience import patiently
from tests.sessions.texter import AMIR, CODE, SARA, Post

REAL = (
    *("bijli nahi", "no gas", "پانی نہیں", "hamari gali ka gutter band hai Lahore", "teacher school nahi aata Multan"),
    *("salam", "ok", "shukriya", "👍", "Thank you for your message", "السلام علیکم", "theek hai"),
    *("meri shikayat ka kya bana", "any progress on my complaint?", "status", "میری شکایت کا کیا بنا"),
    *("1", "2", "Lahore", "haan", "nahi", "abhi tak kuch nahi hua", "482719304", "353375852 jaldi karein"),
    *("is this free?", "HELP", "HELP bijli nahi hai", "NEW", "NEW theek karein", "KHUFIA police rishwat mangti hai"),
    *("You won 5 lac, call 0301", "loan offer 50000", "xyzzy", "xyzzy plugh", "kal phir wohi baat bol kar chale gaye"),
    *("STOP", "START", "TAJWEEZ zyada bus chalayein", "URDU", "REOPEN", "WITHDRAW", "KHUFIA", "bachao", "aag lag gai"),
)
MEANINGS = frozenset({"unknown"})  # intents of texts without any other meaning
LETTERS = st.characters(codec="utf-8", exclude_characters="\0¤")  # the doors leave NUL out; ¤ stands for a code here
TEXTS = st.one_of(
    st.sampled_from(REAL),
    st.text(LETTERS, max_size=80),
    st.lists(st.sampled_from(REAL), min_size=2, max_size=3).map(" ".join),
    st.tuples(st.sampled_from(REAL), st.text(LETTERS, max_size=20)).map(" ".join),
)


def rows(post: Post, table: type[Inbound] | type[OutboxMessage] | type[Unheard]) -> list[object]:
    with post.database.read() as db:
        return list(db.scalars(select(table).order_by(table.id)))


@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6))
def test_every_text_is_answered_or_quiet_for_a_reason_and_no_matter_is_lost(
    database: Database, texts: list[str]
) -> None:
    post = _post(database)
    phone = f"+92310{next(_PHONES):07d}"
    for text in texts:
        reply = post.text(text, phone)
        with post.database.read() as db:
            sms = db.scalars(
                select(Inbound).where(Inbound.phone_ix == phone_ix("inbound", phone)).order_by(Inbound.id.desc())
            ).first()
        assert sms is not None
        assert (sms.state, sms.text) == ("done", text)
        assert (reply is not None) != (sms.quiet is not None), (text, sms.intent, sms.quiet)
        assert reply is None or reply.body.strip()
        if understand(text, post.words.keywords).kind in MEANINGS:
            _is_kept(post, phone, sms)


def _post(database: Database) -> Post:
    """One short code for all examples."""
    known = _POSTS.get(id(database))
    return known or _POSTS.setdefault(id(database), Post(database))


_POSTS: dict[int, Post] = {}
_PHONES = itertools.count(1)


def _is_kept(post: Post, phone: str, sms: Inbound) -> None:
    """Two content words without another meaning are in a case, in an open question, or with the unheard ones."""
    words = message_kinds.content_words(sms.text, post.words.keywords)
    plain = any(
        ask(sms.text)
        for ask in (message_kinds.asks_status, message_kinds.gives_thanks, message_kinds.asks_about_service)
    )
    if len(words) < 2 or plain or sms.unheard_id is not None:
        return
    held = "\n".join(each.details or "" for each in post.complaints(phone))
    with post.database.read() as db:
        held += "\n".join(each.words or "" for each in db.scalars(select(Question)))
    kept = message_kinds.content_words(held, post.words.keywords)
    assert words <= kept or sms.intent == "answer", (sms.text, sms.intent, held)


def texted_at_once(post: Post, *texts: tuple[str, str]) -> None:
    """Words and phone of each. Whichever waits too long for its turn on a busy machine is answered by the sweep."""

    def send(at: int) -> None:
        words, phone = texts[at]
        sms = Sms("africastalking", f"at-once-{at}", phone, CODE, words, post.now)
        patiently(lambda: post.texting.take(post.now, sms))

    with ThreadPoolExecutor(len(texts)) as phones:
        list(phones.map(send, range(len(texts))))
    assert all(isinstance(failure, OperationalError) for failure in post.failures), post.failures
    post.wait(minutes=2)
    post.texting.left_over(post.now)


def test_two_texts_of_one_phone_at_once_are_one_case(database: Database) -> None:
    post = Post(database)
    texted_at_once(post, *((f"hamari gali ka gutter band hai {'ab' * at}", SARA) for at in (0, 1)))
    assert len(post.complaints()) == 1
    with post.database.read() as db:
        assert len(db.scalars(select(Question).where(Question.closed_at.is_(None))).all()) == 1


def test_texts_of_two_phones_at_once_are_two_cases(database: Database) -> None:
    post = Post(database)
    texted_at_once(post, ("bijli nahi", SARA), ("bijli nahi", AMIR))
    assert [len(post.complaints(phone)) for phone in (SARA, AMIR)] == [1, 1]


@pytest.mark.parametrize("again", ["bijli nahi", "Bijli nahi!!", "NEW bijli nahi"])
def test_the_same_words_twice_a_day_are_one_case(database: Database, again: str) -> None:
    post = Post(database)
    post.text("bijli nahi")
    post.wait(hours=3)
    post.text(again)
    assert len(post.complaints()) == 1
    post.text("Multan")
    post.text("bijli nahi")
    assert [(each.category, each.district) for each in post.complaints()] == [("nrg01", "multan")]
    with post.database.read() as db:
        assert db.scalars(select(Complaint)).one().details == "bijli nahi"


@pytest.mark.parametrize("table", ["complaints", "history", "outbox", "questions", "unheard"])
def test_a_database_that_breaks_between_keeps_all_or_nothing_and_the_sweep_does_it_once(
    database: Database, table: str
) -> None:
    post, words = Post(database), "xyzzy plugh" if table == "unheard" else "bijli nahi"
    broken = [f"INSERT INTO {table} "]

    def break_once(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if broken and statement.startswith(broken[0]):
            raise DBAPIError(statement, None, OSError("the connection broke"))

    event.listen(database.engine, "before_cursor_execute", break_once)
    try:
        with pytest.raises(AssertionError, match="connection broke"):
            post.text(words)
        assert not post.complaints()
        assert post.count(OutboxMessage) == 0
        broken.clear()
        post.failures.clear()
        post.wait(minutes=2)
        assert post.texting.left_over(post.now) == 1
        assert post.texting.left_over(post.now) == 0
    finally:
        event.remove(database.engine, "before_cursor_execute", break_once)
    assert [len(post.complaints()), len(post.questions()), len(rows(post, Unheard)), post.count(OutboxMessage)] == (
        [0, 0, 1, 1] if table == "unheard" else [1, 1, 0, 1]
    )
