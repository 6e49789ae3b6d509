"""F114, of yes and no: yes leads to the act that the question is about, and no does not."""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from flows.checks.analysis.findings import Findings
from flows.checks.analysis.text_index import names_in, plain
from flows.checks.choices.first_acts import FirstActs, first_acts
from flows.checks.choices.own_words import OwnWords, Stems, common_words, stems_of_name
from flows.checks.walks.marks import root_of
from flows.checks.walks.word_cues import CalledLines
from flows.checks.words.answer_words import Polarity, polarity
from flows.checks.words.still_and_already import says_still
from flows.menu.model import ANY_LANGUAGE, Ask, Do, End, Flow, Option, Text
from flows.menu.screen_kinds import inputs_of, option_saves

SOLVED = frozenset({"confirm_complaint"})  # to "is it solved?"
# To "shall we …?": who says no wants none of these done.
ASKED_FOR = frozenset({"withdraw_complaint", "note_pressure", "opt_out", "me_too"})
FILED = frozenset({"file_complaint", "file_by_text", "file_suggestion", "save_survey"})
LONGEST_CODE = 7  # letters of a code that says yes or no: `deedeet`
SHOWN = 2  # values on a question that are then stored: it asks whether to store them
NAMES = (
    "en",
    "fr",
    "es",
    "pt",
    "sw",
    "wo",
    "id",
    "tr",
    "de",
    "ha",
    "so",
    "ur",
)  # languages of codes, beside the flow's


class _Answer(Struct, frozen=True):
    """A choice that says yes or no, and what follows it."""

    option: Option
    follows: FirstActs
    actions: frozenset[str]

    @property
    def at_once(self) -> bool:
        """True if an act follows without another question."""
        return bool(self.follows.at_once)


def check_yes_and_no_targets(findings: Findings, own: OwnWords, told: set[str]) -> None:
    """Report questions of which no leads to the act, and those of which both answers lead to the same.

    Nothing more is said of the screens `told`, and they are added to them.
    """
    lines = CalledLines(findings)
    for ask in findings.flow.asks:
        found = answers_of(findings.flow, ask)
        if "yes" not in found or "no" not in found or ask.id in told or findings.is_shorthand(ask.id):
            continue
        if found["yes"].go == found["no"].go:
            _same(findings, ask, found)
            told.add(ask.id)
            continue
        before = findings.earlier.of(ask.id)
        yes, no = (_follow(findings, found[each], before) for each in ("yes", "no"))
        if _is_crossed(findings.flow, ask, (yes, no), own, lines):
            _tell(findings, ask, yes.option, no.option)
            told.add(ask.id)


def answers_of(flow: Flow, ask: Ask) -> dict[Polarity, Option]:
    """The first choice that says yes, and the first that says no."""
    found: dict[Polarity, Option] = {}
    for option in ask.options:
        meant = says(flow, option)
        if meant:
            found.setdefault(meant, option)
    return found


def says(flow: Flow, option: Option) -> Polarity | None:
    """Whether a choice says yes or no, in all of its languages that say either; else by its code."""
    said = {polarity(plain(parts), tag) for tag, parts in option.text.items() if tag != ANY_LANGUAGE} - {None}
    if not said:
        return _of_code(option.code, (*flow.languages, *NAMES)) if len(option.code) <= LONGEST_CODE else None
    return said.pop() if len(said) == 1 else None


@lru_cache(maxsize=1000)
def _of_code(code: str, tags: tuple[str, ...]) -> Polarity | None:
    said = {polarity(code, tag) for tag in tags} - {None}
    return said.pop() if len(said) == 1 else None


def _follow(findings: Findings, option: Option, before: frozenset[str]) -> _Answer:
    follows = first_acts(findings, option.go, before)
    acts = [findings.flow.screens[name] for name in follows.acts]
    return _Answer(option, follows, frozenset(each.action for each in acts if isinstance(each, Do)))


def _is_crossed(flow: Flow, ask: Ask, answers: tuple[_Answer, _Answer], own: OwnWords, lines: CalledLines) -> bool:
    yes, no = answers
    asked = own.of_text(ask.text, yes.option.text) | stems_of_name(ask.id)
    of_yes, of_no = _words_after(own, yes, no), _words_after(own, no, yes)
    fits_yes, fits_no = common_words(asked, of_yes), common_words(asked, of_no)
    if fits_yes > fits_no:
        return False  # "open it again? yes" leads to "it is open again"
    turned = any(says_still(plain(parts), tag) for text in (ask.text, yes.option.text) for tag, parts in text.items())
    if no.actions & SOLVED and not yes.actions & SOLVED:
        about_refusal = yes.actions and yes.actions <= {"appeal_complaint"} and fits_yes == fits_no  # "do you appeal?"
        return not turned and not about_refusal
    if yes.at_once or not no.at_once or yes.actions:
        return False
    told = any(lines.are_named(text) for text in _texts(flow, yes.follows.ends))
    if told:
        return False  # "in danger? yes" leads to whom to call
    at_once = {screen.action: screen for name in no.follows.at_once if isinstance(screen := flow.screens[name], Do)}
    if ASKED_FOR & {*at_once}:
        return not turned
    return any(_is_shown(ask, act) for action, act in at_once.items() if action in FILED) and not turned


def _words_after(own: OwnWords, answer: _Answer, other: _Answer) -> Stems:
    """The words of what follows an answer, without those of what follows the other."""
    names = {answer.option.go, *answer.follows.acts, *answer.follows.ends}
    others = {other.option.go, *other.follows.acts, *other.follows.ends}
    return frozenset().union(*map(own.of_screen, names)) - frozenset().union(*map(own.of_screen, others - names))


def _texts(flow: Flow, names: frozenset[str]) -> list[Text]:
    return [screen.text for name in names if isinstance(screen := flow.screens[name], End)]


def _is_shown(ask: Ask, act: Do) -> bool:
    """True for a question that shows what the act stores."""
    given = {root_of(name) for name, _ in inputs_of(act)} | {"plan"}
    return len({root_of(name) for name in names_in(ask.text)} & given) >= SHOWN


def _same(findings: Findings, ask: Ask, found: Mapping[Polarity, Option]) -> None:
    yes, no = found["yes"], found["no"]
    if not isinstance(findings.flow.screens.get(yes.go), End) and not option_saves(ask):
        said = f"yes and no both lead to {yes.go}: whatever callers answer, the same follows"
        findings.add("F114", (*findings.path(ask.id), "choose", no.code), said, hint="lead one of them elsewhere")


def _tell(findings: Findings, ask: Ask, yes: Option, no: Option) -> None:
    said = (
        f"{yes.code} leads to {yes.go} and {no.code} to {no.go}: who says no gets what the question is about, "
        "and who says yes does not"
    )
    hint = f"write go: {no.go} at {yes.code} and go: {yes.go} at {no.code}, or ask the question the other way round"
    findings.add("F114", (*findings.path(ask.id), "choose", yes.code), said, hint=hint)
