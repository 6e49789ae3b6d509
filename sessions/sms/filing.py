"""Filing by text: the words of one SMS through the flow of its short code, with at most two questions in between.

Words that leave a question are a case at once, for triage to read, and the answer completes it. What was answered so
far is a row in the database. The engine is the one that answers calls, in a larger room.
"""

import datetime as dt
from collections.abc import Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from flows.cases.lifecycle_rules import Kind
from flows.engine import engine
from flows.engine.call_days import time_of_call
from flows.engine.render import show
from flows.engine.sms_channel import PARTS, SMS_ROOM, has_asked_enough, is_texted
from flows.menu.model import Ask, Flow, State, Turn, Value
from flows.text import gsm, tracking_number
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district, intents, name_lookup
from flows.understanding.category_and_district import CATEGORY, DISTRICT
from flows.understanding.message_kinds import asks_when, tells_of_delay, tells_spot
from sessions.cases.acts import citizen_acts
from sessions.cases.acts.file_complaint import ComplaintDraft, FiledComplaint, Receipt, complete_filing, file_complaint
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import ActContext, context_of_sms
from sessions.cases.core.actors import CITIZEN
from sessions.messages import open_questions, render_text
from sessions.messages.sms_context import Reply, SmsContext, SmsEnvironment, reply_key, reply_order_key
from sessions.publishing.published_cache import PublishedFlow
from sessions.ussd.action_context import ActionContext
from sessions.ussd.action_handlers import ActionRun
from sessions.ussd.action_transaction import number_in, perform_in_transaction
from storage.cases import contacts
from storage.messages import questions
from storage.schema.tables import Complaint, Contact, Question

_STATE = msgspec.msgpack.Decoder(State)
ASKS = "filing_ask"  # the event of a question; its words are a screen of the flow
UNDER_WAY = frozenset({"received", "screening", "assigned", "in_progress"})  # in which more words go on with it
SENTENCE = 3  # words that are more than the name of a kind or a district


class Filing(Struct, frozen=True):
    """What one filing by text works with: whose words they are, on which revision, and under which key it is done.

    `case` is the one that was filed with the first question, which the answers complete.
    """

    db: Session
    now: dt.datetime
    contact: Contact
    published: PublishedFlow
    environment: SmsEnvironment
    key: str
    receipt: Receipt
    case: Complaint | None = None

    def first_turn(
        self, words: str, spoken: str | None, *, private: bool, known: Mapping[str, str] | None = None
    ) -> Turn:
        """The first turn of the flow with these words, and with what is `known` of their category and district."""
        contact, flow = self.contact, self.published.flow
        caller: dict[str, Value] = {
            "language": spoken,
            "province": contact.province,
            "district": contact.district,
            "complaints": contact.complaints,
            **time_of_call(self.now.astimezone(self.environment.policy.zone)),
        }
        given = category_and_district.classified_values(
            words, flow, district_before=contact.district, model=self.environment.model
        )
        given |= {**(known or {}), **({"private": "yes"} if private else {})}
        return engine.begin(flow, self.published.id, caller, SMS_ROOM, given=given)

    def perform(self, turn: Turn) -> Turn:
        """What a turn asks for; the row of the SMS or of the question sees to it that it is done once."""
        scene = ActionContext(
            session=self.key,
            hop=turn.state.hops,
            phone=contacts.last_number(self.db, self.contact),
            published=self.published,
            now=self.now,
            policy=self.environment.policy,
            random_below=self.environment.random_below,
            receipt=self.receipt,
            language=turn.state.language if self.case is None else None,
            done_once=True,
            completes=self.case.number if self.case is not None else "",
        )
        return perform_in_transaction(ActionRun.begin(self.db, scene), turn)

    def filed(self, turn: Turn) -> Complaint | None:
        """The complaint that was filed, or that it repeats."""
        number = number_in(turn.state)
        return own_cases.find(self.db, self.contact, number) if number else None

    def file_at_once(self, turn: Turn, words: str) -> Complaint:
        """File what is known while a question is open: for a person to sort, if nobody answers it."""
        known = turn.state.values
        draft = ComplaintDraft(
            contact=self.contact,
            revision=self.published.number,
            category=_code(known.get("category")),
            district=_code(known.get("district")),
            details=words,
            private=known.get("private") == "yes",
            danger=known.get("danger") == "yes",
        )
        context = ActContext(self.db, self.now, CITIZEN, self.published.flow, self.environment.policy)
        filed = file_complaint(context, draft, f"{self.key}:0:0", self.receipt, self.environment.random_below)
        if filed.repeat and (held := own_cases.lock_without_pin(self.db, self.contact, filed.complaint.number)):
            if not holds(held.details or "", words):
                citizen_acts.add_details(context, held, words)
            return held
        return filed.complaint

    def file_words(
        self, words: str, kind: Kind = "complaint", *, private: bool = False, danger: bool = False
    ) -> FiledComplaint:
        """File words as they are, for a person to sort."""
        context = ActContext(self.db, self.now, CITIZEN, self.published.flow, self.environment.policy)
        draft = ComplaintDraft(
            contact=self.contact,
            revision=self.published.number,
            kind=kind,
            details=words,
            private=private,
            danger=danger,
        )
        return file_complaint(context, draft, f"{self.key}:0:0", self.receipt, self.environment.random_below)


def filing_of(inbound: SmsContext, question: Question | None = None) -> Filing:
    """The filing that an SMS begins, or continues if it answers the `question` of one."""
    published = inbound.environment.revision(question.revision_id or 0) if question is not None else None
    return Filing(
        inbound.db,
        inbound.now,
        inbound.contact,
        published or inbound.published,
        inbound.environment,
        inbound.key if question is None else question.key,
        Receipt(reply_key(inbound.sms), reply_order_key(inbound.contact), to_own_message=True),
        case_of(inbound.db, inbound.contact, question),
    )


def case_of(db: Session, contact: Contact, question: Question | None) -> Complaint | None:
    """The case that was filed with the first question of a filing; none for one that an older version asked."""
    if question is None or question.complaint_id is None:
        return None
    return own_cases.lock_without_pin(db, contact, db.get_one(Complaint, question.complaint_id).number)


def begin(inbound: SmsContext, words: str, *, private: bool = False, known: Mapping[str, str] | None = None) -> Reply:
    """File these words, or ask what they do not tell. `known` is what else is known; with a category, no kind is asked.

    Words that go on with a case whose question is open join it: what is said twice within a day is one case.
    """
    if not is_texted(inbound.flow):
        return Reply("new_dial")
    if (question := _question_of_same(inbound, words)) is not None:
        return _join(inbound, question, words, private=private, known=known or {})
    filing = filing_of(inbound)
    turn = filing.first_turn(words, inbound.spoken, private=private, known=known)
    turn = _without_kind(filing.published.flow, turn) if CATEGORY in (known or {}) else turn
    return _went_on(inbound, filing, turn, None, words)


def _without_kind(flow: Flow, turn: Turn) -> Turn:
    """The turn after the question about the kind, which is not asked: a person sorts the words."""
    while turn.shown is not None and not turn.state.ended and asks_for(flow, turn.state) == CATEGORY:
        turn = engine.advance(flow, turn.state, "")
    return turn


def asks_for(flow: Flow, state: State) -> str | None:
    """What the question that a filing waits for is saved as."""
    screen = flow.screens.get(state.screen)
    return screen.save if isinstance(screen, Ask) else None


def go_on(inbound: SmsContext, question: Question, typed: str) -> Reply:
    """The answer to the last question of a filing. A flow that is gone begins again with the first words."""
    published, words = inbound.environment.revision(question.revision_id or 0), question.words or typed
    typed = intents.listed_number(typed) or typed  # "2)" and "pehla" choose a row
    if published is None or question.state is None:
        private = is_private(question)
        questions.close(inbound.db, question, "dropped", inbound.now)
        return begin(inbound, words, private=private)
    filing = filing_of(inbound, question)
    if filing.case is not None and normalize_keyword(typed) and holds(question.words or "", typed):
        questions.again(inbound.db, question, inbound.now)  # said again: no answer, and nothing new
        return Reply(ASKS, filing.case, body=again(inbound, question, filing.published), asks=question)
    if filing.case is not None and _is_beside(filing, question, typed):
        questions.again(inbound.db, question, inbound.now)  # the case is here, and lacks the answer
        if not asks_when(typed) and not holds(filing.case.details or "", typed):
            citizen_acts.add_details(context_of_sms(inbound, filing.case), filing.case, typed)
        return Reply(ASKS, filing.case, body=again(inbound, question, filing.published), asks=question)
    if _is_another_matter(inbound, filing, question, typed):
        return begin(inbound, typed)
    state = state_of(question)
    if (placed := _with_place(filing.published.flow, state, typed)) is not None:
        encoded = msgspec.msgpack.encode(placed)
        questions.again(inbound.db, question, inbound.now, state=encoded)
        return Reply(
            ASKS, filing.case, body=with_number(show(filing.published.flow, placed).body, filing.case), asks=question
        )
    if is_sentence(typed):
        state = _with_sentence(filing, state, typed)
    return _went_on(inbound, filing, engine.advance(published.flow, state, typed), question, words)


def _is_beside(filing: Filing, question: Question, typed: str) -> bool:
    """True for words about the waiting, or about the street where the district is asked, that answer nothing else."""
    flow, known = filing.published.flow, filing.case.category if filing.case is not None else None
    spot = tells_spot(typed) and asks_for(flow, state_of(question)) == DISTRICT
    if not (spot or asks_when(typed) or tells_of_delay(typed)):
        return False
    kind, place = category_and_district.category(typed, flow), category_and_district.district(typed, flow)
    return kind.code in (None, known) and not (kind.others or place.code or place.others)


def _with_place(flow: Flow, state: State, typed: str) -> State | None:
    """A state that knows the place, where that answered the question about the kind; None for other answers."""
    if (
        asks_for(flow, state) != CATEGORY
        or state.values.get(DISTRICT)
        or not name_lookup.is_name(flow, DISTRICT, typed)
    ):
        return None
    code = name_lookup.look_up(flow, DISTRICT, typed).code
    return replace(state, values={**state.values, DISTRICT: code}) if code else None


def is_sentence(typed: str) -> bool:
    """True for words that say more than the answer to a question: they are kept, whatever they answer."""
    return sum(not word.isdecimal() for word in normalize_keyword(typed)) >= SENTENCE


def _with_sentence(filing: Filing, state: State, typed: str) -> State:
    """A state that holds a sentence, and what it says of things that are not known yet."""
    found = category_and_district.classified_values(typed, filing.published.flow)
    values = {name: value for name, value in found.items() if name.partition(".")[0] not in state.values}
    return replace(state, values={**state.values, **values, "words": _lines(state.values.get("words"), typed)})


def _lines(*parts: object) -> str:
    return "\n".join(str(part).strip() for part in parts if part)


def _question_of_same(inbound: SmsContext, words: str) -> Question | None:
    """The open question of a case that these words repeat or go on with: of the same kind, or of none known yet."""
    code = category_and_district.category(words, inbound.flow).code
    for each in questions.of_contact(inbound.db, inbound.contact.id, inbound.now):
        question, case = each.question, each.complaint
        if question.kind != "filing" or question.closed_at is not None or question.state is None or case is None:
            continue
        if case.id == inbound.beside or case.shown_status not in UNDER_WAY:  # over, or answered: a new case begins
            continue
        said = question.words or ""
        soon = inbound.now - question.asked_at <= open_questions.SAME_BREATH
        if holds(said, words) or (code is not None and (case.category == code or (case.category is None and soon))):
            return question
    return None


def _is_another_matter(inbound: SmsContext, filing: Filing, question: Question, typed: str) -> bool:
    """True for a sentence about another kind, some time after the question about a case was asked."""
    if filing.case is None or filing.case.category is None or not is_sentence(typed):
        return False
    code = category_and_district.category(typed, filing.published.flow).code
    late = inbound.now - question.asked_at > open_questions.SAME_BREATH
    return late and code not in (None, filing.case.category)


def _join(inbound: SmsContext, question: Question, words: str, *, private: bool, known: Mapping[str, str]) -> Reply:
    """Words that go on with a case: the flow begins again with all of them, and with what was answered."""
    filing, before = filing_of(inbound, question), state_of(question)
    everything = _lines(question.words, words)
    if holds(question.words or "", words):
        everything = question.words or words
    values = before.values
    hidden = private or values.get("private") == "yes"
    answered = {name: str(values[name]) for name in (CATEGORY, DISTRICT) if values.get(name)}
    turn = filing.first_turn(everything, inbound.spoken, private=hidden, known={**known, **answered})
    turn = _without_kind(filing.published.flow, turn) if CATEGORY in known else turn
    turn = replace(turn, state=replace(turn.state, hops=before.hops + 1))
    if has_asked_enough(filing.published.flow, turn.state) and turn.action is None:
        turn = engine.advance(filing.published.flow, turn.state, "")
    return _went_on(inbound, filing, turn, question, everything)


def is_private(question: Question) -> bool:
    """True for a filing whose name shall be hidden."""
    return question.state is not None and state_of(question).values.get("private") == "yes"


def state_of(question: Question) -> State:
    """The state of a filing."""
    return _STATE.decode(question.state or b"")


def again(inbound: SmsContext, question: Question, published: PublishedFlow) -> str:
    """The question that a filing waits for, in words."""
    return with_number(show(published.flow, state_of(question)).body, case_of(inbound.db, inbound.contact, question))


def suggest(inbound: SmsContext, words: str) -> Reply:
    """File a suggestion: its words are all of it, so nothing is asked."""
    return Reply("suggestion_received", filing_of(inbound).file_words(words, "suggestion").complaint)


def find_named_language(flow: Flow, words: str) -> str | None:
    """The language whose own name is in these words, or None: "Roman Urdu", "urdu", "English please"."""
    said = set(normalize_keyword(words))
    exact = [tag for tag, name in flow.languages.items() if said and set(normalize_keyword(name)) <= said]
    part = [tag for tag, name in flow.languages.items() if said & set(normalize_keyword(name))]
    return exact[0] if len(exact) == 1 else part[0] if len(part) == 1 else None


def _went_on(inbound: SmsContext, filing: Filing, turn: Turn, question: Question | None, words: str) -> Reply:
    """Perform what the turn asks for; then a receipt, or the next question and the case that it completes."""
    db, now = inbound.db, inbound.now
    turn = filing.perform(turn)
    assert turn.shown is not None  # noqa: S101 - every action has been performed
    heard, body = question is not None, turn.shown.sms or turn.shown.body
    if turn.shown.ends:
        if question is not None:
            questions.close(db, question, "answered", now)
        filed = filing.filed(turn)
        if filed is not None:
            remember_language(inbound, turn.state.language)
            body = render_text.with_place(filing.published.flow, body, filed, turn.state.language) if heard else body
        return Reply("received" if filed else "try_later", filed, body=body, heard=heard)
    state, case = msgspec.msgpack.encode(turn.state), filing.case
    if question is None:
        case = filing.file_at_once(turn, words)
        question = open_questions.ask_question(
            inbound, "filing", case, state=state, revision_id=filing.published.id, words=words
        )
    else:
        until = open_questions.question_expiry("filing", now, inbound.environment.policy)
        questions.again(db, question, now, state=state, asked=question.asked + 1, expires_at=until, words=words)
        if case is not None:
            _keep_at_once(filing, case, turn.state)
    return Reply(ASKS, case, body=with_number(body, case), asks=question, heard=heard)


def _keep_at_once(filing: Filing, case: Complaint, state: State) -> None:
    """What came after the first words is kept with the case at once, whatever becomes of the question.

    Danger makes it urgent, and what shall be hidden is hidden, from then on.
    """
    context = ActContext(filing.db, filing.now, CITIZEN, filing.published.flow, filing.environment.policy)
    private, danger = (state.values.get(name) == "yes" for name in ("private", "danger"))
    if (private and not case.private) or (danger and not case.urgent):
        draft = ComplaintDraft(
            contact=filing.contact,
            revision=filing.published.number,
            category=_code(state.values.get(CATEGORY)),
            private=private,
            danger=danger,
        )
        complete_filing(context, case, draft)
    words = str(state.values.get("words") or "")
    new = [line for line in dict.fromkeys(words.splitlines()) if not holds(case.details or "", line)]
    if new:
        citizen_acts.add_details(context, case, "\n".join(new))


def with_number(question: str, case: Complaint | None) -> str:
    """A question with the number of its case in front, where both fit into the SMS that a question may be."""
    if case is None:
        return question
    number = tracking_number.format_number(case.number)
    both = f"{question}\n{number}" if case.urgent else f"{number}: {question}"  # whom to call comes first
    return both if gsm.parts(both) <= PARTS else question


def remember_language(inbound: SmsContext, language: str | None) -> None:
    """The language of a first complaint by SMS is spoken from then on, unless another was chosen."""
    if language is not None and inbound.contact.language is None:
        contacts.change(inbound.db, inbound.contact, inbound.key, language=language)


def holds(details: str, words: str) -> bool:
    """True when every line of the words is one of the case's already, whatever keyboards vary."""
    lines = {normalize_keyword(line) or line.strip() for line in details.splitlines()}
    return all((normalize_keyword(line) or line.strip()) in lines for line in words.splitlines() if line.strip())


def _code(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
