"""F207: a number that one language says and another does not, or says otherwise."""

from collections import Counter
from collections.abc import Iterable

from flows.checks.analysis.findings import Findings
from flows.checks.languages.known_lines import KnownLines
from flows.checks.languages.said_texts import SaidText
from flows.checks.words.day_words import PERIOD_NAMES, day_names, days_in, period_in
from flows.checks.words.number_words import numbers_in_words
from flows.checks.words.text_numbers import SaidNumber, numbers_in, words_of
from flows.engine.variables import base_language, needs_ucs2
from flows.menu.model import ANY_LANGUAGE

NAMED = 3  # numbers that a finding names


def check_numbers(findings: Findings, texts: Iterable[SaidText], lines: KnownLines) -> None:
    """Report texts whose numbers differ between languages: an error for a number to call, else a warning."""
    for each in texts:
        if len(each.said) < 2:
            continue
        first, *others = ({number.digits for number in found} for found in each.numbers.values())
        if any(other != first for other in others):
            _compare(findings, each, each.numbers, lines)
        _compare_days(findings, each)
        _compare_periods(findings, each)


def _compare(findings: Findings, each: SaidText, numbers: dict[str, list[SaidNumber]], lines: KnownLines) -> None:
    words = {tag: numbers_in_words(said, tag) for tag, said in each.said.items()}
    wrong: dict[str, list[SaidNumber]] = {}
    missing: dict[str, list[SaidNumber]] = {}
    reserved = {key.key for key in findings.flow.keys.values()}  # the keys for back and more work in every language
    base = base_language(findings.flow)
    for number in {one.digits: one for found in numbers.values() for one in found}.values():
        has = [tag for tag in numbers if any(_same(number, other) for other in numbers[tag])]
        lacks = [tag for tag in numbers if tag not in has and not _in_words(number, words[tag])]
        if not lacks or number.shown in reserved:
            continue
        forgiven = len(numbers) - len(has) - len(lacks)
        doubtful = base in lacks and not lines.is_line(number.digits)  # one against one
        few = len(has) < len(lacks) + forgiven or (len(has) == len(lacks) + forgiven and doubtful)
        for tag in has if few else lacks:
            (wrong if few else missing).setdefault(tag, []).append(number)
    if not (wrong or missing):
        return
    written = {number.digits for tag, parts in each.text.items() for number in numbers_in(words_of(parts, {}), tag)}
    for tag in numbers:
        told = [*wrong.get(tag, []), *missing.get(tag, [])]
        # Otherwise F203 and F204 tell of its variable.
        if any(number.digits in written for number in told) and not _is_in_place(findings, each, tag):
            _report(findings, each, tag, wrong.get(tag, []), missing.get(tag, []), lines)


def _is_in_place(findings: Findings, each: SaidText, tag: str) -> bool:
    """True where a number stands in the place of a variable, and F204 tells of it."""
    place = findings.place((*each.path, tag))
    return any(
        problem.language == tag and problem.severity != "I" and (problem.file, problem.line) == place
        for problem in findings.of("F204")
    )


def _compare_periods(findings: Findings, each: SaidText) -> None:
    """The last month in one language, and this one in another."""
    meant = {tag: period for tag, words in each.words.items() if (period := period_in(words, tag)) >= 0}
    if len({*meant.values()}) < 2:
        return
    base = meant.get(base_language(findings.flow))
    most = Counter(meant.values()).most_common(2)
    right = base if base is not None and (len(most) < 2 or most[0][1] == most[1][1]) else most[0][0]
    for tag, period in meant.items():
        if period != right:
            said = f"it speaks of {PERIOD_NAMES[period]}, and the other languages of {PERIOD_NAMES[right]}"
            message = f"{said}: who chose {findings.flow.languages.get(tag, tag)} answers for another time"
            findings.add("F207", each.path, message, language=tag, hint="name the same time in every language")


def _compare_days(findings: Findings, each: SaidText) -> None:
    """Days of the week that one language names and another does not, where both name some or have the room."""
    named = {tag: days_in(each.said[tag], words, tag) for tag, words in each.words.items() if tag != ANY_LANGUAGE}
    if not any(sure for sure, _ in named.values()):
        return
    usual = Counter(sure for sure, _ in named.values() if sure).most_common(1)
    if not usual:
        return
    base = named.get(base_language(findings.flow), (frozenset[int](), None))[0]
    right = usual[0][0] if usual[0][1] > 1 or not base else base
    for tag, (sure, maybe) in named.items():
        wrong, missing = sure - right, right - sure - maybe
        if not sure or not (wrong or missing):  # that it names none may be for want of room, or of a word
            continue
        said = f"it says {day_names(wrong)}" if wrong else f"it does not say {day_names(missing)}"
        others = f"where the other languages say {day_names(missing)}" if wrong and missing else "as the others do"
        if wrong and not missing:
            others = "which the other languages do not say"
        message = f"{said}, {others}: who chose {findings.flow.languages[tag]} comes on another day"
        findings.add("F207", each.path, message, language=tag, hint="name the same days in every language")


def _same(one: SaidNumber, other: SaidNumber) -> bool:
    # Shown alike, but called in one language alone, whose verb is known: a number that is called keeps its first zero.
    if one.digits == other.digits or one.shown == other.shown or (one.hours and one.hours == other.hours):
        return True
    return one.clock == other.clock != -1


def _in_words(number: SaidNumber, meant: tuple[frozenset[int], frozenset[int]]) -> bool:
    """True for a number that the words of another language say, or a time that they name."""
    if not number.digits.isdecimal() or number.called:
        return False
    numbers, hours = meant
    return int(number.digits[:9]) in numbers or (number.hours > 0 and number.hours in hours)


def _report(
    findings: Findings,
    each: SaidText,
    tag: str,
    wrong: list[SaidNumber],
    missing: list[SaidNumber],
    lines: KnownLines,
) -> None:
    called = any(number.called or lines.is_line(number.digits) for number in wrong)
    called |= any(number.called or number.digits in lines.official for number in missing)
    if wrong and missing:
        said = f"it says {_listed(wrong)} where the other languages say {_listed(missing)}"
    elif wrong:
        said = f"it says {_listed(wrong)}, which the other languages do not say"
    else:
        said = f"it does not say {_listed(missing)}, which the other languages say"
    who = f"who chose {findings.flow.languages.get(tag, tag)}"
    met = f"{who} would call a wrong number" if called and wrong else f"{who} would be told something else"
    if called and not wrong:
        met = f"{who} would not know whom to call"
    short = not wrong and not called and needs_ucs2(findings.flow, tag)  # it left something out to save room
    findings.add(
        "F207",
        each.path,
        f"{said}: {met}",
        language=tag,
        hint="write the same number in every language",
        severity="I" if short else "E" if called else "W",
    )


def _listed(numbers: list[SaidNumber]) -> str:
    shown = list(dict.fromkeys(number.shown for number in numbers))
    return ", ".join(shown[:NAMED]) + (" …" if len(shown) > NAMED else "")
