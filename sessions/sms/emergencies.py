"""Danger by SMS: the reply says at once whom to call, the words are a case, and the place is asked afterwards."""

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from flows.engine.sms_channel import PARTS, is_texted
from flows.menu.danger_rules import NUMBERS
from flows.menu.keyword_rule import POLITE
from flows.text import gsm
from flows.text.normalization import normalize_keyword
from flows.text.western_digits import western
from flows.understanding import category_and_district, name_lookup
from flows.understanding.category_suggestion import is_supported
from flows.understanding.classification import Classification
from flows.understanding.danger_detection import FoundDanger
from flows.understanding.message_kinds import (
    asks_about_service,
    asks_status,
    gives_thanks,
    tells_of_success,
)
from flows.understanding.tracking_number_extraction import extract_number
from sessions.cases.core import own_cases
from sessions.cases.core.category_rules import category_rules
from sessions.cases.rules.danger_files import danger_in
from sessions.messages import render_text
from sessions.messages.open_questions import QuestionMatch, find_question_about, match_by_words
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing
from sessions.sms.question_handlers import add_words
from storage.messages import questions
from storage.schema.tables import Complaint, Question

EMERGENCY = "emergency"  # the reply to danger, where no other text is meant
FIRST = "emergency_first"  # the same in front of another reply
PLACE = "_place"  # ends the name of the reply that also asks where it is
LONGEST_CRY = 8  # words that call for help; more tell of something
FEW = 6  # words that go on with a danger by themselves
COMMANDS = frozenset({"new", "private", "suggest", "withdraw", "language", "forget", "reopen", "appeal"})
AGAIN = "_again"  # ends the name of the reply of its own to what comes after the first words


# What somebody in danger writes after the first words, what somebody in despair does, and what a reader of both asks.
_A_CRY, _DESPAIR, _WRITTEN = (
    tuple(normalize_keyword(said) for said in each.split(", "))
    for each in (
        "help, madad, bachao, bachaao, bachayen, bachaen, bachain, bacha lo, bachalo, bacha lein, jaldi, jldi, save me,"
        " save us, hurry, come fast, come quick, come quickly, emergency, khuda ke liye, khuda k liye, allah ke liye,"
        " مدد, بچاؤ, بچاو, بچا لو, بچا لیں, جلدی, خدا کے لیے",
        "koi nahi, kya karun, kya karoon, kya karu, kia karun, akeli, akela, tanha, maaf, sorry, nobody, no one, alone,"
        " what should i do, what do i do, what can i do, lonely, hopeless, i cant, کوئی نہیں, کیا کروں, اکیلی, اکیلا,"
        " تنہا, معاف",
        "kya likha, kia likha, kya bheja, kia bheja, kis ne likha, kisne likha, kis ne bheja, kisne bheja, who wrote,"
        " kya shikayat ki, kis ne shikayat, kisne shikayat, what did she, what did he, who sent, what was written,"
        " what is written, کیا لکھا, کیا بھیجا, کس نے لکھا, کس نے بھیجا, کس نے شکایت",
    )
)


class DangerCase(Struct, frozen=True):
    """The case of a danger that this phone told of some hours ago, and the danger that its words tell of."""

    case: Complaint
    danger: FoundDanger


def danger_of(inbound: SmsContext, words: str) -> FoundDanger | None:
    """The danger that words tell of, by the lexicon and the model, or None."""
    model = inbound.environment.model
    return danger_in(words, inbound.flow, model.predict(words).danger if model is not None else None)


def answer_emergency(inbound: SmsContext, danger: FoundDanger) -> Reply:
    """Whom to call, before anything else; the words go to the case whose number they name, or are filed.

    They are filed as the urgent kind that they tell of, else for the office that sorts. However often the same is
    written it is answered: nobody in danger is a robot.
    """
    if danger.doubtful and (reply := _in_doubt(inbound, danger)) is not None:
        return reply
    filing.remember_language(inbound, inbound.spoken)
    before = find_danger_case(inbound)
    if before is not None and before.danger.text and before.case.private:
        both = replace(before.danger, call=tuple(dict.fromkeys((*before.danger.call, *danger.call))))
        return replace(go_on(inbound, replace(before, danger=both)), heard=True)
    return _event(inbound, danger, *_kept(inbound, danger, before))


def find_danger_case(inbound: SmsContext) -> DangerCase | None:
    """The danger of the last hours (`emergencies` of the life cycle) whose case is still open; the latest, or None.

    Its words are judged as those of an SMS are. Of a case that is urgent though they tell of no danger with certainty
    it is doubtful.
    """
    if not inbound.contact.complaints:
        return None
    policy = inbound.environment.policy
    since = inbound.now - dt.timedelta(hours=policy.life.emergencies.hours)
    for case in own_cases.latest(inbound.db, inbound.contact, 10):
        if case.urgent and case.filed_at > since and policy.is_open(case.shown_status):
            return DangerCase(case, danger_of(inbound, case.details or "") or FoundDanger(NUMBERS, doubtful=True))
    return None


def go_on(inbound: SmsContext, before: DangerCase) -> Reply:
    """Words after those of danger: with its case, and whom to call is said again, whatever they are."""
    return _event(inbound, before.danger, *_joined(inbound, before.case), again=True)


def cries_for_help(text: str) -> bool:
    """True for a few words that call for help and thank for none: "please help", "jaldi aayen"."""
    return len(normalize_keyword(text)) <= LONGEST_CRY and _says(text, _A_CRY) and not gives_thanks(text)


def asks_who_wrote(text: str) -> bool:
    """True for what somebody asks who reads the texts of another: "kya likha hai us ne"."""
    return _says(text, _WRITTEN)


def _says(text: str, phrases: tuple[tuple[str, ...], ...]) -> bool:
    said = f" {' '.join(normalize_keyword(text))} "
    return any(f" {' '.join(each)} " in said for each in phrases)


def cries_again(inbound: SmsContext, before: DangerCase) -> bool:
    """True for words after those of a danger that stays hidden which whoever is in it writes.

    Of suicide a few words that are nothing else are enough; after violence the one who is feared may hold the phone.
    """
    text, flow, intent = inbound.sms.text, inbound.flow, inbound.intent
    kind = category_and_district.category(text, flow)
    if kind.code not in (None, before.case.category) or kind.others or intent.number is not None:
        return False
    if intent.kind in COMMANDS or (intent.kind in POLITE and not before.danger.text):
        return False
    if cries_for_help(text):
        return True
    if not before.danger.text or tells_of_success(text):
        return False
    said = normalize_keyword(text)
    few = not said or (intent.kind == "unknown" and len(said) <= FEW)
    return _says(text, _DESPAIR) or (few and not asks_status(text) and not asks_about_service(text))


def ask_name(inbound: SmsContext, meant: QuestionMatch) -> Reply | None:
    """A key where the place was asked without a list: whom to call and the same again; None where it means nothing.

    A yes or a no may be anybody's, where the case is hidden.
    """
    question = meant.question
    case = filing.case_of(inbound.db, inbound.contact, question)
    if question is None or case is None or (case.private and not western(inbound.sms.text).strip(" .#*").isdecimal()):
        return None
    questions.again(inbound.db, question, inbound.now)
    danger = danger_of(inbound, case.details or "") or FoundDanger(NUMBERS, doubtful=True)
    return _event(inbound, danger, case, question, again=True)


def tells_place(inbound: SmsContext, before: DangerCase) -> bool:
    """True for words that name the place that the case lacks; of one that is hidden, a few that name no kind."""
    if before.case.district is not None:
        return False
    words, flow = inbound.sms.text, inbound.flow
    if name_lookup.is_name(flow, category_and_district.DISTRICT, words):
        return True
    if before.case.private:
        kind = category_and_district.category(words, flow)
        if kind != Classification() or len(normalize_keyword(words)) > FEW:
            return False
    asked, place = find_question_about(inbound, before.case), category_and_district.district(words, flow)
    return asked is not None and asked.kind == "filing" and (place.code is not None or bool(place.others))


def _joined(inbound: SmsContext, case: Complaint) -> tuple[Complaint, Question | None]:
    """The case with these words too, and the question that is open about it, asked again."""
    held = own_cases.lock_without_pin(inbound.db, inbound.contact, case.number) or case
    add_words(inbound, held, inbound.sms.text.strip())
    asked = find_question_about(inbound, held)
    if asked is None or asked.kind != "filing":
        return held, None
    questions.again(inbound.db, asked, inbound.now)
    return held, asked


def _event(
    inbound: SmsContext, danger: FoundDanger, kept: Complaint | None, asked: Question | None, *, again: bool = False
) -> Reply:
    event = danger.text if danger.text in inbound.flow.texts else EMERGENCY
    event = f"{event}{AGAIN}" if again and f"{event}{AGAIN}" in inbound.flow.texts else event
    place = f"{event}{PLACE}"
    event = place if asked is not None and place in inbound.flow.texts and _asks_place(inbound, asked) else event
    return Reply(event, kept, asks=asked, heard=not again, call=danger.call)  # a robot may answer for a phone


def in_front(inbound: SmsContext, danger: FoundDanger, reply: Reply) -> Reply:
    """A reply with whom to call in front of it, where both fit."""
    spoken = inbound.contact.language or inbound.spoken
    first = render_text.render_sms(inbound.flow, FIRST, spoken, call=danger.call)
    _, body = render_text.render_reply(inbound.flow_of(reply.complaint), reply, spoken)
    if first is None or body is None:
        return reply
    both = f"{first} {body}"
    return replace(reply, body=both) if gsm.parts(both) <= PARTS else reply


def _in_doubt(inbound: SmsContext, danger: FoundDanger) -> Reply | None:
    """Whom to call, in front of what is asked about a new matter; None where something else is answered, or no room.

    The model alone suspects danger: more often than not there is none, and the matter shall reach its office.
    """
    first = render_text.render_sms(inbound.flow, FIRST, inbound.contact.language or inbound.spoken, call=danger.call)
    if first is None or not is_texted(inbound.flow) or extract_number(inbound.sms.text) is not None:
        return None
    if match_by_words(inbound) != QuestionMatch():
        return None
    private = inbound.intent.kind == "private"
    begun = filing.begin(inbound, inbound.sms.text.strip(), private=private, known={"danger": "yes"})
    body = f"{first} {begun.body}"
    if begun.body is None or gsm.parts(body) > PARTS:
        return _event(inbound, danger, begun.complaint, begun.asks)
    return replace(begun, body=body, heard=True)


def _kept(inbound: SmsContext, danger: FoundDanger, before: DangerCase | None) -> tuple[Complaint, Question | None]:
    """The case that has the words, and the question that is open about it."""
    words, found = inbound.sms.text.strip(), extract_number(inbound.sms.text)
    number = inbound.intent.number or (found.number if found and not found.problem else None)
    named = own_cases.lock_without_pin(inbound.db, inbound.contact, number) if number else None
    if named is not None and _may_join(inbound, named, danger):
        add_words(inbound, named, words)
        return named, None
    asked = match_by_words(inbound).question
    begun_with = filing.case_of(inbound.db, inbound.contact, asked) if asked is not None else None
    is_filing = asked is not None and asked.kind == "filing"
    if (
        asked is not None
        and is_filing
        and begun_with is not None
        and begun_with.urgent
        and _may_join(inbound, begun_with, danger)
    ):
        gone_on = filing.go_on(inbound, asked, words)  # more of the same answers what was asked: filed once
        if gone_on.complaint is not None:
            add_words(inbound, gone_on.complaint, words)
            return gone_on.complaint, gone_on.asks
    if before is not None and _may_join(inbound, before.case, danger) and _is_same(before.danger, danger):
        return _joined(inbound, before.case)
    private = danger.private or inbound.intent.kind == "private"
    if is_texted(inbound.flow) and not danger.text:
        begun = filing.begin(inbound, words, private=private, known=_known(inbound, danger, words))
        if begun.complaint is not None:
            return begun.complaint, begun.asks
    return filing.filing_of(inbound).file_words(words, private=private, danger=True).complaint, None


def _is_same(before: FoundDanger, danger: FoundDanger) -> bool:
    """True for the danger that was told of already, or for none of a kind of its own."""
    return danger.text == before.text and (not danger.codes or not set(before.codes).isdisjoint(danger.codes))


def _may_join(inbound: SmsContext, case: Complaint, danger: FoundDanger) -> bool:
    """True if words of danger may stand in this case: it is open, and hidden if they shall be."""
    return inbound.environment.policy.is_open(case.shown_status) and (case.private or not danger.private)


def _known(inbound: SmsContext, danger: FoundDanger, words: str) -> dict[str, str]:
    """What is not asked of somebody in danger: the kind, which is the one that the words name with certainty, or none.

    A kind that is not urgent is none, where the lexicon found the danger; a person sorts what has no kind, at once.
    """
    flow, model = inbound.flow, inbound.environment.model
    rows, code = flow.rows.get("category", {}), category_and_district.category(words, flow, model).code or ""
    if danger.codes and not category_rules(flow, code, inbound.environment.policy.life).urgent:
        code = danger.category if danger.category in rows else ""
        if code and model is not None and not is_supported(code, model.predict(words), model.card):
            code = ""
    return {"danger": "yes", "category": code, "category.maybe": ""}


def _asks_place(inbound: SmsContext, question: Question) -> bool:
    return filing.asks_for(inbound.flow, filing.state_of(question)) == category_and_district.DISTRICT
