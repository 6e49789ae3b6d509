"""F710 and F720 to F724: days and phone numbers that callers type.

A day is counted from that of the call, so every weekday is tried as the day of a call.
"""

import datetime as dt
import re
from collections.abc import Iterator

import phonenumbers
from babel.languages import get_territory_language_info

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in
from flows.engine.answer_kinds import describe_days, kind_of
from flows.menu import notation
from flows.menu.diagnostics import Path
from flows.menu.model import DATE, Answer, Ask, Text
from flows.menu.screen_kinds import inputs_of, texts_of
from flows.text.typed_date import DAYS, read_date

FARTHEST = 366  # days ahead: a year
EARLIEST = -40_000  # days back: older than anybody
MONDAY = dt.date(2026, 6, 15)  # of a usual year: leap days and holidays are not what is looked for
PHONE = "phone"
USUAL = "PK"  # of numbers without a country code, where a screen names no country
WORLD = "en"  # a language of lines in every country
# What a text shows as an example: of a day digits with signs between, a run of them, or letters with the month first.
_EXAMPLES = {
    DATE: re.compile(
        r"(?<![\d*#/.+-])(?:\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{2,4})?|\d{8})(?![\d*#/-])"
        r"(?! *(?:day|din|roz|week|haft|baj|am\b|pm\b|دن|روز|بجے))|(?<![a-zA-Z-])[mM]{2}[-/. ]?[dD]{2}\b(?![-/. ]?[mM])"
    ),
    PHONE: re.compile(r"(?<![\d*#/.-])\+?\d[\d-]{8,14}(?![\d*#/])", re.ASCII),
}


def check_day_answers(findings: Findings) -> None:
    """Report days that nobody can give, examples that are not taken, and wrong entries that are not explained."""
    for ask in findings.flow.asks:
        answer, path = ask.answer, findings.path(ask.id)
        if answer is None or answer.kind not in _EXAMPLES:
            continue
        _retries(findings, path, ask, answer)
        if answer.kind == DATE:
            _bounds(findings, path, answer)
            _working(findings, path, answer)
            _read_back(findings, path, ask)
        elif answer.country and answer.country not in phonenumbers.SUPPORTED_REGIONS:
            said = f"there is no country {answer.country[:20]!r}, so only numbers that begin with + would be taken"
            findings.add("F724", (*path, "country"), said, hint="write two capital letters, such as PK")
            continue
        else:
            _country(findings, path, answer)
        _examples(findings, path, ask, answer)


def _country(findings: Findings, path: Path, answer: Answer) -> None:
    """The country of a phone number where nobody speaks a language of the flow: it was copied from another line."""
    spoken = {tag.partition("-")[0] for tag in findings.flow.languages}
    country = answer.country or USUAL
    there = {tag.partition("_")[0] for tag in get_territory_language_info(country)}
    local = spoken - {WORLD}
    if there and local and not local & there:
        said = (
            f"numbers are read as those of {country}, where nobody speaks {', '.join(sorted(local))}: "
            "a call would go abroad"
        )
        findings.add("F724", (*path, "country"), said, hint="write the country of the callers", severity="W")


def _retries(findings: Findings, path: Path, ask: Ask, answer: Answer) -> None:
    """The wrong entries of a screen that callers are not told about, except that something is wrong."""
    happens = {
        "too_early": answer.days is not None,
        "too_late": answer.days is not None,
        "day_off": answer.working_days,
    }
    wanted = [key for key in kind_of(answer).errors if happens.get(key, True)]
    silent = [key for key in wanted if key not in ask.errors and key not in findings.flow.errors]
    if silent:
        words = "a phone number that cannot be one" if answer.kind == PHONE else "a day that cannot be given"
        said = f"after {words}, a caller reads only that it was wrong, not why: errors has no {', '.join(silent)}"
        shown = " with {first_day} and {last_day}" if "too_late" in silent else ""
        findings.add("F710", (*path, "answer"), said, hint=f"add errors: {{{silent[-1]}: …}}{shown}")


def _bounds(findings: Findings, path: Path, answer: Answer) -> None:
    if answer.days is None:
        said = "any day from a year ago to in a year is taken, also one that has passed"
        findings.add("F723", (*path, "answer"), said, hint="add days: 0-30, for the days from today on", severity="I")
        return
    first, last = answer.days
    fault = ""
    if last > FARTHEST:
        fault = f"a caller may name a day {last} days from now: a slip in the year is not noticed"
    elif first < EARLIEST:
        fault = f"a caller may name a day {-first} days ago, before anybody was born"
    elif first == last:
        fault = (
            f"only one day can be given ({describe_days(answer.days).split(' to ')[-1]}), so there is nothing to ask"
        )
    if fault:
        hint = "write the first and the last day, counted from today: 0-30, 1-14, -7 to 0"
        findings.add("F720", (*path, "days"), fault, hint=hint)


def _working(findings: Findings, path: Path, answer: Answer) -> None:
    if not answer.working_days or findings.knows("F721"):
        return
    calendar = findings.flow.calendar
    if calendar is None:
        said = "no calendar says which days offices work, so holidays and Sundays would be taken"
        findings.add("F721", (*path, "working_days"), said, hint="add calendar: calendar.yaml to the flow")
        return
    if answer.days is None or answer.days[1] - answer.days[0] > len(DAYS):
        return
    for at, code in enumerate(DAYS):
        today = MONDAY + dt.timedelta(days=at)
        days = [today + dt.timedelta(days=more) for more in range(answer.days[0], answer.days[1] + 1)]
        if not any(DAYS[day.weekday()] in calendar.week for day in days):
            said = f"a caller who dials on {code} can give no day: none of those allowed is a working day"
            findings.add("F721", (*path, "days"), said, hint="allow a week or more, such as days: 1-14")
            return


def _read_back(findings: Findings, path: Path, ask: Ask) -> None:
    """A day that an action gets and no screen shows: the caller never sees which day was understood."""
    flow = findings.flow
    if ask.save is None or ask.save.startswith("contact."):
        return
    texts = (each for screen in flow.screens.values() for each in texts_of(screen) if each.role != "retry")
    shown = {name.partition(".")[0] for each in texts for name in names_in(each.text)}
    findings.spend(len(flow.screens))
    acts = any(ask.save == name for screen in flow.actions for name, _ in inputs_of(screen))
    if acts and ask.save not in shown:
        said = "no screen says which day was understood: “kal” and “3-1” can be meant otherwise"
        findings.add("F723", (*path, "save"), said, hint=f"show {{{ask.save}}} before the action")


def _examples(findings: Findings, path: Path, ask: Ask, answer: Answer) -> None:
    """Examples in the words of a question, and in what is said after a wrong entry, that would not be taken."""
    code, name = ("F722", "day") if answer.kind == DATE else ("F724", "phone number")
    for place, text in _texts(path, ask, answer):
        for tag, parts in text.items():
            for example in _EXAMPLES[answer.kind].findall(notation.template(parts)):
                if not _is_taken(findings, answer, example):
                    said = f"the example {example!r} in this text is not taken as a {name}"
                    hint = (
                        "write the day before the month, such as 3-12" if answer.kind == DATE else "correct the number"
                    )
                    findings.add(code, place, said, hint=hint, language=tag)


def _texts(path: Path, ask: Ask, answer: Answer) -> Iterator[tuple[Path, Text]]:
    """The texts that say how to answer: the question, and what follows a wrong entry."""
    yield (*path, "ask"), ask.text
    for key in kind_of(answer).errors:
        if key in ask.errors:
            yield (*path, key), ask.errors[key]


def _is_taken(findings: Findings, answer: Answer, example: str) -> bool:
    if answer.kind == PHONE:
        return not kind_of(answer).read(answer, example).problem
    if not example[0].isdigit():  # MM-DD and the like
        return False
    if answer.days is not None and example == "{}-{}".format(*answer.days):  # "1-14" says how many days
        return True
    return read_date(example, MONDAY, MONDAY, MONDAY, tuple(findings.flow.languages)) is not None
