"""One text of the set, sent from a phone that never wrote before, and what becomes of it.

The phone belongs to a citizen who chooses the right option of a question if it is offered, types the name of a district
that is not, and otherwise gives up. What is judged is what happened: the complaint that is stored, what the open
question already knows, the questions, and the first reply.
"""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import select

from flows.engine.language_detection import detect_language
from flows.engine.render import rows_of
from flows.menu.model import Ask, Flow, Row, State
from sessions.sms import filing
from storage.schema.tables import Contact, Inbound, Question
from tests.keys import phone_ix
from tests.sessions.texter import Post

MOST_ANSWERS = 3
ANY_DISTRICT = "multan"  # of a citizen whose text names no place


class Asked(Struct, frozen=True):
    """A question: what it is about (`category`, `district` or another), and the codes offered.

    `guessed` is false for a list that everybody is offered.
    """

    about: str
    offered: tuple[str, ...]
    guessed: bool


class Trial(Struct, frozen=True):
    """What became of a text. `category` and `district` are those stored; `questions` came before that, in order."""

    row: dict[str, str]
    intent: str
    event: str
    reply: str
    language: str | None
    questions: tuple[Asked, ...]
    filed: bool
    at_once: bool  # a complaint was stored with the first text
    category: str | None
    district: str | None
    private: bool

    def gold(self, name: str) -> frozenset[str]:
        """The codes that are right."""
        return frozenset(filter(None, self.row[name].split("|")))

    def asked(self, about: str) -> Asked | None:
        """The question about this, if there was one."""
        return next((each for each in self.questions if each.about == about), None)

    @property
    def kind_guess(self) -> tuple[str, ...]:
        """The categories that the text alone led to, the best first."""
        asked = self.asked("category")
        if asked is not None:
            return asked.offered if asked.guessed else ()
        return (self.category,) if self.category else ()


def run(post: Post, row: dict[str, str], phone: str) -> Trial:
    """Send the text and answer what is asked."""
    first = post.text(row["text"], phone)
    at_once = bool(post.complaints(phone))
    questions: list[Asked] = []
    known: dict[str, str | None] = {}
    for _ in range(MOST_ANSWERS):
        waiting = _waiting(post, phone)
        if waiting is None:
            break
        asked = _read(post, waiting)
        questions.append(asked)
        known = {name: _known(waiting, name) for name in ("category", "district")}
        answer = _answer(post.words, asked, row)
        if answer is None or post.text(answer, phone) is None:
            break
    filed = post.complaints(phone)
    last = filed[-1] if filed else None
    return Trial(
        row,
        _intent(post, phone),
        first.event if first else "",
        first.body if first else "",
        detect_language(first.body, post.words) if first else None,
        tuple(questions),
        last is not None,
        at_once,
        (last.category if last else None) or known.get("category"),
        (last.district if last else None) or known.get("district"),
        bool(last and last.private),
    )


def _intent(post: Post, phone: str) -> str:
    with post.database.read() as db:
        query = select(Inbound).where(Inbound.phone_ix == phone_ix("inbound", phone))
        found = db.scalars(query.order_by(Inbound.id)).first()
    return (found.intent or "") if found else ""


def _waiting(post: Post, phone: str) -> Question | None:
    with post.database.read() as db:
        of_phone = Contact.phone_ix == phone_ix("contacts", phone)
        open_ = select(Question).join(Contact, Contact.id == Question.contact_id).where(of_phone)
        query = open_.where(Question.closed_at.is_(None), Question.kind == "filing")
        return db.scalars(query.order_by(Question.id.desc())).first()


def _read(post: Post, question: Question) -> Asked:
    state = filing.state_of(question)
    screen = post.words.screens[state.screen]
    assert isinstance(screen, Ask)
    return Asked(screen.save or screen.id, _offered(post.words, state, screen), bool(state.matches))


def _offered(flow: Flow, state: State, screen: Ask) -> tuple[str, ...]:
    return tuple(row.code for row in rows_of(flow, state, screen) if isinstance(row, Row))


def _known(question: Question, name: str) -> str | None:
    value = filing.state_of(question).values.get(name)
    return value if isinstance(value, str) and value else None


def _answer(flow: Flow, asked: Asked, row: dict[str, str]) -> str | None:
    right = [code for code in row.get(asked.about, "").split("|") if code]
    offered = [code for code in asked.offered if code in right]
    if offered:
        return str(asked.offered.index(offered[0]) + 1)
    if asked.about == "district":
        return flow.rows["district"][right[0] if right else ANY_DISTRICT].text["en"]
    return None
