"""What the checks of one flow find, each at its line."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property

from msgspec import Struct

from flows.cases.lifecycle_file import Life
from flows.checks.analysis.catalogue import CHECKS
from flows.checks.analysis.earlier_screens import EarlierScreens
from flows.checks.analysis.possible_values import PossibleValues
from flows.checks.analysis.text_index import index_rows, index_texts
from flows.checks.analysis.variables import Variables, variables_of
from flows.checks.catalogue.catalogue_meaning import SECOND_PERSON
from flows.menu.danger_rules import DangerLexicon, Helpline
from flows.menu.diagnostics import ParsedFlow, Path, Place, Problem, Severity, Suggestions
from flows.menu.keyword_rule import Rule
from flows.menu.model import ANY_LANGUAGE, LANGUAGES_LIST, Ask, Do, Flow, Room
from flows.menu.screen_kinds import FlowText, leads, saves_of
from flows.parsing.transcript_file import Transcript

STEPS_OF_FINDING = 50
MOST_STEPS = 3_000_000  # of the checks whose time grows faster than the flow: some three seconds


class CheckContext(Struct, frozen=True):
    """What a flow is checked against: the live revision, codes of lists that complaints use, a network, scripts.

    `used` names codes as `category:mun01`, or is None if nobody knows which are in use. `events` are the keys of the
    texts that something sends. Where something is not known, what would need it is not checked. `service` are the words
    of the service that this installation sets, which win over the flow's own, and `helplines` those that ship, for a
    flow without its own. `flows` are the other flows by name: those beside this one in a folder, or those that are
    live. `first_words` are what people's complaints begin with: how many do, and one of them. `danger` are the words of
    danger that ship. `life` is the life cycle whose statuses a complaint has and whose limits count: the one beside the
    flow, or else the one that ships. `keywords` are those of the service, which count for a flow without its own.
    `screen` is the only one whose texts are measured, while somebody types it: rows of lists are not looked at then.
    """

    before: Flow | None = None
    used: frozenset[str] | None = None
    room: Room = Room()
    scripts: Sequence[Transcript] | None = None
    events: frozenset[str] = frozenset()
    service: Mapping[str, str] = {}
    helplines: Mapping[str, Helpline] = {}
    flows: Mapping[str, Flow] | None = None
    first_words: Mapping[str, tuple[int, str]] = {}
    danger: DangerLexicon | None = None
    life: Life | None = None
    keywords: tuple[Rule, ...] = ()
    screen: str = ""


class UnsavedVariable(Struct, frozen=True):
    """A use of a variable that nothing saves, before it is known whether the use or the saving is misspelt."""

    name: str
    path: Path
    message: str
    hint: str
    language: str = ""


class TooMuchWork(Exception):
    """Checking a flow takes more steps than MOST_STEPS."""


def is_blocking(problem: Problem, *, agreed: bool = True) -> bool:
    """True for an error. One of what may be lost is none if a second person has agreed to it."""
    return problem.severity == "E" and not (agreed and problem.code in SECOND_PERSON)


class Findings:
    """Gathers the problems of a flow. `flow` is what is checked, `given` what reading its files found already."""

    def __init__(self, parsed: ParsedFlow, flow: Flow, around: CheckContext) -> None:
        self.flow, self.given, self.around, self.translated = flow, parsed.problems, around, parsed.translated
        self.broken = parsed.broken
        self.gone = False  # a screen is missing, and nobody knows what it saved and where it led
        self.lost: set[tuple[Path, str]] = set()  # texts whose letters are gone: nothing more is said of them
        self.unsaved: list[UnsavedVariable] = []
        self._parsed = parsed
        self.found: list[Problem] = []
        self._by_code: dict[str, list[Problem]] = {}
        self._by_place: dict[Place, set[str]] = {}
        self._known_already = {(each.code, each.screen) for each in parsed.problems}
        self._codes_already = {each.code for each in parsed.problems}
        self._left, self._suggestions = MOST_STEPS, Suggestions()

    @cached_property
    def known(self) -> Variables:
        """What the screens of the flow save; what a screen or list with a fault may bring is not sure."""
        known = variables_of(self.flow)
        known.unsure |= self._parsed.unsure
        known.unsure |= {name for name, kind in self.flow.kinds.items() if kind in self.broken}
        lists = {*self.flow.lists, *known.lists, LANGUAGES_LIST}
        for name, screen in self.flow.screens.items():
            pick = screen.pick if isinstance(screen, Ask) else None
            unread = any(self.knows(code, screen=self.path(name)[1]) for code in ("F001", "F201"))
            if unread or (pick is not None and pick.list not in lists):
                known.unsure |= {*saves_of(screen)}
        return known

    @cached_property
    def held(self) -> PossibleValues:
        """What each variable of the flow can hold."""
        return PossibleValues(self.flow, self.known, spend=self.spend, suggest=self.suggest)

    @cached_property
    def texts(self) -> tuple[FlowText, ...]:
        """Every text of the flow, with its place in the file."""
        return tuple(index_texts(self.flow, self.path))

    @cached_property
    def row_texts(self) -> tuple[FlowText, ...]:
        """The words of every row of the lists."""
        return tuple(index_rows(self.flow)) if not self.around.screen else ()

    def concerns(self, screen: str) -> bool:
        """False for other screens than the one that is looked at, if it is only one."""
        return self.around.screen in ("", screen.partition(".")[0])

    @cached_property
    def graph(self) -> Mapping[str, frozenset[str]]:
        """Every screen with those that it leads to."""
        return {name: frozenset(target for target, _ in leads(screen)) for name, screen in self.flow.screens.items()}

    @cached_property
    def earlier(self) -> EarlierScreens:
        """For each screen, those that every call passes before it."""
        return EarlierScreens(self.flow, self.spend)

    def add(
        self,
        code: str,
        path: Path,
        message: str,
        *,
        hint: str = "",
        language: str = "",
        severity: Severity | None = None,
        at: Place | None = None,
    ) -> None:
        """Note a problem with the thing at `path`; its line is that of the nearest thing around it, or `at`."""
        if (path, language) in self.lost:
            return
        self.spend(STEPS_OF_FINDING)
        file, line = at or self._parsed.place(*path, *([language] if language else []))
        screen = path[1] if path[0] == "screens" and len(path) > 1 else ""
        shown = "" if language == ANY_LANGUAGE else language
        kind = severity or CHECKS[code].severity
        problem = Problem(code, kind, file, line, message, screen, shown, hint)
        self.found.append(problem)
        self._by_code.setdefault(code, []).append(problem)
        self._by_place.setdefault((file, line), set()).add(code)

    def of(self, *codes: str) -> list[Problem]:
        """The problems found so far with one of these codes."""
        return [each for code in codes for each in self._by_code.get(code, ())]

    def tells(self, path: Path, *codes: str) -> bool:
        """True if one of these codes was found at the line of the thing at `path`."""
        return not self._by_place.get(self.place(path), set()).isdisjoint(codes)

    def place(self, path: Path) -> Place:
        """File and line of the thing at `path`, or of the nearest thing around it."""
        return self._parsed.place(*path)

    def spend(self, steps: int) -> None:
        """Count steps of a check that may take long, some 1 µs each. Raises TooMuchWork after MOST_STEPS."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchWork

    @contextmanager
    def allowance(self, steps: int) -> Iterator[None]:
        """Steps of their own for checks that may leave off: what they take is not counted beside the others."""
        left, self._left = self._left, steps
        try:
            yield
        finally:
            self._left = left

    def suggest(self, word: str, known: Collection[str]) -> str:
        """`did you mean …` for a misspelt word; "" if no known word is similar, or too many have been compared."""
        return self._suggestions.suggest(word, known)

    def near(self, word: str, known: Collection[str], *, alike: int = 60) -> str:
        """The known word that a misspelt word most likely means, or ""; also if too many have been compared."""
        return self._suggestions.near(word, known, alike=alike)

    def knows(self, code: str, *, screen: str | None = None) -> bool:
        """True when reading the files reported `code` (about `screen`): what follows from it is not reported again."""
        return code in self._codes_already if screen is None else (code, screen) in self._known_already

    def knows_lost(self, section: str) -> bool:
        """True when letters of this section (keywords, texts) are gone, so that nothing can be said of its words."""
        return any(path[0] == section for path, _ in self.lost)

    def blocked(self) -> bool:
        """True when something found so far keeps the flow from being published."""
        return any(is_blocking(each) for each in (*self.given, *self.found))

    def stands(self, *path: str) -> bool:
        """True when the file says something at exactly this place."""
        return path in self._parsed.places

    def written(self) -> set[str]:
        """The ids of all screens in the file, also of those that could not be read."""
        return {*self._written}

    @cached_property
    def _written(self) -> frozenset[str]:
        ids = {path[1] for path in self._parsed.places if path[0] == "screens" and len(path) == 2}
        return frozenset(ids | set(self.flow.screens))

    def path(self, screen: str) -> Path:
        """The place of a screen in the file; for a screen made from shorthand, that of the shorthand."""
        head, dot, tail = screen.partition(".")
        if not dot or ("screens", screen) in self._parsed.places:
            return "screens", screen
        made_of_list = tail == "list" and isinstance(self.flow.screens.get(head), Do)
        return ("screens", head) if made_of_list else ("screens", head, "choose", tail)

    def is_shorthand(self, screen: str) -> bool:
        """True for a screen that nobody wrote, made from `do:` on an option or from a list that is fetched first."""
        return self.path(screen) != ("screens", screen)
