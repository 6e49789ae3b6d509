"""D401 to D405: texts of events that are missing or misspelt, or that bring less than their readers need."""

from collections.abc import Iterator

from flows.cases.private_texts import UPDATE, private_event
from flows.checks.analysis.findings import Findings
from flows.checks.words.closing_words import says_over
from flows.delivery import text_uses
from flows.delivery.message_policy import DISCREET, IN_TIME, TABLE, TO_STAFF
from flows.engine.sms_channel import is_texted
from flows.menu.diagnostics import Path, Place, Severity
from flows.menu.keyword_rule import ABOUT
from flows.menu.model import Template, Text, Variable
from flows.menu.sms_reply_text_keys import ALL, DANGER, DIAL, EMERGENCY, TO, TO_OFFICERS

# In the order of a complaint's life: a text that is missing would stand behind those before it.
_ORDER = (
    *("received", "suggestion_received", "assigned", "in_progress", "waiting_citizen", "resolved_pending"),
    *("refused_pending", "transferred", "escalated", "delayed", "reminder_confirm", "reminder_refused", "recheck"),
    *("reopened", "appealed", "closed_final", "closed_confirmed", "closed_unanswered", "dropped", "merged"),
    *("withdrawn", "noted", "adopted", "declined", "officer_due", "unacknowledged", "supervisor_escalation"),
    *("officer_new", "officer_forged", "officer_reveal_ask", "officer_reveal_agreed", "officer_answer"),
    "officer_reveals",
    "number_revealed",
)
# Without these nobody can answer: they ask.
_ASKED = ("waiting_citizen", "resolved_pending", "refused_pending")
_QUESTIONS = (*_ASKED, "reminder_confirm", "reminder_refused")
# What a line may do without as a whole: it reminds nobody, takes no suggestions, or its officers do not work by SMS.
_SUGGESTED = frozenset({"suggestion_received", "noted", "adopted", "declined"})
_BESIDE = frozenset(
    {
        *("number_revealed", "reminder_confirm", "reminder_refused", "recheck", "escalated", "delayed"),
        *(*_SUGGESTED, *TO_STAFF),
    }
)
_FIRST = "officer_new"
_FEW = 3  # of a file that has as many texts of a complaint's life, all are expected
_SLIPS = 2  # of the replies that its keywords need, so many may be missing by mistake
_REPLIES = tuple(text_uses.ABOUT)
_CASE = frozenset({"ref", "status", "office", "cat", "district", "due"})
_NO_CASE = frozenset(
    (
        *("help", "unknown", "unknown_again", "thanks", "greeting", "who_we_are", "stop_ok", "start_ok", "new_how"),
        *("new_dial", "suggest_how", "language_ask", "language_ok", "forgotten", "nothing_asked", "status_missing"),
        *("status_mistyped", "status_too_many", "status_none", "status_nearly", "numbers", "which_number"),
        *("draft_saved", "officer_cases", "officer_none", "officer_help", "officer_how", "officer_one"),
        *("officer_missing", "unheard_answer", "viewers_line", "officer_reveals"),
    )
)
_BY_CODE = frozenset({"withdraw_ask", "done_ask", "resolved_sure", "refused_sure"})
_WITH_CODE = frozenset({*_BY_CODE, *TO_STAFF, *TO_OFFICERS})
_WITH_CALL = frozenset({"emergency", *DANGER})
# What a text is for: without it, it says nothing. The reference shows it beside each text.
NEEDED = {
    **dict.fromkeys(("received", "suggestion_received", "number_line"), "ref"),
    **dict.fromkeys(_BY_CODE, "code"),
    **dict.fromkeys(_WITH_CALL, "call"),
    **dict.fromkeys(("officer_code", "officer_code_new", "officer_code_missing", "officer_code_wrong"), "code"),
    **dict.fromkeys(("officer_reveal_ask", "officer_reveal_agreed"), "code"),
}


def check_event_texts(findings: Findings) -> None:
    """Report texts of the life of a complaint that are missing, idle, or have a gap where something must be."""
    texts, events = findings.flow.texts, findings.around.events
    if not texts or not events:
        return
    sent = (events & TABLE.keys()) | {*IN_TIME}
    if any(event in texts or DISCREET + event in texts for event in TO_STAFF):  # else nobody there works by SMS
        sent |= {*TO_STAFF}
    missing = [event for event in _ORDER if event in sent and event not in texts]
    idle = [key for key in texts if not _is_sent(key, events)]
    meant = {key: findings.near(key.removeprefix(DISCREET), missing) for key in idle}
    _missing(findings, [event for event in missing if event not in meant.values()], sent)
    _twins(findings)
    for key, slip in meant.items():
        if slip:  # any other text that nothing sends is F001's to tell
            said = f"nothing sends the text {key}, and {slip} has no text: nobody hears of it"
            findings.add("D402", ("texts", key), said, hint=f"did you mean {slip!r}?")
    for key, text in texts.items():
        _gaps(findings, key, text)
        _says_otherwise(findings, key, text)


def _is_sent(key: str, events: frozenset[str]) -> bool:
    plain = key.removeprefix(DISCREET)
    return bool({key, plain} & {*TABLE, *ALL, *events})


def _missing(findings: Findings, missing: list[str], sent: frozenset[str] | set[str]) -> None:
    texts = findings.flow.texts
    life = [event for event in _ORDER if event in sent and event in texts]
    if len(life) < _FEW:
        return  # a file of replies alone
    asks = any(event in texts or DISCREET + event in texts for event in _ASKED)
    for event in missing:
        if event in _ASKED and asks:
            said = f"{event} has no text: its citizen is asked nothing and cannot answer"
            hint = f"add {event}, with the keys that answer it"
            path, at = _before(findings, event)
            findings.add("D401", path, said, hint=hint, severity="E", at=at)
    missing = [event for event in missing if not (event in _ASKED and asks)]
    if _FIRST in missing:  # whoever never hears of a new one cannot work on it, whatever comes later
        missing = [event for event in missing if event != _FIRST]
        _silent(findings, [_FIRST], "W")
    beside = [event for event in missing if event in _BESIDE]
    if len(missing) - len(beside) > _FEW:
        _silent(findings, missing, "W")
    else:
        _silent(findings, [event for event in missing if event not in _BESIDE], "W")
        _silent(findings, beside, "I" if len(beside) > _FEW else "W")
    _replies(findings)


def _silent(findings: Findings, silent: list[str], severity: Severity) -> None:
    """Events that nobody hears of: each alone if they are few."""
    if len(silent) <= _FEW:
        for event in silent:
            who = "those who work on it never hear of it" if event in TO_STAFF else "its citizen never hears of it"
            path, at = _before(findings, event)
            said = f"{event} has no text: {who}"
            findings.add("D401", path, said, hint=f"add {event}", severity=severity, at=at)
    else:
        named = ", ".join(silent[:_FEW])
        said = f"{len(silent)} events have no text, such as {named}: nobody hears of them"
        hint = "take them from the shipped texts.yaml"
        path, at = _before(findings, silent[0])
        findings.add("D401", path, said, hint=hint, severity=severity, at=at)


def _replies(findings: Findings) -> None:
    """Replies to what the flow's keywords ask for that are missing: few of them are a slip, many are not wanted."""
    texts = findings.flow.texts
    asked = {rule.intent for rule in findings.flow.keywords}
    always = {*TO} - {*ABOUT} if asked else set[str]()  # what no keyword asks for: a number with words behind it
    needed = {reply for intent in asked | always for reply in TO.get(intent, ())} - {*_ORDER}
    if is_texted(findings.flow):
        needed -= {DIAL}
    missing = [reply for reply in _REPLIES if reply in needed and reply not in texts and reply != EMERGENCY]
    for reply in missing if len(missing) <= _SLIPS else ():
        said = f"{reply} has no text: help is sent in its place, or the words that ship"
        findings.add("D401", _after(findings, reply), said, hint=f"add {reply}: {text_uses.ABOUT[reply]}")
    if asked and EMERGENCY not in texts:
        said = f"{EMERGENCY} has no text: who writes of a danger reads help, and not whom to call or that it is saved"
        findings.add("D401", _after(findings, EMERGENCY), said, hint=f"add {EMERGENCY}, with {{call}}", severity="E")


def _after(findings: Findings, reply: str) -> tuple[str, ...]:
    """The text behind which a reply that is missing would stand."""
    before = [each for each in _REPLIES[: _REPLIES.index(reply)] if each in findings.flow.texts]
    return "texts", before[-1] if before else next(iter(findings.flow.texts))


def _twins(findings: Findings) -> None:
    """Questions whose private version is missing: of a private complaint only news are told, and nobody can answer."""
    flow = findings.flow
    asked = [event for event in _QUESTIONS if event in flow.texts]
    if not any(DISCREET + event in flow.texts for event in asked):
        return
    for event in asked:
        if private_event(flow, event) == UPDATE:
            said = f"{event} has no private version: who filed privately reads of news, and not which keys answer"
            hint = f"add {DISCREET}{event}, with its keys and without its subject"
            findings.add("D401", ("texts", event), said, hint=hint, severity="E", at=_end(findings, event))


def _before(findings: Findings, event: str) -> tuple[Path, Place]:
    """The text behind which one that is missing would stand: its private one, or that of the event before it."""
    texts = findings.flow.texts
    if DISCREET + event in texts:
        path = "texts", DISCREET + event
        return path, findings.place(path)
    before = [each for each in _ORDER[: _ORDER.index(event)] if each in texts]
    last = before[-1] if before else next(iter(texts))
    last = DISCREET + last if DISCREET + last in texts else last
    return ("texts", last), _end(findings, last)


def _end(findings: Findings, key: str) -> Place:
    """The last line of a text."""
    return max(findings.place(("texts", key, tag)) for tag in findings.flow.texts[key])


def _gaps(findings: Findings, key: str, text: Text) -> None:
    """Variables that an event does not bring, and those without which its text is of no use."""
    plain = key.removeprefix(DISCREET)
    wrong = set(_CASE) if plain in _NO_CASE else set[str]()
    wrong |= set() if plain in _WITH_CODE else {"code"}
    wrong |= set() if plain in _WITH_CALL else {"call"}
    known = plain in TABLE or plain in ALL
    numbered = known and sum("ref" in {*_names(template)} for template in text.values()) > len(text) / 2
    for language, template in text.items():
        names = dict.fromkeys(_names(template))
        for name in names if known else ():
            if name in wrong:
                said = f"{{{name}}} is empty in {key}: nothing of the kind belongs to this text"
                findings.add("D403", ("texts", key), said, language=language, hint=f"remove {{{name}}}")
        needed = NEEDED.get(plain) or ("ref" if numbered else "")
        if needed and needed not in names:
            said = f"{key} does not say {{{needed}}}: {_LOST[needed]}"
            findings.add("D404", ("texts", key), said, language=language, hint=f"add {{{needed}}}")


def _says_otherwise(findings: Findings, key: str, text: Text) -> None:
    """A text that says that all is over while it is not."""
    for language, template in text.items() if key.removeprefix(DISCREET) in _GOES_ON else ():
        words = "".join(part if isinstance(part, str) else " " for part in template)
        if over := says_over(words, language):
            said = f"{key} says {over!r}, and the complaint goes on: its citizen would stop waiting for an answer"
            findings.add("D405", ("texts", key), said, language=language, hint="say what happens now")


_GOES_ON = frozenset(
    {"received", "assigned", "in_progress", "transferred", "escalated", "delayed", "reopened", "appealed"}
)
_LOST = {
    "ref": "without the number nobody can follow the complaint",
    "code": "without the code the answer is not taken",
    "call": "who is in danger is not told whom to call",
}


def _names(template: Template) -> Iterator[str]:
    return (part.name for part in template if isinstance(part, Variable))
