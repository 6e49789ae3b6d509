"""Two phones text whatever they like while an office works: what must never happen, looked for by Hypothesis.

No crash; one reply at most for an SMS; at most two questions before a complaint is filed; nobody learns of another's
case, and no answer reaches a case other than the one asked about last or named.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select

from flows.text import tracking_number
from storage.cases import complaints as rows
from storage.connection.database import Database
from storage.schema.tables import Complaint, Contact, Inbound, OutboxMessage, Question
from tests.examples import examples
from tests.keys import open_database
from tests.sessions.filing import enough
from tests.sessions.texter import AMIR, DONE, SARA, Post

PHONES = st.sampled_from([SARA, AMIR])
WORDS = st.sampled_from(
    [
        *("NEW gutter band hai Shah Alam Lahore", "SHIKAYAT bijli nahi", "NEW theek karein", "NEW", "masla"),
        *("Multan", "lahor", "1", "2", "3", "4", "9", "99", "0", "000", "haan", "nahi abhi tak", "KUCH", "ji"),
        *("STOP", "START", "HELP", "STATUS", "REOPEN", "APPEAL", "WITHDRAW", "LANG", "URDU", "CALL", "KHUFIA"),
        *("DELETE", "TAJWEEZ roshni", "SUGGEST", "ACK", "pani", "xyzzy", "", "?", "گٹر بند لاہور", "شکایت پانی"),
        *("KHUFIA rishwat Lahore", "haal bura hai", "123456789", "{ussd} %s", "\x00", "a*b*c"),
    ]
)
FREE = st.text(max_size=40)
NAMED = st.sampled_from(
    [
        *("{}", "STATUS {}", "{} 1", "{} 2", "{} 3", "{} 9", "{} aur bhi", "REOPEN {}", "WITHDRAW {}", "KHUFIA {}"),
        *("REOPEN meri {} jaldi", "NEW wohi {} phir Lahore", "2 meri {} ganda", "meri {} ganda", "{} 2 pani ganda"),
    ]
)
MOVES = ("in_progress", "resolved_pending", "refused_pending", "waiting_citizen", "assigned")


class Texting(RuleBasedStateMachine):
    template: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "t.db")
        self.database: Database = open_database(f"sqlite:///{self.folder / 't.db'}")
        self.post = Post(self.database, left=False)
        self.seen: set[int] = set()

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    def _texts(self, phone: str, words: str) -> None:
        theirs = {each.id: (each.version, each.status) for each in self.post.complaints(_other(phone))}
        reply = self.post.text(words, phone)
        assert theirs == {each.id: (each.version, each.status) for each in self.post.complaints(_other(phone))}
        if reply is not None:
            assert reply.body.strip()
            assert not [each for each in self._shown(_other(phone)) if each in reply.body]

    def _shown(self, phone: str) -> list[str]:
        return [tracking_number.format_number(each.number) for each in self.post.complaints(phone)]

    @rule(phone=PHONES, words=WORDS | FREE)
    def an_sms(self, phone: str, words: str) -> None:
        self._texts(phone, words.replace("\x00", ""))

    @rule(phone=PHONES, owner=PHONES, written=NAMED, at=st.integers(0, 5))
    def an_sms_with_a_number(self, phone: str, owner: str, written: str, at: int) -> None:
        filed = self.post.complaints(owner)
        number = filed[at % len(filed)].number if filed else tracking_number.make(90_000_000 + at)
        if owner != phone and filed:
            self.post.text(written.format(number), phone)  # names another's case: it must not move
            assert self.post.complaints(owner)[at % len(filed)].version == filed[at % len(filed)].version
        else:
            self._texts(phone, written.format(number))

    @precondition(lambda self: bool(self.post.complaints(SARA) or self.post.complaints(AMIR)))
    @rule(owner=PHONES, at=st.integers(0, 5), to=st.sampled_from(MOVES))
    def an_office_moves_a_case(self, owner: str, at: int, to: str) -> None:
        from sessions.cases.access import acts_by_number
        from sessions.cases.access.acts_by_number import ActRequest
        from sessions.cases.core.actors import operator

        filed = self.post.complaints(owner)
        if not filed:
            return
        number = filed[at % len(filed)].number
        request = ActRequest(self.database, self.post.now, operator("officer"), self.post.words, self.post.policy)
        acts_by_number.change_status(request, number, to, enough(to, words=DONE))

    @rule()
    def the_worker_posts(self) -> None:
        self.post.post()

    @rule()
    def the_sweep_files_what_nobody_answered(self) -> None:
        self.post.texting.left_over(self.post.now)
        assert not self.post.failures
        with self.database.read() as db:
            left = select(Question).where(Question.kind == "filing", Question.closed_at.is_(None))
            assert not db.scalars(left.where(Question.expires_at <= self.post.now)).all()

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.post.wait(hours=hours)

    @invariant()
    def one_reply_at_most_and_nothing_left_behind(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as db:
            replies = db.scalars(select(OutboxMessage.dedupe).where(OutboxMessage.dedupe.like("reply:%"))).all()
            assert len(replies) == len(set(replies)) <= db.scalars(select(func.count()).select_from(Inbound)).one()
            assert not db.scalars(select(Inbound).where(Inbound.state.in_(("new", "failed")))).all()

    @invariant()
    def at_most_two_questions_are_asked_for_a_filing(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as db:
            asked = db.scalars(select(func.max(Question.asked)).where(Question.kind == "filing")).one()
        assert (asked or 0) <= 2

    @invariant()
    def replies_about_a_case_go_to_its_phone(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as db:
            query = select(OutboxMessage.contact_id, Complaint.contact_id)
            query = query.join(Complaint, Complaint.id == OutboxMessage.complaint_id)
            assert not [1 for sent_to, filed_by in db.execute(query) if sent_to != filed_by]
            asked = select(Question.contact_id, Complaint.contact_id)
            asked = asked.join(Complaint, Complaint.id == Question.complaint_id)
            assert not [1 for asked_of, filed_by in db.execute(asked) if asked_of != filed_by]

    @invariant()
    def histories_have_no_gaps(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as db:
            for complaint in db.scalars(select(Complaint)):
                versions = [row.version for row in rows.history(db, complaint.id)]
                assert versions == list(range(1, complaint.version + 1))
            assert {each.phone for each in db.scalars(select(Contact))} <= {SARA, AMIR}


def _other(phone: str) -> str:
    return AMIR if phone == SARA else SARA


def test_whatever_two_phones_text_nothing_mixes_and_nobody_is_asked_thrice(sqlite_template: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Texting.template = sqlite_template
    quick = settings(
        max_examples=examples(25),
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Texting, settings=quick)
