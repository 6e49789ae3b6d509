"""Words that come while nothing is asked: about a case of this phone, or a new complaint that no keyword begins."""

import datetime as dt

from flows.engine.sms_channel import is_texted
from flows.text.normalization import normalize_keyword
from flows.understanding import category_and_district, intents, name_lookup
from flows.understanding.category_and_district import DISTRICT
from flows.understanding.keyword_index import drop_salutation
from flows.understanding.message_kinds import (
    LIKELY,
    asks_about_service,
    asks_status,
    asks_when,
    content_words,
    demands,
    gives_thanks,
    is_matter,
    names_matter,
    tells_of_delay,
    tells_of_still,
    tells_of_success,
    tells_of_wrong,
    tells_spot,
)
from flows.understanding.text_model import COMPLAINT, Prediction
from sessions.cases.acts import citizen_acts
from sessions.cases.acts.file_complaint import ComplaintDraft, complete_filing
from sessions.cases.core import own_cases
from sessions.cases.core.act_context import context_of_sms
from sessions.cases.core.category_rules import category_rules
from sessions.messages import open_questions, sure_answers
from sessions.messages.sms_context import Reply, SmsContext
from sessions.sms import filing, status_replies, unheard_texts
from sessions.sms.question_handlers import add_words
from storage.schema.tables import Complaint

A_DAY = dt.timedelta(days=1)
PAIR = 2  # content words that may be about an open case though they name no kind
SURE = 0.9  # the probability from which what the model thinks of a text without a keyword is answered
BY_MODEL = frozenset({"thanks", "greeting", "question", "status", "spam", "other"})


def is_under_way(inbound: SmsContext) -> bool:
    """True if something is asked of this phone, or one of its cases is open: words may be about that."""
    return open_questions.match_by_words(inbound) != open_questions.QuestionMatch() or bool(_open(inbound))


def is_likely_complaint(inbound: SmsContext) -> bool:
    """True if the model takes the words for a complaint, whatever else they look like."""
    prediction = _prediction(inbound, inbound.sms.text)
    return prediction is not None and prediction.kind_probability(COMPLAINT) >= LIKELY


def is_new_complaint(inbound: SmsContext) -> bool:
    """True if one small word comes before what none of their cases is about: "nahi aa rahi bijli"."""
    text = inbound.sms.text
    if (
        not inbound.intent.rest
        or len(normalize_keyword(intents.explain_intent(text, inbound.flow.keywords).keyword)) > 1
    ):
        return False
    code = category_and_district.category(text, inbound.flow).code
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    return code is not None and all(each.category not in (None, code) for each in mine)


def is_matter_behind(inbound: SmsContext) -> bool:
    """True if a matter follows words that ask for help: "HELP bijli nahi hai" is no question about this service."""
    asked = intents.explain_intent(inbound.sms.text, inbound.flow.keywords).keyword
    rest = inbound.intent.rest
    if not rest or not is_texted(inbound.flow):
        return False
    if len(normalize_keyword(asked)) <= 1:
        return _is_matter(inbound, rest)
    return names_matter(rest, inbound.flow)  # "shikayat kaise karun? hamare gaon ka school band hai"


def answer_unprompted_no(inbound: SmsContext) -> Reply:
    """Not solved, though nothing is asked: the office of the open case is reminded, and the reply is its status.

    The words are kept with it. Where it may be one of several, its number is asked for.
    """
    mine = _open_of_kind(inbound, inbound.sms.text)
    if len(mine) > 1:
        return Reply("which_number")
    held = own_cases.lock(inbound.db, inbound.contact, mine[0].number) if mine else None
    return _reminded(inbound, held) if held is not None else status_replies.status(inbound)


def _reminded(inbound: SmsContext, held: Complaint) -> Reply:
    add_words(inbound, held, inbound.sms.text.strip())
    citizen_acts.remind(context_of_sms(inbound, held), held)
    return Reply("status_added", held)


def answer_good_news(inbound: SmsContext, words: str) -> Reply | None:
    """The reply to words that a matter is over: its citizen may close the case, and is asked first. None for others."""
    if not tells_of_success(words):
        return None
    mine = [each for each in _open_of_kind(inbound, words) if not each.private]  # that one only by its number
    if len(mine) > 1:
        return Reply("which_number")
    held = own_cases.lock(inbound.db, inbound.contact, mine[0].number) if mine else None
    return ask_to_close(inbound, held, words) if held is not None else None


def ask_to_close(inbound: SmsContext, complaint: Complaint, words: str) -> Reply:
    """Whether a case may be closed of which its citizen says that it is over; the words are kept with it."""
    add_words(inbound, complaint, words)
    return sure_answers.ask(inbound, complaint, "done")


def _answer_progress(inbound: SmsContext, words: str) -> Reply | None:
    """The status of the latest open case that words may be about, to a question when it will be done or a complaint
    that nothing is; such a complaint is kept with it. None for other words."""
    found = category_and_district.category(words, inbound.flow)
    named = found.code is not None or bool(found.others)
    complains = tells_of_delay(words) or (tells_of_still(words) if named else demands(words))
    if not complains and not asks_when(words):
        return None
    mine = _open_of_kind(inbound, words)
    if complains and len(mine) > 1:
        return Reply("which_number")
    held = own_cases.lock(inbound.db, inbound.contact, mine[0].number) if mine else None
    if held is not None:
        return _reminded(inbound, held) if complains else Reply("status_is", held)
    return None if complains or named else status_replies.status(inbound)


def _open_of_kind(inbound: SmsContext, words: str) -> list[Complaint]:
    """The open complaints that words may be about by the kind and the place that they name, the latest first."""
    found, place = (
        category_and_district.category(words, inbound.flow),
        category_and_district.district(words, inbound.flow),
    )
    named = {found.code} if found.code else set(found.others)
    mine = [each for each in _open(inbound) if each.kind == "complaint" and not place.others]
    mine = [each for each in mine if place.code in (None, each.district)]
    return [each for each in mine if not named or each.category in named]


def answer_unprompted_words(inbound: SmsContext) -> Reply:
    """Words that belong to nothing: a new case, or a question whether they belong to the only open one.

    What a case holds already is answered with its status: nothing is filed twice. What is no matter by our reckoning
    is not understood, and kept for a person.
    """
    words = inbound.sms.text.strip()
    if not is_texted(inbound.flow):
        return unheard_texts.answer_unclear_words(inbound)
    if (placed := _place_of_case(inbound, words) or _spot_of_case(inbound, words)) is not None:
        return placed
    for each in _open(inbound):
        if content_words(words) and filing.holds(each.details or "", words):
            return Reply("status_is", each)
    about = answer_good_news(inbound, words) or _answer_progress(inbound, words) or _of_another_kind(inbound, words)
    if about is not None:
        return about
    held = _perhaps_about(inbound, words)
    if held is not None:
        return Reply("join_ask", held, asks=open_questions.ask_question(inbound, "join", held, words=words))
    if (kind := _kind_by_model(inbound, words)) is not None:
        return kind
    if not _is_matter(inbound, words):
        return unheard_texts.answer_unclear_words(inbound)
    reply = filing.begin(inbound, words)
    if reply.complaint is not None and reply.complaint.filed_at == inbound.now:
        unheard_texts.join_case(inbound, reply.complaint)
    return reply


def _of_another_kind(inbound: SmsContext, words: str) -> Reply | None:
    """The reply to a sentence that asks how a case stands or about this service, or that thanks; None for others."""
    if (status := answer_status_question(inbound, words)) is not None:
        return status
    if tells_of_success(words) or (gives_thanks(words) and not _open(inbound)):
        return unheard_texts.answer_politely(inbound, "thanks")
    return Reply("help") if asks_about_service(words) and not names_matter(words, inbound.flow) else None


def answer_status_question(inbound: SmsContext, words: str) -> Reply | None:
    """The reply to a sentence that asks how a case stands; None for others.

    One that names a kind of complaint asks so only where this phone has an open case of that kind.
    """
    if not asks_status(words):
        return None
    found = category_and_district.category(words, inbound.flow)
    named = {found.code} if found.code else set(found.others)
    asks = not named or any(each.category in named for each in _open(inbound))
    return status_replies.status(inbound) if asks else None


def _place_of_case(inbound: SmsContext, words: str) -> Reply | None:
    """The place that a case of the last day lacks, sent by itself; None if the words are more, or no case lacks it."""
    if not name_lookup.is_name(inbound.flow, DISTRICT, words):
        return None
    code = name_lookup.look_up(inbound.flow, DISTRICT, words).code
    since = inbound.now - A_DAY
    lacking = [each for each in _open(inbound) if each.district is None and each.filed_at >= since]
    held = own_cases.lock(inbound.db, inbound.contact, lacking[0].number) if code and lacking else None
    if held is None:
        return None
    draft = ComplaintDraft(contact=inbound.contact, revision=inbound.published.number, district=code)
    complete_filing(context_of_sms(inbound, held), held, draft)
    return Reply("details_added", held)


def _spot_of_case(inbound: SmsContext, words: str) -> Reply | None:
    """Where in its town the matter is that was filed just now, sent behind it; None for other words."""
    flow, since = inbound.flow, inbound.now - open_questions.SAME_BREATH
    kind, place = category_and_district.category(words, flow), category_and_district.district(words, flow)
    fresh = [each for each in _open(inbound)[:1] if each.filed_at >= since and each.kind == "complaint"]
    if not fresh or kind.code or kind.others or not tells_spot(words):
        return None
    held = own_cases.lock(inbound.db, inbound.contact, fresh[0].number)
    if held is None or (place.code or held.district) != held.district:
        return None
    return add_words(inbound, held, words)


def _perhaps_about(inbound: SmsContext, words: str) -> Complaint | None:
    """The only open case, where words may be about it: of its kind, or of none that they name.

    None where they name another kind or place, and where life may be in danger.
    """
    mine = [each for each in _open(inbound) if each.kind == "complaint"]
    found = category_and_district.category(words, inbound.flow, inbound.environment.model)
    place = category_and_district.district(words, inbound.flow)
    if len(mine) != 1 or place.others or place.code not in (None, mine[0].district):
        return None
    if found.code is not None and category_rules(inbound.flow, found.code, inbound.environment.policy.life).urgent:
        return None
    named = {found.code} if found.code else set(found.others)
    if named and mine[0].category is not None and mine[0].category not in named:
        return None
    return mine[0] if named or len(content_words(words, inbound.flow.keywords)) >= PAIR else None


def _is_matter(inbound: SmsContext, words: str) -> bool:
    return is_matter(words, inbound.flow, _prediction(inbound, words))


def _kind_by_model(inbound: SmsContext, words: str) -> Reply | None:
    """The reply to words that name no matter with certainty, where the model is sure that they are something else.

    It drops nothing: the words are kept for a person, as what is not understood is.
    """
    prediction = _prediction(inbound, words)
    if prediction is None or prediction.kind_probability(prediction.kind) < SURE or prediction.kind not in BY_MODEL:
        return None
    if category_and_district.category(words, inbound.flow, inbound.environment.model).code is not None:
        return None
    if prediction.kind != "status" and _names_what_is_wrong(inbound, words, prediction.kind):
        return None
    if prediction.kind in ("spam", "other"):
        return unheard_texts.answer_unclear_words(inbound)
    unheard_texts.keep(inbound)
    if prediction.kind == "status":
        return status_replies.status(inbound)
    if prediction.kind == "question":
        return Reply("help")
    return unheard_texts.answer_politely(inbound, prediction.kind)


def _names_what_is_wrong(inbound: SmsContext, words: str, kind: str) -> bool:
    """True for words that name a kind of complaint; thanks and the like must also say that something is wrong."""
    found = category_and_district.category(words, inbound.flow)
    return bool(found.code or found.others) and (kind in ("greeting", "question") or tells_of_wrong(words))


def _prediction(inbound: SmsContext, words: str) -> Prediction | None:
    model = inbound.environment.model
    return model.predict(drop_salutation(words, inbound.flow.keywords)) if model is not None else None


def _open(inbound: SmsContext) -> list[Complaint]:
    mine = own_cases.latest(inbound.db, inbound.contact, 10)
    mine = [each for each in mine if each.id != inbound.beside]
    return [each for each in mine if inbound.environment.policy.is_open(each.shown_status)]
