"""The text, row or value at fault, where a screen or an SMS does not have the words that a script expects."""

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from msgspec.structs import replace

from flows.checks.scripts.played_scripts import Cause, PlayedScript, Witnesses
from flows.engine.call_days import with_days
from flows.engine.render import pages_of, problem_words, visible_options, words_of
from flows.engine.variables import OWN_CODE, choose, fill, lookup, row_of, shown_language
from flows.menu.model import LINE, RECEIPT, STOPPED, Ask, End, Flow, State, Template, Text, Variable
from flows.menu.screen_kinds import saves_of
from flows.preview.transcripts import Step, expected_words

_NUMBERED = re.compile(r"(?P<key>\d{1,3}) (?P<words>\S.*)")
_WORD = re.compile(r"\S+")


def words_at_fault(flow: Flow, played: PlayedScript, known: Witnesses, *, sms: bool = False) -> Cause | None:
    """What made the words of the failing screen, or of its SMS, other than they should be.

    None if another script expects just what was seen. The path begins with the id of a screen, or with a section.
    """
    step = played.failing
    if step is None or step.state is None:
        return None
    screen = flow.screens.get(step.screen)
    if sms:
        text = screen.sms if isinstance(screen, End) else None
        if text is None:
            return Cause((step.screen,))
        expected = str(played.expected.get("sms") or "").strip("\n")
        return _in_text(flow, step, expected, text, ("sms",), step.state.language, known.words_of(f"{step.screen} sms"))
    expected = expected_words(played.expected)
    language = shown_language(flow, step.state)
    if isinstance(screen, Ask) and any(expected in page for page in pages_of(flow, replace(step.state, page=0))):
        return Cause((screen.id,))  # on another page
    missing = next((line for line in expected.splitlines() if line.strip() and line not in step.body), expected)
    if isinstance(screen, Ask):
        for cause in _in_options(flow, step.state, screen, missing, language):
            return cause
    return _in_question(flow, step, expected, missing, language, known)


def _in_options(flow: Flow, state: State, screen: Ask, missing: str, language: str) -> Iterator[Cause]:
    """The option or row whose line is missing."""
    numbered = _NUMBERED.fullmatch(missing)
    if numbered is None:
        return
    option = next((each for each in screen.options if each.key == numbered["key"]), None)
    shown = visible_options(flow, state, screen)
    named = [each for each in screen.options if words_of(flow, state, each.text, language) == numbered["words"]]
    for each in named or ([option] if option is not None else []):
        is_hidden = each.when is not None and each not in shown
        yield Cause((screen.id, "choose", each.code, *(("when",) if is_hidden else ())), "" if named else language)
    if option is None and screen.pick is not None:
        at = int(numbered["key"]) - len(screen.options) - 1
        rows = flow.lists.get(screen.pick.list, ())
        if screen.pick.where is None and 0 <= at < len(rows):
            yield Cause(("lists", screen.pick.list, rows[at].code), language)
        yield Cause((screen.id, "choose_from"))


def _in_question(flow: Flow, step: Step, expected: str, missing: str, language: str, known: Witnesses) -> Cause | None:
    """The text of the screen itself, of what was wrong with the entry, or of the last words of a call."""
    state, screen = step.state, flow.screens.get(step.screen)
    assert state is not None  # noqa: S101 - the caller has asked
    seen = known.words_of(step.screen)
    if isinstance(screen, End):
        return _in_text(flow, step, expected, screen.text, ("end",), language, seen)
    if not isinstance(screen, Ask):
        return None
    if state.problem and (state.ended or missing not in words_of(flow, state, screen.text, language)):
        place = (screen.id, state.problem) if state.problem in screen.errors else ("errors", state.problem)
        said = problem_words(flow, state, screen, language)
        if state.ended or SequenceMatcher(None, missing, said, autojunk=False).ratio() > 0.5:
            return Cause(place, language)
    head = "\n".join(line for line in expected.splitlines() if _NUMBERED.fullmatch(line) is None)
    return _in_text(flow, step, head, screen.text, ("ask",), language, seen)


def _in_text(
    flow: Flow, step: Step, expected: str, text: Text, path: tuple[str, ...], language: str, seen: dict[str, list[str]]
) -> Cause | None:
    """The text in this language, or the variable in it that has another value than it should."""
    state = step.state
    assert state is not None  # noqa: S101 - the caller has asked
    template = choose(text, language, flow)
    words = lookup(flow, with_days(flow, state.screen, state.values), language)
    filled, parts = _filled(template, words)
    begin, end = _difference(expected, filled)
    for first, last, part in parts:
        if isinstance(part, Variable) and ((first < end and begin < last) or first == last == begin == end):
            return _value(flow, state, part.name, language)
    if _is_expected_elsewhere(filled, begin, end, seen.get(language, ())):
        return None
    return Cause((step.screen, *path), language)


def _filled(template: Template, words: Callable[[str], str]) -> tuple[str, list[tuple[int, int, str | Variable]]]:
    """A text with its values, and where each of its parts begins and ends there."""
    parts: list[tuple[int, int, str | Variable]] = []
    said = ""
    for at, part in enumerate(template):
        whole = fill(template[: at + 1], words)
        parts.append((len(said), len(whole), part))
        said = whole
    return said, parts


def _difference(expected: str, said: str) -> tuple[int, int]:
    """Where the words said first differ from those expected, which are a part of them: begin and end, in letters."""
    wanted, got = _WORD.findall(expected), list(_WORD.finditer(said))
    codes = SequenceMatcher(None, [each[0] for each in got], wanted, autojunk=False).get_opcodes()
    inserted: int | None = None
    for sort, begin, end, first, last in codes:
        if sort == "equal" or (sort == "delete" and (begin == 0 or end == len(got))):
            continue  # a script may leave out how a text begins and ends
        if begin == end:
            inserted = inserted if inserted is not None else got[begin - 1].end() if begin else 0
            continue
        if end == len(got):
            end = min(end, begin + last - first)
        elif begin == 0:
            begin = max(begin, end - (last - first))
        return got[begin].start(), got[end - 1].end()
    return (0, len(said)) if inserted is None else (inserted, inserted)


def _is_expected_elsewhere(said: str, begin: int, end: int, seen: Sequence[str]) -> bool:
    """True if another script expects, and met, words that are a part of what differs here."""
    for words in seen:
        for line in words.splitlines():
            at = said.find(line) if line.strip() else -1
            if at >= 0 and at < end and begin < at + len(line):
                return True
    return False


def _value(flow: Flow, state: State, name: str, language: str) -> Cause | None:
    """Where a variable has its words from: a row, the service, or the screen that saves it; None if from the script."""
    if name == RECEIPT and flow.receipt:
        return Cause((RECEIPT, "stopped" if state.values.get(STOPPED) else "coming"), language)
    if name in OWN_CODE and state.values.get(LINE) not in (None, flow.service.get(name)):
        return None  # the code that the script dials
    head = name if name in state.values else name.rpartition(".")[0]
    for holder in (name, head):
        value = state.values.get(holder)
        if isinstance(value, dict):
            value = value.get(name.rpartition(".")[2])
        listed = flow.kinds.get(name if holder == name or isinstance(state.values.get(head), dict) else head, "")
        if (row := row_of(flow, listed, value)) is not None:
            return Cause(("lists", listed, row.code), language if holder == name else "")
    if name in flow.service or name in OWN_CODE:
        return Cause(("service", name))
    savers = [each.id for each in flow.screens.values() if {name, head} & {*saves_of(each)}]
    on_way = [each for each in state.trail if each in savers]
    return Cause((next(iter((*reversed(on_way), *savers)), state.screen),))
