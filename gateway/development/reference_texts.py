"""The part of the reference about `texts.yaml`: each text, what happens without it, its answers, and its numbers.

All of it comes from the tables that sending and answering use.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from operator import attrgetter

from flows.cases import private_texts
from flows.checks.behaviour.event_texts import NEEDED
from flows.delivery import message_policy, text_uses
from flows.engine.variables import EVENT_FIELDS
from flows.menu.sms_reply_text_keys import ALWAYS, DANGER
from gateway.development.markdown_table import table
from gateway.development.reference_examples import excerpt
from sessions.cases.rules.case_policy import SHIPPED_POLICY
from sessions.cases.rules.later_texts import LATER
from sessions.messages import open_questions, sure_answers
from sessions.sms.question_handlers import NO, PARTLY, YES

LIFE = SHIPPED_POLICY.life
STATUS, HELP, NOTHING = "`status_is`", "`help`", "nothing"
# What is sent without a text, where it is neither of these three nor the text that ships.
INSTEAD = {
    "received": "the number alone",
    "suggestion_received": "the number alone",
    private_texts.UPDATE: "the usual text, with all that it tells (F707)",
    private_texts.NAMED["status_is"]: f"`{private_texts.UPDATE}`",
    "emergency_suicide_again": "`emergency_suicide`",
    "unheard_answer": "a person cannot answer",
    **dict.fromkeys(
        ("draft_saved", "log_code", "emergency_first", "numbers", "number_line", "officer_cases", "officer_case_line"),
        NOTHING,
    ),
}
_SOLVED = f"`{YES}` yes, `{NO}` no, `{PARTLY}` partly; or words"
_SURE = f"The `…_sure` text: `{{code}}` in place of `{YES}`"
_CODE = f"`{{code}}` yes, `{NO}` no"
# Kind of a question -> what answers it.
ANSWERS = {
    "resolved": f"{_SOLVED}. {_SURE}",
    "refused": f"`{YES}` accepted, `{NO}` not: oversight decides. {_SURE}",
    "recheck": _SOLVED,
    "waiting": "the number and words",
    "reason": ", ".join(f"`{key}` {code.replace('_', ' ')}" for key, code in LIFE.verdicts.items()) + "; or words",
    "withdraw": _CODE,
    "done": _CODE,
    "language": "the number of a language, in the order of the flow's `languages`, or its name",
    "words": "words, and the place",
    "suggestion": "words",
    "join": f"`{YES}` the same matter, `{NO}` a new complaint",
}
# What texts promise -> where the life cycle has the number.
PROMISES = {
    "days in which a solved complaint can be opened again (`reopened`, `reopen_closed`)": "reopenings.days",
    "times that it can; the next `no` is an appeal": "reopenings.most",
    "days to appeal, and for oversight to decide (`appealed`, `appeal_closed`)": "appeal.days",
    "days without an answer until `reminder_confirm` or `reminder_refused`": "silence.reminder",
    "days without an answer until `closed_unanswered`": "silence.over",
    "days until `recheck`": "recheck.days",
    "days that an office waits for an answer (`waiting_citizen`, `officer_asked`)": "pauses.days",
    "times that it may ask; then `officer_asked_enough`": "pauses.most",
    "working days until the reply, where the category has no `days`": "answers.days",
    "days until the reply to words of danger, nights and holidays included": "answers.danger",
    "percent of the time until `officer_due`": "escalation.nudge",
    "working hours until `unacknowledged`": "escalation.acknowledge",
    "fewest characters of the words that close a case (`officer_words`)": "words.least",
    "most characters of these, and of other words for the citizen (`officer_say`)": "words.most",
    "wrong codes until `officer_code_new` and `officer_forged`": "guesses.codes",
    "numbers a day until `end_by_call`": "guesses.numbers",
    "wrong numbers until `status_too_many`": "lookups.most",
    "hours for which these count": "lookups.hours",
    "minutes after a call broke off until `draft_saved`": "unfinished.minutes",
    "answers that it must have had": "unfinished.answers",
    "hours in which more words go with a case of danger (`emergency_suicide_again`)": "emergencies.hours",
    "hours between two reminders by a citizen": "reminders.hours",
}


def sections(moves: frozenset[str]) -> Iterator[str]:
    """The sections of the page. `moves` are the events of a complaint's life that send a text."""
    fields = ", ".join(f"`{{{field}}}`" for field in EVENT_FIELDS)
    yield (
        f"## The file `texts`\n\nA map of names and texts. Each may show {fields}, and the words of the service. "
        "A text without a name below is never sent."
    )
    yield (
        "Begin with a copy of `flows/library/texts.yaml`, and put your languages in place of Urdu. With `keywords`, "
        f"{len(ALWAYS)} texts must be there (F201). What is sent without another one is in the column *without it*; "
        f"where that is {STATUS}, the reply to a citizen's own SMS is {HELP}. Those for officers are needed if they "
        "work by SMS. A code that a text has no `{code}` for stands at its end. What is sent about a complaint is the "
        "text of the flow that filed it."
    )
    yield (
        "**The language.** A text is sent in the language that the phone has chosen, in a call or with the keyword "
        "LANG; else in that of the SMS that it answers; else in the base language: `en` if the flow has it, or the "
        "first of `languages`. Officers are no exception. Where they read Spanish and citizens have English too, "
        "write the `officer_…` texts in each language as usual, and each officer sends LANG and the language once; "
        "or leave `en` out of `languages`."
    )
    for title, about in (
        ("To citizens: what happens to their case", text_uses.NEWS),
        ("To citizens: replies to an SMS", text_uses.REPLIES),
        ("To those who work on cases", text_uses.TO_STAFF),
    ):
        yield f"### {title}"
        yield table(("text", "sent when, or in reply to", "without it", "must show"), _rows(about, moves))
    told = ", ".join(f"`{{{name}}}`" for name in sorted(private_texts.TELLING))
    yield (
        f"### Texts about private complaints: `{private_texts.PRIVATE}…`\n\nOf a private complaint, "
        f"`{private_texts.PRIVATE}` and the name of a text is sent in its place, to officers too: "
        f"`{private_texts.PRIVATE}resolved_pending`. Without one, the usual text is sent if it shows none of {told}, "
        f"and `{private_texts.UPDATE}` if it does. A question needs one of its own with the keys: "
        f"`{private_texts.UPDATE}` asks nothing, so no key answers it."
    )
    yield (
        "### Answers to texts that ask\n\nA text names the keys that its question takes, as they mean the same "
        "whatever it says. Words for yes, no and partly (`keywords`) count like the keys."
    )
    yield table(("texts that ask", "answers", "days to answer"), _questions())
    yield (
        "### Numbers that texts promise\n\nA text that says a number of days must say that of the life cycle "
        "(`flows/library/lifecycle.yaml`, or a copy that the setting `LIFECYCLE` names). These are those that ship:"
    )
    yield table(("what", "ships as", "in the life cycle"), _promises())
    yield excerpt(file="texts.yaml", lines=3)


def _rows(about: Mapping[str, str], moves: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for name, said in about.items():
        needed = f"`{{{NEEDED[name]}}}`" if name in NEEDED else ""
        if name in text_uses.NEWS and name not in {*moves, *INSTEAD, *message_policy.IN_TIME}:
            continue  # a status without a text of its own
        yield f"`{name}`", said, without(name, moves), needed


def without(name: str, moves: frozenset[str]) -> str:
    """What is sent where a flow lacks this text."""
    if name in ALWAYS:
        return "refused (F201)"
    if name in LATER:
        return "the one that ships"
    if name in INSTEAD:
        return INSTEAD[name]
    if name in moves or name in message_policy.IN_TIME:
        return STATUS
    if name in message_policy.TO_STAFF:
        return NOTHING
    return "`emergency`" if name in DANGER else HELP


def _questions() -> Iterator[tuple[str, ...]]:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for kind, said in ANSWERS.items():
        asked = [event for event, of in open_questions.MOVES.items() if of == kind]
        texts = dict.fromkeys([open_questions.EVENTS[kind], *asked, *filter(None, [sure_answers.TEXTS.get(kind)])])
        days = (open_questions.question_expiry(kind, now, SHIPPED_POLICY) - now).days
        yield ", ".join(f"`{text}`" for text in texts), said, str(days)


def _promises() -> Iterator[tuple[str, ...]]:
    return ((what, str(attrgetter(at)(LIFE)), f"`{at}`") for what, at in PROMISES.items())
