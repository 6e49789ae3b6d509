"""F501 to F504: numbers and words by which a caller cannot tell two choices apart, and choices that are none."""

from flows.checks.analysis.alphabets import is_lost
from flows.checks.analysis.findings import Findings
from flows.checks.analysis.variables import MOST_RECORDS
from flows.checks.structure.lists import row_groups
from flows.engine.sms_channel import is_texted
from flows.menu.diagnostics import Path
from flows.menu.model import ANY_LANGUAGE, LANGUAGES_LIST, Ask, Flow, Not, Option, Pick, Row, Template
from flows.text.western_digits import whole_number


def check_option_keys(findings: Findings) -> None:
    """Report numbers used twice or reserved, choices that read the same, and a single choice."""
    reserved: dict[str, str] = {}
    together: dict[tuple[str, str], int] = {}
    for name, key in findings.flow.keys.items():
        if key.key in reserved:
            said = f"{key.key!r} is already the key for {reserved[key.key]}, so {name} would never work"
            findings.add("F501", ("keys", name), said, hint="give each a different key")
        if name == "more" or not is_texted(findings.flow):  # by SMS nobody goes back
            reserved.setdefault(key.key, name)
    for screen in findings.flow.asks:
        path = findings.path(screen.id)
        _numbers(findings, path, screen, reserved)
        if screen.pick is not None:
            _rows_beside(findings, path, screen, screen.pick, _most_rows(findings, screen.pick, together), reserved)
        _words(findings, path, screen)
        _answer(findings, path, screen, reserved)
        _single(findings, path, screen)


def _numbers(findings: Findings, path: Path, screen: Ask, reserved: dict[str, str]) -> None:
    taken: dict[str, Option] = {}
    for option in screen.options:
        at = (*path, "choose", option.code, "key")
        if option.key in reserved:
            said = f"a caller who types {option.key} gets {reserved[option.key]!r}, never {option.code!r}"
            findings.add("F502", at, said, hint="give the choice another key")
        if option.key in taken:
            said = (
                f"{option.key} is already the number of {taken[option.key].code!r}, so {option.code!r} can "
                "never be chosen"
            )
            findings.add("F501", at, said, hint="give one of them another key")
        taken.setdefault(option.key, option)


def _rows_beside(findings: Findings, path: Path, screen: Ask, pick: Pick, count: int, reserved: dict[str, str]) -> None:
    """Rows of a list are numbered on after the options."""
    findings.spend(count)
    first = len(screen.options) + 1
    numbers = {str(number) for number in range(first, first + count)}
    for option in screen.options:
        if option.key in numbers:
            said = f"{option.key} is the number of {option.code!r} and of a row of {pick.list}"
            hint = "remove key, so that the rows are numbered after the choices"
            findings.add("F501", (*path, "choose", option.code, "key"), said, hint=hint)
    for key in sorted(numbers & set(reserved)):
        said = f"row {key} of {pick.list} can never be chosen: {key} is the key for {reserved[key]}"
        findings.add("F502", (*path, "choose_from"), said, hint="offer fewer rows at a time with where")


def _most_rows(findings: Findings, pick: Pick, together: dict[tuple[str, str], int]) -> int:
    """The most rows a pick offers at a time; the rows of each list and column are looked through once."""
    flow = findings.flow
    if pick.list == LANGUAGES_LIST:
        return len(flow.languages)
    if pick.list not in flow.lists:
        return MOST_RECORDS
    name = (pick.list, pick.where[0] if pick.where else "")
    if name not in together:
        groups = row_groups(flow, pick)
        together[name] = max((len(rows) for rows in groups), default=0)
        for tag in flow.languages if not findings.around.screen else ():
            for rows in groups:
                _same_rows(findings, pick, rows, tag)
    return together[name]


def _answer(findings: Findings, path: Path, screen: Ask, reserved: dict[str, str]) -> None:
    if screen.answer is None or screen.answer.between is None:
        return
    low, high = screen.answer.between
    for key, name in reserved.items():
        number = whole_number(key)
        if name != "more" and number is not None and str(number) == key and low <= number <= high:
            said = f"a caller cannot answer {key}: it is the key for {name}"
            hint = f"start the range after {key}, or give {name} another key"
            findings.add("F502", (*path, "between"), said, hint=hint)


def _single(findings: Findings, path: Path, screen: Ask) -> None:
    """One choice and nothing else to type: the caller is asked for a hop that decides nothing."""
    if screen.answer is not None or screen.id == findings.flow.danger_screen:  # there, back is the other choice
        return
    pick = screen.pick
    if pick is None and len(screen.options) == 1:
        where = (*path, "choose", screen.options[0].code)
    elif pick is not None and not screen.options and pick.where is None and _rows_of(findings.flow, pick) == 1:
        where = (*path, "choose_from")
    else:
        return
    said = "there is only one choice, so the screen costs a hop and decides nothing"
    findings.add("F504", where, said, hint="go straight to the next screen, or add a choice")


def _rows_of(flow: Flow, pick: Pick) -> int:
    return len(flow.languages) if pick.list == LANGUAGES_LIST else len(flow.lists.get(pick.list, ()))


def _words(findings: Findings, path: Path, screen: Ask) -> None:
    for tag in findings.flow.languages:
        seen: dict[str, Option] = {}
        for option in screen.options:
            words = _reads(option.text.get(tag) or option.text.get(ANY_LANGUAGE) or ())
            other = seen.setdefault(words, option)
            if words and not is_lost(tag, words) and other is not option and not are_apart(option, other):
                said = f"{option.code!r} and {other.code!r} both read {words!r}: a caller cannot tell them apart"
                hint = "give them different words"
                findings.add("F503", (*path, "choose", option.code), said, language=tag, hint=hint)


def _same_rows(findings: Findings, pick: Pick, rows: tuple[Row, ...], tag: str) -> None:
    seen: dict[str, Row] = {}
    for row in rows:
        words = row.text.get(tag, "")
        other = seen.setdefault(_fold(words), row)
        if not words or is_lost(tag, words) or other is row or _at_other_times(row, other):
            continue
        ends = [each for each in (other, row) if each.active_until is not None]
        if len(ends) == 1:
            _retired(findings, pick, ends[0], row if ends[0] is other else other, tag)
        else:
            said = f"{row.code!r} and {other.code!r} both read {words!r}: a caller cannot tell them apart"
            hint = "give them different words"
            findings.add("F503", ("lists", pick.list, row.code), said, language=tag, hint=hint)


def _retired(findings: Findings, pick: Pick, retired: Row, new: Row, tag: str) -> None:
    """A row whose words another one has that is offered no more, or not for long."""
    said = f"{retired.code!r} reads {retired.text[tag]!r} too, and is offered until {retired.active_until}"
    hint = f"offer {retired.code} again in place of {new.code}: its complaints and those to come count together then"
    findings.add("F503", ("lists", pick.list, new.code), said, language=tag, hint=hint, severity="W")


def _at_other_times(one: Row, other: Row) -> bool:
    """True when one is offered only after the other is no longer."""
    return any(
        first.active_until is not None and then.active_from is not None and first.active_until < then.active_from
        for first, then in ((one, other), (other, one))
    )


def are_apart(one: Option, other: Option) -> bool:
    """True when the two are never shown together: one's condition is the other's denied."""
    if one.when is None or other.when is None:
        return False
    return one.when == Not(other.when) or other.when == Not(one.when)


def _reads(parts: Template) -> str:
    return _fold("".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in parts))


def _fold(words: str) -> str:
    return " ".join(words.casefold().split())
