"""A citizen's answer to a question, done: which key or words were meant, and the reply to it."""

from __future__ import annotations

from collections.abc import Callable

from flows.digits import western
from sessions import asking, casework, filing, verdicts
from sessions.asking import EVENTS, Addressed
from sessions.letters import Letter, Reply
from storage import complaints, contacts, questions
from storage.tables import Complaint, Question

YES, NO, PARTLY = 1, 2, 3
PRESSED = 9
STAND_FOR = {"yes": YES, "no": NO, "partly": PARTLY}


def respond(letter: Letter, meant: Addressed) -> Reply:
    """The answer to the question that is meant, or what to do where none is."""
    question, complaint = meant.question, meant.complaint
    if meant.many:
        return Reply("which_number")
    if question is None:
        return Reply("nothing_asked" if key_of(letter) is not None else "unknown")
    if meant.again:
        return repeat(letter, question, complaint)
    if complaint is not None:
        complaint = complaints.lock(letter.db, complaint.number, letter.contact.id)
    return _answered(letter, question, question.kind, complaint, letter.sms.text.strip())


def unclear(complaint: Complaint | None) -> Reply:
    """Words that answer nothing: where a key is waited for, that is said."""
    return Reply("choose_again", complaint) if complaint else Reply("unknown")


def respond_about(letter: Letter, complaint: Complaint, typed: str) -> Reply:
    """A key, yes or no with a tracking number: for the open question about this case, or what its status asks.

    Where nothing is asked, words are added to the case and a key alone tells its status.
    """
    question = asking.about(letter, complaint)
    kind = question.kind if question else asking.MOVES.get(complaint.status, "")
    if complaint.status == "closed_unanswered" and not kind:
        kind = "resolved"
    if kind:
        return _answered(letter, question, kind, complaint, typed)
    return add_words(letter, complaint, "" if key_of(letter) is not None else typed)


def add_words(letter: Letter, complaint: Complaint, words: str) -> Reply:
    """Words for a case; without any, its status is told."""
    if not words:
        return Reply("status_is", complaint)
    asked = asking.about(letter, complaint)
    casework.add_details(letter.db, letter.now, letter.contact, complaint.number, words)
    if asked is not None and asked.kind == "waiting":
        questions.close(letter.db, asked, "answered", letter.now)
    return Reply("details_added", complaint, heard=True)


def repeat(letter: Letter, question: Question, complaint: Complaint | None) -> Reply:
    """The same question once more: its phone has just answered another."""
    questions.again(letter.db, question, letter.now)
    if question.kind == "filing":
        published = letter.world.revision(question.revision_id or 0)
        if published is None:
            return Reply("which_number")
        return Reply(filing.ASKS, body=filing.again(question, published), asks=question)
    return Reply(EVENTS[question.kind], complaint, asks=question)


def key_of(letter: Letter) -> int | None:
    """The key that was typed, or that yes, no and partly stand for; None for words."""
    intent = letter.intent
    digits = western(intent.rest).strip(" .#*")
    if digits.isdecimal() and len(digits) <= 2:
        return int(digits)
    return STAND_FOR.get(intent.kind) if not intent.rest else None


def _answered(letter: Letter, question: Question | None, kind: str, complaint: Complaint | None, typed: str) -> Reply:
    if kind == "filing" and question is not None:
        return filing.go_on(letter, question, typed)
    reply = ON_KIND[kind](letter, complaint, typed)
    if reply is None:
        return unclear(complaint)
    if question is not None and reply.asks is not question:
        questions.close(letter.db, question, "answered", letter.now)
    return Reply(reply.event, reply.complaint, reply.ref, reply.body, reply.asks, heard=True)


# Each answers a kind of question; None where the words do not answer it, and it stays open.


def _resolved(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    assert complaint is not None  # noqa: S101 - it is about one
    key = key_of(letter)
    if key == YES:
        if complaint.status == "closed_unanswered":
            return Reply("status_is", complaint)
        verdicts.confirm(letter.db, letter.now, complaint)
        return Reply("closed_confirmed", complaint)
    if key not in (NO, PARTLY) and letter.intent.kind not in ("no", "partly"):
        return None
    reason = letter.intent.rest if key is None else ""
    outcome = casework.reopen(letter.db, letter.now, letter.contact, complaint.number, reason)
    if outcome.result != "ok":
        return Reply("reopen_closed", complaint)
    if reason:
        return Reply("reopened", complaint)
    return Reply("reason_ask", complaint, asks=asking.ask(letter, "reason", complaint))


def _refused(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    assert complaint is not None  # noqa: S101 - it is about one
    key = key_of(letter)
    if key == NO:
        return Reply("appealed" if verdicts.appeal(letter.db, letter.now, complaint) else "appeal_closed", complaint)
    if key != YES:
        return None
    done = verdicts.confirm(letter.db, letter.now, complaint)
    return Reply("closed_confirmed" if done else "status_is", complaint)


def _waiting(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    casework.add_details(letter.db, letter.now, letter.contact, complaint.number, typed)
    return Reply("details_added", complaint)


def _reason(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:
    assert complaint is not None  # noqa: S101 - it is about one
    key = key_of(letter)
    given = verdicts.give_reason(letter.db, letter.now, complaint, typed if key is None else key)
    return Reply("reason_kept", complaint) if given else None


def _withdraw(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    assert complaint is not None  # noqa: S101 - it is about one
    key = key_of(letter)
    if key == YES:
        done = verdicts.withdraw(letter.db, letter.now, complaint)
        return Reply("withdrawn" if done else "withdraw_closed", complaint)
    if key == PRESSED:
        verdicts.pressed(letter.db, letter.now, complaint)
    return Reply("withdraw_kept", complaint) if key in (NO, PRESSED) else None


def _language(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    key, tags = key_of(letter), tuple(letter.flow.languages)
    tag = tags[key - 1] if key is not None and 1 <= key <= len(tags) else filing.language_named(letter.flow, typed)
    if tag is None:
        return None
    contacts.change(letter.db, letter.contact, letter.key, language=tag)
    return Reply("language_ok")


def _words(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    return filing.begin(letter, typed) if key_of(letter) is None else None


def _suggestion(letter: Letter, complaint: Complaint | None, typed: str) -> Reply | None:  # noqa: ARG001
    return filing.suggest(letter, typed) if key_of(letter) is None else None


ON_KIND: dict[str, Callable[[Letter, Complaint | None, str], Reply | None]] = {
    "resolved": _resolved,
    "refused": _refused,
    "waiting": _waiting,
    "reason": _reason,
    "withdraw": _withdraw,
    "language": _language,
    "words": _words,
    "suggestion": _suggestion,
}
