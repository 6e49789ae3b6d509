"""The text, row or value at fault, where a screen or an SMS does not have the words that a script expects."""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from msgspec.structs import replace

from flows.checks.analysis.text_index import variables
from flows.checks.scripts.played_scripts import Cause, PlayedScript, Witnesses, body_at
from flows.engine.call_days import with_days
from flows.engine.render import pages_of, problem_words, rows_of, visible_options, words_of
from flows.engine.variables import OWN_CODE, choose, fill, lookup, row_of, shown_language, value_of
from flows.menu.actions import ACTIONS
from flows.menu.model import (
    LANGUAGES_LIST,
    LINE,
    RECEIPT,
    STOPPED,
    Ask,
    Do,
    End,
    Flow,
    Row,
    State,
    Template,
    Text,
    Variable,
)
from flows.menu.screen_kinds import saves_of, texts_of
from flows.preview.transcripts import Step, expected_words

_NUMBERED = re.compile(r"(?P<key>\d{1,3}) (?P<words>\S.*)")
TELLING = 5  # letters by which the words of a text are known
LANGUAGE = "contact.language"
ALIKE = 0.6  # of 1: lines that are the same but for a change
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
        numbered = _NUMBERED.fullmatch(missing) or _NUMBERED.fullmatch(_likest(missing, step.body))
        keys = {option.key for option in screen.options}
        if numbered is not None and (numbered["key"] in keys or screen.pick is not None):
            return _in_options(flow, step, screen, numbered, missing, known)
        if screen.options and _NUMBERED.fullmatch(missing):
            return Cause((screen.id, "choose"))  # an option that is gone
    return _in_question(flow, step, expected, missing, language, known)


def wrong_language(flow: Flow, played: PlayedScript, known: Witnesses) -> Cause | None:
    """Where a screen has the words that are expected of it in another language: its text, or how that was chosen."""
    step = played.failing
    if step is None or step.state is None or step.state.problem or step.screen not in flow.screens:
        return None
    words, language = expected_words(played.expected), shown_language(flow, step.state)
    others = [tag for tag in flow.languages if tag != language]
    if not any(words in body_at(flow, replace(step.state, language=tag), step.screen)[0] for tag in others):
        return None
    for earlier in played.steps[: played.went_well]:
        asked = flow.screens.get(earlier.screen)
        pick = asked.pick if isinstance(asked, Ask) else None
        if asked is not None and pick is not None and pick.list == LANGUAGES_LIST and LANGUAGE not in saves_of(asked):
            return Cause((asked.id, "save"))
    text = next(each for each in texts_of(flow.screens[step.screen]) if each.role in ("ask", "end"))
    parts = [part.strip() for part in choose(text.text, language, flow) if isinstance(part, str)]
    lines = [line for each in known.words_of(step.screen).get(language, ()) for line in each.splitlines()]
    if any(part in line or line in part for part in parts for line in lines if min(len(part), len(line)) >= TELLING):
        return None  # other scripts expect the words of this language
    return Cause((step.screen, *text.path), language)


def _likest(missing: str, body: str) -> str:
    """The line of a screen that is most like one that is missing there; "" if none is like it."""
    ratios = {line: SequenceMatcher(None, missing, line, autojunk=False).ratio() for line in body.splitlines()}
    found = max(ratios, key=lambda line: ratios[line], default="")
    return found if found and ratios[found] > ALIKE else ""


def _in_options(
    flow: Flow, step: Step, screen: Ask, numbered: re.Match[str], missing: str, known: Witnesses
) -> Cause | None:
    """The option or row whose line is missing, or is shown there with other words."""
    state = step.state
    assert state is not None  # noqa: S101 - the caller has asked
    language, seen = shown_language(flow, state), known.words_of(screen.id)
    words = missing.removeprefix(numbered["key"]).strip()
    named = next((each for each in screen.options if words_of(flow, state, each.text, language) == words), None)
    if named is not None:  # it is hidden, or has another number
        is_hidden = named not in visible_options(flow, state, screen)
        return Cause((screen.id, "choose", named.code, *(("when",) if is_hidden else ())))
    option = next((each for each in screen.options if each.key == numbered["key"]), None)
    if option is not None:
        return _in_text(flow, step, words, option.text, ("choose", option.code), language, seen)
    rows = rows_of(flow, state, screen)
    at = int(numbered["key"]) - len(screen.options) - 1
    if screen.pick is None or not 0 <= at < len(rows):
        return Cause((screen.id, "choose_from")) if screen.pick is not None else None
    row = rows[at]
    if isinstance(row, Row) and screen.pick.list in flow.lists:
        return Cause(("lists", screen.pick.list, row.code), language)
    return Cause((screen.id, "choose_from", "show"), language)


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
        said = "\n".join(problem_words(flow, state, screen, tag) for tag in flow.languages)
        if state.ended or _likest(missing, said) or any(missing in line for line in said.splitlines()):
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
    lost = (_lost_record(flow, step, part.name) for part in template if isinstance(part, Variable))
    if (act := next(filter(None, lost), None)) is not None:
        return act
    words = lookup(flow, with_days(flow, state.screen, state.values), language)
    filled, parts = _filled(template, words)
    begin, end, wanted = _difference(expected, filled)
    for first, last, part in parts:
        is_empty = first == last and begin <= first <= end
        if isinstance(part, Variable) and ((first < end and begin < last) or is_empty):
            if (saver := _saved_elsewhere(flow, state, part.name, wanted, language)) is not None:
                return saver
            if _is_of_act(flow, state, part.name) or _is_another(text, part.name, wanted, words):
                break  # the value is right, and should not stand here
            return _value(flow, state, part.name, language)
    if _is_expected_elsewhere(filled, begin, end, seen.get(language, ())):
        return None
    return Cause((step.screen, *path), language)


def _saved_elsewhere(flow: Flow, state: State, name: str, wanted: str, language: str) -> Cause | None:
    """The screen that saved the row that was expected, under another name."""
    for other, value in state.values.items():
        row = row_of(flow, flow.kinds.get(other, ""), value)
        saver = next((each.id for each in flow.asks if other in saves_of(each) and each.id in state.trail), None)
        if other != name and row is not None and saver is not None and row.text.get(language, row.code) in wanted:
            return Cause((saver, "save"))
    return None


def _lost_record(flow: Flow, step: Step, name: str) -> Cause | None:
    """The act on the way that brings what a text shows, and saves it under another name."""
    holder, _, field = name.rpartition(".")
    if not holder or step.state is None or holder in step.state.values:
        return None
    for act in reversed(step.acts):
        screen = flow.screens.get(act)
        if isinstance(screen, Do) and screen.save != holder:
            declared = ACTIONS.get(screen.action)
            if declared is not None and field in declared.brings:
                return Cause((act, "save"))
    return None


def _is_of_act(flow: Flow, state: State, name: str) -> bool:
    """True for a field of a record, unless it holds a row: scripts say themselves what acts bring."""
    return isinstance(state.values.get(name.rpartition(".")[0]), dict) and flow.kinds.get(name) not in flow.rows


def _is_another(text: Text, name: str, wanted: str, words: Callable[[str], str]) -> bool:
    """True if the words that were expected are the value of another variable of the text, in whatever language."""
    others = {each for tag in text for each in variables(text[tag])} - {name}
    return any(said and said in wanted for said in map(words, others))


def _filled(template: Template, words: Callable[[str], str]) -> tuple[str, list[tuple[int, int, str | Variable]]]:
    """A text with its values, and where each of its parts begins and ends there."""
    parts: list[tuple[int, int, str | Variable]] = []
    said = ""
    for at, part in enumerate(template):
        whole = fill(template[: at + 1], words)
        parts.append((len(said), len(whole), part))
        said = whole
    return said, parts


def _difference(expected: str, said: str) -> tuple[int, int, str]:
    """Where the words said first differ from those expected, which are a part of them.

    In letters from and to, and the words that should stand there.
    """
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
        return got[begin].start(), got[end - 1].end(), " ".join(wanted[first:last])
    return (0, len(said), "") if inserted is None else (inserted, inserted, "")


def _is_expected_elsewhere(said: str, begin: int, end: int, seen: Sequence[str]) -> bool:
    """True if another script expects, and met, words that are a part of what differs here."""
    for words in seen:
        for line in words.splitlines():
            numbered = _NUMBERED.fullmatch(line)
            line = numbered["words"] if numbered is not None else line
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
    listed = flow.kinds.get(name, "")
    if (row := row_of(flow, listed, value_of(flow, state.values, name))) is not None:
        return Cause(("lists", listed, row.code), language)
    head = name if name in state.values else name.rpartition(".")[0]
    listed = flow.kinds.get(head, "")
    if (row := row_of(flow, listed, state.values.get(head))) is not None:
        return Cause(("lists", listed, row.code))
    if name in flow.service or name in OWN_CODE:
        return Cause(("service", name))
    savers = [each.id for each in flow.screens.values() if {name, head} & {*saves_of(each)}]
    on_way = [each for each in state.trail if each in savers]
    return Cause((next(iter((*reversed(on_way), *savers)), state.screen),))
