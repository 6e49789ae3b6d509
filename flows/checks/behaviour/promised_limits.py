"""D113: days and hours that texts promise and the life cycle does not keep, seen from the flow."""

from collections.abc import Iterator, Mapping

from flows.cases.lifecycle_file import Life, limit_of
from flows.checks.analysis.findings import Findings
from flows.checks.words.text_numbers import numbers_in, words_of
from flows.delivery.message_policy import DISCREET
from flows.menu.diagnostics import Path
from flows.menu.model import End, Flow, Text

PROMISE = "D113"
HOURS = {"days": 24, "reminder": 24, "over": 24, "most": 24, "case": 24, "hours": 1, "acknowledge": 1}
_AGAIN = ("reopenings.days", "appeal.days", "questions.case")  # until when something can be answered or opened again
_ASKS = ("silence.over", "silence.reminder", *_AGAIN)
# Event -> the limits of which its text may tell.
TEXTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("closed_confirmed", "closed_unanswered", "refusal_accepted", "dropped"), _AGAIN),
    **dict.fromkeys(("resolved_pending", "refused_pending", "reminder_confirm", "reminder_refused"), _ASKS),
    **dict.fromkeys(("officer_asked", "waiting_citizen"), ("pauses.days",)),
    **dict.fromkeys(("appealed", "appeal_closed"), ("appeal.days",)),
    "reopen_closed": _AGAIN,
    "recheck": ("recheck.days",),
    "status_too_many": ("lookups.hours",),
    "unacknowledged": ("escalation.acknowledge",),
}
_FILED = ("received", "assigned", "in_progress", "transferred", "delayed", "escalated")  # an answer is still waited for
_FILES = ("file_complaint", "file_by_text")
_WORDS = ("officer_words", "officer_say")  # that say how long the words of an office may be
# Action and outcome -> the limits of which the end behind it may tell.
ENDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("confirm_complaint", "ok"): _AGAIN,
    ("remind", "too_soon"): ("reminders.hours",),
    ("find_complaint", "too_many"): ("lookups.hours",),
}


def check_promised_limits(findings: Findings) -> None:
    """Report times in texts of the life of a complaint that are none of the limits that count for it."""
    life = findings.around.life
    if life is not None:
        _limits(findings, life)
        _waits(findings, life)
        _lengths(findings, life)


def _limits(findings: Findings, life: Life) -> None:
    """Texts that tell of other days or hours than the limit."""
    wrong: dict[str, list[tuple[Path, str, str]]] = {}
    right = set[str]()
    for path, text, limits in _promising(findings.flow):
        kept = {limit_of(life, each) * HOURS[each.partition(".")[2]] for each in limits}
        for tag, template in text.items():
            said = [each for each in numbers_in(words_of(template, {}), tag) if each.hours]
            if any(each.hours in kept for each in said):
                right.add(limits[0])
            elif said:
                wrong.setdefault(limits[0], []).append((path, tag, said[0].shown))
    for limit, places in wrong.items():
        for path, tag, shown in places if limit in right else places[:1]:  # else the limit was changed: told once
            _tell(findings, (path, tag), shown, life, limit)


def _waits(findings: Findings, life: Life) -> None:
    """Texts that promise an answer later than any is due."""
    for path, text in _waiting(findings.flow):
        for tag, template in text.items():
            said = [each for each in numbers_in(words_of(template, {}), tag) if each.hours > 24 * life.answers.most]
            if said:
                _tell(findings, (path, tag), said[0].shown, life, "answers.most")


def _lengths(findings: Findings, life: Life) -> None:
    """Texts that ask officers for another length of their words."""
    for key in _WORDS:
        for tag, template in findings.flow.texts.get(key, {}).items():
            said = [each for each in numbers_in(words_of(template, {}), tag) if not each.called and not each.hours]
            odd = [each.shown for each in said if each.digits not in {str(life.words.least), str(life.words.most)}]
            if odd:
                _tell(findings, (("texts", key), tag), odd[0], life, "words.most")


def _waiting(flow: Flow) -> Iterator[tuple[Path, Text]]:
    """Texts to somebody who waits for an answer, and ends behind a filing."""
    yield from ((("texts", key), flow.texts[key]) for key in _FILED if key in flow.texts)
    names = dict.fromkeys(screen.then.get("ok", "") for screen in flow.actions if screen.action in _FILES)
    for name in names:
        end = flow.screens.get(name)
        if isinstance(end, End):
            yield ("screens", name, "end"), end.text
            if end.sms is not None:
                yield ("screens", name, "sms"), end.sms


def _promising(flow: Flow) -> Iterator[tuple[Path, Text, tuple[str, ...]]]:
    """Texts that may tell of a limit, with the limits."""
    for key, text in flow.texts.items():
        if limits := TEXTS.get(key.removeprefix(DISCREET)):
            yield ("texts", key), text, limits
    told = set[str]()
    for screen in flow.actions:
        for outcome, name in screen.then.items():
            end, limits = flow.screens.get(name), ENDS.get((screen.action, outcome), ())
            if isinstance(end, End) and limits and name not in told:
                told.add(name)
                yield ("screens", name, "end"), end.text, limits


def _tell(findings: Findings, place: tuple[Path, str], shown: str, life: Life, limit: str) -> None:
    path, tag = place
    said = f"it says {shown}, and {limit} of the life cycle is {limit_of(life, limit)}: people are told what is not so"
    findings.add(PROMISE, path, said, language=tag, hint="change the words, or the limit in lifecycle.yaml")
